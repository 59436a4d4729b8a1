"""Events: what they do to a run, how they cut time, and which are refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

from assistant.errors import InputError
from assistant.kinetics import designs
from assistant.kinetics.equations import PARAMETERS
from assistant.kinetics.events import Event, schedule
from assistant.kinetics.simulate import run


def test_time_is_cut_at_every_start_and_end() -> None:
    plan = schedule((Event("dose"), Event("rest", 3.0, 4.0, every=7.0, until=15.0)), 40.0)
    assert plan.bounds.tolist() == [0.0, 3.0, 7.0, 10.0, 14.0, 28.0, 40.0]
    blocked = plan.offset[:, PARAMETERS.index("rest")]
    assert blocked.tolist() == [0.0, 1.0, 0.0, 1.0, 0.0, 0.0]


def test_overlapping_pulses_multiply_and_rests_take_the_stronger() -> None:
    pulses = (
        Event("pulse", 0.0, 10.0, parameter="kX", times=0.5),
        Event("pulse", 5.0, 10.0, parameter="kX", times=0.5),
        Event("rest", 0.0, 10.0, share=0.3),
        Event("rest", 5.0, 10.0, share=0.8),
    )
    plan = schedule(pulses, 20.0)
    assert plan.factor[:, PARAMETERS.index("kX")].tolist() == [0.5, 0.25, 0.5, 1.0]
    assert plan.offset[:, PARAMETERS.index("rest")].tolist() == [0.3, 0.8, 0.8, 0.0]


def test_a_second_dose_adds_cells_at_its_day() -> None:
    design = designs.load("bbz").with_value("H0", 0.0)
    twice = design.with_events(Event("dose", 200.0, cells=1e9))
    one, two = (
        run(d, 250.0, np.array([199.0, 201.0])).outputs["blood_cells_per_uL"] for d in (design, twice)
    )
    assert one[0] == pytest.approx(two[0], rel=1e-6)
    assert two[1] > one[1] + 0.01


def test_new_lymphodepletion_restarts_the_window() -> None:
    plain = designs.load("bbz").with_events(Event("dose", 90.0, cells=1e8))
    cleared = plain.with_events(Event("lymphodepletion", 88.0))
    assert (
        run(cleared, 150.0, np.array([110.0])).outputs["blood_cells_per_uL"][0]
        > (run(plain, 150.0, np.array([110.0])).outputs["blood_cells_per_uL"][0])
    )


def test_rest_gives_exhausted_cells_back_and_not_senescent_ones() -> None:
    design = designs.load("28z").with_events(Event("rest", 14.0, 6.0))
    found = run(design, 30.0, np.array([14.0, 20.0]))
    x, s = found.states["X"], found.states["S"]
    through_death = math.exp(-6.0 * design.value("dX"))
    assert x[1] / x[0] < 0.75 * through_death, "rest must do more than death does"
    assert s[1] / s[0] >= math.exp(-6.0 * design.value("dS")) - 1e-6, "senescent cells only die"


def test_a_senolytic_pulse_removes_senescent_cells() -> None:
    plain, treated = designs.load("bbz"), designs.load("bbz+senolytic")
    shares = [run(d, 60.0, np.array([17.0])).outputs["senescent_fraction"][0] for d in (plain, treated)]
    assert shares[1] < 0.6 * shares[0]


def test_a_safety_switch_removes_its_share_at_once() -> None:
    design = designs.load("bbz").with_events(Event("deplete", 20.0, share=0.9))
    found = run(design, 30.0, np.array([20.0, 20.0 + 1e-6]))
    level = found.outputs["blood_cells_per_uL"]
    assert level[1] == pytest.approx(0.1 * level[0], rel=1e-3)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"kind": "dose", "cells": -1.0}, "negative"),
        ({"kind": "dose", "cells": math.nan}, "negative"),
        ({"kind": "dose", "time": -1.0}, "negative"),
        ({"kind": "dose", "time": math.nan}, "NaN"),
        ({"kind": "rest", "time": 1.0}, "lasts 0 days"),
        ({"kind": "rest", "time": 1.0, "duration": 7.0, "every": 7.0}, "never ends"),
        ({"kind": "rest", "time": 1.0, "duration": 1.0, "share": 1.5}, "between 0 and 1"),
        ({"kind": "pulse", "duration": 1.0, "parameter": "zz"}, "unknown parameter"),
        ({"kind": "lymphodepletion", "w0": 0.0}, "w0"),
    ],
)
def test_an_impossible_event_is_refused(bad: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Event(**bad)  # type: ignore[arg-type]  # the point is that the values are wrong


@pytest.mark.parametrize("days", [0.0, -3.0, math.nan, math.inf])
def test_a_run_needs_a_positive_length(days: float) -> None:
    with pytest.raises(InputError, match="cannot simulate"):
        schedule((), days)


def test_a_schedule_of_too_many_events_is_refused() -> None:
    with pytest.raises(InputError, match="too many events"):
        schedule((Event("rest", 0.0, 0.001, every=0.002),), 1000.0)
