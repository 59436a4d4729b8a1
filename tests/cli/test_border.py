"""The bare `senescope`: it opens the chat without a parser, and ends with the codes of the contract."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import assistant.tui
from assistant.cli import border, main
from assistant.errors import EnvironmentFault, InputError
from assistant.settings import Settings
from tests.cli.shell import process, surroundings

FORMS = [*border.CHATS, ("chat", "--session", "abc"), ("--quiet", "-c")]


@pytest.mark.parametrize("arguments", FORMS, ids=" ".join)
def test_without_a_terminal_the_chat_is_wrong_usage(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ran = process(tmp_path, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert "needs a terminal" in ran.err and "senescope ask" in ran.err


@pytest.mark.parametrize("arguments", [(), ("-c",), ("chat",)], ids=" ".join)
def test_a_bad_configuration_is_code_3_and_names_the_file(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "config.toml").write_text("[chat]\ncolour = 'red'\n", encoding="utf-8")
    ran = process(tmp_path, *arguments)
    assert ran.code == 3
    assert "config.toml" in ran.err and "chat.colour" in ran.err
    assert ran.complaints == 1


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (InputError("There is no session 'x'.", hint="List them."), 3, "There is no session 'x'."),
        (EnvironmentFault("The disk is full.", hint="Free some."), 5, "The disk is full."),
        (ZeroDivisionError("oh"), 1, "a defect of Senescope: ZeroDivisionError: oh"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (None, 0, ""),
    ],
)
def test_what_happens_in_the_chat_decides_the_code(
    error: BaseException | None,
    code: int,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    def chat(settings: Settings, *, continue_session: str | None = None) -> None:
        if error is not None:
            raise error

    monkeypatch.setenv("SENESCOPE_HOME", str(tmp_path))
    monkeypatch.setattr(assistant.tui, "run_chat", chat)
    monkeypatch.setattr(sys, "argv", ["senescope"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == code
    out, err = capsys.readouterr()
    assert out == "" and words in err and "Traceback" not in err


def test_the_bare_command_says_which_session_to_continue_and_imports_no_parser(tmp_path: Path) -> None:
    code = (
        "import sys, assistant.tui\n"
        "def chat(settings, *, continue_session=None):\n"
        "    print(settings.home, continue_session, 'typer' in sys.modules, 'click' in sys.modules)\n"
        "assistant.tui.run_chat = chat\n"
        "from assistant.cli import main\n"
        "main()\n"
    )
    for arguments, session in (((), None), (("-c",), "latest"), (("chat", "--continue"), "latest")):
        ran = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            capture_output=True, text=True, check=True, env=surroundings(tmp_path),
        )  # fmt: skip
        assert ran.stdout.split() == [str(tmp_path), str(session), "False", "False"]


def test_offline_in_the_environment_closes_the_network_before_the_chat_opens(tmp_path: Path) -> None:
    code = (
        "import socket, assistant.tui\n"
        "def chat(settings, *, continue_session=None):\n"
        "    socket.create_connection(('192.0.2.1', 9), timeout=2)\n"
        "assistant.tui.run_chat = chat\n"
        "from assistant.cli import main\n"
        "main()\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, check=False, env=surroundings(tmp_path, SENESCOPE_OFFLINE="1"),
    )  # fmt: skip
    assert ran.returncode != 0 and "Senescope is offline" in ran.stderr
