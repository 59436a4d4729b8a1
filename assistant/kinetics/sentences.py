"""Numbers in words: one sentence of result with direction, size and unit, or "undetermined".

A direction is only said when the comparison gives one; where the draws disagree the word is
"undetermined", whatever the medians look like. Shares are shown in per cent.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.kinetics import practical

if TYPE_CHECKING:
    from assistant.kinetics.compare import Band, Comparison, OutcomeRow

ORDER = (
    "Cmax", "senescent_fraction_d28", "exhausted_fraction_d28", "persistence", "time_to_relapse",
    "remission_probability", "time_to_clearance", "AUC0-28d", "bcell_aplasia", "Tmax", "tumour_nadir",
    "senescent_fraction_d14", "exhausted_fraction_d14", "senescent_fraction_d90", "exhausted_fraction_d90",
)  # fmt: skip
"""Which outcomes are told first when none is asked for."""
SHORT = {
    "Cmax": "Cmax", "Tmax": "Tmax", "AUC0-28d": "AUC0-28d", "persistence": "persistence",
    "bcell_aplasia": "B-cell aplasia", "tumour_nadir": "tumour nadir",
    "time_to_clearance": "time to clearance",
    "time_to_relapse": "time to relapse", "remission_probability": "remission prob.",
    "senescent_fraction_d14": "senescent, d14", "senescent_fraction_d28": "senescent, d28",
    "senescent_fraction_d90": "senescent, d90", "exhausted_fraction_d14": "exhausted, d14",
    "exhausted_fraction_d28": "exhausted, d28", "exhausted_fraction_d90": "exhausted, d90",
}  # fmt: skip
TOLD = 3
"""Outcomes with a direction that the sentence tells; the table has all."""
SAME = 0.025
"""Below this share of draws with any difference the designs count as equal."""


def unit_of(row: OutcomeRow) -> str:
    """The unit that is shown."""
    return "%" if row.unit == "1" else row.unit


def number(value: float, unit: str = "", digits: int = 3) -> str:
    """A value as it is shown: three digits, "never" for infinity, a dash for what does not exist."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "never" if value > 0 else "-never"
    value = 100.0 * value if unit == "%" else value
    if value == 0.0:
        return "0"
    if abs(value) < 10.0 ** (-digits - 1):
        return "<0.0001" if value > 0 else ">-0.0001"
    rounded = float(f"{value:.{digits}g}")
    if abs(rounded) < 1e5:
        return f"{rounded:g}"
    return f"{rounded:.{digits}g}".replace("e+0", "e").replace("e+", "e")


def band(values: Band, unit: str) -> str:
    """`41.1 (9.7 to 87)`, the central 90 % of draws in brackets."""
    middle = number(values.median, unit)
    if values.low == values.high or math.isnan(values.low):
        return middle
    # A horizon of 365 days must not be rounded to 360.
    digits = 3 if unit == "day" else 2
    low, high = number(values.low, unit, digits), number(values.high, unit, digits)
    return f"{middle} ({low} to {high})" if low != high else middle


def gap(values: Band, unit: str) -> str:
    """A difference as it is shown: between a day and "never" lies no number of days."""
    return band(values, unit).replace("-never", "-∞").replace("never", "∞")


def is_same(row: OutcomeRow) -> bool:
    """Whether nearly all draws give both designs the same value."""
    return row.direction == "undetermined" and row.agreement < SAME and not math.isnan(row.a.median)


def is_close(row: OutcomeRow) -> bool:
    """Whether what differs is less than anyone could see; the sign of such a difference is no result."""
    if is_same(row) or row.size == "clear":
        return False
    return row.size == "none" or row.direction != "undetermined"


def ordered(run: Comparison, asks: Sequence[str] = ()) -> list[OutcomeRow]:
    """Rows in the order in which they are told: asked for, then by importance."""
    rank = {name: n for n, name in enumerate((*dict.fromkeys(asks), *(o for o in ORDER if o not in asks)))}
    return sorted(run.outcomes, key=lambda row: rank.get(row.name, len(rank)))


def headline(run: Comparison, asks: Sequence[str] = ()) -> str:
    """The outcome that matters most: asked for, else the first with a direction, else the first at all."""
    rows = [r for r in ordered(run, asks) if not is_same(r) and not math.isnan(r.a.median)]
    if asks:
        rows = [r for r in rows if r.name in asks] or rows
    sure = [r for r in rows if r.direction != "undetermined"]
    best = [r for r in sure if not is_close(r)] or sure or rows
    return best[0].name if best else ""


