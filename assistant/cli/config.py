"""`senescope config`: what is set, where it came from, and what could be set."""

from __future__ import annotations

import json

import typer

from assistant.cli.options import AsJson, Desk, HomeDir, Offline, Quiet, at_desk
from assistant.settings import DEFAULTS, OPTIONS, schema

app = typer.Typer(help="Settings: show, validate, schema.", no_args_is_help=True)


@app.command("show")
@at_desk
def show(place: Desk) -> None:
    """Print every setting with its value and where that came from."""
    settings = place.settings
    if place.as_json:
        place.emit(
            {
                "version": 1,
                "file": str(settings.config_file),
                "settings": {
                    k: {"value": settings.shown(k), "from": settings.origins[k]} for k in settings.values
                },
            }
        )
        return
    place.emit(
        f"# file: {settings.config_file} ({'found' if settings.config_file.is_file() else 'not there'})"
    )
    width = max(len(option.key) for option in OPTIONS)
    for option in OPTIONS:
        place.emit(
            f"{option.key:{width}} = {json.dumps(settings.shown(option.key))}"
            f"  # {settings.origins[option.key]}"
        )


@app.command("validate")
@at_desk
def validate(place: Desk) -> None:
    """Check the settings file and the environment; exit code 3 names file, line and key."""
    if place.as_json:
        place.emit({"version": 1, "valid": True, "file": str(place.settings.config_file)})
    else:
        place.emit(f"{place.settings.config_file}: valid")


@app.command("schema")
def print_schema(
    as_json: AsJson = False, offline: Offline = False, quiet: Quiet = False, home: HomeDir = None
) -> None:
    """Print the JSON Schema of config.toml, for editors."""
    # Nothing is read: this is where the message about an unknown key sends people.
    place = Desk(DEFAULTS, as_json)
    place.emit(schema() if place.as_json else json.dumps(schema(), indent=2))
