"""The grammar of what-ifs, rule by rule."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.errors import InputError
from assistant.kinetics import levers, requests, whatif
from assistant.kinetics.quantities import amount_at, fold
from assistant.kinetics.routing import is_whatif
from assistant.kinetics.wording import NotUnderstood, Understood, parse


def understood(text: str) -> Understood:
    found = parse(text)
    assert isinstance(found, Understood), getattr(found, "reason", "")
    return found


@pytest.mark.parametrize(
    ("words", "kind", "value", "unit"),
    [
        ("tenfold", "fold", 10.0, ""),
        ("10-fold", "fold", 10.0, ""),
        ("by a factor of 3", "fold", 3.0, ""),
        ("two orders of magnitude", "fold", 100.0, ""),
        ("a tenth", "fold", 10.0, ""),
        ("50 %", "percent", 0.5, ""),
        ("1e8 cells", "number", 1e8, "cells"),
        ("1×10⁸ cells", "number", 1e8, "cells"),
        ("5 x 10^7 cells", "number", 5e7, "cells"),
        ("100 million cells", "number", 1e8, "cells"),
        ("1,000 molecules per cell", "number", 1000.0, "molecules"),
        ("1e6 cells/kg", "number", 1e6, "cells/kg"),
        ("-1e8 cells", "number", -1e8, "cells"),
        ("0.3 per day", "number", 0.3, "1/day"),
        ("12 divisions", "number", 12.0, "divisions"),
        ("four-day rest", "duration", 4.0, ""),
        ("2 weeks", "duration", 14.0, ""),
        ("every 14 days", "every", 14.0, ""),
        ("weekly", "every", 7.0, ""),
        ("on day 28", "day", 28.0, ""),
        ("after two weeks", "day", 14.0, ""),
    ],
)
def test_amounts_in_words_have_a_value_and_a_unit(words: str, kind: str, value: float, unit: str) -> None:
    found = amount_at(fold(words), 0)
    assert found is not None and (found.kind, found.unit) == (kind, unit)
    assert found.value == pytest.approx(value)


@pytest.mark.parametrize("words", ["0,5", "28z", "41bb", "third generation"])
def test_what_could_mean_two_things_is_no_amount(words: str) -> None:
    found = amount_at(fold(words), 0)
    assert found is None or found.end < len(words)


def test_affinity_moves_the_density_at_half_signal_as_far_as_its_lever_does_for_tenfold() -> None:
    lever = next(e for e in levers.load("low-affinity").effects if e.parameter == "A50")
    for words, power in (("tenfold", 1.0), ("hundredfold", 2.0)):
        a, b = understood(f"what if affinity is {words} lower in a 4-1BB CAR").designs()
        assert a.value("A50") == pytest.approx(lever.value**power * b.value("A50"))
        (effect,) = a.parameters["A50"].effects
        assert (effect.low, effect.high) == pytest.approx((lever.low**power, lever.high**power))
    a, b = understood("what if affinity is tenfold higher in a 4-1BB CAR").designs()
    assert a.value("A50") < b.value("A50") < a.parameters["A50"].effects[0].high * b.value("A50")


def test_all_notations_of_a_design_are_one() -> None:
    for name in ("4-1BB", "41BB", "CD137", "TNFRSF9", "BBζ", "BBz", "4-1BBζ"):
        assert understood(f"what if I double the dose in a {name} CAR").design_a == "bbz", name


def test_a_condition_holds_for_both_designs_and_a_change_for_one() -> None:
    a, b = understood("what if I lower the dose tenfold in 28z at a tumour burden of 1e12 cells").designs()
    assert a.value("H0") == b.value("H0") == 1e12
    assert a.value("dose") == pytest.approx(0.1 * b.value("dose"))


def test_a_lone_condition_is_the_change() -> None:
    a, b = understood("what happens in 4-1BB at 500 molecules per cell").designs()
    assert a.value("aH") == 500.0 and b.value("aH") != 500.0


def test_the_second_half_of_a_comparison_borrows_the_name() -> None:
    a, b = understood("a dose of 1e7 cells versus 1e8 cells in CD28").designs()
    assert (a.value("dose"), b.value("dose"), a.base, b.base) == (1e7, 1e8, "28z", "28z")


def test_replacing_x_by_y_makes_y_the_answer() -> None:
    found = understood("what if we replace CD28 by 4-1BB")
    assert (found.design_a, found.design_b) == ("bbz", "28z")


def test_every_lever_is_understood_by_its_id_and_synonyms() -> None:
    from assistant.kinetics import levers

    for name in levers.names():
        lever = levers.load(name)
        base = lever.bases[0] if lever.bases else "bbz"
        for phrase in (lever.id, *lever.synonyms):
            found = parse(f"{base} with {phrase}")
            assert isinstance(found, Understood) and not found.unknown, (phrase, getattr(found, "reason", ""))
            designs = {found.design_a, found.design_b, *(c.target for c in found.changes)}
            assert name in designs or designs & {f"{name}-like", "third-generation"}, (phrase, found.echo)


def test_every_parameter_is_understood_by_its_name() -> None:
    from assistant.kinetics.equations import PARAMETERS
    from assistant.kinetics.parameters import column, meanings

    for name in PARAMETERS:
        if meanings()[name].kind == "control":
            continue
        value = column("bbz")[name].high
        found = understood(f"set {name} = {value!r} in 28z" if value else f"set {name} = 0.0 in 28z")
        assert [(c.target, c.amount) for c in found.changes] == [(name, value)], found.echo


def test_a_lever_against_its_meaning_is_refused_with_what_there_is() -> None:
    for text in ("c-Jun knockout in CD28", "PD-1 overexpression in 28z", "what if IL-15 is blocked in 4-1BB"):
        found = parse(text)
        assert isinstance(found, NotUnderstood) and "the model only has" in found.reason, text


def test_nothing_is_dropped_in_silence() -> None:
    found = understood("what if I lower affinity tenfold and add unobtainium in a 4-1BB CAR")
    assert len(found.changes) == 1 and any("unobtainium" in u for u in found.unknown)


def test_a_slip_is_mended_and_told() -> None:
    found = understood("what if I lower afinity tenfold in BBz")
    assert [(c.target, c.amount) for c in found.changes] == [("A50", 10.0)]
    assert "'afinity' read as 'affinity'" in found.assumed


@pytest.mark.parametrize("word", ["weakly", "infection", "present", "drive", "purple", "order", "TRANSCEND"])
def test_a_word_of_the_field_is_no_slip(word: str) -> None:
    from assistant.kinetics.spelling import corrected

    assert corrected(f"lower affinity {word}") == (f"lower affinity {word}", ())


def test_a_misspelt_lever_is_offered_the_right_one() -> None:
    found = parse("what if I add cjnu")
    assert isinstance(found, NotUnderstood) and "cJun" in found.reason.split("nearest", 1)[1]


def test_a_negation_is_not_read_as_its_opposite() -> None:
    found = parse("what if the affinity is not lowered in 28z")
    assert isinstance(found, NotUnderstood) and "not" in found.reason


def test_a_product_share_is_what_the_words_say() -> None:
    from assistant.kinetics.equations import PARAMETERS

    a, b = understood("what if a 4-1BB product has 30 % senescent cells").designs()
    vector = dict(zip(PARAMETERS, a.vector(), strict=True))
    assert vector["fS"] == pytest.approx(0.3)
    assert sum(vector[s] for s in ("fM", "fE", "fX", "fS", "fP")) == pytest.approx(1.0)
    assert vector["fM"] / vector["fE"] == pytest.approx(b.value("fM") / b.value("fE"))
    a, _ = understood("what if a 4-1BB product has 50 % memory cells and 20 % senescent cells").designs()
    vector = dict(zip(PARAMETERS, a.vector(), strict=True))
    assert (vector["fM"], vector["fS"]) == pytest.approx((0.5, 0.2))
    with pytest.raises(InputError, match="add up to 130 %"):
        requests.from_parts("bbz", sets=("fM=0.9", "fS=0.4"))


def test_what_is_removed_is_not_added() -> None:
    found = parse("what if tonic signalling is removed in a 28z CAR")
    assert isinstance(found, Understood)
    a, b = found.designs()
    assert a.value("tau") == 0.0 and b.value("tau") == 0.0


def test_amounts_stay_with_their_names() -> None:
    a, _ = understood("what if tumour burden = 1e9 cells & dose = 1e6 cells in 28z").designs()
    assert (a.value("H0"), a.value("dose")) == (1e9, 1e6)


def test_assumed_sizes_are_told() -> None:
    found = understood("what if I use a higher dose in 28z")
    assert found.changes[0].guessed and any("twofold assumed" in a for a in found.assumed)


def test_impossible_values_say_why() -> None:
    found = parse("what if the dose is -1e8 cells in 28z")
    assert isinstance(found, NotUnderstood) and "unphysical" in found.reason
    with pytest.raises(InputError, match="unphysical"):
        requests.from_words("what if the dose is -1e8 cells in 28z")


@pytest.mark.parametrize(
    "text", ["", "   ", "x" * 3000, "\x1b[31mred", "?!", "💥" * 50, "1e999 cells", "what if"]
)
def test_odd_text_is_refused_and_never_raises(text: str) -> None:
    assert isinstance(parse(text), NotUnderstood)


@pytest.mark.parametrize(
    "text",
    [
        "what if I lower affinity tenfold in a 4-1BB CAR?",
        "What would happen if the dose were 1e7 cells?",
        "simulate 4-1BB at low antigen density",
        "compare 4-1BB with CD28 at a dose of 1e7 cells",
        "4-1BB vs CD28 at tenfold lower affinity and high tumour burden",
        "CD28 with and without c-Jun at a dose of 1e8 cells",
    ],
)
def test_what_ifs_are_recognised(text: str) -> None:
    assert is_whatif(text)


@pytest.mark.parametrize(
    "text",
    [
        "does lowering affinity reduce exhaustion?",
        "Which costimulatory domain makes CAR-T cells more prone to senescence?",
        "What evidence compares 4-1BB with CD28 persistence in patients?",
        "How does tonic signalling drive exhaustion in CD28 CAR-T cells?",
        "What, if any, markers distinguish senescence from exhaustion?",
        "4-1BB vs CD28: which persists longer in published trials?",
        "Compare the evidence for 4-1BB and CD28",
        "What is the capital of France?",
        "",
    ],
)
def test_questions_about_the_literature_are_not(text: str) -> None:
    assert not is_whatif(text)


def test_a_command_costs_the_router_no_import() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from assistant.kinetics.routing import is_whatif; is_whatif('simulate'); "
        "print([m for m in ('numpy', 'yaml', 'scipy', 'numba') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_lever_named_twice_acts_once() -> None:
    found = parse("what if I induce senescence by irradiation in a 28z CAR-T?")
    assert isinstance(found, Understood)
    assert [change.target for change in found.changes] == ["irradiation"]


def test_a_cytokine_of_the_culture_is_not_taken_for_a_cell_that_makes_it() -> None:
    found = parse("what if I expand a 4-1BB CAR in IL-7 and IL-15 instead of IL-2?")
    assert isinstance(found, NotUnderstood)
    assert "culture" in found.reason


def test_a_horizon_without_any_outcome_in_it_is_refused() -> None:
    found = parse("compare 4-1BB with CD28 for 3 days")
    assert isinstance(found, NotUnderstood)
    assert "too short" in found.reason


def test_an_assumed_direction_is_never_laid_at_the_door_of_a_finding() -> None:
    payload = whatif.answer(
        requests.from_words("4-1BB CAR with and without PD-1 blockade", draws=4)
    ).payload()
    reasons = [change["because"] for change in payload["changes"]]
    assert reasons
    assert set(map(str, reasons)) == {"assumed"}


def changed(text: str) -> list[tuple[str, str, str, Any]]:
    found = parse(text)
    assert isinstance(found, Understood), found
    return [(c.side, c.kind, c.target, c.amount) for c in found.changes]


@pytest.mark.parametrize(
    ("text", "factor"),
    [
        ("dose down by a quarter in 28z", 0.75),
        ("dose down to a quarter in 28z", 0.25),
        ("dose up by half in 28z", 1.5),
        ("three quarters of the dose in 28z", 0.75),
        ("75 % of the usual dose in 28z", 0.75),
        ("half the dose in 28z", 0.5),
        ("an order of magnitude less dose in 28z", 0.1),
    ],
)
def test_a_part_is_taken_of_the_whole_or_off_it(text: str, factor: float) -> None:
    assert changed(text) == [("A", "times", "dose", pytest.approx(factor))]


@pytest.mark.parametrize(
    ("text", "name", "factor"),
    [
        ("28z cells that kill twice as fast", "k", 2.0),
        ("28z cells that kill twice as slowly", "k", 0.5),
        ("senescent cells live three times as long in bbz", "dS", 1 / 3),
        ("a binder ten times weaker in bbz", "A50", 10.0),
    ],
)
def test_an_adjective_says_which_way(text: str, name: str, factor: float) -> None:
    assert changed(text) == [("A", "times", name, pytest.approx(factor))]


@pytest.mark.parametrize(
    ("text", "duration", "every"),
    [
        ("28z with dasatinib 3 days on 4 days off", 3.0, 7.0),
        ("28z rested 3 days on/4 off", 3.0, 7.0),
        ("28z with the signal 4 days on 3 days off", 3.0, 7.0),
        ("28z with dasatinib two days a week", 2.0, 7.0),
    ],
)
def test_cycles_on_and_off(text: str, duration: float, every: float) -> None:
    found = parse(text)
    assert isinstance(found, Understood)
    event = found.changes[0].events[-1]
    assert (event.kind, event.duration, event.every) == ("rest", duration, every)


def test_no_treatment_is_none_and_no_gene_is_a_loss() -> None:
    assert changed("no TET2 in 28z") == [("A", "layer", "tet2", None)]
    found = parse("28z with no PD-1 antibody vs 28z with PD-1 antibody")
    assert isinstance(found, Understood)
    assert [(c.side, c.target) for c in found.changes] == [("B", "pd-1-blockade")]


def test_days_in_culture_are_a_short_or_a_long_one_or_told() -> None:
    assert changed("28z cells expanded ex vivo for 2 days")[0][2] == "short-culture"
    assert changed("28z cells cultured for three weeks")[0][2] == "long-culture"
    usual = parse("28z cells cultured for nine days")
    assert isinstance(usual, NotUnderstood) and "usual week or so" in usual.reason


def test_no_number_crosses_a_word_that_is_not_understood() -> None:
    found = parse("memory cells snooze half as fast in tisa-cel")
    assert isinstance(found, NotUnderstood) and "left out" in found.reason


def test_days_before_a_design_are_a_duration() -> None:
    found = parse("dasatinib every second week for 7 days in 28z")
    assert isinstance(found, Understood) and not found.unknown
    assert (found.changes[0].events[-1].duration, found.changes[0].events[-1].every) == (7.0, 14.0)


def test_cells_that_are_given_are_a_dose() -> None:
    assert changed("run tisa-cel with a fifth of the cells") == [("A", "times", "dose", 0.2)]
    assert isinstance(parse("what if there are fewer cells in 4-1BB"), NotUnderstood)


def test_an_or_between_two_changes_sets_one_against_the_other() -> None:
    assert changed("28z with PD-1 knockout or with PD-1 blockade, which is better?") == [
        ("A", "layer", "pd-1", None),
        ("B", "layer", "pd-1-blockade", None),
    ]
    assert [c[0] for c in changed("28z with either TET2 or DNMT3A knockout")] == ["A", "B"]
    assert [c[0] for c in changed("28z: double the dose or halve the tumour burden")] == ["A", "B"]


def test_both_of_two_edits_in_one_design_are_its_own() -> None:
    assert {c[0] for c in changed("28z with TET2 and DNMT3A both knocked out")} == {"A"}


def test_the_schedule_of_a_lever_that_is_named_twice_is_kept() -> None:
    found = parse("What if 28z cells are rested with dasatinib for 3 days each week?")
    assert isinstance(found, Understood) and found.changes[0].events[-1].duration == 3.0


def test_a_number_belongs_to_what_it_counts() -> None:
    assert changed("infuse 3e8 BBz cells") == [("A", "set", "dose", 3e8)]
    assert changed("28z where 20 % of the infused cells were already senescent") == [("A", "set", "fS", 0.2)]
    assert changed("leukemia burden at infusion 10-fold lower in tisa-cel") == [("A", "times", "H0", 0.1)]
    assert changed("28z, tumour cells with 50k molecules per cell") == [("A", "set", "aH", 5e4)]
    assert isinstance(parse("tisa-cel at minus 1e8 cells"), NotUnderstood)


def test_a_product_that_the_model_lacks_is_replaced_by_no_other() -> None:
    for text in (
        "what if I give cilta-cel at half the dose",
        "axi-cel vs Abecma",
        "CAR-NK with 4-1BB at 1e8 cells",
    ):
        found = parse(text)
        assert isinstance(found, NotUnderstood) and "not among the designs" in found.reason, text


def test_an_outcome_is_no_setting_wherever_its_direction_stands() -> None:
    for text in (
        "make 28z persist longer and double the dose",
        "what if I increase persistence and double the dose",
    ):
        found = parse(text)
        assert isinstance(found, Understood) and "not a setting" in found.unknown[0], text


def test_a_slower_verb_is_a_fall_and_not_a_rise() -> None:
    assert changed("effector cells die more slowly in bbz") == [("A", "times", "dE", 0.5)]
    assert changed("28z binds its target ten times more weakly") == [
        ("A", "times", "A50", pytest.approx(10.0))
    ]


def test_what_is_done_to_a_lever_is_not_taken_for_its_opposite() -> None:
    for text in ("TET2 restored in 28z", "what if TET2 is snubbed in 28z"):
        assert isinstance(parse(text), NotUnderstood), text
    assert changed("what if we block PD-1 in axi-cel")[0][2] == "pd-1-blockade"


def test_a_range_of_values_is_asked_back_and_a_bound_is_told() -> None:
    assert isinstance(parse("28z at 1e7 to 1e8 cells"), NotUnderstood)
    found = parse("28z with less than 1e7 cells")
    assert isinstance(found, Understood) and any("less than 1e7" in a for a in found.assumed)


def test_the_two_levels_of_a_comparison_are_its_arms() -> None:
    assert changed("compare low and high dose in 28z") == [
        ("A", "set", "dose", 1e7),
        ("B", "set", "dose", 5e8),
    ]
    found = parse("4-1BB vs CD28 after two years")
    assert isinstance(found, Understood) and found.days == 730.5


def test_a_gene_that_is_expressed_is_not_lost() -> None:
    assert isinstance(parse("what if PD-1 is expressed in 28z"), NotUnderstood)
    assert changed("28z expressing c-Jun")[0][2] == "c-jun"


def test_the_dose_of_a_drug_is_not_the_infused_dose() -> None:
    found = parse("low-dose dasatinib in 28z")
    assert isinstance(found, Understood) and [c.target for c in found.changes] == ["dasatinib-rest"]
    told = parse("high-dose IL-15 with 28z")
    assert isinstance(told, Understood) and "high-dose" in told.unknown[0]
    assert [c.target for c in told.changes] == ["il-15"]


def test_a_part_of_the_cells_is_a_share_of_the_product() -> None:
    assert changed("what if half of the cells are senescent in 28z") == [("A", "set", "fS", 0.5)]


def test_a_part_of_the_tumour_without_antigen_is_no_smaller_tumour() -> None:
    assert changed("what if 1% of tumor cells are CD19 negative in tisa-cel") == [
        ("A", "set", "L0_share", 0.01)
    ]
    assert changed("half of the tumor cells lose CD19 in 28z") == [("A", "set", "L0_share", 0.5)]


def test_a_fraction_in_figures_and_cells_per_weight_are_read() -> None:
    assert changed("28z at 1/10 of the antigen density") == [("A", "times", "aH", pytest.approx(0.1))]
    assert changed("give 3 million liso-cel cells per kg")[0][3] == pytest.approx(2.1e8)
