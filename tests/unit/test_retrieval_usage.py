"""Questions are embedded in the notation that the collection uses."""

from __future__ import annotations

import pytest

from assistant.retrieval.lexicon import Lexicon
from assistant.retrieval.text_index import TextIndex, Words
from assistant.retrieval.usage import Usage

LEXICON = Lexicon.shipped()
PASSAGES = [Words("", ["Axi-cel was given.", "axi-cel and tisa-cel were compared with 4-1BB cells."])] * 6


@pytest.fixture(scope="module")
def usage() -> Usage:
    return TextIndex.build([*PASSAGES, Words("", ["CD137 is 4-1BB."])], LEXICON).usage


@pytest.mark.parametrize(
    ("question", "embedded"),
    [
        ("Is Yescarta better than Kymriah?", "Is Yescarta (Axi-cel) better than Kymriah (tisa-cel)?"),
        ("Is axi-cel better?", "Is axi-cel better?"),
        ("What does TNFRSF9 do?", "What does TNFRSF9 (4-1BB) do?"),
        ("What does CD137 do?", "What does CD137 do?"),  # one in seven: the collection knows it
        ("What does dasatinib do?", "What does dasatinib do?"),  # no notation of it is used here
        ("senesence of Yescarta", "senescence of Yescarta (Axi-cel)"),
    ],
)
def test_a_foreign_notation_is_followed_by_the_usual_one(usage: Usage, question: str, embedded: str) -> None:
    assert usage.embeddable(LEXICON.analyse(question)) == embedded


def test_usage_survives_storing(usage: Usage) -> None:
    assert Usage.from_json(usage.to_json()) == usage
    with pytest.raises(ValueError, match="notations"):
        Usage.from_json("[]")
