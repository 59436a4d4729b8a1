"""What happens while an answer is written, as values: the chat shows them, the command line waits for `Done`.

The order is always `Grounded`, then any number of `Checked` and `Note`, then one `Done`. A refusal is
`Grounded` and `Done` with the same answer: it never reaches a model. `Done.answer` is the whole truth; what
was shown on the way may be replaced by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from assistant.evidence import Answer, Sentence


@dataclass(frozen=True, slots=True)
class Grounded:
    """The quotes are found: the extractive answer, whose citation numbers the model's sentences use."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence of the model is complete and was held against the quotes that it cites."""

    sentence: Sentence
    """Text without marks, citations, verdict, and the reason when it is not supported."""

    @property
    def shown(self) -> bool:
        """Whether a reader may see it: only what is supported, unless withheld sentences were asked for."""
        return self.sentence.verdict == "supported"


@dataclass(frozen=True, slots=True)
class Note:
    """Something was retried, cut or dropped; also in the final answer's notes."""

    text: str


@dataclass(frozen=True, slots=True)
class Done:
    """The final answer."""

    answer: Answer


Event: TypeAlias = Grounded | Checked | Note | Done
