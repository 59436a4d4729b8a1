"""Sentences are whole, and their spans reproduce the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.chunking import sentences


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Smith et al. Reported it. Then more.", ["Smith et al. Reported it.", "Then more."]),
        ("See Fig. 2 for p = .03. It fell.", ["See Fig. 2 for p = .03.", "It fell."]),
        ("J. Doe wrote. She left.", ["J. Doe wrote.", "She left."]),
        ('He said "stop." Then he left.', ['He said "stop."', "Then he left."]),
        ("No stop at the end", ["No stop at the end"]),
        ("  \n ", []),
    ],
)
def test_boundaries(text: str, parts: list[str]) -> None:
    assert [s.of(text) for s in sentences(text)] == parts


@given(st.text(alphabet="Ab. ?!\n\t(“”é\u00a0", max_size=200))
def test_spans_are_ordered_disjoint_and_lose_nothing_but_blanks(text: str) -> None:
    spans = sentences(text)
    end = 0
    for span in spans:
        assert end <= span.start < span.end
        assert not text[end : span.start].strip()
        assert span.of(text) == span.of(text).strip()
        end = span.end
    assert not text[end:].strip()
