"""`senescope model`: what is printed and written, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.cli.app import run


def invoke(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = run(("model", *arguments))
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def as_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    code, out, err = invoke(capsys, *arguments, "--json")
    assert code == 0, err
    found: dict[str, Any] = json.loads(out)
    assert found["version"] == 1
    return found


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """State goes to a folder of its own; the compiled model is shared between tests."""
    from assistant.kinetics import kernel

    kernel.load()
    monkeypatch.setenv("SENESCOPE_HOME", str(tmp_path))


def test_designs_and_levers_are_listed_with_their_other_names(capsys: pytest.CaptureFixture[str]) -> None:
    data = as_json(capsys, "designs")
    assert {"bbz", "28z", "axi-cel-like"} <= {d["id"] for d in data["designs"]}
    levers = {v["id"]: v for v in data["levers"]}
    assert levers["c-jun"]["findings"] and levers["c-jun"]["conflict"]
    code, out, _ = invoke(capsys, "designs")
    assert code == 0 and "| bbz" in out and "| c-jun" in out


def test_every_parameter_has_unit_range_and_source_or_the_word_assumed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    data = as_json(capsys, "parameters", "--design", "28z+c-jun")
    for name, p in data["parameters"].items():
        assert p["unit"] and p["low"] <= p["value"] <= p["high"], name
        source = p["source"]
        assert p["status"] == "assumed" or (source and (source["title"] or source["doi"])), name
        if source and source["passage"]:
            assert source["quote"], name
    code, out, _ = invoke(capsys, "parameters")
    assert code == 0 and out.count("\n| ") >= len(data["parameters"])


def test_one_parameter_is_shown_with_its_quote(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = invoke(capsys, "show", "kS")
    assert code == 0 and "can2025-costim-senescence#F1" in out and "BBζ" in out and "assumed" in out


@pytest.mark.parametrize("name", ["c-jun", "axi-cel", "senolytic", "bbz+tet2"])
def test_designs_and_levers_are_shown(capsys: pytest.CaptureFixture[str], name: str) -> None:
    code, out, _ = invoke(capsys, "show", name)
    assert code == 0 and len(out.splitlines()) >= 3
    as_json(capsys, "show", name)


def test_a_scan_prints_one_row_a_value(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = invoke(capsys, "scan", "dose=1e7,1e8", "--draws", "8", "--days", "60")
    assert code == 0 and out.count("\n| 1e") == 2 and "brackets hold 90 %" in out
    data = as_json(capsys, "scan", "dose=1e7,1e8", "--draws", "8", "--days", "60")
    cmax = next(o for o in data["outcomes"] if o["name"] == "Cmax")
    assert len(cmax["bands"]) == 2 and cmax["unit"] == "cells/uL"


def test_a_ranking_shows_what_a_change_costs(capsys: pytest.CaptureFixture[str]) -> None:
    data = as_json(capsys, "scan", "--levers", "--design", "28z", "--draws", "8", "--days", "40")
    assert len(data["levers"]) > 10
    assert all(set(v["beside"]) == {"Cmax", "remission_probability"} for v in data["levers"])


def test_sensitivities_are_listed_largest_first(capsys: pytest.CaptureFixture[str]) -> None:
    data = as_json(capsys, "sensitivity", "--outcome", "Cmax", "--days", "40")
    sizes = [abs(i["value"]) for i in data["indices"] if i["value"] is not None]
    assert sizes == sorted(sizes, reverse=True) and sizes[0] > 0.5


def test_a_cohort_reports_shares_with_intervals(capsys: pytest.CaptureFixture[str]) -> None:
    data = as_json(capsys, "cohort", "--vs", "28z", "-n", "64", "--days", "200")
    assert data["patients"] == 64 and [a["id"] for a in data["arms"]] == ["A", "B"]
    for arm in data["arms"]:
        share = arm["response"]
        assert 0.0 <= share["low"] <= share["share"] <= share["high"] <= 1.0
        assert arm["relapse_free"]["median"][0] == 1.0
    assert all(s["because"] for s in data["spread"].values())


@pytest.mark.parametrize("name", ["model.xml", "model.ant"])
def test_a_design_is_exported(capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str) -> None:
    code, out, _ = invoke(capsys, "export", str(tmp_path / name), "--design", "bbz+senolytic")
    text = (tmp_path / name).read_text()
    assert (code, out) == (0, "") and "senolytic" in text and "dS" in text


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("show", "kSS"), 3, "did you mean 'kS'"),
        (("parameters", "--design", "bzz"), 3, "did you mean 'bbz'"),
        (("scan", "doze=1..2"), 3, "did you mean 'dose'"),
        (("scan", "dose=5..2"), 3, "smaller value first"),
        (("scan",), 2, "--levers"),
        (("sensitivity", "--outcome", "Cmaxx"), 3, "did you mean 'Cmax'"),
        (("sensitivity", "--sobol", "--sample", "100"), 3, "power of two"),
        (("cohort", "-n", "0"), 3, "patients"),
        (("export", "model.txt"), 3, ".ant for Antimony"),
        (("compare", "nowhere.xml"), 3, "nowhere.xml"),
    ],
)
def test_bad_input_ends_with_the_fix(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, says: str
) -> None:
    got, out, err = invoke(capsys, *arguments)
    assert (got, out) == (code, "") and says in err


def test_an_html_page_is_no_sbml(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    place = tmp_path / "page.xml"
    place.write_text("<html><body/></html>")
    code, _, err = invoke(capsys, "compare", str(place))
    assert code == 3 and "not SBML" in err
