"""Reading word by word: each word of the question takes its best match in the finding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.answering.wordwise import Head, Wordwise, shipped_head
from assistant.evaluation.wordwise_network import Network, padded
from assistant.evaluation.wordwise_training import Case, save, train
from assistant.evidence import Hit
from assistant.retrieval.retriever import Retriever
from ingest.pipeline import ensure


@pytest.fixture(scope="module")
def retriever(home: Path) -> Iterator[Retriever]:
    index = ensure(home)
    yield Retriever.open(index)
    index.catalog.close()


def reader_of(retriever: Retriever) -> Wordwise:
    reader = Wordwise.of(retriever)
    assert reader is not None
    return reader


def hits(retriever: Retriever, question: str) -> list[Hit]:
    return [h for h in retriever.search(question, k=8).hits if h.passage.kind == "finding"]


def test_a_finding_of_the_asked_word_reads_better_than_one_of_another(retriever: Retriever) -> None:
    question = "Does dasatinib restore exhausted CAR-T cells?"
    found = hits(retriever, question)
    reading = reader_of(retriever).read(question, found)
    best = max(reading.scores, key=reading.scores.__getitem__)
    assert "dasatinib" in next(h.text for h in found if h.passage.id == best).lower()
    assert reading.scores[best] > reading.nothing


def test_what_no_finding_tells_reads_below_nothing(retriever: Retriever) -> None:
    question = "Does aspirin prevent stroke in diabetes?"
    reading = reader_of(retriever).read(question, hits(retriever, question))
    assert reading.scores and max(reading.scores.values()) < reading.nothing


def test_reading_again_or_beside_others_gives_the_same_numbers(retriever: Retriever) -> None:
    question, reader = "How does tonic signalling lead to exhaustion?", reader_of(retriever)
    found = hits(retriever, question)
    whole = reader.read(question, found)
    assert reader.read(question, found) == whole
    alone = reader_of(retriever).read(question, found[:1])
    assert alone.scores[found[0].passage.id] == pytest.approx(whole.scores[found[0].passage.id], abs=1e-3)


def test_a_score_is_the_weighted_mean_of_the_best_matches(retriever: Retriever) -> None:
    even = (np.zeros((1, 2), np.float32), np.zeros(1, np.float32), np.zeros((1, 1), np.float32))
    layers = (*even, np.zeros(1, np.float32))
    head = Head("two", np.eye(2, dtype=np.float32), layers, layers, scale=10.0, base=0.3, crossing=None)
    ends = [[9.0, 9.0]]
    spelled = {"question": [*ends, [1, 0], [0, 3], *ends], "finding": [*ends, [2, 0], *ends], "": ends * 2}

    def states(texts: Sequence[str]) -> list[NDArray[np.float32]]:
        return [np.array(spelled[text], dtype=np.float32) for text in texts]

    (hit, empty) = hits(retriever, "Does p16 rise?")[:2]
    found = [replace(hit, text="finding"), replace(empty, text="")]
    reading = Wordwise(head, states, str).read("question", found)
    # One of two words of equal weight is met: (1 + 0) / 2 times the scale; a text without words meets none.
    assert reading.scores == {hit.passage.id: 5.0, empty.passage.id: -10.0}
    assert reading.least == {hit.passage.id: 0.0, empty.passage.id: -1.0}
    assert reading.nothing == pytest.approx(3.0)


def test_the_crossing_in_numpy_is_the_network_in_torch(retriever: Retriever) -> None:
    import torch

    question = "Does rest reverse exhaustion?"
    found = hits(retriever, question)
    questions, findings = padded(retriever, [question]), padded(retriever, [h.text for h in found])
    torch.manual_seed(1)
    net = Network(findings).eval()
    torch.nn.init.normal_(net.leave.weight)
    with torch.no_grad():
        expected = net.score(questions.of([0] * len(found)), findings).tolist()
    assert retriever.states is not None
    reader = Wordwise(net.head(retriever.embedder), retriever.states, retriever.lexicon.spelled)
    scores = reader.read(question, found).scores
    assert list(scores.values()) == pytest.approx(expected, abs=1e-3)
    assert len(set(scores.values())) == len(found)


def test_one_thing_in_two_notations_and_spellings_reads_alike(retriever: Retriever) -> None:
    reader = reader_of(retriever)
    found = hits(retriever, "Does 4-1BB help at high tumour burden?")
    one = reader.read("Does 4-1BB help at high tumour burden?", found)
    assert reader.read("does CD137 help at high tumor burden?", found).scores == one.scores


def test_another_embedder_is_not_read(retriever: Retriever, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retriever, "embedder", "another@0")
    assert Wordwise.of(retriever) is None


def test_training_puts_the_right_finding_first_and_is_the_same_every_time(
    retriever: Retriever, tmp_path: Path
) -> None:
    rows = [row for row in retriever.rows if row.passage.kind == "finding"][:60]
    texts = [row.text for row in rows]
    questions = [" ".join(text.split()[:12]) for text in texts[:40]]
    cases = [Case(f"t{i}", q, (i,), (i + 1, i + 2)) for i, q in enumerate(questions)]
    words, findings = padded(retriever, questions), padded(retriever, texts)
    first, second = (train(cases, words, findings, retriever.embedder) for _ in range(2))
    assert np.array_equal(first.projection, second.projection) and first.scale == second.scale
    save(first, tmp_path / "head.npz")
    with np.load(tmp_path / "head.npz", allow_pickle=False) as stored:
        again = Head.of(stored)
    assert again.embedder == shipped_head().embedder
    assert np.abs(again.projection - first.projection).max() < 1e-3
