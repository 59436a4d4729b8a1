"""What the calibration aims at: scenarios to run and numbers to meet, each with its source and spread.

Blood counts of the typical patient and a few relations (dose, burden, culture length). Response and
survival rates are not used: they stay for checking. Spreads are on the logarithm. Assays differ
between products, so the 4-1BB curve is used as ratios to its peak and only its scale is weakly tied.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from assistant.kinetics.equations import Vector

STEIN = "10.1002/psp4.12388"
KIMMEL = "10.1098/rspb.2021.0229"

HORIZON = 1100.0
WELL_CYCLES = 3
GRID: Vector = np.array(
    [4.0, 5.0, 7.0, 8.0, 9.3, 12.0, 14.0, 18.0, 21.0, 28.0, 60.0, 90.0, 183.0, 365.0, 1095.0]
)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A patient: a costimulation column and what differs from its shipped values."""

    column: str
    overrides: Mapping[str, float] = field(default_factory=dict)


LOW_DOSE, HIGH_DOSE = {"dose": 1e7}, {"dose": 1e9}
AXI = {"dose": 1.8e8, "H0": 9.486e10}
SCENARIOS: dict[str, Scenario] = {
    "tisa": Scenario("bbz", {"dose": 1e8, "H0": 1e11}),
    "tisa-low-dose": Scenario("bbz", {**LOW_DOSE, "H0": 1e11}),
    "tisa-high-dose": Scenario("bbz", {**HIGH_DOSE, "H0": 1e11}),
    "tisa-low-burden": Scenario("bbz", {"dose": 1e8, "H0": 2e9}),
    "tisa-high-burden": Scenario("bbz", {"dose": 1e8, "H0": 5e11}),
    "short-culture": Scenario(
        "bbz", {"dose": 4e6, "H0": 1e11, "aM0": 2.0, "aE0": 3.0, "fM": 0.6, "fE": 0.36}
    ),
    "axi": Scenario("28z", AXI),
    "axi-low-dose": Scenario("28z", {**AXI, **LOW_DOSE}),
    "axi-high-dose": Scenario("28z", {**AXI, **HIGH_DOSE}),
    "axi-low-burden": Scenario("28z", {**AXI, "H0": 2e9}),
}


@dataclass(frozen=True, slots=True)
class Observed:
    """What the runs of all scenarios gave: outcomes and blood levels on GRID, by scenario."""

    outcome: Mapping[str, Mapping[str, float]]
    blood: Mapping[str, Vector]
    well: Mapping[str, Vector]
    """States at the end of WELL_CYCLES in the culture well, by column."""

    def level(self, scenario: str, day: float) -> float:
        """Blood level on a day of GRID, never quite zero."""
        return max(float(self.blood[scenario][int(np.argmin(np.abs(GRID - day)))]), 1e-12)

    def cmax(self, scenario: str) -> float:
        """Peak level."""
        return max(self.outcome[scenario]["Cmax"], 1e-12)


Read: TypeAlias = Callable[[Observed], float]


@dataclass(frozen=True, slots=True)
class Target:
    """One number to meet."""

    name: str
    value: float
    sd: float
    """Standard deviation on the natural logarithm."""
    read: Read
    source: str
    """DOI, calibration record, or "assumed"."""

    def residual(self, observed: Observed) -> float:
        """Distance in standard deviations."""
        got = min(max(self.read(observed), 1e-12), 1e15)
        return math.log(got / self.value) / self.sd


def _shape(scenario: str, day: float) -> Read:
    return lambda o: o.level(scenario, day) / o.cmax(scenario)


def _level(scenario: str, day: float) -> Read:
    return lambda o: o.level(scenario, day)


def _ratio(top: str, bottom: str) -> Read:
    return lambda o: o.cmax(top) / o.cmax(bottom)


def _get(scenario: str, outcome: str) -> Read:
    return lambda o: o.outcome[scenario][outcome]


def _senescent_ratio(o: Observed) -> float:
    tisa, axi = (o.outcome[s]["senescent_fraction_d14"] for s in ("tisa", "axi"))
    return tisa / max(axi, 1e-9)


def _well_ratio(o: Observed) -> float:
    bbz, cd28 = (float(o.well[c][3] / o.well[c][:5].sum()) for c in ("bbz", "28z"))
    return bbz / max(cd28, 1e-9)


def _doubling(scenario: str) -> Read:
    return lambda o: (
        4.0 * math.log(2.0) / max(math.log(o.level(scenario, 8.0) / o.level(scenario, 4.0)), 1e-3)
    )


