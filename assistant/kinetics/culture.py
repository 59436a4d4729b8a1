"""The culture well: repeated activation and rest, the assay of the study this tool is built around.

The same equations without a patient: antigen in excess for three days (u = 1), none for four days,
no lymphodepletion window, no killing of the beads or feeder cells that carry the antigen, and the
slower death of a culture with cytokine. The antigen is a target population that neither grows nor
dies; rest is a rest event that blocks all of the signal. Cells are never limited by KC at the numbers
of a well, so replating changes nothing but the count and is left out: `fold` is per cycle.
Cycle and sampling follow anon-nd-cart19-senescence#F1 and can2025-costim-senescence#F1; the lengths of
activation and rest, and the death rates in culture, are assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from assistant.errors import InputError
from assistant.kinetics import draws as drawing
from assistant.kinetics import ensemble
from assistant.kinetics.compare import Band, Direction, band, direction
from assistant.kinetics.designs import Design
from assistant.kinetics.equations import EM, ES, EX, PARAMETERS, Vector
from assistant.kinetics.events import Event, schedule

WELL: dict[str, float] = {
    "w0": 1.0,
    "k": 0.0,
    "g": 0.0,
    "mu": 0.0,
    "KT": 1e18,
    "H0": 1e16,
    "L0_share": 0.0,
    "aH": 1e7,
    "B0": 0.0,
    "B_start": 0.0,
    "dE": 0.05,
    "dS": 0.03,
    "dose": 1e6,
    "eng": 1.0,
}
"""What differs from the patient; all assumed."""
ACTIVATION, REST, CYCLES = 3.0, 4.0, 6
SHARES = ("memory", "effector", "exhausted", "senescent")


@dataclass(frozen=True, slots=True)
class Cycle:
    """The well at the end of one cycle of activation and rest."""

    number: int
    day: float
    fold: float
    """Cells at the end over cells at the start of the cycle."""
    shares: Mapping[str, float]
    killing: float
    """Killing by an average cell relative to an effector cell."""
    mean_divisions: float


def in_well(p: Vector) -> Vector:
    """Parameter vectors moved from the patient into the well."""
    out = p.copy()
    for name, value in WELL.items():
        out[..., PARAMETERS.index(name)] = value
    return out


def events(cycles: int = CYCLES, activation: float = ACTIVATION, rest: float = REST) -> tuple[Event, ...]:
    """One seeding, then rest after each activation."""
    if cycles < 1 or activation <= 0.0 or rest <= 0.0:
        raise InputError(f"{cycles} cycles of {activation:g} + {rest:g} days are no experiment")
    pause = Event("rest", activation, rest, every=activation + rest, share=1.0, because="culture well")
    return (Event("dose", because="culture well"), pause)


def states(p: Vector, design_events: tuple[Event, ...], days: Vector) -> Vector:
    """States of wells (rows of patient parameters) on `days`, which include 0."""
    plan = schedule(design_events, float(days[-1]))
    return ensemble.run_many(in_well(p), plan, days).states


def killing(found: Vector, p: Vector) -> Vector:
    """Killing by an average cell relative to an effector; the last axis of `found` is the state."""
    total: Vector = np.maximum(found[..., :5].sum(axis=-1), 1e-12)
    m, e, x, s = (found[..., i] for i in range(4))
    killers: Vector = e + p[..., EX, None] * x + p[..., ES, None] * s + p[..., EM, None] * m
    return killers / total


def run(
    design: Design, cycles: int = CYCLES, activation: float = ACTIVATION, rest: float = REST
) -> tuple[Cycle, ...]:
    """The nominal well of a design, cycle by cycle.

    Arguments:
        design: pulses, induction and further rests of its layers apply to the well as well.
    """
    length = activation + rest
    days = np.arange(cycles + 1, dtype=np.float64) * float(length)
    extra = tuple(e for e in design.events if e.kind in ("pulse", "induce", "deplete", "rest"))
    p = design.vector()[None, :]
    found = states(p, (*events(cycles, activation, rest), *extra), days)[0]
    total = found[:, :5].sum(axis=1)
    per_cell = killing(found[None], p)[0]
    burden = found[:, 5:8].sum(axis=1) / np.maximum(found[:, [0, 1, 4]].sum(axis=1), 1e-12)
    return tuple(
        Cycle(
            number=i,
            day=float(days[i]),
            fold=float(total[i] / total[i - 1]),
            shares={
                "memory": float((found[i, 0] + found[i, 4]) / total[i]),
                **{name: float(found[i, j] / total[i]) for j, name in enumerate(SHARES[1:], 1)},
            },
            killing=float(per_cell[i]),
            mean_divisions=float(burden[i]),
        )
        for i in range(1, cycles + 1)
    )


@dataclass(frozen=True, slots=True)
class WellComparison:
    """Senescent share and killing per cell of two designs after a number of cycles, over draws."""

    cycles: int
    senescent: tuple[Band, Band]
    exhausted: tuple[Band, Band]
    killing: tuple[Band, Band]
    directions: Mapping[str, Direction]


def compare(a: Design, b: Design, cycles: int = 3, draws: int = 200, seed: int = 1) -> WellComparison:
    """Paired draws of both wells."""
    table = drawing.normal_table(drawing.keys((a, b)), draws, seed) if draws > 1 else {}
    values: dict[str, list[Vector]] = {"senescent": [], "exhausted": [], "killing": []}
    days = np.array([0.0, cycles * (ACTIVATION + REST)])
    for design in (a, b):
        p = drawing.matrix(design, table, draws)
        last = states(p, events(cycles), days)[:, -1:]
        total = last[:, 0, :5].sum(axis=1)
        values["senescent"].append(last[:, 0, 3] / total)
        values["exhausted"].append(last[:, 0, 2] / total)
        values["killing"].append(killing(last, p)[:, 0])
    bands = {name: (band(pair[0]), band(pair[1])) for name, pair in values.items()}
    ways = {name: direction(pair[0], pair[1])[0] for name, pair in values.items()}
    return WellComparison(cycles, bands["senescent"], bands["exhausted"], bands["killing"], ways)


def forced(design: Design, share: float = 0.9, day: float = 2.0) -> tuple[float, float]:
    """Killing per cell without and with a share of the cells forced into senescence on `day`.

    Both are read a day later, as in the experiment with MYC and irradiation
    (can2025-costim-senescence#F3, #F4); the share is assumed.
    """
    p = design.vector()[None, :]
    days = np.array([0.0, day + 1.0])
    plain = killing(states(p, events(1), days), p)[0, -1]
    pulse = replace(Event("induce", because="culture well"), time=day, share=share)
    pushed = killing(states(p, (*events(1), pulse), days), p)[0, -1]
    return float(plain), float(pushed)
