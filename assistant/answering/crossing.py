"""The words of a question and of a finding looked at together: who acts on whom, and which way.

Best matches word by word cannot tell "does rest reverse exhaustion?" from "exhaustion came back after rest".
Two small layers of attention (Vaswani et al. 2017, arXiv:1706.03762; normalised before each part) over the
words of both, from the embedder's own states, correct the score of `wordwise`. Learned with it, and run in
numpy: a question with its findings takes a few hundredths of a second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

HEADS: Final = 4
LAYERS: Final = 2
WIDTH: Final = 96
INNER: Final = 2 * WIDTH
_TINY: Final = 1e-5
"""Added to a variance before its root is taken, as torch does."""
_TOGETHER: Final = 8
"""Findings that are looked at in one go."""
_ABSENT: Final = -1e9


@dataclass(frozen=True, slots=True)
class Crossing:
    """Learned numbers by name, as `assistant.evaluation.wordwise_network` calls them.

    For states of width D and own width W: "enter.weight" (W, D), "enter.bias" (W,), "side" (2, W),
    "met.weight" (W, 2), "met.bias" (W,), "start" (W,), "leave.weight" (1, W), "leave.bias" (1,), and for each
    layer those of torch's TransformerEncoderLayer.
    """

    numbers: Mapping[str, Floats]

    @classmethod
    def of(cls, stored: Mapping[str, NDArray[np.float32]]) -> Self:
        """The numbers of a file, where their names begin with "crossing."."""
        prefix = "crossing."
        return cls({k[len(prefix) :]: v.astype("float32") for k, v in stored.items() if k.startswith(prefix)})

    def score(
        self,
        question: Floats,
        findings: Sequence[Floats],
        met: Sequence[Floats],
        shares: Floats,
        given: Sequence[Floats],
    ) -> Floats:
        """What to add to the score of each finding, (findings,).

        Arguments:
            question: states of its words, (words, D).
            findings: states of theirs, (words, D) each.
            met: for each finding the best match of each word of the question, (question words,) each.
            shares: the weight of each word of the question, (words,), times their number.
            given: for each finding the best match of each of its own words, (words,) each.
        """
        import numpy as np

        if not findings:
            return np.zeros(0, dtype=np.float32)
        get = self.numbers
        asked = question @ get["enter.weight"].T + get["enter.bias"] + get["side"][0]
        added = np.zeros(len(findings), dtype=np.float32)
        # Findings of like length together: what pads the shorter ones is computed for nothing.
        order = sorted(range(len(findings)), key=lambda i: len(findings[i]))
        for begin in range(0, len(order), _TOGETHER):
            part = order[begin : begin + _TOGETHER]
            longest = 1 + len(asked) + len(findings[part[-1]])
            words = np.zeros((len(part), longest, WIDTH), dtype=np.float32)
            there = np.zeros((len(part), longest), dtype=bool)
            for row, i in enumerate(part):
                end = 1 + len(asked) + len(findings[i])
                words[row, 0] = get["start"]
                words[row, 1 : 1 + len(asked)] = asked + self._met(met[i], shares)
                told = findings[i] @ get["enter.weight"].T + get["enter.bias"] + get["side"][1]
                words[row, 1 + len(asked) : end] = told + self._met(given[i], np.zeros_like(given[i]))
                there[row, :end] = True
            for layer in range(LAYERS):
                words = self._attended(words, there, f"layers.{layer}.")
            added[part] = (words[:, 0] @ get["leave.weight"].T + get["leave.bias"])[:, 0]
        return added

    def _met(self, best: Floats, shares: Floats) -> Floats:
        import numpy as np

        both: Floats = np.stack([best, shares], axis=1) @ self.numbers["met.weight"].T
        return both + self.numbers["met.bias"]

    def _attended(self, words: Floats, there: NDArray[np.bool_], name: str) -> Floats:
        """One layer: every word looks at all words of both sides, then each by itself."""
        import numpy as np

        get = {key[len(name) :]: value for key, value in self.numbers.items() if key.startswith(name)}
        texts, length, width = words.shape
        seen = _normal(words, get["norm1.weight"], get["norm1.bias"])
        mixed = seen @ get["self_attn.in_proj_weight"].T + get["self_attn.in_proj_bias"]
        split = mixed.reshape(texts, length, 3, HEADS, width // HEADS).transpose(2, 0, 3, 1, 4)
        ask, key, value = split[0], split[1], split[2]
        likeness = ask @ key.swapaxes(-1, -2) / np.sqrt(np.float32(width // HEADS))
        likeness = np.where(there[:, None, None, :], likeness, np.float32(_ABSENT))
        likeness = np.exp(likeness - likeness.max(axis=-1, keepdims=True))
        looked = (likeness / likeness.sum(axis=-1, keepdims=True)) @ value
        joined = looked.transpose(0, 2, 1, 3).reshape(texts, length, width)
        words = words + joined @ get["self_attn.out_proj.weight"].T + get["self_attn.out_proj.bias"]
        seen = _normal(words, get["norm2.weight"], get["norm2.bias"])
        inner = np.maximum(seen @ get["linear1.weight"].T + get["linear1.bias"], 0)
        turned: Floats = words + inner @ get["linear2.weight"].T + get["linear2.bias"]
        return turned


def _normal(words: Floats, weight: Floats, bias: Floats) -> Floats:
    mean = words.mean(axis=-1, keepdims=True)
    spread = words.var(axis=-1, keepdims=True)
    normal: Floats = (words - mean) / (spread + _TINY) ** 0.5 * weight + bias
    return normal
