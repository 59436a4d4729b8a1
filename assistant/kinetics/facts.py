"""Facts that the model should reproduce, each run and judged; the list is kept as it is, pass or fail.

A failing fact is information about the model and is shown. Nothing here may be loosened to make it
pass: a limit is the published number, or the direction that the source reports.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from assistant.kinetics import culture, metrics
from assistant.kinetics.clinical import Verdict
from assistant.kinetics.designs import Design, load
from assistant.kinetics.events import Event
from assistant.kinetics.simulate import Trajectory, run

AXI_LEVELS = {7.0: (16.5, 57.5), 14.0: (3.8, 31.1), 28.0: (0.6, 6.1), 90.0: (0.01, 0.4)}
"""Quartiles of CAR+ cells per uL, 10.1098/rspb.2021.0229."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact, the model's value and the verdict."""

    name: str
    model: float
    unit: str
    expected: str
    low: float
    high: float
    source: str

    @property
    def verdict(self) -> Verdict:
        """In range when low <= model <= high; an undefined value cannot be compared."""
        if np.isnan(self.model):
            return "not comparable"
        return "in range" if self.low <= self.model <= self.high else "out of range"

    def to_json(self) -> dict[str, Any]:
        """For `model report --json`; an open limit is null."""
        limits = {k: v if np.isfinite(v) else None for k, v in (("low", self.low), ("high", self.high))}
        return {
            "name": self.name,
            "model": self.model if np.isfinite(self.model) else None,
            "unit": self.unit,
            "expected": self.expected,
            **limits,
            "verdict": self.verdict,
            "source": self.source,
        }


@lru_cache(maxsize=256)
def _go(name: str, days: float = 400.0, **values: float) -> Trajectory:
    design = load(name)
    for parameter, value in values.items():
        design = design.with_value(parameter, value)
    return run(design, days, metrics.DAYS[days >= metrics.DAYS])


def _cmax(name: str, **values: float) -> float:
    return _go(name, 60.0, **values).outcomes["Cmax"]


def _curve(name: str) -> metrics.Curve:
    return metrics.Curve(_go(name, metrics.HORIZON))


def _at(found: Trajectory, output: str, day: float) -> float:
    curve = found.outputs[output] if output in found.outputs else found.states[output]
    return float(np.interp(day, found.t, curve))


def _above(name: str, model: float, unit: str, expected: str, limit: float, source: str) -> Fact:
    return Fact(name, model, unit, expected, limit, np.inf, source)


def _below(name: str, model: float, unit: str, expected: str, limit: float, source: str) -> Fact:
    return Fact(name, model, unit, expected, -np.inf, limit, source)


def _kinetics() -> list[Fact]:
    tisa = _curve("tisa-cel-like")
    found = []
    for name, label in (("bbz", "4-1BB"), ("28z", "CD28")):
        grid = itertools.product((1e7, 1e8, 1e9), (2e9, 1e11, 1.5e12))
        tmax = [_go(name, 60.0, dose=d, H0=h).outcomes["Tmax"] for d, h in grid]
        source = "Stein, Ogasawara, Mueller 2017, Kimmel"
        found.append(
            Fact(f"Tmax {label}, earliest of 9 patients", min(tmax), "day", "7 to 14", 7, 14, source)
        )
        found.append(Fact(f"Tmax {label}, latest of 9 patients", max(tmax), "day", "7 to 14", 7, 14, source))
    found += [
        Fact(
            "growth doubling, 4-1BB",
            tisa.doubling(),
            "day",
            "0.755 (0.667 to 0.821)",
            0.667,
            0.821,
            "10.1007/s40262-021-01039-5",
        ),
        Fact(
            "fast half-life, 4-1BB",
            np.log(2) / tisa.contraction(),
            "day",
            "4.3 to 5.0 (4.15 to 5.90)",
            4.15,
            5.9,
            "10.1007/s40262-021-01039-5",
        ),
        Fact(
            "slow half-life, 4-1BB",
            np.log(2) / tisa.terminal(),
            "day",
            "217 to 352",
            217,
            352,
            "10.1002/psp4.12388; 10.1007/s40262-021-01039-5",
        ),
    ]
    axi = _curve("axi-cel-like")
    for day, (low, high) in AXI_LEVELS.items():
        expected = f"quartiles {low:g} to {high:g}"
        found.append(
            Fact(
                f"CD28 level, day {day:g}",
                axi.level(day),
                "cells/uL",
                expected,
                low,
                high,
                "10.1098/rspb.2021.0229",
            )
        )
    return found


