"""The exit codes of the contract, from inside and from a shell's point of view."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assistant import network
from assistant.cli import app
from tests.cli.shell import CAPITAL, SENESCENCE, Shell, command, process, surroundings

LEAVES = (
    ("ask",), ("search",), ("whatif",), ("ingest",), ("doctor",), ("corpus", "status"), ("corpus", "list"),
    ("corpus", "show"), ("corpus", "remove"), ("corpus", "rebuild"), ("config", "show"),
    ("config", "validate"), ("config", "schema"), ("eval", "answers"), ("eval", "retrieval"),
    ("sessions", "list"), ("sessions", "search"), ("model", "designs"), ("model", "parameters"),
)  # fmt: skip


@pytest.mark.parametrize("leaf", LEAVES, ids=" ".join)
def test_every_command_takes_the_common_options(leaf: tuple[str, ...], shell: Shell) -> None:
    ran = shell(*leaf, "--help")
    assert ran.code == 0
    for option in ("--json", "--offline", "--quiet", "--home"):
        assert option in ran.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("frobnicate",),
        ("ask",),
        ("ask", "one", "two"),
        ("--frob", "ask", "x"),
        ("corpus",),
        ("corpus", "frob"),
        ("search",),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_code_2_and_shows_the_usage(shell: Shell, arguments: tuple[str, ...]) -> None:
    ran = shell(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert "Usage: senescope" in ran.err


def test_help_lists_the_exit_codes(shell: Shell) -> None:
    ran = shell("--help")
    assert ran.code == 0
    assert "130" in ran.out
    assert shell("-h").out == ran.out


def test_the_version_is_printed(shell: Shell) -> None:
    ran = shell("--version")
    assert ran.code == 0
    assert ran.out.startswith("senescope ")


def test_common_options_count_before_and_after_the_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--json", "--quiet", "--home", str(tmp_path)]
    assert app.run([*options, "config", "show"]) == 0
    before = json.loads(capsys.readouterr().out)
    assert app.run(["config", "show", *options]) == 0
    assert json.loads(capsys.readouterr().out) == before
    assert before["settings"]["home"] == {"value": str(tmp_path), "from": "flag"}
    assert before["settings"]["quiet"]["value"] is True


def test_options_of_one_run_do_not_leak_into_the_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENESCOPE_HOME", str(tmp_path))
    app.run(["--json", "--offline", "config", "show"])
    capsys.readouterr()
    app.run(["config", "show"])
    assert "offline = false" in " ".join(capsys.readouterr().out.split())


def test_the_option_after_the_name_wins(shell: Shell, tmp_path: Path) -> None:
    shown = shell("config", "show", "--json", "--home", str(tmp_path)).json
    assert shown["file"] == str(tmp_path / "config.toml")


def test_offline_before_or_after_the_name_closes_the_network(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[bool] = []
    monkeypatch.setattr(network, "block_network", lambda: closed.append(True))
    shell("--offline", "config", "show")
    shell("config", "show", "--offline")
    shell("config", "show")
    assert len(closed) == 2


def test_a_defect_is_code_1_with_a_file_to_report(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("for the test")

    monkeypatch.setattr("assistant.answering.engine.Engine.ask", broken)
    ran = shell("ask", CAPITAL)
    assert (ran.code, ran.out, ran.complaints) == (1, "", 1)
    log = Path(ran.err.split("Details are in ")[1].split("; please")[0])
    assert "ZeroDivisionError: for the test" in log.read_text(encoding="utf-8")
    log.unlink()


def test_an_interrupt_is_code_130_without_a_traceback(home: Path) -> None:
    with subprocess.Popen(
        command("ask", "-"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=surroundings(home),
    ) as asking:  # fmt: skip
        assert asking.stdin is not None
        assert asking.stdout is not None
        asking.stdin.write(f"{CAPITAL}\n".encode())
        asking.stdin.flush()
        assert asking.stdout.readline().startswith(b"**Not enough evidence.**")
        asking.send_signal(signal.SIGINT)
        _, err = asking.communicate(timeout=30)
    assert asking.returncode == 130
    assert err.decode().strip() == "senescope: interrupted"


def test_an_interrupt_while_modules_load_is_quiet_too(home: Path) -> None:
    with subprocess.Popen(
        command("corpus", "list"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=surroundings(home)
    ) as starting:
        time.sleep(0.12)
        starting.send_signal(signal.SIGINT)
        _, err = starting.communicate(timeout=30)
    # Before our first line runs Python itself reports the interrupt; afterwards we do.
    assert starting.returncode in (0, 130, -signal.SIGINT)
    assert b"assistant" not in err or b"Traceback" not in err or starting.returncode == -signal.SIGINT


@pytest.mark.parametrize(
    "arguments", [("corpus", "list"), ("search", "-k", "900", "senescence"), ("--help",)]
)
def test_a_reader_that_leaves_early_is_no_failure(home: Path, arguments: tuple[str, ...]) -> None:
    with subprocess.Popen(
        command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=surroundings(home)
    ) as writing:
        assert writing.stdout is not None
        assert writing.stdout.read(1)
        writing.stdout.close()
        assert writing.stderr is not None
        err = writing.stderr.read()
        code = writing.wait(timeout=60)
    assert (code, err) == (0, b"")


def test_stdout_is_data_and_quiet_keeps_stderr_empty(home: Path) -> None:
    ran = process(home, "--quiet", "--offline", "--json", "ask", SENESCENCE)
    assert (ran.code, ran.err) == (0, "")
    assert ran.json["kind"] == "answer"
    assert ran.out.count("\n") == 1


def test_a_terminal_without_unicode_gets_codes_instead_of_a_traceback(home: Path) -> None:
    environment = surroundings(home, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    ran = process(home, "corpus", "show", "can2025", environment=environment)
    assert ran.code == 3
    ran = process(home, "search", "-k", "30", "BBζ TGF-β", environment=environment)
    assert ran.code == 0
    assert ran.out.isascii()


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs /proc")
def test_offline_opens_no_socket(home: Path) -> None:
    script = (
        "import os, socket, sys\n"
        "opened = []\n"
        "original = socket.socket.connect\n"
        "socket.socket.connect = lambda self, address: opened.append(address)\n"
        "from assistant.cli.app import run\n"
        f"code = run(['--offline', '--quiet', 'ask', {CAPITAL!r}])\n"
        "sockets = [f for f in os.listdir('/proc/self/fd') if os.path.exists(p := '/proc/self/fd/' + f)\n"
        "           and os.readlink(p).startswith('socket:')]\n"
        "print(code, opened, sockets, file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, env=surroundings(home), check=True, timeout=60,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.stderr.decode().strip() == "4 [] []"


def test_the_environment_names_the_home(tmp_path: Path) -> None:
    ran = process(
        tmp_path, "config", "show", "--json", environment=surroundings(tmp_path / "from-environment")
    )
    assert ran.json["settings"]["home"] == {
        "value": str(tmp_path / "from-environment"),
        "from": "environment",
    }
    assert list(tmp_path.iterdir()) == []
