"""Abstracts to an index, against LangChain's splitter, sentence-transformers and Chroma used plainly.

The rival does less: it parses nothing, keeps no catalog, and its texts are in memory. Ours reads one file
an abstract, files it, embeds it and writes the same kind of store. Processor time is compared, which a
busy machine does not change; wall time is shown beside it.

    python -m tests.bench.test_ingest_speed 2000

needs the `bench` extra. As a plain test it takes few abstracts and only asks to be the faster one.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import pytest

from ingest.embedding import EmbedderFiles
from ingest.pipeline import Ingest, LocalEngine, ensure
from ingest.workers import Limits
from tests.conftest import SHARED

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FASTER = 1.5
"""How many times the rival's rate ours must have."""
OWN_RATE = 0.85
"""Share of the run that is embedding: what reading, filing and storing may cost is the rest."""
FEW = 60


@dataclass(frozen=True)
class Cost:
    """What a run took, in seconds."""

    processor: float
    wall: float


def abstracts(most: int) -> list[tuple[str, str]]:
    """Titles and texts of real abstracts of at least 600 characters."""
    found = []
    for name in ("scifact", "pubmedqa", "bioasq"):
        for line in (SHARED / "testdata" / "benchmarks" / name / "corpus.jsonl").open(encoding="utf-8"):
            record = json.loads(line)
            if len(record["text"]) >= 600:
                title = record["title"] or record["text"].split(". ")[0]
                found.append((f"{title} ({name} {record['_id']})", record["text"]))
            if len(found) == most:
                return found
    return found


def written(folder: Path, papers: Sequence[tuple[str, str]]) -> None:
    """Each abstract as the JATS file of a paper."""
    for number, (title, text) in enumerate(papers):
        (folder / f"{number:05}.xml").write_text(
            '<article article-type="research-article"><front><article-meta>'
            f'<article-id pub-id-type="doi">10.99999/bench.{number}</article-id>'
            f"<title-group><article-title>{escape(title)}</article-title></title-group>"
            f"<pub-date><year>2020</year></pub-date><abstract><p>{escape(text)}</p></abstract>"
            "</article-meta></front></article>",
            encoding="utf-8",
        )


class Timed:
    """Our encoder with a clock on it: its share of the run is what its own rate is compared with."""

    def __init__(self, engine: LocalEngine) -> None:
        self.cost = Cost(0, 0)
        self.passages = 0
        self._inner = engine.encoder

    def encode(
        self, texts: Sequence[str], *, progress: Callable[[int, int], None] | None = None
    ) -> NDArray[np.float32]:
        result: list[NDArray[np.float32]] = []
        cost = measured(lambda: result.append(self._inner.encode(texts, progress=progress)))
        self.cost = Cost(self.cost.processor + cost.processor, self.cost.wall + cost.wall)
        self.passages += len(texts)
        return result[0]


def measured(deed: Callable[[], object]) -> Cost:
    """Processor time, that of finished child processes included, and wall time."""
    before, begun = os.times(), time.perf_counter()
    deed()
    after = os.times()
    return Cost(sum(after[:4]) - sum(before[:4]), time.perf_counter() - begun)


def ours(home: Path, folder: Path) -> tuple[Cost, Timed]:
    index = ensure(home)
    engine = LocalEngine(index, Limits())
    encoder = Timed(engine)
    engine.encoder = encoder

    def run() -> None:
        with Ingest(index, engine=engine) as ingest:
            assert {o.status for o in ingest.files([folder])} == {"added"}
            ingest.finish()

    encoder.encode(["warm"])
    encoder.cost, encoder.passages = Cost(0, 0), 0
    cost = measured(run)
    index.catalog.close()
    return cost, encoder


def rival(papers: Sequence[tuple[str, str]], folder: Path) -> Cost:
    from langchain_chroma import Chroma
    from langchain_core.documents import Document

    # By name: the `bench` extra is not there for the type checker.
    embedder = import_module("langchain_huggingface").HuggingFaceEmbeddings
    cutter = import_module("langchain_text_splitters").RecursiveCharacterTextSplitter
    model = str(EmbedderFiles.find().folder)
    embeddings = embedder(model_name=model, model_kwargs={"device": "cpu"})
    embeddings.embed_documents(["warm"])

    def run() -> None:
        splitter = cutter(chunk_size=1000, chunk_overlap=200)
        whole = [Document(f"{title}. {text}", metadata={"title": title}) for title, text in papers]
        Chroma.from_documents(splitter.split_documents(whole), embeddings, persist_directory=str(folder))

    return measured(run)


def compared(
    home: Path, work: Path, most: int, *, faster: float = FASTER, own_rate: float = OWN_RATE
) -> Iterator[str]:
    """The figures, line by line; raises AssertionError where one is missed."""
    papers = abstracts(most)
    (work / "papers").mkdir()
    written(work / "papers", papers)
    other = rival(papers, work / "rival")
    cost, encoder = ours(home, work / "papers")
    for name, each in (("ours", cost), ("rival", other)):
        yield (
            f"{name:5} {len(papers)} abstracts: {each.processor:.1f} s of processor, {each.wall:.1f} s wall,"
            f" {len(papers) / each.processor:.1f} abstracts a second of processor"
        )
    ratio, share = other.processor / cost.processor, encoder.cost.processor / cost.processor
    yield f"ours is {ratio:.2f} times the rival's rate (wall {other.wall / cost.wall:.2f})"
    yield f"embedding is {share:.0%} of it: {share:.0%} of the embedder's own rate"
    assert ratio >= faster
    if most >= 500:  # the store's start-up is a fixed cost that a few abstracts do not pay for
        assert share >= own_rate


@pytest.mark.bench
@pytest.mark.shared
def test_abstracts_go_in_faster_than_with_the_parts_used_plainly(own_home: Path, tmp_path: Path) -> None:
    pytest.importorskip("langchain_huggingface", reason="needs the bench extra")
    # Few abstracts are noisy, and starting counts: the full figure is the script's.
    assert list(compared(own_home, tmp_path, FEW, faster=1.0, own_rate=0.5))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "home"
        if len(sys.argv) > 2:  # an indexed home to start from
            shutil.copytree(sys.argv[2], target)
        for line in compared(target, Path(scratch), int(sys.argv[1]) if len(sys.argv) > 1 else 2000):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
