"""`senescope eval answers`: a question file in, a scoreboard out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.shell import CAPITAL, SENESCENCE, Shell

QUESTIONS = f"""
- {{id: q1, kind: direct, answerable: true, question: "{SENESCENCE}", must_include: [[4-1BB, 41BB]]}}
- {{id: q2, kind: far, answerable: false, question: "{CAPITAL}"}}
"""


def test_a_scoreboard_per_kind(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "questions.yaml"
    file.write_text(QUESTIONS, encoding="utf-8")
    ran = shell("eval", "answers", "--json", str(file))
    assert ran.code == 0
    assert ran.json["kinds"]["direct"]["correct"] == 1
    assert ran.json["kinds"]["far"]["refused_rightly"] == 1
    assert ran.json["total"]["quotes"] == ran.json["total"]["quotes_found"] > 0


@pytest.mark.parametrize("text", ["", "- {", "just words", "- {id: q1}", "\x00"])
def test_a_file_without_questions_is_named(shell: Shell, tmp_path: Path, text: str) -> None:
    file = tmp_path / "questions.yaml"
    file.write_text(text, encoding="utf-8")
    ran = shell("eval", "answers", str(file))
    assert (ran.code, ran.out, ran.complaints) == (3, "", 1)
    assert "questions.yaml" in ran.err


def test_a_file_that_is_not_there_is_named(shell: Shell) -> None:
    ran = shell("eval", "answers", "nowhere.yaml")
    assert (ran.code, ran.complaints) == (3, 1)
