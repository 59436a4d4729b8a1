"""`senescope search`: ranked passages as the contract has them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.shell import Shell, conforms

GOLDEN = Path(__file__).parent / "golden"


def test_the_object_is_that_of_the_contract_and_ranks_fall(shell: Shell) -> None:
    found = shell("search", "--json", "-k", "7", "4-1BB senescence").json
    conforms(found, json.loads((GOLDEN / "search.json").read_text(encoding="utf-8")))
    assert [hit["rank"] for hit in found["hits"]] == list(range(1, 8))
    scores = [hit["score"] for hit in found["hits"]]
    assert scores == sorted(scores, reverse=True)
    assert all(hit["quote"] == hit["text"] for hit in found["hits"])


def test_words_name_the_passage_and_a_place_to_read_on(shell: Shell) -> None:
    ran = shell("search", "-k", "2", "telomere length and response")
    assert ran.code == 0
    assert ran.err == ""
    assert ran.out.startswith("1. [")
    assert ran.out.count("https://") == 2


def test_filters_hold_for_every_hit(shell: Shell) -> None:
    found = shell("search", "--json", "--system", "MOUSE", "--costim", "cd28", "senescence").json
    assert found["hits"]
    assert {(h["system"], h["costim"]) for h in found["hits"]} <= {("mouse", "CD28"), ("mouse", "both")}


def test_filters_that_leave_nothing_say_so(shell: Shell) -> None:
    ran = shell("search", "--json", "--year", "..1850", "senescence")
    assert ran.code == 4
    assert ran.json["hits"] == []
    assert "no passage" in ran.err


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (("--year", "soon"), "2019..2022"),
        (("--year", "2022..2019"), "2019..2022"),
        (("--system", "Mose"), "'mouse'"),
        (("--costim", "cd82"), "'CD28'"),
        (("-k", "0"), "1"),
        (("-k", "many"), "integer"),
    ],
)
def test_a_wrong_option_says_what_would_do(shell: Shell, arguments: tuple[str, ...], advice: str) -> None:
    ran = shell("search", *arguments, "senescence")
    assert (ran.code, ran.out) == (2, "")
    assert advice in ran.err
