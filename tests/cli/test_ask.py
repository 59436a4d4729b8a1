"""`senescope ask`: answers with quotes that are really there, refusals, filters, batches."""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path

import pytest

from tests.cli.shell import CAPITAL, SENESCENCE, Shell, conforms, process

GOLDEN = Path(__file__).parent / "golden"
ZINC = "Does CD28 senescence depend on dietary zinc?"


def shape(name: str) -> object:
    return json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


def feed(monkeypatch: pytest.MonkeyPatch, text: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))


def test_the_domain_that_ages_faster_is_named_first_and_its_paper_cited(shell: Shell) -> None:
    ran = shell("ask", SENESCENCE)
    assert ran.code == 0
    lead = ran.out.split("\n\n")[0]
    assert "4-1BB" in lead
    assert "[1]" in lead
    answer = shell("ask", "--json", SENESCENCE).json
    assert any(c["paper"].startswith("can2025") for c in answer["citations"])


@pytest.mark.parametrize("question", [CAPITAL, ZINC])
def test_a_question_without_evidence_is_refused_with_a_code_of_its_own(shell: Shell, question: str) -> None:
    ran = shell("ask", question)
    assert ran.code == 4
    assert ran.out.startswith("**Not enough evidence.**")
    assert "What would be needed" in ran.out
    assert ran.err == ""


def test_the_answer_object_is_that_of_the_contract(shell: Shell) -> None:
    answer = shell("ask", "--json", SENESCENCE).json
    conforms(answer, shape("ask-answer"))
    assert answer["question"] == SENESCENCE
    assert "near_misses" not in answer


def test_the_refusal_object_is_that_of_the_contract(shell: Shell) -> None:
    ran = shell("ask", "--json", ZINC)
    assert ran.code == 4
    conforms(ran.json, shape("ask-refusal"))


def test_every_mark_in_the_text_is_a_citation_and_every_quote_is_in_its_document(shell: Shell) -> None:
    answer = shell("ask", "--json", "--full", SENESCENCE).json
    numbers = {c["n"] for c in answer["citations"]}
    assert {int(n) for n in re.findall(r"\[(\d+)\]", answer["answer"])} <= numbers
    assert {n for s in answer["sentences"] for n in s["citations"]} <= numbers
    for cited in answer["citations"][:3]:
        text = shell("corpus", "show", "--json", cited["paper"]).json["text"]
        assert text[cited["start"] : cited["end"]] == cited["quote"] != ""


def test_the_same_question_gives_the_same_bytes_in_two_processes(home: Path) -> None:
    first, second = (process(home, "ask", "--json", SENESCENCE).json for _ in range(2))
    for answer in (first, second):
        assert answer["run"].pop("seconds") > 0
    assert json.dumps(first) == json.dumps(second)


def test_brief_is_shorter_and_contradicts_full(shell: Shell) -> None:
    brief, full = (shell("ask", "--json", length, SENESCENCE).json for length in ("--brief", "--full"))
    assert len(brief["sentences"]) < len(full["sentences"])
    assert shell("ask", "--brief", "--full", SENESCENCE).code == 2


def test_filters_bound_the_evidence(shell: Shell) -> None:
    answer = shell("ask", "--json", "--system", "patients", "--year", "2015..", SENESCENCE).json
    assert answer["searched"]["papers"] < 243
    assert {c["system"] for c in answer["citations"]} <= {"patients"}
    assert all(c["year"] >= 2015 for c in answer["citations"])


def test_an_unknown_paper_in_a_filter_is_a_mistake_and_no_refusal(shell: Shell) -> None:
    ran = shell("ask", "--paper", "can2025-no-such-paper", SENESCENCE)
    assert (ran.code, ran.out, ran.complaints) == (3, "", 1)


