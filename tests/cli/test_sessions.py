"""Past sessions on the command line: what is printed, and with which exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.cli.app import run
from assistant.sessions.store import FILE_NAME, SessionStore
from tests.unit.answers import answer, refusal

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    def invoke(*arguments: str) -> tuple[int, str, str]:
        code = run(["sessions", *arguments, "--home", str(tmp_path)])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return invoke


@pytest.fixture
def session(tmp_path: Path) -> str:
    store = SessionStore.open(tmp_path)
    name = store.create().id
    given = answer("Does BBz \x1b[31msenesce?")
    store.finish(store.begin(name, given.question), "answer", given.to_json())
    store.finish(store.begin(name, "zinc?"), "refusal", refusal("zinc?").to_json())
    store.close()
    return name


def test_list_prints_one_line_a_session_without_escapes(call: Call, session: str) -> None:
    code, out, _ = call("list")
    assert code == 0 and out.count("\n") == 1
    assert out.startswith(session) and "2 turns" in out and "Does BBz senesce?" in out
    assert "\x1b" not in out


def test_list_says_how_many_it_leaves_out(call: Call, session: str, tmp_path: Path) -> None:
    store = SessionStore.open(tmp_path)
    for _ in range(3):
        store.create()
    store.close()
    _, out, err = call("list", "-n", "1")
    assert out.count("\n") == 1 and "3 older sessions left out" in err
    data: dict[str, Any] = json.loads(call("list", "-n", "1", "--json")[1])
    assert (data["version"], len(data["sessions"]), data["total"]) == (1, 1, 4)


def test_an_empty_history_is_no_error(call: Call) -> None:
    code, out, err = call("list")
    assert (code, out) == (0, "") and "No sessions yet" in err


def test_search_prints_the_session_and_the_words_found(call: Call, session: str) -> None:
    code, out, _ = call("search", "zinc")
    assert code == 0 and session in out and "2. zinc?" in out and "«zinc»" in out
    data: dict[str, Any] = json.loads(call("search", "zinc", "--json")[1])
    assert [(m["session"]["id"], m["n"]) for m in data["matches"]] == [(session, 2)]


def test_show_prints_markdown_and_the_whole_object_as_json(call: Call, session: str) -> None:
    code, out, _ = call("show", session[:9])
    assert code == 0 and "## 1. Does BBz senesce?" in out and "## References" in out and "\x1b" not in out
    data: dict[str, Any] = json.loads(call("show", "--json")[1])
    assert data["session"]["id"] == session and data["turns"][0]["payload"]["kind"] == "answer"


def test_export_writes_markdown_bibtex_or_json(call: Call, session: str, tmp_path: Path) -> None:
    target = tmp_path / "out.md"
    code, out, err = call("export", session, "-o", str(target))
    assert (code, out) == (0, "") and "2 turns written" in err
    assert target.read_text(encoding="utf-8").startswith("# Does BBz senesce?")
    assert call("export", "--bibtex")[1].startswith("@article{can2025,")
    assert json.loads(call("export", "--json")[1])["version"] == 1
    assert call("export", "--json", "--bibtex")[0] == 2


def test_bundle_prints_where_it_is(call: Call, session: str, tmp_path: Path) -> None:
    target = tmp_path / "b.zip"
    code, out, _ = call("bundle", session, "-o", str(target))
    assert code == 0 and out.strip() == str(target) and target.exists()
    assert call("bundle", session, "-o", str(tmp_path / "none" / "b.zip"))[0] == 5


def test_remove_asks_first_and_needs_a_yes_where_no_one_can_answer(call: Call, session: str) -> None:
    assert call("remove", session)[0] == 2
    assert call("list")[1] != ""
    assert call("remove", session, "--yes")[0] == 0
    assert call("list")[1] == ""


def test_an_unknown_session_is_bad_input(call: Call, session: str) -> None:
    code, _, err = call("show", "nothing")
    assert code == 3 and "No session 'nothing'" in err and "sessions list" in err


def test_a_damaged_history_is_set_aside_with_exit_code_5(call: Call, tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"rubbish" * 1000)
    code, out, err = call("list")
    assert (code, out) == (5, "") and "damaged" in err
    assert list(tmp_path.glob("sessions.damaged-*.sqlite"))
    assert call("list")[0] == 0
