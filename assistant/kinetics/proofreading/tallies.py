"""Each number is the value of what it stands beside, and each value was told."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import Final

from assistant.kinetics.events import Event
from assistant.kinetics.parameters import meanings
from assistant.kinetics.proofreading.mentions import Mention
from assistant.kinetics.proofreading.sheet import Sheet, is_of
from assistant.kinetics.wording import WordChange
from assistant.kinetics.words import vocabulary

_NONE: Final = re.compile(
    r"\b(?:no|not|never|without|w/o|lack\w*|absen\w+|omit\w*|skip\w*|avoid\w*|remov\w*|free|forgo\w*"
    r"|withh\w+|out|zero|0"
    r"|eliminat\w*|abolish\w*|block\w*|prevent\w*|stop\w*|rid|disabl\w*|off|minus|cannot|neither|nor"
    r"|nothing|\w+n't"
    r"|delet\w*|abrogat\w*|exclud\w*|loss|los[et]|nil|away|devoid|dropp?\w*)\b"
)
_APART: Final = re.compile(r"[\s-](?:(?!more|less|higher|lower|fewer)[\w-]+\s){0,2}differen\w+")
"""A difference without a direction: "a 10-fold dose difference"."""
_TUMOUR: Final = re.compile(
    r"\b(?:tumou?r|burden|lymphoma|leuka?emia|leuka?emic|myeloma|disease|blast|cancer|h0)"
)
_OF_TUMOUR: Final = re.compile(
    r"\b(?:tumou?r|lymphoma|leuka?emia|myeloma|disease|burden|mass|load)s?\s(?:burden\s|load\s|mass\s"
    r"|size\s)?(?:with|of|is|was|were|at|has|had|to|=)?\s*$"
)
_ANY_TIME: Final = re.compile(r"(?:a|an|the|every|each|per|last|another|once|one of)\s")
_MORE: Final = re.compile(r"\s(?:more|fewer|less|extra|additional|higher|lower)\b(?!\sthan\s\d)")
_POINT: Final = re.compile(r"(?:day|week|month|d)\s?\d")
_CYCLE: Final = re.compile(r"\bon\b.*\boff\b|\boff\b.*\bon\b")
_AFTER_WHAT: Final = re.compile(
    r"\s(?:after|before|post|following|prior\sto|past)\s(?:the\s|a\s|an\s|their\s|its\s|my\s"
    r"|our\s)?(?P<what>[\w-]+)"
)
_ZERO_DAY: Final = re.compile(
    r"infus\w*|treat\w*|transfer|inject\w*|dos\w*|day|start\w*|car\S*|baseline|cells?|giv\w*|administ\w*"
    r"|product|first|therapy|that|which|wards?$"
)
_LEADS: Final = re.compile(
    r"(?:over|for|after|within|through|throughout|during|at|until|across|follow\w*|run\w*|simulat\w*"
    r"|horizon|next|first|of|by|in|up to|to|on)"
    r"(?:\s(?:a|an|the|about|around|total|of|full|whole|up|first|next|period|course|horizon))*\W*$"
)
_RUNS_ON: Final = re.compile(
    r"[\s-]*(?:horizon|later|runs?\b|follow|out\b|on\b|long|simulation|of follow|in total|after|post)"
)


def counted(sheet: Sheet) -> Iterator[str]:
    """What speaks against the numbers of a reading."""
    for number in sheet.numbers:
        owners = [c for c in sheet.found.changes if explains(sheet, number, c)]
        run = not owners and _of_the_run(sheet, number)
        if owners or run:
            yield from _timed(sheet, number, run)
            yield from _owned(sheet, number, owners)
            continue
        any_time = number.kind == "time" and _ANY_TIME.match(number.text)  # "a week", "the month"
        if not any_time and not sheet.is_told(number) and number.kind != "weight":
            yield f"'{number.text.strip()}' is not in the comparison"
    yield from _borrowed(sheet)
    for change in sheet.found.changes:
        if not _is_told(sheet, change):
            yield f"the size in '{change.said}' is not in the words"


def _timed(sheet: Sheet, number: Mention, run: bool) -> Iterator[str]:
    """A time that may be another one than was read."""
    said = number.text.strip()
    if number.kind != "time" or sheet.is_told(number):
        return
    if run and _POINT.match(said) and not sheet.found.asks:
        span = sheet.stretch(number.start)
        if any(_events(c) or sheet.within(span, sheet.anchors(c)) for c in sheet.found.changes):
            yield f"'{said}' was read as the length of the run, and may be when the change comes"
    after = _AFTER_WHAT.match(sheet.folded, number.end)
    named = after is not None and any(d.start == after.start("what") for d in sheet.designs)
    if after is not None and not named and not _ZERO_DAY.match(after["what"]):
        yield f"'{said}{after.group()}': the model counts days from the infusion"


def _owned(sheet: Sheet, number: Mention, owners: list[WordChange]) -> Iterator[str]:
    """A number that became a change which it does not stand with."""
    said = number.text.strip()
    more = _MORE.match(sheet.folded, number.end) if number.kind in ("plain", "per kg") else None
    if more is not None and any(c.kind == "set" for c in owners):
        yield f"'{said}{more.group()}' is a difference, and was read as the value"
    apart = _APART.match(sheet.folded, number.end) if number.kind in ("fold", "percent") else None
    if owners and apart is not None:
        yield f"'{said}{apart.group()}' does not say which side has more"
    if owners and sheet.arms.compared and number.kind != "time":
        side = sheet.side(number.start)
        if all(c.side not in (side, "both") for c in owners):
            yield f"'{said}' stands with the other design"
    yield from _beside(sheet, number, owners)


def _borrowed(sheet: Sheet) -> Iterator[str]:
    """A bare number that took the name of another change: "either 1e6 or 1e8 at low antigen"."""
    for change in sheet.found.changes:
        others = [c for c in sheet.found.changes if c.concept == change.concept and c.kind == "layer"]
        if change.kind != "set" or not change.concept or not others:
            continue
        for number in (n for n in sheet.numbers if n.kind == "plain" and explains(sheet, n, change)):
            if not number.target and not sheet.within(sheet.window(number.start), sheet.anchors(change)):
                yield f"'{number.text.strip()}' was read as '{change.said}' beside '{others[0].said}'"


def _beside(sheet: Sheet, number: Mention, owners: list[WordChange]) -> Iterator[str]:
    """A number that stands with one name and was taken for another."""
    here = sheet.within(sheet.window(number.start), sheet.things)
    if (
        not owners
        or not here
        or number.kind in ("age", "per kg")
        or number.target == "molecules"
        or sheet.is_told(number)
        or any(is_of(n, c) for n in here for c in owners)
    ):
        return
    if any(n.target in related(c) for n in here for c in owners):
        return
    if number.kind == "time" and not any(is_of(n, c) for n in here for c in sheet.found.changes):
        return
    yield f"'{number.text.strip()}' stands beside '{here[0].text}' and was read as '{owners[0].said}'"


_RELATED: Final = {
    "L0_share": "antigen burden escape antigen-loss", "g": "burden growth", "aH": "burden antigen",
    "H0": "burden",
    "eS": "killing senescence senescent-share", "split-dose": "dose",
    "second-infusion": "dose lymphodepletion",
    "short-culture": "culture age", "long-culture": "culture age",
    "rM": "proliferation memory-share homeostasis",
    "dasatinib-rest": "signal exhaustion activation", "no-lymphodepletion": "lymphodepletion",
    "weak-lymphodepletion": "lymphodepletion", "lymphodepletion": "lymphodepletion", "fX": "exhaustion dose",
    "fS": "senescence senescent-death dose", "fM": "memory-share dose", "fE": "dose",
    "fP": "dose memory-share",
    "dE": "effector-share", "dM": "memory-share", "dX": "exhaustion", "decitabine": "culture",
    "p38-inhibitor": "culture",
    "irradiation": "senescence", "senolytic": "senescence senescent-share senescent-death",
    "A50": "signal antigen affinity",
    "deplete": "dose killing", "tonic-signal": "signal tonic", "eM": "killing memory-share",
    "dS": "senescence senescent-share",
    "eX": "killing exhaustion exhausted-share", "omega": "exhaustion", "low-affinity": "affinity",
    "high-affinity": "affinity",
    "rho": "proliferation", "antigen-negative": "antigen escape burden", "aE0": "age culture",
    "aM0": "age culture",
}  # fmt: skip


def related(change: WordChange) -> list[str]:
    """What else is rightly named beside a change: "70 % of the tumour cells are antigen negative"."""
    return _RELATED.get(change.target, "").split()


def same(one: float, other: float) -> bool:
    """Whether two numbers are one."""
    return math.isclose(one, other, rel_tol=2e-3, abs_tol=1e-9)


def _factor(change: WordChange) -> float:
    """The factor of a change in terms of what its words name: affinity, not the antigen at half signal."""
    amount = change.amount or 0.0
    concept = vocabulary().concepts.get(change.concept)
    turned = concept is not None and concept.moves.get(change.target, 1) < 0
    return 1.0 / amount if turned and amount else amount


def explains(sheet: Sheet, number: Mention, change: WordChange) -> bool:
    """Whether a number may have become a change."""
    value, amount = number.value, change.amount or 0.0
    if number.kind == "age":
        return change.target == "older-donor"
    if change.kind in ("set", "times") and not _fits(number, meanings()[change.target].unit):
        return False
    if change.kind == "set" and change.target in ("dose", "H0") and number.kind == "plain":
        span = sheet.window(number.start)
        before = sheet.folded[: number.start]
        tumour = _TUMOUR.search(sheet.folded, *span) is not None or (
            _OF_TUMOUR.search(before) is not None and not sheet.within(span, sheet.designs)
        )
        if tumour != (change.target == "H0") and not any(
            is_of(n, change) for n in sheet.within(span, sheet.things)
        ):
            return False
    if change.kind == "times":
        over = 1.0 / value if value else 0.0
        bound = re.search(r"\bthan\s$", sheet.folded[: number.start])
        part = (value,) if bound else (value, 1.0 - value, 1.0 + value)
        if "of" in sheet.folded[number.end : number.end + 4].split()[:1]:
            part = (value,)
        to = re.search(r"\bto\s$", sheet.folded[: number.start])
        if to and meanings()[change.target].unit == "1" and number.kind == "percent":
            return False
        sizes = {"fold": (value, over), "plain": (value,), "part": part, "percent": part}
        return any(same(_factor(change), s) for s in sizes.get(number.kind, ()))
    if change.kind == "set":
        if number.kind in ("per kg", "plain"):
            weights = [70.0, *(n.value for n in sheet.numbers if n.kind == "weight")]
            return same(value, amount) or any(same(value * w, amount) for w in weights)
        share = meanings()[change.target].unit == "1"
        return share and number.kind in ("percent", "part") and same(value, amount)
    return any(same(value, v) for v in _times(sheet, number, change)) or _of_culture(number, change)


def _fits(number: Mention, unit: str) -> bool:
    """Whether the unit beside a number is one of a parameter."""
    if number.kind not in ("plain", "per kg"):
        return True
    if number.kind == "per kg" or number.target == "cells":
        return unit in ("cells", "molecules") if number.kind == "plain" else unit == "cells"
    return number.target != "molecules" or unit == "molecules"


def _of_culture(number: Mention, change: WordChange) -> bool:
    if number.kind != "time":
        return False
    return (change.target == "short-culture" and number.value <= 3.0) or (
        change.target == "long-culture" and number.value >= 14.0
    )


def _events(change: WordChange) -> Sequence[Event]:
    from assistant.kinetics import levers

    return change.events or (levers.load(change.target).events if change.kind == "layer" else ())


def _times(sheet: Sheet, number: Mention, change: WordChange) -> Iterator[float]:
    """Every number in the schedule of a change."""
    events = _events(change)
    if number.kind == "time" and number.text.startswith("first"):
        yield from (v for e in events if e.time == 0.0 for v in (e.duration, e.until))
        return
    yield float(len(events))
    for event in events:
        yield from (event.time, event.duration, event.every, event.time + event.duration)
        yield from (event.share, 1.0 - event.share, event.multiple)
        if event.every:
            yield event.until
            if _CYCLE.search(sheet.folded):
                yield event.every - event.duration
        if event.cells is not None:
            yield from (event.cells, event.cells / 70.0)
        if event.multiple:
            yield 1.0 / event.multiple
        yield from (abs(event.time - other.time) for other in events)


def _of_the_run(sheet: Sheet, number: Mention) -> bool:
    """Whether a time is the length of the run, and is told as one."""
    days = sheet.found.days
    if number.kind != "time" or days is None or not same(number.value, days):
        return False
    before, after = sheet.folded[: number.start], sheet.folded[number.end :]
    alone = re.search(r"(?:^|[,;:]|\band)\W*$", before) and re.match(r"\W*(?:$|[,;:])", after)
    led = _LEADS.search(before) or re.match(
        r"(?:for|over|after|within|at|in|day|week|month|next|first)\b", number.text
    )
    return bool(led or alone or _RUNS_ON.match(after)) and not re.match(
        r"-\w|\s(?:expan|cultur|manuf)", after
    )


def _is_told(sheet: Sheet, change: WordChange) -> bool:
    """Whether the size of a change stands in the words."""
    if change.kind in ("set", "times"):
        if change.guessed:
            return True
        if not change.amount:
            places = [a.start for a in sheet.anchors(change)] or [0]
            return any(
                _NONE.search(sheet.folded, max(0, sheet.window(p)[0] - 9), sheet.window(p)[1]) for p in places
            )
        return any(explains(sheet, n, change) for n in sheet.numbers)
    return all(_event_told(sheet, v) for v in _rescheduled(change))


def _rescheduled(change: WordChange) -> Iterator[float]:
    """The numbers of a schedule that the lever does not have by itself."""
    from assistant.kinetics import levers

    if not change.events or change.kind == "event" or change.target == "split-dose":
        return
    usual = levers.load(change.target).events
    own = {v for e in usual for v in (e.time, e.duration, e.every, e.until, e.share, e.multiple, e.cells)}
    last = change.events[-1]
    for value in (last.time, last.duration, last.every, last.share, last.cells, last.multiple):
        if value and value not in own:
            yield value


def _event_told(sheet: Sheet, value: float) -> bool:
    for n in sheet.numbers:
        if same(n.value, value) or same(n.value * 70.0, value) or (n.value and same(1.0 / n.value, value)):
            return True
    times = [7.0, *(n.value for n in sheet.numbers if n.kind in ("time", "plain"))]
    return any(same(abs(x - y), value) or same(x + y, value) for x in times for y in times)
