"""Nothing heavy is loaded before it is used: the commands that only list must stay quick."""

from __future__ import annotations

import subprocess
import sys

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