@pytest.mark.parametrize(
    ("model", "code", "said"),
    [
        ("somewhere:some-model", 3, "did you mean 'server'"),
        ("ollama", 3, "PROVIDER:NAME"),
        ("fake:strnog", 3, "did you mean 'strong'"),
        ("server:local", 5, "cannot be reached"),
        ("openai:gpt", 3, "OPENAI_API_KEY"),
    ],
)
def test_a_chat_model_that_cannot_be_used_is_not_silently_replaced(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, model: str, code: int, said: str
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv("SENESCOPE_MODELS_URL", "http://127.0.0.1:9/v1")
    ran = shell("ask", "--model", model, SENESCENCE)
    assert (ran.code, ran.out, ran.complaints) == (code, "", 1)
    assert said in ran.err


@pytest.mark.parametrize("model", ["server:local", "ollama:llama3.2", "openai:gpt"])
def test_offline_forbids_every_model_server(shell: Shell, model: str) -> None:
    ran = shell("ask", "--offline", "--model", model, SENESCENCE)
    assert (ran.code, ran.out, ran.complaints) == (5, "", 1)
    assert "offline" in ran.err


def test_offline_overrules_a_model_of_the_environment_and_says_so(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENESCOPE_MODEL", "server:local")
    ran = shell("ask", "--offline", "--json", SENESCENCE)
    assert (ran.code, ran.json["engine"]) == (0, "extractive")
    assert "made of quotes" in ran.err


def test_a_model_answers_in_the_shape_of_the_contract_with_its_name_and_prompt(shell: Shell) -> None:
    ran = shell("ask", "--json", "--model", "fake:parrot", SENESCENCE)
    assert (ran.code, ran.json["engine"]) == (0, "fake:parrot")
    assert ran.json["run"]["prompt"] == "answer@1"
    assert {s["verdict"] for s in ran.json["sentences"]} == {"supported"}
    numbers = {c["n"] for c in ran.json["citations"]}
    assert all(set(s["citations"]) <= numbers for s in ran.json["sentences"])
    assert ran.json["withheld"] == []


def test_a_refusal_stays_a_refusal_and_asks_no_model(shell: Shell) -> None:
    ran = shell("ask", "--json", "--model", "fake:failing", CAPITAL)
    assert (ran.code, ran.json["kind"], ran.json["engine"]) == (4, "refusal", "extractive")


@pytest.mark.parametrize("model", ["fake:inventive", "fake:cites-99", "fake:uncited", "fake:german"])
def test_what_a_model_invents_is_withheld_and_the_quotes_answer(shell: Shell, model: str) -> None:
    quoted = shell("ask", "--json", SENESCENCE).json
    ran = shell("ask", "--json", "--model", model, SENESCENCE)
    assert (ran.json["answer"], ran.json["sentences"]) == (quoted["answer"], quoted["sentences"])
    assert ran.json["engine"] == "extractive"
    assert ran.json["withheld"] and not any(s["text"] for s in ran.json["withheld"])
    assert "answered with quotes" in ran.err


def test_withheld_sentences_are_shown_struck_with_the_reason_on_request(shell: Shell) -> None:
    ran = shell("ask", "--show-withheld", "--model", "fake:inventive", SENESCENCE)
    assert "~~Senescence is reversed in 97 % of patients within 3 days.~~ " in ran.out
    asked = shell("ask", "--show-withheld", "--json", "--model", "fake:inventive", SENESCENCE)
    assert all(s["text"] and s["reason"] and s["verdict"] != "supported" for s in asked.json["withheld"])


def test_a_batch_of_answers_and_refusals_ends_well(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, f"{SENESCENCE}\n{CAPITAL}\n\n   \n".encode())
    ran = shell("ask", "--json", "-")
    assert ran.code == 0
    assert [line["kind"] for line in ran.lines] == ["answer", "refusal"]


def test_a_bad_line_in_a_batch_is_named_and_the_rest_goes_on(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [
        CAPITAL.encode(),
        b"",
        b"zinc " * 1000,
        b"?!",
        b"\xff\xfe What \x1b[31mis senescence",
        SENESCENCE.encode(),
    ]
    feed(monkeypatch, b"\n".join(lines))
    ran = shell("ask", "--json", "--quiet", "-")
    assert ran.code == 3
    assert [line["kind"] for line in ran.lines][:3] == ["refusal", "error", "error"]
    assert [line["line"] for line in ran.lines[1:3]] == [3, 4]
    assert ran.lines[-1]["kind"] == "answer"
    assert len(ran.lines) == 5
    assert ran.complaints == 2
    assert "line 3" in ran.err
    assert "\x1b" not in ran.out


def test_a_batch_in_words_separates_its_answers(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, f"{CAPITAL}\n{CAPITAL}\n".encode())
    ran = shell("ask", "-")
    assert ran.code == 0
    assert ran.out.count("**Not enough evidence.**") == ran.out.count("\n---\n") == 2


def test_an_agent_shows_what_it_looked_for_and_needs_a_model(shell: Shell) -> None:
    ran = shell("ask", "--agent", "--model", "fake:researcher", SENESCENCE)
    assert ran.code == 0
    assert "search('senescence 4-1BB CD28')" in ran.err
    assert "**From the kinetic model**" in ran.out
    alone = shell("ask", "--agent", SENESCENCE)
    assert alone.code == 2
    assert "--model PROVIDER:NAME" in alone.err


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("what if the CAR eats bananas?", "eats bananas"),
        ("what if 4-1BB went on holiday to Spain", "Spain"),
        ("28z but more purple", "purple"),
        ("what if my 28z CAR had wings", "wings"),
    ],
)
def test_a_what_if_that_makes_no_sense_is_refused_with_examples_that_run(
    shell: Shell, question: str, named: str
) -> None:
    from assistant.kinetics.wording import Understood, parse

    ran = shell("ask", "--json", question)
    assert ran.code == 4
    help_ = ran.json["whatif_help"]
    assert any(named in piece for piece in help_["not_understood"])
    assert named in ran.json["answer"] and help_["examples"][0] in ran.json["answer"]
    assert all(isinstance(parse(example), Understood) for example in help_["examples"])
