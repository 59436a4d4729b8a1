"""Designs: a named set of parameters and events, shipped or written by the user as TOML.

A design is a costimulation column, what it sets differently, and layers on top. Loading never
mutates: every change gives a new design that remembers each step, so that a comparison can say what
was changed and why.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import InputError
from assistant.kinetics import levers, units
from assistant.kinetics.equations import PARAMETERS, Vector
from assistant.kinetics.events import KINDS, Event
from assistant.kinetics.parameters import Effect, Parameter, column, known, meanings, nearest, parse

FIRST_DOSE = Event("dose", because="design")
SHARES = ("fM", "fE", "fX", "fS", "fP")
_KEYS = ("name", "base", "product", "layers", "synonyms", "set", "parameters", "events", "note")


@dataclass(frozen=True, slots=True)
class Design:
    """Everything a run needs except its length and tolerances."""

    id: str
    name: str
    base: str
    """Costimulation column: "bbz" or "28z"."""
    parameters: Mapping[str, Parameter]
    events: tuple[Event, ...] = (FIRST_DOSE,)
    layers: tuple[str, ...] = ()
    product: str | None = None
    """Clinical product whose measurements it is compared with."""
    warnings: tuple[str, ...] = ()
    note: str = ""

    def vector(self) -> Vector:
        """Nominal values in the order of the equations, product shares scaled to sum to 1."""
        values = np.array([self.parameters[n].value for n in PARAMETERS])
        row: Vector = shares_to_one(values[None, :])[0]
        return row

    def value(self, name: str) -> float:
        """Nominal value of one parameter."""
        return self.parameters[known(name)].value

    def changed(self, *effects: Effect) -> Design:
        """This design after the effects, in order; warnings say which values left their range."""
        merged = dict(self.parameters)
        warnings = list(self.warnings)
        for effect in effects:
            before = merged[known(effect.parameter)]
            after = before.changed(effect)
            if effect.by == "user" and not before.low <= after.value <= before.high:
                warnings.append(
                    f"{after.name} = {after.value:g} {after.unit} lies outside its plausible range "
                    f"{before.low:g} to {before.high:g}"
                )
            merged[effect.parameter] = after
        return replace(self, parameters=merged, warnings=tuple(warnings))

    def with_layer(self, name: str) -> Design:
        """This design with one lever (id or synonym) on top."""
        lever = levers.load(name)
        warnings = self.warnings
        if lever.bases and self.base not in lever.bases:
            warnings = (*warnings, f"layer {lever.id!r} was only studied in {', '.join(lever.bases)} designs")
        out = replace(self, warnings=warnings).changed(*lever.effects)
        return replace(
            out,
            id=f"{self.id}+{lever.id}",
            name=f"{self.name} + {lever.name}",
            events=(*self.events, *lever.events),
            layers=(*self.layers, lever.id),
        )

    def with_events(self, *events: Event) -> Design:
        """This design with further events; a dose at time 0 replaces the standard first dose."""
        kept = self.events
        if any(e.kind == "dose" and e.time == 0.0 for e in events):
            kept = tuple(e for e in kept if e is not FIRST_DOSE)
        return replace(self, events=(*kept, *events))

    def with_value(self, name: str, value: float | str, unit: str | None = None) -> Design:
        """This design with one parameter set by the user.

        Arguments:
            value: a number, or text such as "0.05", "5 %", "x2" (twofold) or "0.05 1/day".
        """
        return self.changed(user_effect(name, value, unit))


def shares_to_one(matrix: Vector) -> Vector:
    """Scale the product shares in each row to sum to 1 (a product without cells stays as it is)."""
    index = [PARAMETERS.index(s) for s in SHARES]
    total = matrix[:, index].sum(axis=1, keepdims=True)
    matrix[:, index] /= np.where(total > 0.0, total, 1.0)
    return matrix


def user_effect(name: str, value: float | str, unit: str | None = None) -> Effect:
    """The change that `--set NAME=VALUE` asks for; InputError names what is wrong and the fix."""
    meaning = meanings()[known(name)]
    if isinstance(value, str):
        text = value.strip()
        if text[:1] in ("x", "×", "*"):
            factor = _float(text[1:], name)
            return Effect(name, "times", factor, factor, factor, "user", "user")
        head, _, tail = text.partition(" ")
        if not tail and text.endswith("%"):
            head, tail = text[:-1], "%"
        value, unit = _float(head, name), tail.strip() or unit
    number = float(value)
    if unit is not None:
        number = units.convert(number, unit, meaning.unit, what=name)
    meaning.check(number)
    if meaning.kind == "control":
        raise InputError(f"{name} is driven by events", hint="use a rest or lymphodepletion event instead")
    return Effect(name, "set", number, number, number, "user", "user")


def _float(text: str, name: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(
            f"{name}: {text!r} is not a number", hint="write NAME=0.05, NAME='5 %', or NAME=x2 for twofold"
        ) from None


@lru_cache(maxsize=1)
def _catalog() -> dict[str, Any]:
    text = resources.files("assistant.kinetics").joinpath("designs.toml").read_text("utf-8")
    return tomllib.loads(text)


def names() -> tuple[str, ...]:
    """Ids of the shipped designs."""
    return tuple(_catalog())


def synonyms(name: str) -> tuple[str, ...]:
    """Other names of a shipped design."""
    return tuple(_catalog()[name].get("synonyms", ()))


def load(name: str | Path) -> Design:
    """A shipped design by id or synonym, `id+layer+layer`, or a user's TOML file.

    Raises:
        InputError: unknown name (nearest offered), or a file with a mistake (file, line, key).
    """
    text = str(name)
    if text.endswith(".toml"):
        return load_file(Path(text))
    head, *layers = text.split("+")
    found = next((d for d in names() if head in (d, *synonyms(d))), None) or next(
        (d for d in names() if head.casefold() in (s.casefold() for s in (d, *synonyms(d)))), None
    )
    if found is None:
        near = nearest(head, names())
        raise InputError(
            f"unknown design {head!r}",
            hint=(f"did you mean {near!r}? " if near else "") + "designs: " + ", ".join(names()),
        )
    design = build(found, _catalog()[found], "designs.toml", {})
    for layer in layers:
        design = design.with_layer(layer)
    return design


def load_file(path: Path) -> Design:
    """A design written by the user; every mistake is reported with file, line and key."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise InputError(f"cannot read design file {str(path)!r}: {problem}") from problem
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise InputError(f"{path}: not valid TOML: {problem}") from problem
    return build(str(raw.get("name", path.stem)), raw, str(path), _lines(text))


