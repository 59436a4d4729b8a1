"""What-ifs that lean on the one before."""

from __future__ import annotations

import pytest

from assistant.kinetics.continuing import continued


@pytest.mark.parametrize(
    ("before", "text", "joined"),
    [
        ("knock out TET2 in 28z", "same but 4-1BB", "knock out TET2 in 4-1BB"),
        ("knock out TET2 in 28z", "and in 4-1BB?", "knock out TET2 in 4-1BB"),
        ("lower the affinity tenfold", "same for CD28", "lower the affinity tenfold in CD28"),
        (
            "knock out TET2 in 28z",
            "same at high tumour burden",
            "knock out TET2 in 28z, at high tumour burden",
        ),
        (
            "4-1BB vs CD28 at half the dose",
            "now over two years",
            "4-1BB vs CD28 at half the dose, over two years",
        ),
        ("28z at 1e7 cells", "and at 1e8?", "28z at 1e8 cells"),
        ("28z at 1e7 cells", "and at 1e8 cells?", "28z at 1e8 cells"),
        ("28z at 1e7 cells", "and does it relapse later?", "28z at 1e7 cells, how does relapse change"),
        ("knock out TET2 in 28z", "what about with rest?", "knock out TET2 in 28z, with rest"),
        (
            "what most delays senescence in a 4-1BB design?",
            "what about CD28?",
            "what most delays senescence in a CD28 design?",
        ),
    ],
)
def test_words_are_joined_to_the_what_if_before(before: str, text: str, joined: str) -> None:
    assert continued(text, before) == joined


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("", "same but CD28"),
        ("4-1BB vs CD28 at half the dose", "same but axi-cel"),
        ("knock out TET2 in 28z", "what about toxicity in patients?"),
        ("knock out TET2 in 28z", "and does it become senescent in patients?"),
        ("knock out TET2 in 28z", "Does TET2 loss help CD28 CAR-T cells?"),
        ("knock out TET2 in 28z", "same"),
    ],
)
def test_what_does_not_read_whole_stands_alone(before: str, text: str) -> None:
    assert continued(text, before) == ""
