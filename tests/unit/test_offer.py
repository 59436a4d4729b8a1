"""The what-if that an answer offers is understood, and about the lever that was asked about."""

from __future__ import annotations

import shlex

import pytest

from assistant.answering.offer import _LEVERS, whatif_for
from assistant.kinetics.wording import Understood, parse


@pytest.mark.parametrize("words", [w for _, w in _LEVERS])
@pytest.mark.parametrize("base", ["4-1BB", "CD28"])
def test_every_offer_is_understood_whole(words: str, base: str) -> None:
    found = parse(words.format(base=base))
    assert isinstance(found, Understood), getattr(found, "reason", "")
    assert not found.unknown and (found.changes or found.design_a != found.design_b)


@pytest.mark.parametrize(
    ("question", "target"),
    [
        ("Does FOXO1 overexpression improve persistence of CD28 CAR-T cells?", "foxo1"),
        ("Is p16 a marker of CAR-T senescence?", "p16"),
        ("Does a second infusion help after relapse?", "second-infusion"),
        ("Does dasatinib reverse exhaustion?", "dasatinib-rest"),
        ("Does donor age matter for 4-1BB products?", "older-donor"),
        ("Does lymphodepletion drive expansion?", "no-lymphodepletion"),
        ("Do ITAMs matter in CD28 CARs?", ""),
    ],
)
def test_the_lever_of_the_question_is_offered(question: str, target: str) -> None:
    command = shlex.split(whatif_for(question))
    assert command[:2] == ["senescope", "whatif"]
    found = parse(command[2])
    assert isinstance(found, Understood)
    assert target in {c.target for c in found.changes} or found.design_a == "1xx-like"


def test_a_cytokine_of_the_culture_gets_no_offer_of_a_cell_that_makes_it() -> None:
    assert whatif_for("Does adding IL-7 to the culture improve CAR-T expansion?") == ""


def test_words_that_read_whole_as_a_what_if_are_offered_as_they_stand() -> None:
    from assistant.answering.offer import whatif_in

    assert whatif_in("4-1BB CAR with TET2 loss") == 'senescope whatif "4-1BB CAR with TET2 loss"'
    assert whatif_in("Does TET2 loss improve persistence?") == ""
