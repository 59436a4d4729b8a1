"""Runs commands for the tests: inside this process where that is enough, else in one of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assistant.cli.app import run

CHECKOUT = Path(__file__).resolve().parents[2]
SENESCENCE = "Which costimulatory domain makes CAR-T cells more prone to senescence?"
CAPITAL = "What is the capital of France?"


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON object on stdout; fails when there is anything else."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """stdout as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def complaints(self) -> int:
        """How many errors stderr holds."""
        return self.err.count("senescope: ")


class Shell:
    """Runs command lines inside this process against one home folder."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Ran:
        self._capsys.readouterr()
        code = run(["--home", str(self.home), *arguments])
        out, err = self._capsys.readouterr()
        assert "Traceback" not in err
        return Ran(code, out, err)


def command(*arguments: str | bytes) -> list[str | bytes]:
    """The command line that starts Senescope in a process of its own."""
    return [sys.executable, "-m", "assistant", *arguments]


def surroundings(home: Path, before: Sequence[Path] = (), **more: str) -> dict[str, str]:
    """The environment of such a process; packages are looked for in `before` first."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SENESCOPE_")}
    path = os.pathsep.join(str(p) for p in (*before, CHECKOUT))
    return {**kept, "PYTHONPATH": path, "SENESCOPE_HOME": str(home), **more}


def process(
    home: Path,
    *arguments: str | bytes,
    stdin: bytes = b"",
    environment: Mapping[str, str] | None = None,
    timeout: float = 120,
) -> Ran:
    """Run one command line in a process of its own."""
    done = subprocess.run(
        command(*arguments),
        input=stdin,
        capture_output=True,
        env=surroundings(home) if environment is None else dict(environment),
        timeout=timeout,
        check=False,
    )
    ran = Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert "Traceback" not in ran.err, ran.err
    return ran


def conforms(value: Any, shape: Any, where: str = "") -> None:
    """Hold `value` to a shape: `int`, `str|null`, `[item]`, `{key: shape}`; more keys are fine."""
    if isinstance(shape, dict):
        assert isinstance(value, dict), f"{where}: {value!r} is no object"
        for key, inner in shape.items():
            assert key in value, f"{where}.{key} is missing"
            conforms(value[key], inner, f"{where}.{key}")
    elif isinstance(shape, list):
        assert isinstance(value, list), f"{where}: {value!r} is no list"
        for number, item in enumerate(value):
            conforms(item, shape[0], f"{where}[{number}]")
    else:
        assert _name(value, shape) in shape.split("|"), f"{where}: {value!r} is not {shape}"


def _name(value: Any, shape: str) -> str:
    """The name of a value's type; of a text where the shape lists the texts that may stand there."""
    names = {bool: "bool", int: "int", float: "float", type(None): "null"}
    if isinstance(value, str):
        return "str" if "str" in shape.split("|") else value
    return names[type(value)]
