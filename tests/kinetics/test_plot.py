"""Curves as text, CSV and pictures."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import InputError
from assistant.kinetics.plot import braille, picture, to_csv

T = [float(day) for day in range(0, 101)]


def curve(values: list[float], spread: float = 1.5) -> dict[str, list[float]]:
    return {"median": values, "low": [v / spread for v in values], "high": [v * spread for v in values]}


def series(**curves: tuple[list[float], list[float]]) -> dict[str, Any]:
    return {
        "t": T,
        "A": {name: curve(a) for name, (a, _) in curves.items()},
        "B": {name: curve(b) for name, (_, b) in curves.items()},
    }


@pytest.fixture
def two() -> dict[str, Any]:
    rise = [1e3 * 10 ** (d / 20) for d in T]
    fall = [1e8 * 10 ** (-d / 20) for d in T]
    share = [0.2 + 0.002 * d for d in T]
    return series(tumour_cells=(rise, fall), senescent_fraction=(share, share[::-1]))


def test_it_fits_80_columns_and_24_lines(two: dict[str, Any]) -> None:
    lines = braille(two, "tumour_cells", width=78, height=14).splitlines()
    assert max(len(line) for line in lines) <= 80 and len(lines) <= 16


def test_it_is_plain_text(two: dict[str, Any]) -> None:
    assert "\x1b" not in braille(two, "tumour_cells")


def test_the_ends_are_lettered_on_the_right_rows(two: dict[str, Any]) -> None:
    rows = braille(two, "tumour_cells", height=16).splitlines()[1:]
    at = {name: next(n for n, row in enumerate(rows) if row.rstrip().endswith(name)) for name in "AB"}
    assert at["A"] < at["B"]


def test_decades_get_a_log_axis_and_shares_a_linear_one_in_percent(two: dict[str, Any]) -> None:
    assert "log scale" in braille(two, "tumour_cells").splitlines()[0]
    share = braille(two, "senescent_fraction").splitlines()
    assert "%" in share[0] and "log" not in share[0]


def test_every_axis_names_its_unit(two: dict[str, Any]) -> None:
    text = braille(two, "tumour_cells")
    assert "(cells" in text.splitlines()[0] and text.splitlines()[-1].rstrip().endswith("100 day")


def test_gaps_and_zeros_do_not_break_it() -> None:
    data = series(tumour_cells=([1e9] * 50 + [0.0] * 51, [1e9] * 101))
    data["A"]["tumour_cells"]["median"][10] = None
    assert "A" in braille(data, "tumour_cells")
    flat = series(senescent_fraction=([0.0] * 101, [0.0] * 101))
    assert braille(flat, "senescent_fraction")


def test_an_unknown_curve_is_named_with_those_there_are(two: dict[str, Any]) -> None:
    with pytest.raises(InputError) as error:
        braille(two, "nothing")
    assert "nothing" in error.value.message and "tumour_cells" in error.value.hint


def test_csv_holds_every_number_with_its_unit(two: dict[str, Any]) -> None:
    rows = [line.split(",") for line in to_csv(two).splitlines()]
    assert rows[0][:4] == ["t", "A.tumour_cells.median", "A.tumour_cells.low", "A.tumour_cells.high"]
    assert rows[1][:2] == ["day", "cells"] and rows[1][4] == "1"
    assert len(rows) == 2 + len(T)
    assert float(rows[52][1]) == two["A"]["tumour_cells"]["median"][50]


def test_pictures_are_written_and_hold_the_names(two: dict[str, Any], tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    picture(two, tmp_path / "x.svg", names=("first design", "second design"))
    picture(two, tmp_path / "x.png")
    assert (tmp_path / "x.svg").read_text().startswith("<?xml")
    assert (tmp_path / "x.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_another_ending_is_refused(two: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="neither"):
        picture(two, tmp_path / "x.gif")


def test_the_median_is_drawn_where_it_is() -> None:
    level = series(senescent_fraction=([0.5] * 101, [math.nan] * 101))
    rows = braille(level, "senescent_fraction", height=14).splitlines()[1:-2]
    full = [
        n
        for n, row in enumerate(rows)
        if row.count("⠉") + row.count("⣀") + row.count("⠤") + row.count("⠒") > 30
    ]
    assert full and abs(full[0] - (len(rows) - 1) / 2) <= 1