def _persistence() -> list[Fact]:
    days = {n: _go(n, metrics.HORIZON).outcomes["persistence"] for n in ("tisa-cel-like", "axi-cel-like")}
    ratio = _at(_go("bbz"), "blood_cells_per_uL", 180.0) / _at(_go("28z"), "blood_cells_per_uL", 180.0)
    quiet = _go("bbz", metrics.HORIZON, H0=1e6).outcomes["persistence"]
    return [
        _above(
            "level at day 180, 4-1BB / CD28",
            ratio,
            "ratio",
            "above 1",
            1.0,
            "milone2009-cd137#F1; 10.1186/s13045-017-0453-8",
        ),
        _above(
            "persistence, 4-1BB",
            days["tisa-cel-like"],
            "day",
            "up to 693 days and 2 years",
            693.0,
            "awasthi2020-tisacel-kinetics-dlbcl#F2",
        ),
        Fact(
            "persistence, CD28",
            days["axi-cel-like"],
            "day",
            "median about 6 months",
            120.0,
            270.0,
            "PMC9255972",
        ),
        _above(
            "persistence without visible tumour",
            quiet,
            "day",
            "up to 2 years",
            365.0,
            "Blood Adv 2019;3:2230",
        ),
    ]


def _states() -> list[Fact]:
    wells = {n: culture.run(load(n), 4) for n in ("bbz", "28z")}
    gaps = [
        a.shares["senescent"] - b.shares["senescent"] for a, b in zip(wells["bbz"], wells["28z"], strict=True)
    ]
    steady = {n: culture.run(load(n), 1, activation=14.0, rest=0.01)[0].shares for n in wells}
    rise = wells["bbz"][-1].shares["exhausted"] - wells["bbz"][0].shares["exhausted"]
    forced = {n: culture.forced(load(n)) for n in wells}
    peak = _go("tisa-cel-like").outcomes["senescent_fraction_d14"]
    short = culture.states(load("28z").vector()[None, :], culture.events(1), np.array([0.0, 3.0, 7.0]))[0]
    rested = 1.0 - (short[2, 2] / short[2, :5].sum()) / (short[1, 2] / short[1, :5].sum())
    senescent = (short[2, 3] / short[2, :5].sum()) / (short[1, 3] / short[1, :5].sum())
    return [
        _above(
            "well: senescent share 4-1BB minus CD28, least of 4 cycles",
            min(gaps),
            "1",
            "4-1BB more senescent",
            0.0,
            "can2025-costim-senescence#F1",
        ),
        _above(
            "continuous stimulation: exhausted share CD28 minus 4-1BB",
            steady["28z"]["exhausted"] - steady["bbz"]["exhausted"],
            "1",
            "CD28 more exhausted",
            0.0,
            "long2015-tonic-exhaustion#F3; selli2023-costim-fates#F1",
        ),
        Fact(
            "well: rise of exhausted share over 4 cycles, 4-1BB",
            rise,
            "1",
            "PD-1 and LAG-3 do not rise",
            -0.05,
            0.05,
            "anon-nd-cart19-senescence#F4",
        ),
        _above(
            "well: exhausted share lost in four days of rest, CD28",
            rested,
            "1",
            "rest restores exhausted cells (0.2 assumed)",
            0.2,
            "weber2021-transient-rest#F1",
        ),
        _above(
            "well: senescent share after over before rest, CD28",
            senescent,
            "ratio",
            "rest does not restore senescent cells",
            0.9,
            "definition of senescence",
        ),
        _below(
            "killing per cell after forced senescence, 4-1BB",
            forced["bbz"][1] / forced["bbz"][0],
            "ratio",
            "impaired: below 1",
            1.0,
            "can2025-costim-senescence#F4",
        ),
        _above(
            "killing per cell after forced senescence, CD28",
            forced["28z"][1] / forced["28z"][0],
            "ratio",
            "improved: above 1",
            1.0,
            "can2025-costim-senescence#F4",
        ),
        _below(
            "senescent share at day 14, 4-1BB patient",
            peak,
            "1",
            "not a third of the peak (0.25 assumed)",
            0.25,
            "assumed",
        ),
    ]


