"""Settings: one declaration a setting, four places it can come from, mistakes named with their place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.errors import ConfigError, EnvironmentFault
from assistant.settings import OPTIONS, load, schema


def config(home: Path, text: str) -> Path:
    (home / "config.toml").write_text(text, encoding="utf-8")
    return home


def test_flag_beats_environment_beats_file_beats_default(tmp_path: Path) -> None:
    home = {"home": str(config(tmp_path, "[whatif]\ndraws = 11\n"))}
    assert load(home, {}).integer("whatif.draws") == 11
    environment = {"SENESCOPE_WHATIF_DRAWS": "12"}
    settings = load(home, environment)
    assert (settings.integer("whatif.draws"), settings.origins["whatif.draws"]) == (12, "environment")
    settings = load({**home, "whatif.draws": 13}, environment)
    assert (settings.integer("whatif.draws"), settings.origins["whatif.draws"]) == (13, "flag")
    assert load({"home": str(tmp_path / "none")}, {}).integer("whatif.draws") == 200


def test_the_home_comes_from_the_environment(tmp_path: Path) -> None:
    assert load({}, {"SENESCOPE_HOME": str(tmp_path)}).home == tmp_path


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[whatif]\ndrows = 3\n",
            r"config\.toml:2: unknown key 'whatif\.drows'; did you mean 'whatif\.draws'",
        ),
        ("ofline = true\n", r"config\.toml:1: unknown key 'ofline'; did you mean 'offline'"),
        ('[whatif]\n\ndraws = "many"\n', r"config\.toml:3: 'many' is no value for `whatif\.draws`"),
        ("[whatif]\ndraws = 0\n", r"Use 1 to 100000"),
        ("[whatif]\ndraws = true\n", "Use a whole number"),
        ('[answer]\nlength = "breif"\n', r"did you mean 'brief'"),
        ("offline = 3\n", "Use true or false"),
        ("[whatif\n", r"not valid TOML.*line 1"),
    ],
)
def test_a_mistake_in_the_file_names_file_line_and_repair(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load({"home": str(config(tmp_path, text))}, {})


def test_a_mistake_in_the_environment_names_the_variable(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="SENESCOPE_WHATIF_SEED"):
        load({"home": str(tmp_path)}, {"SENESCOPE_WHATIF_SEED": "-1"})


def test_a_home_that_is_a_file_is_an_environment_fault(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("")
    with pytest.raises(EnvironmentFault, match="not a folder"):
        load({"home": str(path)}, {})


def test_the_schema_describes_every_option_that_a_file_may_hold() -> None:
    text = json.dumps(schema())
    assert all(option.env in text for option in OPTIONS if option.in_file)
    assert "SENESCOPE_HOME" not in text
    assert schema()["properties"]["whatif"]["properties"]["draws"]["minimum"] == 1
