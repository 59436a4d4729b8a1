"""A text as the checks see it: tokens with canonical keys, clauses, directions and negations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from assistant.answering.verification import words
from assistant.answering.verification.numbers import Quantity, quantities
from assistant.retrieval.lexicon import Lexicon, key
from assistant.retrieval.tokens import fold

Kind = Literal["entity", "number", "word"]
_WORD: Final = re.compile(r"[^\W_]+(?:['’.+/-][^\W_]+)*[+]?")
_BREAK: Final = re.compile(
    r"[;:]|[.!?](?=\s|$)|,?\s+\b(?:but|whereas|while|although|though|unlike|however|rather than|"
    r"instead of)\b|\s[-–—]\s"
)
_SMALL_BREAK: Final = re.compile(r"[,()]|\b(?:and|or|nor|versus|vs)\b")
_NEAR: Final = 5
"""Content words to either side that tell what a direction is about."""
_NEGATED_WITHIN: Final = 4
"""Words between a negation and what it denies."""


@dataclass(frozen=True, slots=True)
class Token:
    """One name, number or word."""

    key: str
    """The same for every notation of a name, every way to write a number, every form of a word."""
    word: str
    """Folded, as written."""
    kind: Kind
    start: int
    clause: int
    part: int
    """Number of the piece between commas and conjunctions."""
    about: str = ""
    """The glossary kind of a name; the unit of a number."""

    @property
    def content(self) -> bool:
        """Whether it states something that a quote must hold."""
        return self.kind != "word" or (self.word not in words.LINKS and self.word not in words.NEGATORS)


@dataclass(frozen=True, slots=True)
class Event:
    """A word that says which way something goes, whether that is denied, and what stands around it."""

    at: int
    key: str
    word: str
    sign: int
    negated: bool
    near: dict[str, float]
    """Keys of the content around it with weights that fall with distance."""
    clause: int
    objects: frozenset[str] = frozenset()
    """What goes that way: what follows, or what precedes a passive."""

    def names_shared(self, other: Event) -> frozenset[str]:
        """Names that stand near both."""
        return frozenset(k for k in self.near if k[0] == "=" and k in other.near)


class Reading:
    """One text, analysed on demand."""

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self.given = text
        self.text = words.joined(text)
        """With verbs and their particles, and bounds of numbers, as single words."""
        self.folded = fold(self.text)
        self._lexicon = lexicon

    @cached_property
    def numbers(self) -> tuple[Quantity, ...]:
        """The quantities that are no part of a name."""
        return quantities(self.text, [(e.start, e.end) for e in self._entities])

    @cached_property
    def _entities(self) -> tuple[_Named, ...]:
        named = [
            _Named(e.start, e.end, "=" + key(e.term), e.kind) for e in self._lexicon.entities_in(self.text)
        ]
        for match in _CAR.finditer(self.text):
            if all(n.end <= match.start() or match.end() <= n.start for n in named):
                named.append(_Named(*match.span(), "=car", "car"))
        for match in _CODE.finditer(self.text):
            if all(n.end <= match.start() or match.end() <= n.start for n in named):
                named.append(_Named(*match.span(), "=" + key(match.group()), "code"))
        return tuple(sorted(named, key=lambda n: n.start))

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """All tokens in order."""
        breaks = [m.start() for m in _BREAK.finditer(self.text)]
        parts = [m.start() for m in _SMALL_BREAK.finditer(self.text)]
        found: list[Token] = []

        def add(start: int, key_: str, word: str, kind: Kind, about: str = "") -> None:
            clause = sum(b < start for b in breaks)
            found.append(
                Token(key_, word, kind, start, clause, clause * 100 + sum(p < start for p in parts), about)
            )

        taken = [(n.start, n.end) for n in self._entities] + [(q.start, q.end) for q in self.numbers]
        for n in self._entities:
            add(n.start, n.key, fold(self.text[n.start : n.end]), "entity", n.kind)
        for q in self.numbers:
            add(q.start, f"#{q.value:.6g}{q.unit}", q.shown, "number", q.unit)
        for match in _WORD.finditer(self.text):
            for offset, word in _split(fold(match.group())):
                start = match.start() + offset
                if not any(a < start + len(word) and start < b for a, b in taken):
                    add(start, words.key_of(word), word, "word")
        return tuple(sorted(found, key=lambda t: t.start))

    @cached_property
    def keys(self) -> frozenset[str]:
        """Keys of the content."""
        return frozenset(t.key for t in self.tokens if t.content)

    @cached_property
    def all_keys(self) -> frozenset[str]:
        """Keys of everything, link words included."""
        return frozenset(t.key for t in self.tokens)

    @cached_property
    def entities(self) -> frozenset[str]:
        """Keys of the names."""
        return frozenset(t.key for t in self.tokens if t.kind == "entity")

    @cached_property
    def negated(self) -> frozenset[str]:
        """Keys of content words that are denied somewhere."""
        return frozenset(t.key for i, t in enumerate(self.tokens) if t.content and self.denied(i))

    @cached_property
    def affirmed(self) -> frozenset[str]:
        """Keys of content words that stand undenied somewhere."""
        return frozenset(t.key for i, t in enumerate(self.tokens) if t.content and not self.denied(i))

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """Its directions."""
        table = words.signs()
        found = []
        for i, t in enumerate(self.tokens):
            if t.kind != "word":
                continue
            if t.word in ("against", "from") and self._guarded(i):
                objects = self._objects(i)
                found.append(Event(i, t.key, t.word, -1, False, self.near(i), t.clause, objects))
            elif t.key in table:
                objects = self._objects(i)
                sign = table[t.key] * self._turns(i) * (-1 if t.key in _QUALITY and objects & _ILLS else 1)
                found.append(Event(i, t.key, t.word, sign, self.denied(i), self.near(i), t.clause, objects))
        return tuple(found)

    def _objects(self, at: int) -> frozenset[str]:
        """The first two things after the word in its part of the sentence, or the last two before a "
        "passive."""
        tokens, here, table = self.tokens, self.tokens[at], words.signs()
        before = tokens[at - 1].word if at else ""
        after = tokens[at + 1].word if at + 1 < len(tokens) else ""
        passive = before in _IS or after == "by"
        places = range(at - 1, max(-1, at - 7), -1) if passive else range(at + 1, min(len(tokens), at + 6))
        found: list[str] = []
        for i in places:
            token = tokens[i]
            if token.clause != here.clause or (token.part != here.part and not passive) or len(found) == 3:
                break
            if token.content and token.key not in table:
                found.append(token.key)
        return frozenset(found)

    def _guarded(self, at: int) -> bool:
        """Whether "against" or "from" follows a word of protection: what comes after is held off."""
        before = self.tokens[max(0, at - 8) : at]
        return any(t.key in _GUARDS and t.clause == self.tokens[at].clause for t in before)

    def _turns(self, at: int) -> int:
        """-1 where a word turns the noun after it round, as in "reduced the benefit", else 1."""
        if self.tokens[at].word not in _TURNED:
            return 1
        table = words.signs()
        for token in reversed(self.tokens[max(0, at - 3) : at]):
            if token.kind == "word" and token.key in table:
                return table[token.key]
            if token.content or token.clause != self.tokens[at].clause:
                break
        return 1

    def near(self, at: int) -> dict[str, float]:
        """Content around token `at` in its clause, nearer first in weight."""
        here = self.tokens[at]
        weights: dict[str, float] = {}
        for step in (-1, 1):
            distance, i = 0, at + step
            while 0 <= i < len(self.tokens) and distance < _NEAR and self.tokens[i].clause == here.clause:
                token = self.tokens[i]
                if token.content:
                    distance += 1
                    weight = (1.0 if token.part == here.part else 0.5) / distance
                    weights[token.key] = max(weights.get(token.key, 0.0), weight)
                i += step
        return weights

    def denied(self, at: int) -> bool:
        """Whether a negation stands shortly before token `at`, with at most one content word between."""
        here = self.tokens[at]
        return self.denied_here(at) or any(
            self._subjectless(i) for i in range(at) if self.tokens[i].clause == here.clause
        )

    def denied_here(self, at: int) -> bool:
        """The same, without looking at the subject of the clause."""
        here, between = self.tokens[at], 0
        for i in range(at - 1, max(-1, at - 1 - _NEGATED_WITHIN), -1):
            token = self.tokens[i]
            if token.clause != here.clause or (
                token.part != here.part and token.word not in ("nor", "neither")
            ):
                return False
            if token.word in words.NEGATORS and not (token.word == "not" and self._only_after(token)):
                return between == 0 or token.word not in words.ONLY_NEXT
            between += token.content
            led = i > 0 and self.tokens[i - 1].word in words.NEGATORS
            if between > 1 or (token.word in _ELSEWHERE and not led):
                return False
        return False

    def _subjectless(self, at: int) -> bool:
        """Whether a clause has nobody for a subject, which denies all of it."""
        first = at == 0 or self.tokens[at - 1].clause != self.tokens[at].clause
        return self.tokens[at].word in _NOBODY or (first and self.tokens[at].word == "no")

    def _only_after(self, token: Token) -> bool:
        return self.folded[token.start : token.start + 9].startswith(("not only", "not just"))


