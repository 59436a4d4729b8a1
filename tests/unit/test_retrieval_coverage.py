"""The second look: together beats apart, near beats far, other forms of a word are found."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.retrieval.coverage import Coverage, cover
from assistant.retrieval.lexicon import Lexicon
from assistant.retrieval.text_index import TextIndex, Words

LEXICON = Lexicon.shipped()
FILLER = [Words("", ["Mice were weighed every week."]), Words("", ["Patients gave written consent."])]


def look(question: str, *passages: Words) -> Coverage:
    index = TextIndex.build([*passages, *FILLER], LEXICON)
    rows = np.arange(len(passages))
    return cover(LEXICON.analyse(question), rows, index.lexical, index.forward, index.pieces)


def test_one_sentence_that_holds_all_beats_two_that_share() -> None:
    together = Words("", ["Irradiation shortened telomeres.", "Cells were fed."])
    apart = Words("", ["Irradiation was given.", "Telomeres and cells were fed."])
    seen = look("irradiation telomeres", together, apart)
    assert seen.whole.tolist() == pytest.approx([1.0, 1.0])
    assert seen.sentence[0] == pytest.approx(1.0)
    assert seen.sentence[1] < 0.8


def test_words_of_the_title_count_half_for_a_sentence() -> None:
    seen = look(
        "irradiation telomeres",
        Words("Irradiation", ["Telomeres were short."]),
        Words("", ["Telomeres were short."]),
        Words("Irradiation and telomeres", ["Nothing else was seen."]),
    )
    assert seen.sentence[0] > seen.sentence[1] > 0
    assert seen.sentence[2] == pytest.approx(0.5, abs=0.01)


def test_near_words_beat_far_ones() -> None:
    gap = " ".join(f"word{n}" for n in range(20))
    seen = look(
        "irradiation telomeres",
        Words("", ["Irradiation telomeres were seen."]),
        Words("", ["Irradiation of short telomeres."]),
        Words("", [f"Irradiation {gap} telomeres."]),
    )
    assert seen.closeness[0] > seen.closeness[1] > seen.closeness[2] == 0


def test_any_notation_of_a_term_covers_it() -> None:
    seen = look("What does CD137 do?", Words("", ["BBζ cells aged."]), Words("", ["CD28 cells aged."]))
    assert seen.whole[0] > 0.3
    assert seen.whole[1] == 0


def test_another_form_of_a_word_is_found_by_its_pieces() -> None:
    seen = look("myelodysplasia", Words("", ["A myelodysplastic state."]), Words("", ["A septic state."]))
    assert seen.whole.tolist() == [0, 0]
    assert seen.pieces[0] == pytest.approx(1.0)
    assert seen.pieces[1] < 0.2


def test_everything_stays_between_nought_and_one_even_without_words() -> None:
    for question in ("", "?", "zzzz qqqq", "irradiation irradiation telomeres CD137 4-1BB"):
        seen = look(
            question, Words("", []), Words("Irradiation", []), Words("", ["Irradiation, irradiation, CD137."])
        )
        for numbers in (seen.whole, seen.sentence, seen.closeness, seen.pieces):
            assert len(numbers) == 3
            assert float(numbers.min()) >= 0
            assert float(numbers.max()) <= 1 + 1e-6
