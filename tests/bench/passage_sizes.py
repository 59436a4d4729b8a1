"""How long a passage should be: cuts of the same papers under the shipped ranking, in one run.

    python -m tests.bench.passage_sizes [PAPERS [ABSTRACTS]]

Full text is COVID-QA: a question's marked answer must stand whole in a passage. Cuts differ in length and
overlap, so a reader's effort is held equal: `answer within` is the share of questions whose answer stands
in the best passages up to 3,000 characters in all; nDCG@10 counts the first passage that holds it.
Abstracts are SciFact's training part, with distractors, ranked by their best passage. What a cut costs is
the tokens that are embedded; `unread` is the share of passages longer than the 256 that the embedder reads.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from assistant.retrieval.dense import ExactDense
from assistant.retrieval.fusion import best_first
from assistant.retrieval.lexicon import Lexicon
from assistant.retrieval.ranking import Ranker
from assistant.retrieval.text_index import TextIndex, Words
from assistant.settings import load
from ingest.chunking import sentences
from ingest.documents import Span
from ingest.drafting import runs
from ingest.embedding import EmbedderFiles
from ingest.pipeline import ensure, query_embedder

BENCHMARKS = Path(__file__).resolve().parents[3] / "shared" / "testdata" / "benchmarks"
WITHIN = 3000
"""Characters that a reader looks through."""

Cut = Callable[[Sequence[Span]], Iterator[Sequence[Span]]]
"""From the sentences of a section to passages."""


def by_length(spans: Sequence[Span], target: int, overlap: int, tail: int = 0) -> Iterator[Sequence[Span]]:
    for run in runs([(span, None) for span in spans], target, overlap, tail):
        yield [span for span, _ in run]


def by_count(spans: Sequence[Span], size: int, step: int) -> Iterator[Sequence[Span]]:
    for begin in range(0, max(len(spans) - size + step, 1), step):
        yield spans[begin : begin + size]


CUTS: dict[str, Cut] = {
    "1000, overlap 200": partial(by_length, target=1000, overlap=200),
    "1000, no overlap": partial(by_length, target=1000, overlap=0),
    "800, overlap 200": partial(by_length, target=800, overlap=200),
    "800, overlap 100": partial(by_length, target=800, overlap=100),
    "800, overlap 100, tail 200": partial(by_length, target=800, overlap=100, tail=200),
    "800, no overlap": partial(by_length, target=800, overlap=0),
    "600, overlap 150": partial(by_length, target=600, overlap=150),
    "3 sentences, overlap 1": partial(by_count, size=3, step=2),
}


@dataclass(frozen=True)
class Question:
    text: str
    papers: frozenset[str]
    """Papers that answer it."""
    answers: tuple[Span, ...] = ()
    """Where in the paper, for full text."""


@dataclass(frozen=True)
class Piece:
    paper: str
    title: str
    text: str
    span: Span
    sentences: tuple[str, ...]


def full_texts(most: int) -> tuple[dict[str, tuple[str, str]], list[Question]]:
    """Every second paper of COVID-QA, at most `most`; the others are left for whoever tunes on these."""
    folder = BENCHMARKS / "covidqa"
    records = [json.loads(line) for line in (folder / "corpus.jsonl").open(encoding="utf-8")]
    papers = {record["_id"]: (record["title"], record["text"]) for record in records[::2][:most]}
    asked = []
    for line in (folder / "queries.jsonl").open(encoding="utf-8"):
        query = json.loads(line)
        spans = tuple(Span(a["start"], a["end"]) for a in query["metadata"]["answers"])
        if query["metadata"]["doc"] in papers:
            asked.append(Question(query["text"], frozenset([query["metadata"]["doc"]]), spans))
    return papers, asked


def abstracts(most: int) -> tuple[dict[str, tuple[str, str]], list[Question]]:
    """The abstracts that the training claims of SciFact cite, and others up to `most`."""
    folder = BENCHMARKS / "scifact"
    cited: dict[str, set[str]] = {}
    for line in (folder / "qrels.train.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query, document, score = line.split("\t")
        if int(score) > 0:
            cited.setdefault(query, set()).add(document)
    wanted = set().union(*cited.values())
    papers: dict[str, tuple[str, str]] = {}
    others = max(0, most - len(wanted))
    for line in (folder / "corpus.jsonl").open(encoding="utf-8"):
        record = json.loads(line)
        if record["_id"] not in wanted:
            others -= 1
        if record["_id"] in wanted or others >= 0:
            papers[record["_id"]] = (record["title"], record["text"])
    lines = (folder / "queries.train.jsonl").open(encoding="utf-8")
    queries = {q["_id"]: q["text"] for q in map(json.loads, lines)}
    return papers, [Question(queries[q], frozenset(found)) for q, found in cited.items()]


def pieces(papers: dict[str, tuple[str, str]], cut: Cut) -> Iterator[Piece]:
    for name, (title, text) in papers.items():
        marks = [m.start() for m in re.finditer(r"\n\s*\n", text)]
        spans: list[Span] = []
        for begin, end in pairwise([0, *marks, len(text)]):
            spans += sentences(text, begin, end)
        for run in cut(spans):
            span = Span(run[0].start, run[-1].end)
            yield Piece(name, title, span.of(text), span, tuple(s.of(text) for s in run))


class Bench:
    """The shipped embedder and ranking over any pieces."""

    def __init__(self, home: Path) -> None:
        index = ensure(home)
        self.embedder = query_embedder(index)
        index.catalog.close()
        self.lexicon = Lexicon.shipped()
        self.tokenizer = Tokenizer.from_file(str(EmbedderFiles.find().folder / "tokenizer.json"))
        self.tokenizer.no_truncation()

    def rankings(
        self, cut: Sequence[Piece], questions: Sequence[Question]
    ) -> Iterator[tuple[Question, list[int]]]:
        vectors = self.embedder.encode([f"{piece.title}. {piece.text}" for piece in cut])
        text = TextIndex.build((Words(piece.title, piece.sentences) for piece in cut), self.lexicon)
        number: dict[str, int] = {}
        groups: NDArray[np.int64] = np.asarray(
            [number.setdefault(piece.paper, len(number)) for piece in cut], dtype=np.int64
        )
        ranker = Ranker(text, ExactDense(vectors), groups)
        queries = [self.lexicon.analyse(q.text, lambda word: True) for q in questions]
        asked = self.embedder.encode([text.usage.embeddable(q) for q in queries])
        for question, query, vector in zip(questions, queries, asked, strict=True):
            yield question, best_first(ranker.rank(query, vector).fused, 200)

    def cost(self, cut: Sequence[Piece]) -> tuple[int, float]:
        """Tokens embedded, and the share of pieces of which some stay unread."""
        encoded = self.tokenizer.encode_batch([f"{piece.title}. {piece.text}" for piece in cut])
        lengths = [len(each.ids) for each in encoded]
        return sum(min(n, 256) for n in lengths), sum(n > 256 for n in lengths) / len(lengths)


def first_holder(ranked: Sequence[Piece], question: Question) -> tuple[int | None, bool]:
    """Rank of the first piece that holds an answer whole, and whether it ends within WITHIN characters."""
    read = 0
    for rank, piece in enumerate(ranked, 1):
        read += len(piece.text)
        if piece.paper in question.papers and any(
            piece.span.start <= a.start and a.end <= piece.span.end for a in question.answers
        ):
            return rank, read <= WITHIN
    return None, False


def on_full_text(bench: Bench, cut: Sequence[Piece], questions: Sequence[Question]) -> str:
    gain = within = 0.0
    for question, order in bench.rankings(cut, questions):
        rank, near = first_holder([cut[i] for i in order], question)
        gain += 1 / math.log2(rank + 1) if rank is not None and rank <= 10 else 0.0
        within += near
    return f"nDCG@10 {gain / len(questions):.3f}  answer within {within / len(questions):.3f}"


def on_abstracts(bench: Bench, cut: Sequence[Piece], questions: Sequence[Question]) -> str:
    total = 0.0
    for question, order in bench.rankings(cut, questions):
        papers = list(dict.fromkeys(cut[i].paper for i in order))[:10]
        gained = sum(1 / math.log2(k + 1) for k, paper in enumerate(papers, 1) if paper in question.papers)
        total += gained / sum(1 / math.log2(k + 1) for k in range(1, min(10, len(question.papers)) + 1))
    return f"nDCG@10 {total / len(questions):.3f}"


def main(most_papers: int, most_abstracts: int) -> None:
    bench = Bench(load({}).home)
    for name, (papers, questions), measure in (
        ("full text", full_texts(most_papers), on_full_text),
        ("abstracts", abstracts(most_abstracts), on_abstracts),
    ):
        sys.stdout.write(f"{name}: {len(questions)} questions, {len(papers)} papers\n")
        for title, cut in CUTS.items():
            made = list(pieces(papers, cut))
            tokens, unread = bench.cost(made)
            sys.stdout.write(
                f"  {title:26} {measure(bench, made, questions)}  {len(made)} passages,"
                f" {tokens / 1000:.0f} k tokens, unread {unread:.0%}\n"
            )
            sys.stdout.flush()


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    main(*given, *(46, 800)[len(given) :])
