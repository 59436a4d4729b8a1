"""Slash commands, declared once: the completion list, `/help`, the palette and the dispatch read this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.errors import InputError
from assistant.settings import nearest

if TYPE_CHECKING:
    from assistant.evidence import Filters


@dataclass(frozen=True, slots=True)
class Command:
    """One slash command; `action` is the method `action_<action>` of the app that runs it."""

    name: str
    arguments: str
    help: str
    action: str
    needs_text: bool = False
    """True when it means nothing without an argument: the palette then only types it."""

    @property
    def usage(self) -> str:
        """The command as it is typed."""
        return f"/{self.name} {self.arguments}".rstrip()


COMMANDS: tuple[Command, ...] = (
    Command("whatif", "TEXT", "Compare two designs in the model", "whatif", needs_text=True),
    Command("ask", "QUESTION", "Ask the papers, also what reads like a what-if", "ask", needs_text=True),
    Command("evidence", "[N]", "Open the quotes behind the answer, or quote N", "evidence"),
    Command("sources", "", "List every paper cited in this session", "sources"),
    Command("filter", "[system=patients costim=CD28 year=2019.. | off]", "Restrict the evidence", "filter"),
    Command("length", "brief|default|full", "How long answers are", "length", needs_text=True),
    Command("model", "[none | PROVIDER:NAME]", "Let a chat model write, or answer with quotes", "model"),
    Command("copy", "[N | bib]", "Copy the answer, quote N or the BibTeX", "copy_answer"),
    Command("export", "[FILE]", "Write the session as Markdown, .json, .bib or .zip", "export"),
    Command("theme", "[NAME]", "Change colours: dark, light, contrast, colourblind", "set_theme"),
    Command("sessions", "[WORDS]", "Find and open an earlier session", "sessions"),
    Command("rename", "TITLE", "Give this session a title", "rename", needs_text=True),
    Command("new", "", "Begin a new session", "new_session"),
    Command("log", "", "Show the log file", "log"),
    Command("help", "", "Keys and commands", "help"),
    Command("quit", "", "Leave; everything is kept", "leave"),
)
BY_NAME: dict[str, Command] = {command.name: command for command in COMMANDS}
SYSTEMS = ("in-vitro", "mouse", "patients", "donors", "computation", "review")
COSTIMS = ("4-1BB", "CD28", "both", "other", "none", "n/a")
LENGTHS = ("brief", "default", "full")
_FILTER_KEYS = ("system", "costim", "year", "paper", "type")


def parse(text: str) -> tuple[Command, str]:
    """The command and argument of a line that begins with `/`; a unique beginning of a name will do.

    Raises:
        InputError: no such command, with the nearest one.
    """
    name, _, argument = text.lstrip()[1:].partition(" ")
    name = name.strip().lower()
    fitting = [command for command in COMMANDS if name and command.name.startswith(name)]
    if name in BY_NAME:
        return BY_NAME[name], argument.strip()
    if len(fitting) == 1:
        return fitting[0], argument.strip()
    raise InputError(
        f"There is no command {'/' + name!r}{nearest(name, tuple(BY_NAME))}.", hint="/help lists them."
    )


def completions(text: str) -> tuple[tuple[str, str], ...]:
    """What may follow `text`: pairs of the completed line and a line of help."""
    if not text.startswith("/") or "\n" in text:
        return ()
    name, blank, argument = text[1:].partition(" ")
    if not blank:
        return tuple(
            (f"/{command.name}{' ' if command.arguments else ''}", f"{command.usage}  {command.help}")
            for command in COMMANDS
            if command.name.startswith(name.lower())
        )
    if name == "theme":
        words: tuple[str, ...] = ("dark", "light", "contrast", "colourblind")
    elif name == "length":
        words = LENGTHS
    elif name == "model":
        from assistant.models.names import PROVIDERS

        words = ("none", *(f"{provider}:" for provider in PROVIDERS))
    elif name == "filter":
        return _filter_completions(argument)
    else:
        return ()
    return tuple(
        (f"/{name} {word}", word) for word in words if word.startswith(argument) and word != argument
    )


def _filter_completions(argument: str) -> tuple[tuple[str, str], ...]:
    before, _, last = argument.rpartition(" ")
    head = f"/filter {before + ' ' if before else ''}"
    key, equals, value = last.partition("=")
    if not equals:
        words = [f"{name}=" for name in _FILTER_KEYS] + ([] if before else ["off"])
    else:
        values = {"system": SYSTEMS, "costim": COSTIMS, "year": ("2019..", "2023..")}.get(key, ())
        words = [f"{key}={known}" for known in values]
    return tuple((head + word, word) for word in words if word.startswith(last) and word != last)


def parse_filters(text: str, before: Filters) -> Filters:
    """The filters that `/filter TEXT` asks for; what it does not name stays as it was.

    Raises:
        InputError: an unknown key or value, with what would do.
    """
    from assistant.evidence import Filters

    if text.strip() in ("off", "none", "clear"):
        return Filters()
    values: dict[str, object] = {}
    for word in text.split():
        key, equals, value = word.partition("=")
        if not equals or key not in _FILTER_KEYS:
            raise InputError(
                f"{word!r} is no filter{nearest(key, _FILTER_KEYS)}.",
                hint="Use system=, costim=, year=, paper=, type=, or /filter off.",
            )
        wanted = tuple(part for part in value.split(",") if part)
        if key == "year":
            values["year_from"], values["year_to"] = _years(value)
        elif key == "system":
            values["systems"] = tuple(_among(part, SYSTEMS) for part in wanted)
        elif key == "costim":
            values["costims"] = tuple(_among(part, COSTIMS) for part in wanted)
        else:
            values[{"paper": "papers", "type": "study_types"}[key]] = wanted
    merged = {name: getattr(before, name) for name in before.__dataclass_fields__} | values
    return Filters(**merged)


def _among(value: str, known: tuple[str, ...]) -> str:
    for name in known:
        if name.lower() == value.lower():
            return name
    raise InputError(f"{value!r} is not known{nearest(value, known)}.", hint=f"Use {', '.join(known)}.")


def _years(text: str) -> tuple[int | None, int | None]:
    first, dots, last = text.partition("..")
    if not (first or last) or not all(part.isdigit() and len(part) == 4 for part in (first, last) if part):
        raise InputError(f"year={text!r} is not understood.", hint="Use 2019, 2019.., ..2022 or 2019..2022.")
    begin = int(first) if first else None
    end = int(last) if last else None
    return begin, (end if dots else begin)
