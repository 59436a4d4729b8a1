"""What the what-if room lets the reader change, and the request it makes of the model."""

from __future__ import annotations

import math
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
    Lever("aH", "Antigen", "per cell"),
    Lever("A50", "Half-signal at", "per cell"),
    Lever("tau", "Tonic signal", ""),
    Lever("fM", "Memory share", ""),
    Lever("fS", "Senescent share", ""),
    Lever("a50", "Division limit", ""),
    Lever("kX", "Exhaustion", "1/day"),
    Lever("g", "Tumour growth", "1/day"),
)
"""What designers ask about first; every other parameter can be added in the room."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The way from a value to its place on a slider and back: logarithmic over wide positive ranges."""

    low: float
    high: float
    logarithmic: bool

    @classmethod
    def over(cls, low: float, high: float, value: float) -> Scale:
        """The scale of a range; around `value` where the range is a point."""
        if not high > low:
            low, high = (value / 10.0, value * 10.0) if value > 0 else (0.0, 1.0)
        return cls(low, high, low > 0.0 and high / low >= 20.0)

    def place(self, value: float) -> float:
        """Where a value stands, 0 to 1; what lies outside is held at the edge."""
        if self.logarithmic:
            if value <= 0.0:
                return 0.0
            share = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return min(1.0, max(0.0, share))

    def value(self, share: float) -> float:
        """The value at a place, with three significant digits: a slider claims no more."""
        share = min(1.0, max(0.0, share))
        if share in (0.0, 1.0):
            return self.high if share else self.low
        if self.logarithmic:
            exact = self.low * (self.high / self.low) ** share
        else:
            exact = self.low + share * (self.high - self.low)
        return float(f"{exact:.3g}")

    def holds(self, value: float) -> bool:
        """Whether the value lies inside."""
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Request:
    """One comparison: in words (`text`) or as two designs, with values set on each."""

    text: str = ""
    a: str = "bbz"
    b: str = "28z"
    sets_a: Mapping[str, str] = field(default_factory=dict)
    sets_b: Mapping[str, str] = field(default_factory=dict)
    draws: int = 0
    """Parameter draws; 0 takes the number of the settings."""
    model: str = "none"
    """`PROVIDER:NAME` of the chat model that may propose what the grammar does not read."""
    proposal: str = ""
    """What it proposed, as JSON, when the words were read before."""

    @property
    def line(self) -> str:
        """The comparison as it can be typed again."""
        sets = [
            f"--set {side}:{name}={shlex.quote(value)}"
            for side, own in (("A", self.sets_a), ("B", self.sets_b))
            for name, value in own.items()
        ]
        if not self.text:
            vs = [f"--vs {shlex.quote(self.b)}"] if self.b else []
            return " ".join(["/whatif --design", shlex.quote(self.a), *vs, *sets])
        if not sets:
            return f"/whatif {self.text}"
        return " ".join(["/whatif --text", shlex.quote(self.text), *sets])

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
        sets: dict[str, dict[str, str]] = {"A": {}, "B": {}, "": {}}
        for name, value in zip(words[::2], [*words[1::2], ""], strict=False):
            key, equals, amount = value.partition("=")
            if name == "--set" and equals:
                side, colon, own = key.partition(":")
                sets[side if colon and side in sets else ""][own if colon else key] = amount
            elif name in ("--design", "--vs", "--text") and value:
                options[name] = value
            else:
                raise InputError(
                    f"{name} {value}: not understood.",
                    hint="Use --design bbz --vs 28z --set NAME=VALUE, or words.",
                )
        return cls(
            text=options.get("--text", ""),
            a=options.get("--design", "bbz"),
            b=options.get("--vs", "28z" if "--text" in options else ""),
            sets_a=sets[""] | sets["A"],  # without a side for both, as on the command line
            sets_b=(sets[""] if options.get("--vs") else {}) | sets["B"],
        )
