"""parameters.toml: complete, sourced, in range; and what the loader refuses."""

from __future__ import annotations

import math
from typing import Any

import pytest

from assistant.errors import InputError
from assistant.kinetics.citations import cite
from assistant.kinetics.equations import PARAMETERS
from assistant.kinetics.parameters import Effect, column, known, meanings, nearest, parse


@pytest.mark.parametrize("name", ["bbz", "28z"])
def test_every_parameter_of_the_equations_has_a_value_inside_its_range(name: str) -> None:
    shipped = column(name)
    assert tuple(shipped) == PARAMETERS
    for parameter in shipped.values():
        assert parameter.low <= parameter.value <= parameter.high, parameter.name
        meanings()[parameter.name].check(parameter.value)


@pytest.mark.parametrize("name", ["bbz", "28z"])
def test_every_number_has_a_source_or_the_word_assumed(name: str) -> None:
    for parameter in column(name).values():
        assert parameter.status == "assumed" or parameter.source is not None, parameter.name


@pytest.mark.parametrize("name", ["bbz", "28z"])
def test_every_finding_named_by_a_parameter_is_in_the_corpus(name: str) -> None:
    findings = [p.source.finding for p in column(name).values() if p.source and p.source.finding]
    assert len(findings) > 5
    for finding in findings:
        citation = cite(finding)
        assert citation is not None, finding
        assert citation["quote"], finding


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"low": 0.1, "high": 1.0}, "no value"),
        ({"value": 0.1, "status": "published"}, "needs a doi or a finding"),
        ({"value": 0.1, "status": "guessed"}, "is not one of"),
        ({"value": 0.1, "unit": "cells"}, "is a rate in 1/day"),
        ({"value": 0.1, "low": 0.2, "high": 0.3}, "outside low"),
        ({"value": -0.1}, "unphysical"),
        ({"value": math.nan}, "outside low|not a number"),
        ({"value": "much"}, "is not a number"),
        ({"value": 0.1, "statsu": "assumed"}, "unknown key"),
    ],
)
def test_a_bad_entry_is_refused_saying_where(raw: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        parse("kX", raw, "mine", "mine.toml")
    assert "mine.toml" in caught.value.message or "kX" in caught.value.message


def test_an_entry_in_another_unit_is_converted() -> None:
    assert parse("kX", {"value": 0.01, "unit": "1/h"}, "mine", "mine.toml").value == pytest.approx(0.24)


@pytest.mark.parametrize(
    ("typo", "meant"), [("kx", "kX"), ("omeg", "omega"), ("A5O", "A50"), ("dosis", "dose")]
)
def test_an_unknown_parameter_is_answered_with_the_nearest(typo: str, meant: str) -> None:
    with pytest.raises(InputError) as caught:
        known(typo)
    assert repr(meant) in caught.value.hint


def test_nothing_is_offered_when_nothing_is_near() -> None:
    assert nearest("zzzzzzzzzz", PARAMETERS) is None


def test_an_effect_moves_the_value_and_its_range() -> None:
    before = column("28z")["kX"]
    after = before.changed(Effect("kX", "times", 0.5, 0.25, 0.75, "lever", "assumed"))
    assert after.value == pytest.approx(0.5 * before.value)
    assert after.low == pytest.approx(0.25 * before.low)
    assert after.high == pytest.approx(0.75 * before.high)
    assert after.base == before.value


def test_an_unphysical_effect_is_refused() -> None:
    with pytest.raises(InputError, match="unphysical"):
        column("bbz")["fM"].changed(Effect("fM", "set", 1.5, 1.5, 1.5, "user", "user"))
