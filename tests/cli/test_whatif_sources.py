"""From a what-if's number to its source, in `ask` and in `whatif`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.shell import Shell


def answered(shell: Shell, *arguments: str) -> dict[str, Any]:
    ran = shell(*arguments, "--json")
    assert ran.code == 0, ran.err
    data: dict[str, Any] = ran.json
    return data


@pytest.mark.parametrize("command", ["ask", "whatif"])
def test_a_number_is_answered_from_its_source(shell: Shell, command: str) -> None:
    data = answered(shell, command, "why is kS higher in 4-1BB?")
    assert data["kind"] == "answer" and data["engine"] == "extractive"
    assert [c["passage"] for c in data["citations"]] == ["can2025-costim-senescence#F1"]
    lead = next(s for s in data["sentences"] if s["role"] == "lead")
    assert lead["text"] == data["citations"][0]["quote"] and lead["citations"] == [1]
    assert "0.9 (assumed; plausible range 0.5 to 1) in 4-1BB" in data["answer"]
    assert data["whatif"] == "senescope whatif --design bbz --set kS=0.4"


def test_a_false_premise_about_a_number_is_contradicted(shell: Shell) -> None:
    data = answered(shell, "ask", "why is kX higher in 4-1BB?")
    assert "It is not higher in 4-1BB." in data["answer"]


def test_a_number_without_a_source_is_called_assumed(shell: Shell) -> None:
    data = answered(shell, "ask", "where does the detection limit come from?")
    assert "assumed" in data["answer"] and "no source gives this number" in data["answer"]
    assert data["citations"] == []


def test_a_published_number_names_its_paper(shell: Shell) -> None:
    data = answered(shell, "ask", "where does the killing rate come from?")
    assert "published" in data["answer"] and "10.1098/rspb.2021.0229, Table 1, gammaB" in data["answer"]
    assert "Kimmel" in data["answer"] and "1.15 1/day" in data["answer"]


def test_a_half_life_is_worked_out(shell: Shell) -> None:
    data = answered(shell, "ask", "what is the half-life of effector cells based on?")
    assert "a half-life of 2.15 days" in data["answer"] and "fitted" in data["answer"]
