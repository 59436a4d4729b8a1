"""Memory over 20,000 documents: flat while they are read, and little when the index is opened.

    python -m tests.bench.test_ingest_memory 20000

Embedding is left out: its memory depends on a batch, not on how many there are. Vectors are random.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingest.home import Progress
from ingest.pipeline import Ingest, LocalEngine, ensure
from ingest.workers import Limits

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FEW = 1500
GROWTH = 40.0
"""MB that the process may grow over the second half of the documents."""


class Random:
    """Unit vectors that cost nothing."""

    def encode(
        self, texts: Sequence[str], *, progress: Callable[[int, int], None] | None = None
    ) -> NDArray[np.float32]:
        import numpy as np

        vectors = np.random.default_rng(len(texts)).normal(size=(len(texts), 384)).astype(np.float32)
        result: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return result


def resident() -> float:
    """MB of this process in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def medline_set(first: int, count: int) -> str:
    """A PubMed set of made-up records of ordinary length."""
    words = ["cells", "senescence", "receptor", "exhaustion", "tumour", "mice", "donors", "rested"]
    records = []
    for number in range(first, first + count):
        text = " ".join(
            f"Sentence {k} of {number} says {' '.join(words[(number + k + j) % 8] for j in range(14))}."
            for k in range(12)
        )
        records.append(
            f"<PubmedArticle><MedlineCitation><PMID>{9_000_000 + number}</PMID>"
            "<Article><Journal><JournalIssue><PubDate><Year>2021</Year></PubDate></JournalIssue>"
            "<Title>Made up</Title></Journal>"
            f"<ArticleTitle>Made-up record number {number} of a large set.</ArticleTitle>"
            f"<Abstract><AbstractText>{text}</AbstractText></Abstract></Article></MedlineCitation></PubmedArticle>"
        )
    return f"<PubmedArticleSet>{''.join(records)}</PubmedArticleSet>"


def run(home: Path, work: Path, count: int) -> Iterator[str]:
    """The figures, line by line; raises AssertionError where memory grew."""
    folder = work / "papers"
    folder.mkdir()
    for begin in range(0, count, 500):  # sets of 500, as a download of search results is
        (folder / f"{begin:06}.xml").write_text(medline_set(begin, min(500, count - begin)), "utf-8")
    index = ensure(home)
    engine = LocalEngine(index, Limits())
    engine.encoder = Random()
    marks: list[tuple[int, float]] = []
    begun = time.perf_counter()
    stages: dict[str, float] = {}

    def progress(step: Progress) -> None:
        stages[step.stage] = time.perf_counter() - begun

    with Ingest(index, engine=engine, progress=progress) as ingest:
        for number, outcome in enumerate(ingest.files([folder]), 1):
            assert outcome.status == "added", outcome
            if number % (count // 10) == 0:
                marks.append((number, resident()))
                yield f"{number:6} documents read: {marks[-1][1]:.0f} MB, {time.perf_counter() - begun:.0f} s"
        ingest.finish()
    yield f"finished: {resident():.0f} MB; seconds when each stage ended: " + ", ".join(
        f"{stage} {second:.0f}" for stage, second in stages.items()
    )
    half = marks[len(marks) // 2][1]
    assert marks[-1][1] - half < GROWTH, marks
    before, begun = resident(), time.perf_counter()
    reopened = ensure(home)
    yield f"opened in {time.perf_counter() - begun:.2f} s"
    begun = time.perf_counter()
    from ingest.stored import StoredRows

    rows = StoredRows.of(reopened.catalog)
    yield f"{len(rows)} passages listed in {time.perf_counter() - begun:.2f} s, {resident() - before:.0f} MB"


@pytest.mark.bench
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_memory_does_not_grow_with_the_documents(own_home: Path, tmp_path: Path) -> None:
    assert list(run(own_home, tmp_path, FEW))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        for line in run(
            Path(scratch) / "home", Path(scratch), int(sys.argv[1]) if len(sys.argv) > 1 else 20000
        ):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
