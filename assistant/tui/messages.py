"""What happens in the chat, as Textual messages: threads and widgets talk to the app through these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from assistant.answering.engine import Context
    from assistant.evidence import Answer, Citation, Sentence, WhatIfHelp
    from assistant.sessions.turns import Json
    from assistant.tui.levers import Request
    from assistant.tui.rooms import Room


@dataclass
class Submitted(Message):
    """The reader sent a question or a slash command."""

    text: str


@dataclass
class RoomChosen(Message):
    """The reader chose a room in the bar."""

    room: Room


class EarlierWanted(Message):
    """The reader wants to see turns that are not on the screen any more."""


@dataclass
class CitationOpened(Message):
    """The reader followed a mark [n] of an answer."""

    answer: Answer
    n: int


@dataclass
class WhatIfShown(Message):
    """The reader opened a what-if of the conversation."""

    payload: Json


@dataclass
class WhatIfEdited(Message):
    """The reader changed a design (`designs`) or a lever in the what-if room."""

    request: Request
    designs: bool = False


@dataclass
class Progressed(Message):
    """The index is being built."""

    stage: str
    done: int
    total: int


@dataclass
class Opened(Message):
    """The index can be asked; `papers` and `passages` say what it holds."""

    papers: int
    passages: int
    designs: Sequence[tuple[str, str]] = ()


@dataclass
class OpeningFailed(Message):
    """The index cannot be opened."""

    error: Exception


@dataclass
class Grounded(Message):
    """The quotes are found, and a model begins to write over them."""

    turn: int
    answer: Answer
    writer: str


@dataclass
class Written(Message):
    """A model's next sentence was checked and is supported."""

    turn: int
    sentence: Sentence


@dataclass
class Answered(Message):
    """An answer or refusal came back; `error` says why a model did not write it when it should have."""

    turn: int
    answer: Answer
    error: Exception | None = None


@dataclass
class Modelled(Message):
    """The question of a turn goes to the kinetic model; `text` says what is done there."""

    turn: int
    text: str


@dataclass
class EvidenceReady(Message):
    """An answer is on the screen, and its quotes can be laid out beside it."""

    answer: Answer


@dataclass
class CurvesReady(Message):
    """A what-if is on the screen, and its curves can be drawn beside it."""

    payload: Json


@dataclass
class Simulated(Message):
    """A what-if of the conversation came back; `kept` is how it is written down."""

    turn: int
    payload: Json
    kept: Json


@dataclass
class Tuned(Message):
    """What the levers ask for came back; a `draft` comes from few draws, and the full run follows."""

    request: Request
    payload: Json
    draft: bool


@dataclass
class Failed(Message):
    """A question or a what-if ended in an error; `question` is what the papers can be asked instead."""

    turn: int
    error: Exception
    question: str = ""
    guidance: WhatIfHelp | None = None
    """What of a what-if in words was not understood."""


@dataclass
class ContextsRead(Message):
    """The surroundings of the quotes on the cards were read."""

    citations: Sequence[Citation]
    contexts: Sequence[Context | None]


@dataclass
class SimilarWanted(Message):
    """The reader wants passages like a quote."""

    citation: Citation


@dataclass
class SimilarFound(Message):
    """Passages like a quote came back, best first."""

    citation: Citation
    found: Sequence[Citation]
