"""What the what-if room lets the reader change, and the request it makes of the model."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

from assistant.errors import InputError


@dataclass(frozen=True, slots=True)
class Lever:
    """One number that can be set; the model's own file says where its default comes from."""

    parameter: str
    label: str
    unit: str


LEVERS: tuple[Lever, ...] = (
    Lever("dose", "Dose", "cells"),
    Lever("H0", "Tumour burden", "cells"),
    Lever("aH", "Antigen density", "per cell"),
    Lever("A50", "Half-signal", "per cell"),
)
"""Dose, burden, antigen and affinity: the four that designers ask about first."""


@dataclass(frozen=True, slots=True)
class Request:
    """One comparison: in words (`text`), or as two designs with values set on each."""

    text: str = ""
    a: str = "bbz"
    b: str = "28z"
    sets_a: Mapping[str, str] = field(default_factory=dict)
    sets_b: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def typed(cls, line: str) -> Request:
        """What follows `/whatif`: words, or the options of `senescope whatif`.

        Raises:
            InputError: an option that the chat does not know.
        """
        text = line.strip()
        if not text.startswith("--"):
            return cls(text=text.strip("\"'“”"))
        try:
            words = shlex.split(text)
        except ValueError as error:
            raise InputError(
                f"{text!r} cannot be read: {error}.", hint="Close the quotation mark."
            ) from error
        options: dict[str, str] = {}
        sets: dict[str, str] = {}
        for name, value in zip(words[::2], [*words[1::2], ""], strict=False):
            key, equals, amount = value.partition("=")
            if name == "--set" and equals:
                sets[key] = amount
            elif name in ("--design", "--vs") and value:
                options[name] = value
            else:
                raise InputError(
                    f"{name} {value}: not understood.",
                    hint="Use --design bbz --vs 28z --set NAME=VALUE, or words.",
                )
        return cls(a=options.get("--design", "bbz"), b=options.get("--vs", ""), sets_a=sets, sets_b=sets)
