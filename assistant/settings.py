"""Options declared once: each becomes a flag, an environment variable, a TOML key and a help line.

Priority, highest first: flag, environment (`SENESCOPE_*`), `config.toml` in the home folder, default.
`Settings` is a value that is passed down; nothing reads the environment behind its back. A mistake in
the file is reported with file, line, key and the nearest valid key.
"""

from __future__ import annotations

import difflib
import errno
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from assistant.errors import ConfigError, EnvironmentFault

Value = str | int | bool
Origin = Literal["flag", "environment", "file", "default"]


@dataclass(frozen=True, slots=True)
class Option:
    """One setting; `key` names it everywhere (`whatif.draws` → SENESCOPE_WHATIF_DRAWS)."""

    key: str
    kind: Literal["text", "integer", "switch"]
    default: Value
    help: str
    flag: str = ""
    """The command-line flag, when there is one."""
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    secret: bool = False
    """Never shown: `config show` says only whether it is set."""
    in_file: bool = True
    """False for what cannot live in the file itself (the home folder)."""

    @property
    def env(self) -> str:
        """The environment variable that sets this option."""
        return "SENESCOPE_" + self.key.replace(".", "_").upper()


OPTIONS: tuple[Option, ...] = (
    Option("home", "text", "", "Folder that holds all state.", "--home", in_file=False),
    Option("offline", "switch", False, "Refuse every network connection except loopback.", "--offline"),
    Option("quiet", "switch", False, "Say nothing on stderr except errors.", "--quiet"),
    Option("model", "text", "none", "Chat model as PROVIDER:NAME; none answers extractively.", "--model"),
    Option("models.url", "text", "", "Address of the model server; empty uses the provider's usual one."),
    Option(
        "models.seconds",
        "integer",
        120,
        "Time limit of a model's reply, in seconds.",
        minimum=1,
        maximum=3600,
    ),
    Option("prompts.folder", "text", "", "Folder whose templates replace the shipped ones, one a job."),
    Option(
        "answer.length", "text", "default", "Sentences in an answer.", choices=("brief", "default", "full")
    ),
    Option(
        "retrieval.dense",
        "text",
        "auto",
        "Vector search: exact over the catalog, Chroma, or whichever suits the corpus size.",
        choices=("auto", "exact", "chroma"),
    ),
    Option("retrieval.chroma_url", "text", "", "Address of a Chroma server; empty uses the local store."),
    Option(
        "retrieval.embedder",
        "text",
        "",
        "Folder of a sentence-transformers model; empty uses all-MiniLM-L6-v2.",
    ),
    Option("whatif.days", "integer", 365, "Simulated time in days.", "--days", minimum=1, maximum=7300),
    Option(
        "whatif.draws",
        "integer",
        200,
        "Parameter draws behind the bands.",
        "--draws",
        minimum=1,
        maximum=100_000,
    ),
    Option("whatif.seed", "integer", 1, "Seed of the parameter draws.", "--seed", minimum=0),
    Option(
        "sources.contact",
        "text",
        "",
        "E-mail address that Europe PMC, NCBI and Crossref are given, so that they can reach you.",
    ),
    Option(
        "sources.ncbi_api_key",
        "text",
        "",
        "Key of your NCBI account: ten requests a second in place of three.",
        secret=True,
    ),
    Option(
        "sources.timeout",
        "integer",
        30,
        "Seconds without a byte after which a literature service counts as silent.",
        minimum=1,
        maximum=600,
    ),
    Option(
        "sources.europepmc_url",
        "text",
        "https://www.ebi.ac.uk/europepmc/webservices/rest",
        "Address of Europe PMC, or of a mirror.",
    ),
    Option(
        "sources.ncbi_url",
        "text",
        "https://eutils.ncbi.nlm.nih.gov/entrez/eutils",
        "Address of the NCBI E-utilities, or of a mirror.",
    ),
    Option(
        "sources.crossref_url", "text", "https://api.crossref.org", "Address of Crossref, or of a mirror."
    ),
    Option("chat.theme", "text", "senescope-dark", "Colour theme of the chat."),
    Option("chat.keys", "text", "", "Other keys of the chat, such as help=f2; F1 there lists the actions."),
)
BY_KEY: dict[str, Option] = {option.key: option for option in OPTIONS}


@dataclass(frozen=True, slots=True)
class Settings:
    """Every option with its value and where that came from."""

    values: Mapping[str, Value]
    origins: Mapping[str, Origin]
    config_file: Path
    home: Path = field(default=Path())

    def text(self, key: str) -> str:
        """The value of a text option."""
        return str(self.values[key])

    def shown(self, key: str) -> Value:
        """The value as it may be shown; a secret is shown as set or empty."""
        return "(set)" if BY_KEY[key].secret and self.values[key] else self.values[key]

    def integer(self, key: str) -> int:
        """The value of an integer option."""
        return int(self.values[key])

    def switch(self, key: str) -> bool:
        """The value of a switch."""
        return bool(self.values[key])


DEFAULTS = Settings(
    values={option.key: option.default for option in OPTIONS},
    origins=dict.fromkeys(BY_KEY, "default"),
    config_file=Path("config.toml"),
)
"""What holds where nothing is said: for what must work although the settings file is broken."""


