"""Nothing heavy is loaded before it is used: the commands that only list must stay quick."""

from __future__ import annotations

import subprocess
import sys

from assistant.kinetics import kernel

HEAVY = ("numba", "scipy", "matplotlib", "torch", "chromadb", "textual")


def test_importing_the_engine_loads_no_heavy_library() -> None:
    code = (
        "import sys\n"
        "from assistant.kinetics import compare, culture, designs, facts, fit, levers, report, simulate\n"
        "designs.load('bbz+c-jun').vector()\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_a_comparison_runs_without_numba_and_scipy_once_the_kernel_is_made() -> None:
    kernel.load()
    code = (
        "import sys\n"
        "from assistant.kinetics.compare import compare\n"
        "from assistant.kinetics.designs import load\n"
        "assert compare(load('bbz'), load('28z'), draws=4, days=30.0).warnings == ()\n"
        "print([m for m in ('numba', 'scipy') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
