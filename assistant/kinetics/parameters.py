"""Parameters: values with unit, range, status and source, read from parameters.toml.

The file is the only place where a number of the model lives. The loader refuses a value that has
neither a source nor the word "assumed", because every number a user sees is followed back to here.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from typing import Any, Literal, TypeAlias

from assistant.errors import InputError
from assistant.kinetics import units
from assistant.kinetics.equations import PARAMETERS

Status: TypeAlias = Literal["published", "guided", "fitted", "assumed"]
Kind: TypeAlias = Literal["model", "product", "scenario", "control"]
Operation: TypeAlias = Literal["times", "add", "set"]
STATUSES: tuple[Status, ...] = ("published", "guided", "fitted", "assumed")
COLUMNS: tuple[str, ...] = ("common", "bbz", "28z")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a number or a direction was read."""

    doi: str | None = None
    table: str | None = None
    """Table, figure or sentence inside the source."""
    finding: str | None = None
    """Finding of the shipped corpus, `paper#F1`."""

    @property
    def paper(self) -> str | None:
        """Corpus id of the paper, when a finding is named."""
        return self.finding.split("#")[0] if self.finding else None

    def to_json(self) -> dict[str, Any]:
        """Paper, finding, doi and table; `assistant.kinetics.sources.cite` adds title and quote."""
        return {"paper": self.paper, "passage": self.finding, "doi": self.doi, "table": self.table}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a parameter is, whatever its value."""

    name: str
    text: str
    unit: str
    minimum: float
    maximum: float
    above_minimum: bool
    """True when the minimum itself is unphysical (a capacity of zero)."""
    kind: Kind
    """model: uncertain biology, drawn in ensembles; product, scenario: chosen, fixed; control: events."""

    def check(self, value: float) -> None:
        """Raise InputError when `value` is not a number or is unphysical."""
        if not math.isfinite(value):
            raise InputError(f"{self.name} = {value} is not a number", hint=f"give a value in {self.unit}")
        low = value < self.minimum or (self.above_minimum and value == self.minimum)
        if low or value > self.maximum:
            side = f"above {self.minimum:g}" if self.above_minimum else f"at least {self.minimum:g}"
            top = "" if math.isinf(self.maximum) else f" and at most {self.maximum:g}"
            raise InputError(
                f"{self.name} = {value:g} {self.unit} is unphysical ({self.text})",
                hint=f"it must be {side}{top}",
            )


@dataclass(frozen=True, slots=True)
class Effect:
    """One change of one parameter, by a lever, a design or the user."""

    parameter: str
    operation: Operation
    value: float
    low: float
    high: float
    by: str
    """Lever or design id, or "user"."""
    status: Status | Literal["user"]
    findings: tuple[str, ...] = ()
    note: str = ""

    def apply(self, base: float, size: float | None = None) -> float:
        """`base` after the change, at `size` instead of the nominal one when given."""
        amount = self.value if size is None else size
        if self.operation == "times":
            return base * amount
        return base + amount if self.operation == "add" else amount


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of one design."""

    name: str
    value: float
    unit: str
    low: float
    high: float
    status: Status | Literal["user"]
    source: Source | None
    note: str
    kind: Kind
    key: str
    """Identity of the uncertain quantity, e.g. "bbz.rho": designs that share it share its draws."""
    base: float
    """Value before `effects`."""
    base_low: float
    base_high: float
    effects: tuple[Effect, ...] = ()

    def changed(self, effect: Effect) -> Parameter:
        """This parameter after one more effect; low and high move with the base."""
        meaning = meanings()[self.name]
        value = effect.apply(self.value)
        meaning.check(value)
        if effect.operation == "set":
            low, high = effect.low, effect.high
        else:
            ends = [effect.apply(b, s) for b in (self.low, self.high) for s in (effect.low, effect.high)]
            low, high = min(ends), max(ends)
        low, high = max(low, meaning.minimum), min(high, meaning.maximum)
        source = Source(finding=effect.findings[0]) if effect.findings else self.source
        if effect.operation == "set" and not effect.findings:
            source = None
        return replace(
            self,
            value=value,
            low=low,
            high=high,
            status=effect.status,
            source=source,
            note=effect.note or self.note,
            effects=(*self.effects, effect),
        )

    def to_json(self) -> dict[str, Any]:
        """The object of the command-line contract, with note and kind added."""
        return {
            "value": self.value,
            "unit": self.unit,
            "low": self.low,
            "high": self.high,
            "status": self.status,
            "source": self.source.to_json() if self.source else None,
            "note": self.note,
            "kind": self.kind,
            "meaning": meanings()[self.name].text,
        }


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    text = resources.files("assistant.kinetics").joinpath("parameters.toml").read_text("utf-8")
    return tomllib.loads(text)


