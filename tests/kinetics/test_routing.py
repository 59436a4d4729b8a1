"""Where a sentence goes first: never a literature question to the model, and rankings as they are meant."""

from __future__ import annotations

import pytest

from assistant.kinetics.rankings import ranking
from assistant.kinetics.routing import Route, route


@pytest.mark.parametrize(
    "text",
    [
        "knock out TET2 in 28z",
        "4-1BB with and without dasatinib rest",
        "axi-cel vs tisa-cel over two years",
        "lower the affinity tenfold",
        "28z with half the dose",
        "4-1BB vs CD28 at 500 antigen copies per cell",
        "28z CAR with c-Jun and 3 days on 4 days off dasatinib",
        "what would happen if the dose were halved in axi-cel?",
    ],
)
def test_an_order_that_reads_whole_runs_and_keeps_the_papers_beside(text: str) -> None:
    found = route(text)
    assert (found.kind, found.sure) == ("what-if", False)


@pytest.mark.parametrize("text", ["what if I knock out TET2 in 28z", "simulate 4-1BB at half the dose"])
def test_what_calls_itself_a_what_if_is_one(text: str) -> None:
    assert (route(text).kind, route(text).sure) == ("what-if", True)


@pytest.mark.parametrize(
    "text",
    [
        "4-1BB CAR with TET2 loss",
        "c-Jun overexpression in CD28 CAR T cells",
        "What most reduces senescence of CAR-T cells?",
        "What drives exhaustion most strongly in CD28 CAR-T cells?",
        "axi-cel vs tisa-cel persistence over two years",
        "CD28 CAR-T dose 1e6 cells/kg",
        "second infusion of tisa-cel after 90 days",
        "use of dasatinib in CD28 CAR-T",
        "skip lymphodepletion",
    ],
)
def test_in_doubt_the_papers_come_first_and_the_what_if_beside(text: str) -> None:
    assert (route(text).kind, route(text).fitting) == ("literature", text)


@pytest.mark.parametrize(
    "text",
    [
        "Does TET2 loss improve persistence of 28z CAR-T cells?",
        "What happens if FOXO1 is knocked out?",
        "knock out TET2 in 28z: what do published studies say",
        "knock out ICOS in 28z",
        "reduce toxicity of CAR-T cells",
        "axi-cel vs tisa-cel",
        "Which trial most improved persistence of 4-1BB CAR-T cells?",
        "Which edit most improved persistence of CD28 CAR-T cells?",
        "Which domain most improves persistence?",
        "Which parameter best predicts persistence after tisa-cel?",
        "reduce exhaustion by c-Jun",
        "rest prevents exhaustion in CD28 CAR-T",
        "persistence of axi-cel over 2 years",
        "compare 4-1BB and CD28 persistence in patients",
        "rest for CD28 CAR-T: does it help",
    ],
)
def test_what_asks_papers_or_leaves_words_over_stays_with_the_papers(text: str) -> None:
    assert route(text).kind == "literature"


def test_the_source_of_a_number_is_no_mechanism() -> None:
    assert route("why is kS higher in 4-1BB?").kind == "source"
    assert route("why do 4-1BB cells become senescent?").kind == "literature"


@pytest.mark.parametrize(
    ("text", "design", "outcome", "wish"),
    [
        ("what most delays senescence in a 4-1BB design?", "bbz", "senescent_fraction_d28", "lower"),
        ("which lever most improves persistence in 28z?", "28z", "persistence", "higher"),
        ("what would most delay relapse in tisa-cel", "tisa-cel-like", "time_to_relapse", "higher"),
        ("which change best prevents relapse in 4-1BB?", "bbz", "time_to_relapse", "higher"),
        (
            "which lever most speeds up tumour clearance in axi-cel",
            "axi-cel-like",
            "time_to_clearance",
            "lower",
        ),
        ("which edit most improves exhaustion in 28z?", "28z", "exhausted_fraction_d28", "lower"),
        ("what most accelerates senescence in BBz", "bbz", "senescent_fraction_d28", "higher"),
        ("what most affects Cmax in 28z", "28z", "Cmax", "either"),
        ("rank levers by persistence in axi-cel", "axi-cel-like", "persistence", "higher"),
    ],
)
def test_a_ranking_wants_what_the_words_want(text: str, design: str, outcome: str, wish: str) -> None:
    found = ranking(text)
    assert found is not None and (found.design, found.outcome, found.wish) == (design, outcome, wish)
    assert route(text).kind == "ranking"


def test_nothing_of_a_ranking_is_dropped_in_silence() -> None:
    placed = ranking("which lever most lowers Cmax in 28z at a dose of 1e7 cells over two years?")
    assert placed is not None and not placed.unknown
    scene, days = placed.scene()
    assert scene.value("dose") == 1e7 and days == pytest.approx(730.5)
    strange = ranking("which lever most lowers Cmax in 28z on a full moon?")
    assert strange is not None and "full moon" in strange.unknown[0]
    early = ranking("which lever with c-Jun most lowers Cmax in 28z?")
    assert early is not None and "c-Jun" in early.unknown[0]
    assert ranking("what most lowers and raises Cmax in 28z?") is None
    assert ranking("what most lowers Cmax and persistence in 28z?") is None


def test_what_happens_to_a_gene_is_asked_of_the_papers_with_the_what_if_beside() -> None:
    assert route("What happens if NR4A is deleted?") == Route(
        "literature", fitting="What happens if NR4A is deleted?"
    )


@pytest.mark.parametrize(
    "text", ["What happens if I knock out SOCS1 in CAR-T cells?", "What if the moon were full?"]
)
def test_words_without_a_change_of_the_model_go_to_the_papers(text: str) -> None:
    assert (route(text).kind, route(text).unread) == ("literature", True)


def test_who_names_the_model_is_not_sent_to_the_papers() -> None:
    assert route("simulate the moon").kind == "what-if"


def test_a_gene_without_a_design_is_asked_of_the_papers_and_with_one_of_the_model() -> None:
    alone = "What happens if I knock out PD-1?"
    assert route(alone) == Route("literature", fitting=alone)
    assert route("What happens if I knock out PD-1 in axi-cel?") == Route("what-if", sure=False)


@pytest.mark.parametrize(
    "text",
    [
        "Would a CD28 CAR last longer if I knocked out TET2?",
        "Could you check what a ten times higher tumour load does to liso-cel?",
    ],
)
def test_a_question_that_tries_something_out_runs_with_the_papers_beside(text: str) -> None:
    assert route(text) == Route("what-if", sure=False)


def test_a_question_with_a_size_keeps_the_what_if_beside() -> None:
    text = "Is 4-1BB better than CD28 at 1000 molecules per cell?"
    assert route(text) == Route("literature", fitting=text)


def test_a_window_or_a_period_in_a_design_is_set_and_a_day_may_be_searched_for() -> None:
    assert route("pembro from week 3 to week 9 in axi-cel").kind == "what-if"
    assert route("dasatinib 3 days on, 11 days off in CD28").kind == "what-if"
    beside = route("second infusion on day 60 in tisa-cel")
    assert (beside.kind, bool(beside.fitting)) == ("literature", True)
