"""How large a difference has to be before anyone could see it: the sign of nothing is no result.

Paired draws give a direction to differences far below what an assay tells apart. The limits are assumed:
shares by flow cytometry and counts in blood vary by as much from run to run, and blood is drawn by the day.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from assistant.kinetics.compare import Band

Size: TypeAlias = Literal["clear", "small", "none"]
"""none: 90 % of the draws lie within the limit; small: the median does; clear: beyond it."""

SHARE: Final = 0.02
"""Two percentage points of the cells, or of the chance of remission."""
DAYS: Final = 1.0
RELATIVE: Final = 0.1
"""Of the larger value, for cells in blood, exposure and tumour."""
SAID: Final = "2 percentage points, a day or 10 % of the value, assumed"


def least(unit: str, a: float, b: float) -> float:
    """The smallest difference that counts, in the unit of the outcome.

    Arguments:
        a, b: medians of both designs, in that unit; inf for "never".
    """
    if unit == "1":
        return SHARE
    if unit == "day":
        return DAYS
    return RELATIVE * max((abs(x) for x in (a, b) if math.isfinite(x)), default=0.0)


def size(unit: str, a: float, b: float, difference: Band) -> Size:
    """Whether a paired difference is one that could be seen.

    Arguments:
        a, b: medians of both designs.
        difference: A minus B over the draws.
    """
    limit = least(unit, a, b)
    if not abs(difference.median) < limit:
        return "clear"
    return "none" if -limit < difference.low and difference.high < limit else "small"
