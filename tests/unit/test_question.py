"""A question is cleaned, and what it asks for is read from its words."""

from __future__ import annotations

import pytest

from assistant.answering.asked import (
    NOTHING_WANTED,
    asked_kinds,
    holds,
    holds_symbol,
    new_names,
    unit_fit,
    wanted_names,
)
from assistant.answering.question import MAX_QUESTION, clean, premise, shape, understand
from assistant.errors import InputError


def test_escapes_and_controls_are_removed_and_counted() -> None:
    text, notes = clean("Does \x1b[31mrest\x1b[0m\x07 reverse\x00  senescence?")
    assert text == "Does rest reverse senescence?"
    assert len(notes) == 1 and "control characters" in notes[0]


def test_a_plain_question_gets_no_note() -> None:
    assert clean(" Is TGF-β  bad? ") == ("Is TGF-β bad?", ())


@pytest.mark.parametrize("raw", ["", "   ", "\x1b[2J", "?!"])
def test_nothing_to_read_is_an_input_error_with_an_example(raw: str) -> None:
    with pytest.raises(InputError) as caught:
        clean(raw)
    assert "senescope ask" in str(caught.value.hint)


def test_a_pasted_text_is_refused_with_its_length() -> None:
    with pytest.raises(InputError, match=f"{MAX_QUESTION + 1:,}"):
        clean("a" * (MAX_QUESTION + 1))


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("How many gray were given?", ("dose",)),
        ("How many days until the peak?", ("duration",)),
        ("When does cilta-cel peak?", ("duration",)),
        ("How long do OX40 CAR-T cells last?", ("duration",)),
        ("Did peak expansion predict how long responses lasted?", ()),
        ("How long were the telomeres of TIL?", ("length",)),
        ("Does antigen level change the timing of the NF-kB peak?", ()),
        ("What share of relapses had lost CD19?", ("percent",)),
        ("How much did early return raise the risk?", ("fold",)),
        ("In which year was it approved?", ("calendar",)),
        ("What hazard ratio does CD57 carry?", ("hazard",)),
        ("How much does a treatment cost in US dollars?", ("fold", "money")),
        ("Does freezing cost CAR-T cells persistence?", ()),
        ("For how many years did B cells stay absent?", ("duration",)),
        ("How many molecules per cell are needed?", ("number",)),
        ("What serum level in pg/mL separates them?", ("concentration",)),
        ("Why do they fail?", ()),
    ],
)
def test_the_kind_of_thing_asked_for_is_recognised(question: str, wanted: tuple[str, ...]) -> None:
    assert asked_kinds(question) == wanted


@pytest.mark.parametrize(
    ("question", "has", "lacks"),
    [
        ("How many gray were given?", "irradiated with 2 Gy", "irradiated before infusion"),
        ("How many days until the peak?", "reached its peak at 9.29 days", "reached its peak early"),
        ("How long were the telomeres?", "mean 6.3 kb", "telomeres were long"),
        ("What share lost CD19?", "23 of 25 relapses", "most relapses"),
        ("In which year was it approved?", "approved in 2021", "approved after a trial"),
        ("What concentration was used?", "at 50 nM", "at a low concentration"),
        ("What hazard ratio?", "HR 0.37", "a longer survival"),
        ("What did the clinical trial find?", "in 21 patients", "in mice"),
        ("What did it cost? What price?", "a list price of 475,000 USD", "an expensive therapy"),
    ],
)
def test_a_text_is_held_against_the_kind_asked_for(question: str, has: str, lacks: str) -> None:
    kinds = asked_kinds(question)
    assert kinds
    assert holds(kinds, has) > holds(kinds, lacks)


def test_a_named_unit_must_be_in_the_text() -> None:
    question = "What serum IL-15 level in pg/mL separates responders?"
    assert unit_fit(question, "above 30 pg/mL") == 1.0
    assert unit_fit(question, "above 30 ng/mL") == 0.0
    assert unit_fit("Does IL-15 rise?", "it rose") == 1.0


