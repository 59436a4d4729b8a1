"""What a new process costs, against another command-line assistant for papers in the same run.

Run with `pytest tests/bench/test_cold_start.py -n 0 --benchmark-enable`. The rival is the command named
by SENESCOPE_BENCH_PQA (paper-qa's `pqa`, in an environment of its own); only its `--help` is timed, which
is less than it does for any answer.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.shell import SENESCENCE, command, surroundings

pytestmark = pytest.mark.bench
RIVAL = os.environ.get("SENESCOPE_BENCH_PQA", "")
ROUNDS = 5


@pytest.fixture(autouse=True)
def _only_when_asked(request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("benchmark_enable"):
        pytest.skip("measures speed: run with --benchmark-enable")


def starter(home: Path, *arguments: str) -> Callable[[], None]:
    def start() -> None:
        subprocess.run(command(*arguments), capture_output=True, env=surroundings(home), check=True)

    return start


def rival() -> Callable[[], None]:
    if not RIVAL:
        pytest.skip("no rival: SENESCOPE_BENCH_PQA does not name the command `pqa`")

    def start() -> None:
        subprocess.run([RIVAL, "--help"], capture_output=True, check=True)

    return start


def test_help(benchmark: Any, home: Path) -> None:
    benchmark.pedantic(starter(home, "--help"), rounds=ROUNDS, warmup_rounds=1)
    assert benchmark.stats.stats.rounds == ROUNDS  # a failing command raises before


def test_cold_ask(benchmark: Any, home: Path) -> None:
    benchmark.pedantic(starter(home, "ask", SENESCENCE), rounds=ROUNDS, warmup_rounds=1)
    assert benchmark.stats.stats.rounds == ROUNDS  # a failing command raises before


def test_rival_help(benchmark: Any) -> None:
    benchmark.pedantic(rival(), rounds=ROUNDS, warmup_rounds=1)
    assert benchmark.stats.stats.rounds == ROUNDS  # a failing command raises before


def test_a_cold_answer_against_the_rival_s_help(home: Path) -> None:
    """Rounds alternate, so that a busy moment of the machine meets both."""
    contenders = {
        "senescope --help": starter(home, "--help"),
        "senescope ask": starter(home, "ask", SENESCENCE),
        "pqa --help": rival(),
    }
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(ROUNDS + 1):
        for name, start in contenders.items():
            began = time.perf_counter()
            start()
            if turn:  # the first turn fills the file cache
                seconds[name].append(time.perf_counter() - began)
    median = {name: statistics.median(times) for name, times in seconds.items()}
    ratio = median["senescope ask"] / median["pqa --help"]
    lines = [f"{name}: median {value:.2f} s of {ROUNDS}" for name, value in median.items()]
    sys.stderr.write("\n" + "\n".join(lines) + f"\ncold ask / pqa --help = {ratio:.2f}\n")
    assert ratio < 0.4
