"""The shipped literature obeys its own rules, and each rule notices when it is broken."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.eval import shipped
from tests.eval.corpus_rules import (
    DIGEST_RULES,
    Rule,
    at_most_three_authors_then_et_al,
    findings_are_numbered_from_one,
    findings_carry_a_known_tag,
    findings_read_alone,
    identifier_is_the_file_name,
    identifiers_are_well_formed_strings,
    keys_stand_in_order,
    link_follows_from_the_best_identifier,
    sections_stand_in_order_and_hold_text,
    shared_identities,
    sources_are_named_or_their_lack_is_explained,
    split_digest,
    title_is_present_and_marked_at_its_end,
    words_come_from_the_vocabulary,
    year_is_unknown_or_plausible,
)
from tests.eval.reference_rules import claim_problems, repeated, term_problems

SOUND = """---
id: doe2020-cart-ageing
title: "Ageing of engineered T cells"
authors: ["Doe J", "Roe R", "et al."]
journal: "Journal of Examples"
year: 2020
doi: "10.1234/example.1"
pmid: "123"
pmcid: null
url: "https://doi.org/10.1234/example.1"
license: unknown
study_type: in-vitro
topics: [senescence, memory]
seen: abstract
sources: ["https://www.example.org/articles/1"]
evidence: primary
---
## Question
Do engineered T cells age?
## System
Human T cells in culture.
## Findings
- F1: CD19 CAR-T cells raised p16 after two rounds of antigen. [system: in-vitro; costim: 4-1BB; target: CD19; locator: figure 2]
- F2: Sorted CD8 cells of donors kept their killing after two rounds. [system: donors; costim: n/a; target: n/a; locator: abstract]
## Limits
Abstract only.
"""  # noqa: E501 - a finding stands on one line

BREAKS: list[tuple[Rule, str, str]] = [
    (keys_stand_in_order, "license: unknown\n", ""),
    (keys_stand_in_order, "license: unknown", "licence: unknown"),
    (keys_stand_in_order, "seen: abstract\n", "seen: abstract\nnote: new\n"),
    (identifier_is_the_file_name, "id: doe2020", "id: roe2020"),
    (title_is_present_and_marked_at_its_end, '"Ageing of engineered T cells"', "null"),
    (title_is_present_and_marked_at_its_end, "Ageing of", "(title not available) Ageing of"),
    (title_is_present_and_marked_at_its_end, 'T cells"', 'T cells (title not seen)"'),
    (at_most_three_authors_then_et_al, '["Doe J", "Roe R", "et al."]', '["et al.", "Doe J"]'),
    (at_most_three_authors_then_et_al, '"et al."', '"Poe P", "Low L"'),
    (at_most_three_authors_then_et_al, '["Doe J", "Roe R", "et al."]', "[]"),
    (year_is_unknown_or_plausible, "year: 2020", "year: 2031"),
    (year_is_unknown_or_plausible, "year: 2020", 'year: "2020"'),
    (words_come_from_the_vocabulary, "in-vitro\ntopics", "bench\ntopics"),
    (words_come_from_the_vocabulary, "seen: abstract", "seen: title"),
    (words_come_from_the_vocabulary, "evidence: primary", "evidence: strong"),
    (words_come_from_the_vocabulary, "senescence, memory", "senescence, ageing"),
    (words_come_from_the_vocabulary, "[senescence, memory]", "[]"),
    (identifiers_are_well_formed_strings, '"10.1234/example.1"', '"doi:10.1234/example.1"'),
    (identifiers_are_well_formed_strings, '"123"', "123"),
    (identifiers_are_well_formed_strings, "pmcid: null", 'pmcid: "7260017"'),
    (sources_are_named_or_their_lack_is_explained, '"https://www.example.org/articles/1"', ""),
    (sources_are_named_or_their_lack_is_explained, "https://www", "http://www"),
    (sources_are_named_or_their_lack_is_explained, "articles/1", "articles/1?searchresult=7"),
    (link_follows_from_the_best_identifier, "https://doi.org/10.1234/example.1", "https://www.example.org/1"),
    (link_follows_from_the_best_identifier, '"https://doi.org/10.1234/example.1"', "null"),
    (link_follows_from_the_best_identifier, 'doi: "10.1234/example.1"', "doi: null"),
    (sections_stand_in_order_and_hold_text, "## System", "## Systems"),
    (sections_stand_in_order_and_hold_text, "Human T cells in culture.\n", ""),
    (sections_stand_in_order_and_hold_text, "## Limits\nAbstract only.\n", ""),
    (findings_are_numbered_from_one, "- F2:", "- F3:"),
    (findings_are_numbered_from_one, "- F2:", "F2:"),
    (findings_are_numbered_from_one, "## Findings\n", "## Findings\nWe found:\n"),
    (findings_carry_a_known_tag, "system: in-vitro;", "system: humans;"),
    (findings_carry_a_known_tag, "costim: 4-1BB", "costim: BBz"),
    (findings_carry_a_known_tag, "locator: figure 2", "locator: page 2"),
    (findings_carry_a_known_tag, " [system: donors; costim: n/a; target: n/a; locator: abstract]", ""),
    (findings_read_alone, "CD19 CAR-T cells raised", "They raised"),
    (findings_read_alone, "two rounds of antigen.", "two rounds of antigen"),
    (findings_read_alone, "Sorted CD8 cells of donors kept their killing after two rounds.", "Killing kept."),
    (findings_read_alone, "after two rounds of antigen", "after two rounds in this model"),
]


def broken(old: str, new: str) -> str:
    assert SOUND.count(old) == 1, f"{old!r} is not one place of the sound digest"
    return SOUND.replace(old, new)


@pytest.mark.parametrize("rule", DIGEST_RULES, ids=lambda rule: rule.__name__)
def test_every_shipped_digest_obeys(rule: Rule) -> None:
    assert [
        f"{digest.file_name}: {problem}" for digest in shipped.digests() for problem in rule(digest)
    ] == []


def test_a_sound_digest_breaks_no_rule() -> None:
    digest = split_digest("doe2020-cart-ageing.md", SOUND)
    assert [problem for rule in DIGEST_RULES for problem in rule(digest)] == []


@pytest.mark.parametrize(("rule", "old", "new"), BREAKS, ids=lambda part: getattr(part, "__name__", None))
def test_a_rule_notices_what_it_is_for(rule: Rule, old: str, new: str) -> None:
    assert list(rule(split_digest("doe2020-cart-ageing.md", broken(old, new))))


def test_no_rule_goes_without_a_broken_example() -> None:
    assert {rule for rule, _, _ in BREAKS} == set(DIGEST_RULES)


@pytest.mark.parametrize("text", ["# A note\n", "---\n- a list\n---\n## Question\n"])
def test_a_file_without_front_matter_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="front matter"):
        split_digest("note.md", text)


def test_no_two_shipped_digests_share_an_identity() -> None:
    assert list(shared_identities(shipped.digests())) == []


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param([("10.1234/example.1", "10.1234/other"), ('"123"', '"124"')], id="title"),
        pytest.param([("Ageing of", "More ageing of"), ('"123"', '"124"')], id="doi"),
        pytest.param([("Ageing of", "More ageing of"), ("10.1234/example.1", "10.1234/other")], id="pmid"),
    ],
)
def test_a_paper_that_comes_twice_is_noticed(changes: list[tuple[str, str]]) -> None:
    second = SOUND.replace("id: doe2020", "id: roe2020")
    for old, new in changes:
        second = second.replace(old, new)
    pair = [split_digest("doe2020-cart-ageing.md", SOUND), split_digest("roe2020-cart-ageing.md", second)]
    assert len(list(shared_identities(pair))) == 1


def test_every_shipped_claim_is_well_formed_and_resolves() -> None:
    claims, findings = shipped.entries("claims.yaml"), shipped.findings()
    assert [f"{claim['id']}: {text}" for claim in claims for text in claim_problems(claim, findings)] == []
    assert list(repeated([claim["id"] for claim in claims], "claim")) == []


CLAIM: dict[str, Any] = {
    "id": "ageing",
    "statement": "CAR-T cells age.",
    "topic": "senescence",
    "supports": ["doe2020-cart-ageing#F1"],
    "opposes": ["doe2020-cart-ageing#F2"],
    "nuance": "Donor cells did not (doe2020-cart-ageing#F2).",
    "status": "contested",
}
STATEMENTS = {"doe2020-cart-ageing#F1": "p16 rose.", "doe2020-cart-ageing#F2": "Killing was kept."}


@pytest.mark.parametrize(
    "change",
    [
        {"topic": "ageing"},
        {"status": "disputed"},
        {"supports": []},
        {"opposes": []},
        {"opposes": ["doe2020-cart-ageing#F1"]},
        {"supports": ["doe2020-cart-ageing#F9"]},
        {"opposes": ["roe2020-cart-ageing#F1"]},
        {"nuance": "See doe2020-cart-ageing#F9."},
        {"note": "new"},
    ],
    ids=str,
)
def test_a_broken_claim_is_noticed(change: dict[str, Any]) -> None:
    assert list(claim_problems(CLAIM, STATEMENTS)) == []
    assert list(claim_problems(CLAIM | change, STATEMENTS))


def test_every_shipped_term_is_well_formed() -> None:
    terms = shipped.entries("glossary.yaml")
    assert [f"{entry['term']}: {problem}" for entry in terms for problem in term_problems(entry)] == []
    assert list(repeated([entry["term"] for entry in terms], "term")) == []


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "thing"},
        {"synonyms": "p16"},
        {"synonyms": [16]},
        {"definition": "Two\nlines."},
        {"note": "new"},
    ],
    ids=str,
)
def test_a_broken_term_is_noticed(change: dict[str, Any]) -> None:
    entry = {"term": "CDKN2A", "synonyms": ["p16"], "kind": "gene", "definition": "Gene of p16."}
    assert list(term_problems(entry)) == []
    assert list(term_problems(entry | change))


def test_a_term_under_two_spellings_is_noticed() -> None:
    assert list(repeated(["4-1BB", "CD28", "4 1bb"], "term")) == ["term repeated: 4 1bb"]


def by_status(claims: list[dict[str, Any]]) -> str:
    count = Counter(claim["status"] for claim in claims)
    parts = ", ".join(f"{count[status]} {status}" for status in ("contested", "supported", "open"))
    return f"{len(claims)} claims ({parts})"


COUNTED: dict[str, Callable[[], str]] = {
    "papers": lambda: f"{len(shipped.digests())} papers, {len(shipped.findings())} findings",
    "claims": lambda: by_status(shipped.entries("claims.yaml")),
    "terms": lambda: f"{len(shipped.entries('glossary.yaml'))} terms",
}


@pytest.mark.parametrize("what", COUNTED)
def test_the_readme_counts_what_is_there(what: str) -> None:
    assert COUNTED[what]() in re.sub(r"\s+", " ", shipped.readme())
