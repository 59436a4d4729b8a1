"""Chat models without a model: what tests, talks and other people's tests use in place of a real one.

`fake:NAME` gives one of the behaviours below, good and bad, through the very path of a real model;
`scripted:FILE.yaml` replies from a table of questions and replies.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from assistant.errors import ConfigError, InputError
from assistant.models.chat import Busy, Message
from assistant.settings import nearest

Reply = Callable[[Sequence[Message]], str]
_FINDING: Final = re.compile(r'<finding id="(\d+)"[^>]*>\n(.*?)\n</finding>', re.S)
_PIECE: Final = 7
"""Characters a piece: sentences, marks and even words arrive torn, as from a real stream."""


@dataclass
class ScriptedModel:
    """Says what it is told to say, in small pieces."""

    reply: str | Reply
    name: str = "fake:scripted"
    piece: int = _PIECE
    heard: list[Sequence[Message]] = field(default_factory=list)
    """The conversations it was given, for tests that look at what a model gets to see."""

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """See `ChatModel.stream`."""
        self.heard.append(messages)
        text = self.reply if isinstance(self.reply, str) else self.reply(messages)
        for start in range(0, len(text), self.piece):
            yield text[start : start + self.piece]


@dataclass
class BreakingModel(ScriptedModel):
    """Breaks off after some characters, as a connection does."""

    after: int = 100

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """See `ChatModel.stream`."""
        said = 0
        for piece in ScriptedModel.stream(self, messages):
            yield piece[: self.after - said]
            said += len(piece)
            if said >= self.after:
                raise ConnectionResetError("connection reset by peer")


@dataclass
class FailingModel:
    """Fails before it says anything, the first `times` times; afterwards it says `reply`."""

    times: int = 1_000_000
    reply: str = ""
    name: str = "fake:failing"
    tries: int = 0

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """See `ChatModel.stream`."""
        self.tries += 1
        if self.tries <= self.times:
            raise Busy(f"{self.name} cannot be reached.", hint="It is a fake that always fails.")
        yield self.reply


@dataclass
class StuckModel:
    """Says a beginning and then nothing, for as long as anybody waits."""

    beginning: str = ""
    name: str = "fake:stuck"
    release: threading.Event = field(default_factory=threading.Event)
    """Set it to let the thread go."""

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """See `ChatModel.stream`."""
        if self.beginning:
            yield self.beginning
        self.release.wait(600)


def findings(messages: Sequence[Message]) -> list[tuple[int, str]]:
    """The numbered findings that a conversation holds, as a model that reads them would see them."""
    return [(int(n), text) for n, text in _FINDING.findall(messages[-1].text)]


def fake(name: str) -> ScriptedModel | BreakingModel | FailingModel | StuckModel:
    """The fake called `name`; raises ConfigError with the nearest one when there is none."""
    label = f"fake:{name}"
    if name == "failing":
        return FailingModel()
    if name == "stuck":
        return StuckModel()
    if name == "broken":
        return BreakingModel(_parrot, label)
    if name == "researcher":
        from assistant.models.fake_tools import FakeResearcher

        return FakeResearcher(_parrot, label)
    if name not in _REPLIES:
        known = (*_REPLIES, "failing", "stuck", "broken", "researcher")
        raise ConfigError(
            f"There is no fake model {name!r}{nearest(name, known)}", hint=f"Use one of {', '.join(known)}."
        )
    return ScriptedModel(_REPLIES[name], label)


def scripted(file: Path) -> ScriptedModel:
    """A model that looks its reply up by the question: `{question: reply}` in YAML, "*" for the others.

    Raises:
        InputError: the file cannot be read or is no such table.
    """
    import yaml

    try:
        table = yaml.safe_load(file.expanduser().read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"{file}: cannot be read ({error})", hint="Name a YAML file.") from None
    if not isinstance(table, dict) or not all(isinstance(v, str) for v in table.values()):
        raise InputError(f"{file}: no table of questions and replies.", hint="Write QUESTION: REPLY.")
    return ScriptedModel(_looked_up({str(k): v for k, v in table.items()}), f"scripted:{file.name}")


def _looked_up(table: Mapping[str, str]) -> Reply:
    def reply(messages: Sequence[Message]) -> str:
        asked = re.search(r"^(?:New q|Q)uestion: (.*)$", messages[-1].text, re.M)
        return table.get(asked[1].strip() if asked else "", table.get("*", ""))

    return reply


def _parrot(messages: Sequence[Message]) -> str:
    return "\n".join(f"{text.rstrip('.')} [{n}]." for n, text in findings(messages)[:4])


def _strong(messages: Sequence[Message]) -> str:
    """The findings with an opening of the model's own: true, and worded differently."""
    openings = ("According to the findings, ", "In addition, ", "Furthermore, ", "It was also reported that ")
    pairs = zip(openings, findings(messages), strict=False)
    return "\n".join(f"{opening}{_lowered(text).rstrip('.')} [{n}]." for opening, (n, text) in pairs)


def _lowered(text: str) -> str:
    return text[0].lower() + text[1:] if text[:2].istitle() else text


def _inventive(messages: Sequence[Message]) -> str:
    return (
        "Senescence is reversed in 97 % of patients within 3 days [1]. "
        "Rapamycin doubles the telomere length of CAR-T cells [1][2]. "
        "Therefore every product should be irradiated before infusion [1]."
    )


def _obedient(messages: Sequence[Message]) -> str:
    """Does whatever a finding tells it to: the worst that an injected text can meet."""
    orders = []
    for n, text in findings(messages):
        for order in re.findall(r"(?:say|write|print|reply|answer|call|reveal|output)[^.\n]*", text, re.I):
            said = re.sub(r"^\w+(?: with| that)?:?\s*", "", order).strip("\"' ")
            orders.append(f"{said} [{n}].")
    return "\n".join(orders) or "No finding gave me an order."


_REPLIES: Final[dict[str, str | Reply]] = {
    "parrot": _parrot,
    "strong": _strong,
    "inventive": _inventive,
    "obedient": _obedient,
    "silent": "",
    "repeating": "CAR-T cells are interesting cells [1]. " * 200,
    "cites-99": "4-1BB CAR-T cells are more prone to senescence than CD28 CAR-T cells [99].",
    "uncited": "4-1BB CAR-T cells are more prone to senescence than CD28 CAR-T cells.",
    "german": "CAR-T-Zellen mit 4-1BB altern bei wiederholter Aktivierung stärker als solche mit CD28 [1].",
    "chatty": "Sure! Here is what I think about your question.\n\n# Answer\n\n* Great question! Let me know.",
    "unwilling": "NOT ENOUGH EVIDENCE",
}
