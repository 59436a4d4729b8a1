"""Findings made false on purpose, by a seeded script: what the verifier must catch.

Each kind of change has wordings of its own, written apart from the verifier's tables, so that the measurement
is not of a list against itself.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from assistant.retrieval.lexicon import Lexicon

_DIRECTIONS: Final = (
    ("increased", "decreased"), ("raised", "lowered"), ("improved", "impaired"), ("higher", "lower"),
    ("more", "less"),
    ("longer", "shorter"), ("better", "worse"), ("reduced", "increased"), ("gain", "loss"),
    ("raise", "lower"),
    ("prevented", "promoted"), ("protected", "harmed"), ("blocked", "stimulated"), ("inhibits", "activates"),
    ("restored", "abolished"), ("enhanced", "weakened"), ("stronger", "weaker"), ("faster", "slower"),
    ("greater", "smaller"), ("favourable", "unfavourable"), ("kept", "lost"), ("fell", "rose"),
    ("rise", "fall"),
    ("large", "small"), ("high", "low"), ("induced", "prevented"), ("extends", "shortens"),
    ("increase", "decrease"),
    ("reduce", "raise"), ("improve", "worsen"), ("drove", "hindered"), ("superior", "inferior"),
    ("deeper", "shallower"),
    ("fewer", "more"), ("poor", "good"), ("poorly", "well"), ("strong", "weak"), ("rich", "poor"),
    ("up", "down"),
    ("raises", "lowers"), ("lowers", "raises"), ("promotes", "prevents"), ("responders", "non-responders"),
    ("response", "non-response"), ("early", "late"), ("before", "after"), ("young", "old"),
    ("reversible", "irreversible"),
    ("resist", "obey"), ("resistance", "sensitivity"),
)  # fmt: skip
_UNITS: Final = (
    ("months", "weeks"), ("days", "months"), ("years", "months"), ("weeks", "years"), ("hours", "days"),
    ("day", "week"),
    ("month", "year"), ("year", "week"), ("fold", "%"), ("%", "-fold"), ("mg", "g"), ("nM", "mM"),
    ("cm", "mm"),
)  # fmt: skip
_SYSTEMS: Final = (
    ("mice", "patients"), ("patients", "mice"), ("in culture", "in patients"), ("in vitro", "in patients"),
    ("mouse", "human"), ("human", "mouse"), ("adults", "children"), ("children", "adults"),
    ("donors", "patients"),
    ("xenograft", "clinical"),
)  # fmt: skip
_HEDGES: Final = (
    (r"may have\b", "has"), (r"may be\b", "is"), (r"might be\b", "is"), (r"could be\b", "is"),
    (r"\bmay ", ""), (r"\bmight ", ""),
    (r"\bcould ", "will "), (r"\bis proposed to\b", "is known to"), (r"\bis proposed as\b", "is"),
    (r"\bsuggests that\b", "shows that"),
    (r"\bsuggesting\b", "proving"), (r"\bsuggest\b", "prove"), (r"\bpropose\b", "show"),
    (r"\bpossible\b", "proven"), (r"\bpossibly ", ""),
    (r"\bpotential(?= \w+ (?:of|for))", "established"), (r"\bprobably ", ""), (r"\blikely ", ""),
    (r"\bappeared to\b", "did"),
    (r"\bseemed to\b", "did"),
)  # fmt: skip
_CAUSES: Final = (
    (r"\bwent with\b", "caused"), (r"\b(?:was|were) associated with\b", "led to"),
    (r"\bis associated with\b", "causes"),
    (r"\bcorrelated with\b", "drove"), (r"\b(?:was|were) tied (?:independently )?to\b", "resulted in"),
    (r"\bpredicted\b", "brought about"),
    (r"\b(?:was|were) linked to\b", "produced"), (r"\bassociated with\b", "responsible for"),
    (r"\bgo with\b", "cause"),
)  # fmt: skip
_NEGATIONS: Final = (
    (r"\bdid not (\w+)\b", r"did \1"), (r"\bwas not\b", "was"), (r"\bwere not\b", "were"),
    (r"\bis not\b", "is"), (r"\bare not\b", "are"),
    (r"\bdo not\b", "do"), (r"\bdoes not\b", "does indeed"), (r"\bno (?=\w+)", "clear "),
    (r"\bwithout\b", "with"), (r"\bwas\b", "was not"),
    (r"\bwere\b", "were not"), (r"\bis\b", "is not"), (r"\bare\b", "are not"),
    (r"\bhad\b", "did not have"), (r"\bgave\b", "did not give"),
    (r"\bled\b", "did not lead"), (r"\bcan\b", "cannot"), (r"\bmade\b", "never made"),
    (r"\bshowed\b", "failed to show"),
)  # fmt: skip
_MAGNITUDES: Final = (
    (r"\bslightly\b", "markedly"), (r"\bstrongly\b", "slightly"), (r"\bmostly\b", "rarely"),
    (r"\boften\b", "seldom"),
    (r"\bmany\b", "few"), (r"\bmost\b", "a minority of"), (r"\bsome\b", "all"),
    (r"\bmainly\b", "exclusively"),
    (r"\bpartly\b", "completely"), (r"\brare(?:ly)?\b", "common"), (r"\bmarkedly\b", "barely"),
    (r"\b(increased|raised|reduced|lowered|improved|impaired)\b", r"dramatically \1"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutation:
    """A finding that was made false."""

    kind: str
    text: str
    quote: str
    finding: str


def mutations(
    findings: Sequence[tuple[str, str]], lexicon: Lexicon, *, seed: int, per_kind: int
) -> Iterator[Mutation]:
    """Up to `per_kind` mutations of each kind, drawn over shuffled findings; equal seeds give equal lists.

    Arguments:
        findings: ids and texts.
        lexicon: whose names are exchanged for others of their kind.
        seed: of the shuffling and of each choice.
        per_kind: how many of a kind; fewer where the findings do not offer them.
    """
    for kind, change in _kinds(lexicon).items():
        random_ = random.Random(f"{seed} {kind}")
        shuffled = list(findings)
        random_.shuffle(shuffled)
        made = 0
        for identifier, quote in shuffled:
            text = change(quote, random_)
            if text is not None and text != quote and made < per_kind:
                made += 1
                yield Mutation(kind, text, quote, identifier)


def _kinds(lexicon: Lexicon) -> dict[str, Callable[[str, random.Random], str | None]]:
    return {
        "number": _number,
        "unit": _paired([(rf"(?<=\d)(\s?-?){re.escape(a)}(?!\w)", rf"\g<1>{b}") for a, b in _UNITS]),
        "direction": _paired(
            [(rf"\b{a}\b", b) for a, b in _DIRECTIONS] + [(rf"\b{b}\b", a) for a, b in _DIRECTIONS]
        ),
        "entity": lambda text, random_: _entity(text, random_, lexicon),
        "negation": _paired(_NEGATIONS),
        "comparison": lambda text, random_: _sides(text, lexicon),
        "magnitude": _paired(_MAGNITUDES),
        "system": _paired([(rf"\b{a}\b", b) for a, b in _SYSTEMS]),
        "hedge": _paired(_HEDGES),
        "cause": _paired(_CAUSES),
    }


def _paired(pairs: Sequence[tuple[str, str]]) -> Callable[[str, random.Random], str | None]:
    def change(text: str, random_: random.Random) -> str | None:
        fitting = [(old, new) for old, new in pairs if re.search(old, text)]
        if not fitting:
            return None
        old, new = random_.choice(fitting)
        return re.sub(old, new, text, count=1)

    return change


def _number(text: str, random_: random.Random) -> str | None:
    places = list(re.finditer(r"(?<![\w.-])\d+(?:\.\d+)?(?![\w-]*[A-Za-z])", text))
    if not places:
        return None
    place = random_.choice(places)
    old = float(place.group())
    new = random_.choice([old * 10, old + max(1.0, round(old * 0.3)), old * 2 + 1])
    return f"{text[: place.start()]}{new:g}{text[place.end() :]}"


def _entity(text: str, random_: random.Random, lexicon: Lexicon) -> str | None:
    named = [e for e in lexicon.entities_in(text) if e.kind not in ("model", "assay")]
    if not named:
        return None
    old = random_.choice(named)
    present = {e.term for e in named}
    others = [e.term for e in lexicon.entries if e.kind == old.kind and e.term not in present]
    return f"{text[: old.start]}{random_.choice(others)}{text[old.end :]}"


def _sides(text: str, lexicon: Lexicon) -> str | None:
    """Exchange the two names around a comparison or a contrast."""
    named = lexicon.entities_in(text)
    for first, second in zip(named, named[1:], strict=False):
        between = text[first.end : second.start]
        if (
            first.kind == second.kind
            and first.term != second.term
            and re.search(r"\b(?:than|but|whereas|while|compared|against|unlike)\b", between)
        ):
            return text[: first.start] + second.found + between + first.found + text[second.end :]
    return None
