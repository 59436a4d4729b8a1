"""What the words leave alone ("without touching the kill rate"), and what a design lacks as it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from assistant.kinetics.clauses import Clause
from assistant.kinetics.designs import load
from assistant.kinetics.wording import WordChange
from assistant.kinetics.words import Item

_TOUCHES: Final = re.compile(
    r"(?:touch|chang|alter|affect|modif|adjust|disturb|influenc|compromis|sacrific|tamper|interfer|mov|vary"
    r"|impair|harm|hurt|mess|worsen|improv)\w*ing\b|varying\b",
    re.I,
)
"""What is done to a quantity that "without" leaves alone."""


def as_it_is(changes: Sequence[WordChange], designs: tuple[str, str]) -> list[str]:
    """What is taken away where the design has none in the middle of its range: only the range goes."""
    out = []
    for change in changes:
        name = designs[1] if change.side == "B" else designs[0]
        if change.kind != "set" or not change.guessed or change.amount != 0.0 or not name:
            continue
        own = load(name).parameters[change.target]
        if own.value == 0.0:
            out.append(
                f"'{change.said}': {name} has none as it is, in a range up to {own.high:g}; here for sure"
            )
    return out


def untouched(clause: Clause) -> str | None:
    """ "Without" over something that is done: "without touching the kill rate" takes nothing away."""
    if not clause.negated or clause.amounts:
        return None  # "without changing the dose of 2e8" tells the dose
    first = next((i for i in clause.items if i.kind not in ("stop", "place")), None)
    if first is None:
        return None
    moved = first.kind in ("up", "down") and first.text.lower().endswith("ing")
    return "without" if moved or _TOUCHES.match(first.text) else None


def excluded(word: Item, name: Item, clause: Clause) -> bool:
    """Whether "not" opens its part and names a quantity: "halve exhaustion, not death of senescent cells"."""
    between = [i for i in clause.items if word.start < i.start < name.start]
    opens = clause.items[0] is word and clause.lead in ("and", "comma") and word.text.lower() == "not"
    plain = all(i.kind == "stop" for i in between) and not name.text.lower().endswith("ed")
    return opens and plain
