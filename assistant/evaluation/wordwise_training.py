"""Fits the head that reads a question word by word (`assistant.answering.wordwise`).

    python -m assistant.evaluation.wordwise_training [--write] [--home DIR] [--held FILE ...] [FILE ...]

Learned from questions written from the findings (tests/eval/written.yaml and written-short.yaml): the right
findings must score above others, and a question that nothing answers must score below a learned "nothing", a
softmax over both. The others are findings that the search brings for the question and some at random. The
embedder is not touched: its word states come from the file that questions are embedded with. Other writers'
questions, on other papers, are reported on at the end. Seeded and on one thread: the same numbers each time
on the same machine, in some 20 minutes.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assistant.answering import wordwise
from assistant.answering.question import understand
from assistant.answering.wordwise import Head, Wordwise
from assistant.evaluation.fitting import auc

if TYPE_CHECKING:
    from torch import Tensor

    from assistant.evaluation.wordwise_network import Network, Words
    from assistant.retrieval.retriever import Retriever

WRITTEN: Final = ("tests/eval/written.yaml", "tests/eval/written-short.yaml")
HELD: Final = ("tests/eval/written-held.yaml", "tests/eval/written-short-held.yaml")
SEED: Final = 0
EPOCHS: Final = 3
BATCH: Final = 8
_CANDIDATES: Final = 20
"""Hits from which wrong findings are drawn."""
_HARD: Final = 8
_RANDOM: Final = 4
_RATES: Final = (4e-4, 2e-3, 1e-3)
"""Learning rates of the projection, which starts at the main axes of the states, of the rest of the matching,
and of the crossing."""
_TOGETHER: Final = 16
"""Pairs of a question and a finding that are scored at once."""
_STEEPEST: Final = 5.0
_REPORTED: Final = 100


@dataclass(frozen=True, slots=True)
class Case:
    """One written question with what may answer it."""

    id: str
    question: str
    right: tuple[int, ...]
    """Numbers of the findings that answer it; empty when none does."""
    near: tuple[int, ...]
    """Numbers of the findings that the search brings, or that it was written to resemble."""
    apart: tuple[int, ...] = ()
    """Numbers of those that its writer names as tempting and wrong."""


def read_cases(retriever: Retriever, path: Path) -> list[Case]:
    """The written questions of a file; findings are numbered in the order of the index."""
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
        apart = tuple(number[f] for f in item.get("not", ()))
        cases.append(Case(item["id"], question, right, tuple(n for n in near if n not in right), apart))
    return cases


def train(cases: Sequence[Case], questions: Words, findings: Words, embedder: str, seed: int = SEED) -> Head:
    """The head fitted on `cases`, whose words are `questions` in the same order."""
    import torch

    from assistant.evaluation.wordwise_network import Network

    torch.manual_seed(seed)
    draw = random.Random(seed)
    net = Network(findings)
    rates = zip(net.groups(), _RATES, strict=True)
    optimizer = torch.optim.AdamW([{"params": group, "lr": rate} for group, rate in rates], weight_decay=0.01)
    steps = EPOCHS * math.ceil(len(cases) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / (0.08 * steps)) * max(0.02, 1 - step / steps)
    )
    order, done = list(range(len(cases))), 0
    for _ in range(EPOCHS):
        draw.shuffle(order)
        for begin in range(0, len(order), BATCH):
            chosen = order[begin : begin + BATCH]
            loss = _loss(net, [cases[i] for i in chosen], questions.of(chosen), findings, draw)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # their own
            torch.nn.utils.clip_grad_norm_(net.parameters(), _STEEPEST)
            optimizer.step()
            schedule.step()
            done += 1
            if done % _REPORTED == 0:
                sys.stderr.write(f"step {done} of {steps}, loss {float(loss.detach()):.2f}\n")
    return net.eval().head(embedder)


def _loss(net: Network, cases: Sequence[Case], asked: Words, findings: Words, draw: random.Random) -> Tensor:
    """How little of the choice between its findings and nothing each question gives to what is right."""
    import torch

    pools = [_pool(case, len(findings.states), draw) for case in cases]
    pairs = [(at, number) for at, pool in enumerate(pools) for number in pool]
    owners, told = [at for at, _ in pairs], [number for _, number in pairs]
    lengths = asked.there.sum(dim=1)[owners] + findings.there.sum(dim=1)[told]
    by_length = torch.argsort(lengths, stable=True)
    parts = [  # of like length, which leaves little padding to be computed
        net.score(asked.of([owners[i] for i in part]), findings.of([told[i] for i in part]))
        for part in torch.split(by_length, _TOGETHER)
    ]
    scores = torch.cat(parts)[torch.argsort(by_length)]
    nothing = net.score_nothing(asked)
    lost, begin = [], 0
    for at, (case, pool) in enumerate(zip(cases, pools, strict=True)):
        own = torch.cat([scores[begin : begin + len(pool)], nothing[at : at + 1]])
        begin += len(pool)
        right = [i for i, number in enumerate(pool) if number in case.right] or [len(pool)]
        lost.append(-torch.logsumexp(torch.log_softmax(own, dim=0)[right], dim=0))
    return torch.stack(lost).mean()


def _pool(case: Case, findings: int, draw: random.Random) -> list[int]:
    """The findings of a case that are right and that tempt, some that resemble them, and some at random."""
    near = draw.sample(case.near, min(_HARD - len(case.apart) // 2, len(case.near)))
    return list(
        dict.fromkeys(
            [*case.right, *case.apart, *near, *draw.sample(range(findings), min(_RANDOM, findings))]
        )
    )


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
    from assistant.evaluation.wordwise_network import padded
    from assistant.settings import load

    parser = argparse.ArgumentParser(
        prog="python -m assistant.evaluation.wordwise_training", description=__doc__
    )
    parser.add_argument("questions", nargs="*", type=Path, default=[Path(f) for f in WRITTEN])
    parser.add_argument("--home", type=Path, help="home folder with the index (default: the user's)")
    parser.add_argument(
        "--held", nargs="*", type=Path, default=[Path(f) for f in HELD], help="questions to report on"
    )
    parser.add_argument("--write", action="store_true", help="store the head in the package")
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(1)
    with Engine.open(load({"home": str(chosen.home)} if chosen.home else {})) as engine:
        retriever = engine.retriever
        assert retriever.states is not None
        cases = [case for path in chosen.questions for case in read_cases(retriever, path)]
        sys.stderr.write(f"{len(cases)} questions searched\n")
        texts = [row.text for row in retriever.rows if row.passage.kind == "finding"]
        words = padded(retriever, [case.question for case in cases])
        head = train(cases, words, padded(retriever, texts), retriever.embedder)
        reader = Wordwise(head, retriever.states, retriever.lexicon.spelled)
        for path in chosen.held:
            sys.stdout.write(f"{path.stem}: {figures(reader, retriever, read_cases(retriever, path))}\n")
    if chosen.write:
        path = Path(wordwise.__file__).with_name(wordwise.HEAD_FILE)
        save(head, path)
        sys.stderr.write(f"{path} written\n")
    return 0


def save(head: Head, path: Path) -> None:
    """Write the head as `Head.of` reads it; half precision changes no score by more than a thousandth."""
    import numpy as np

    stored: dict[str, Any] = {
        "embedder": np.array(head.embedder),
        "projection": head.projection.astype(np.float16),
        "scale": np.array(head.scale, dtype=np.float32),
        "base": np.array(head.base, dtype=np.float32),
        **{f"importance_{i}": layer.astype(np.float16) for i, layer in enumerate(head.importance)},
        **{f"nothing_{i}": layer.astype(np.float16) for i, layer in enumerate(head.nothing)},
    }
    if head.crossing is not None:
        stored |= {f"crossing.{name}": n.astype(np.float16) for name, n in head.crossing.numbers.items()}
    np.savez_compressed(path, **stored)


if __name__ == "__main__":
    raise SystemExit(main())
