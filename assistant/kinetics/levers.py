"""Levers: edits, drugs, schedules and process changes as layers over a design.

A lever is data (levers.toml): effects on parameters, events, and the corpus findings that justify the
direction of each. Sizes are assumed unless a status says otherwise, and carry a range that the ensembles
draw from. What in the corpus speaks against a lever is kept apart, in `doubts`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from typing import Any

from assistant.errors import InputError
from assistant.kinetics.events import Event
from assistant.kinetics.parameters import Effect, Operation, known, nearest

OPERATIONS: tuple[Operation, ...] = ("times", "add", "set")


@dataclass(frozen=True, slots=True)
class Lever:
    """One thing a designer can change."""

    id: str
    name: str
    synonyms: tuple[str, ...]
    effects: tuple[Effect, ...]
    events: tuple[Event, ...]
    note: str
    """What the size rests on."""
    event_findings: tuple[str, ...]
    """Findings that justify its events, the strongest first; empty when they are assumed."""
    bases: tuple[str, ...]
    """Columns it makes sense for; empty means all."""

    @property
    def findings(self) -> tuple[str, ...]:
        """All findings that justify it, each once."""
        return tuple(dict.fromkeys((*(f for e in self.effects for f in e.findings), *self.event_findings)))

    @property
    def conflict(self) -> str:
        """What in the corpus speaks against it, in words; empty when nothing is known."""
        from assistant.kinetics import doubts

        return "; ".join(d.said for d in doubts.of_lever(self.id))


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    text = resources.files("assistant.kinetics").joinpath("levers.toml").read_text("utf-8")
    return tomllib.loads(text)


def names() -> tuple[str, ...]:
    """Ids of all levers."""
    return tuple(_file())


@lru_cache(maxsize=64)
def load(name: str) -> Lever:
    """The lever with this id or synonym; InputError that offers the nearest otherwise."""
    raw = _file()
    found = name if name in raw else _by_synonym(name, raw)
    if found is None:
        near = nearest(name, names())
        raise InputError(
            f"unknown layer {name!r}",
            hint=(f"did you mean {near!r}? " if near else "") + "layers: " + ", ".join(names()),
        )
    entry = raw[found]
    effects = tuple(_effect(found, e) for e in entry.get("effects", ()))
    events = tuple(Event(**{**e, "because": found}) for e in entry.get("events", ()))
    return Lever(
        id=found,
        name=entry["name"],
        synonyms=tuple(entry.get("synonyms", ())),
        effects=effects,
        events=events,
        note=entry.get("note", ""),
        event_findings=tuple(entry.get("findings", ())),
        bases=tuple(entry.get("bases", ())),
    )


def to_the_power(lever: Lever, power: float) -> tuple[Effect, ...]:
    """The factors of a lever, and their ranges, to a power above 0: the lever twice over, or in part."""
    return tuple(
        replace(e, value=e.value**power, low=e.low**power, high=e.high**power)
        for e in lever.effects
        if e.operation == "times"
    )


def _by_synonym(name: str, raw: Mapping[str, Any]) -> str | None:
    wanted = name.casefold()
    for key, entry in raw.items():
        if wanted == key.casefold() or wanted in (s.casefold() for s in entry.get("synonyms", ())):
            return key
    return None


def _effect(lever: str, raw: Mapping[str, Any]) -> Effect:
    operation = next(o for o in OPERATIONS if o in raw)
    size = float(raw[operation])
    return Effect(
        parameter=known(raw["parameter"]),
        operation=operation,
        value=size,
        low=float(raw.get("low", size)),
        high=float(raw.get("high", size)),
        by=lever,
        status=raw.get("status", "assumed"),
        findings=tuple(raw.get("findings", ())),
        note=raw.get("note", ""),
    )
