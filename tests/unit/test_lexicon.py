"""Notations meet their term, spelling guesses stay rare, right and visible."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.retrieval.lexicon import Lexicon, Term, key


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.shipped()


def terms(lexicon: Lexicon, text: str) -> list[str]:
    return [entity.term for entity in lexicon.entities_in(text)]


@pytest.mark.parametrize(
    ("notation", "term"),
    [
        ("4-1BB", "4-1BB"), ("41BB", "4-1BB"), ("4–1BB", "4-1BB"), ("4-1bb", "4-1BB"), ("CD137", "4-1BB"),
        ("TNFRSF9", "4-1BB"), ("BBz", "4-1BB"), ("BBζ", "4-1BB"), ("4-1BB-zeta", "4-1BB"),
        ("28z", "CD28"), ("CD28ζ", "CD28"), ("CD28-zeta", "CD28"), ("cd28", "CD28"),
        ("SA-β-gal", "SA-beta-gal"), ("SA beta gal", "SA-beta-gal"),
        ("senescence-associated beta-galactosidase", "SA-beta-gal"),
        ("γH2AX", "gamma-H2AX"), ("gamma-H2AX", "gamma-H2AX"), ("p16INK4a", "CDKN2A"), ("p16", "CDKN2A"),
        ("tisa-cel", "tisagenlecleucel"), ("Kymriah", "tisagenlecleucel"), ("CTL019", "tisagenlecleucel"),
        ("axi cel", "axicabtagene ciloleucel"), ("Yescarta", "axicabtagene ciloleucel"),
        ("TGFβ", "TGF-beta"), ("TGF-β", "TGF-beta"), ("TGF beta", "TGF-beta"), ("TGF-β1", "TGF-beta"),
        ("NF-κB", "NF-kB"), ("IL15", "IL-15"), ("interleukin 15", "IL-15"), ("PGC-1α", "PPARGC1A"),
        ("LAG3", "LAG-3"), ("c-Jun", "c-Jun"), ("acute lymphoblastic leukaemia", "B-ALL"),
        ("acute lymphoblastic leukemia", "B-ALL"), ("tumor infiltrating lymphocytes", "TIL"),
        ("exhausted", "exhaustion"), ("senescent", "senescence"), ("telomeres", "telomere length"),
    ],
)  # fmt: skip
def test_every_notation_finds_its_term(lexicon: Lexicon, notation: str, term: str) -> None:
    assert terms(lexicon, f"Does {notation} matter?") == [term]
    found = lexicon.get(notation)
    assert found is not None
    assert found.term == term


def test_every_notation_of_the_glossary_is_recognised_whole(lexicon: Lexicon) -> None:
    for entry in lexicon.entries:
        for notation in (entry.term, *entry.synonyms):
            owner = lexicon.get(notation)
            assert owner is not None
            (entity,) = lexicon.entities_in(f"the {notation} here")
            assert entity.term == owner.term, notation


@pytest.mark.parametrize(
    "text", ["they sell chips", "a cat and a truck", "5 mm", "in june, os and ld", "IL-2Rα", "CD282"]
)
def test_ordinary_words_and_other_molecules_are_no_terms(lexicon: Lexicon, text: str) -> None:
    assert terms(lexicon, text) == []


def test_capitals_make_an_acronym(lexicon: Lexicon) -> None:
    assert terms(lexicon, "CR and OS after LD") == [
        "complete response",
        "overall survival",
        "lymphodepletion",
    ]


def test_the_longest_notation_wins(lexicon: Lexicon) -> None:
    assert terms(lexicon, "duvelisib CART made with duvelisib") == ["duvelisib CART", "duvelisib"]
    assert terms(lexicon, "CART19-28ζ cells") == ["CART19-28ζ"]


@pytest.mark.parametrize(
    ("typo", "guess"),
    [
        ("senesence", "senescence"), ("Kymirah", "Kymriah"), ("dasatanib", "dasatinib"),
        ("tisagenlecleucal", "tisagenlecleucel"), ("rapamicin", "rapamycin"), ("exhuastion", "exhaustion"),
        ("lymphodepltion", "lymphodepletion"), ("glioblatsoma", "glioblastoma"),
    ],
)  # fmt: skip
def test_a_slip_of_the_pen_is_corrected_and_reported(lexicon: Lexicon, typo: str, guess: str) -> None:
    query = lexicon.analyse(f"Is {typo} known?")
    (correction,) = query.corrections
    assert (correction.found, correction.guess.lower()) == (typo, guess.lower())
    assert 0.8 <= correction.similarity < 1
    assert guess.lower() in query.corrected.lower()
    assert query.entities


@pytest.mark.parametrize(
    "word",
    [
        "gemcitabine", "venetoclax", "everolimus", "tacrolimus", "azacitidine", "nilotinib", "cytarabine",
        "mesothelial", "phagocytosis", "persistent", "senescent", "exhausting", "telomeric", "senolysis",
        "CD138", "CD29", "TIM-4", "IL-16", "FOXO4", "p19", "BATF2", "IL13Ra1", "NR4A4",
    ],
)  # fmt: skip
def test_another_molecule_or_another_word_is_left_alone(lexicon: Lexicon, word: str) -> None:
    query = lexicon.analyse(f"What does {word} do?")
    assert query.corrections == ()
    assert query.corrected == f"What does {word} do?"


def test_a_word_that_is_known_elsewhere_is_never_corrected(lexicon: Lexicon) -> None:
    assert lexicon.analyse("dasatanib").corrections
    assert lexicon.analyse("dasatanib", lambda word: word == "dasatanib").corrections == ()


def test_two_equally_near_terms_give_no_guess() -> None:
    lexicon = Lexicon.of([Term("abcdefgh", (), "drug", ""), Term("abcdefgk", (), "drug", "")])
    assert lexicon.analyse("abcdefgx").corrections == ()


def test_terms_name_the_canonical_form_the_words_and_the_other_notations(lexicon: Lexicon) -> None:
    shown = lexicon.analyse("does CD137 slow fatigue?").terms
    assert shown[:3] == ("4-1BB", "slow", "fatigue")
    assert {"41BB", "TNFRSF9", "BBζ"} <= set(shown)
    assert "CD137" not in shown[1:]


def test_all_notations_share_one_entity_token(lexicon: Lexicon) -> None:
    tokens = {lexicon.entity_tokens(n)[0] for n in ("4-1BB", "CD137", "TNFRSF9", "BBζ", "41bb")}
    assert len(tokens) == 1


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_analysed_with_offsets_that_hold(text: str) -> None:
    query = _SHIPPED.analyse(text)
    end = 0
    for entity in query.entities:
        assert query.corrected[entity.start : entity.end] == entity.found
        assert entity.start >= end
        end = entity.end
    assert len(query.words) == len(query.tokens)


_SHIPPED = Lexicon.shipped()


def test_keys_ignore_case_separators_and_greek() -> None:
    assert key("SA-β-Gal") == key("sa beta gal")
    assert key("CD28") != key("CD27")
