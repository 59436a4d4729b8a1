"""Properties the equations must have for any state and design."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.kinetics import equations as eq
from assistant.kinetics import units
from assistant.kinetics.parameters import meanings
from tests.kinetics.vectors import design_names, slope, state, states, vector

CAR = slice(0, 5)


@given(states(), design_names, st.floats(0.0, 1000.0))
def test_a_state_at_zero_never_falls(y: eq.Vector, name: str, t: float) -> None:
    dy = slope(y, vector(name), t)
    scale = 1e-9 * (np.abs(y).sum() + 1.0)
    for i in range(eq.N_STATES):
        if y[i] == 0.0:
            assert dy[i] >= -scale, eq.STATES[i]


@given(states(), design_names)
def test_the_signal_lies_between_none_and_full(y: eq.Vector, name: str) -> None:
    assert 0.0 <= eq.stimulation(y, vector(name)) <= 1.0


@given(states(), design_names)
def test_enforced_rest_silences_every_signal(y: eq.Vector, name: str) -> None:
    v = vector(name, rest=1.0)
    assert eq.stimulation(y, v) == 0.0
    awake, asleep = slope(y, vector(name, tau=0.0)), slope(y, v)
    assert asleep[2] <= awake[2] + 1e-6 * abs(awake[2]) + 1e-6, "rest must not exhaust"
    assert asleep[3] <= awake[3] + 1e-6 * abs(awake[3]) + 1e-6, "rest must not make cells senescent"


@given(states(), design_names)
def test_exchange_between_states_makes_and_loses_no_cell(y: eq.Vector, name: str) -> None:
    quiet = {"rho": 0.0, "delta": 0.0, "rM": 0.0, "dM": 0.0, "dE": 0.0, "dX": 0.0, "dS": 0.0, "dP": 0.0}
    dy = slope(y, vector(name, **quiet))
    assert abs(dy[CAR].sum()) <= 1e-9 * (np.abs(dy[CAR]).sum() + 1.0)


@given(states(), design_names)
def test_cells_change_only_by_divisions_bursts_and_deaths(y: eq.Vector, name: str) -> None:
    v = vector(name, kS=0.0)
    p = dict(zip(eq.PARAMETERS, v, strict=False))
    M, E, X, S, P = y[CAR]
    u, W = eq.stimulation(y, v), eq.window(3.0, v)
    G = (1.0 + p["lam"] * W) / (1.0 + p["lam"]) * max(0.0, 1.0 - y[CAR].sum() / p["KC"])
    aM = y[5] / M if M > eq.TINY else 0.0
    aE = y[6] / E if E > eq.TINY else 0.0
    act = p["delta"] * u * (1.0 - eq.failing(aM, v))
    born = p["rho"] * u * G * (1.0 - eq.failing(aE, v)) * E + p["rM"] * W * (1.0 - eq.failing(aM, v)) * M
    born += act * M * (2.0 * p["f"] - 1.0 + 2.0 * (1.0 - p["f"]) * 2.0 ** p["b"])
    died = p["dM"] * M + p["dE"] * E + p["dX"] * X + p["dS"] * S + p["dP"] * P
    total = slope(y, v)[CAR].sum()
    assert total == pytest.approx(born - died, rel=1e-8, abs=1e-9 * (born + died + 1.0))


@given(states())
def test_without_failed_divisions_and_stress_senescence_only_decays(y: eq.Vector) -> None:
    v = vector("bbz", kS=0.0, kI=0.0)
    assert slope(y, v)[3] == pytest.approx(-v[eq.DS] * y[3])


@given(states())
def test_without_exhaustion_the_exhausted_only_decay(y: eq.Vector) -> None:
    assert slope(y, vector("28z", kX=0.0, tau=0.0))[2] <= 0.0


@given(states())
def test_without_recovery_exhaustion_is_one_way(y: eq.Vector) -> None:
    v = vector("28z", omega=0.0)
    assert slope(y, v)[2] >= -v[eq.DX] * y[2] - 1e-9 * y[2]


@given(states())
def test_senescent_cells_never_come_back(y: eq.Vector) -> None:
    """Adding senescent cells changes nothing but room, killing and their own death."""
    v = vector("bbz", KC=1e30, eS=0.0)
    more = y.copy()
    more[3] += 1e9
    difference = slope(more, v) - slope(y, v)
    assert difference[3] == pytest.approx(-v[eq.DS] * 1e9, rel=1e-6)
    rest = np.delete(difference, 3)
    assert np.all(np.abs(rest) <= 1e-9 * (np.abs(slope(y, v)).max() + 1.0))


@given(states(), st.floats(0.1, 1000.0), design_names)
def test_scaling_every_cell_number_scales_every_rate(y: eq.Vector, factor: float, name: str) -> None:
    v = vector(name)
    bigger = {p: v[eq.PARAMETERS.index(p)] * factor for p in ("Ks", "KF", "KC", "KT", "B0")}
    scaled = slope(y * factor, vector(name, **bigger))
    # Mean burdens are read as zero below a billionth of a cell, whatever the scale.
    if min([c for c in y[:5] if c > 0.0], default=1.0) < 1e-3:
        return
    assert scaled == pytest.approx(slope(y, v) * factor, rel=1e-7, abs=1e-6 * factor * (y.max() + 1.0) * 1e-6)


@settings(max_examples=50)
@given(states(), st.tuples(*[st.floats(0.2, 5.0)] * 3))
def test_the_equations_are_dimensionally_consistent(y: eq.Vector, sizes: tuple[float, float, float]) -> None:
    """Measure cells, time and antigen in other units: every rate must follow its declared dimension.

    This holds only if the unit declared for each parameter is the one the equations use.
    """
    cells, time, antigen = sizes
    if min([c for c in y[:5] if c > 0.0], default=1.0) < 1e-3:
        return
    v = vector("bbz", tau=0.1, mu=1e-8, L0_share=0.1, tLD=1.0)
    other = v.copy()
    for i, name in enumerate(eq.PARAMETERS):
        n, t, a, _ = units.EXPONENTS[units.dimension(meanings()[name].unit)]
        other[i] = v[i] * cells**n * time**t * antigen**a
    eq.derive(other)
    expected = slope(y, v, 3.0) * cells / time
    found = slope(y * cells, other, 3.0 * time)
    assert found == pytest.approx(expected, rel=1e-7, abs=1e-12 * (np.abs(expected).max() + 1.0))


@given(st.floats(2.0, 5.0), st.floats(1.0, 3.0), st.floats(3.0, 12.0), design_names)
def test_more_antigen_per_cell_never_weakens_the_signal(a: float, more: float, h: float, name: str) -> None:
    y = state(H=10.0**h)
    low, high = vector(name, aH=10.0**a), vector(name, aH=10.0**a * more)
    assert eq.stimulation(y, high) >= eq.stimulation(y, low) - 1e-12
    assert eq.kill_rate(state(E=1e9, H=10.0**h), high) >= 0.0


@given(states())
def test_the_tumour_never_grows_beyond_its_capacity(y: eq.Vector) -> None:
    v = vector("bbz")
    y[8], y[9] = v[eq.KT], v[eq.KT]
    assert slope(y, v)[8] + slope(y, v)[9] <= 0.0


@given(states())
def test_no_signal_and_no_window_means_no_growth(y: eq.Vector) -> None:
    y[8:11] = 0.0
    dy = slope(y, vector("bbz", rM=0.0, tau=0.0))
    assert dy[CAR].sum() <= 1e-9 * y[:5].sum()


def test_effectors_stop_dividing_at_the_carrying_capacity() -> None:
    v = vector("bbz", delta=0.0)
    y = state(E=v[eq.KC], QE=8.0 * v[eq.KC], H=1e11)
    assert slope(y, v)[1] < 0.0


def test_a_division_adds_two_to_the_burden_of_a_pool() -> None:
    quiet = {"dE": 0.0, "kX": 0.0, "kI": 0.0, "m": 0.0, "a50": 1e9, "kS": 0.0, "lam": 0.0, "KC": 1e30}
    v = vector("bbz", **quiet)
    y = state(E=1e6, QE=8e6, H=1e14)
    dy = slope(y, v)
    mean_rise = (dy[6] - 8.0 * dy[1]) / 1e6
    assert mean_rise == pytest.approx(2.0 * dy[1] / 1e6)


@pytest.mark.parametrize(("stage", "share"), [("M", 0.1), ("M", 0.9), ("E", 0.1), ("E", 0.9)])
def test_forced_senescence_moves_cells_and_takes_their_burden_out(stage: str, share: float) -> None:
    y = state(**{stage: 1e6, f"Q{stage}": 5e6})
    eq.induce(y, share)
    assert y[3] == pytest.approx(share * 1e6)
    assert y[:5].sum() == pytest.approx(1e6)
    assert y[5] + y[6] == pytest.approx((1.0 - share) * 5e6)
