"""Outcomes, hosts and values that are met by themselves alone: one is no answer on another of its kind.

What a therapy did to survival says nothing of seizures, what it did in children nothing of adults. A question
that names one of these is answered by a finding that names it too, however alike the two are otherwise.
"""

from __future__ import annotations

import re
from typing import Final

from assistant.answering.question import acting


def _pairs(*table: tuple[str, str]) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    return tuple((re.compile(asked, re.I), re.compile(told or asked, re.I)) for asked, told in table)


_OUTCOMES: Final = _pairs(
    (
        r"\bcytokine[- ](?:release syndrome|storm)|\bsevere cytokine release\b|\bCRS\b",
        r"\bcytokine[- ](?:release|storm)|\bCRS\b|toxicit|side effect",
    ),
    (r"\bneurotoxic|\bICANS\b", r"neurotox|\bICANS\b|neurologic|toxicit|side effect"),
    (r"\bseizures?\b", ""),
    (r"\bparkinson", ""),
    (r"\bvaccin", ""),
    (r"\binfertil|\bfertil", r"fertil"),
    (r"cogniti(?:on|ve)\b", r"cogniti"),
    (r"\bheart (?:failure|disease)|\bcardi(?:ac|otox)|\barrhythmi", r"\bheart|\bcardi|arrhythmi"),
    (r"\bbone (?:density|loss)", r"\bbone (?:density|loss)|osteop"),
    (r"\bquality of life\b", ""),
    (r"\bblood[- ]brain barrier", ""),
    (r"gammaglobulin|\bimmunoglobulin levels?\b", r"gammaglobulin|immunoglobulin"),
    (r"\bcytopenia", r"penia"),
    (r"\binfections\b(?! of)", r"infect"),
    (r"\bmucosal (?:injury|damage)", r"mucos"),
    (r"\bblood (?:glucose|sugar)", ""),
    (r"\bcosts? (?:per|of)\b|\bprice\b|\bmoney\b|\bcheaper\b", r"[$€£]|\bcosts?\b|\bprice|\bcheap|\bexpens"),
    (r"\bp[- ]value", r"\bp ?[=<>]"),
    (r"\bmaximum tolerated dose|\bMTD\b", ""),
    (r"\bpopulation doublings\b", r"\d[^.;]*doubling|doubling[^.;]*\d"),
    (r"\bdeplet(?:e|ing|ion)\b", r"deplet|remov|without|delet|eliminat|absen|lack|\bfree of\b|select"),
)
"""What is asked, and what tells it ("" for the same); of several in a question one must be told."""
_HOSTS: Final = _pairs(
    (r"\bmacaques?\b|\bmonkeys?\b|\bprimates?\b", ""),
    (r"\bpigs?\b", ""),
    (r"\bdogs?\b|\bcanine\b", ""),
    (r"\brats?\b", ""),
    (r"\bzebrafish\b", ""),
    (r"\bpregnan", ""),
    (r"\b(?:cord blood|umbilical)", ""),
    (r"\bsiblings?\b", ""),
    (r"\bJapan", ""),
    (r"\bChinese\b|\bin China\b", r"Chin(?:a|ese)"),
    (r"\bregulatory B\b", ""),
    (r"\bon (?:human )?B cells\b", r"\bB cells\b"),
    (r"\bB-cell receptor\b|\bBCR\b", ""),
    (r"\bBurkitt", ""),
    (r"\bCNS lymphoma", r"\bCNS\b|central nervous"),
    (r"\w+ fibrosis\b", r"fibro"),
)
"""Hosts, sources and tissues, each of which must be told."""
_CHILD: Final = re.compile(
    r"\b(?:child(?:ren|hood)?|p(?:a)?ediatric|infants?|kids?|young (?:leuk|people|patients))", re.I
)
_ADULT: Final = re.compile(r"\badults?\b|\belderly\b", re.I)
_CD4: Final = re.compile(r"\bCD4\b(?!:|/)")
_CD8: Final = re.compile(r"\bCD8\b")
_MEDICAL: Final = re.compile(
    r"(?:penia|a?emia|ptosis|clasts?|phagocytic|cognitive|bopag|kinra|ostat|citidine|adenant|setin)$|\w-cel$",
    re.I,
)
"""Endings of diseases, kinds of death, cells and drugs: a word that ends so is a thing."""
_SYMBOL: Final = re.compile(r"^[A-Z][A-Za-z]*-?\d+\w*$|^[A-Z][a-z]+[A-Z]$")
"""Written like a gene, a marker or a code."""


def met(question: str, text: str) -> bool:
    """Whether a finding tells the outcome and the host of a question; true when it names none."""
    outcomes = [told for asked, told in _OUTCOMES if asked.search(question)]
    hosts = [told for asked, told in _HOSTS if asked.search(question)]
    return (
        (not outcomes or any(told.search(text) for told in outcomes))
        and all(told.search(text) for told in hosts)
        and not _other(_CHILD, _ADULT, question, text)
        and not _other(_ADULT, _CHILD, question, text)
        and not _other(_CD4, _CD8, question, text)
    )


def unheard(label: str, question: str) -> bool:
    """Whether a word that no passage holds is the point of the question: a thing, or what acts."""
    return _MEDICAL.search(label) is not None or (
        is_symbol(label) and label.lower() in acting(question).lower()
    )


def is_symbol(label: str) -> bool:
    """Whether a word is written like a gene, a marker or a code."""
    return _SYMBOL.match(label) is not None


def _other(one: re.Pattern[str], two: re.Pattern[str], question: str, text: str) -> bool:
    """Whether the question is on one group alone and the text on the other alone."""
    asked = one.search(question) and not two.search(question)
    return bool(asked and two.search(text) and not one.search(text))
