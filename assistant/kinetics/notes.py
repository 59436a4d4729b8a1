"""What is collected while a text is read: pieces used, complaints, guesses, and changes by side."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.kinetics.readings import Reading
from assistant.kinetics.wording import WordChange


@dataclass
class Notes:
    """What is collected on the way."""

    used: set[int] = field(default_factory=set)
    problems: list[tuple[int, str]] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)
    asks: list[str] = field(default_factory=list)
    days: float | None = None
    stops: str = ""
    """Why nothing may run, when two parts contradict each other."""
    denied: list[tuple[str, str]] = field(default_factory=list)
    """Side and lever of each "without": what is said to be absent cannot be added as well."""
    sides: list[tuple[str, list[WordChange]]] = field(default_factory=list)
    """Per clause: its side (with "condition") and its changes."""

    def take(self, reading: Reading, at: int) -> None:
        """Keep what a reading used and said."""
        self.used |= {i.start for i in reading.used}
        self.assumed += [a for a in reading.assumed if a not in self.assumed]
        if reading.asks:
            self.asks.append(reading.asks)
        if reading.problem:
            self.problems.append((at, reading.problem))
