"""Whose change it is when two designs are compared, and that no text, however odd, breaks the grammar."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.kinetics.guidance import examples
from assistant.kinetics.routing import is_whatif
from assistant.kinetics.wording import NotUnderstood, Understood, parse


def sides(text: str) -> list[tuple[str, str]]:
    found = parse(text)
    assert isinstance(found, Understood), getattr(found, "reason", "")
    return sorted((c.side, c.target) for c in found.changes)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("What if antigen density drops tenfold, 4-1BB versus CD28?", [("both", "aH")]),
        ("if the dose is halved in 4-1BB vs CD28", [("both", "dose")]),
        ("compare 4-1BB and CD28 with c-Jun only in CD28", [("B", "c-jun")]),
        ("4-1BB vs CD28, c-Jun in CD28", [("B", "c-jun")]),
        ("4-1BB vs CD28, tenfold lower dose in 4-1BB", [("A", "dose")]),
        ("4-1BB vs CD28, tenfold lower dose in the CD28 one only", [("B", "dose")]),
        ("tenfold higher dose for 4-1BB only, compared with CD28", [("A", "dose")]),
        ("c-Jun in 4-1BB but not in CD28", [("A", "c-jun")]),
        ("compare 4-1BB and CD28, both with c-Jun", [("both", "c-jun")]),
        ("4-1BB vs CD28 with c-Jun in both", [("both", "c-jun")]),
        ("4-1BB with c-Jun vs CD28", [("A", "c-jun")]),
        ("CD28 with and without c-Jun at 1e7 cells", [("A", "c-jun"), ("both", "dose")]),
        ("CD28 without and with c-Jun", [("A", "c-jun")]),
        ("c-Jun instead of TET2 loss in CD28", [("A", "c-jun"), ("B", "tet2")]),
        ("what if I lower the dose tenfold in 4-1BB only", [("A", "dose")]),
    ],
)
def test_a_change_belongs_to_the_designs_that_the_words_give_it(
    text: str, wanted: list[tuple[str, str]]
) -> None:
    assert sides(text) == wanted


def test_a_change_read_for_both_designs_is_told() -> None:
    found = parse("What if antigen density drops tenfold, 4-1BB versus CD28?")
    assert isinstance(found, Understood)
    assert any("read for both designs" in a and "only" in a for a in found.assumed)
    assert "both: " in found.echo


def test_an_endless_rest_is_refused_with_its_reason() -> None:
    found = parse("what if resting lasts 10 days every 7 days in 28z")
    assert isinstance(found, NotUnderstood) and "never ends" in found.reason


_PIECES = (
    "4-1BB", "CD28", "axi-cel", "c-Jun", "TET2 loss", "affinity", "antigen density", "dose", "tumour burden",
    "rest", "senolytic", "second infusion", "split dose", "irradiated", "lymphodepletion", "exhaustion",
    "senescent cells", "kX", "A50 =", "lower", "higher", "tenfold", "by 50 %", "to 1e7 cells", "-3", "0",
    "every 7 days", "for 4 days", "on day 28", "until day 3", "from day 9 to day 2", "per kg", "1e400",
    "vs", "versus", "instead of", "with", "without", "and", "but not in", "only", "both", "what if", "not",
    "no longer", "keep", "same", "compare", "replace", "by", "at", ",", "?", "out of every 5", "halved",
    "an order of magnitude", "molecules per cell", "200 %", "nan", "10x", "\u03b6", "\u00d7", "&", "'", "=",
)  # fmt: skip


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(_PIECES), min_size=1, max_size=14))
def test_no_order_of_words_breaks_the_grammar(pieces: list[str]) -> None:
    text = " ".join(pieces)
    is_whatif(text)
    found = parse(text)
    if isinstance(found, Understood):
        a, b = found.designs()
        assert found.echo and (a.parameters != b.parameters or a.events != b.events), text
    else:
        assert found.reason and examples(text, found.unknown)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_no_text_breaks_the_grammar(text: str) -> None:
    is_whatif(text)
    assert isinstance(parse(text), Understood | NotUnderstood)
