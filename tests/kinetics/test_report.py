"""The report: facts as they are, records judged by rule, another file of records accepted."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import InputError
from assistant.kinetics import clinical, facts, metrics, population, report
from assistant.kinetics.clinical import judge, records
from assistant.kinetics.designs import load

MISSED = {
    "Tmax 4-1BB, earliest of 9 patients",
    "Tmax 4-1BB, latest of 9 patients",
    "Tmax CD28, earliest of 9 patients",
    "fast half-life, 4-1BB",
    "persistence, CD28",
    "persistence without visible tumour",
    "Cmax 4-1BB, burden 2e9 over 1e11",
    "Cmax CD28, burden 2e9 over 1e11",
    "dose of a short-culture product for equal Cmax",
}
"""What the shipped parameters get wrong, said in the open. A change of the model must change this list."""


@pytest.fixture(scope="module")
def known() -> tuple[facts.Fact, ...]:
    return facts.facts()


def test_the_facts_that_the_model_misses_are_exactly_those_that_we_say(known: tuple[facts.Fact, ...]) -> None:
    assert {f.name for f in known if f.verdict == "out of range"} == MISSED
    assert len(known) >= 40


def test_every_fact_has_a_unit_and_a_source(known: tuple[facts.Fact, ...]) -> None:
    for fact in known:
        assert fact.unit, fact.name
        assert fact.source, fact.name
    json.dumps([f.to_json() for f in known], allow_nan=False)


def test_every_record_is_read_with_its_range() -> None:
    found = {r.id: r for r in records()}
    assert len(found) == len(records())
    assert found["ck052"].low == 16.5
    assert found["ck091"].low == 0.0
    assert found["ck097"].value is None


@pytest.mark.parametrize(
    ("identity", "model", "expected"),
    [
        ("ck052", 20.0, "in range"),
        ("ck052", 60.0, "out of range"),
        ("ck007", 0.9, "in range"),
        ("ck007", 1.3, "out of range"),
        ("ck026", 80.0, "in range"),
        ("ck026", 70.0, "out of range"),
        ("ck052", None, "not comparable"),
        ("ck052", float("nan"), "not comparable"),
        ("ck007", float("inf"), "out of range"),
    ],
)
def test_a_record_is_judged_by_its_range_or_a_stated_margin(
    identity: str, model: float | None, expected: str
) -> None:
    record = next(r for r in records() if r.id == identity)
    assert judge(model, record) == expected


@pytest.mark.parametrize("identity", ["ck003", "ck013", "ck024", "ck042", "ck058"])
def test_what_the_model_has_not_is_not_compared_and_says_why(identity: str) -> None:
    found = report.line(next(r for r in records() if r.id == identity))
    assert found.verdict == "not comparable"
    assert found.why


def test_kinetic_records_of_the_fitted_products_are_met() -> None:
    wanted = {"ck002", "ck004", "ck006", "ck007", "ck009", "ck052", "ck053", "ck054", "ck055", "ck070"}
    verdicts = {r.id: report.line(r).verdict for r in records() if r.id in wanted}
    assert verdicts == dict.fromkeys(wanted, "in range")


def test_records_of_another_file_are_judged_the_same_way(tmp_path: Path) -> None:
    path = tmp_path / "kept-back.yaml"
    path.write_text(
        """
- {id: new1, product: tisagenlecleucel, costim: 4-1BB, disease: B-ALL, metric: Tmax, value: 10, unit: day}
- id: new2
  product: some new product
  costim: CD28
  disease: LBCL
  metric: Cmax
  value: 1e3
  unit: CAR+ cells/uL
""",
        "utf-8",
    )
    verdicts = [report.line(r).verdict for r in records(path)]
    assert verdicts == ["in range", "out of range"]


@pytest.mark.parametrize(
    "text", ["- {id: a}", "a: 1", "- [", "- {id: a, product: b, metric: c, unit: d, value: x}"]
)
def test_a_bad_file_of_records_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError):
        records(path)


def test_a_changed_disease_gets_its_own_patient() -> None:
    record = next(r for r in records() if r.id == "ck052")
    leukaemia = clinical.design_of(replace(record, disease="B-ALL"))
    lymphoma = clinical.design_of(record)
    assert leukaemia is not None
    assert lymphoma is not None
    assert leukaemia.value("g") > lymphoma.value("g")


def test_the_calibration_says_what_it_cannot_tell() -> None:
    words = report.identifiability()
    assert {"informed", "not informed"} <= set(words.values())


def test_a_median_that_is_not_reached_is_said_and_not_written_as_infinity() -> None:
    record = next(r for r in records() if r.id == "ck075")
    found = report.Line(record, "axi-cel-like", float("inf"), "out of range", "", False).to_json()
    assert found["model"] is None
    assert found["not_reached"] is True
    json.dumps(found, allow_nan=False)


def test_resistance_is_larger_where_fewer_patients_respond() -> None:
    shares = {d: metrics.resistant_share(d) for d in ("LBCL", "B-ALL", "no such disease")}
    assert shares["LBCL"] > shares["B-ALL"] > 0.0
    assert shares["no such disease"] == metrics.OTHERWISE_RESISTANT


def test_resistant_tumours_respond_less() -> None:
    rates = [population.run(load("28z"), 128, 200.0, resistant=r).complete_rate(1e9) for r in (0.0, 0.5, 1.0)]
    assert rates == sorted(rates, reverse=True)
    assert rates[2] < rates[0] - 10.0
