"""Which findings make an answer: no fact twice, none cited for another's words, both sides."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.answering.engine import Engine
from assistant.evidence import Answer
from assistant.settings import Settings


@pytest.fixture(scope="module")
def ask(home: Path) -> Callable[..., Answer]:
    from assistant.settings import load

    engine = Engine.open(load({"home": str(home)}, environment={}))
    return engine.ask


def test_the_lead_names_the_domain_that_ages_faster(ask: Callable[..., Answer]) -> None:
    answer = ask("Which costimulatory domain makes CAR-T cells more prone to senescence?")
    assert answer.kind == "answer"
    assert answer.sentences[0].role == "lead"
    assert "more pronounced in 4-1BB" in answer.sentences[0].text
    assert answer.citations[0].passage == "can2025-costim-senescence#F1"


def test_the_conflict_is_shown_with_both_sides_and_its_nuance(ask: Callable[..., Answer]) -> None:
    answer = ask("Which costimulatory domain makes CAR-T cells more prone to senescence?")
    conflict = answer.conflicts[0]
    numbers = {c.n for c in answer.citations}
    assert conflict.claim == "costim-4-1bb-more-senescent"
    assert conflict.supports
    assert conflict.opposes
    assert set(conflict.supports) | set(conflict.opposes) <= numbers
    assert conflict.nuance in answer.answer


@pytest.mark.parametrize(("length", "most"), [("brief", 2), ("default", 7), ("full", 15)])
def test_the_length_bounds_the_sentences(ask: Callable[..., Answer], length: str, most: int) -> None:
    answer = ask("How do exhausted and senescent T cells differ?", length=length)
    assert 1 <= len(answer.sentences) <= most


def test_brief_is_the_beginning_of_default(ask: Callable[..., Answer]) -> None:
    question = "Does c-Jun overexpression help CAR T cells?"
    brief, default = ask(question, length="brief"), ask(question, length="default")
    assert brief.sentences[0].text == default.sentences[0].text


def test_no_sentence_comes_twice(ask: Callable[..., Answer]) -> None:
    answer = ask("Does 4-1BB costimulation improve the persistence of CAR-T cells?", length="full")
    texts = [s.text for s in answer.sentences]
    assert len(texts) == len(set(texts))


def test_a_comparison_covers_both_sides(ask: Callable[..., Answer]) -> None:
    answer = ask("How long do 4-1BB and CD28 CAR-T cells persist in patients?")
    text = " ".join(s.text for s in answer.sentences)
    assert "4-1BB" in text
    assert "CD28" in text


def test_every_quote_is_found_again(
    ask: Callable[..., Answer], home: Path, settings_for: Callable[..., Settings]
) -> None:
    engine = Engine.open(settings_for(home))
    for citation in ask("Does rest reverse exhaustion of CAR-T cells?", length="full").citations:
        context = engine.context(citation)
        assert context.text[citation.start : citation.end] == citation.quote


def test_every_sentence_is_a_quote_of_its_first_citation(ask: Callable[..., Answer]) -> None:
    answer = ask("What does TET2 disruption do in CAR T cells?", length="full")
    by_number = {c.n: c.quote for c in answer.citations}
    assert answer.sentences
    for sentence in answer.sentences:
        assert by_number[sentence.citations[0]] == sentence.text


def test_the_same_question_gives_the_same_answer(ask: Callable[..., Answer]) -> None:
    question = "Why do 4-1BB CAR-T cells persist longer?"
    assert ask(question) == ask(question)


@pytest.mark.parametrize(
    "question", ["What is the capital of France?", "Does CD28 senescence depend on dietary zinc?"]
)
def test_what_the_corpus_does_not_hold_is_refused_with_what_is_missing(
    ask: Callable[..., Answer], question: str
) -> None:
    answer = ask(question)
    assert answer.kind == "refusal"
    assert "What would be needed" in answer.answer
    assert answer.searched.papers == 243
    assert not answer.sentences


def test_a_near_miss_says_what_it_lacks(ask: Callable[..., Answer]) -> None:
    answer = ask("How many gray of radiation did the Mayo group give to CAR-T cells to make them senescent?")
    assert answer.kind == "refusal"
    assert answer.near_misses
    assert any("dose" in miss.why for miss in answer.near_misses)


def test_a_follow_up_shows_the_question_as_understood(ask: Callable[..., Answer]) -> None:
    first = ask("Does 4-1BB make CAR-T cells more prone to senescence?")
    second = ask("and CD28?", history=[first])
    assert second.resolved == "Does CD28 make CAR-T cells more prone to senescence?"


def test_a_lever_in_the_question_brings_its_what_if(ask: Callable[..., Answer]) -> None:
    answer = ask("Does c-Jun overexpression help CAR T cells?")
    assert answer.whatif.startswith("senescope whatif ")
    assert "c-Jun" in answer.whatif
    assert answer.whatif in answer.answer


def test_a_claim_that_answers_the_question_itself_is_shown_whichever_findings_were_chosen(
    ask: Callable[..., Answer],
) -> None:
    answer = ask("Does rest reverse senescence of CAR-T cells?")
    assert [c.claim for c in answer.conflicts] == ["rest-reverses-exhaustion-not-senescence"]
    cited = {c.n: c.passage for c in answer.citations}
    assert any(cited[n].startswith("weber2021") for n in answer.conflicts[0].supports)


def test_a_term_of_the_glossary_is_defined(ask: Callable[..., Answer]) -> None:
    answer = ask("What is SA-beta-gal?")
    assert answer.kind == "answer"
    assert answer.answer.startswith("*Glossary:* **SA-beta-gal**")


def test_a_refusal_uses_the_notation_of_the_question(ask: Callable[..., Answer]) -> None:
    answer = ask("How many mg of CD137 antibody were injected into zebrafish?")
    assert answer.kind == "refusal"
    assert "4-1BB" not in answer.answer.split("**What would be needed:**")[1]


def test_a_pronoun_without_an_antecedent_is_pointed_out(ask: Callable[..., Answer]) -> None:
    assert any("points to nothing" in note for note in ask("does rest reverse it?").notes)


@pytest.mark.parametrize(
    "question",
    [
        "How does tonic signalling lead to exhaustion?",
        "Does TET2 loss improve CAR-T persistence?",
        "Does senescence always impair CAR-T cells?",
    ],
)
def test_a_broad_question_that_a_claim_or_one_plain_finding_settles_is_answered(
    ask: Callable[..., Answer], question: str
) -> None:
    assert ask(question).kind == "answer"


def test_another_cell_than_a_car_t_cell_is_not_answered_with_one(ask: Callable[..., Answer]) -> None:
    assert ask("Do CAR-NK cells become senescent?").kind == "refusal"


def test_a_premise_is_answered_by_the_corpus_and_not_followed(ask: Callable[..., Answer]) -> None:
    answer = ask("Since CD28 CAR-T cells never become senescent under repeated activation, why do they fail?")
    if answer.kind == "answer":
        assert "takes for granted" in answer.answer or "senescen" in answer.sentences[0].text
    assert "never" not in " ".join(s.text for s in answer.sentences)


def test_a_marker_that_no_finding_names_is_not_answered_with_another(ask: Callable[..., Answer]) -> None:
    question = "Do CD57+ T cells in the infusion product predict non-response to tisa-cel?"
    assert ask(question).kind == "refusal"


def test_a_near_miss_names_no_synonym_that_it_does_not_use(ask: Callable[..., Answer]) -> None:
    answer = ask("Can navitoclax clear senescent CAR-T cells?")
    assert answer.kind == "refusal"
    assert answer.near_misses
    for miss in answer.near_misses:
        speaks = miss.why.partition(", but ")[0]
        assert "navitoclax" not in speaks or "navitoclax" in miss.text.lower()


def test_papers_that_say_the_opposite_in_like_words_are_not_called_agreed(ask: Callable[..., Answer]) -> None:
    answer = ask(
        "Do product studies agree on whether axi-cel or tisa-cel bags hold more CD4 central-memory cells?"
    )
    told = " ".join(s.text for s in answer.sentences)
    assert "Axi-cel (CD28) products held more" in told
    assert "tisa-cel (4-1BB) bags held more" in told
    assert "papers agree" not in answer.answer


@pytest.mark.parametrize(
    ("question", "own", "other"),
    [
        ("Can p38 inhibition rejuvenate senescent T cells?", "CD8+ EMRA", "dimitri2011"),
        ("How do Tregs make other T cells senescent?", "glucose", "ye2012"),
        ("What happens when FOXO1 is overexpressed in CAR-T cells?", "open chromatin", "chan2024"),
    ],
)
def test_a_sentence_cites_only_what_says_it(
    ask: Callable[..., Answer], question: str, own: str, other: str
) -> None:
    answer = ask(question, length="full")
    by_number = {c.n: c for c in answer.citations}
    told = [s for s in answer.sentences if s.role != "conflict"]
    assert any(own in s.text for s in told)
    for sentence in told:
        assert [by_number[n].quote for n in sentence.citations] == [sentence.text]
    # The other paper's own finding stands in a line of its own, where it is near enough to the question.
    assert any(by_number[s.citations[0]].passage.startswith(other) for s in told)


def test_how_many_papers_take_a_side_of_a_claim_is_told_with_the_claim(ask: Callable[..., Answer]) -> None:
    answer = ask("Can p38 inhibition rejuvenate senescent T cells?")
    conflict = next(c for c in answer.conflicts if c.claim == "p38-inhibition")
    assert conflict.supporting_papers > 1
    marks = "".join(f"[{n}]" for n in conflict.supports)
    assert f"For ({conflict.supporting_papers} papers): {marks}" in answer.answer


@pytest.mark.parametrize(
    ("question", "stray"),
    [
        ("IL-15 or IL-2 for expanding CAR-T cells?", "il7-with-il15"),
        ("which CAR-T product uses CD28 and which 4-1BB?", "senescence-signature-outcome-by-domain"),
        ("Does higher dose mean better response?", "expansion-and-benefit"),
    ],
)
def test_a_claim_on_another_question_is_not_shown(
    ask: Callable[..., Answer], question: str, stray: str
) -> None:
    assert stray not in [c.claim for c in ask(question).conflicts]


@pytest.mark.parametrize(
    ("question", "claim"),
    [
        ("does adding IL-7 to IL-15 culture help?", "il7-with-il15"),
        ("is a shorter manufacturing time better for CAR-T cells?", "shorter-culture"),
        ("compare axi-cel and tisa-cel in lymphoma", "product-comparison-confounded"),
        ("How do Tregs make other T cells senescent?", "treg-tumour-induced-senescence"),
    ],
)
def test_a_claim_that_bears_on_the_question_is_shown(
    ask: Callable[..., Answer], question: str, claim: str
) -> None:
    assert claim in [c.claim for c in ask(question).conflicts]


def test_a_list_that_is_cut_says_so_and_how_much_more_there_is(ask: Callable[..., Answer]) -> None:
    question = "which markers identify senescent CAR-T cells?"
    told = [s for s in ask(question).sentences if s.role != "conflict"]
    whole = [s for s in ask(question, length="full").sentences if s.role != "conflict"]
    further = len(whole) - len(told)
    assert further > 1
    assert f"`senescope ask --full` shows {further} further findings." in ask(question).answer
    assert {s.text for s in told} <= {s.text for s in whole}
    assert "Among others" not in ask(question, length="full").answer
    assert "Among others" not in ask("Does rest reverse exhaustion of CAR-T cells?").answer


def test_a_badge_tells_the_source_and_the_limits_tell_what_was_read(ask: Callable[..., Answer]) -> None:
    answer = ask("What is the half-life of cilta-cel?")
    assert "*(patients, 4-1BB, second-hand source)*" in answer.answer
    limits = next(line for line in answer.answer.splitlines() if line.startswith("**Limits**"))
    assert "second-hand" not in limits
    cited = [c for c in answer.citations if not c.passage.startswith("claim:")]
    copies = sum(c.seen == "secondary" for c in cited)
    assert (f"{copies} in a summary or a copy" in limits) == (copies > 0)


def test_both_sides_of_a_contrast_in_one_paper_are_shown(ask: Callable[..., Answer]) -> None:
    answer = ask("Does a senescence signature in the product go with response in both CAR designs?")
    passages = {c.passage for c in answer.citations}
    assert {"can2025-costim-senescence#F5", "can2025-costim-senescence#F6"} <= passages


def test_what_only_animals_showed_does_not_answer_for_patients(ask: Callable[..., Answer]) -> None:
    assert ask("Does c-Jun overexpression prevent senescence in patients?").kind == "refusal"


@pytest.mark.parametrize(
    "question", ["Does lenalidomide prevent CAR-T senescence?", "Does OX40 costimulation prevent senescence?"]
)
def test_a_drug_or_a_term_that_the_best_findings_do_not_name_is_refused(
    ask: Callable[..., Answer], question: str
) -> None:
    assert ask(question).kind == "refusal"


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        ("Since 28z CAR-T cells never age, why use 4-1BB?", "28z CAR-T cells never age"),
        ("Why do CD28 CARs never become exhausted?", "CD28 CARs never become exhausted"),
    ],
)
def test_an_absolute_premise_is_named_and_met_with_evidence(
    ask: Callable[..., Answer], question: str, holds: str
) -> None:
    answer = ask(question)
    assert answer.kind == "answer"
    assert answer.answer.startswith(f"*The question takes for granted that {holds}")
    assert any(word in answer.sentences[0].text for word in ("exhausted", "senescence"))


def test_the_direction_of_a_deletion_is_no_definition(ask: Callable[..., Answer]) -> None:
    answer = ask("What does loss of p16 do to CD8 T cells?")
    assert answer.answer.startswith("Deleting p16")
