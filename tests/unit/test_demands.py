"""What a question turns on is read from its words, and met only by a finding that speaks of it."""

from __future__ import annotations

import pytest

from assistant.answering import demands


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Did mice cured by IL-15 CAR T cells live longer?", True),
        ("Did ZUMA-7 elderly patients live longer with axi-cel?", True),
        ("What was the survival of mice given IL-15 CAR T cells?", True),
        ("Do CAR T cells armed with IL-15 live longer?", False),
        ("Which T cells survive the transfer best?", False),
    ],
)
def test_the_survival_of_the_host_is_told_from_that_of_its_cells(question: str, asked: bool) -> None:
    assert demands.asks_host_survival(question) is asked


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Mice cleared of tumour by IL-15 CAR T cells nevertheless survived less.", True),
        ("The drug lengthened median survival.", True),
        ("CAR T cells with IL-15 lived longer and controlled tumours in mice.", False),
    ],
)
def test_a_finding_tells_how_long_the_host_lived_or_not(text: str, told: bool) -> None:
    assert demands.tells_host_survival(text) is told


def test_cd28_as_a_marker_of_a_cell_is_no_domain() -> None:
    assert demands.domains("4-1BB CAR-T cells had less CD27 and CD28.") == {"4-1BB"}
    assert demands.domains("CD8+CD28-CD27- T cells were activated with anti-CD3/CD28 beads") == frozenset()
    assert demands.domains("It was more pronounced in BBζ than in 28ζ cells.") == {"4-1BB", "CD28"}


@pytest.mark.parametrize(
    ("question", "text", "met"),
    [
        ("What proportion was alive at one year?", "One-year overall survival was 63.5%.", True),
        ("What proportion was alive at one year?", "One-year progression-free survival was 46.6%.", False),
        ("What was the duration of response?", "Response was 88%.", False),
        ("What was the PFS?", "Median progression-free survival was 8 months.", True),
        ("Does rest help?", "Rest helped.", True),
    ],
)
def test_one_endpoint_is_not_another(question: str, text: str, met: bool) -> None:
    assert demands.endpoints_met(question, text) is met


def test_an_age_limit_must_be_the_one_asked_for() -> None:
    assert not demands.ages_met("Did patients over 75 live longer?", "Among patients aged 65 or more")
    assert demands.ages_met("Did patients over 65 live longer?", "Among patients aged 65 or more")
    assert demands.ages_met("What happened after over 60 days?", "Nothing.")


def test_what_was_done_in_one_disease_is_no_answer_on_another() -> None:
    assert not demands.disease_met("PFS of ide-cel in lymphoma?", "Ide-cel in myeloma gave 8.8 months.")
    assert demands.disease_met("PFS of ide-cel in myeloma?", "Ide-cel in myeloma gave 8.8 months.")
    assert demands.disease_met("PFS in lymphoma?", "It gave 8.8 months.")


def test_other_cells_than_t_cells_must_be_named() -> None:
    assert not demands.cells_met("Does it rejuvenate senescent fibroblasts?", "EMRA T cells divided again.")
    assert demands.cells_met("Does it lengthen telomeres of fibroblasts?", "In fibroblasts it did.")
    assert demands.cells_met("Does it rejuvenate T cells?", "EMRA cells divided again.")


def test_what_a_paper_set_out_to_do_or_took_from_others_counts_less_than_its_own_result() -> None:
    result = demands.own_result("p16 rose in BBζ cells.")
    from_others = demands.own_result("CD28 CARs are short-lived (stated in the introduction).")
    set_up = demands.own_result("The assay was sampled on day 0, 8 and 15.")
    assert result > from_others > set_up


def test_a_costimulatory_molecule_is_met_as_such_and_not_as_a_mark_of_a_cell() -> None:
    question = "Does CD27 costimulation cause less senescence than 4-1BB?"
    assert not demands.costimulus_met(
        question, "CAR-T cells of CLL patients had less CD27 and CD28 and more p16."
    )
    assert demands.costimulus_met(question, "CD27 CAR T cells persisted.")
    assert demands.costimulus_met("Does CD137 costimulation need TRAF2?", "4-1BB CARs need TRAF2.")


def test_the_level_of_one_molecule_is_not_told_by_another() -> None:
    question = "What was the p21 level in 28z cells?"
    assert not demands.level_met(question, "p53 increased early.")
    assert demands.level_met(question, "No p21 value was visible.")
    assert demands.level_met("What drives p16 expression?", "p16INK4a rose with age.")
