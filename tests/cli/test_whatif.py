"""What-ifs on the command line: what is printed, what is refused, and with which exit code."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from assistant.cli.app import run


def invoke(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = run(arguments)
    shown = capsys.readouterr()
    return code, shown.out, shown.err


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """State goes to a folder of its own; the compiled model is shared between tests."""
    from assistant.kinetics import kernel

    kernel.load()
    monkeypatch.setenv("SENESCOPE_HOME", str(tmp_path))
    return tmp_path


def as_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    code, out, err = invoke(capsys, "whatif", *arguments, "--json", "--draws", "64", "--days", "90")
    assert code == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


def test_json_has_the_fields_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    data = as_json(capsys, "--design", "bbz", "--vs", "28z")
    assert data["version"] == 1 and data["kind"] == "whatif" and data["question"] is None
    assert [d["id"] for d in data["designs"]] == ["A", "B"]
    rho = data["designs"][0]["parameters"]["rho"]
    assert {"value", "unit", "low", "high", "status", "source"} <= set(rho)
    assert rho["low"] <= rho["value"] <= rho["high"]
    assert set(data["series"]) == {"t", "A", "B"}
    curve = data["series"]["A"]["E"]
    assert len(curve["median"]) == len(curve["low"]) == len(curve["high"]) == len(data["series"]["t"])
    assert {"Cmax", "Tmax", "AUC0-28d", "senescent_fraction_d28"} <= {o["name"] for o in data["outcomes"]}
    for outcome in data["outcomes"]:
        assert outcome["direction"] in ("A>B", "A<B", "undetermined") and outcome["unit"]
    assert {"id", "seed", "draws", "rtol", "atol", "solver", "seconds"} <= set(data["run"])


def test_every_change_names_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    data = as_json(capsys, "--design", "bbz+c-jun", "--vs", "28z", "--set", "dose=1e7")
    for change in data["changes"]:
        because = change["because"]
        assert because in ("user", "assumed") or because["doi"] or because["quote"] or because["title"], (
            change
        )
        assert change["unit"]
    lever = next(c for c in data["changes"] if c["by"] == "c-jun" and c["parameter"] == "kX")
    assert (
        lever["because"]["passage"] == "lynn2019-cjun-exhaustion#F3" and len(lever["because"]["quote"]) > 40
    )
    assert lever["because"]["size"] == "assumed" and lever["design"] == "A"
    dose = next(c for c in data["changes"] if c["parameter"] == "dose")
    assert dose == {**dose, "from": 1e8, "to": 1e7, "because": "user", "design": "A and B", "unit": "cells"}


def test_quotes_are_the_stored_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    from assistant.kinetics.citations import document

    data = as_json(capsys, "--design", "bbz", "--vs", "28z")
    cited = [
        c["because"] for c in data["changes"] if isinstance(c["because"], dict) and c["because"].get("quote")
    ]
    assert cited
    for citation in cited:
        stored = document(citation["paper"])
        assert stored is not None and stored.text[citation["start"] : citation["end"]] == citation["quote"]


def test_a_setting_without_a_second_design_changes_a_alone(capsys: pytest.CaptureFixture[str]) -> None:
    data = as_json(capsys, "--design", "bbz", "--set", "dose=1e6")
    assert [d["parameters"]["dose"]["value"] for d in data["designs"]] == [1e6, 1e8]
    cmax = next(o for o in data["outcomes"] if o["name"] == "Cmax")
    assert cmax["direction"] == "A<B" and cmax["difference"]["median"] < 0


def test_settings_can_be_for_one_side(capsys: pytest.CaptureFixture[str]) -> None:
    data = as_json(capsys, "--design", "bbz", "--vs", "28z", "--set", "B:dose=1e6")
    assert [d["parameters"]["dose"]["value"] for d in data["designs"]] == [1e8, 1e6]


def test_one_draw_is_the_nominal_run(capsys: pytest.CaptureFixture[str]) -> None:
    from assistant.kinetics import designs, simulate

    code, out, _ = invoke(capsys, "whatif", "--design", "bbz", "--vs", "28z", "--draws", "1", "--json")
    data = json.loads(out)
    cmax = next(o for o in data["outcomes"] if o["name"] == "Cmax")
    assert code == 0 and cmax["A"]["low"] == cmax["A"]["median"] == cmax["A"]["high"]
    assert cmax["A"]["median"] == pytest.approx(simulate.run(designs.load("bbz")).outcomes["Cmax"], rel=1e-9)
    assert "nominal values only" in data["sentence"]


def test_the_same_seed_gives_the_same_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    one = as_json(capsys, "--design", "bbz", "--vs", "28z", "--seed", "7")
    two = as_json(capsys, "--design", "bbz", "--vs", "28z", "--seed", "7")
    assert one["outcomes"] == two["outcomes"] and one["series"] == two["series"]


def test_a_replay_gives_the_numbers_of_the_stored_run(capsys: pytest.CaptureFixture[str]) -> None:
    first = as_json(capsys, "CD28 with and without c-Jun at a dose of 1e7 cells")
    code, out, _ = invoke(capsys, "whatif", "--replay", first["run"]["id"], "--json")
    assert code == 0 and json.loads(out)["outcomes"] == first["outcomes"]


def test_piped_output_is_markdown_without_escapes(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = invoke(capsys, "whatif", "--design", "bbz", "--vs", "28z", "--draws", "64", "--days", "90")
    assert code == 0 and "\x1b" not in out
    assert "| Outcome" in out and "## Changes" in out and "Limits:" in out
    first = out.split("\n")[0]
    assert first.startswith("A (4-1BB-zeta CAR) against B (CD28-zeta CAR):")


def test_words_show_what_was_understood_before_the_result(capsys: pytest.CaptureFixture[str]) -> None:
    text = "what if I lower scFv affinity tenfold in a 4-1BB CAR at high tumour burden?"
    code, out, _ = invoke(capsys, "whatif", text, "--draws", "64", "--days", "60")
    lines = [line for line in out.splitlines() if line]
    understood = "Understood: A: 4-1BB-zeta CAR with scFv affinity x0.1 (through A50)"
    assert code == 0 and lines[0].startswith(understood)
    assert any(line.startswith("Assumed: affinity is not a parameter of its own") for line in lines)
    assert any(line.startswith("A (4-1BB") for line in lines)


def test_what_is_not_understood_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    data = as_json(capsys, "4-1BB vs CD28 at a dose of 1e7 cells with ICOS signalling")
    assert any("ICOS" in u for u in data["understood"]["unknown"])
    assert any("ICOS" in w for w in data["warnings"])


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("what if bananas",), 3, "Try for example"),
        (("",), 3, "empty"),
        (("--design", "bzz", "--vs", "28z"), 3, "did you mean 'bbz'"),
        (("--design", "bbz", "--set", "rhoo=1"), 3, "did you mean 'rho'"),
        (("--design", "bbz", "--set", "dose"), 3, "NAME=VALUE"),
        (("--design", "bbz", "--set", "dose=-1e8"), 3, "unphysical"),
        (("--design", "bbz", "--set", "dose=nan"), 3, "not a number"),
        (("--design", "bbz", "--set", "dose=1e8 1/day"), 3, "cells"),
        (("--design", "bbz", "--set", "kX=lots"), 3, "not a number"),
        (("--design", "nowhere.toml"), 3, "nowhere.toml"),
        (("--replay", "ffffffff"), 3, "no what-if"),
        (("--design", "bbz", "--draws", "0"), 3, "draws"),
        ((), 2, "Nothing to compare"),
        (("4-1BB vs CD28", "--design", "bbz"), 2, "takes no --design"),
    ],
)
def test_bad_input_ends_with_the_fix(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, says: str
) -> None:
    got, out, err = invoke(capsys, "whatif", *arguments)
    assert (got, out) == (code, "") and says in err


def test_a_design_file_with_a_typo_is_located(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    place = tmp_path / "mine.toml"
    place.write_text('name = "mine"\nbase = "bbz"\n[set]\nkXX = 0.1\n')
    code, _, err = invoke(capsys, "whatif", "--design", str(place), "--vs", "bbz")
    assert code == 3 and "mine.toml, line 4" in err and "'kXX'" in err and "did you mean 'kX'" in err


def test_curves_go_to_csv(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    place = tmp_path / "curves.csv"
    code, _, _ = invoke(
        capsys, "whatif", "--design", "bbz", "--vs", "28z", "--draws", "16", "--csv", str(place)
    )
    lines = place.read_text().splitlines()
    assert (
        code == 0
        and lines[0].startswith("t,A.M.median,A.M.low,A.M.high")
        and lines[1].startswith("day,cells")
    )
    assert len({len(line.split(",")) for line in lines}) == 1


def test_an_unwritable_csv_ends_as_environment(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, _, err = invoke(
        capsys,
        "whatif",
        "--design",
        "bbz",
        "--vs",
        "28z",
        "--draws",
        "16",
        "--csv",
        str(tmp_path / "no" / "x.csv"),
    )
    assert code == 5 and "cannot write" in err


def test_methods_cite_every_source(capsys: pytest.CaptureFixture[str]) -> None:
    data = as_json(capsys, "--design", "bbz+c-jun", "--vs", "bbz", "--methods")
    text, bibtex = data["methods"]["text"], data["methods"]["bibtex"]
    keys = [
        k.strip("[]. ").removeprefix("@")
        for k in text.split("Sources of parameters, levers and measured values: ")[1].split(";")
    ]
    assert "lynn2019-cjun-exhaustion" in keys
    for key in keys:
        assert f"{{{key}," in bibtex
    dois = re.findall(r"doi = \{([^}]+)", bibtex)
    assert len(dois) == len(set(dois)) > 5
    assert "author = {Chaudhury and others}" in bibtex
    assert "64 paired Latin-hypercube draws" in text and "seed 1" in text


def test_the_conditions_of_both_arms_stand_in_both_names(capsys: pytest.CaptureFixture[str]) -> None:
    data = as_json(capsys, "4-1BB vs CD28 at tenfold lower antigen density", "--draws", "16")
    assert data["sentence"].count("aH 1000 molecules") == 2
    assert "-never" not in data["sentence"]


def test_a_ranking_is_asked_for_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    text = "what most delays senescence in a CD28 design?"
    code, out, _ = invoke(capsys, "whatif", text, "--json", "--draws", "16", "--days", "60")
    data = json.loads(out)
    found = data["ranking"]
    assert code == 0 and (data["kind"], found["design"], found["wish"]) == ("whatif", "28z", "lower")
    ways = [v["direction"] for v in found["levers"]]
    assert ways == sorted(ways, key=["lower", "undetermined", "higher"].index)
    assert data["designs"][0]["layers"] == [found["levers"][0]["lever"]] and not data["designs"][1]["layers"]
    assert 0.0 < sum(v["first"]["lower"] for v in found["levers"]) <= 1.0 + 1e-9
    assert data["sentence"].startswith(f"Of {len(ways)} single changes of the CD28-zeta CAR, ")


def test_a_ranking_is_replayed_from_its_id(capsys: pytest.CaptureFixture[str]) -> None:
    text = "which lever most lowers Cmax in a 4-1BB design at high tumour burden?"
    _, out, _ = invoke(capsys, "whatif", text, "--json", "--draws", "8", "--days", "30")
    data = json.loads(out)
    assert {c["parameter"]: c["design"] for c in data["changes"]}["H0"] == "A and B"
    _, again, _ = invoke(capsys, "whatif", "--replay", data["run"]["id"], "--json")
    assert json.loads(again)["ranking"] == data["ranking"]


def test_a_ranking_without_an_outcome_says_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = invoke(capsys, "whatif", "which lever is best for a 28z design?")
    assert code == 3 and "not of one outcome in one design" in err and "what most delays senescence" in err


def test_a_scan_is_found_here_too(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = invoke(
        capsys, "whatif", "--design", "bbz", "--scan", "dose=1e7,1e8", "--draws", "8", "--days", "60"
    )
    assert code == 0 and out.count("\n| 1e") == 2


def test_few_draws_are_warned_about(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = invoke(
        capsys, "whatif", "--design", "bbz", "--vs", "28z", "--draws", "4", "--days", "60", "--json"
    )
    assert any("only 4 draws" in w for w in json.loads(out)["warnings"])


def test_a_replay_with_another_model_says_so(
    capsys: pytest.CaptureFixture[str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assistant.kinetics import replay

    first = as_json(capsys, "--design", "bbz", "--vs", "28z")
    monkeypatch.setattr(replay, "fingerprint", lambda: "another")
    code, _, err = invoke(capsys, "whatif", "--replay", first["run"]["id"], "--json")
    assert code == 0 and "numbers may differ" in err


def test_a_chat_model_proposes_where_the_grammar_falls_short(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    proposal = {
        "design_a": "28z",
        "design_b": "28z",
        "changes": [{"side": "A", "kind": "lever", "target": "c-jun"}],
        "not_in_model": ["fancy"],
    }
    table = tmp_path / "replies.yaml"
    table.write_text(json.dumps({"*": json.dumps(proposal)}), encoding="utf-8")
    words = "gimme fancy AP-1 stuff for the twenty-eight zeta"
    data = as_json(capsys, words, "--model", f"scripted:{table}")
    assert data["understood"]["by"] == "scripted:replies.yaml"
    assert any(c["by"] == "c-jun" for c in data["changes"])
    assert any("fancy" in u for u in data["understood"]["unknown"])
    again = as_json(capsys, "--replay", data["run"]["id"])
    assert again["outcomes"] == data["outcomes"] and again["sentence"] == data["sentence"]


def test_the_grammar_is_not_overruled_by_a_chat_model(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    table = tmp_path / "replies.yaml"
    table.write_text("'*': '{}'", encoding="utf-8")
    data = as_json(capsys, "CD28 with and without c-Jun", "--model", f"scripted:{table}")
    assert data["understood"]["by"] == "grammar"
    code, out, err = invoke(capsys, "whatif", "what if bananas", "--model", f"scripted:{table}")
    assert (code, out) == (3, "") and "no what-if from the chat model" in err and "Try for example" in err
