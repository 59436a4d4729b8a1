"""The shipped retriever on labelled sets, with BM25 alone and dense alone in the same run.

The ranking is the one that answers questions, constants and all; only filters, diversity and evidence
levels are left out, because these sets know none. Embeddings are kept in the home folder under a hash of
model and texts, so that a second run takes seconds.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assistant.errors import ModelUnavailable
from assistant.evaluation.beir import Labelled, RetrievalSet, read_set
from assistant.retrieval.dense import ExactDense
from assistant.retrieval.fusion import best_first
from assistant.retrieval.lexicon import Lexicon, Query
from assistant.retrieval.ranking import Ranker, query_weights
from assistant.retrieval.text_index import TextIndex, Words
from ingest.chunking import sentences
from ingest.embedding import BulkEmbedder, EmbedderFiles, EmbedderUnavailable
from ingest.pipeline import Progress, ProgressCallback

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from assistant.settings import Settings

    Floats = NDArray[np.float32]

METRICS: Final = ("ndcg@10", "recall@5", "recall@20", "recall@100", "mrr@10")
SYSTEMS: Final = ("ours", "bm25", "dense")
_DEPTH: Final = 100

Encode = Callable[[Sequence[str], str], "Floats"]
"""Texts and the name of the stage to their unit-length vectors, one row each."""


@dataclass(frozen=True, slots=True)
class Board:
    """The figures of one run."""

    name: str
    n: int
    """Questions with at least one relevant unit."""
    units: int
    figures: Mapping[str, Mapping[str, float]]
    """System to metric to mean over the questions."""
    seconds: Mapping[str, float]
    """Wall time of each stage, and of one query of each system in `..._per_query`."""

    def to_json(self) -> dict[str, Any]:
        """The object of `eval retrieval --json`: ours at the top level, its parts beside it."""
        return {
            "version": 1,
            "set": self.name,
            "n": self.n,
            "units": self.units,
            **{k: round(v, 4) for k, v in self.figures["ours"].items()},
            **{s: {k: round(v, 4) for k, v in self.figures[s].items()} for s in SYSTEMS[1:]},
            "seconds": {k: round(v, 4) for k, v in self.seconds.items()},
        }

    def table(self) -> str:
        """The figures as a Markdown table."""
        rows = [
            f"{self.name}: {self.n} questions over {self.units} documents or chunks",
            "",
            f"| system | {' | '.join(METRICS)} | ms per query |",
            "|" + " --- |" * (len(METRICS) + 2),
        ]
        for system in SYSTEMS:
            cells = " | ".join(f"{self.figures[system][m]:.3f}" for m in METRICS)
            rows.append(f"| {system} | {cells} | {1000 * self.seconds[system + '_per_query']:.1f} |")
        rows.append("")
        rows.append(
            f"Embedding the documents took {self.seconds['embed_documents']:.1f} s (next to nothing when kept"
            f" from an earlier run), indexing their words {self.seconds['index']:.1f} s."
            " Query times leave the embedding of the question out."
        )
        return "\n".join(rows)


def evaluate(
    folder: Path,
    *,
    split: str | None = None,
    settings: Settings,
    progress: ProgressCallback | None = None,
) -> Board:
    """Measure the shipped retriever on a folder in BEIR layout.

    Raises:
        InputError: the folder is not such a set.
        ModelUnavailable: the embedder's files are missing.
    """
    data = read_set(folder, split)
    model = settings.text("retrieval.embedder")
    try:
        files = EmbedderFiles.find(Path(model) if model else None)
    except EmbedderUnavailable as error:
        raise ModelUnavailable(str(error), hint="Run `senescope doctor`.") from error
    return measure(data, CachedEncoder(files, settings.home / "evaluation", progress), Lexicon.shipped())


def measure(data: RetrievalSet, encode: Encode, lexicon: Lexicon) -> Board:
    """Rank every question of a set with the whole and with its parts."""
    import numpy as np

    clock = _Clock()
    vectors = encode([f"{u.title} {u.text}".strip() for u in data.units], "embedding documents")
    clock.lap("embed_documents")
    words = (Words(u.title, [u.text[s.start : s.end] for s in sentences(u.text)]) for u in data.units)
    text = TextIndex.build(words, lexicon)
    number: dict[str, int] = {}
    documents = np.asarray([number.setdefault(u.document, len(number)) for u in data.units], dtype=np.int64)
    ranker = Ranker(text, ExactDense(vectors), documents)
    clock.lap("index")
    # Spelling is left as it is: the questions of these sets are not about our glossary.
    queries = [lexicon.analyse(q.text, lambda word: True) for q in data.queries]
    clock.lap("analyse", each=len(queries))
    asked = encode([text.usage.embeddable(q) for q in queries], "embedding questions")
    clock.lap("embed_questions")
    figures: dict[str, Mapping[str, float]] = {}
    for system in SYSTEMS:
        ranked = [_rank(system, ranker, query, vector) for query, vector in zip(queries, asked, strict=True)]
        clock.lap(system, each=len(ranked))
        figures[system] = score(data, ranked)
    return Board(data.name, len(data.queries), len(data.units), figures, clock.seconds)


def _rank(system: str, ranker: Ranker, query: Query, vector: Floats) -> list[int]:
    if system == "dense":
        return best_first(ranker.dense.scores(vector), _DEPTH)
    if system == "bm25":
        return best_first(ranker.text.lexical.scores(query_weights(query)), _DEPTH)
    return best_first(ranker.rank(query, vector).fused, _DEPTH)


def score(data: RetrievalSet, ranked: Sequence[Sequence[int]]) -> dict[str, float]:
    """The metrics of rankings given as positions in `data.units`, best first."""
    sums = dict.fromkeys(METRICS, 0.0)
    for query, order in zip(data.queries, ranked, strict=True):
        gains = [query.relevant.get(data.units[i].id, 0) for i in order]
        for name, value in _metrics(gains, query).items():
            sums[name] += value
    return {name: total / len(data.queries) for name, total in sums.items()}


def _metrics(gains: Sequence[int], query: Labelled) -> dict[str, float]:
    ideal = sorted(query.relevant.values(), reverse=True)
    first = next((i for i, gain in enumerate(gains[:10], 1) if gain), 0)
    found = {k: sum(gain > 0 for gain in gains[:k]) / len(ideal) for k in (5, 20, 100)}
    return {
        "ndcg@10": _discounted(gains[:10]) / _discounted(ideal[:10]),
        **{f"recall@{k}": share for k, share in found.items()},
        "mrr@10": 1 / first if first else 0.0,
    }


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(position + 1) for position, gain in enumerate(gains, 1))


class CachedEncoder:
    """Embeds with the default route for bulk work, keeping what it computed in files."""

    def __init__(self, files: EmbedderFiles, folder: Path, progress: ProgressCallback | None) -> None:
        self._files = files
        self._folder = folder
        self._progress = progress
        self._bulk: BulkEmbedder | None = None

    def __call__(self, texts: Sequence[str], stage: str) -> Floats:
        """Embed `texts`, or read what an earlier run computed for the same texts and model."""
        import numpy as np

        digest = hashlib.sha256(self._files.id.encode())
        for text in texts:
            digest.update(text.encode() + b"\0")
        path = self._folder / f"{digest.hexdigest()[:32]}.npy"
        if path.exists():
            stored: Floats = np.load(path, allow_pickle=False)
            if len(stored) == len(texts):
                return stored
        self._bulk = self._bulk or BulkEmbedder(self._files)
        tell = self._progress

        def report(done: int, total: int) -> None:
            if tell is not None:
                tell(Progress(stage, done, total))

        vectors = self._bulk.encode(texts, progress=report)
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".part.npy")
        np.save(draft, vectors)
        draft.replace(path)
        return vectors


class _Clock:
    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str, *, each: int = 0) -> None:
        """Note the time since the last lap, and a share of it per query when there are `each` of them."""
        now = time.perf_counter()
        self.seconds[name] = now - self._last
        if each:
            self.seconds[f"{name}_per_query"] = (now - self._last) / each
        self._last = now
