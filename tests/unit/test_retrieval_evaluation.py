"""Labelled sets are read as they are meant, and the metrics are the textbook's."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.errors import InputError
from assistant.evaluation.beir import CHUNK, STEP, Labelled, RetrievalSet, Unit, read_set
from assistant.evaluation.retrieval import METRICS, measure, score
from assistant.retrieval.lexicon import Lexicon


def lines(path: Path, *items: dict[str, Any]) -> None:
    path.write_text("".join(json.dumps(item) + "\n" for item in items), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines(
        tmp_path / "corpus.jsonl",
        {"_id": "1", "title": "Telomeres", "text": "They shorten."},
        {"_id": 2, "title": "", "text": "Mice were fed."},
    )
    lines(tmp_path / "queries.dev.jsonl", {"_id": "a", "text": "Do telomeres shorten?", "metadata": {}})
    lines(tmp_path / "queries.train.jsonl", {"_id": "b", "text": "Who was fed?", "metadata": {}})
    (tmp_path / "qrels.dev.tsv").write_text("query-id\tcorpus-id\tscore\na\t1\t1\n")
    (tmp_path / "qrels.train.tsv").write_text("query-id\tcorpus-id\tscore\nb\t2\t2\nb\t1\t0\n")
    return tmp_path


def test_a_part_is_chosen_and_all_parts_are_the_default(folder: Path) -> None:
    dev, both = read_set(folder, "dev"), read_set(folder)
    assert [q.id for q in dev.queries] == ["a"]
    assert dev.name.endswith("/dev")
    assert [(q.id, dict(q.relevant)) for q in both.queries] == [("a", {"1": 1}), ("b", {"2": 2})]
    assert [u.id for u in both.units] == ["1", "2"]


def test_the_layout_with_a_folder_of_qrels_is_read_too(folder: Path) -> None:
    (folder / "qrels").mkdir()
    (folder / "qrels.dev.tsv").rename(folder / "qrels" / "test.tsv")
    (folder / "queries.dev.jsonl").rename(folder / "queries.jsonl")
    assert [q.id for q in read_set(folder, "test").queries] == ["a"]


def test_an_unknown_part_names_those_there_are(folder: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_set(folder, "test")
    assert "dev, train" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("corpus.jsonl", '{"_id": "1", "text": "x"}\nnot json\n', "line 2"),
        ("corpus.jsonl", '{"_id": "1"}\n', "line 1"),
        ("corpus.jsonl", "[1]\n", "line 1"),
        ("queries.dev.jsonl", '{"text": "x"}\n', "line 1"),
        ("qrels.dev.tsv", "query-id\tcorpus-id\tscore\na\t1\n", "line 2"),
        ("qrels.dev.tsv", "query-id\tcorpus-id\tscore\nz\t1\t1\n", "no question with a label"),
    ],
)
def test_a_broken_file_is_named_with_its_line(folder: Path, name: str, content: str, says: str) -> None:
    (folder / name).write_text(content)
    with pytest.raises(InputError, match=says):
        read_set(folder, "dev")


def test_a_folder_without_a_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"corpus\.jsonl"):
        read_set(tmp_path)


def test_long_documents_are_cut_and_a_chunk_with_the_whole_span_is_relevant(tmp_path: Path) -> None:
    text = "".join(chr(97 + i % 26) for i in range(2500))
    lines(tmp_path / "corpus.jsonl", {"_id": "d", "title": "T", "text": text})
    spans = [(850, 900), (0, 10), (700, 1900), (2450, 2500)]
    lines(
        tmp_path / "queries.jsonl",
        *(
            {"_id": str(i), "text": "q", "metadata": {"answers": [{"doc": "d", "start": a, "end": b}]}}
            for i, (a, b) in enumerate(spans)
        ),
    )
    data = read_set(tmp_path)
    assert [u.id for u in data.units] == ["d:0", "d:800", "d:1600"]
    assert [len(u.text) for u in data.units] == [CHUNK, CHUNK, 2500 - 2 * STEP]
    assert {u.document for u in data.units} == {"d"}
    assert [sorted(q.relevant) for q in data.queries] == [["d:0", "d:800"], ["d:0"], ["d:800"], ["d:1600"]]


def test_metrics_of_a_ranking_by_hand() -> None:
    units = tuple(Unit(str(i), "", "", str(i)) for i in range(30))
    data = RetrievalSet("s", units, (Labelled("q", "?", {"0": 1, "1": 1, "25": 1}),))
    figures = score(data, [[9, 0, 8, 7, 6, 5, 1, *range(10, 30)]])
    ideal = 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert figures["ndcg@10"] == pytest.approx((1 / math.log2(3) + 1 / math.log2(8)) / ideal)
    assert figures["mrr@10"] == pytest.approx(1 / 2)
    assert [figures[f"recall@{k}"] for k in (5, 20, 100)] == pytest.approx([1 / 3, 2 / 3, 1])


def test_nothing_relevant_found_scores_nought() -> None:
    units = tuple(Unit(str(i), "", "", str(i)) for i in range(3))
    data = RetrievalSet("s", units, (Labelled("q", "?", {"2": 1}),))
    assert set(score(data, [[0, 1]]).values()) == {0.0}


def test_the_board_shows_ours_beside_its_parts(folder: Path) -> None:
    def encode(texts: Sequence[str], stage: str) -> NDArray[np.float32]:
        return np.array([[1, 0] if "elomere" in t else [0, 1] for t in texts], dtype=np.float32)

    board = measure(read_set(folder), encode, Lexicon.shipped())
    data = board.to_json()
    assert data["n"] == 2
    assert data["version"] == 1
    assert {m: data[m] for m in METRICS} == dict.fromkeys(METRICS, 1.0)
    assert set(data["bm25"]) == set(data["dense"]) == set(METRICS)
    assert data["seconds"]["ours_per_query"] >= 0
    assert "| ours | 1.000 |" in board.table()