@lru_cache(maxsize=1)
def meanings() -> Mapping[str, Meaning]:
    """Meaning, unit and physical limits of every parameter, in the order of the equations."""
    raw = _file()["parameter"]
    return {
        name: Meaning(
            name=name,
            text=raw[name]["meaning"],
            unit=raw[name]["unit"],
            minimum=float(raw[name]["minimum"]),
            maximum=float(raw[name]["maximum"]),
            above_minimum=bool(raw[name].get("above_minimum", False)),
            kind=raw[name]["kind"],
        )
        for name in PARAMETERS
    }


def works() -> Mapping[str, str]:
    """DOI -> author and year, for sources of numbers that have no digest in the corpus."""
    listed: Mapping[str, str] = _file()["work"]
    return listed


def known(name: str) -> str:
    """`name` when it is a parameter; else InputError that offers the nearest one."""
    if name in PARAMETERS:
        return name
    near = nearest(name, PARAMETERS)
    offer = f"did you mean {near!r}? " if near else ""
    raise InputError(f"unknown parameter {name!r}", hint=offer + "`senescope model parameters` lists them")


def nearest(name: str, choices: tuple[str, ...]) -> str | None:
    """The most similar of `choices`, or None when none is similar."""
    same = [c for c in choices if c.lower() == name.lower()]
    if same:
        return same[0]
    from rapidfuzz import fuzz, process

    for lower in (False, True):
        table = {c.lower() if lower else c: c for c in choices}
        found = process.extractOne(name.lower() if lower else name, list(table), scorer=fuzz.ratio)
        if found and found[1] >= 50:
            return table[found[0]]
    return None


def parse(name: str, raw: Mapping[str, Any], column: str, where: str) -> Parameter:
    """One `[column.NAME]` table as a parameter.

    Arguments:
        where: file name for messages.
    Raises:
        InputError: unknown key or status, missing number, wrong unit, or no source.
    """
    meaning = meanings()[known(name)]
    place = f"{where} [{column}.{name}]"
    allowed = ("value", "unit", "low", "high", "status", "doi", "table", "finding", "note")
    for key in raw:
        if key not in allowed:
            near = nearest(key, allowed)
            raise InputError(f"{place}: unknown key {key!r}", hint=f"did you mean {near!r}?" if near else "")
    if "value" not in raw:
        raise InputError(f"{place}: no value", hint="add `value = ...`")
    unit = str(raw.get("unit", meaning.unit))
    numbers = [
        units.convert(_number(raw[k], f"{place}.{k}"), unit, meaning.unit, what=f"{place}.{k}")
        for k in ("value", "low", "high")
        if k in raw
    ]
    value, low, high = numbers if len(numbers) == 3 else (numbers[0], numbers[0], numbers[0])
    if not low <= value <= high:
        raise InputError(f"{place}: value {value:g} lies outside low {low:g} .. high {high:g}")
    meaning.check(value)
    status = raw.get("status", "assumed")
    if status not in STATUSES:
        raise InputError(f"{place}: status {status!r} is not one of {', '.join(STATUSES)}")
    source = Source(raw.get("doi"), raw.get("table"), raw.get("finding"))
    sourced = bool(source.doi or source.finding)
    if not sourced and status != "assumed":
        raise InputError(
            f"{place}: status {status!r} needs a doi or a finding", hint='or write status = "assumed"'
        )
    return Parameter(
        name=name,
        value=value,
        unit=meaning.unit,
        low=low,
        high=high,
        status=status,
        source=source if sourced else None,
        note=str(raw.get("note", "")),
        kind=meaning.kind,
        key=f"{column}.{name}",
        base=value,
        base_low=low,
        base_high=high,
    )


def _number(value: object, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{place}: {value!r} is not a number")
    return float(value)


@lru_cache(maxsize=8)
def column(name: str) -> Mapping[str, Parameter]:
    """Full parameter set of a costimulation column ("bbz" or "28z"): its own values over the common ones."""
    raw = _file()
    if name not in COLUMNS or name == "common":
        raise InputError(f"unknown base {name!r}", hint="use 'bbz' or '28z'")
    merged: dict[str, Parameter] = {}
    for parameter in PARAMETERS:
        source = name if parameter in raw[name] else "common"
        merged[parameter] = parse(parameter, raw[source][parameter], source, "parameters.toml")
    return merged
