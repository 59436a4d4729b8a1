"""Rules for what refers to findings: the claim ledger, the glossary and the question files.

Like `corpus_rules`, each rule yields messages and is silent when all is well. Findings are handed in as a
mapping from `paper-id#F2` to the statement, so that no rule reads a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.eval.corpus_rules import TOPICS

CLAIM_KEYS = {"id", "statement", "topic", "supports", "opposes", "nuance", "status"}
STATUSES = {"supported", "contested", "open"}
TERM_KEYS = {"term", "synonyms", "kind", "definition"}
TERM_KINDS = {"domain", "product", "gene", "marker", "assay", "drug", "disease", "outcome", "cell", "model"}
QUESTION_KEYS = {"id", "question", "answerable", "papers", "must_include", "kind"}
OPTIONAL_QUESTION_KEYS = {"findings", "must_not"}
QUESTION_KINDS = {"direct", "paraphrase", "comparative", "numeric", "trap", "unanswerable"}

_REFERENCE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+#F\d+")

Entry = Mapping[str, Any]
Findings = Mapping[str, str]


def repeated(values: Sequence[str], what: str) -> Iterator[str]:
    """Values that occur twice, whatever their case and punctuation."""
    plain = [re.sub(r"[\W_]+", " ", value.lower()).strip() or value for value in values]
    for position, value in enumerate(plain):
        if value in plain[:position]:
            yield f"{what} repeated: {values[position]}"


def claim_problems(claim: Entry, findings: Findings) -> Iterator[str]:
    """What is wrong with one entry of the ledger."""
    if set(claim) != CLAIM_KEYS:
        yield f"keys are {sorted(claim)}"
        return
    supports, opposes = claim["supports"], claim["opposes"]
    if claim["topic"] not in TOPICS:
        yield f"topic {claim['topic']!r}"
    if claim["status"] not in STATUSES:
        yield f"status {claim['status']!r}"
    if not supports:
        yield "no finding supports it"
    if claim["status"] == "contested" and not opposes:
        yield "contested, but no finding opposes it"
    for reference in sorted(set(supports) & set(opposes)):
        yield f"{reference} stands on both sides"
    for reference in [*supports, *opposes, *_REFERENCE.findall(claim["nuance"])]:
        if reference not in findings:
            yield f"{reference} is no finding"


def term_problems(entry: Entry) -> Iterator[str]:
    """What is wrong with one entry of the glossary."""
    if set(entry) != TERM_KEYS:
        yield f"keys are {sorted(entry)}"
        return
    if entry["kind"] not in TERM_KINDS:
        yield f"kind {entry['kind']!r}"
    synonyms = entry["synonyms"]
    if not isinstance(synonyms, list) or not all(isinstance(word, str) and word for word in synonyms):
        yield "synonyms are no list of words"
    if not entry["definition"] or "\n" in entry["definition"]:
        yield "the definition is not one line"


def question_problems(question: Entry, findings: Findings) -> Iterator[str]:
    """What is wrong with one question."""
    keys = set(question)
    if not keys >= QUESTION_KEYS or not keys <= QUESTION_KEYS | OPTIONAL_QUESTION_KEYS:
        yield f"keys are {sorted(keys)}"
        return
    if question["kind"] not in QUESTION_KINDS or not isinstance(question["answerable"], bool):
        yield f"kind {question['kind']!r}, answerable {question['answerable']!r}"
    elif question["answerable"] == (question["kind"] == "unanswerable"):
        yield "kind and answerable disagree"
    elif question["answerable"]:
        yield from _answerable_problems(question, findings)
    elif question["papers"] or question.get("findings") or question["must_include"]:
        yield "unanswerable, but papers, findings or must_include are given"


def _answerable_problems(question: Entry, findings: Findings) -> Iterator[str]:
    references = question.get("findings") or []
    if not references or not question["must_include"]:
        yield "answerable, but findings or must_include are missing"
    unknown = [reference for reference in references if reference not in findings]
    if unknown:
        yield f"no such findings: {unknown}"
        return
    if {reference.split("#")[0] for reference in references} != set(question["papers"]):
        yield "papers are not those of the findings"
    text = "\n".join(findings[reference] for reference in references).lower()
    for item in question["must_include"]:
        alternatives = item if isinstance(item, list) else [item]
        if not any(word.lower() in text for word in alternatives):
            yield f"must_include {item!r} does not occur in the findings"
    for phrase in question.get("must_not") or []:
        if phrase.lower() in text:
            yield f"must_not {phrase!r} occurs in the findings, so a right answer would be marked wrong"
