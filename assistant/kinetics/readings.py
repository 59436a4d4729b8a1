"""One clause as changes: "lower affinity tenfold" -> A50 x10, "a four-day rest every week" -> events.

Each function returns what it made of a name and which pieces it used. A piece that is not used is
reported by the grammar, so a forgotten amount can never vanish.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assistant.errors import InputError
from assistant.kinetics import levers
from assistant.kinetics.events import Event
from assistant.kinetics.parameters import meanings
from assistant.kinetics.scheduling import BODY_WEIGHT_KG, describe, reschedule
from assistant.kinetics.wording import Side, WordChange
from assistant.kinetics.words import Concept, Item, vocabulary

FEWEST_CELLS = 1e4
"""A bare number below this is no dose and no tumour: more likely a count of doses."""
DEFAULT_FOLD = 2.0
"""Assumed when the words give a direction and no size."""


@dataclass
class Reading:
    """What came of one name in a clause."""

    changes: list[WordChange] = field(default_factory=list)
    used: list[Item] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)
    other_side: list[WordChange] = field(default_factory=list)
    """Changes of the other design ("from 1e8 to 1e7")."""
    asks: str = ""
    problem: str = ""
    denied: str = ""
    """The lever that the words say there is none of."""


def read_concept(item: Item, around: Sequence[Item], side: Side, *, negated: bool) -> Reading:
    """A concept with the amounts, directions and levels that belong to it."""
    concept = vocabulary().concepts[item.name]
    out = Reading(used=[item])
    if concept.id == "culture" and _culture(concept, item, around, side, out):
        return out
    amounts = [i for i in around if i.amount is not None and i.amount.kind in ("fold", "percent", "number")]
    way = next((i for i in around if i.kind in ("up", "down")), None)
    off = next((i for i in around if i.kind in ("off", "loss")), None)
    level = next((i for i in around if i.kind == "level"), None)
    if amounts:
        _sized(concept, amounts, around, way, side, out)
        out.used += [i for i in (level,) if i is not None]
    elif negated or off is not None:
        out.used += [off] if off else []
        _named_level(concept, concept.off, "no " + concept.label, side, out)
        if not out.changes:
            out.problem = f"'{item.text}' cannot be switched off; give a value"
    elif level is not None:
        out.used.append(level)
        value = concept.high if level.name == "high" else concept.low
        _named_level(concept, value, f"{level.text.lower()} {concept.label}", side, out)
        if not out.changes:
            out.problem = (
                f"how {level.text.lower()} {concept.label} is has no number here; give a value or a fold"
            )
    elif way is not None:
        out.used.append(way)
        _direction(concept, way, side, out)
    elif concept.with_ is not None:
        _named_level(concept, concept.with_, item.text, side, out)
    elif concept.asks:
        out.asks = concept.asks
        if concept.id == "burden":
            out.assumed.append(f"'{item.text}' read as what to look at: no change of it was understood")
    else:
        out.problem = f"'{item.text}' without an amount or a direction: say e.g. 'tenfold lower' or a value"
    if concept.reading and out.changes:
        out.assumed.append(concept.reading)
    out.changes = [replace(c, concept=concept.id) for c in out.changes]
    out.other_side = [replace(c, concept=concept.id) for c in out.other_side]
    return out


SHORT_CULTURE, LONG_CULTURE = 3.0, 14.0
"""Days in culture up to which a product is a short one, and from which it is a long one."""


def _culture(concept: Concept, item: Item, around: Sequence[Item], side: Side, out: Reading) -> bool:
    """Days in culture: the model has the usual product, one made in under two days, and a long one."""
    span = next((i for i in around if i.amount is not None and i.amount.kind == "duration"), None)
    if span is None or span.amount is None:
        return False
    out.used += [span, *(i for i in around if i.kind in ("up", "down", "to", "level"))]
    days = span.amount.value
    lever = concept.low if days <= SHORT_CULTURE else concept.high if days >= LONG_CULTURE else None
    if lever is None:
        out.problem = (
            f"'{item.text} {span.text}': the designs stand for the usual week or so of culture; besides, the"
            f" model only has {SHORT_CULTURE:g} days or less (short) and {LONG_CULTURE:g} days or more (long)"
        )
    else:
        _named_level(concept, lever, f"{item.text} {span.text}", side, out)
    return True


def _sized(
    concept: Concept,
    amounts: Sequence[Item],
    around: Sequence[Item],
    way: Item | None,
    side: Side,
    out: Reading,
) -> None:
    """Amounts given: a fold, a percentage, a value, or a value before and after."""
    by_place = sorted(amounts, key=lambda i: i.start)
    roles = {id(i): _role(i, around) for i in by_place}
    before = next((i for i in by_place if roles[id(i)] == "from"), None)
    after = next((i for i in by_place if i is not before), None)
    assert after is not None or before is not None  # the caller passed at least one amount
    target = after if after is not None else before
    assert target is not None and target.amount is not None
    out.used += [i for i in (target, way) if i is not None]
    last = by_place[-1]
    if before is None and last is not target and roles[id(last)] == "to":
        out.used.append(last)
        out.problem = (
            f"'{target.text} to {last.text}' is a range: give one value or two with 'or' between them, or use"
            " --scan NAME=FROM..TO"
        )
        return
    if target.amount.kind == "number":
        _absolute(concept, target, roles[id(target)], way, side, out, out.changes)
        if before is not None and before is not target:
            out.used.append(before)
            _absolute(concept, before, "to", None, side, out, out.other_side)
            if way is None:
                out.assumed.append(
                    f"'from {before.text} to {target.text}' read as the second against the first"
                )
    elif target.amount.kind == "percent":
        _percentage(concept, target, roles[id(target)], way, side, out)
    else:
        _fold(concept, target, roles[id(target)], way, side, out)


def _role(item: Item, around: Sequence[Item]) -> str:
    """The little word before an amount: "to", "by" or "from"."""
    before = [i for i in around if i.end <= item.start]
    last = before[-1] if before else None
    return last.kind if last is not None and last.kind in ("to", "by", "from") else ""


def _absolute(
    concept: Concept,
    item: Item,
    role: str,
    way: Item | None,
    side: Side,
    out: Reading,
    into: list[WordChange],
) -> None:
    amount = item.amount
    assert amount is not None
    if role == "by" and way is not None:
        out.problem = (
            f"'{item.text}': say 'to {item.text}' for a value, or 'by ... %' or 'tenfold' for a change"
        )
        return
    for name, sign in concept.moves.items():
        if sign < 0 and concept.id != name and not amount.unit:
            unit = meanings()[name].unit
            out.problem = f"{concept.label} has no number of its own: give a fold change, or {name} in {unit}"
            return
        value, unit = amount.value, amount.unit
        if meanings()[name].unit == "cells" and not unit and 0.0 < value < FEWEST_CELLS:
            out.problem = (
                f"'{item.text}' for {concept.label}: how many cells? Write e.g. '1e8 cells', or for"
                " another dose 'a second infusion on day 30'"
            )
            return
        if unit == "cells/kg":
            value, unit = value * BODY_WEIGHT_KG, "cells"
            out.assumed.append(
                f"{amount.value:g} cells/kg read as {value:g} cells at an assumed {BODY_WEIGHT_KG:g} kg"
            )
        shown = unit or meanings()[name].unit
        said = f"{_titled(concept, name)} = {value:g}{'' if shown == '1' else ' ' + shown}"
        into.append(WordChange(side, "set", name, value, unit, said))


def _percentage(concept: Concept, item: Item, role: str, way: Item | None, side: Side, out: Reading) -> None:
    amount = item.amount
    assert amount is not None
    share = all(meanings()[n].unit == "1" and meanings()[n].maximum == 1.0 for n in concept.moves)
    if (
        (role == "to" or (way is None and role != "by"))
        and share
        and all(s > 0 for s in concept.moves.values())
    ):
        for name in concept.moves:
            said = f"{_titled(concept, name)} = {100 * amount.value:g} %"
            out.changes.append(WordChange(side, "set", name, amount.value, "1", said))
        return
    if role == "to" or (way is None and re.search(r"\bof\b", item.text, re.I)):
        factor = amount.value
    elif way is None:
        out.problem = f"'{item.text}' of {concept.label}: higher or lower, or 'to {item.text}'?"
        return
    else:
        factor = 1.0 + amount.value if way.kind == "up" else 1.0 - amount.value
    if factor < 0.0:
        out.problem = f"{concept.label} cannot fall by {item.text}"
        return
    if role == "to" and way is not None and (way.kind == "up") != (factor > 1.0) and factor != 1.0:
        out.problem = (
            f"'{way.text} {concept.label} to {item.text}': that is the other way; by how much, or to what?"
        )
        return
    _times(concept, factor, side, out, guessed=False)


def _fold(concept: Concept, item: Item, role: str, way: Item | None, side: Side, out: Reading) -> None:
    amount = item.amount
    assert amount is not None
    if amount.value == 1.0:
        out.assumed.append(f"{concept.label} left as the design has it ('{item.text}')")
        return
    if role == "by" and way is not None and amount.way == "down":
        # "Down by a quarter" leaves three quarters; "to a quarter" leaves one.
        part = 1.0 / amount.value
        _times(concept, 1.0 + part if way.kind == "up" else 1.0 - part, side, out, guessed=False)
        return
    direction = way.kind if way is not None else amount.way
    if (
        way is not None
        and amount.way == "down"
        and way.kind == "down"
        and item.text.lower().startswith(("a ", "one ", "half", "ten"))
    ):
        direction = "down"
    if not direction:
        direction = "up"
        out.assumed.append(f"'{item.text}' of {concept.label} read as an increase")
    if amount.value <= 0.0:
        out.problem = f"a change of {concept.label} by {item.text} is no fold change"
        return
    _times(concept, amount.value if direction == "up" else 1.0 / amount.value, side, out, guessed=False)


def _times(concept: Concept, factor: float, side: Side, out: Reading, *, guessed: bool) -> None:
    for name, sign in concept.moves.items():
        if sign < 0 and factor == 0.0:
            out.problem = f"{concept.label} cannot be zero here; give a fold change"
            return
        own = factor if sign > 0 else 1.0 / factor
        titled = f"{concept.label} x{factor:.4g} (through {name})" if concept.lever_fold else ""
        said = titled or f"{_titled(concept, name)} x{own:.4g}"
        out.changes.append(WordChange(side, "times", name, own, "", said, guessed))


def _titled(concept: Concept, name: str) -> str:
    return f"{concept.label} ({name})" if concept.id != name else name


def _named_level(concept: Concept, value: float | str | None, words: str, side: Side, out: Reading) -> None:
    """A word instead of a number: a lever, or a value that is assumed and said."""
    if value is None:
        return
    if isinstance(value, str):
        lever = levers.load(value)
        sets = [
            f"{e.parameter} {_operation(e.operation)}{e.value:g} {_unit(e.parameter, e.operation)}".strip()
            for e in lever.effects
        ]
        out.changes.append(
            WordChange(side, "layer", value, None, "", f"{words} ({', '.join(sets)}, lever {value})")
        )
        out.assumed.append(f"the size of '{words}' is not in your words: lever {value}")
        return
    for name in concept.moves:
        unit = meanings()[name].unit
        said = f"{words} ({name} = {value:g}{'' if unit == '1' else ' ' + unit})"
        out.changes.append(WordChange(side, "set", name, value, unit, said, guessed=True))
        if value:
            out.assumed.append(f"'{words}' read as {name} = {value:g}{'' if unit == '1' else ' ' + unit}")


def _operation(operation: str) -> str:
    return {"times": "x", "add": "+", "set": "= "}[operation]


def _unit(name: str, operation: str) -> str:
    unit = meanings()[name].unit
    return "" if operation == "times" or unit == "1" else unit


def _direction(concept: Concept, way: Item, side: Side, out: Reading) -> None:
    lever = concept.high if way.kind == "up" else concept.low
    if isinstance(lever, str):
        _named_level(concept, lever, f"{way.text.lower()} {concept.label}", side, out)
        return
    _times(concept, DEFAULT_FOLD if way.kind == "up" else 1.0 / DEFAULT_FOLD, side, out, guessed=True)
    out.assumed.append(f"no amount given for '{way.text.lower()} {concept.label}': twofold assumed")


_ABSENT = re.compile(
    r"(?:no|zero|omit\w*|skip\w*|avoid\w*|fore?go|withh\w+|exclud\w+|(?:leav|left)\w* out)$", re.I
)
_TREATMENT = re.compile(
    r"antibod|blockade|inhibit|knock|\bko\b|loss|deletion|drug|treatment|nivolumab|overexpress|secret|anti-",
    re.I,
)
"""Names of something that is done: without it nothing is done. "No TET2" is a loss, "no TET2 loss" is not."""


def read_layer(item: Item, around: Sequence[Item], side: Side, *, negated: bool) -> Reading:
    """A lever, with its schedule changed if the words say so."""
    lever = levers.load(item.name)
    out = Reading(used=[item])
    words = [i for i in around if i.kind in ("off", "loss", "gain", "up", "down")]
    absent = next((w for w in words if _ABSENT.match(w.text)), None)
    if absent is not None and (_TREATMENT.search(item.text) or lever.id not in vocabulary().polarity):
        out.used += words
        out.assumed.append(f"'{absent.text} {item.text}': the design has none unless it is added")
        out.denied = lever.id
        return out
    lost = vocabulary().polarity.get(lever.id) == "loss" and not _TREATMENT.search(item.text)
    if negated and not lost:
        out.used += words
        out.assumed.append(f"'without {item.text}': the design has none unless it is added")
        out.denied = lever.id
        return out
    polarity = vocabulary().polarity.get(lever.id, "")
    for word in words:
        direction = "loss" if word.kind in ("off", "loss", "down") else "gain"
        if polarity and direction != polarity or (not polarity and direction == "loss"):
            out.problem = f"'{word.text} {item.text}': the model only has '{lever.name}' (lever {lever.id})"
            return out
        if polarity or word.kind not in ("up", "down"):
            out.used.append(word)  # "a longer rest" without a length stays unread, and is told
    doing = next((i for i in around if i.kind == "unknown" and 0 <= i.start - item.end <= 5), None)
    if doing is not None and polarity and not words and doing.text.lower().endswith(("ed", "ing")):
        # Whatever is done to it, it may be the opposite of what the lever does.
        out.problem = f"'{item.text} {doing.text}': the model only has '{lever.name}' (lever {lever.id})"
        return out
    timing = [_resting(i, item) for i in around if i.amount is not None]
    if any(c.isdigit() for c in item.text) and lever.id == "older-donor":
        out.assumed.append(f"'{item.text}' read as lever {lever.id}: the model knows no other age")
    if not timing or not lever.events:
        schedule = f": {lever.name}" if lever.name.lower() != item.text.lower() else ""
        out.changes.append(
            WordChange(side, "layer", lever.id, None, "", f"{item.text}{schedule} (lever {lever.id})")
        )
        return out
    try:
        events = reschedule(lever.id, lever.events, timing, out)
    except InputError as problem:
        out.problem = f"'{item.text}': {problem.message}; say how long each one lasts and how often it comes"
        return out
    if events:
        spans = {e.duration for e in events if e.duration}
        if spans and not any(i.amount and i.amount.kind in ("duration", "window", "cycle") for i in timing):
            out.assumed.append(
                f"no length said for '{item.text}': {max(spans):g} days, as lever {lever.id} has it"
            )
        said = f"{item.text} (lever {lever.id}): " + "; ".join(describe(e) for e in events)
        out.changes.append(WordChange(side, "layer", lever.id, None, "", said, events=events))
    return out


def _resting(timing: Item, item: Item) -> Item:
    """ "4 days on, 3 days off" with no drug named means the signal: the cells rest while it is off."""
    amount = timing.amount
    if amount is None or amount.kind != "cycle" or timing.start != item.start:
        return timing
    return replace(timing, amount=replace(amount, value=amount.other, other=amount.value))


def read_event(item: Item, around: Sequence[Item], side: Side) -> Reading:
    """Something done once or on a schedule that no lever describes."""
    out = Reading(used=[item])
    base = (
        Event("lymphodepletion", time=28.0)
        if item.name == "lymphodepletion"
        else Event("deplete", time=28.0, share=0.9)
    )
    timing = [i for i in around if i.amount is not None]
    events = reschedule(item.name, (base,), timing, out) or (base,)
    if events == (base,):
        out.assumed.append(f"no day given for {item.text}: {describe(base)} assumed")
    out.changes.append(WordChange(side, "event", item.name, None, "", describe(events[0]), events=events))
    return out
