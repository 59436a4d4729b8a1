"""What speaks against a result stands beside its headline, and only where it belongs."""

from __future__ import annotations

import pytest

from assistant.kinetics import doubts, levers, requests, whatif
from assistant.kinetics.citations import cite
from assistant.kinetics.outcomes import DEFINITIONS
from assistant.kinetics.parameters import meanings
from assistant.kinetics.words import vocabulary


@pytest.mark.parametrize("doubt", doubts.every(), ids=lambda d: d.text[:50])
def test_every_doubt_names_things_that_exist(doubt: doubts.Doubt) -> None:
    assert set(doubt.levers) <= set(levers.names())
    assert set(doubt.concepts) <= set(vocabulary().concepts)
    assert set(doubt.parameters) <= set(meanings())
    assert set(doubt.bases) <= {"bbz", "28z"} and doubt.when in ("", "higher", "lower")
    names = [d.name for d in DEFINITIONS]
    assert all(any(n.startswith(o) for n in names) for o in doubt.outcomes)
    assert doubt.claim or doubt.findings, "a doubt rests on something"
    assert not doubt.claim or doubt.claim in doubts.ledger()
    for finding in doubt.findings:
        citation = cite(finding)
        assert citation is not None and citation["quote"], finding


def answered(text: str) -> whatif.Answered:
    return whatif.answer(requests.from_words(text, draws=64))


def test_an_open_claim_stands_in_the_sentence_of_result() -> None:
    done = answered("what if a 4-1BB CAR gets a four-day dasatinib rest every week")
    assert "senescent share" in done.sentence
    assert "But whether drug-enforced rest lessens senescence is not known" in done.sentence
    assert "claim open in the ledger" in done.sentence
    payload = done.payload()
    first = payload["contested"][0]
    assert first["beside"] and first["claim"]["id"] == "rest-reverses-exhaustion-not-senescence"
    assert first["findings"][0]["quote"] and any("not known" in w for w in payload["warnings"])


def test_a_finding_that_goes_the_other_way_stands_beside_the_headline() -> None:
    done = answered("what if the cells are irradiated on day 3 in CD28")
    assert "lower in A" in done.sentence and "IMPROVED the activity of CD28 cells" in done.sentence
    assert "can2025-costim-senescence#F4" in done.sentence


def test_the_same_finding_is_no_doubt_where_it_agrees() -> None:
    done = answered("what if the cells are irradiated on day 3 in 4-1BB")
    assert not any("IMPROVED" in d.text for d in done.contested)
    assert any("one group" in d.text for d in done.contested)


def test_affinity_in_words_and_as_a_lever_raise_the_same_doubt() -> None:
    for text in ("what if affinity is tenfold lower in a 4-1BB CAR", "what if I lower affinity in 4-1BB"):
        assert any("low-affinity CD19 CAR-T cells" in d.text for d in answered(text).contested), text
    raised = answered("what if affinity is tenfold higher in a 4-1BB CAR")
    assert not any("low-affinity CD19 CAR-T cells" in d.text for d in raised.contested)


def test_what_both_designs_share_raises_no_doubt() -> None:
    done = answered("axi-cel versus tisa-cel at a dose of 1e8 cells")
    assert not any("dose was only weakly" in d.text for d in done.contested)
    assert any("cannot be put down to the costimulatory domain" in d.text for d in done.contested)


def test_a_doubt_on_one_domain_stands_when_both_share_the_change() -> None:
    done = answered("What if the product has 30 % senescent cells, 4-1BB vs CD28?")
    assert any("BETTER outcome in patients given CD28" in d.text for d in done.contested)


def test_shares_of_cells_below_the_detection_limit_are_told_to_be_that() -> None:
    done = answered("what if antigen density drops a hundredfold in a 4-1BB CAR")
    assert "A never rises above the detection limit" in done.sentence


def test_a_schedule_of_the_user_is_not_called_assumed() -> None:
    done = answered("what if the cells are irradiated on day 3 in CD28")
    change = next(c for c in done.changes if "event" in c)
    assert change["because"]["size"] == "user" and "set by the user" in change["because"]["note"]


def test_a_doubt_about_an_outcome_that_is_not_told_stays_out_of_the_sentence() -> None:
    done = answered("what if a 4-1BB CAR gets a four-day dasatinib rest every week")
    for doubt in done.contested:
        assert (doubt.text in done.sentence) <= doubt.beside
    beside = [d for d in done.contested if d.beside]
    assert list(done.contested[: len(beside)]) == beside


def test_settings_by_option_raise_doubts_too() -> None:
    request = requests.from_parts("28z", sets=("fS=0.3",), draws=64)
    assert any("BETTER outcome" in d.text for d in whatif.answer(request).contested)


def test_the_label_of_a_rescheduled_lever_holds_only_the_new_schedule() -> None:
    done = answered("what if the cells are irradiated on day 3 in CD28")
    assert "on day 3" in done.sentence and "on day 7" not in done.sentence


def test_cells_that_nobody_would_find_lead_with_that_and_not_with_their_shares() -> None:
    done = answered("4-1BB vs CD28 at 500 antigen copies per cell")
    start = done.sentence.split(": ", 1)[1]
    assert start.startswith("A and B never rise above the detection limit")
    assert "exhausted share" not in done.sentence and "no other outcome differs" in done.sentence


def test_a_tumour_that_is_set_is_not_an_outcome_that_is_asked_for() -> None:
    done = answered("half the dose in a CD28 CAR against a tumour of 1e12 cells")
    assert done.request.understood is not None and done.request.understood.asks == ()
    assert "-never" not in done.sentence


def test_a_changed_schedule_renames_the_design_and_labels_tell_the_sides_apart() -> None:
    moved = answered("irradiate 28z cells on day 3").payload()
    assert moved["designs"][0]["name"] == "CD28-zeta CAR + forced senescence (33 %) on day 3"
    halved = answered("half the dose in 28z").payload()
    assert [d["label"] for d in halved["designs"]] == ["CD28-zeta CAR, dose 5e7 cells", "CD28-zeta CAR"]
