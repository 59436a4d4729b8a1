"""A published model in SBML beside one of our designs: side-by-side curves where states can be mapped.

Published models count in different units (cells, cells per uL, copies, "millions"), so only shapes are
compared: every curve is divided by its own peak, and times are brought to days. The states are found by
their names or given with --map; a file without CAR-T cells is refused, with the species it does have.
Running another model needs libRoadRunner (extra `[sbml]`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np

from assistant.errors import EnvironmentFault, InputError
from assistant.kinetics import simulate
from assistant.kinetics.designs import Design
from assistant.kinetics.equations import Vector

ROLES: dict[str, str] = {"cart": "CAR-T cells", "tumour": "tumour cells", "b_cells": "normal B cells"}
_KNOWN: dict[str, dict[str, tuple[str, ...]]] = {
    "BIOMD0000000837": {"cart": ("C_m", "C_e", "H_m", "H_e"), "tumour": ("B",)},
    "BIOMD0000001019": {"cart": ("Cm", "Ct"), "tumour": ("T",)},
}
"""BioModels files whose species names do not say what they are: Hanson 2016, Barros 2021."""
_NAMES: dict[str, re.Pattern[str]] = {
    "cart": re.compile(r"^(?!.*(expand|persist)).*car[_ -]?t", re.I),
    "tumour": re.compile(r"tumou?r|leuk|cancer|lymphoma|myeloma", re.I),
    "b_cells": re.compile(r"b[_ -]?cells?.*(health|normal)|(health|normal)\w*b[_ -]?cell", re.I),
}
DAY_SECONDS = 86400.0


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says about itself, read without a simulator."""

    id: str
    name: str
    species: Mapping[str, str]
    """Id -> name."""
    days_per_unit: float
    time_stated: bool
    """False when the file does not say its unit of time; a day is assumed then."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One state of both models, each divided by its own peak."""

    role: str
    theirs: tuple[str, ...]
    t: Vector
    ours: Vector
    other: Vector

    def features(self, values: Vector) -> dict[str, float]:
        """Time of the peak, and what is left of it 28 and 90 days after infusion."""
        out = {"tmax": float(self.t[int(np.argmax(values))])}
        for day in (28.0, 90.0):
            out[f"d{day:g}"] = float(np.interp(day, self.t, values)) if self.t[-1] >= day else math.nan
        return out


@dataclass(frozen=True, slots=True)
class SideBySide:
    """A published model and a design over the same days."""

    header: Header
    design: Design
    days: float
    curves: tuple[Curve, ...]
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """For `model compare --json`."""
        return {
            "version": 1,
            "kind": "published",
            "model": {
                "id": self.header.id,
                "name": self.header.name,
                "days_per_time_unit": self.header.days_per_unit,
            },
            "design": self.design.id,
            "days": self.days,
            "curves": [
                {
                    "role": c.role,
                    "species": list(c.theirs),
                    "unit": "share of own peak",
                    "t": [float(x) for x in c.t],
                    "ours": [float(x) for x in c.ours],
                    "theirs": [float(x) for x in c.other],
                    "features": {"ours": _finite(c.features(c.ours)), "theirs": _finite(c.features(c.other))},
                }
                for c in self.curves
            ],
            "notes": list(self.notes),
        }


def _finite(values: Mapping[str, float]) -> dict[str, float | None]:
    return {k: v if math.isfinite(v) else None for k, v in values.items()}


def read_header(path: Path) -> Header:
    """Name, species and unit of time of an SBML file.

    Raises:
        InputError: the file cannot be read, is not XML, or is XML but not SBML.
    """
    try:
        root = ElementTree.fromstring(path.read_bytes())
    except OSError as problem:
        raise InputError(
            f"cannot read {str(path)!r}: {problem}", hint="Give an SBML file (.xml)."
        ) from problem
    except ElementTree.ParseError as problem:
        raise InputError(f"{path.name} is not XML: {problem}", hint="Give an SBML file (.xml).") from problem
    if not root.tag.endswith("}sbml"):
        kind = root.tag.rpartition("}")[2]
        raise InputError(
            f"{path.name} is XML, but not SBML (it begins with <{kind}>).", hint="Give an SBML file (.xml)."
        )
    space = root.tag.rpartition("}")[0] + "}"
    model = root.find(f"{space}model")
    if model is None:
        raise InputError(f"{path.name} holds no model.", hint="Give an SBML file with a <model>.")
    species = {
        str(s.get("id")): str(s.get("name") or s.get("id"))
        for s in model.iter(f"{space}species")
        if s.get("id")
    }
    days = _days(model, space)
    return Header(
        id=_biomodels_id(path, model),
        name=str(model.get("name") or model.get("id") or path.stem),
        species=species,
        days_per_unit=days or 1.0,
        time_stated=days is not None,
    )


def _biomodels_id(path: Path, model: ElementTree.Element) -> str:
    found = re.search(r"(BIOMD|MODEL)\d{10}", path.stem + " " + str(model.get("id")))
    return found.group() if found else str(model.get("id") or path.stem)


