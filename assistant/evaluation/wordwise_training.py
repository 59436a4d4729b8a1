"""Fits the head that reads a question word by word (`assistant.answering.wordwise`).

    python -m assistant.evaluation.wordwise_training [--write] [--home DIR] [--held FILE] [FILE]

Learned from questions written from the findings (tests/eval/written.yaml): the right finding must score above
others, and a question that nothing answers must score below a learned "nothing", a softmax over both. The
others are findings that the search brings for the question and some at random. The embedder is not touched:
its word states come from the file that questions are embedded with. Another writer's questions, on other
papers, are reported on at the end. Seeded and on one thread: the same numbers each time on the same machine.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assistant.answering import wordwise
from assistant.answering.question import understand
from assistant.answering.wordwise import Head, Wordwise
from assistant.evaluation.fitting import auc

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from assistant.retrieval.retriever import Retriever

WRITTEN: Final = "tests/eval/written.yaml"
HELD: Final = "tests/eval/written-held.yaml"
SEED: Final = 0
EPOCHS: Final = 4
BATCH: Final = 8
WIDTH: Final = 128
_CANDIDATES: Final = 20
"""Hits from which wrong findings are drawn."""
_HARD: Final = 6
_RANDOM: Final = 50
_DROPPED: Final = 0.1
_RATES: Final = (4e-4, 2e-3)
"""Learning rates of the projection, which starts at the main axes of the states, and of the rest."""


@dataclass(frozen=True, slots=True)
class Case:
    """One written question with what may answer it."""

    id: str
    question: str
    right: tuple[int, ...]
    """Numbers of the findings that answer it; empty when none does."""
    near: tuple[int, ...]
    """Numbers of the findings that the search brings, or that it was written to resemble."""


@dataclass(frozen=True, slots=True)
class Words:
    """Texts as padded states without their end marks: (texts, words, D), and which words are there."""

    states: Tensor
    there: Tensor

    def of(self, numbers: Sequence[int]) -> Words:
        """Some of the texts."""
        return Words(self.states[list(numbers)], self.there[list(numbers)])


def read_cases(retriever: Retriever, path: Path) -> tuple[list[Case], list[str]]:
    """The written questions, and the findings' texts by number."""
    import yaml

    rows = [row for row in retriever.rows if row.passage.kind == "finding"]
    number = {row.passage.id: i for i, row in enumerate(rows)}
    cases = []
    for item in yaml.safe_load(path.read_text("utf-8")):
        question = understand(item["question"]).text
        hits = retriever.search(question, k=_CANDIDATES).hits
        near = [number[h.passage.id] for h in hits if h.passage.id in number]
        near += [number[item["near"]]] if item.get("near") in number else []
        right = tuple(number[f] for f in item.get("findings", ()))
        cases.append(Case(item["id"], question, right, tuple(n for n in near if n not in right)))
    return cases, [row.text for row in rows]


def train(cases: Sequence[Case], questions: Words, findings: Words, embedder: str, seed: int = SEED) -> Head:
    """The head fitted on `cases`, whose words are `questions` in the same order."""
    import torch

    torch.manual_seed(seed)
    draw = random.Random(seed)
    net = _Net(findings)
    others = [p for part in (net.importance, net.nothing) for p in part.parameters()] + [net.scale, net.base]
    optimizer = torch.optim.AdamW(
        [{"params": [net.projection], "lr": _RATES[0]}, {"params": others, "lr": _RATES[1]}],
        weight_decay=0.01,
    )
    steps = EPOCHS * math.ceil(len(cases) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / (0.08 * steps)) * max(0.02, 1 - step / steps)
    )
    order = list(range(len(cases)))
    for _ in range(EPOCHS):
        draw.shuffle(order)
        for begin in range(0, len(order), BATCH):
            chosen = order[begin : begin + BATCH]
            pool = _pool([cases[i] for i in chosen], len(findings.states), draw)
            scores, nothing = net.scores(questions.of(chosen), findings.of(pool))
            logs = torch.log_softmax(torch.cat([scores, nothing[:, None]], dim=1), dim=1)
            place = {n: at for at, n in enumerate(pool)}
            targets = [[place[n] for n in cases[i].right] or [len(pool)] for i in chosen]
            shares = [torch.logsumexp(row[t], 0) for row, t in zip(logs, targets, strict=True)]
            optimizer.zero_grad()
            loss = -torch.stack(shares).mean()
            loss.backward()  # type: ignore[no-untyped-call]  # their own
            optimizer.step()
            schedule.step()
    return net.head(embedder)


def _pool(cases: Sequence[Case], findings: int, draw: random.Random) -> list[int]:
    chosen = {n for case in cases for n in case.right} | set(draw.sample(range(findings), _RANDOM))
    for case in cases:
        chosen.update(draw.sample(case.near, min(_HARD, len(case.near))))
    return sorted(chosen)


