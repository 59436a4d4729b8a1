"""Differences too small to be seen are told as such, whatever the sign of the paired draws."""

from __future__ import annotations

import math

import pytest

from assistant.kinetics.compare import Band, OutcomeRow
from assistant.kinetics.practical import Size, size
from assistant.kinetics.sentences import is_close, is_same


@pytest.mark.parametrize(
    ("unit", "a", "b", "gap", "expected"),
    [
        ("1", 0.50, 0.478, (0.0131, 0.0001, 0.044), "small"),
        ("1", 0.083, 0.085, (-0.0002, -0.008, 0.0), "none"),
        ("1", 0.085, 0.13, (-0.036, -0.1, -0.002), "clear"),
        ("day", 30.3, 30.4, (-0.014, -0.19, 0.04), "none"),
        ("day", math.inf, 60.0, (math.inf, 5.0, math.inf), "clear"),
        ("day*cells/uL", 394.0, 394.2, (-0.22, -1.5, 0.0), "none"),
        ("cells/uL", 60.0, 40.0, (20.0, 3.0, 50.0), "clear"),
        ("cells", 0.0, 0.0, (0.0, 0.0, 0.0), "clear"),
        ("1", math.nan, 0.2, (math.nan, math.nan, math.nan), "clear"),
    ],
)
def test_a_difference_is_held_against_what_could_be_seen(
    unit: str, a: float, b: float, gap: tuple[float, float, float], expected: Size
) -> None:
    assert size(unit, a, b, Band(*gap)) == expected


def _row(gap: tuple[float, float, float], direction: str, agreement: float) -> OutcomeRow:
    a, b = Band(0.5, 0.2, 0.8), Band(0.49, 0.2, 0.8)
    return OutcomeRow("senescent_fraction_d28", "1", "share", a, b, Band(*gap), direction, agreement)  # type: ignore[arg-type]


def test_small_with_a_sign_and_none_without_are_close_and_open_ones_stay_open() -> None:
    assert is_close(_row((0.013, 0.0001, 0.044), "A>B", 1.0))
    assert is_close(_row((0.0, -0.001, 0.001), "undetermined", 0.5))
    assert not is_close(_row((0.01, -0.2, 0.3), "undetermined", 0.6))
    assert not is_close(_row((0.2, 0.1, 0.3), "A>B", 1.0))
    alike = _row((0.0, 0.0, 0.0), "undetermined", 0.0)
    assert is_same(alike) and not is_close(alike)


def test_a_blockade_leads_with_what_it_moves_and_says_that_it_is_assumed() -> None:
    from assistant.kinetics import requests, whatif

    asked = requests.from_words("pembro from week 3 to week 9 in axi-cel", draws=60)
    said = whatif.answer(asked, threads=1).sentence
    assert said.index("exhausted share") < said.index("too small a difference to be seen")
    assert "is higher" not in said and "The change itself is assumed" in said
    assert "pd-1-blockade for 42 days from day 21" in said
