"""How far each word of a question is met by the words of a finding.

One vector a text forgets which word was not met: "does c-Jun lower p16?" looks like "c-Jun ends exhaustion".
Late interaction (Khattab and Zaharia 2020, doi:10.1145/3397271.3401075) keeps one vector a word piece, here
those of the embedder itself under a small learned projection. Each word of the question takes its best match
in the finding, weighted by a learned importance; a learned score of "nothing answers this" stands beside the
findings. The head (170 kB, wordwise.npz) comes from `assistant.evaluation.wordwise_training`; the embedder
stays as it is.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from assistant.evidence import Hit
    from assistant.retrieval.ranking import States

    Floats = NDArray[np.float32]

HEAD_FILE: Final = "wordwise.npz"
_KEPT: Final = 2048
"""Findings whose projected words are kept, about 15 kB each."""
SWING: Final = 0.2
"""How far the score of nothing moves with the question, either way."""
_HEAVY: Final = 0.5
"""A word counts for the least-met one from this share of an even weight on."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One question held against findings, word by word."""

    nothing: float
    """Score above which a finding is sooner an answer than not."""
    scores: Mapping[str, float]
    """By passage: weighted mean of the best matches, times the learned scale."""
    least: Mapping[str, float]
    """By passage: best match of the weighty word that is met least, -1..1."""


@dataclass(frozen=True, slots=True)
class Head:
    """The learned numbers, for states of width D."""

    embedder: str
    """Identity of the embedder that they were learned on."""
    projection: Floats
    """(128, D)."""
    importance: tuple[Floats, ...]
    """Weights and bias of the two layers that weigh a word: (64, D), (64,), (1, 64), (1,)."""
    nothing: tuple[Floats, ...]
    """The same of the layers that read the question as a whole: (32, D), (32,), (1, 32), (1,)."""
    scale: float
    base: float
    """Score of nothing before it is moved and scaled."""

    @classmethod
    def of(cls, stored: Mapping[str, NDArray[np.float32]]) -> Self:
        """The head of a file's content."""
        layers = {
            part: tuple(stored[f"{part}_{i}"].astype("float32") for i in range(4))
            for part in ("importance", "nothing")
        }
        return cls(
            str(stored["embedder"]),
            stored["projection"].astype("float32"),
            layers["importance"],
            layers["nothing"],
            float(stored["scale"]),
            float(stored["base"]),
        )

    def project(self, states: Floats) -> Floats:
        """Unit vectors of the words, (words, 128), from the states of a text with its two end marks."""
        import numpy as np

        words = states[1:-1] @ self.projection.T
        projected: Floats = words / np.maximum(np.linalg.norm(words, axis=1, keepdims=True), 1e-6)
        return projected

    def weigh(self, states: Floats) -> Floats:
        """The share that each word of a question has in its score, (words,)."""
        import numpy as np

        raw = _layers(self.importance, states[1:-1])
        grown = np.exp(raw - raw.max())
        shares: Floats = grown / grown.sum()
        return shares

    def score_nothing(self, states: Floats) -> float:
        """See `Reading.nothing`."""
        import numpy as np

        raw = float(_layers(self.nothing, states[1:-1].mean(axis=0, keepdims=True))[0])
        return self.scale * (self.base + SWING * float(np.tanh(raw)))


class Wordwise:
    """Reads questions against findings; keeps the words of findings once read."""

    def __init__(self, head: Head, states: States) -> None:
        """Read with `head`; `states` gives the embedder's state of every word piece of texts."""
        self._head = head
        self._states = states
        self._words: OrderedDict[str, Floats] = OrderedDict()

    @classmethod
    def shipped(cls, embedder: str, states: States) -> Self | None:
        """The reader with the head that ships; None for an embedder that it was not learned on."""
        head = shipped_head()
        return cls(head, states) if head.embedder == embedder else None

    def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        """Hold `question` against findings; a text without words is met by nothing."""
        import numpy as np

        (states,) = self._states([question])
        if len(states) < 3:
            return Reading(0.0, {}, {})
        words, shares = self._head.project(states), self._head.weigh(states)
        heavy = shares > _HEAVY / len(shares)
        scores, least = {}, {}
        for hit, found in zip(hits, self._projected([hit.text for hit in hits]), strict=True):
            best = (words @ found.T).max(axis=1) if len(found) else np.full(len(words), -1.0)
            scores[hit.passage.id] = self._head.scale * float(shares @ best)
            least[hit.passage.id] = float(best[heavy].min())
        return Reading(self._head.score_nothing(states), scores, least)

    def _projected(self, texts: Sequence[str]) -> list[Floats]:
        new = [text for text in dict.fromkeys(texts) if text not in self._words]
        for text, states in zip(new, self._states(new) if new else (), strict=True):
            self._words[text] = self._head.project(states)
        found = [self._words[text] for text in texts]
        for text in texts:
            self._words.move_to_end(text)
        while len(self._words) > _KEPT:
            self._words.popitem(last=False)
        return found


@cache
def shipped_head() -> Head:
    """The head that ships."""
    import numpy as np

    with (files(__package__) / HEAD_FILE).open("rb") as file, np.load(file, allow_pickle=False) as stored:
        return Head.of(stored)


def _layers(layers: Sequence[Floats], rows: Floats) -> Floats:
    """Two layers with a tanh between, (rows, D) to (rows,)."""
    import numpy as np

    inner, inner_bias, outer, outer_bias = layers
    return np.asarray((np.tanh(rows @ inner.T + inner_bias) @ outer.T + outer_bias)[:, 0], dtype=np.float32)
