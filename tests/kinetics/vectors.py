"""Parameter vectors and states for tests of the equations."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from assistant.kinetics import designs
from assistant.kinetics import equations as eq


def vector(name: str = "bbz", **values: float) -> eq.Vector:
    """Parameters of a design with some changed, derived slots filled."""
    v = np.zeros(eq.N_VECTOR)
    v[: eq.N_PARAMETERS] = designs.load(name).vector()
    for parameter, value in values.items():
        v[eq.PARAMETERS.index(parameter)] = value
    eq.derive(v)
    return v


def slope(y: eq.Vector, v: eq.Vector, t: float = 3.0) -> eq.Vector:
    """Time derivative of a state."""
    dy = np.zeros(eq.N_STATES)
    eq.rhs(t, y, v, dy)
    return dy


def state(**values: float) -> eq.Vector:
    """A state from names; what is not named is zero."""
    y = np.zeros(eq.N_STATES)
    for name, value in values.items():
        y[eq.STATES.index(name)] = value
    return y


def _cells() -> st.SearchStrategy[float]:
    return st.one_of(st.just(0.0), st.floats(0.0, 11.0).map(lambda x: float(10.0**x)))


@st.composite
def states(draw: st.DrawFn) -> eq.Vector:
    """Any state a run can be in: cells from none to 1e11, mean burdens from 0 to 60."""
    cells = [draw(_cells()) for _ in range(5)]
    burdens = [draw(st.floats(0.0, 60.0)) for _ in range(3)]
    carried = [cells[0] * burdens[0], cells[1] * burdens[1], cells[4] * burdens[2]]
    targets = [draw(_cells()) for _ in range(3)]
    return np.array([*cells, *carried, *targets])


design_names = st.sampled_from(
    ["bbz", "28z", "low-affinity", "1xx-like", "third-generation", "bbz+tonic-signal"]
)
