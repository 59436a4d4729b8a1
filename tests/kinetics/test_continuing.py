"""What-ifs that lean on the one before."""

from __future__ import annotations

import pytest

from assistant.kinetics.continuing import continued


@pytest.mark.parametrize(
    ("before", "text", "joined"),
    [
        ("knock out TET2 in 28z", "same but 4-1BB", "knock out TET2 in 4-1BB"),
        ("raise kX by 30 % in 28z", "and by 50 %?", "raise kX by 50 % in 28z"),
        ("reinfuse tisa-cel at month 6", "what about month 3?", "reinfuse tisa-cel at month 3"),
        (
            "pembro from week 3 to week 9 in axi-cel",
            "and from week 1 to week 4?",
            "pembro from week 1 to week 4 in axi-cel",
        ),
        (
            "CD19 CAR 4-1BB vs CD28 at tenfold lower antigen density",
            "and at 5000 molecules per cell?",
            "bbz vs 28z at 5000 molecules per cell",
        ),
        ("28z at high tumour burden", "and at low burden?", "28z at low burden"),
        ("tisa-cel dose 2e7 instead of 2e8", "and at 1e6?", ""),
        ("dasatinib 3 days on, 11 days off in CD28", "and from day 20?", ""),
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