class _Net:
    """The head in training."""

    def __init__(self, findings: Words) -> None:
        import torch

        every = findings.states[findings.there]
        axes = torch.linalg.svd((every - every.mean(0))[::7], full_matrices=False)[2]
        self.projection = torch.nn.Parameter(axes[:WIDTH].clone())
        wide = every.shape[1]

        def layers(inner: int) -> torch.nn.Sequential:
            return torch.nn.Sequential(
                torch.nn.Linear(wide, inner), torch.nn.Tanh(), torch.nn.Linear(inner, 1)
            )

        self.importance, self.nothing = layers(64), layers(32)
        self.scale = torch.nn.Parameter(torch.tensor(20.0))
        self.base = torch.nn.Parameter(torch.tensor(0.6))
        self._drop = torch.nn.Dropout(_DROPPED)

    def scores(self, questions: Words, findings: Words) -> tuple[Tensor, Tensor]:
        """Scores of each question with each finding, and with nothing; some of the states are dropped."""
        import torch

        asked, there = self._drop(questions.states), questions.there
        shares = torch.softmax(self.importance(asked).squeeze(-1).masked_fill(~there, -1e9), dim=-1)
        left = torch.nn.functional.normalize(asked @ self.projection.T, dim=-1)
        right = torch.nn.functional.normalize(self._drop(findings.states) @ self.projection.T, dim=-1)
        likeness = torch.einsum("qwd,fvd->qwfv", left, right)
        best = likeness.masked_fill(~findings.there[None, None], -1.0).amax(-1)
        scores = self.scale * torch.einsum("qw,qwf->qf", shares, best)
        mean = (asked * there.unsqueeze(-1)).sum(1) / there.sum(1, keepdim=True)
        moved = torch.tanh(self.nothing(mean)).squeeze(-1)
        return scores, self.scale * (self.base + wordwise.SWING * moved)

    def head(self, embedder: str) -> Head:
        """What was learned, without torch."""

        def plain(layers: torch.nn.Sequential) -> tuple[Any, ...]:
            return tuple(p.detach().numpy() for p in layers.parameters())

        return Head(
            embedder,
            self.projection.detach().numpy(),
            plain(self.importance),
            plain(self.nothing),
            float(self.scale.detach()),
            float(self.base.detach()),
        )


def padded(retriever: Retriever, texts: Sequence[str]) -> Words:
    """The states of texts."""
    import torch

    assert retriever.states is not None
    found = [torch.from_numpy(states[1:-1].copy()) for states in retriever.states(texts)]
    states = torch.nn.utils.rnn.pad_sequence(found, batch_first=True)
    lengths = torch.tensor([len(one) for one in found])
    return Words(states, torch.arange(states.shape[1])[None] < lengths[:, None])


def figures(reader: Wordwise, retriever: Retriever, cases: Sequence[Case]) -> str:
    """How the reader alone, without any rule, fares on questions that it never saw."""
    first, margins = 0, []
    answerable = [bool(case.right) for case in cases]
    ids = [row.passage.id for row in retriever.rows if row.passage.kind == "finding"]
    for case in cases:
        hits = [h for h in retriever.search(case.question, k=_CANDIDATES).hits if h.passage.kind == "finding"]
        reading = reader.read(case.question, hits)
        best = max(reading.scores, key=reading.scores.__getitem__)
        first += best in {ids[n] for n in case.right}
        margins.append(reading.scores[best] - reading.nothing)
    return (
        f"{len(cases)} questions held back: a right finding first in {first} of {sum(answerable)} answerable,"
        f" AUC of answerable against not {auc(answerable, margins):.3f}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; returns the exit code."""
    import torch

    from assistant.answering.engine import Engine
    from assistant.settings import load

    parser = argparse.ArgumentParser(
        prog="python -m assistant.evaluation.wordwise_training", description=__doc__
    )
    parser.add_argument("questions", nargs="?", type=Path, default=Path(WRITTEN))
    parser.add_argument("--home", type=Path, help="home folder with the index (default: the user's)")
    parser.add_argument("--held", type=Path, default=Path(HELD), help="questions to report on")
    parser.add_argument("--write", action="store_true", help="store the head in the package")
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(1)
    with Engine.open(load({"home": str(chosen.home)} if chosen.home else {})) as engine:
        retriever = engine.retriever
        cases, texts = read_cases(retriever, chosen.questions)
        sys.stderr.write(f"{len(cases)} questions searched\n")
        words = padded(retriever, [case.question for case in cases])
        head = train(cases, words, padded(retriever, texts), retriever.embedder)
        assert retriever.states is not None
        held, _ = read_cases(retriever, chosen.held)
        sys.stdout.write(figures(Wordwise(head, retriever.states), retriever, held) + "\n")
    if chosen.write:
        path = Path(wordwise.__file__).with_name(wordwise.HEAD_FILE)
        save(head, path)
        sys.stderr.write(f"{path} written\n")
    return 0


def save(head: Head, path: Path) -> None:
    """Write the head as `Head.of` reads it; half precision changes no score by more than a thousandth."""
    import numpy as np

    stored: Mapping[str, Any] = {
        "embedder": np.array(head.embedder),
        "projection": head.projection.astype(np.float16),
        "scale": np.array(head.scale, dtype=np.float32),
        "base": np.array(head.base, dtype=np.float32),
        **{f"importance_{i}": layer.astype(np.float16) for i, layer in enumerate(head.importance)},
        **{f"nothing_{i}": layer.astype(np.float16) for i, layer in enumerate(head.nothing)},
    }
    np.savez_compressed(path, **stored)


if __name__ == "__main__":
    raise SystemExit(main())
