"""What can go wrong between us and a literature service, split by what a user can do about it.

SourceError
├── Offline        the network is switched off here
├── Unreachable    no answer in time, after all attempts
├── Refused        the service said no: a bad query, a key, too many requests
├── BadReply       it answered with something that cannot be read
│   └── TooLarge   more than we are willing to take
└── NotFound       it answered that there is no such thing
"""

from __future__ import annotations


class SourceError(Exception):
    """Base: `message` says what happened and where, `hint` what to do next."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()


class Offline(SourceError):
    """Raise before any connection is tried, when the network is switched off."""


class Unreachable(SourceError):
    """Raise when there was no complete answer in the time and attempts allowed."""


class Refused(SourceError):
    """Raise when the service declines, so that asking again in the same way is of no use now."""


class BadReply(SourceError):
    """Raise when an answer arrived that cannot be read as what was asked for."""


class TooLarge(BadReply):
    """Raise when an answer is larger than the limit; it is not read to its end."""


class NotFound(SourceError):
    """Raise when the service answers that it does not hold what was asked for."""
