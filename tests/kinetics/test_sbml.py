"""The export against the equations, and another simulator's curves against ours."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.errors import EnvironmentFault, InputError
from assistant.kinetics import designs, simulate
from assistant.kinetics import equations as eq
from assistant.kinetics.events import Event
from assistant.kinetics.formulas import ASSIGNED, RATES
from assistant.kinetics.sbml import antimony, expand, prepare, sbml, write

TIGHT = simulate.Tolerances(rtol=1e-9, atol=1e-6)


def piecewise(value: float, condition: bool, otherwise: float) -> float:
    return value if condition else otherwise


def evaluate(formula: str, names: dict[str, Any]) -> float:
    space = {"piecewise": piecewise, "exp": math.exp, "ln": math.log, "np": np, "__builtins__": {}}
    with np.errstate(all="ignore"):
        return float(eval(expand(formula), {**space, **names}))


@pytest.mark.parametrize("seed", range(12))
def test_the_formulas_are_the_equations(seed: int) -> None:
    rng = np.random.default_rng(seed)
    v = np.zeros(eq.N_VECTOR)
    v[: eq.N_PARAMETERS] = designs.load(("bbz", "28z")[seed % 2]).vector()
    v[eq.REST], v[eq.TAU] = rng.random() * (seed % 3 == 0), 0.2 * rng.random()
    eq.derive(v)
    y = 10.0 ** rng.uniform(-3, 12, eq.N_STATES)
    y[rng.random(eq.N_STATES) < 0.15] = 0.0
    time = float(rng.uniform(0, 400))
    expected = np.zeros(eq.N_STATES)
    eq.rhs(time, y, v, expected)
    names: dict[str, Any] = {n: np.float64(x) for n, x in zip(eq.PARAMETERS, v, strict=False)}
    names |= {n: np.float64(x) for n, x in zip(eq.STATES, y, strict=True)} | {"time": time}
    for name, formula in ASSIGNED:
        names[name] = np.float64(evaluate(formula, names))
    for state, value in zip(eq.STATES, expected, strict=True):
        scale = max(abs(value), 1e-9 * float(y.max()))
        assert evaluate(RATES[state], names) == pytest.approx(value, rel=1e-9, abs=1e-9 * scale), state


CASES = {
    "4-1BB": lambda: designs.load("bbz"),
    "CD28": lambda: designs.load("28z"),
    "rest every week": lambda: designs.load("28z+dasatinib-rest"),
    "second infusion": lambda: designs.load("bbz+second-infusion"),
    "forced senescence and removal": lambda: designs.load("28z").with_events(
        Event("induce", time=6.0, share=0.5), Event("deplete", time=40.0, share=0.9)
    ),
    "senolytic pulses": lambda: designs.load("bbz+senolytic"),
    "antigen-negative clone": lambda: designs.load("bbz+antigen-negative"),
}


@pytest.mark.parametrize("case", CASES)
def test_libroadrunner_gives_our_curves(case: str) -> None:
    roadrunner = pytest.importorskip("roadrunner", reason="libRoadRunner is not installed (extra [sbml])")
    design = CASES[case]()
    days = 180.0
    ours = simulate.run(design, days, np.linspace(0.0, days, 361), tolerances=TIGHT)
    runner = roadrunner.RoadRunner(sbml(design, days=days))
    runner.integrator.relative_tolerance, runner.integrator.absolute_tolerance = 1e-11, 1e-12
    runner.timeCourseSelections = ["time", *eq.STATES]
    theirs = np.array(runner.simulate(0.0, days, 361))
    for i, state in enumerate(eq.STATES, 1):
        mine = ours.states[state]
        # At a jump the two may print the value before or after it; a cell is the smallest thing counted.
        quiet = ~np.isin(ours.t, [h.time for h in prepare(design, days).happenings])
        gap = np.abs(theirs[quiet, i] - mine[quiet]) / np.maximum(np.abs(mine[quiet]), 1.0)
        assert gap.max() < 1e-4, (state, float(ours.t[quiet][gap.argmax()]), gap.max())


def test_the_document_is_well_formed_and_names_every_state() -> None:
    from xml.etree import ElementTree

    root = ElementTree.fromstring(sbml(designs.load("bbz+c-jun")))
    space = {"s": "http://www.sbml.org/sbml/level3/version2/core"}
    assert [s.get("id") for s in root.findall(".//s:species", space)] == list(eq.STATES)
    values = {p.get("id"): p.get("value") for p in root.findall(".//s:parameter", space)}
    for name, value in zip(eq.PARAMETERS, designs.load("bbz+c-jun").vector(), strict=True):
        assert float(values[name] or "nan") == value


def test_notes_carry_unit_status_and_source() -> None:
    text = sbml(designs.load("bbz"))
    assert "fitted" in text and "1/day" in text and "can2025-costim-senescence#F1" in text


def test_antimony_says_the_same(tmp_path: Path) -> None:
    te = pytest.importorskip("antimony", reason="the antimony package is not installed")
    roadrunner = pytest.importorskip("roadrunner", reason="libRoadRunner is not installed (extra [sbml])")
    assert te.loadAntimonyString(antimony(designs.load("bbz+second-infusion"), days=120.0)) >= 0, (
        te.getLastError()
    )
    runner = roadrunner.RoadRunner(te.getSBMLString(te.getMainModuleName()))
    direct = roadrunner.RoadRunner(sbml(designs.load("bbz+second-infusion"), days=120.0))
    for one in (runner, direct):
        one.timeCourseSelections = ["E", "H"]
        one.integrator.relative_tolerance = 1e-9
    assert np.array(runner.simulate(0, 120, 61)) == pytest.approx(
        np.array(direct.simulate(0, 120, 61)), rel=1e-4, abs=1.0
    )


def test_antimony_lists_states_rates_and_events() -> None:
    text = antimony(designs.load("28z+dasatinib-rest"), days=100.0)
    assert text.count("substanceOnly species") == len(eq.STATES) and "rest = 0.95" in text
    assert all(f"  {s}' = " in text for s in eq.STATES) and "at (H + L < 1)" in text


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="ends neither in"):
        write(designs.load("bbz"), tmp_path / "model.txt")


def test_an_unwritable_place_is_named(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="cannot write"):
        write(designs.load("bbz"), tmp_path / "missing" / "model.xml")
