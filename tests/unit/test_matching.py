"""What one finding covers of a question: names in any notation, other wordings, state and cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answering.concepts import Concept, coverage
from assistant.answering.matching import FEATURES, Match, Matcher
from assistant.answering.question import understand
from assistant.answering.wording import phrases_in, plain, wordings_of
from assistant.evidence import Hit
from assistant.retrieval.retriever import Retriever
from ingest.pipeline import ensure


@pytest.fixture(scope="module")
def retriever(home: Path) -> Iterator[Retriever]:
    index = ensure(home)
    yield Retriever.open(index)
    index.catalog.close()


@pytest.fixture(scope="module")
def matcher(retriever: Retriever) -> Matcher:
    return Matcher(retriever)


@pytest.fixture(scope="module")
def hit(retriever: Retriever) -> Hit:
    return next(h for h in retriever.search("senescence", k=5).hits if h.passage.kind == "finding")


def concepts(retriever: Retriever, matcher: Matcher, question: str) -> tuple[Concept, ...]:
    return matcher.reader.concepts(retriever.analyse(question))


def look(retriever: Retriever, matcher: Matcher, hit: Hit, question: str, text: str) -> Match:
    """The match of a question with a finding of the given text in a paper of no title."""
    shown = replace(hit, text=text, paper=replace(hit.paper, id="none", title=""))
    return matcher.match(understand(question), concepts(retriever, matcher, question), [shown])[0]


def test_a_compound_is_one_concept_and_found_in_either_spelling(
    retriever: Retriever, matcher: Matcher, hit: Hit
) -> None:
    question = "Which knock-out helps?"
    assert [c.label for c in concepts(retriever, matcher, question) if "knock" in c.label] == ["knock-out"]
    for text in ("A knockout helped.", "A knock-out helped.", "It helped to knock it out."):
        assert look(retriever, matcher, hit, question, text).value("said") == 1.0


def test_any_notation_of_a_term_covers_it(retriever: Retriever, matcher: Matcher, hit: Hit) -> None:
    match = look(retriever, matcher, hit, "Does CD137 matter?", "BBζ cells differed.")
    assert match.value("entities") == 1.0


def test_other_words_for_the_same_thing_cover_it(retriever: Retriever, matcher: Matcher, hit: Hit) -> None:
    question = "Do worn-out cells burn fat?"
    match = look(retriever, matcher, hit, question, "Exhausted cells had more lipid oxidation.")
    assert match.value("said") > match.value("coverage") == 0.0
    assert match.value("said") > 0.9


def test_words_that_share_a_long_beginning_are_one(retriever: Retriever, matcher: Matcher, hit: Hit) -> None:
    match = look(retriever, matcher, hit, "Do nucleotides change?", "Nucleotidase was changed.")
    assert match.value("said") == 1.0


def test_every_member_of_a_group_covers_the_others() -> None:
    assert frozenset(("exhaust",)) in wordings_of("tired")
    assert wordings_of("rituximab") == ()


def test_the_longest_phrase_wins() -> None:
    assert [p.words for p in phrases_in("It will Come Back to full function soon")] == [
        "come back to full function"
    ]


def test_words_that_carry_the_sentence_weigh_little(retriever: Retriever, matcher: Matcher) -> None:
    found = {c.label: c.weight for c in concepts(retriever, matcher, "Does quercetin tend to accord?")}
    assert found["tend"] < found["quercetin"] / 2
    assert "quercetin" not in plain()


def test_a_word_that_no_passage_holds_weighs_most_and_is_marked(
    retriever: Retriever, matcher: Matcher
) -> None:
    found = {c.label: c for c in concepts(retriever, matcher, "Does rimiducidol change CD28?")}
    assert not found["rimiducidol"].known
    assert found["rimiducidol"].weight == max(c.weight for c in found.values())


@pytest.mark.parametrize(
    ("feature", "question", "good", "bad"),
    [
        ("state", "Do cells become senescent?", "p16 rose in senescence.", "PD-1 rose in exhaustion."),
        ("state", "Do cells become exhausted?", "Exhaustion rose.", "Senescence rose."),
        (
            "scope",
            "Do CAR-T cells become senescent?",
            "Senescence rose.",
            "uPAR CAR T cells cleared senescent cells.",
        ),
        ("car_fit", "Does peroxide age CAR-T cells?", "CAR-T cells aged.", "Fibroblasts aged."),
        ("head", "Which microRNA drives it?", "The microRNA miR-1 drives it.", "p53 drives it."),
        ("names_wanted", "Which transcription factor drives it?", "FOXO3 drives it.", "It is driven."),
        ("holds", "How many days does it last?", "It lasted 12 days.", "It lasted."),
        ("unit", "How many kilobases long is it?", "It is 5 kb long.", "It is long."),
        ("numbers", "What happened in 1987?", "In 1987 it fell.", "In 1988 it fell."),
        ("pairs", "Do ICOS hinges unfold?", "ICOS hinges unfold.", "Hinges of ICOS were made."),
    ],
)
def test_a_finding_of_the_right_kind_scores_above_one_of_another(
    retriever: Retriever, matcher: Matcher, hit: Hit, feature: str, question: str, good: str, bad: str
) -> None:
    right = look(retriever, matcher, hit, question, good)
    wrong = look(retriever, matcher, hit, question, bad)
    assert right.value(feature) > wrong.value(feature)


def test_each_feature_has_a_finite_number_for_every_hit(retriever: Retriever, matcher: Matcher) -> None:
    question = "How many of the 14 children went into remission?"
    retrieval = retriever.search(question, k=12)
    for match in matcher.match(
        understand(question), matcher.reader.concepts(retrieval.query), retrieval.hits
    ):
        assert len(match.values) == len(FEATURES)
        assert all(abs(value) < 100 for value in match.values)


def test_coverage_is_the_share_by_weight() -> None:
    rare = Concept("a", "a", 3.0, False, True)
    common = Concept("b", "b", 1.0, False, True)
    assert coverage((rare, common), frozenset("a")) == 0.75
    assert coverage((), frozenset(), nothing=1.0) == 1.0
