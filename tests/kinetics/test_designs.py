"""Designs and levers: the shipped ones load and make sense; a user's file fails with file, line and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import InputError
from assistant.kinetics import designs, levers
from assistant.kinetics.citations import cite
from assistant.kinetics.equations import PARAMETERS
from assistant.kinetics.events import Event
from assistant.kinetics.simulate import run


@pytest.mark.parametrize("name", designs.names())
def test_every_shipped_design_runs(name: str) -> None:
    found = run(designs.load(name), 60.0)
    assert found.status == "ok"
    assert found.outcomes["Cmax"] > 0.1


@pytest.mark.parametrize("name", levers.names())
def test_every_lever_runs_on_the_designs_it_is_for(name: str) -> None:
    for base in levers.load(name).bases or ("bbz", "28z"):
        assert run(designs.load(f"{base}+{name}"), 60.0).status == "ok"


@pytest.mark.parametrize("name", levers.names())
def test_every_direction_rests_on_a_finding_or_is_called_assumed(name: str) -> None:
    lever = levers.load(name)
    for effect in lever.effects:
        assert effect.findings or effect.status == "assumed", effect.parameter
        assert effect.low <= effect.value <= effect.high, effect.parameter
        for finding in effect.findings:
            citation = cite(finding)
            assert citation is not None, finding
            assert citation["quote"], finding
    assert lever.effects or lever.note, "a lever made of events says what its direction rests on"


@pytest.mark.parametrize(
    "name", ["tet2", "pd-1", "c-jun", "senolytic", "p38-inhibitor", "tert", "tonic-signal"]
)
def test_a_contested_lever_names_the_opposing_findings(name: str) -> None:
    assert "#F" in levers.load(name).conflict


@pytest.mark.parametrize("name", levers.names())
def test_a_direction_without_a_finding_is_called_assumed(name: str) -> None:
    lever = levers.load(name)
    for effect in lever.effects:
        assert (effect.status == "assumed") == (not effect.findings), effect.parameter
        assert effect.findings or effect.note.startswith("assumed"), effect.parameter
        assert "assumed" in effect.note or effect.low == effect.high, effect.parameter
    assert lever.effects or lever.event_findings or "assumed" in lever.note


@pytest.mark.parametrize(
    ("name", "identity"), [("4-1BB", "bbz"), ("cd28", "28z"), ("Yescarta", "axi-cel-like")]
)
def test_a_design_answers_to_its_other_names(name: str, identity: str) -> None:
    assert designs.load(name).id == identity


@pytest.mark.parametrize(("typo", "meant"), [("bbx", "bbz"), ("axi-cel-lke", "axi-cel-like")])
def test_an_unknown_design_is_answered_with_the_nearest(typo: str, meant: str) -> None:
    with pytest.raises(InputError, match=typo) as caught:
        designs.load(typo)
    assert repr(meant) in caught.value.hint


def test_an_unknown_layer_is_answered_with_the_nearest() -> None:
    with pytest.raises(InputError) as caught:
        designs.load("bbz+c-jum")
    assert "'c-jun'" in caught.value.hint


@pytest.mark.parametrize(
    ("given", "expected"),
    [("0.1", 0.1), ("10 %", 0.1), ("10%", 0.1), ("x2", 0.4), (0.1, 0.1)],
)
def test_a_value_may_be_absolute_a_share_or_a_fold(given: str | float, expected: float) -> None:
    assert designs.load("bbz").with_value("fM", 0.2).with_value("fM", given).value("fM") == pytest.approx(
        expected
    )


def test_a_value_with_a_unit_is_converted_and_a_wrong_unit_refused() -> None:
    design = designs.load("bbz")
    assert design.with_value("kX", "0.01 1/h").value("kX") == pytest.approx(0.24)
    with pytest.raises(InputError, match="is a rate"):
        design.with_value("kX", "5 cells")


def test_a_value_outside_its_range_is_allowed_with_a_warning() -> None:
    design = designs.load("bbz").with_value("rho", 9.0)
    assert design.value("rho") == 9.0
    assert any("rho" in w and "plausible range" in w for w in design.warnings)


@pytest.mark.parametrize(
    ("name", "value"), [("dose", "-1e8"), ("KC", "0"), ("fM", "1.5"), ("rho", "nan"), ("kX", "inf")]
)
def test_an_unphysical_value_is_refused(name: str, value: str) -> None:
    with pytest.raises(InputError, match=name) as caught:
        designs.load("bbz").with_value(name, value)
    assert caught.value.hint


def test_product_shares_sum_to_one_whatever_is_set() -> None:
    values = designs.load("bbz").with_value("fS", 0.5).vector()
    assert sum(values[[PARAMETERS.index(s) for s in designs.SHARES]]) == pytest.approx(1.0)


GOOD = """
name = "mine"
base = "bbz"
layers = ["c-jun"]
[parameters]
rho = 1.5
fM = "40 %"
[parameters.kX]
value = 0.05
low = 0.01
high = 0.2
status = "assumed"
note = "measured by us"
[[events]]
kind = "dose"
time = 14.0
cells = 5e7
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_users_file_is_a_design(tmp_path: Path) -> None:
    design = designs.load(str(written(tmp_path, GOOD)))
    assert design.value("rho") == 1.5
    assert design.value("fM") == pytest.approx(0.4)
    assert design.parameters["kX"].base_high == 0.2
    assert [e.kind for e in design.events] == ["dose", "dose"]
    assert run(design, 60.0).status == "ok"


def test_a_dose_at_day_zero_replaces_the_standard_one(tmp_path: Path) -> None:
    design = designs.load(str(written(tmp_path, GOOD.replace("time = 14.0", "time = 0.0"))))
    assert [e.cells for e in design.events] == [5e7]


@pytest.mark.parametrize(
    ("good", "bad", "expected"),
    [
        ("rho = 1.5", "rhoo = 1.5", ["line 6", "'rhoo'", "'rho'"]),
        ("layers =", "layrs =", ["line 4", "'layrs'", "'layers'"]),
        ("rho = 1.5", 'rho = "fast"', ["line 6", "'rho'", "not a number"]),
        ("value = 0.05", "value = -0.05", ["kX"]),
        ("kind = \"dose\"", "kind = \"doses\"", ["'kind'", "dose"]),
        ("cells = 5e7", "cells = -5e7", ["negative"]),
        ("cells = 5e7", "cell = 5e7", ["line 17", "'cell'", "'cells'"]),
        ('base = "bbz"', 'base = "bbq"', ["bbq", "bbz"]),
        ('["c-jun"]', '["c-jum"]', ["'layers'", "c-jum"]),
        ("rho = 1.5", "rho = = 1.5", ["not valid TOML", "line 6"]),
    ],
)  # fmt: skip
def test_a_typo_in_a_users_file_is_reported_with_its_place(
    tmp_path: Path, good: str, bad: str, expected: list[str]
) -> None:
    with pytest.raises(InputError) as caught:
        designs.load(str(written(tmp_path, GOOD.replace(good, bad))))
    for part in expected:
        assert part in str(caught.value), str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.toml"):
        designs.load(str(tmp_path / "none.toml"))


def test_loading_never_changes_what_was_loaded_before() -> None:
    before = designs.load("bbz")
    designs.load("bbz+c-jun").with_value("rho", 1.0).with_events(Event("rest", 5.0, 2.0))
    assert designs.load("bbz").parameters == before.parameters
    assert designs.load("bbz").events == before.events
