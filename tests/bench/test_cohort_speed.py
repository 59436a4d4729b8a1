"""Speed of cohorts and of a what-if in words, in one run on one machine."""

from __future__ import annotations

import sys
import time

import pytest

from assistant.kinetics import cohort, designs, kernel, requests, simulate, whatif

pytestmark = pytest.mark.bench


@pytest.fixture(scope="module", autouse=True)
def compiled(request: pytest.FixtureRequest) -> None:
    """Compilation happens once at set-up and is not what is measured."""
    if request.config.getoption("benchmark_disable") and not request.config.getoption("benchmark_enable"):
        pytest.skip("speed is measured with --benchmark-enable -n0, on a machine that does nothing else")
    kernel.load()


def report(line: str) -> None:
    """Put a figure into the log of the run (shown with -s)."""
    sys.stdout.write(line + "\n")


def test_ten_thousand_patients_over_three_years_cost_no_more_each_than_two_thousand() -> None:
    small = cohort.run(designs.load("bbz"), n=2_000, days=1095.0, threads=2)
    large = cohort.run(designs.load("bbz"), n=10_000, days=1095.0, threads=2)
    report(f"cohort over three years: 2,000 in {small.seconds:.1f} s, 10,000 in {large.seconds:.1f} s")
    assert large.arms[0].failed == 0
    assert large.seconds <= 5.0 * small.seconds * 1.5


def test_a_warm_what_if_in_words_costs_less_than_a_dozen_runs_of_lsoda() -> None:
    text = "what if I lower scFv affinity tenfold in a 4-1BB CAR at high tumour burden?"
    whatif.answer(requests.from_words(text)).payload()
    taken, rival = [], []
    for _ in range(3):
        began = time.perf_counter()
        whatif.answer(requests.from_words(text)).payload()
        taken.append(time.perf_counter() - began)
        began = time.perf_counter()
        simulate.run(designs.load("bbz"), 1095.0, method="lsoda")
        rival.append(time.perf_counter() - began)
    report(f"what-if in words, 400 runs: {min(taken):.2f} s; one run of LSODA in Python {min(rival):.2f} s")
    assert min(taken) <= 12.0 * min(rival)