def told(run: Comparison, asks: Sequence[str] = ()) -> list[OutcomeRow]:
    """The outcomes that the sentence tells one by one: those asked for, then those with a direction."""
    rows = [r for r in ordered(run, asks) if not math.isnan(r.a.median)]
    asked = [r for r in rows if r.name in asks]
    # A share of cells that nobody would find in blood is no result to lead with.
    few = bool(unseen(run))
    sure = [
        r
        for r in rows
        if r.direction != "undetermined" and not is_close(r) and not (few and "_fraction_" in r.name)
    ]
    return list(dict.fromkeys([*asked, *sure]))[: max(TOLD, len(asked))]


def result(run: Comparison, asks: Sequence[str] = (), names: tuple[str, str] | None = None) -> str:
    """One sentence: what is higher or lower in A than in B, by how much, and what is undetermined.

    Arguments:
        asks: outcomes that the reader asked about; they come first.
        names: what to call the designs; their own names by default.
    """
    first, second = names or (run.a.name, run.b.name)
    rows = [r for r in ordered(run, asks) if not math.isnan(r.a.median)]
    shown_rows = told(run, asks)
    rest = [r for r in rows if r not in shown_rows]
    close = [r for r in rest if is_close(r)]
    open_ = [r for r in rest if r.direction == "undetermined" and not is_same(r) and r not in close]
    same = [r for r in rest if is_same(r)]
    parts = [_told(r) for r in shown_rows]
    hidden = unseen(run)
    if not shown_rows:
        seen = " by more than could be seen" if close else ""
        parts.append(f"no {'other ' if hidden else ''}outcome differs in one direction{seen}")
    if hidden:
        said = (
            f"{' and '.join(hidden)} {'never rises' if len(hidden) == 1 else 'never rise'} above the "
            "detection limit in at least half of the draws, where shares are those of few cells"
        )
        parts.insert(len(parts) if shown_rows and len(hidden) == 1 else 0, said)
    if close:
        parts.append(
            f"in the median too small a difference to be seen ({practical.SAID}): "
            + ", ".join(SHORT[r.name] for r in close)
        )
    if open_:
        shown = ", ".join(SHORT[r.name] for r in open_[:6]) + (
            f" and {len(open_) - 6} more" if len(open_) > 6 else ""
        )
        parts.append(f"undetermined within the ranges: {shown}")
    if same:
        parts.append("the same in both: " + ", ".join(SHORT[r.name] for r in same))
    start = f"A ({first}) against B ({second}): "
    if int(run.run["draws"]) == 1:
        return start + "; ".join(parts) + " (nominal values only: no range was tested)."
    return start + "; ".join(parts) + "."


def unseen(run: Comparison) -> list[str]:
    """The designs whose cells never rise above the detection limit in at least half of the draws."""
    row = run.outcome("persistence")
    return [side for side, b in (("A", row.a), ("B", row.b)) if b.median == 0.0]


def _told(row: OutcomeRow) -> str:
    unit = unit_of(row)
    a, b = number(row.a.median, unit), number(row.b.median, unit)
    if is_same(row):
        return f"{row.text} ({SHORT[row.name]}) is the same in both, {_with_unit(a, unit)}"
    if row.direction == "undetermined" and not is_close(row):
        return (
            f"{row.text} ({SHORT[row.name]}) is undetermined within the ranges, "
            f"A {_with_unit(band(row.a, unit), unit)} against B {_with_unit(band(row.b, unit), unit)}"
        )
    if is_close(row):
        between = _with_unit(gap(row.difference, unit), "percentage points" if unit == "%" else unit)
        return (
            f"{row.text} ({SHORT[row.name]}) differs, in the median, by less than could be seen "
            f"({practical.SAID}), A {a} against B {_with_unit(b, unit)} (difference {between})"
        )
    word = _word(row)
    said = f"{row.text} ({SHORT[row.name]}) is {word} in A, {a} against {_with_unit(b, unit)}"
    if math.isinf(row.difference.median):
        return said  # between a day and "never" there is no number of days
    between = _with_unit(gap(row.difference, unit), "percentage points" if unit == "%" else unit)
    return f"{said} (difference {between})"


def _word(row: OutcomeRow) -> str:
    higher = row.direction == "A>B"
    if row.unit == "day":
        return "later" if higher else "earlier"
    return "higher" if higher else "lower"


def _with_unit(text: str, unit: str) -> str:
    return text if text in ("never", "–") else f"{text} {'days' if unit == 'day' else unit}"
