"""The stored index of words: what was written is read, anything else is refused."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from assistant.retrieval import forward
from assistant.retrieval.dense import ExactDense
from assistant.retrieval.lexicon import Lexicon, key
from assistant.retrieval.ranking import Ranker
from assistant.retrieval.text_index import TextIndex, Words
from assistant.retrieval.tokens import word_tokens

LEXICON = Lexicon.shipped()
PASSAGES = [
    Words("Senescence of CAR-T cells", ["BBζ cells aged under rest.", "CD28 cells aged less."]),
    Words("Telomeres", ["TIL with long telomeres gave responses."]),
    Words("", []),
]


def test_a_stored_index_ranks_as_the_one_in_memory(tmp_path: Path) -> None:
    built = TextIndex.build(PASSAGES, LEXICON)
    built.save(tmp_path / "words.npz")
    read = TextIndex.load(tmp_path / "words.npz")
    dense = ExactDense(np.eye(3, 4, dtype=np.float32))
    vector = np.array([0.6, 0.8, 0, 0], dtype=np.float32)
    query = LEXICON.analyse("Do CD137 cells keep long telomeres?")
    one, other = Ranker(built, dense).rank(query, vector), Ranker(read, dense).rank(query, vector)
    assert one.fused.tolist() == other.fused.tolist()
    assert [p.name for p in tmp_path.iterdir()] == ["words.npz"]


def test_the_same_passages_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.npz", "b.npz"):
        TextIndex.build(PASSAGES, LEXICON).save(tmp_path / name)
    one, other = (np.load(tmp_path / name) for name in ("a.npz", "b.npz"))
    assert all((one[field] == other[field]).all() for field in one.files)


def test_what_an_earlier_index_holds_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Passages that came, went, changed and moved: array by array as if all had been read anew."""
    before = [*PASSAGES, Words("Gone", ["CTL019 and TIL are gone."]), Words("Old", ["It was aged."])]
    after = [Words("New", ["TIL and tisa-cel came."]), *PASSAGES[::-1], Words("Old", ["CD137 is aged."])]
    TextIndex.build(before, LEXICON).save(tmp_path / "before.npz")
    TextIndex.build(after, LEXICON).save(tmp_path / "anew.npz")
    read: list[str] = []

    def noted(text: str) -> list[tuple[str, str]]:
        read.append(text)
        return word_tokens(text)

    monkeypatch.setattr("assistant.retrieval.reading.word_tokens", noted)
    earlier = TextIndex.load(tmp_path / "before.npz")
    TextIndex.build(after, LEXICON, earlier).save(tmp_path / "over.npz")
    one, other = (np.load(tmp_path / name) for name in ("anew.npz", "over.npz"))
    assert all(np.array_equal(one[field], other[field]) for field in one.files)
    assert set(read) == {"New", "TIL and tisa-cel came.", "Old", "CD137 is aged."}


def test_nothing_is_taken_over_from_an_index_of_another_glossary() -> None:
    earlier = TextIndex.build(PASSAGES, Lexicon.of(LEXICON.entries[:1]))
    assert TextIndex.build(PASSAGES, LEXICON, earlier).lexical.knows("=" + key("4-1BB"))


def test_a_piece_is_as_frequent_as_the_passages_that_hold_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forward, "_AT_ONCE", 2)
    texts = ["telomere telomeric", "telomerase", "rest", "telomeres rested", ""]
    index = TextIndex.build([Words("", [text]) for text in texts], LEXICON)
    for piece, number in index.pieces.vocabulary.items():
        df = sum(any(piece in forward.pieces(word) for word in text.split()) for text in texts)
        assert index.pieces.idf[number] == pytest.approx(math.log1p((5 - df + 0.5) / (df + 0.5)))


@pytest.mark.parametrize("keep", [0, 10, 0.5, 0.95])
def test_a_file_that_was_cut_short_is_refused(tmp_path: Path, keep: float) -> None:
    path = tmp_path / "words.npz"
    TextIndex.build(PASSAGES, LEXICON).save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(keep if keep >= 1 else keep * len(whole))])
    with pytest.raises(ValueError, match=r"words\.npz"):
        TextIndex.load(path)


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "words.npz"
    np.savez(path, vocabulary=np.zeros(3))
    with pytest.raises(ValueError, match="not a text index"):
        TextIndex.load(path)


def test_an_empty_collection_can_be_searched() -> None:
    ranker = Ranker(TextIndex.build([], LEXICON), ExactDense(np.zeros((0, 0), dtype=np.float32)))
    assert len(ranker.rank(LEXICON.analyse("telomeres"), np.ones(4, dtype=np.float32)).fused) == 0
