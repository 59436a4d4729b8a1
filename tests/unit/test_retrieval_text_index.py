"""The stored index of words: what was written is read, anything else is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.retrieval.dense import ExactDense
from assistant.retrieval.lexicon import Lexicon
from assistant.retrieval.ranking import Ranker
from assistant.retrieval.text_index import TextIndex, Words

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