def _lines(text: str) -> dict[str, int]:
    """First line on which each key or table name occurs, for messages."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.split("#")[0].strip()
        keys = bare.strip("[]").split(".") if bare.startswith("[") else [bare.split("=")[0]]
        for key in keys:
            found.setdefault(key.strip().strip('"'), number)
    return found


@dataclass
class _Place:
    """Where in a file we are, so that every message names it."""

    file: str
    lines: Mapping[str, int] = field(default_factory=dict)

    def error(self, key: str, message: str, choices: Sequence[str] = ()) -> InputError:
        line = self.lines.get(key)
        near = nearest(key, tuple(choices)) if choices else None
        where = f"{self.file}, line {line}" if line else self.file
        return InputError(f"{where}, key {key!r}: {message}", hint=f"did you mean {near!r}?" if near else "")


def build(identity: str, raw: Mapping[str, Any], file: str, lines: Mapping[str, int]) -> Design:
    """A design from a parsed TOML table."""
    place = _Place(file, lines)
    for key in raw:
        if key not in _KEYS:
            raise place.error(key, "unknown key", _KEYS)
    base = str(raw.get("base", "bbz"))
    parent = load(base) if base not in ("bbz", "28z") else None
    design = Design(
        id=identity,
        name=str(raw.get("name", identity)),
        base=parent.base if parent else base,
        parameters=dict(parent.parameters if parent else column(base)),
        events=parent.events if parent else (FIRST_DOSE,),
        layers=parent.layers if parent else (),
        product=raw.get("product", parent.product if parent else None),
        note=str(raw.get("note", "")),
    )
    own = file == "designs.toml"
    for name, entry in {**raw.get("set", {}), **raw.get("parameters", {})}.items():
        if name not in PARAMETERS:
            raise place.error(name, "unknown parameter", PARAMETERS)
        design = _set(design, name, entry, identity if own else "user", place)
    for layer in raw.get("layers", ()):
        try:
            layered = design.with_layer(layer)
        except InputError as problem:
            raise place.error("layers", problem.message, ()) from problem
        design = replace(layered, id=design.id, name=design.name)
    events = tuple(_event(e, place) for e in raw.get("events", ()))
    return design.with_events(*events) if events else design


def _set(design: Design, name: str, entry: object, by: str, place: _Place) -> Design:
    try:
        if isinstance(entry, Mapping):
            given = parse(name, entry, design.id, place.file)
            if by == "user" and "status" in entry:
                by = design.id
            if by != "user":
                return replace(design, parameters={**design.parameters, name: given})
            entry = given.value
        if isinstance(entry, bool) or not isinstance(entry, int | float | str):
            raise place.error(name, f"{entry!r} is neither a number nor a table")
        return design.with_value(name, entry)
    except InputError as problem:
        if place.file in problem.message:
            raise
        raise InputError(place.error(name, problem.message).message, hint=problem.hint) from problem


def _event(raw: Mapping[str, Any], place: _Place) -> Event:
    fields = tuple(Event.__dataclass_fields__)
    for key in raw:
        if key not in fields:
            raise place.error(key, "unknown key of an event", fields)
    if raw.get("kind") not in KINDS:
        raise place.error("kind", f"{raw.get('kind')!r} is not one of {', '.join(KINDS)}")
    try:
        return Event(**raw)
    except (InputError, TypeError) as problem:
        raise InputError(f"{place.file}, event {raw.get('kind')!r}: {problem}") from problem