@pytest.mark.parametrize(
    ("question", "names", "does_not"),
    [
        ("Which kinase steers the SASP?", "p38 MAPK controls it", "the secretory profile is shared"),
        ("Which cytokines were high?", "MCP-1 and IL-7 were high", "two factors were high"),
        ("Which drug helps, dasatinib or another?", "navitoclax helped", "dasatinib helped"),
        ("Which residue was exchanged?", "asparagine was replaced", "the domain was replaced"),
        ("Which approved product is it?", "axi-cel", "a CD19 receptor"),
    ],
)
def test_a_wanted_name_must_be_new(question: str, names: str, does_not: str) -> None:
    wanted = wanted_names(question)
    assert new_names(wanted, question, names)
    assert not new_names(wanted, question, does_not)


@pytest.mark.parametrize(
    ("question", "text", "held"),
    [
        ("Which protein makes foci?", "foci are made by WASP and Arp2/3", True),
        ("Which protein makes foci?", "Foci were imaged by TIRF in T cells (Figure 5A).", False),
        ("Which protein makes foci with WASP?", "foci are made by WASP", False),
        ("Which disease has foci?", "foci are made by WASP", False),
    ],
)
def test_what_is_written_like_a_molecule_is_one(question: str, text: str, held: bool) -> None:
    assert holds_symbol(wanted_names(question), question, text) is held


@pytest.mark.parametrize("question", ["What is a senolytic?", "Does p16 rise?", "What do CAR-T cells lose?"])
def test_no_name_is_wanted_where_none_is_asked_for(question: str) -> None:
    assert wanted_names(question) == NOTHING_WANTED


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("Does rest reverse exhaustion?", "yes-no"),
        ("How many patients responded?", "numeric"),
        ("Why do they fail?", "why"),
        ("What is a senolytic?", "definition"),
        ("What evidence links senescence to failure?", "evidence"),
        ("Axi-cel versus tisa-cel in DLBCL", "comparative"),
        ("Which genes rise in senescence?", "list"),
    ],
)
def test_the_form_of_an_answer_follows_the_question(question: str, form: str) -> None:
    assert shape(question) == form


@pytest.mark.parametrize(
    ("question", "clause"),
    [
        ("Since CD28 CAR-T cells never senesce, why use 4-1BB?", "CD28 CAR-T cells never senesce"),
        ("Given that p16 proves senescence, what does it mean?", "p16 proves senescence"),
        ("Now that rest cures exhaustion, is dasatinib needed?", "rest cures exhaustion"),
        ("Why do CD28 CAR-T cells never senesce?", "CD28 CAR-T cells never senesce"),
        ("Why do 4-1BB CAR-T cells last longer?", ""),
        ("Does p16 rise since the second cycle?", ""),
        ("Since when is p16 a marker?", ""),
        ("As a clinician, which product is better?", ""),
    ],
)
def test_a_clause_taken_for_granted_is_told_apart(question: str, clause: str) -> None:
    assert premise(question) == clause


def test_senescence_of_cells_and_cells_against_senescence_are_told_apart() -> None:
    assert understand("Do uPAR CAR T cells clear the liver?").against_senescent_cells
    assert understand("Which CAR-T cells kill senescent cells?").against_senescent_cells
    assert not understand("Does fisetin clear senescent CAR-T cells?").against_senescent_cells
    assert not understand("Do 4-1BB CAR-T cells become senescent?").against_senescent_cells


def test_systems_and_cells_are_read_from_the_question() -> None:
    patients = understand("Do axi-cel patients relapse?")
    assert patients.systems == ("patients",) and patients.about_cars
    human = understand("Do human T cells age in mice?")
    assert human.systems == ("mouse",) and not human.about_cars


@pytest.mark.parametrize("short", ["4-1BB cells", "CD28 T cells", "BBζ cells", "28z cells"])
def test_cells_of_a_domain_are_cells_with_a_car(short: str) -> None:
    question = understand(f"Do {short} persist longer?")
    assert "CAR-T cells" in question.text
    assert question.about_cars
    assert question.notes


@pytest.mark.parametrize(
    "text", ["Do CD28+ cells persist?", "Are CD28-negative cells senescent?", "CD28 loss"]
)
def test_cells_that_carry_a_receptor_are_left_alone(text: str) -> None:
    assert understand(text).text == text
