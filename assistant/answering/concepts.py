"""A question or a text as concepts: what it is about, in any of its wordings.

A question is a set of concepts, each a glossary term, a manipulation or a content word, weighted by how
rare it is in the corpus; a text holds the stems and terms that name or say them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from assistant.answering import safety
from assistant.answering.asked import KIND_WORDS, kinds_held
from assistant.answering.manipulation import Act, acts_in
from assistant.answering.wording import phrases_in, plain, wordings_of
from assistant.retrieval.tokens import STOP_WORDS, tokens

if TYPE_CHECKING:
    from assistant.retrieval.lexicon import Entity, Query
    from assistant.retrieval.retriever import Retriever

_GENERIC_WORDS: Final = (
    "car cars cart cell cells tcell study studies paper group team work show shown report reported find found"
    " finding result evidence data effect role happen give given make made use used using many much"
    " roughly about actually really after before during between across there any other still kind type"
    " vs versus out off it its they them their theirs itself themselves one ones"
    " anything something anyone someone"
    " per"
)
"""Words that a question needs for its grammar or that every finding is about."""
_UBIQUITOUS: Final = frozenset(("CAR-T cell", "CAR T cell", "CAR", "T cell"))
_PLAIN_FACTOR: Final = 0.35
"""What is left of the weight of a word that an answer may lack (wording.PLAIN)."""
_STEM_PREFIX: Final = 7
"""Stems that share this many first letters are one word ("mitochondria", "mitochondrial")."""
_KIND_WORDS: Final = {
    "domain": ("domain", "costimulation", "costim"),
    "gene": ("gene", "protein", "factor", "regulator"),
    "marker": ("marker", "receptor", "antigen", "target"),
    "drug": ("drug", "inhibitor", "compound", "agent"),
    "product": ("product",),
    "disease": ("disease", "cancer"),
    "assay": ("assay", "test"),
}
"""Words for a kind of glossary term: a finding that names a CD28 CAR names a domain."""
_SPLIT_KINDS: Final = ("cell", "assay", "disease", "model")
"""Kinds of glossary term whose words may stand apart; names and endpoints keep theirs together."""
_LETTER: Final = re.compile(r"[^\W\d_]")
_SPELT_OUT: Final = {
    "1st": "first", "2nd": "second", "3rd": "third", "pts": "patients", "pt": "patient",
    "yrs": "years", "mo": "months",
}  # fmt: skip
"""Short forms and what findings write."""
_PARTS: Final = re.compile(r"[\s-]+")
_MADE_OF: Final = re.compile(r"IL-?\d+|GD2|BCMA|HER2|EGFR")
"""Parts of the name of a product that are terms of their own: what its cells make or see."""
_HARM: Final = "#harm"
"""Held by every text that speaks of harm or of its absence."""
_SAFETY_WORDS: Final = (
    "safe",
    "safety",
    "unsafe",
    "toxic",
    "toxicity",
    "adverse",
    "tolerated",
    "side effects",
)
_LONGER: Final = ("longer",)
"""Said by times that are set side by side: "168 days against 14 days"."""
_OTHER_WAY: Final = re.compile(r"\b(?:the|in) reverse\b(?= of|[,.;]|$| direction| order)", re.I)
"""The other direction, not the undoing of something."""
_ASKING: Final = re.compile(r"\bhow (?:long|many|much|often|soon|late|quickly|old|fast)\b", re.I)
"""Words that ask and carry no subject."""


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing a question is about."""

    label: str
    token: str
    """A stem, or the entity token that stands for every notation of a glossary term."""
    weight: float
    """Inverse document frequency; a word that the corpus does not know weighs most."""
    entity: bool
    known: bool
    """Whether any passage holds it, in these or in other words."""
    kind: str = ""
    """Kind of the glossary term, "" for a word."""
    forms: tuple[frozenset[str], ...] = ()
    """Token sets of the concept itself: a text that holds one of them whole names it."""
    wordings: tuple[frozenset[str], ...] = ()
    """Token sets that say the same in other words."""

    def named(self, held: Held) -> bool:
        """Whether the text names the concept."""
        return any(form <= held.tokens for form in self.forms) or (
            not self.entity and len(self.token) >= _STEM_PREFIX and self.token[:_STEM_PREFIX] in held.prefixes
        )

    def said(self, held: Held) -> bool:
        """Whether the text says it, in these or in other words."""
        return self.named(held) or any(wording <= held.tokens for wording in self.wordings)


