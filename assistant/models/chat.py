"""What the rest of Senescope knows of a chat model: messages go in, pieces of text come out.

A model has no other power here. It is given no tools and no keys, so that whatever a document talks it into
can only become text, which is checked before anybody sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from assistant.errors import EnvironmentFault, ModelUnavailable

Cancelled = Callable[[], bool]
"""Asked between two pieces of text whether the reader has lost interest."""


def never() -> bool:
    """Nobody cancels."""
    return False


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation with a model."""

    role: Literal["system", "user"]
    text: str


class ChatModel(Protocol):
    """Anything that can continue a conversation."""

    @property
    def name(self) -> str:
        """`PROVIDER:NAME`, as it stands in answers."""

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """Yield the reply piece by piece.

        Raises:
            ModelUnavailable: before the first piece, when the model cannot be reached.
            BrokenOff: afterwards, when the reply does not end by itself.
        """
        ...


class BrokenOff(EnvironmentFault):
    """Raise when a reply stops before its end: the connection, the time limit or the reader ended it."""


class OutOfTime(BrokenOff):
    """Raise when a model takes longer than the time limit."""


class Stopped(BrokenOff):
    """Raise when the reader cancelled."""


class Busy(ModelUnavailable):
    """Raise for a failure that may pass by itself (refused connection, overload): worth another try."""
