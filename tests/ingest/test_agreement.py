"""Two descriptions are of one paper, or not: one row per combination that matters."""

from __future__ import annotations

import pytest

from ingest.agreement import agree, similarity, title_of
from ingest.documents import Paper
from ingest.sources.records import Record

LONG = "Differential susceptibility and role for senescence in CART cells based on costimulatory domains"
OTHER = "Anatomical variations of the recurrent laryngeal nerve in adult patients from two centres"


@pytest.mark.parametrize(
    ("ours", "theirs", "verdict"),
    [
        # Titles alone: long and the same, or not at all.
        (Paper("p", LONG), Record("s", LONG + "."), "same"),
        (Paper("p", LONG), Record("s", LONG.upper(), ("Can I",), year=2025), "same"),
        (Paper("p", LONG), Record("s", LONG.replace("CART", "CAR-T")), "same"),
        (Paper("p", LONG), Record("s", OTHER), "different"),
        (Paper("p", LONG), Record("s", LONG.replace("costimulatory", "hinge")), "possible"),
        (Paper("p", "T cell exhaustion"), Record("s", "T cell exhaustion"), "possible"),
        # Author and year decide where a title cannot, and veto where they differ.
        (Paper("p", "T cell exhaustion", ("Wherry EJ",), year=2011),
         Record("s", "T cell exhaustion", ("Wherry E John",), year=2011), "same"),
        (Paper("p", LONG, ("Can I",), year=2025), Record("s", LONG, ("Roe R",), year=2025), "possible"),
        (Paper("p", LONG, ("Can I",), year=2025), Record("s", LONG, ("Can I",), year=2019), "possible"),
        (Paper("p", LONG, ("et al.",), year=2024), Record("s", LONG, ("Can I",), year=2025), "same"),
        (Paper("p", LONG, ("Özil Ü",), year=2025),
         Record("s", LONG.replace("CART", "T"), ("Ozil Ulf",), year=2025), "same"),
        # An identifier needs a witness, and an identifier that differs is a veto.
        (Paper("p", LONG, doi="10.1/a"), Record("s", LONG, doi="10.1/A"), "same"),
        (Paper("p", LONG, doi="10.1/a"), Record("s", OTHER, doi="10.1/a"), "different"),
        (Paper("p", LONG, doi="10.1/a"), Record("s", LONG, doi="10.1/b"), "different"),
        # Titles that our digests mark as doubtful.
        (Paper("p", "Clonal Hematopoiesis Is Associated ... [toxicity] (title as in the address)"),
         Record("s", "Clonal hematopoiesis is associated with increased toxicity"), "possible"),
        (Paper("p", "Clonal Hematopoiesis Is Associated (title as in the address)", doi="10.1/a"),
         Record("s", "Clonal hematopoiesis is associated with increased toxicity", doi="10.1/a"), "same"),
        (Paper("p", "Clonal Hematopoiesis Is Associated (title as in the address)", ("Saini N",), year=2022),
         Record("s", "Clonal hematopoiesis is associated with more", ("Saini NY",), year=2022), "same"),
        (Paper("p", "Clonal Hematopoiesis Is Associated (title as in the address)", (), "Blood Adv", 2021),
         Record("s", "Clonal hematopoiesis is associated with", (), "Blood advances", 2021), "same"),
        (Paper("p", "Clonal Hematopoiesis Is Associated (title as in the address)", (), "Blood", 2021),
         Record("s", "Clonal hematopoiesis is associated with more", (), "Blood advances", 2021), "possible"),
        (Paper("p", f"{LONG} (title not available)"), Record("s", LONG), "different"),
        (Paper("p", "X (title not available)", doi="10.1/a"), Record("s", "A", doi="10.1/a"), "possible"),
    ],
)  # fmt: skip
def test_verdicts(ours: Paper, theirs: Record, verdict: str) -> None:
    judged = agree(ours, theirs)
    assert (judged.verdict, bool(judged.why)) == (verdict, True), judged


def test_titles_are_compared_without_what_printing_adds() -> None:
    assert title_of("4-1BBζ–driven Ageing: a [sic] tale…") == title_of("4 1bbzeta driven AGEING a tale")
    assert similarity(title_of("Étude"), title_of("etude")) == 1.0
    assert similarity(title_of(""), title_of("")) == 0.0
