"""Prompt templates: Markdown files with front matter, one a job, which a user's folder may override.

All are read and checked when a model is first used, so that a slip in a template is an error with a file
name and not a strange answer. What is filled in is never read again as template: evidence that happens to
hold `{{question}}` stays what it is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from assistant.errors import ConfigError
from assistant.models.chat import Message
from assistant.settings import nearest

JOBS: Final[dict[str, frozenset[str]]] = {
    "answer": frozenset({"question", "evidence", "sentences"}),
    "follow-up": frozenset({"question", "before"}),
    "what-if": frozenset({"question", "designs", "levers"}),
    "judge": frozenset({"sentence", "quotes"}),
    "research": frozenset({"question", "evidence", "most"}),
}
"""The jobs that have a template, and what the program fills into each."""
_KEYS: Final = ("name", "version", "inputs", "returns")
_PLACE: Final = re.compile(r"\{\{([\w-]+)\}\}")
_PARTS: Final = re.compile(r"^## (system|user)\s*$", re.M)


@dataclass(frozen=True, slots=True)
class Prompt:
    """One template, checked."""

    name: str
    version: int
    inputs: tuple[str, ...]
    returns: str
    system: str
    user: str
    own: str = ""
    """First characters of the text's SHA-256 when it comes from the user's folder."""

    @property
    def label(self) -> str:
        """What is stored with an answer: `answer@1`, with a hash when the template is the user's."""
        return f"{self.name}@{self.version}" + (f"+{self.own}" if self.own else "")

    def fill(self, **values: str) -> tuple[Message, Message]:
        """The two messages of the job; raises ValueError when a value is missing or unknown."""
        if set(values) != set(self.inputs):
            raise ValueError(f"prompt {self.name!r} takes {self.inputs}, not {tuple(values)}")
        return (
            Message("system", _PLACE.sub(lambda m: values[m[1]], self.system)),
            Message("user", _PLACE.sub(lambda m: values[m[1]], self.user)),
        )


def load(folder: Path | None = None) -> Mapping[str, Prompt]:
    """Every job's template: the shipped one, or that of `folder` where it holds `<job>.md`.

    Raises:
        ConfigError: the folder or a template is not usable, with the file and the repair.
    """
    if folder is not None:
        _known_files(folder)
    prompts = {}
    for job in JOBS:
        own = folder / f"{job}.md" if folder is not None else None
        if own is not None and own.is_file():
            try:
                text = own.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise ConfigError(f"{own}: cannot be read ({error})", hint="Mend or move the file.") from None
            prompts[job] = parse(text, str(own), job, own=hashlib.sha256(text.encode()).hexdigest()[:8])
        else:
            text = (files("prompts") / f"{job}.md").read_text(encoding="utf-8")
            prompts[job] = parse(text, f"prompts/{job}.md", job)
    return prompts


def parse(text: str, where: str, job: str, *, own: str = "") -> Prompt:
    """Read and check one template; raises ConfigError that names the file and what is wrong."""
    head, body = _split(text, where)
    if (missing := [key for key in _KEYS if key not in head]) or set(head) - set(_KEYS):
        unknown = sorted(set(head) - set(_KEYS))
        wrong = f"lacks {', '.join(missing)}" if missing else f"has unknown keys {', '.join(unknown)}"
        raise _bad(where, f"the front matter {wrong}", f"It holds {', '.join(_KEYS)}.")
    if head["name"] != job:
        raise _bad(where, f"name is {head['name']!r}", f"A file {job}.md holds the job {job!r}.")
    if not isinstance(head["version"], int) or isinstance(head["version"], bool):
        raise _bad(where, f"version {head['version']!r} is no whole number", "Use version: 2 or alike.")
    inputs = head["inputs"]
    if not isinstance(inputs, list) or {str(i) for i in inputs} != JOBS[job]:
        raise _bad(where, f"inputs are {inputs!r}", f"This job is given {', '.join(sorted(JOBS[job]))}.")
    system, user = _messages(body, where)
    used = set(_PLACE.findall(system + user))
    if used != JOBS[job]:
        odd = sorted(used - JOBS[job]) or sorted(JOBS[job] - used)
        near = nearest(odd[0], tuple(JOBS[job])) if used - JOBS[job] else ""
        raise _bad(where, f"{{{{{odd[0]}}}}} is {'unknown' if used - JOBS[job] else 'missing'}{near}",
                   f"Use each of {', '.join('{{' + i + '}}' for i in sorted(JOBS[job]))}.")  # fmt: skip
    return Prompt(
        job, head["version"], tuple(str(i) for i in inputs), str(head["returns"]), system, user, own
    )


def _split(text: str, where: str) -> tuple[dict[str, Any], str]:
    import yaml

    parts = text.replace("\r\n", "\n").removeprefix("\ufeff").split("---\n", 2)
    if len(parts) != 3 or parts[0].strip():
        raise _bad(where, "it does not begin with front matter", "Begin with --- and end that part with ---.")
    try:
        head = yaml.safe_load(parts[1])
    except yaml.YAMLError as error:
        raise _bad(where, f"the front matter is not YAML ({str(error)[:120]})", "Mend it.") from None
    if not isinstance(head, dict):
        raise _bad(where, "the front matter is no list of keys", f"It holds {', '.join(_KEYS)}.")
    return head, parts[2]


def _messages(body: str, where: str) -> tuple[str, str]:
    pieces = _PARTS.split(body)
    found = dict(zip(pieces[1::2], (p.strip() for p in pieces[2::2]), strict=True))
    for part in ("system", "user"):
        if not found.get(part):
            raise _bad(where, f"the part `## {part}` is missing or empty", "Write both parts.")
    return found["system"], found["user"]


def _known_files(folder: Path) -> None:
    if not folder.is_dir():
        raise ConfigError(
            f"prompts.folder {str(folder)!r} is no folder.", hint="Name an existing folder, or leave it out."
        )
    for path in sorted(folder.glob("*.md")):
        if path.stem not in JOBS:
            raise ConfigError(
                f"{path}: there is no job {path.stem!r}{nearest(path.stem, tuple(JOBS))}",
                hint=f"Templates are named {', '.join(f'{job}.md' for job in JOBS)}.",
            )


def _bad(where: str, what: str, repair: str) -> ConfigError:
    return ConfigError(f"{where}: {what}.", hint=repair)
