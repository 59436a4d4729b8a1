"""Speed of the kinetic engine against SciPy in the same run, on the same machine."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from statistics import median

import numpy as np
import pytest

from assistant.kinetics import designs, ensemble, kernel, population
from assistant.kinetics.compare import compare
from assistant.kinetics.designs import FIRST_DOSE
from assistant.kinetics.equations import Vector
from assistant.kinetics.events import schedule
from assistant.kinetics.sbml import sbml
from assistant.kinetics.simulate import Method, run

pytestmark = pytest.mark.bench
THREE_YEARS = 3 * 365.0
GRID: Vector = np.linspace(0.0, THREE_YEARS, 1096)


@pytest.fixture(scope="module", autouse=True)
def compiled(request: pytest.FixtureRequest) -> None:
    """Compilation happens once at set-up and is not what is measured."""
    if request.config.getoption("benchmark_disable") and not request.config.getoption("benchmark_enable"):
        pytest.skip("speed is measured with --benchmark-enable -n0, on a machine that does nothing else")
    kernel.load()


def best(work: Callable[[], object], times: int = 5) -> float:
    """Median seconds of a few runs."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return median(taken)


def report(line: str) -> None:
    """Put a figure into the log of the run (shown with -s)."""
    sys.stdout.write(line + "\n")


def three_years(method: Method) -> None:
    found = run(designs.load("bbz"), THREE_YEARS, GRID, method)
    assert found.status == "ok"


def test_three_years_take_a_tenth_of_lsoda_in_python() -> None:
    fast, slow = best(lambda: three_years("fast")), best(lambda: three_years("lsoda"), 3)
    report(f"three years: {1e3 * fast:.1f} ms, LSODA in Python {1e3 * slow:.0f} ms, {slow / fast:.0f}-fold")
    assert fast <= slow / 10.0


def test_three_years_take_no_longer_than_libroadrunner() -> None:
    roadrunner = pytest.importorskip("roadrunner", reason="libRoadRunner is not installed (extra [sbml])")
    runner = roadrunner.RoadRunner(sbml(designs.load("bbz"), days=THREE_YEARS))
    # Their absolute tolerance must be far below a cell for the same curves (see tests/kinetics/test_sbml.py).
    runner.integrator.relative_tolerance, runner.integrator.absolute_tolerance = 1e-6, 1e-6

    def theirs() -> None:
        runner.resetAll()
        runner.simulate(0.0, THREE_YEARS, GRID.size)

    fast, slow = best(lambda: three_years("fast")), best(theirs)
    report(f"three years: {1e3 * fast:.1f} ms, libRoadRunner {1e3 * slow:.1f} ms")
    assert fast <= slow


def test_a_comparison_with_200_draws_costs_less_than_a_dozen_runs_of_lsoda() -> None:
    taken = best(lambda: compare(designs.load("bbz"), designs.load("28z"), draws=200), 3)
    one = best(lambda: three_years("lsoda"), 3)
    report(f"200 draws x 2 designs: {taken:.2f} s; one LSODA run {one:.3f} s, 400 of them {400 * one:.0f} s")
    assert taken <= 12.0 * one


def test_the_time_of_a_cohort_is_linear_up_to_ten_thousand_patients() -> None:
    plan = schedule((FIRST_DOSE,), 2.0 * 365.0)

    def crowd(n: int) -> float:
        p = population.sample(designs.load("bbz"), n)
        began = time.perf_counter()
        found = ensemble.run_many(p, plan, np.empty(0), curves=False, threads=2)
        assert found.failed == 0
        return time.perf_counter() - began

    small, large = crowd(2000), crowd(10_000)
    report(f"cohort over two years: 2,000 in {small:.1f} s, 10,000 in {large:.1f} s")
    assert large <= 5.0 * small * 1.5


def test_one_run_is_measured(benchmark: Callable[..., object]) -> None:
    benchmark(three_years, "fast")
    assert run(designs.load("bbz"), THREE_YEARS, GRID, "fast").status == "ok"
