"""Every change belongs to the arm that its words stand on, and no value is changed twice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from assistant.kinetics import levers
from assistant.kinetics.clauses import is_edit
from assistant.kinetics.parameters import meanings
from assistant.kinetics.proofreading.directions import words
from assistant.kinetics.proofreading.mentions import Mention
from assistant.kinetics.proofreading.sheet import Sheet, sign_of
from assistant.kinetics.proofreading.tallies import explains
from assistant.kinetics.wording import WordChange
from assistant.kinetics.words import Item, vocabulary

_OWN: Final = re.compile(
    r"(?:\b(?:with|plus|carrying|express\w*|having|has|that\s\w+)|\+)\s(?:an?\s|the\s)?$"
)
_BOTH: Final = re.compile(r"\b(?:both|each|either|all|same|equal|two|they|respective\w*)\b")
_CONDITION: Final = re.compile(
    r"\b(?:at|under|in|against|facing|for|over|during|on|if|when|given|after|from|into)\b|,"
)
_IT: Final = re.compile(
    r"\b(?:it|them|this|that one|these|the latter|the former|respectively|vice versa|the other|another one)\b"
)
_OR_NOT: Final = re.compile(r"\b(?P<what>[\w-]+)\s(?:or|vs\.?|versus)\s(?:no|without)\s(?P=what)\b")
_WITHOUT: Final = re.compile(
    r"\bwith(?:out)?\s(?:and|or|vs\.?|versus)\s(?=with)|\b[\w-]+\s(?:or|vs\.?|versus)\s(?:no|without)\b"
)
_ONLY: Final = re.compile(r"\b(?:only|alone|solely|just)\b")


def placed(sheet: Sheet) -> Iterator[str]:
    """Every change is on the side that its words stand on, and no value is changed twice."""
    found, arms = sheet.found, sheet.arms
    told = words(sheet)
    for change in found.changes:
        anchors = sheet.anchors(change)
        yield from _doubled(change, found.changes)
        places = [a.start for a in anchors]
        places += [w.start for w in told for a in anchors if w.sign == sign_of(change, a)]
        places += [n.start for n in sheet.numbers if explains(sheet, n, change)]
        sides = {sheet.side(p) for p in places}
        if change.side == "both":
            yield from _common(sheet, change, anchors, sides)
        elif not arms.compared:
            if change.side == "B":
                yield f"'{change.said}' was read for the design that it is compared with"
        else:
            if places and change.side not in sides:
                yield f"'{change.said}' stands with the other design"
            yield from _shared(sheet, change, anchors)
            yield from _trailing(sheet, change, anchors)
    if re.match(r"\s*both\b", sheet.folded[arms.end :]) and arms.kind == "versus":
        yield "'both' in the second arm: say what both is"
    own = [c for c in found.changes if c.side == "A"]
    if arms.kind == "with-without" or _OR_NOT.search(sheet.folded):
        mark = _WITHOUT.search(sheet.folded)
        ahead = [c for c in own if mark and all(a.start < mark.start() for a in sheet.anchors(c))]
        if ahead and len(ahead) < len(own):
            yield f"'{ahead[0].said}' is told of both arms, and was read for one"
    if arms.kind in ("versus", "pair") and found.design_a != found.design_b:
        it = _IT.search(sheet.folded, arms.end)
        told_of = it is None or it.group().split()[-1] in sheet.told
        if it is not None and not told_of and any(c.side != "both" for c in found.changes):
            yield f"'{it.group()}': what it stands for is not clear"


def _trailing(sheet: Sheet, change: WordChange, anchors: list[Mention]) -> Iterator[str]:
    """What follows a comparison behind a comma may be of both: "1e8 vs 1e9 cells, with rest"."""
    told = any("read as part of design" in a for a in sheet.found.assumed)
    if told or sheet.arms.kind not in ("versus", "instead", "pair") or not anchors:
        return
    spans = {sheet.stretch(a.start) for a in anchors}
    start, end = min(spans)
    behind = start > sheet.arms.end and not sheet.within((start, end), sheet.designs)
    if len(spans) == 1 and behind and not sheet.arms.swapped and not _ONLY.search(sheet.folded, start, end):
        yield f"'{change.said}' stands behind both arms, and was read for one"


def _doubled(change: WordChange, changes: Sequence[WordChange]) -> Iterator[str]:
    """One thing changed twice in an arm, or only one of the parameters that its name stands for."""
    same = [c for c in changes if c.side == change.side]
    if any(c.target == change.target and c is not change for c in same):
        yield f"'{change.said}' is one of two values for one thing"
    concept = vocabulary().concepts.get(change.concept)
    parts = set(concept.moves) if concept is not None and change.target in concept.moves else set()
    if parts - {c.target for c in same}:
        yield f"'{change.said}' is half of what the words name"


def _common(sheet: Sheet, change: WordChange, anchors: list[Mention], sides: set[str]) -> Iterator[str]:
    """What speaks against a change of both designs."""
    arms = sheet.arms
    if any(c.side != "both" and _touched(c) & _touched(change) for c in sheet.found.changes):
        yield f"'{change.said}' was read for both designs beside another value for one"
    if not arms.compared and _edits(change):
        yield f"'{change.said}' was read for both designs"
    if arms.kind == "instead" and arms.swapped and sides == {"A"} and not _BOTH.search(sheet.folded):
        yield f"'{change.said}' is what is done instead, and was read for both designs"
    than = sheet.folded[arms.start : arms.end] == "than"
    if than and any(n.start < arms.start and explains(sheet, n, change) for n in sheet.numbers):
        yield f"'{change.said}' is told of one design more than of the other, and was read for both"
    yield from _one_sided(sheet, change, anchors)


def _touched(change: WordChange) -> set[str]:
    """The parameters of the scene that a change sets, and the lever itself."""
    if change.kind in ("set", "times"):
        return {change.target}
    if change.kind == "event":
        return set()
    moved = {e.parameter for e in levers.load(change.target).effects}
    return {change.target} | {p for p in moved if meanings()[p].kind == "scenario"}


def _edits(change: WordChange) -> bool:
    return change.kind == "layer" and is_edit(Item("layer", 0, 0, "", change.target))


def _one_sided(sheet: Sheet, change: WordChange, anchors: list[Mention]) -> Iterator[str]:
    """A change of both designs that the words give to one: "in 28z only", "28z with c-Jun vs bbz"."""
    found = sheet.found
    if (
        not anchors
        or not sheet.arms.compared
        or found.design_a == found.design_b
        or _BOTH.search(sheet.folded)
    ):
        return
    for anchor in anchors:
        here = sheet.within(sheet.stretch(anchor.start), sheet.designs)
        if len({d.target for d in here}) != 1 or len({sheet.side(a.start) for a in anchors}) != 1:
            return
        again = any(d.target == here[0].target and d.start < here[0].start for d in sheet.designs)
        only = any(_ONLY.search(sheet.folded[max(0, d.start - 8) : d.end + 6]) for d in here)
        own = _edits(change) and here[0].start < anchor.start and _OWN.search(sheet.folded[: anchor.start])
        if again or only or own:
            yield f"'{change.said}' is told of '{here[0].text}' alone, and was read for both"


def _shared(sheet: Sheet, change: WordChange, anchors: list[Mention]) -> Iterator[str]:
    """A setting behind both designs that was read for one: "X vs Y at high burden"."""
    found = sheet.found
    if _edits(change) or found.design_a == found.design_b or len(sheet.designs) != 2 or not anchors:
        return
    if any(c is not change and _touched(c) & _touched(change) for c in found.changes) or _ONLY.search(
        sheet.folded
    ):
        return
    last = sheet.designs[-1]
    places = [a.start for a in anchors]
    if _BOTH.search(sheet.folded, *sheet.stretch(places[0])) and not re.search(
        r"\bboth\s\S+\sand\b", sheet.folded
    ):
        yield f"'{change.said}' is told of both designs, and was read for one"
    if all(p > last.end for p in places):
        between = sheet.folded[last.end : min(places)]
        if _CONDITION.search(between) and not re.search(r"\b(?:with|plus|but|given)\b|\+", between):
            yield f"'{change.said}' stands behind both designs, and was read for one"
