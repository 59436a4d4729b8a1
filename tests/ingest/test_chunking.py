"""Sentences are whole, and their spans reproduce the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.chunking import LONGEST, sentences


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Smith et al. Reported it. Then more.", ["Smith et al. Reported it.", "Then more."]),
        ("Shown by Smith et al. The cells aged.", ["Shown by Smith et al.", "The cells aged."]),
        ("See Fig. 2 for p = .03. It fell.", ["See Fig. 2 for p = .03.", "It fell."]),
        ("See Suppl. Fig. S1 and Eq. 3. It fell.", ["See Suppl. Fig. S1 and Eq. 3.", "It fell."]),
        ("J. Doe wrote. She left.", ["J. Doe wrote.", "She left."]),
        ("They lack vitamin C. We gave it.", ["They lack vitamin C.", "We gave it."]),
        ('He said "stop." Then he left.', ['He said "stop."', "Then he left."]),
        ("Given i.v. CD8+ cells grew.", ["Given i.v. CD8+ cells grew."]),
        ("Cells were given i.v. The mice lived.", ["Cells were given i.v.", "The mice lived."]),
        ("Grown in E. coli K12. Then lysed.", ["Grown in E. coli K12.", "Then lysed."]),
        ("It rose 2.5-fold. p53 fell. mTOR did not.", ["It rose 2.5-fold.", "p53 fell.", "mTOR did not."]),
        ("Cells aged.[12,13] We saw it.", ["Cells aged.[12,13]", "We saw it."]),
        ("Cells aged. [12] We saw it.", ["Cells aged. [12]", "We saw it."]),
        ("Cells aged.12,13 We saw it.", ["Cells aged.12,13", "We saw it."]),
        ("P was 0.05. 12 mice died.", ["P was 0.05.", "12 mice died."]),
        ("As shown (Nat. Med. 25, 82). It held.", ["As shown (Nat. Med. 25, 82).", "It held."]),
        ("4-1BB vs. CD28 was tested. α-SMA fell.", ["4-1BB vs. CD28 was tested.", "α-SMA fell."]),
        ("1. The first item. 2. The second.", ["1. The first item.", "2. The second."]),
        (
            "It is in ref. 12 too. See no. 5. No. We do not.",
            ["It is in ref. 12 too.", "See no. 5.", "No.", "We do not."],
        ),
        ("No stop at the end", ["No stop at the end"]),
        ("  \n ", []),
    ],
)
def test_boundaries(text: str, parts: list[str]) -> None:
    assert [s.of(text) for s in sentences(text)] == parts


def test_a_sentence_without_end_is_cut_at_a_semicolon() -> None:
    text = "gene one; " * 500
    parts = [s.of(text) for s in sentences(text)]
    assert all(len(part) <= LONGEST and part.endswith(";") for part in parts)
    assert " ".join(parts) == text.strip()


def test_time_grows_with_length_only() -> None:
    for text in ("A. " * 50_000, "(a. B " * 30_000, "[1] " * 50_000):
        assert sentences(text)


@given(st.text(alphabet="Ab. ?!\n\t(“”é\u00a0[]12,", max_size=200))
def test_spans_are_ordered_disjoint_and_lose_nothing_but_blanks(text: str) -> None:
    spans = sentences(text)
    end = 0
    for span in spans:
        assert end <= span.start < span.end
        assert not text[end : span.start].strip()
        assert span.of(text) == span.of(text).strip()
        end = span.end
    assert not text[end:].strip()
