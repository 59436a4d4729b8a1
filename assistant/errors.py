"""Everything that can go wrong for a user, in one tree, and the exit code each branch maps to.

    SenescopeError
    ├── UsageError            the command line itself is wrong            exit 2
    ├── InputError            a file, parameter, question or key is bad   exit 3
    │   └── ConfigError       a setting is unknown or has a bad value     exit 3
    └── EnvironmentFault      the machine is not in a usable state        exit 5
        ├── IndexDamaged      the catalog cannot be read
        └── ModelUnavailable  a model file or server cannot be reached

"Not enough evidence" is absent on purpose: it is a result (`assistant.evidence.Refusal`),
not an exception, and has an exit code of its own.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the shell sees; the table is printed by `senescope --help`."""

    DONE = 0
    """Everything asked for was done."""
    DEFECT = 1
    """A defect of Senescope: please report it."""
    USAGE = 2
    """The command line is wrong."""
    INPUT = 3
    """A file, a parameter or a configuration key is bad."""
    NO_EVIDENCE = 4
    """The corpus does not hold enough evidence to answer."""
    ENVIRONMENT = 5
    """The machine stands in the way: damaged index, unreachable server, full disk."""
    INTERRUPTED = 130
    """Stopped by Ctrl-C."""


class SenescopeError(Exception):
    """Base of all errors a user can act on.

    Arguments:
        message: what happened and where, with names and values quoted.
        hint: what to do next; printed on a line of its own.
    """

    exit_code: ExitCode = ExitCode.DEFECT

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  {self.hint}" if self.hint else self.message


class UsageError(SenescopeError):
    """Raise when the command line contradicts itself; for a bad value use `InputError`."""

    exit_code = ExitCode.USAGE


class InputError(SenescopeError):
    """Raise for a bad file, parameter or question; for a setting use `ConfigError`."""

    exit_code = ExitCode.INPUT


class ConfigError(InputError):
    """Raise for an unknown setting or a bad value of a known one."""


class EnvironmentFault(SenescopeError):
    """Raise when the disk, a permission or a server stands in the way."""

    exit_code = ExitCode.ENVIRONMENT


class IndexDamaged(EnvironmentFault):
    """Raise when the catalog cannot be read; a broken vector store is rebuilt instead."""


class ModelUnavailable(EnvironmentFault):
    """Raise when a model file or model server cannot be reached."""
