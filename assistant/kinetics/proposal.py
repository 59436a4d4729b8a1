"""A what-if that a chat model proposes: the structure that the grammar gives, held to the same rules.

The model sees the reader's words and `schema()`, and returns one JSON object. `Proposal.from_json` checks
every name, number and unit and lists all faults at once, each with the nearest lever, so that the model
can be asked again with them; `understood` turns a proposal into what the grammar would have returned.
Nothing that a model says reaches the engine in another way. A size that the reader's words do not hold is
marked as the model's assumption, and the answer names the model that proposed it.
"""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, get_args

from assistant.errors import InputError
from assistant.kinetics.wording import Side, Understood, WordChange

Kind: TypeAlias = Literal["lever", "set", "times", "lymphodepletion", "removal"]
SIDES: Final = get_args(Side)
KINDS: Final = get_args(Kind)
TIMES: Final = ("time", "duration", "every", "until", "share", "cells", "multiple")
_EVENTS: Final[Mapping[str, str]] = {"lymphodepletion": "lymphodepletion", "removal": "deplete"}
MOST_CHANGES: Final = 12
LONGEST: Final = 36_500.0
"""Days; a century, as for events."""


class ProposalError(InputError):
    """Raise when a proposed what-if breaks the schema; `problems` is what to tell the model.

    Arguments:
        problems: every fault, each with its place and, for a name, the nearest known ones.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(
            "The proposed what-if cannot be run: " + "; ".join(problems) + ".",
            hint="Say it in other words, or use --design and --set.",
        )
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class ProposedChange:
    """One change, named as in the model's own files."""

    side: Side
    kind: Kind
    target: str
    """Lever id for "lever", parameter name for "set" and "times", "" for an event."""
    value: float | None = None
    """New value for "set" (in `unit`), factor for "times"."""
    unit: str = ""
    schedule: Mapping[str, float] | None = None
    """time, duration, every, until in days, share 0..1, cells or multiple of the dose."""

    def to_json(self) -> dict[str, Any]:
        """Only the fields that are set."""
        out: dict[str, Any] = {"side": self.side, "kind": self.kind, "target": self.target}
        out |= {"value": self.value} if self.value is not None else {}
        out |= {"unit": self.unit} if self.unit else {}
        return out | ({"schedule": dict(self.schedule)} if self.schedule else {})


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two designs and the changes on each side, checked."""

    design_a: str
    design_b: str
    changes: tuple[ProposedChange, ...] = ()
    days: float | None = None
    not_in_model: tuple[str, ...] = ()
    """Parts of the words for which the model says that nothing here stands."""

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | str) -> Proposal:
        """Check a model's object, or its text.

        Raises:
            ProposalError: it is not such an object; all faults are listed.
        """
        from assistant.kinetics.proposal_check import Check

        return Check().proposal(data)

    def to_json(self) -> dict[str, Any]:
        """The object that `from_json` reads."""
        return {
            "design_a": self.design_a,
            "design_b": self.design_b,
            "changes": [c.to_json() for c in self.changes],
            "days": self.days,
            "not_in_model": list(self.not_in_model),
        }


def schema() -> dict[str, Any]:
    """The JSON Schema of a proposal, with the names of this installation and what they mean."""
    from assistant.kinetics import designs, levers
    from assistant.kinetics.parameters import meanings

    names = [*levers.names(), *(n for n, m in meanings().items() if m.kind != "control"), ""]
    change = {
        "type": "object",
        "additionalProperties": False,
        "required": ["side", "kind", "target"],
        "properties": {
            "side": {"enum": list(SIDES), "description": "A is what is asked for, B the reference"},
            "kind": {
                "enum": list(KINDS),
                "description": "lever: add a lever; set: a parameter to a value; times: by a factor",
            },
            "target": {"enum": names, "description": "lever id or parameter name; empty for an event"},
            "value": {"type": "number", "description": "value for set, factor for times; only if asked for"},
            "unit": {"type": "string", "description": "unit of value; the parameter's own when left out"},
            "schedule": {
                "type": "object",
                "additionalProperties": False,
                "properties": {name: {"type": "number"} for name in TIMES},
                "description": "days, shares from 0 to 1, cells; only for levers and events on a schedule",
            },
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What-if on the CAR-T kinetic model",
        "type": "object",
        "additionalProperties": False,
        "required": ["design_a", "design_b", "changes"],
        "properties": {
            "design_a": {"enum": list(designs.names())},
            "design_b": {"enum": list(designs.names())},
            "changes": {"type": "array", "maxItems": MOST_CHANGES, "items": change},
            "days": {"type": ["number", "null"], "description": "length of the run, when it is asked for"},
            "not_in_model": {
                "type": "array",
                "items": {"type": "string"},
                "description": "words of the question that no lever or parameter stands for",
            },
        },
    }


def catalogue() -> str:
    """What a model may name, one line each: designs, levers and parameters with meaning and unit."""
    from assistant.kinetics import designs, levers
    from assistant.kinetics.parameters import meanings

    lines = ["Designs:"]
    lines += [
        f"- {n}: {designs.load(n).name}; also {', '.join(designs.synonyms(n))}" for n in designs.names()
    ]
    lines.append("Levers:")
    lines += [f"- {n}: {levers.load(n).name}" for n in levers.names()]
    lines.append("Parameters (name: meaning, unit):")
    lines += [f"- {n}: {m.text}, {m.unit}" for n, m in meanings().items() if m.kind != "control"]
    return "\n".join(lines)


def understood(proposal: Proposal, text: str, *, by: str) -> Understood:
    """The proposal as the grammar would have returned it.

    Arguments:
        text: the reader's words; a size that they do not hold is told as assumed by the model.
        by: PROVIDER:NAME of the model, which the answer shows.
    Raises:
        ProposalError: a value cannot be, or nothing differs between the designs.
    """
    from assistant.kinetics.grammar import echo

    changes, assumed = [], []
    said = _sizes(text)
    for proposed in proposal.changes:
        change, problem = _change(proposed, said)
        changes.append(change)
        assumed += [f"{by} chose {problem}; your words do not give it"] if problem else []
    found = Understood(
        text=text,
        design_a=proposal.design_a,
        design_b=proposal.design_b,
        changes=tuple(changes),
        days=proposal.days,
        echo="",
        unknown=tuple(f"'{u}' (left out by {by})" for u in proposal.not_in_model),
        assumed=tuple(assumed),
        by=by,
    )
    try:
        a, b = found.designs()
    except InputError as problem:
        raise ProposalError([problem.message]) from problem
    if a.parameters == b.parameters and a.events == b.events:
        raise ProposalError(["A and B are the same: nothing would be compared"])
    return echo(found)


def _change(proposed: ProposedChange, said: frozenset[float]) -> tuple[WordChange, str]:
    """One proposed change, and what of its size is not in the words."""
    from assistant.kinetics import levers
    from assistant.kinetics.events import Event
    from assistant.kinetics.parameters import meanings
    from assistant.kinetics.scheduling import describe, moved

    fields = dict(proposed.schedule or {})
    own = [f"{name} {value:g}" for name, value in fields.items() if value and not _among(value, said)]
    if proposed.kind in ("set", "times"):
        amount = proposed.value or 0.0
        unit = proposed.unit or meanings()[proposed.target].unit
        shown = f"x{amount:.4g}" if proposed.kind == "times" else f"= {amount:g} {unit}".removesuffix(" 1")
        text = f"{meanings()[proposed.target].text} ({proposed.target}) {shown}"
        guessed = not (_among(amount, said) or (amount > 0.0 and _among(1.0 / amount, said)))
        guessed = guessed and not _among(abs(1.0 - amount), said)
        change = WordChange(
            proposed.side, proposed.kind, proposed.target, amount, proposed.unit, text, guessed=guessed
        )
        return change, text if guessed else ""
    problem = f"the schedule of {proposed.target or proposed.kind} ({', '.join(own)})" if own else ""
    if proposed.kind == "lever":
        lever = levers.load(proposed.target)
        events = tuple(moved(e, lever.events[-1], fields) for e in lever.events) if fields else ()
        text = f"{lever.name} (lever {lever.id})"
        text += ": " + "; ".join(describe(e) for e in events) if events else ""
        return WordChange(proposed.side, "layer", lever.id, None, "", text, events=events), problem
    share = 0.9 if proposed.kind == "removal" else 1.0
    base = Event("deplete" if proposed.kind == "removal" else "lymphodepletion", time=28.0, share=share)
    event = moved(base, base, fields)
    change = WordChange(proposed.side, "event", event.kind, None, "", describe(event), events=(event,))
    return change, problem


def _sizes(text: str) -> frozenset[float]:
    """Every number that the words hold, as digits, words, folds and percentages."""
    from assistant.kinetics.quantities import fold, number
    from assistant.kinetics.words import lex

    found: set[float] = set()
    for item in lex(text):
        if item.amount is not None:
            found |= {item.amount.value, item.amount.other, item.amount.value + item.amount.other}
            found.add(item.amount.other - item.amount.value)
    for word in re.findall(r"\d[\d,.]*(?:e[+-]?\d+)?|[a-z]{3,}", fold(text)):
        with contextlib.suppress(ValueError):  # a word that is no number
            found.add(number(word.rstrip(".,")))
    return frozenset(found)


def _among(value: float, said: frozenset[float]) -> bool:
    return any(math.isclose(value, s, rel_tol=1e-6, abs_tol=1e-12) for s in said)
