"""A home folder that cannot be used, that is full, or that has an unusual name."""

from __future__ import annotations

import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingest.pipeline import Home
from tests.cli.shell import CAPITAL, Shell, process
from tests.reliability.test_killed import made_up


@pytest.mark.parametrize(
    "name", [("ask", CAPITAL), ("search", "x"), ("corpus", "status"), ("doctor",), ("ingest", ".")]
)
def test_a_home_below_a_file_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: tuple[str, ...]
) -> None:
    (tmp_path / "file").write_text("in the way")
    ran = Shell(tmp_path / "file" / "home", capsys)(*name)
    assert (ran.code, ran.out, ran.complaints) == (5, "", 1)
    assert "--home" in ran.err
    assert str(tmp_path / "file") in ran.err


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc")
def test_a_home_that_cannot_be_made_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    ran = Shell(Path("/proc/self/home"), capsys)("ask", CAPITAL)
    assert (ran.code, ran.out, ran.complaints) == (5, "", 1)
    assert "/proc/self/home" in ran.err


@pytest.mark.parametrize("named", ["~nobody-of-this-name/home", "x" * 5000])
def test_a_home_that_cannot_be_is_named(capsys: pytest.CaptureFixture[str], named: str) -> None:
    ran = Shell(Path(named), capsys)("ask", CAPITAL)
    assert (ran.code, ran.out, ran.complaints) == (5, "", 1)


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """Limit files to `size` bytes: to the program that is a disk without room for more."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_fills_while_papers_are_read_is_code_5(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with files_up_to(300_000):
        ran = Shell(tmp_path / "home", capsys)("--quiet", "ask", CAPITAL)
    assert (ran.code, ran.out, ran.complaints) == (5, "", 1)
    assert "disk is full" in ran.err


def test_a_disk_that_fills_while_weights_are_exported_is_code_5_and_leaves_no_rest(own_shell: Shell) -> None:
    shutil.rmtree(Home(own_shell.home).models)
    with files_up_to(20_000_000):
        ran = own_shell("--quiet", "ask", CAPITAL)
    assert (ran.code, ran.out, ran.complaints) == (5, "", 1)
    assert "disk is full" in ran.err
    assert list(Home(own_shell.home).models.iterdir()) == []


def test_a_disk_that_fills_during_an_ingest_is_code_5_and_the_next_run_goes_on(
    own_shell: Shell, tmp_path: Path
) -> None:
    folder = made_up(tmp_path / "papers", range(40))
    before = own_shell("corpus", "status", "--json").json
    with files_up_to(150_000):
        ran = own_shell("--quiet", "ingest", str(folder))
    assert (ran.code, ran.complaints) == (5, 1)
    assert "disk is full" in ran.err
    assert own_shell("corpus", "status", "--json").json == before
    again = own_shell("ingest", "--json", str(folder))
    assert again.code == 0
    assert own_shell("corpus", "status", "--json").json["papers"] == before["papers"] + 40


def test_a_home_with_blanks_and_letters_of_any_language_works(own_home: Path) -> None:
    home = own_home.with_name("Löffel ζ 研究 home")
    own_home.rename(home)
    ran = process(home, "--json", "ask", CAPITAL)
    assert ran.code == 4
    ran = process(home, "corpus", "status", "--json")
    assert ran.json["home"] == str(home)
    # A name that is no text at all: shown as far as it can be.
    bare = process(home, b"--home", b"/nowhere/\xff", "config", "show", "--json")
    assert bare.code == 0
    assert "/nowhere/\ufffd" in bare.json["file"]
