"""Every example of the README does what it shows.

An example is a line `$ senescope ...` in a fenced `console` block. A comment `# exit 4` at its end names
the exit code that it must have; without one it must end well. A fenced `python` block runs as it stands.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.shell import CHECKOUT, Shell

README = CHECKOUT / "README.md"
_BLOCK = re.compile(r"^```console\n(.*?)^```", re.M | re.S)
_PYTHON = re.compile(r"^```python\n(.*?)^```", re.M | re.S)
_EXIT = re.compile(r"\s+#\s*exit (\d+)\s*$")


@dataclass(frozen=True)
class Example:
    """One command of the README."""

    line: str
    arguments: tuple[str, ...]
    code: int


def examples() -> list[Example]:
    if not README.is_file():
        return []
    found = []
    for block in _BLOCK.findall(README.read_text(encoding="utf-8")):
        # A backslash at the end of a line goes on in the next one.
        for line in re.sub(r"\\\n\s*", "", block).splitlines():
            if line.startswith("$ senescope "):
                code = _EXIT.search(line)
                words = shlex.split(_EXIT.sub("", line).removeprefix("$ senescope "), comments=True)
                found.append(Example(line, tuple(words), int(code.group(1)) if code else 0))
    return found


def test_the_readme_has_both_set_up_commands_and_examples() -> None:
    text = README.read_text(encoding="utf-8")
    commands = [
        re.search(rf"<!-- {name} command -->\s*```sh\n(.+?)\n```", text, re.S) for name in ("start", "test")
    ]
    assert all(commands), "README.md has no block marked `<!-- start command -->` or `<!-- test command -->`"
    for found in commands:
        assert found is not None
        assert "venv" in found.group(1)
        assert "pip install" in found.group(1)
    assert len(examples()) >= 5


@pytest.mark.parametrize("example", examples(), ids=lambda example: " ".join(example.arguments)[:60])
def test_an_example_of_the_readme_does_what_it_shows(
    example: Example, own_shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Some examples write a file: they do it in a folder of their own.
    monkeypatch.chdir(tmp_path)
    for name in ("tests", "corpus"):
        (tmp_path / name).symlink_to(CHECKOUT / name)
    ran = own_shell(*example.arguments)
    assert ran.code == example.code, ran.err
    assert ran.out or example.code not in (0, 4)


def test_the_program_of_the_readme_runs_and_prints_quotes_and_a_result(own_home: Path) -> None:
    program = "".join(_PYTHON.findall(README.read_text(encoding="utf-8")))
    assert "from assistant import" in program
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT), "SENESCOPE_HOME": str(own_home)},
    )
    assert done.returncode == 0, done.stderr
    assert "#F" in done.stdout
    assert "https://" in done.stdout