def load(
    flags: Mapping[str, Value | None] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """Merge flags, environment, file and defaults.

    Arguments:
        flags: option key to value; None means the flag was not given.
        environment: defaults to the process environment.

    Raises:
        ConfigError: an unknown key or a bad value, with the place and the repair.
    """
    env = os.environ if environment is None else environment
    given = {key: value for key, value in (flags or {}).items() if value is not None}
    values, origins = dict(DEFAULTS.values), dict(DEFAULTS.origins)

    def put(option: Option, raw: object, origin: Origin, where: str) -> None:
        values[option.key] = checked(option, raw, where)
        origins[option.key] = origin

    for option in OPTIONS:
        if option.env in env and (option.in_file or option.key not in given):
            put(option, env[option.env], "environment", f"environment variable {option.env}")
    home = _folder(str(given.get("home") or values["home"] or _default_home()))
    config_file = home / "config.toml"
    for key, raw, where in _read_file(config_file):
        if origins[key] == "default":
            put(BY_KEY[key], raw, "file", where)
    for key, raw in given.items():
        put(BY_KEY[key], raw, "flag", f"flag {BY_KEY[key].flag or key}")
    values["home"] = str(home)
    return Settings(values, origins, config_file, home)


def checked(option: Option, raw: object, where: str) -> Value:
    """`raw` as a value of `option`, or a ConfigError that names the place and what would do."""
    value: Value
    if option.kind == "switch":
        words = {
            "1": True,
            "true": True,
            "yes": True,
            "on": True,
            "0": False,
            "false": False,
            "no": False,
            "off": False,
        }
        found = raw if isinstance(raw, bool) else words.get(str(raw).strip().lower())
        if found is None:
            raise _bad(option, raw, where, "use true or false")
        return found
    if option.kind == "integer":
        try:
            value = int(str(raw)) if not isinstance(raw, bool) else _not_a_number()
        except ValueError:
            raise _bad(option, raw, where, "use a whole number") from None
        low, high = option.minimum, option.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            bounds = f"{low} or more" if high is None else f"{low} to {high}"
            raise _bad(option, raw, where, f"use {bounds}")
        return value
    if not isinstance(raw, str):
        raise _bad(option, raw, where, "use text in quotes")
    if option.choices and raw not in option.choices:
        raise _bad(
            option, raw, where, f"use one of {', '.join(option.choices)}{nearest(raw, option.choices)}"
        )
    return raw


def nearest(word: str, known: tuple[str, ...]) -> str:
    """`; did you mean 'x'?` for the closest known word, or ""."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else ""


def schema() -> dict[str, Any]:
    """The settings file as a JSON Schema."""
    tables: dict[str, Any] = {}
    for option in OPTIONS:
        if not option.in_file:
            continue
        entry: dict[str, Any] = {
            "type": {"text": "string", "integer": "integer", "switch": "boolean"}[option.kind],
            "default": option.default,
            "description": f"{option.help} (environment: {option.env})",
        }
        if option.choices:
            entry["enum"] = list(option.choices)
        if option.minimum is not None:
            entry["minimum"] = option.minimum
        if option.maximum is not None:
            entry["maximum"] = option.maximum
        *path, leaf = option.key.split(".")
        level = tables
        for part in path:
            level = level.setdefault(
                part, {"type": "object", "additionalProperties": False, "properties": {}}
            )["properties"]
        level[leaf] = entry
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Senescope settings (config.toml)",
        "type": "object",
        "additionalProperties": False,
        "properties": tables,
    }


def _folder(named: str) -> Path:
    try:
        return Path(named).expanduser()
    except RuntimeError as error:
        raise EnvironmentFault(
            f"The home folder {named!r} belongs to nobody on this machine ({error})",
            hint="Name another with --home or SENESCOPE_HOME.",
        ) from None


def _default_home() -> str:
    from platformdirs import user_data_dir

    return user_data_dir("senescope", appauthor=False)


def _not_a_number() -> int:
    raise ValueError("a truth value is not a number")


def _bad(option: Option, raw: object, where: str, repair: str) -> ConfigError:
    return ConfigError(
        f"{where}: {raw!r} is no value for `{option.key}`", hint=repair[0].upper() + repair[1:] + "."
    )


def _read_file(path: Path) -> list[tuple[str, object, str]]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    except NotADirectoryError:
        raise EnvironmentFault(
            f"The home folder {str(path.parent)!r} is not a folder.",
            hint="Name another with --home or SENESCOPE_HOME.",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        if getattr(error, "errno", None) == errno.ENAMETOOLONG:
            raise EnvironmentFault(
                f"The name of the home folder is too long ({len(str(path.parent)):,} characters).",
                hint="Name another with --home or SENESCOPE_HOME.",
            ) from None
        raise ConfigError(f"{path}: cannot be read ({error})", hint="Mend or move the file.") from error
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"{path}: not valid TOML: {error}", hint="Mend that line, or move the file away."
        ) from error
    return [(_known(key, path, text), raw, f"{path}:{_line(text, key)}") for key, raw in _flatten(data)]


def _flatten(data: Mapping[str, Any], prefix: str = "") -> list[tuple[str, object]]:
    flat: list[tuple[str, object]] = []
    for name, value in data.items():
        if isinstance(value, dict):
            flat += _flatten(value, f"{prefix}{name}.")
        else:
            flat.append((prefix + name, value))
    return flat


def _known(key: str, path: Path, text: str) -> str:
    names = tuple(option.key for option in OPTIONS if option.in_file)
    if key in names:
        return key
    raise ConfigError(
        f"{path}:{_line(text, key)}: unknown key {key!r}{nearest(key, names)}",
        hint="`senescope config schema` lists the keys.",
    )


def _line(text: str, key: str) -> int:
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[+([^\]]+)\]", line):
            table = re.sub(r"[\s\"']", "", header.group(1)) + "."
        elif (name := re.match(r"\s*([\w.\"'\s-]+?)\s*=", line)) is not None:
            full = table + re.sub(r"[\s\"']", "", name.group(1))
            # An inline table holds further keys on the same line.
            if key == full or key.startswith(f"{full}."):
                return number
    return 1
