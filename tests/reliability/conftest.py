"""The command line, run inside the test's process."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.shell import Shell


@pytest.fixture
def shell(home: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Commands against the shared home: read only."""
    return Shell(home, capsys)


@pytest.fixture
def own_shell(own_home: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Commands against a home that the test may change."""
    return Shell(own_home, capsys)
