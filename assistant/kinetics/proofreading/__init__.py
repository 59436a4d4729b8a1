"""A second look at a what-if: is everything that the words mention in the comparison that was made of them?

The grammar may take a word for filler, a number for another one's, an arm for the other; nothing in it would
notice. So the words are read again by other rules (`mentions`, `sides`), and each thing that they mention is
held against the comparison: a number must be that value there (`tallies`), a direction must agree with its
sign (`directions`), a denial must be kept (`denials`), a change must stand with its arm (`placing`), a name
must be changed or said to be left. What contradicts the reading stops it. The price is that now and then a
sentence that was read right is refused; the reader is told what was read and can say it in other words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from assistant.kinetics.designs import load
from assistant.kinetics.proofreading.denials import asked, denials, is_denied, is_off, staged
from assistant.kinetics.proofreading.directions import ways
from assistant.kinetics.proofreading.mentions import Mention
from assistant.kinetics.proofreading.placing import placed
from assistant.kinetics.proofreading.sheet import Sheet, is_of
from assistant.kinetics.proofreading.tallies import counted, explains, related
from assistant.kinetics.wording import Understood, WordChange
from assistant.kinetics.words import vocabulary

_ONLY: Final = re.compile(r"\b(?:only|alone|solely|just)\b")
_RECEPTOR: Final = re.compile(r"\b(?:car(?:-?t)?s?|construct|receptor|design)\b")
_LIKENED: Final = re.compile(
    r"\bas\s\w+\s(?:[\w-]+\s){0,3}as\s(?:an?\s|the\s)?$|"
    r"\b(?:same|rate|level|dose|value|speed|affinity|density|schedule|share|\w+tion|\w+ence)\s(?:of|as|like"
    r"|from)\s(?:an?\s|the\s)?$"
)
_SAME: Final = re.compile(r"\bthe\ssame\s(?:car(?:-?t)?|construct|design|product|receptor)\b")
_COMPARED: Final = re.compile(r"\bcompar|\bdiffer|\bvs\b|\bversus\b|\bagainst\b|\bbetter\b|\bor\b|\bboth\b")
_ADDED: Final = re.compile(r"\b(?:add|put|insert|graft|fus)\w*\b")
_STATE: Final = re.compile(
    r"\b(?:of|by|in|for|among)\s(?:the\s)?(?P<state>exhausted|senescent|memory|effector|naive|stem\S*|dysfunctional)"
    r"\s(?:car\S*\s|t\s)*cells?"
)
_GENERAL: Final = ("k", "rho", "kX", "kS", "kI", "omega", "dose", "eng")
"""Parameters of all cells: told of one kind of cells they are another thing."""
_UNIT: Final = re.compile(r"\d\s?$")
_ITS: Final = re.compile(r"(?:\scar)?(?:'s)?\s(?:rates?|levels?|values?|speed)\b")


def proofread(text: str, found: Understood) -> tuple[str, ...]:
    """What contradicts a comparison in the words that it was made of; nothing for a reading that holds."""
    sheet = Sheet(text, found)
    checks = (designs, mentioned, counted, ways, denials, staged, asked, placed)
    return tuple(dict.fromkeys(said for check in checks for said in check(sheet)))


def designs(sheet: Sheet) -> Iterator[str]:
    """Every design that is named has its arm, and every arm its design."""
    found = sheet.found
    a, b = found.design_a, found.design_b
    named = {d.target for d in sheet.designs}
    for mention in sheet.designs:
        if mention.target not in (a, b) and not sheet.is_told(mention):
            yield f"'{mention.text}' is neither of the two designs"
    if "design named" not in " ".join(found.assumed):
        yield from (f"design {name} is not in the words" for name in sorted({a, b} - named))
    if a == b and len(named) > 1:
        yield "two designs are named and one is compared with itself"
    first = {sheet.arms.side(d.start): d for d in reversed(sheet.designs)}
    pair = [first[side].target for side in "AB" if side in first]
    if a != b and len(set(pair)) == 2 and pair != [a, b]:
        yield f"'{first['A'].text}' is set against '{first['B'].text}', and the other way was read"
    yield from _joined(sheet)
    if sheet.arms.more:
        yield "more than two things are set against each other"
    if sheet.arms.kind in ("versus", "instead") and len(first) == 1:
        yield from _unnamed(sheet, "B" if "A" in first else "A")
    for mention in sheet.designs[1:] if a != b else ():
        like = _LIKENED.search(sheet.folded[: mention.start]) or _ITS.match(sheet.folded, mention.end)
        if like is not None:
            yield f"'{like.group().strip()} {mention.text}': a value of another design is no change here"


def _joined(sheet: Sheet) -> Iterator[str]:
    """ "A CD28 CAR with a 4-1BB domain" is a third design, not two that are compared."""
    joint = sheet.folded[sheet.arms.start : sheet.arms.end] if sheet.arms.kind == "pair" else ""
    second = next((d for d in sheet.designs if d.start >= sheet.arms.end), None)
    if second is None or load(second.target).layers:
        return  # "28z with 1XX": a design that is an edit of the other
    added = joint in ("to", "into") and _ADDED.search(sheet.folded)
    if added or (joint == "with" and not _COMPARED.search(sheet.folded)):
        yield "one receptor is put on the other, and the two were set against each other"


def _unnamed(sheet: Sheet, side: str) -> Iterator[str]:
    """ "Low-affinity CAR vs 28z": the first may be a 4-1BB one as well as a CD28 one."""
    first = (side == "A") != sheet.arms.swapped
    start, end = (0, sheet.arms.start) if first else (sheet.arms.end, len(sheet.text))
    if _SAME.search(sheet.folded, start, end) and _contrasted(sheet):
        return  # "short culture vs the same CAR cultured for two weeks"
    if _RECEPTOR.search(sheet.folded, start, end) and not _ONLY.search(sheet.folded, start, end):
        yield f"which costimulation '{sheet.text[start:end].strip()}' has is not said: 4-1BB or CD28?"


def _contrasted(sheet: Sheet) -> bool:
    """Whether both arms change the same thing and nothing else."""
    of = {s: {_about(c) for c in sheet.found.changes if c.side == s} for s in ("A", "B")}
    return len(of["A"]) == 1 and of["A"] == of["B"]


def _about(change: WordChange) -> str:
    """The quantity that a change moves: a level of culture by either of its levers."""
    levels = (c.id for c in vocabulary().concepts.values() if change.target in (c.low, c.high))
    return change.concept or next(levels, change.target)


def mentioned(sheet: Sheet) -> Iterator[str]:
    """Every name is changed, asked about, or said to be left; every change is named."""
    changes = sheet.found.changes
    others = {r for c in changes for r in related(c)}
    halves = sheet.arms.kind not in ("one", "with-without", "values", "or")
    for name in sheet.things:
        beside = sheet.within(sheet.window(name.start), sheet.numbers)
        if any(sheet.is_told(m) for m in (name, *beside)):
            continue
        own = [c for c in changes if is_of(name, c)]
        if name.text == name.target != "dose" and _UNIT.search(sheet.folded[: name.start]):
            yield f"'{name.text}' behind a number is a unit, and was read as a parameter"
        if own:
            side = sheet.side(name.start)
            elsewhere = halves and name.kind != "concept" and all(c.side not in (side, "both") for c in own)
            if elsewhere and not is_denied(sheet, name):
                yield f"'{name.text}' stands with design {side}, and was read for the other"
        elif name.target not in others and not is_denied(sheet, name) and not _is_asked(sheet, name):
            yield f"'{name.text}' is named, and nothing of it is in the comparison"
    states = [m for m in _STATE.finditer(sheet.folded) if not _inside(m, sheet.things)]
    for change in changes:
        for state in states if change.target in _GENERAL else ():
            if sheet.within(sheet.window(state.start()), sheet.anchors(change)):
                yield f"'{change.said}' is of all cells, and the words say '{state.group()}'"
        if not sheet.anchors(change) and not _by_number(sheet, change):
            yield f"'{change.said}' is nothing that the words name"


def _inside(match: re.Match[str], names: Sequence[Mention]) -> bool:
    return any(n.start <= match.start("state") < n.end for n in names)


def _is_asked(sheet: Sheet, name: Mention) -> bool:
    """Whether a name is only what is to be looked at."""
    asks = vocabulary().concepts[name.target].asks if name.kind == "concept" else ""
    if not asks or asks not in sheet.found.asks or is_off(sheet, name):
        return False
    span = sheet.window(name.start)
    sized = any(n.kind in ("fold", "percent", "part") for n in sheet.within(span, sheet.numbers))
    return not sized or any(sheet.within(span, sheet.anchors(c)) for c in sheet.found.changes)


def _by_number(sheet: Sheet, change: WordChange) -> bool:
    """Whether a change needs no name because its number says what it is: "28z at 1e8", "1e12 molecules"."""
    kinds = ("plain", "per kg")
    return change.target in ("dose", "aH") and any(
        n.kind in kinds and explains(sheet, n, change) for n in sheet.numbers
    )
