"""Checked units: a short table of dimensions instead of a units library.

The model needs time, cells, antigen molecules, divisions and blood volume, and nothing else. A table
of forty spellings covers that in microseconds; pint would add 0.3 s to every start.
"""

from __future__ import annotations

from assistant.errors import InputError

# spelling -> (dimension, factor to the model's own unit of that dimension)
_TABLE: dict[str, tuple[str, float]] = {
    "1": ("number", 1.0),
    "": ("number", 1.0),
    "fraction": ("number", 1.0),
    "share": ("number", 1.0),
    "ratio": ("number", 1.0),
    "fold": ("number", 1.0),
    "%": ("number", 0.01),
    "percent": ("number", 0.01),
    "day": ("time", 1.0),
    "days": ("time", 1.0),
    "d": ("time", 1.0),
    "hour": ("time", 1.0 / 24.0),
    "hours": ("time", 1.0 / 24.0),
    "h": ("time", 1.0 / 24.0),
    "week": ("time", 7.0),
    "weeks": ("time", 7.0),
    "month": ("time", 30.4375),
    "months": ("time", 30.4375),
    "year": ("time", 365.25),
    "years": ("time", 365.25),
    "1/day": ("rate", 1.0),
    "1/d": ("rate", 1.0),
    "/day": ("rate", 1.0),
    "/d": ("rate", 1.0),
    "per day": ("rate", 1.0),
    "1/h": ("rate", 24.0),
    "1/hour": ("rate", 24.0),
    "per hour": ("rate", 24.0),
    "1/week": ("rate", 1.0 / 7.0),
    "per week": ("rate", 1.0 / 7.0),
    "cells": ("cells", 1.0),
    "cell": ("cells", 1.0),
    "molecules": ("antigen", 1.0),
    "molecule": ("antigen", 1.0),
    "molecules/cell": ("antigen", 1.0),
    "molecules per cell": ("antigen", 1.0),
    "divisions": ("divisions", 1.0),
    "division": ("divisions", 1.0),
    "cells/uL": ("blood level", 1.0),
    "cells/ul": ("blood level", 1.0),
    "cells/µL": ("blood level", 1.0),
    "cells/mL": ("blood level", 1e-3),
    "day*cells/uL": ("exposure", 1.0),
    "uL": ("blood volume", 1.0),
    "mL": ("blood volume", 1e3),
}

MODEL_UNIT: dict[str, str] = {
    "number": "1",
    "time": "day",
    "rate": "1/day",
    "cells": "cells",
    "antigen": "molecules",
    "divisions": "divisions",
    "blood level": "cells/uL",
    "exposure": "day*cells/uL",
    "blood volume": "uL",
}
"""The unit the equations use for each dimension."""

# Exponents over (cells, days, molecules, blood volume): what a change of base unit does to a number.
EXPONENTS: dict[str, tuple[int, int, int, int]] = {
    "number": (0, 0, 0, 0),
    "divisions": (0, 0, 0, 0),
    "time": (0, 1, 0, 0),
    "rate": (0, -1, 0, 0),
    "cells": (1, 0, 0, 0),
    "antigen": (0, 0, 1, 0),
    "blood level": (1, 0, 0, -1),
    "blood volume": (0, 0, 0, 1),
    "exposure": (1, 1, 0, -1),
}


def dimension(unit: str) -> str:
    """Name of the dimension of `unit`; raises InputError for a spelling that is not in the table."""
    entry = _TABLE.get(unit.strip())
    if entry is None:
        known = ", ".join(sorted({u for u in MODEL_UNIT.values() if u != "1"}))
        raise InputError(f"unknown unit {unit!r}", hint=f"use one of: {known}, or % for a share")
    return entry[0]


def convert(value: float, unit: str, to: str, *, what: str = "value") -> float:
    """`value` given in `unit`, expressed in `to`.

    Raises:
        InputError: when the two do not measure the same thing, e.g. 1/day for a cell number.
    """
    have, want = dimension(unit), dimension(to)
    if have != want:
        raise InputError(
            f"{what} is a {want} in {to or '1'}, but {unit!r} is a {have}",
            hint=f"give it in {to!r}",
        )
    return value * _TABLE[unit.strip()][1] / _TABLE[to.strip()][1]
