"""How far each word of a question is met by the words of a finding.

One vector a text forgets which word was not met: "does c-Jun lower p16?" looks like "c-Jun ends exhaustion".
Late interaction (Khattab and Zaharia 2020, doi:10.1145/3397271.3401075) keeps one vector a word piece, here
those of the embedder itself under a small learned projection. Each word of the question takes its best match
in the finding, weighted by a learned importance; what the words say together corrects that (`crossing`); a
learned score of "nothing answers this" stands beside the findings. Both sides are read in one notation and
spelling. The head (wordwise.npz, 0.6 MB) comes from `assistant.evaluation.wordwise_training`; the embedder
stays as it is.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Self

from assistant.answering.crossing import Crossing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from assistant.evidence import Hit
    from assistant.retrieval.ranking import States
    from assistant.retrieval.retriever import Retriever

    Floats = NDArray[np.float32]

HEAD_FILE: Final = "wordwise.npz"
_KEPT: Final = 1024
"""Findings whose words are kept, about 75 kB each."""
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
    """By passage: weighted mean of the best matches, times the learned scale, and what the crossing adds."""
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
    crossing: Crossing | None
    """What the words say together; None reads the best matches alone."""

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
            Crossing.of(stored),
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


@dataclass(frozen=True, slots=True)
class _Words:
    """A text as the reader keeps it."""

    states: Floats
    """(words, D), without the two end marks."""
    projected: Floats
    """(words, 128), unit length."""


class Wordwise:
    """Reads questions against findings; keeps the words of findings once read."""

    def __init__(self, head: Head, states: States, spelled: Callable[[str], str]) -> None:
        """Read with `head`.

        Arguments:
            head: the learned numbers.
            states: the embedder's state of every word piece of texts.
            spelled: a text in one notation and spelling, see `Lexicon.spelled`.
        """
        self._head = head
        self._states = states
        self._spelled = spelled
        self._words: OrderedDict[str, _Words] = OrderedDict()

    @classmethod
    def of(cls, retriever: Retriever) -> Self | None:
        """The reader with the head that ships; None for an embedder that it was not learned on."""
        head = shipped_head()
        if retriever.states is None or head.embedder != retriever.embedder:
            return None
        return cls(head, retriever.states, retriever.lexicon.spelled)

    def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        """Hold `question` against findings; a text without words is met by nothing."""
        import numpy as np

        head = self._head
        (states,) = self._states([self._spelled(question)])
        if len(states) < 3:
            return Reading(0.0, {}, {})
        asked, shares = head.project(states), head.weigh(states)
        heavy = shares > _HEAVY / len(shares)
        found = self._read([hit.text for hit in hits])
        likeness = [asked @ words.projected.T for words in found]
        met = [
            each.max(axis=1) if each.size else np.full(len(asked), -1.0, dtype=np.float32)
            for each in likeness
        ]
        scores = np.array([head.scale * float(shares @ best) for best in met])
        full = [i for i, words in enumerate(found) if len(words.states)]
        if head.crossing is not None and full:
            scores[full] += head.crossing.score(
                states[1:-1],
                [found[i].states for i in full],
                [met[i] for i in full],
                shares * len(shares),
                [likeness[i].max(axis=0) for i in full],
            )
        ids = [hit.passage.id for hit in hits]
        least = (float(best[heavy].min()) for best in met)
        return Reading(
            head.score_nothing(states),
            dict(zip(ids, map(float, scores), strict=True)),
            dict(zip(ids, least, strict=True)),
        )

    def _read(self, texts: Sequence[str]) -> list[_Words]:
        new = [text for text in dict.fromkeys(texts) if text not in self._words]
        spelled = [self._spelled(text) for text in new]
        for text, states in zip(new, self._states(spelled) if new else (), strict=True):
            self._words[text] = _Words(states[1:-1], self._head.project(states))
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