@dataclass(frozen=True, slots=True)
class Held:
    """What a text holds: stems and entity tokens, and the beginnings of long stems."""

    tokens: frozenset[str]
    prefixes: frozenset[str]

    def __or__(self, other: Held) -> Held:
        return Held(self.tokens | other.tokens, self.prefixes | other.prefixes)


class Reader:
    """Reads questions and texts as concepts; keeps the stems of texts that it has seen."""

    def __init__(self, retriever: Retriever) -> None:
        self._retriever = retriever
        self._lexicon = retriever.lexicon
        self._held: dict[str, Held] = {}

    def concepts(self, query: Query) -> tuple[Concept, ...]:
        """The concepts of an analysed question, in the order of their first mention."""
        found: dict[str, Concept] = {}
        outside = list(query.corrected)
        for match in _ASKING.finditer(query.corrected):
            outside[match.start() : match.end()] = " " * (match.end() - match.start())
        acts = acts_in(query.corrected, self._lexicon)
        for entity in query.entities:
            outside[entity.start : entity.end] = " " * (entity.end - entity.start)
            term = self._lexicon.get(entity.term)
            if term is not None and term.term not in _UBIQUITOUS:
                found.setdefault(
                    term.token, self._entity(entity.term, term.token, entity.kind, entity.found, acts)
                )
        for act in acts:
            outside[act.start : act.end] = " " * (act.end - act.start)
            if act.words.lower() not in {e.found.lower() for e in query.entities}:
                found.setdefault(act.token, self._act(act))
        text = "".join(outside)
        for phrase in phrases_in(text):
            outside[phrase.start : phrase.end] = " " * (phrase.end - phrase.start)
            concept = self._word(phrase.words, tuple(tokens(phrase.words)), wordings_of(phrase.words))
            found.setdefault(concept.token, concept)
        for word in "".join(outside).split():
            for concept in self._words(word.strip(".,;:?!()[]\"'")):
                found.setdefault(concept.token, concept)
        return tuple(found.values())

    def held(self, text: str) -> Held:
        """Stems and entity tokens of a text."""
        known = self._held.get(text)
        if known is None:
            entities = self._lexicon.entities_in(text)
            words = frozenset(tokens(_OTHER_WAY.sub("opposite", text)))
            stems = words | {self._lexicon.token_of(e) for e in entities} | self._built_in(entities)
            prefixes = frozenset(t[:_STEM_PREFIX] for t in stems if len(t) >= _STEM_PREFIX)
            acts = acts_in(text, self._lexicon)
            told = {act.token for act in acts} | {act.target for act in acts if act.drug}
            kinds = kinds_held(text) | ({_HARM} if safety.tells(text) else set())
            known = Held(stems | told | kinds | {f"={e.kind}=" for e in entities}, prefixes)
            self._held[text] = known
        return known

    def _built_in(self, entities: Sequence[Entity]) -> set[str]:
        """Tokens of the terms that names of products are made of: huCART19-IL18 makes IL-18."""
        parts = (part for e in entities if e.kind == "product" for part in _PARTS.split(e.found))
        terms = (self._lexicon.get(part) for part in parts if _MADE_OF.fullmatch(part))
        return {term.token for term in terms if term is not None}

    def spoken(self, concept: Concept, text: str) -> str:
        """How a text itself names a concept; "" when it does so in other words only.

        A finding on senolytics covers a question on navitoclax, and does not speak of navitoclax.
        """
        if concept.entity:
            own = (e for e in self._lexicon.entities_in(text) if self._lexicon.token_of(e) == concept.token)
            return next((e.found for e in own), "")
        if concept.kind == "act":
            acts = (a for a in acts_in(text, self._lexicon) if a.token == concept.token)
            return next((a.words for a in acts), "")
        return concept.label if concept.named(self.held(text)) else ""

    def _entity(self, label: str, token: str, kind: str, found: str, acts: Sequence[Act]) -> Concept:
        """The concept of a glossary term; a drug is also said by another drug of its class."""
        retriever = self._retriever
        same = (frozenset((a.token,)) for a in acts if a.drug and a.words.lower() == found.lower())
        forms = [frozenset((token,))]
        if " " in found and kind in _SPLIT_KINDS:
            # "Tonic CAR signalling" is tonic signalling.
            forms.append(frozenset(tokens(found)))
        wordings = (*wordings_of(found), *same)
        return Concept(
            label,
            token,
            retriever.idf(token),
            True,
            retriever.knows(token),
            kind,
            tuple(forms),
            wordings,
        )

    def _act(self, act: Act) -> Concept:
        """The concept of gain or loss of a target: as heavy as the target, and said by no other text."""
        weight = self._retriever.idf(act.target)
        form = (frozenset((act.token,)),)
        return Concept(act.words, act.token, weight, False, self._retriever.knows(act.target), "act", form)

    def _words(self, word: str) -> list[Concept]:
        """One concept for a word, one for each part of a compound of long words."""
        word = _SPELT_OUT.get(word.lower(), word)
        if word.lower() in STOP_WORDS or word == "all" or not _LETTER.search(word) and "/" in word:
            return []  # ALL in capitals is a leukaemia; "/2/3" is left of "NR4A1/2/3"
        parts = tokens(word)
        joined = [p for p in parts[:-1] if p and parts[-1].startswith(p)]
        if len(parts) > 2 and joined or len(parts) == 2 and parts[-1].startswith(parts[0]):
            pieces = frozenset(parts[:-1])
            if pieces <= _generic() or parts[-1] in _generic():
                return []
            return [self._word(word, (parts[-1],), wordings_of(word), pieces)]
        return [self._word(word, (p,), wordings_of(word)) for p in parts if p not in _generic()]

    def _word(
        self,
        label: str,
        own: tuple[str, ...],
        wordings: tuple[frozenset[str], ...],
        pieces: frozenset[str] = frozenset(),
    ) -> Concept:
        retriever = self._retriever
        forms = (frozenset(own), pieces) if pieces else (frozenset(own),)
        known = any(all(retriever.knows(t) for t in form) for form in forms)
        weight = min(max(retriever.idf(t) for t in form) for form in forms)
        others = [w for w in wordings if all(retriever.knows(t) for t in w)]
        values = _of_value(own)
        wordings = (*wordings, *_of_kind(own), *values)
        if others:
            # A rare word for a common thing is no rarer than the thing.
            weight = min(weight, 1 + min(max(retriever.idf(t) for t in w) for w in others))
        if values or all(t in plain() for t in own):
            weight *= _PLAIN_FACTOR
        known = known or bool(others) or bool(values)
        return Concept(label, " ".join(own), weight, False, known, "", forms, wordings)


