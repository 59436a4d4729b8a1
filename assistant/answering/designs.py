"""Premises on the two costimulatory domains: which of them has more of an outcome, which a product carries.

"Why do CD28 CAR-T cells senesce sooner than 4-1BB ones?" is denied by "more pronounced in 4-1BB than in
CD28", which gives senescence the same direction; and "why does tisa-cel use CD28?" by what tisa-cel carries.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from assistant.answering import demands
from assistant.answering.concepts import Concept
from assistant.answering.effects import OUTCOME, effects
from assistant.answering.judge import Ranked

_NAMED: Final = re.compile(r"(?P<bb>4-?1BB|(?<![A-Za-z])BB[zζ]|CD137)|(?P<cd>CD28|28[zζ])", re.I)
_CLAUSE: Final = re.compile(
    r"[;:](?! )|[;:] |, | but (?!not)| whereas | while | and (?=(?:in )?(?:the )?(?:4-?1BB|CD28|BB|28))", re.I
)
_APART: Final = re.compile(
    r"\bthan\b|,? (?:but |and )?not in\b|\brather than\b|\bunlike\b|\bcompared with\b", re.I
)
_REPLACED: Final = re.compile(r"\breplac\w+ (\S+) (?:by|with)\b", re.I)
_MORE: Final = re.compile(
    r"\b(?:more|mainly|chiefly|above all|higher|sooner|earlier|faster|better|only)\b|\brose\b|\bincreased\b",
    re.I,
)
_LESS: Final = re.compile(
    r"\b(?:less|fewer|lower|later|held up better|not risen|did not rise)\b|^\s*not in\b", re.I
)
_FIGURES: Final = re.compile(r"\([^()]*(?:\bp ?[=<]|day|HR|%|versus)[^()]*\)", re.I)
_PART: Final = re.compile(
    r"\bCD28[ -](?:and CD8 )?(?:transmembrane|hinge|TM\b|loss|expression|family)\S*|\bloss of CD28\b", re.I
)
"""CD28 as another part of a receptor than its costimulatory domain, or as a marker."""
_ASSUMES: Final = re.compile(
    r"^(?:and |but |so )?(?:why|how come|what (?:made|led)|since|because|(?:given|considering|now) that)\b",
    re.I,
)
_CARRIES: Final = re.compile(
    r"\b(?:us(?:e|es|ed|ing)|carr(?:y|ies|ied)|ha(?:s|ve|d)|contains?|bears?|based on"
    r"|built (?:with|on|around)|(?:made|designed|equipped) with|includ(?:e|es|ed)|rel(?:y|ies|ied) on|is an?"
    r"|cho(?:o?se|sen)|pick(?:ed)?|selected|gave|give[sn]?|put|went for|go(?:es)? for"
    r"|domain of|costimulation of)\b",
    re.I,
)
_OTHERWISE: Final = re.compile(
    r"\b(?:not|than|unlike|versus|vs|instead|compared|differ\w*|or|grouped)\b", re.I
)
_COSTIM: Final = re.compile(r"costimulat|co-stimulat", re.I)


def compares(premise: str) -> bool:
    """Whether a premise sets the two domains apart."""
    return len(_domains(premise)) == 2 and more_of(premise)[1] != ""


def more_of(text: str, outcome: str = "") -> tuple[str, str]:
    """The outcome on which a text sets the domains apart, and the one that has more of it ("bb" or "cd").

    Arguments:
        text: a premise or a finding.
        outcome: the outcome to look for; the first that the text gives a domain when left out.
    """
    text = _REPLACED.sub(lambda m: "putting ", text) if _REPLACED.search(text) else text
    last, speaker, told = "", "", set[str]()
    text = _FIGURES.sub(" ", text)
    for clause in _CLAUSE.split(demands.as_domain(_PART.sub(" ", text))):
        named = [m.lastgroup for m in OUTCOME.finditer(clause)]
        sided = _sided(clause) or ((speaker, clause) if speaker and not _domains(clause) else None)
        speaker = sided[0] if sided else ""
        if not outcome and named and (sided or not last):
            last = str(named[0])
        elif outcome in named:
            last = outcome
        elif named and outcome:
            last = last if last == outcome and not set(named) - {outcome} else ""
        if not sided or (outcome or last) != last or not last:
            continue
        domain, own = sided
        ways = {e.way or -e.refused for e in effects(own) if e.outcome == last}
        if not ways:
            ways = {-1} if _LESS.search(own) else {1} if _MORE.search(own) else set()
        if len(ways) == 1:
            told.add(domain if ways == {1} else _OTHER[domain])
    return last or outcome, told.pop() if len(told) == 1 else ""


_OTHER: Final = {"bb": "cd", "cd": "bb"}


def _sided(clause: str) -> tuple[str, str] | None:
    """The domain on which a clause speaks, and its words up to the other one."""
    parts = _APART.split(clause, maxsplit=1)
    own, rest = parts[0], " ".join(parts[1:])
    here, there = _domains(own), _domains(rest)
    if len(here) == 1 and not here & there:
        return next(iter(here)), own
    return None


def _domains(text: str) -> set[str]:
    return {str(m.lastgroup) for m in _NAMED.finditer(text)}


def carried(
    question: str, concepts: Sequence[Concept], ranked: Sequence[Ranked]
) -> tuple[Ranked | None, bool]:
    """The finding that tells which domain the product of a question carries, and whether it is another one.

    (None, False) when the question takes no domain of a product for granted, or nothing tells.
    """
    bare = _PART.sub(" ", question)
    asked = _domains(bare)
    products = {c.token for c in concepts if c.entity and c.kind == "product"}
    if len(asked) != 1 or not products or not _ASSUMES.match(question):
        return None, False
    clause = bare.split(",")[0]
    if not _domains(clause) or not _CARRIES.search(clause) or _OTHERWISE.search(clause):
        return None, False
    for one in ranked:
        hit = one.match.hit
        own = {"4-1BB": "bb", "CD28": "cd"}.get(hit.passage.costim)
        if own is None or not products & set(one.match.covered) or not _tells(own, hit.text):
            continue
        return one, own not in asked
    return None, False


def _tells(domain: str, text: str) -> bool:
    """Whether a text names the domain as the costimulation of what it speaks of."""
    return any(
        _COSTIM.search(text[m.end() : m.end() + 30]) for m in _NAMED.finditer(text) if m.lastgroup == domain
    )
