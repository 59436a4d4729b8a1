"""`senescope config`: what holds, where it came from, and mistakes with their place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.settings import OPTIONS
from tests.cli.shell import Shell


@pytest.fixture
def bare(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A home without an index: settings need none."""
    return Shell(tmp_path, capsys)


def write(shell: Shell, text: str) -> None:
    (shell.home / "config.toml").write_text(text, encoding="utf-8")


def test_show_names_every_option_with_its_origin(bare: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    write(bare, "[whatif]\ndays = 90\n")
    monkeypatch.setenv("SENESCOPE_WHATIF_DRAWS", "7")
    settings = bare("config", "show", "--json").json["settings"]
    assert settings.keys() == {option.key for option in OPTIONS}
    assert settings["whatif.days"] == {"value": 90, "from": "file"}
    assert settings["whatif.draws"] == {"value": 7, "from": "environment"}
    assert settings["home"] == {"value": str(bare.home), "from": "flag"}
    assert settings["offline"] == {"value": False, "from": "default"}
    assert "whatif.days" in bare("config", "show").out


def test_config_builds_no_index(bare: Shell) -> None:
    assert bare("config", "show").code == bare("config", "validate").code == 0
    assert list(bare.home.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "place", "advice"),
    [
        ("[chat]\ntheme = 'x'\n[answer]\ntheme = 'y'\n", ":4:", "unknown key 'answer.theme'"),
        ("[whatif]\ndrows = 3\n", ":2:", "whatif.draws"),
        ("whatif.drows = 3\n", ":1:", "whatif.draws"),
        ("\n\nmodle = 'none'\n", ":3:", "'model'"),
        ("[answer]\nlength = 'breif'\n", ":2", "'brief'"),
        ("[whatif]\ndays = 1.5\n", ":2", "whole number"),
        ("[whatif]\ndays = 0\n", ":2", "1 to 7300"),
        ("offline = 'perhaps'\n", ":1", "true or false"),
        ("offline = \n", "line 1", "not valid TOML"),
        ("home = '/elsewhere'\n", ":1:", "unknown key 'home'"),
    ],
)
@pytest.mark.parametrize("command", [("config", "validate"), ("ask", "Does rest reverse senescence?")])
def test_a_mistake_in_the_file_is_named_with_file_line_key_and_repair(
    bare: Shell, text: str, place: str, advice: str, command: tuple[str, ...]
) -> None:
    write(bare, text)
    ran = bare(*command)
    assert (ran.code, ran.out, ran.complaints) == (3, "", 1)
    assert "config.toml" in ran.err
    assert place in ran.err
    assert advice in ran.err


def test_a_settings_file_that_is_no_text_is_named(bare: Shell) -> None:
    (bare.home / "config.toml").write_bytes(b"\xff\xfe\x00")
    ran = bare("config", "validate")
    assert (ran.code, ran.complaints) == (3, 1)


def test_a_bad_environment_variable_is_named(bare: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENESCOPE_WHATIF_DAYS", "soon")
    ran = bare("config", "validate")
    assert (ran.code, ran.complaints) == (3, 1)
    assert "SENESCOPE_WHATIF_DAYS" in ran.err


def test_the_schema_prints_even_when_the_file_is_broken(bare: Shell) -> None:
    write(bare, "nonsense = 1\n")
    ran = bare("config", "schema")
    assert ran.code == 0
    keys = json.loads(ran.out)["properties"]
    assert keys["whatif"]["properties"]["days"]["maximum"] == 7300
    assert json.loads(ran.out) == bare("config", "schema", "--json").json