def _dose_and_burden() -> list[Fact]:
    found = []
    for name, label in (("bbz", "4-1BB"), ("28z", "CD28")):
        dose = _cmax(name, dose=1e9) / _cmax(name, dose=1e7)
        burden = _cmax(name, H0=1e12) / _cmax(name, H0=1e10)
        found += [
            Fact(
                f"Cmax {label}, 100-fold dose",
                dose,
                "ratio",
                "1 to 5: dose hardly matters",
                1.0,
                5.0,
                "liu2020-kinetics-across-trials#F3",
            ),
            _above(
                f"Cmax {label}, 100-fold burden over 100-fold dose",
                burden / dose,
                "ratio",
                "above 1: burden drives exposure",
                1.0,
                "singh2021-bcma-pkpd#F2",
            ),
            Fact(
                f"Cmax {label}, burden 2e9 over 1e11",
                _cmax(name, H0=2e9) / _cmax(name, H0=1e11),
                "ratio",
                "a tenth or more (assumed)",
                0.1,
                1.5,
                "assumed",
            ),
        ]
    worn = _cmax("bbz", aE0=24.0, aM0=14.0) / _cmax("bbz")
    bulky = _cmax("bbz", H0=1.5e12) / _cmax("bbz")
    chance = [
        _go("28z", 400.0, H0=h, L0_share=1e-11).outcomes["remission_probability"] for h in (1e10, 1.5e12)
    ]
    return [
        *found,
        _below(
            "Cmax when a worn product fails",
            worn,
            "ratio to bbz",
            "below 1 (B-ALL)",
            1.0,
            "mueller2018-tisacel-pharmacology-ball#F1",
        ),
        _above(
            "Cmax when burden makes it fail",
            bulky,
            "ratio to bbz",
            "may be above 1 (DLBCL: no difference)",
            1.0,
            "awasthi2020-tisacel-kinetics-dlbcl#F1",
        ),
        _above(
            "remission chance, burden 1e10 minus 1.5e12, CD28",
            chance[0] - chance[1],
            "1",
            "low burden is more durable",
            0.0,
            "locke2020-zuma1-attributes",
        ),
    ]


def _design() -> list[Fact]:
    escape = _go("bbz", metrics.HORIZON, L0_share=1e-6, g=0.03)
    relapse = escape.outcomes["time_to_relapse"]
    day = relapse if np.isfinite(relapse) else metrics.HORIZON
    negative = _at(escape, "L", day) / max(_at(escape, "tumour_cells", day), 1.0)
    density = {(n, a): _cmax(n, aH=a, aB=a) for n in ("bbz", "28z") for a in (1000.0, 3000.0, 10000.0)}
    none = max(_go(n, 200.0, aH=500.0).outcomes["remission_probability"] for n in ("bbz", "28z"))
    bare = {n: _cmax(n, w0=1.0) / _cmax(n) for n in ("bbz", "28z")}
    ages = [_cmax("bbz", aE0=a, aM0=0.6 * a) for a in (4.0, 8.0, 16.0, 24.0)]
    second = load("bbz").with_events(Event("dose", 90.0))
    cleared = load("bbz").with_events(Event("lymphodepletion", 88.0), Event("dose", 90.0))
    gain = _second_peak(cleared) / _second_peak(second)
    return [
        _above(
            "antigen-negative share of the tumour at relapse",
            negative,
            "1",
            "antigen-negative relapse exists",
            0.9,
            "pulsipher2022-mrd-bca; plaks2021-cd19-evasion#F1",
        ),
        _below(
            "best remission chance at 500 molecules",
            none,
            "1",
            "hardly any response",
            0.5,
            "ash2018-cd19-density#F1",
        ),
        _below(
            "Cmax 4-1BB over CD28 at 3,000 molecules",
            density["bbz", 3000.0] / density["28z", 3000.0],
            "ratio",
            "4-1BB worse: below 1",
            1.0,
            "ash2018-cd19-density#F3; majzner2020-antigen-density#F1",
        ),
        _below(
            "Cmax CD28 at 1,000 over 10,000 molecules",
            density["28z", 1000.0] / density["28z", 10000.0],
            "ratio",
            "expansion falls below 2,000",
            0.5,
            "ash2018-cd19-density#F2",
        ),
        _below(
            "Cmax without over with lymphodepletion, 4-1BB",
            bare["bbz"],
            "ratio",
            "below 0.5",
            0.5,
            "kimmel2021-tcell-competition#F1",
        ),
        _below(
            "Cmax without over with lymphodepletion, CD28",
            bare["28z"],
            "ratio",
            "below 0.5",
            0.5,
            "kimmel2021-tcell-competition#F1",
        ),
        _above(
            "second dose: peak with over without lymphodepletion",
            gain,
            "ratio",
            "above 1",
            1.0,
            "kimmel2021-tcell-competition#F4",
        ),
        _below(
            "Cmax never rises with age of the product",
            float(max(np.diff(ages))),
            "cells/uL",
            "never above 0",
            1e-6,
            "pmc8274631-culture-length#F2",
        ),
        Fact(
            "dose of a short-culture product for equal Cmax",
            metrics.equal_dose(),
            "ratio",
            "0.04 (25-fold lower)",
            0.02,
            0.08,
            "cancerdiscov2023-ytb323#F1",
        ),
    ]


def _second_peak(design: Design) -> float:
    found = run(design, 150.0, np.linspace(90.0, 150.0, 121))
    return float(found.outputs["blood_cells_per_uL"].max())


GROUPS: tuple[Callable[[], list[Fact]], ...] = (_kinetics, _persistence, _states, _dose_and_burden, _design)


def facts() -> tuple[Fact, ...]:
    """Every fact, judged on the shipped parameters; takes about a second."""
    return tuple(fact for group in GROUPS for fact in group())
