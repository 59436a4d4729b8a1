"""What starting costs: heavy libraries load where they are needed and nowhere else."""

from __future__ import annotations

import json
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import assistant
import ingest

HEAVY = (
    "torch", "transformers", "sentence_transformers", "chromadb", "langchain", "langchain_core",
    "langchain_chroma", "scipy", "numba", "numpy", "onnxruntime", "matplotlib", "sklearn", "textual",
)  # fmt: skip
CHECKOUT = Path(__file__).resolve().parents[2]


def loaded(code: str) -> set[str]:
    """The heavy libraries that a fresh process has loaded after `code`."""
    script = (
        f"import json, sys\n{code}\nprint('\\n' + json.dumps([n for n in {HEAVY!r} if n in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        check=True,
        timeout=120,
    )
    return set(json.loads(done.stdout.decode().splitlines()[-1]))


@pytest.mark.parametrize(
    "arguments", [["--help"], ["ask", "--help"], ["corpus", "--help"], ["whatif", "--help"]]
)
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    assert loaded(f"from assistant.cli.app import run\nrun({arguments!r})") == set()


def test_a_question_loads_only_numbers_and_the_query_weights(home: Path) -> None:
    arguments = ["--home", str(home), "ask", "What is the capital of France?"]
    code = f"from assistant.cli.app import run\nrun({arguments!r})"
    assert loaded(code) == {"numpy", "onnxruntime"}


def test_no_module_outside_the_chat_loads_its_library() -> None:
    names = [
        module.name
        for package in (assistant, ingest)
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        if not module.name.startswith("assistant.tui") and module.name != "assistant.__main__"
    ]
    assert len(names) > 40
    found = loaded("import importlib\n" + f"for name in {names!r}: importlib.import_module(name)")
    assert "textual" not in found