def coverage(found: Sequence[Concept], held: frozenset[str], *, nothing: float = 0.0) -> float:
    """Weighted share of the concepts whose tokens are in `held`, 0..1; `nothing` when there are none."""
    whole = sum(concept.weight for concept in found)
    return sum(c.weight for c in found if c.token in held) / whole if whole else nothing


@cache
def _generic() -> frozenset[str]:
    return frozenset(tokens(_GENERIC_WORDS))  # not at import: the stemmer costs 20 ms


@cache
def _kind_tokens() -> dict[str, str]:
    return {tokens(word)[0]: f"={kind}=" for kind, words in _KIND_WORDS.items() for word in words}


def _of_kind(own: tuple[str, ...]) -> list[frozenset[str]]:
    """What a finding holds that names a glossary term of the kind that a word stands for."""
    return [frozenset((_kind_tokens()[t],)) for t in own if t in _kind_tokens()]


@cache
def _value_tokens() -> dict[str, str]:
    named = {tokens(word)[0]: f"#{kind}" for word, kind in KIND_WORDS.items()}
    named |= {token: "#duration" for word in _LONGER for token in tokens(word)}
    return named | {token: _HARM for word in _SAFETY_WORDS for token in tokens(word)}


def _of_value(own: tuple[str, ...]) -> list[frozenset[str]]:
    """What a finding holds that has the kind of value, or speaks of the harm, that a word names."""
    return [frozenset((_value_tokens()[t],)) for t in own if t in _value_tokens()]