@dataclass(frozen=True, slots=True)
class _Named:
    start: int
    end: int
    key: str
    kind: str


_WORDS_ELSEWHERE = "by in with of for on than after before during from through at"
_ELSEWHERE: Final = frozenset(_WORDS_ELSEWHERE.split())
"""A negation before one of these does not reach what comes after it."""
_NOBODY: Final = frozenset(("none", "neither", "nobody", "nothing"))
"""As a subject these deny the whole clause."""
_QUALITY: Final = frozenset(
    words.key_of(w) for w in ("improve", "better", "worsen", "worse", "aggravate", "exacerbate", "ameliorate")
)
_WORDS_ILLS = (
    "toxicity neurotoxicity relapse apoptosis death dysfunction damage inflammation mortality crs fratricide"
)
_ILLS: Final = frozenset(words.key_of(w) for w in _WORDS_ILLS.split()) | frozenset(
    "=" + key(w)
    for w in ("senescence", "exhaustion", "anergy", "cytokine release syndrome", "ICANS", "fratricide")
)
"""Of these "worse" means more."""
_WORDS_IS = "is are was were be been being not become became remained stayed"
_IS: Final = frozenset(_WORDS_IS.split())
_WORDS_GUARDING = "protect rescue shield guard spare prevent save"
_GUARDS: Final = frozenset(words.key_of(w) for w in _WORDS_GUARDING.split())
_WORDS_TURNED = """
benefit gain loss rise fall increase decrease decline drop reduction improvement failure success death
damage harm
advantage
"""
_TURNED: Final = frozenset(_WORDS_TURNED.split())
_CODE: Final = re.compile(
    r"\b(?:\d+-[A-Z][A-Za-z]*|\d+-\d+z|\d+-\d+(?= (?:\(|CARs?\b|cells\b))|"
    r"[A-Z]{1,5}\d+[A-Za-z]*(?:-[A-Z0-9]\w*)?)\b(?![%.]\d)"
)
"""Names of constructs and genes that the glossary does not know: 19-BB, 19-28z, ZBTB16."""
_CAR: Final = re.compile(r"\b(?:CARs?|CAR[-\s]?T|CART(?:\d+)?|chimeric antigen receptors?)\b")


def _split(word: str) -> Iterator[tuple[int, str]]:
    """A hyphenated word in its parts, except where the hyphen belongs to it ("non-response")."""
    if re.match(r"(?:non|anti|over|up|down|pre|post|un|re|co|de)-", word) or not re.search(r"[-/]", word):
        yield 0, word.rstrip("+") if word.rstrip("+").isalpha() else word
        return
    offset = 0
    for part in re.split(r"([-/])", word):
        if part not in "-/" and part:
            yield offset, part
        offset += len(part)
