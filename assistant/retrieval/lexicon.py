"""What a question is about: glossary terms in any notation, and guesses at misspelt ones.

One glossary term has many notations ("4-1BB", "41BB", "CD137", "TNFRSF9", "BBz", "BBζ"). All of them
are compared by a key without case, hyphens, Greek letters or British spelling, longest match first,
and stand for one entity token in the lexical index, on both sides. Spelling is guessed against the
glossary only, and only for words that nobody knows: a wrong correction is worse than none. Every
guess is reported, so that it can be shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any, Final

from assistant.retrieval.tokens import STOP_WORDS, american, fold, stem, tokens, word_tokens

_RUN: Final = re.compile(r"[^\W_]+")
_GREEK_NAME: Final = re.compile("alpha|beta|gamma|delta|epsilon|zeta|kappa")
_LONGEST: Final = 7
"""No notation of the glossary has more runs of letters and digits."""

_UPPER_ONLY: Final = frozenset(
    ("B4", "CAT", "CHIP", "CR", "JUN", "LD", "MC", "MM", "OS", "PSI", "SELL", "TEM", "TM", "TRUCK")
)
"""Notations that are ordinary words or units in lower case: they count only as capitals."""

_BEFORE: Final = 12
"""Characters before a notation that may give it another sense."""
_OTHER_SENSE: Final = re.compile(
    r"\b(?:antigen|target|tumou?r|drug|repeated|chronic|continuous|prolonged|constant)[- ]exposure$", re.I
)
"""What means something else after these words: no exposure to the cells, which is an area under a curve."""

Known = Callable[[str], bool]
"""Whether a folded word is known somewhere."""


def _nothing(_: str) -> bool:
    return False


@dataclass(frozen=True)
class Term:
    """One glossary entry."""

    term: str
    synonyms: tuple[str, ...]
    kind: str
    """assay, cell, disease, domain, drug, gene, marker, model, outcome or product."""
    definition: str

    @cached_property
    def token(self) -> str:
        """The entity token that stands for every notation in the lexical index."""
        return "=" + key(self.term)


@dataclass(frozen=True, slots=True)
class Entity:
    """A glossary term found in a text, with the notation found."""

    term: str
    kind: str
    found: str
    start: int
    end: int
    """Offsets into the text that was searched."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A spelling guess: shown to the reader, never silent."""

    found: str
    guess: str
    similarity: float
    """1 - edits / length, 0..1."""


@dataclass(frozen=True, slots=True)
class Query:
    """An analysed question."""

    text: str
    """As given."""
    corrected: str
    """With the spelling guesses applied; offsets of entities refer to this."""
    tokens: tuple[str, ...]
    """Stems of the content words in order, compounds also joined, without entity tokens."""
    words: tuple[str, ...] = ()
    """The words that `tokens` come from, one each; "+" before a compound that was joined."""
    entities: tuple[Entity, ...] = ()
    corrections: tuple[Correction, ...] = ()
    expansions: tuple[str, ...] = ()
    """Other notations of the entities found."""
    entity_tokens: tuple[str, ...] = ()

    @property
    def terms(self) -> tuple[str, ...]:
        """What was searched for, to be shown: terms with their other notations, then the other words."""
        shown: dict[str, None] = {}
        covered: set[int] = set()
        for entity in self.entities:
            shown.setdefault(entity.term)
            covered.update(range(entity.start, entity.end))
        for match in re.finditer(r"\w(?:[\w'/.+-]*\w)?", self.corrected):
            word = match.group()
            if match.start() not in covered and word.lower() not in STOP_WORDS and len(word) > 1:
                shown.setdefault(word)
        for synonym in self.expansions:
            shown.setdefault(synonym)
        return tuple(shown)


def key(notation: str) -> str:
    """The notation without case, separators, Greek letters and British spelling."""
    return "".join(_piece(run) for run in _RUN.findall(fold(notation)))


@lru_cache(maxsize=1 << 16)
def _run_key(run: str) -> str:
    """`key`, remembered for the runs that texts repeat."""
    return key(run)


