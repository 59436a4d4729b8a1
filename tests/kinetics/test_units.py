"""Units: what converts, what is refused, and that every parameter has one."""

from __future__ import annotations

import pytest

from assistant.errors import InputError
from assistant.kinetics import units
from assistant.kinetics.parameters import meanings


@pytest.mark.parametrize(
    ("value", "unit", "to", "expected"),
    [
        (5.0, "%", "1", 0.05),
        (1.0, "1/h", "1/day", 24.0),
        (2.0, "weeks", "day", 14.0),
        (12.0, "hours", "day", 0.5),
        (3.0, "cells", "cells", 3.0),
        (2000.0, "cells/mL", "cells/uL", 2.0),
        (100.0, "molecules/cell", "molecules", 100.0),
    ],
)
def test_units_of_one_dimension_convert(value: float, unit: str, to: str, expected: float) -> None:
    assert units.convert(value, unit, to) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("unit", "to"), [("cells", "1/day"), ("day", "1/day"), ("%", "cells"), ("molecules", "cells")]
)
def test_units_of_another_dimension_are_refused_with_the_right_one(unit: str, to: str) -> None:
    with pytest.raises(InputError) as caught:
        units.convert(1.0, unit, to, what="kX")
    assert "kX" in caught.value.message
    assert to in caught.value.hint


def test_an_unknown_unit_is_refused_with_those_that_exist() -> None:
    with pytest.raises(InputError, match="furlong") as caught:
        units.convert(1.0, "furlong", "day")
    assert "1/day" in caught.value.hint


def test_every_parameter_is_given_in_a_unit_of_the_model() -> None:
    for meaning in meanings().values():
        assert units.convert(1.0, meaning.unit, units.MODEL_UNIT[units.dimension(meaning.unit)]) == 1.0, (
            meaning.name
        )
