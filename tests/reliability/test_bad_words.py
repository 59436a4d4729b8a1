"""Bad questions: one clear message, the documented code, and nothing that a terminal could act on."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from tests.cli.shell import SENESCENCE, Shell, process

ACTED_ON = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
EVIL = (
    "Does \x1b[31m4-1BB\x1b]0;title\x07 make\x9b2J CAR-T \u202ecells\u2066 more\x00 prone\x08 to senescence?"
)


@pytest.mark.parametrize("question", ["", "   \t ", "\x1b[31m\x07", "?!...", "\u200b\u202e", "x" * 100_000])
@pytest.mark.parametrize("name", ["ask", "search"])
def test_a_question_that_is_none_is_refused_as_input(shell: Shell, name: str, question: str) -> None:
    started = time.perf_counter()
    ran = shell(name, "--json", question)
    assert (ran.code, ran.out, ran.complaints) == (3, "", 1)
    assert re.search(r"question is empty|100,000 characters", ran.err)
    assert len(ran.err) < 400
    assert time.perf_counter() - started < 10


def test_a_bad_question_builds_no_index(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("ask", "search"):
        assert Shell(tmp_path / "home", capsys)(name, "x" * 100_000).code == 3
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments", [("ask",), ("ask", "--json"), ("search",), ("search", "--json")], ids=" ".join
)
def test_escapes_in_a_question_are_dropped_and_reach_no_terminal(
    shell: Shell, arguments: tuple[str, ...]
) -> None:
    ran = shell(*arguments, EVIL)
    assert ran.code == 0
    assert ACTED_ON.search(ran.out) is None
    assert ACTED_ON.search(ran.err) is None
    assert "[31m" not in ran.out


def test_escapes_change_no_answer_and_their_removal_is_said(shell: Shell) -> None:
    clean, marked = shell("ask", SENESCENCE), shell("ask", f"\x1b[1m{SENESCENCE}\x1b[0m")
    assert marked.out == clean.out
    assert "control characters were removed" in marked.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("corpus", "show", "\x1b[31mred\x9b"),
        ("ask", "--paper", "\x1b]0;x\x07", SENESCENCE),
        ("ingest", "\x1b[31mred.md"),
        ("corpus", "list", "--topic", "\x1b[2J"),
        ("search", "--system", "\x9b2J", "x"),
        ("\x1b[31mfrob",),
    ],
    ids=lambda a: a[0] + a[1] if len(a) > 1 else "command",
)
def test_escapes_in_any_argument_do_not_come_back_on_stderr(shell: Shell, arguments: tuple[str, ...]) -> None:
    ran = shell(*arguments)
    assert ran.code in (2, 3)
    assert ACTED_ON.search(ran.out + ran.err) is None


def test_bytes_that_are_no_text_are_read_as_far_as_they_are(home: Path) -> None:
    broken = SENESCENCE.encode().replace(b"cells", b"cells\xff\xfe")
    for arguments in (("ask", "--json"), ("search", "--json", "-k", "1")):
        ran = process(home, *arguments, broken)
        assert ran.code == 0
        assert ACTED_ON.search(ran.out) is None
    ran = process(home, "--json", "ask", "-", stdin=broken + b"\n\xff\xfe\xfd\n")
    assert ran.code == 3
    assert [line["kind"] for line in ran.lines] == ["answer", "error"]


@pytest.mark.parametrize(
    "arguments", [("corpus", "show", b"\xff"), ("eval", "answers", b"\xff.yaml"), ("ingest", b"\xff.md")]
)
def test_a_name_that_is_no_text_is_an_ordinary_mistake(
    home: Path, arguments: tuple[str | bytes, ...]
) -> None:
    ran = process(home, *arguments)
    assert (ran.code, ran.out, ran.complaints) == (3, "", 1)