def _piece(run: str) -> str:
    """One run of letters and digits as it counts in a key; Greek letters as "BBz" and "TGFB1" write them."""
    run = _GREEK_NAME.sub(lambda m: m.group()[0], run)
    # Long plain words are stemmed, so that "telomeres" and "leukaemias" meet their terms; codes are not.
    return stem(run) if len(run) > 4 and run.isalpha() else run


@dataclass(frozen=True)
class Lexicon:
    """The glossary, ready to recognise its terms."""

    entries: tuple[Term, ...]
    _by_key: Mapping[str, tuple[Term, bool]] = field(repr=False)
    """Key of a notation to its term, and whether it counts in capitals only."""

    @classmethod
    def of(cls, entries: Iterable[Term]) -> Lexicon:
        """A lexicon of these entries; where two claim a notation the first keeps it."""
        entries = tuple(entries)
        by_key: dict[str, tuple[Term, bool]] = {}
        for own_name in (True, False):
            for entry in entries:
                for notation in (entry.term,) if own_name else entry.synonyms:
                    by_key.setdefault(key(notation), (entry, notation in _UPPER_ONLY))
        return cls(entries, by_key)

    @classmethod
    def shipped(cls) -> Lexicon:
        """The lexicon of `corpus/glossary.yaml`."""
        import yaml

        text = (files("corpus") / "glossary.yaml").read_text(encoding="utf-8")
        items: list[dict[str, Any]] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        return cls.of(
            Term(item["term"], tuple(item["synonyms"]), item["kind"], item["definition"]) for item in items
        )

    @property
    def stamp(self) -> str:
        """Changes whenever an index built with this lexicon would: part of the stored index's name."""
        return repr([(e.term, e.synonyms) for e in self.entries])

    def get(self, notation: str) -> Term | None:
        """The entry of a term in any notation."""
        found = self._by_key.get(key(notation))
        return None if found is None else found[0]

    def entities_in(self, text: str) -> tuple[Entity, ...]:
        """The glossary terms in `text`, longest match first, in order, without overlaps."""
        runs = [m.span() for m in _RUN.finditer(text)]
        found: list[Entity] = []
        after = 0
        begin = self._begin
        for i, (start, end) in enumerate(runs):
            # Most words begin no term, and this is the inner loop of building an index.
            run = text[start:end]
            may = begin.get(run)
            if may is None:
                may = begin[run] = self._may_begin(_run_key(run))
            if not may or start < after:
                continue
            entity = self._longest_at(text, runs, i)
            if entity is not None:
                found.append(entity)
                after = entity.end
        return tuple(found)

    def spelled(self, text: str) -> str:
        """The text in one notation: glossary terms by their own name, the rest in American spelling."""
        parts, after = [], 0
        for entity in self.entities_in(text):
            parts += [american(text[after : entity.start]), entity.term.lower()]
            after = entity.end
        return "".join([*parts, american(text[after:])])

    def _longest_at(self, text: str, runs: Sequence[tuple[int, int]], first: int) -> Entity | None:
        """The longest term whose notation starts with the run of letters and digits number `first`."""
        longest: Entity | None = None
        joined = ""
        start = runs[first][0]
        for a, end in runs[first : first + _LONGEST]:
            joined += _run_key(text[a:end])
            term = self._match(joined, text[start:end])
            if term is not None and not _OTHER_SENSE.search(text[max(0, start - _BEFORE) : end]):
                longest = Entity(term.term, term.kind, text[start:end], start, end)
            if joined not in self._beginnings:
                break
        return longest

    @cached_property
    def _begin(self) -> dict[str, bool]:
        """Of the runs met so far whether a term may begin with them."""
        return {}

    def _may_begin(self, run: str) -> bool:
        return run in self._beginnings or run in self._by_key or run[:-1] in self._by_key

    @cached_property
    def _beginnings(self) -> frozenset[str]:
        """Every beginning of a key: where a text leaves these, no term can follow."""
        return frozenset(notation[:n] for notation in self._by_key for n in range(1, len(notation)))

    def _match(self, joined: str, span: str) -> Term | None:
        found = self._by_key.get(joined)
        if found is None and joined.endswith("s") and len(joined) > 3:
            found = self._by_key.get(joined[:-1])  # "TRUCKs", "CD28s"
        if found is None or (found[1] and span.rstrip("s").upper() != span.rstrip("s")):
            return None
        return found[0]

    def entity_tokens(self, text: str) -> list[str]:
        """One token for each glossary term in `text`, the same for every notation."""
        return [self.token_of(entity) for entity in self.entities_in(text)]

    @cached_property
    def terms_by_token(self) -> Mapping[str, str]:
        """Entity tokens to the names of their terms."""
        return {entry.token: entry.term for entry in self.entries}

    def token_of(self, entity: Entity) -> str:
        """The entity token of a term that this lexicon found."""
        return self._terms[entity.term].token

    def analyse(self, text: str, known: Known = _nothing, ordinary: Known = _nothing) -> Query:
        """Analyse a question.

        Arguments:
            text: the question.
            known: whether a folded word is known from the collection, so that it is not taken for a
                misspelling; asked for every long word.
            ordinary: whether it is a word of the language; asked only when a guess is at hand.
        """
        corrected, corrections = self._spell(text, known, ordinary)
        entities = self.entities_in(corrected)
        names = dict.fromkeys(e.term for e in entities)
        used = {key(e.found) for e in entities}
        expansions = [
            notation
            for name in names
            for notation in (name, *self._terms[name].synonyms)
            if key(notation) not in used
        ]
        pairs = word_tokens(corrected)
        return Query(
            text=text,
            corrected=corrected,
            tokens=tuple(token for _, token in pairs),
            words=tuple(word for word, _ in pairs),
            entities=entities,
            corrections=corrections,
            expansions=tuple(dict.fromkeys(expansions)),
            entity_tokens=tuple(self._terms[name].token for name in names),
        )

    @cached_property
    def _terms(self) -> dict[str, Term]:
        return {entry.term: entry for entry in self.entries}

    @cached_property
    def _words(self) -> dict[str, str]:
        """Folded words of the glossary that can be the goal of a spelling guess -> as written."""
        words: dict[str, str] = {}
        for entry in self.entries:
            for notation in (entry.term, *entry.synonyms, entry.definition):
                for match in _RUN.finditer(notation):
                    word = fold(match.group())
                    if len(word) >= _SHORTEST and word.isalpha():
                        words.setdefault(word, match.group())
        return words

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        texts = (" ".join((e.term, *e.synonyms, e.definition)) for e in self.entries)
        return frozenset(t for text in texts for t in tokens(text))

    def _spell(self, text: str, known: Known, ordinary: Known) -> tuple[str, tuple[Correction, ...]]:
        corrections: list[Correction] = []

        def guess(match: re.Match[str]) -> str:
            found = match.group()
            word = fold(found)
            # Codes with digits (CD137, IL-15) are never touched: one character is another molecule.
            if len(word) < _SHORTEST or not word.isalpha() or known(word):
                return found
            best = _nearest(word, self._words)
            if best is None or stem(word) in self._vocabulary or ordinary(word):
                return found
            goal, similarity = best
            corrections.append(Correction(found, self._words[goal], similarity))
            return self._words[goal]

        return _RUN.sub(guess, text), tuple(corrections)


_SHORTEST: Final = 6
"""Words below this length have too many neighbours to be guessed."""


def _nearest(word: str, goals: Mapping[str, str]) -> tuple[str, float] | None:
    """The one glossary word that `word` can be a slip of, with the similarity; None when unsure."""
    if word in goals:
        return None
    from rapidfuzz.distance import OSA

    most = 2 if len(word) >= 10 else 1
    near: list[tuple[int, str]] = []
    for goal in goals:
        if goal[0] != word[0] or abs(len(goal) - len(word)) > most:
            continue
        edits = OSA.distance(word, goal, score_cutoff=most)
        if edits <= most and not _is_inflection(word, goal, edits):
            near.append((edits, goal))
    near.sort()
    if not near or (len(near) > 1 and near[0][0] == near[1][0]):
        return None
    edits, goal = near[0]
    return goal, round(1 - edits / max(len(word), len(goal)), 2)


def _is_inflection(word: str, goal: str, edits: int) -> bool:
    """Two changed letters at the very end make another word ("mesothelial"), not a slip."""
    shared = 0
    for a, b in zip(word, goal, strict=False):
        if a != b:
            break
        shared += 1
    return edits > 1 and min(len(word), len(goal)) - shared <= 3
