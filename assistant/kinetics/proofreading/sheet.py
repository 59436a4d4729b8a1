"""The words of a what-if with all that they mention, beside the comparison that was made of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from assistant.kinetics.proofreading.mentions import Mention, names, numbers
from assistant.kinetics.proofreading.sides import Arms, arms
from assistant.kinetics.quantities import fold
from assistant.kinetics.wording import Understood, WordChange
from assistant.kinetics.words import vocabulary

_BOUNDS: Final = re.compile(
    r"[,;:?]|\s\+\s|&|\b(?:and|but|or|nor|plus|with|without|when|if|while|then|versus|vs|v|at|under|despite"
    r"|against|"
    r"instead|rather|also|who|whose|whereas|than)\b"
)
_SET_ASIDE: Final = re.compile(
    r"left as the design has it|the design has none|as the design has it$|as a day to look at"
    r"|read as what to look at|as one stretch"
)
_WHEN: Final = re.compile(r"\b(?:at|after|before|post|since|following|from|until|prior to)$")
ALIASES: Final = {
    "dose": r"cells?|dos\w+|infus\w+|given?|inject\w+",
    "H0": r"tumou?rs?|lymphomas?|leuk\w+|myeloma|disease|blasts?",
    "aH": r"antigens?|molecules?|copies|targets?|cd\d\d|bcma|sites|receptors",
    "A50": r"binders?|scfvs?|bind\w*|signal\w*", "rho": r"divid\w+|proliferat\w+|grow\w*|expan\w+",
    "rM": r"divid\w+|proliferat\w+|memory", "fX": r"exhausted", "fS": r"senescent\w*", "fM": r"memory",
    "fE": r"effectors?", "fP": r"stem\w*|naive|tscm", "dasatinib-rest": r"on|off|rest\w*|paus\w*",
    "short-culture": r"cultur\w+|expan\w+|manufactur\w+|made|grown|process",
    "long-culture": r"cultur\w+|expan\w+|manufactur\w+|made|grown|process",
    "L0_share": r"negative|escape\w*|low|dim|los[et]|lack\w*", "g": r"gr[eo]w\w*|aggress\w*",
    "split-dose": r"split\w*|divid\w*|fraction\w*|parts",
    "second-infusion": r"second|again|repeat\w*|booster|another",
    "older-donor": r"years?|old\w*|aged?|\d\ds", "k": r"kill\w*", "eS": r"kill\w*", "eX": r"kill\w*",
    "eM": r"kill\w*",
    "dE": r"die\w*|dy\w+|liv\w+|death", "dM": r"die\w*|dy\w+|liv\w+|death",
    "dX": r"die\w*|dy\w+|liv\w+|death",
    "dS": r"die\w*|dy\w+|liv\w+|death", "no-lymphodepletion": r"condition\w*|lymphodeplet\w*|chemo\w*",
    "high-burden": r"bulky|tumou?rs?|disease|lymphoma|leuk\w+|myeloma",
    "low-burden": r"tumou?rs?|disease|lymphoma|leuk\w+|myeloma",
    "low-affinity": r"binders?|scfvs?|bind\w*", "high-affinity": r"binders?|scfvs?|bind\w*",
    "deplete": r"deplet\w*|remov\w*|kill\w*", "antigen-low": r"antigens?|targets?",
}  # fmt: skip
"""Other words than its names that a parameter or lever may be told by."""


class Sheet:
    """What the words mention, and the comparison."""

    def __init__(self, text: str, found: Understood) -> None:
        self.text, self.folded, self.found = text, fold(text), found
        self.names = names(text)
        self.numbers = numbers(text, self.names)
        self.designs = [n for n in self.names if n.kind == "design"]
        things = [n for n in self.names if n.kind in ("layer", "concept", "event")]
        self.things = [n for n in things if not self._is_when(n)]
        self.arms: Arms = arms(self.folded, self.designs, self.things)
        taken = [(m.start, m.end) for m in (*self.names, *self.numbers)]
        self.cuts = [
            m.span() for m in _BOUNDS.finditer(self.folded) if not any(s <= m.start() < e for s, e in taken)
        ]
        self.told = " ".join((*found.unknown, *(a for a in found.assumed if _SET_ASIDE.search(a)))).lower()

    def _is_when(self, name: Mention) -> bool:
        """Whether a name only says when: "two weeks after infusion"."""
        before = self.folded[: name.start].rstrip()
        return name.target == "dose" and name.text.lower() == "infusion" and _WHEN.search(before) is not None

    def window(self, at: int) -> tuple[int, int]:
        """The stretch between two separators around a place."""
        start = max((e for _, e in self.cuts if e <= at), default=0)
        end = min((s for s, _ in self.cuts if s > at), default=len(self.text))
        return start, end

    def stretch(self, at: int) -> tuple[int, int]:
        """The stretch between two commas, or a comma and the words of comparison, around a place."""
        marks = [c for c in self.cuts if self.folded[c[0] : c[1]] in (",", ";", ":")]
        if self.arms.compared:
            marks.append((self.arms.start, self.arms.end))
        start = max((e for _, e in marks if e <= at), default=0)
        end = min((s for s, _ in marks if s > at), default=len(self.text))
        return start, end

    def within(self, span: tuple[int, int], mentions: Iterable[Mention]) -> list[Mention]:
        """The mentions in a stretch."""
        return [m for m in mentions if span[0] <= m.start < span[1]]

    def is_told(self, mention: Mention) -> bool:
        """Whether the reader is told that a mention was left out."""
        days = mention.kind == "time" and f"every {mention.value:g} days" in self.told
        return days or mention.text.strip().lower() in self.told

    def anchors(self, change: WordChange) -> list[Mention]:
        """The names, or else other words, that a change was told by."""
        own = [n for n in self.things if is_of(n, change)]
        if own:
            return own
        pattern = ALIASES.get(change.target)
        hits = re.finditer(rf"\b(?:{pattern})\b", self.folded) if pattern else ()
        return [
            Mention(m.start(), m.end(), m.group(), "alias", change.target)
            for m in hits
            if _WHEN.search(self.folded[: m.start()].rstrip()) is None or change.target != "dose"
        ]

    def side(self, at: int) -> str:
        """The arm of a place: that of the design named in the same stretch, if it is one arm's own."""
        found = self.found
        if self.arms.compared and found.design_a != found.design_b:
            own = {d.target for d in self.within(self.stretch(at), self.designs)}
            if len(own) == 1 and own <= {found.design_a, found.design_b}:
                return "A" if own == {found.design_a} else "B"
        return self.arms.side(at)

    def on(self, side: str) -> list[WordChange]:
        """The changes that act on one arm."""
        return [c for c in self.found.changes if c.side in (side, "both")]


def is_of(name: Mention, change: WordChange) -> bool:
    """Whether a name is one that a change may have been told by."""
    if name.kind in ("layer", "event"):
        return name.target == change.target
    if name.kind == "alias":
        return name.target == change.target
    concept = vocabulary().concepts[name.target]
    if change.kind in ("set", "times"):
        return change.target in concept.moves
    return change.target in (concept.low, concept.high, concept.off, concept.with_)


def sign_of(change: WordChange, anchor: Mention) -> int:
    """Which way a change moves what is named; 0 where it has no direction."""
    concepts = vocabulary().concepts
    if anchor.kind == "concept":
        concept = concepts[anchor.target]
    elif change.concept in concepts:
        concept = concepts[change.concept]
    else:
        return 0
    if change.kind == "times" and change.amount and change.amount != 1.0 and change.target in concept.moves:
        return (1 if change.amount > 1.0 else -1) * concept.moves[change.target]
    if change.kind == "layer" and change.target in (concept.low, concept.high):
        return -1 if change.target == concept.low else 1
    if change.kind == "set" and change.guessed and change.amount in (concept.low, concept.high):
        return -1 if change.amount == concept.low else 1
    return 0
