"""The head of `assistant.answering.wordwise` in training: the same sums in torch, with gradients.

It reads pairs of a question and a finding, both as states of the embedder, and gives each pair a score and
each question a score of "nothing answers this".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import torch
from torch.nn import (
    Embedding,
    Linear,
    Parameter,
    Sequential,
    Tanh,
    TransformerEncoder,
    TransformerEncoderLayer,
)
from torch.nn.functional import dropout, normalize, pad

from assistant.answering import crossing, wordwise
from assistant.answering.crossing import Crossing
from assistant.answering.wordwise import Head

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from assistant.retrieval.retriever import Retriever

WIDTH: Final = 128
_DROPPED: Final = 0.1
"""Share of the numbers of every state that is left out in training."""
_DROPPED_INSIDE: Final = 0.15
_FAR: Final = -1e9


@dataclass(frozen=True, slots=True)
class Words:
    """Texts as padded states without their end marks: (texts, words, D), and which words are there."""

    states: Tensor
    there: Tensor

    def of(self, numbers: Sequence[int]) -> Words:
        """Some of the texts, without the padding that they do not need."""
        there = self.there[list(numbers)]
        longest = int(there.sum(dim=1).max())
        return Words(self.states[list(numbers)][:, :longest], there[:, :longest])


def padded(retriever: Retriever, texts: Sequence[str]) -> Words:
    """The states of texts in one notation and spelling."""
    assert retriever.states is not None
    spelled = [retriever.lexicon.spelled(text) for text in texts]
    found = [torch.from_numpy(states[1:-1].copy()) for states in retriever.states(spelled)]
    states = torch.nn.utils.rnn.pad_sequence(found, batch_first=True)
    lengths = torch.tensor([len(one) for one in found])
    return Words(states, torch.arange(states.shape[1])[None] < lengths[:, None])


class Network(torch.nn.Module):
    """The head with gradients, started at the main axes of the findings' states."""

    def __init__(self, findings: Words) -> None:
        super().__init__()
        every = findings.states[findings.there]
        axes = torch.linalg.svd((every - every.mean(0))[::7], full_matrices=False)[2]
        self.projection = Parameter(axes[:WIDTH].clone())
        wide, own = every.shape[1], crossing.WIDTH
        self.importance = Sequential(Linear(wide, 64), Tanh(), Linear(64, 1))
        self.nothing = Sequential(Linear(wide, 32), Tanh(), Linear(32, 1))
        self.scale = Parameter(torch.tensor(20.0))
        self.base = Parameter(torch.tensor(0.6))
        self.enter, self.met = Linear(wide, own), Linear(2, own)
        self.side = Embedding(2, own)
        self.start = Parameter(torch.randn(own) * 0.02)
        layer = TransformerEncoderLayer(
            own, crossing.HEADS, crossing.INNER, _DROPPED_INSIDE, batch_first=True, norm_first=True
        )
        self.attention = TransformerEncoder(layer, crossing.LAYERS, enable_nested_tensor=False)
        self.leave = Linear(own, 1)
        torch.nn.init.zeros_(self.leave.weight)
        torch.nn.init.zeros_(self.leave.bias)

    def groups(self) -> tuple[list[Parameter], list[Parameter], list[Parameter]]:
        """Parameters of the projection, of the other matching parts, and of the crossing."""
        matching = [p for part in (self.importance, self.nothing) for p in part.parameters()]
        parts = (self.enter, self.met, self.side, self.attention, self.leave)
        crossed = [self.start, *(p for part in parts for p in part.parameters())]
        return [self.projection], [*matching, self.scale, self.base], crossed

    def score_nothing(self, questions: Words) -> Tensor:
        """(questions,)."""
        asked, there = self._dropped(questions.states), questions.there
        mean = (asked * there.unsqueeze(-1)).sum(1) / there.sum(1, keepdim=True)
        moved = torch.tanh(self.nothing(mean)).squeeze(-1)
        return self.scale * (self.base + wordwise.SWING * moved)

    def score(self, questions: Words, findings: Words) -> Tensor:
        """Scores of pairs, (pairs,): the question of each with the finding of each."""
        asked, told = self._dropped(questions.states), self._dropped(findings.states)
        shares = torch.softmax(self.importance(asked).squeeze(-1).masked_fill(~questions.there, _FAR), dim=-1)
        left = normalize(asked @ self.projection.T, dim=-1)
        right = normalize(told @ self.projection.T, dim=-1)
        likeness = torch.einsum("nwd,nvd->nwv", left, right)
        met = likeness.masked_fill(~findings.there[:, None], -1.0).amax(-1)
        given = likeness.masked_fill(~questions.there[:, :, None], -1.0).amax(1)
        matched = self.scale * (shares * met).sum(-1)
        counts = questions.there.sum(1, keepdim=True)
        first = self.enter(asked) + self.side.weight[0] + self.met(torch.stack([met, shares * counts], -1))
        second = self.enter(told) + self.side.weight[1]
        second = second + self.met(torch.stack([given, torch.zeros_like(given)], -1))
        words = torch.cat([self.start.expand(len(first), 1, -1), first, second], dim=1)
        there = pad(torch.cat([questions.there, findings.there], dim=1), (1, 0), value=True)
        looked = self.attention(words, src_key_padding_mask=~there)
        added: Tensor = self.leave(looked[:, 0]).squeeze(-1)
        return matched + added

    def _dropped(self, states: Tensor) -> Tensor:
        return dropout(states, _DROPPED, self.training)

    def head(self, embedder: str) -> Head:
        """What was learned, without torch."""

        def plain(layers: Sequential) -> tuple[Any, ...]:
            return tuple(p.detach().numpy() for p in layers.parameters())

        numbers = {"start": self.start, "side": self.side.weight}
        for name, part in (("enter", self.enter), ("met", self.met), ("leave", self.leave)):
            numbers |= {f"{name}.{key}": value for key, value in part.named_parameters()}
        numbers |= dict(self.attention.named_parameters())
        return Head(
            embedder,
            self.projection.detach().numpy(),
            plain(self.importance),
            plain(self.nothing),
            float(self.scale.detach()),
            float(self.base.detach()),
            Crossing({name: value.detach().numpy() for name, value in numbers.items()}),
        )