def stein(day: float) -> float:
    """Typical tisagenlecleucel level relative to its peak after Tmax 9.3 d (Table 1 of Stein 2019)."""
    past = day - 9.3
    return 0.9921 * math.exp(-0.16 * past) + 0.0079 * math.exp(-0.0032 * past)


def _curve() -> list[Target]:
    days = (14.0, 18.0, 21.0, 28.0, 60.0, 90.0, 183.0, 365.0)
    source = f"{STEIN} Table 1 (ck001 to ck006)"
    # 0.56 is the printed residual error; a typical curve from 90 patients is better known than one sample.
    out = [Target(f"tisa level at day {d:g} / Cmax", stein(d), 0.35, _shape("tisa", d), source) for d in days]
    rise = [(5.0, 3900.0 ** (5.0 / 9.3 - 1.0)), (7.0, 3900.0 ** (7.0 / 9.3 - 1.0))]
    return out + [
        Target(f"tisa level at day {d:g} / Cmax", v, 0.5, _shape("tisa", d), source) for d, v in rise
    ]


LIU = "10.1101/2020.05.09.20096586"
TARGETS: tuple[Target, ...] = (
    *_curve(),
    Target("tisa level at day 1095 / Cmax", stein(1095.0), 0.8, _shape("tisa", 1095.0), f"{STEIN}, extended"),
    Target("tisa B-cell aplasia", 420.0, 0.4, _get("tisa", "bcell_aplasia"), "assumed (ck049)"),
    Target(
        "axi B-cell aplasia", 330.0, 0.5, _get("axi", "bcell_aplasia"), "ck076: B cells in 40 % at 1 year"
    ),
    Target("tisa Cmax", 40.0, 0.7, _get("tisa", "Cmax"), "assumed scale (ck003)"),
    Target("tisa Tmax", 9.3, 0.12, _get("tisa", "Tmax"), "ck002, ck110"),
    Target("tisa doubling time", 0.767, 0.12, _doubling("tisa"), "ck007, ck109"),
    Target("axi level at day 7", 27.5, 0.3, _level("axi", 7.0), f"{KIMMEL} (ck052)"),
    Target("axi level at day 14", 9.1, 0.4, _level("axi", 14.0), f"{KIMMEL} (ck053)"),
    Target("axi level at day 28", 2.1, 0.45, _level("axi", 28.0), f"{KIMMEL} (ck054)"),
    Target("axi level at day 90", 0.1, 0.6, _level("axi", 90.0), f"{KIMMEL} (ck055)"),
    Target("axi level at day 183", 0.02, 0.8, _level("axi", 183.0), "ck166: median 6 months"),
    Target("axi Tmax", 8.0, 0.15, _get("axi", "Tmax"), "label data (ck165), ZUMA-1 7 to 14 d (ck070)"),
    Target("4-1BB Cmax, dose 1e9 / 1e7", 3.5, 0.3, _ratio("tisa-high-dose", "tisa-low-dose"), LIU),
    Target("CD28 Cmax, dose 1e9 / 1e7", 3.5, 0.3, _ratio("axi-high-dose", "axi-low-dose"), LIU),
    Target(
        "4-1BB Cmax, burden 2e9 / 1e11", 0.25, 0.5, _ratio("tisa-low-burden", "tisa"), "assumed from ck173"
    ),
    Target("CD28 Cmax, burden 2e9 / 1e11", 0.25, 0.5, _ratio("axi-low-burden", "axi"), "assumed from ck173"),
    Target("4-1BB Cmax, burden 5e11 / 1e11", 1.7, 0.5, _ratio("tisa-high-burden", "tisa"), "assumed"),
    Target("Cmax, short culture at dose/25", 1.0, 0.4, _ratio("short-culture", "tisa"), "ck164"),
    Target("tisa clearance day", 45.0, 0.35, _get("tisa", "time_to_clearance"), f"{KIMMEL}, days 20 to 80"),
    Target("axi clearance day", 45.0, 0.35, _get("axi", "time_to_clearance"), f"{KIMMEL}, days 20 to 80"),
    Target("tisa senescent share at day 14", 0.12, 0.4, _get("tisa", "senescent_fraction_d14"), "assumed"),
    Target("senescent share at day 14, 4-1BB / CD28", 1.5, 0.4, _senescent_ratio, "can2025 F1, size assumed"),
    Target("well: senescent share, 4-1BB / CD28", 2.5, 0.4, _well_ratio, "can2025 F1, size assumed"),
)