def _days(model: ElementTree.Element, space: str) -> float | None:
    """Days in one unit of time, or None when the file does not define it."""
    wanted = model.get("timeUnits") or "time"
    if wanted in ("second", "seconds"):
        return 1.0 / DAY_SECONDS
    for definition in model.iter(f"{space}unitDefinition"):
        if definition.get("id") != wanted:
            continue
        units = list(definition.iter(f"{space}unit"))
        if len(units) == 1 and units[0].get("kind") == "second":
            scale = float(units[0].get("scale", "0"))
            return float(units[0].get("multiplier", "1")) * math.pow(10.0, scale) / DAY_SECONDS
    return None


def mapping(header: Header, given: Sequence[str] = ()) -> dict[str, tuple[str, ...]]:
    """Which species stand for which of our states.

    Arguments:
        given: "ROLE=ID" or "ROLE=ID+ID", overriding what names suggest.
    Raises:
        InputError: an unknown role or species, or no CAR-T cells in the model.
    """
    found = dict(_KNOWN.get(header.id, {}))
    if not found:
        for role, pattern in _NAMES.items():
            named = [i for i, name in header.species.items() if pattern.search(i) or pattern.search(name)]
            named = [i for i in named if not (role == "tumour" and i in found.get("cart", ()))]
            if named:
                found[role] = tuple(named[:1]) if role == "cart" else tuple(named)
    for text in given:
        role, equals, ids = text.partition("=")
        if not equals or role not in ROLES:
            raise InputError(f"--map {text!r} is not ROLE=ID.", hint="Roles: " + ", ".join(ROLES))
        found[role] = tuple(part.strip() for part in ids.split("+"))
        for identity in found[role]:
            if identity not in header.species:
                raise InputError(f"--map {text!r}: there is no species {identity!r}.", hint=_listed(header))
    if "cart" not in found:
        raise InputError(
            f"{header.id} ({header.name}) cannot be put beside a design: no species in it is CAR-T cells.",
            hint=_listed(header) + " If one of them is, say --map cart=ID.",
        )
    return found


def _listed(header: Header) -> str:
    names = [f"{i} ({n})" if n != i else i for i, n in header.species.items()]
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return "Species: " + ", ".join(names[:12]) + more + "."


def compare(path: Path, design: Design, *, days: float = 365.0, given: Sequence[str] = ()) -> SideBySide:
    """Run both models and put their curves side by side.

    Raises:
        InputError: the file is no SBML, cannot be mapped, or cannot be integrated.
        EnvironmentFault: libRoadRunner is not installed.
    """
    header = read_header(path)
    found = mapping(header, given)
    t = np.linspace(0.0, days, 366)
    theirs = _run(path, header, found, t)
    ours = simulate.run(design, days, t)
    own = {
        "cart": sum(ours.states[s] for s in ("M", "E", "X", "S", "P")),
        "tumour": ours.outputs["tumour_cells"],
        "b_cells": ours.states["B"],
    }
    curves = tuple(
        Curve(role, found[role], t, _scaled(np.asarray(own[role], dtype=float)), _scaled(theirs[role]))
        for role in ROLES
        if role in found
    )
    notes = ["each curve is divided by its own peak: units of published models differ and are not converted"]
    if not header.time_stated:
        notes.append("the file does not say its unit of time: days assumed")
    if ours.status == "failed":
        notes.append(f"our run failed: {ours.advice}")
    return SideBySide(header, design, days, curves, tuple(notes))


def _scaled(values: Vector) -> Vector:
    top = float(np.max(values))
    scaled: Vector = values / top if top > 0.0 else values
    return scaled


def _run(path: Path, header: Header, found: Mapping[str, tuple[str, ...]], t: Vector) -> dict[str, Vector]:
    try:
        roadrunner: Any = import_module("roadrunner")
    except ImportError as missing:
        raise EnvironmentFault(
            "Running a published model needs libRoadRunner, which is not installed.",
            hint="pip install 'senescope[sbml]'",
        ) from missing
    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)
    ids = [i for role in found.values() for i in role]
    try:
        runner: Any = roadrunner.RoadRunner(str(path))
        runner.integrator.relative_tolerance, runner.integrator.absolute_tolerance = 1e-9, 1e-9
        runner.timeCourseSelections = ["time", *(f"[{i}]" for i in ids)]
        end = float(t[-1]) / header.days_per_unit
        table = np.array(runner.simulate(0.0, end, len(t)))
    except Exception as problem:  # libRoadRunner raises bare RuntimeErrors of its own making
        first = str(problem).strip().splitlines()[0][:200]
        raise InputError(
            f"{header.id} ({header.name}) cannot be integrated: {first}",
            hint="Try fewer --days; some published files start outside the range of their own equations.",
        ) from problem
    columns = {i: table[:, n + 1] for n, i in enumerate(ids)}
    return {role: np.asarray(sum(columns[i] for i in names), dtype=float) for role, names in found.items()}
