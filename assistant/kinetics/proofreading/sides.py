"""Which arm of a what-if each place of its words belongs to, found apart from the grammar."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assistant.kinetics.proofreading.mentions import Mention

_WITH_WITHOUT: Final = re.compile(
    r"\bwith(?:out)?(?:\s(?:and|or|vs\.?|versus)\s|\s?[/&]\s?)with(?:out)?\b|\b(?:with|wo|w)/(?:without|wo"
    r"|w)\b|\bon\sand\soff\b"
)
_REPLACED: Final = re.compile(
    r"\b(?:replac|swap|switch|exchang|substitut|convert)\w*\b|\b(?:chang|go|going|mov|turn)\w*\sfrom\b"
    r"|\bfrom\b(?=.*\b(?:to|into)\b)"
)
_INSTEAD: Final = re.compile(
    r"\binstead\sof\b|\brather\sthan\b|\bin\s(?:place|lieu)\sof\b|\bas\sopposed\sto\b"
)
_OPENS: Final = re.compile(r"(?:\W*(?:what\sif|so|and|suppose|we|i|use|used)\b)*\W*$")
_VERSUS: Final = re.compile(
    r"\bvs\.?(?=\s)|\bversus\b|\bv\.?\s|\bcompar(?:ed|ison)\s(?:with|to|against)\b|\brelative\sto\b"
    r"|\bas\sagainst\b|\bcf\.?\s|\bthan\b(?=[^,]*$)|\b(?:beats?|outperforms?|outdoes)\b"
)
_AGAINST: Final = re.compile(
    r"\bagainst\b(?!\s(?:an?\s|the\s)?(?:[\w-]+\s){0,3}?(?:tumou?r|leuka?emia|lymphoma|myeloma|disease"
    r"|target|antigen|blast)s?\b)"
)
_VALUES: Final = re.compile(
    r"\bfrom\s(?!day|week|month|d\d)[^,]*?\d\S*[^,]*?\s(?P<link>to|down\sto|up\sto)\s[^,]*?\d"
)
_BETWEEN: Final = re.compile(
    r"\b(?:between|compare|difference\sbetween|comparing|vary)\b[^,]*?\s(?P<link>and|to|with)\s"
)
_OTHER_VALUE: Final = re.compile(r",?\s(?:and\s|but\s)?not\s(?=\d)")
_EITHER: Final = re.compile(r"\bor\b")
_NO: Final = re.compile(r"\b(?:no|not|without|neither|lacks?|lacking|never)\b[^,]*$|n't[^,]*$")
_BUT_NOT: Final = re.compile(r"\b(?:but|and)\snot\b")
_COMPARES: Final = re.compile(
    r"\bcompar(?:e|es|ing|ison)\b|\bdifference\b|\bdiffer\b|\bbetween\b|\bwhich\b|\bbetter\b"
)
_LINK: Final = re.compile(r"\b(?:and|with|to|or|against|from|by|for|into)\b|[,/&]")


@dataclass(frozen=True, slots=True)
class Arms:
    """How the words set one thing against another."""

    kind: str
    """ "one", "with-without", "versus", "instead", "replaced", "pair", "values" or "or"."""
    start: int = 0
    """Where the words of comparison begin; what stands before is the first arm."""
    end: int = 0
    swapped: bool = False
    """True when the first arm is B."""
    more: bool = False
    """Whether more than two things are set against each other."""

    @property
    def compared(self) -> bool:
        """Whether each half of the words has an arm of its own."""
        return self.kind not in ("one", "with-without")

    def side(self, at: int) -> str:
        """The arm of a place: "A" or "B"."""
        return "A" if not self.compared or (at < self.end) != self.swapped else "B"


def arms(folded: str, designs: Sequence[Mention], things: Sequence[Mention]) -> Arms:
    """How the words set one thing against another.

    Arguments:
        designs: the designs that are named, in order.
        things: the levers and quantities that are named.
    """
    if _WITH_WITHOUT.search(folded):
        return Arms("with-without")
    pairs = list(itertools.pairwise(designs))
    twins = len(pairs) == 1 and _COMPARES.search(folded) is not None
    pair = next(((a, b) for a, b in pairs if twins or a.target != b.target), None)
    found = _replaced(folded, pair) or _instead(folded) or _versus(folded, (*designs, *things))
    if found is None and pair is not None:
        found = _paired(folded, *pair)
    return found or _valued(folded) or Arms("one")


def _replaced(folded: str, pair: tuple[Mention, Mention] | None) -> Arms | None:
    """ "Replace X by Y", "from X to Y": the second is A; "substitute X for Y": the first."""
    word = _REPLACED.search(folded)
    if word is None or pair is None or word.start() > pair[1].start:
        return None
    link = _last(_LINK, folded, pair[0].end, pair[1].start)
    if link is None or link.group() not in ("by", "to", "with", "for", "into", "and"):
        return None
    substituted = link.group() == "for" and "substitut" in word.group()
    return Arms("replaced", link.start(), link.end(), swapped=not substituted)


def _instead(folded: str) -> Arms | None:
    """ "X instead of Y", and "instead of Y, X"."""
    word = _INSTEAD.search(folded)
    if word is None:
        return None
    comma = folded.find(",", word.end())
    if comma > 0 and _OPENS.match(folded[: word.start()]):
        return Arms("instead", comma, comma + 1, swapped=True)
    return Arms("instead", word.start(), word.end())


def _versus(folded: str, named: Sequence[Mention]) -> Arms | None:
    """ "X vs Y", "X better than Y", and "compared with Y, X"."""
    marks = list(_VERSUS.finditer(folded))
    # "Less than 5 %" compares nothing; "better than 28z" does.
    than = [m for m in marks if m.group() == "than" and any(d.start >= m.end() for d in named)]
    starts = {d.start for d in named}
    than = [m for m in than if m.end() + 1 in starts or not folded[m.end() + 1 : m.end() + 2].isdigit()]
    marks = [m for m in marks if m.group() != "than"] or than
    if not marks:
        return None
    comma = folded.find(",", marks[0].end())
    if comma > 0 and not folded[: marks[0].start()].strip(" ,"):
        return Arms("versus", comma, comma + 1, swapped=True)
    return Arms("versus", *marks[0].span(), more=len(marks) > 1)


def _paired(folded: str, first: Mention, second: Mention) -> Arms:
    """Two designs side by side: the last word between them that can part them does."""
    against = _last(_AGAINST, folded, first.end, second.start)
    if against is not None:
        return Arms("versus", *against.span())
    but = _last(_BUT_NOT, folded, first.end, second.start)
    link = but or _last(_LINK, folded, first.end, second.start)
    return Arms("pair", *(link.span() if link is not None else (second.start, second.start)))


def _valued(folded: str) -> Arms | None:
    """One design with two edits or values: "from 1e8 to 1e7", "c-Jun or FOXO1"."""
    against = _AGAINST.search(folded)
    if against is not None:
        return Arms("versus", *against.span())
    for pattern in (_VALUES, _BETWEEN):
        values = pattern.search(folded)
        if values is not None:
            return Arms("values", *values.span("link"), swapped=pattern is _VALUES)
    other = _OTHER_VALUE.search(folded)
    if other is not None:
        return Arms("instead", *other.span())
    either = _EITHER.search(folded)
    if either is not None and not _NO.search(folded[: either.start()]):
        return Arms("or", *either.span())
    return None


def _last(pattern: re.Pattern[str], text: str, start: int, end: int) -> re.Match[str] | None:
    return next(reversed([m for m in pattern.finditer(text, start, end)]), None)
