"""What no weight may overrule: things named in the question that the best findings leave out.

A fitted probability can be high because everything but the point is covered. These rules read the point.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from assistant.answering import demands, safety, sides, specifics, times
from assistant.answering.concepts import Concept
from assistant.answering.judge import Ranked
from assistant.answering.matching import systems_of
from assistant.answering.question import Question, acting

_LOOKED_AT: Final = 3
"""Findings among which a marker or a drug must be named."""
_LEADERS: Final = 8
_AS_MUCH: Final = 0.8
_NEARLY: Final = 0.9
_LIKELY: Final = 0.25
"""A finding among the first `_LEADERS` that is `_LIKELY` as probable as the first may lead in its place."""
_SAME_ACT: Final = 0.5
"""Value of the feature "act" from which a finding or its title does what is asked; the opposite has less."""
_DRUG: Final = re.compile(
    r"\w{3,}(?:tinib|mab|clax|lisib|limus|ciclib|formin|statin|abine|ustine|rubicin|platin|domide|zomib|parib|setron"
    r"|degib|vir|azole|cillin|pril|sartan|olol|gliptin|gliflozin|glutide)$",
    re.I,
)
"""Stems of international nonproprietary names (WHO, INN stem book): a word that ends so is a drug."""
_MOLECULES: Final = ("gene", "marker", "drug", "domain")
_ENDPOINTS: Final = frozenset(
    ("overall survival", "progression-free survival", "event-free survival", "relapse-free survival")
)
"""Outcomes that are not to be taken for one another."""
_TRIAL: Final = re.compile(
    r"\b(?:ZUMA|CARTITUDE|KarMMa|TRANSCEND|TRANSFORM|BELINDA|JULIET|ELIANA|ENSIGN|LEGEND|ELARA|PILOT|DESCAR-T)"
    r"(?:[- ]?\d+)?\b"
)
_DISEASE: Final = re.compile(
    r"\b(?:(?P<one>\w+(?:sarcoma|blastoma|melanoma|glioma|thelioma|carcinoma)|melanoma|glioma|lupus|myasthenia|sclerosis"
    r"|diabetes|\w{3,}itis|follicular lymphoma|mantle cell lymphoma|hodgkin|T[- ]cell lymphoma"
    r"|myeloid leuk|multiple myeloma)"
    r"|(?P<organ>pancrea|gastr|lung|breast|ovar|prostat|colorect|liver|hepatocell|renal|bladder|cervic|thyroid)\w*"
    r" (?:cancer|carcinoma|tumou?r|adenocarcinoma)s?)",
    re.I,
)
"""Diseases that a finding must name when the question does: by the name itself, or by the stem of an organ.
Lymphoma and leukaemia at large are left out, because a finding on one kind of them is an answer."""
_WHOSE: Final = re.compile(r" (?:by|in|of|from|on) ")
"""What follows says whose act it is: "IL-12 secretion by human CAR T cells"."""
_ABSENT: Final = re.compile(r"(?:without|in the absence of|lacking)\b", re.I)
"""What BATF does without IRF4 is told by a finding on both."""
_SECOND_CLAUSE: Final = re.compile(
    r"[,:;] (?:and )?(?:how|what|which|why|when|does|do|did|is|are|was|were)\b", re.I
)


def led(question: Question, concepts: Sequence[Concept], ranked: Sequence[Ranked]) -> list[Ranked]:
    """The ranking, led by the likeliest finding that meets every rule by itself, if one is near the top."""
    if not ranked:
        return []
    near = [r for r in ranked[:_LEADERS] if r.p >= _LIKELY * ranked[0].p]
    meeting = [r for r in near if _meets(question, concepts, r)]
    first = next((r for r in meeting if _speaks(question, r)), meeting[0] if meeting else ranked[0])
    if first.match.value("own_result") < 1:
        own = (r for r in near if r.match.hit.paper.id == first.match.hit.paper.id and r in meeting)
        first = next((r for r in own if _tells_as_much(r, first)), first)
    return [first, *(r for r in ranked if r is not first)]


def unmet(question: Question, concepts: Sequence[Concept], ranked: Sequence[Ranked]) -> bool:
    """Whether the best findings miss what the question turns on."""
    best = ranked[:_LOOKED_AT]
    return bool(ranked) and (
        _unheard(question, concepts)
        or _unnamed(concepts, best)
        or _undone(question, concepts, ranked[0])
        or _untried(question, best)
        or _elsewhere(question, best)
        or not any(_on_the_point(question, concepts, r) for r in best)
        or (_manipulates(question, concepts) and not _on_the_point(question, concepts, ranked[0]))
        or not _told_by(question, ranked[0])
        or not _of_agent(question, concepts, ranked[0])
        or not _same_product(concepts, ranked[0])
        or not sides.on_the_outcome(question.text, concepts, ranked[0].match.hit.text)
        or not demands.costimulus_met(question.text, ranked[0].match.hit.text)
        or not demands.level_met(question.text, ranked[0].match.hit.text)
        or _elsewhere(question, ranked[:1])
        or _untried(question, ranked[:1])
    )


def _meets(question: Question, concepts: Sequence[Concept], one: Ranked) -> bool:
    """Whether a finding by itself breaks none of the rules."""
    alone = [one]
    return (
        not (
            _unnamed(concepts, alone)
            or _undone(question, concepts, one)
            or _untried(question, alone)
            or _elsewhere(question, alone)
        )
        and _on_the_point(question, concepts, one)
        and _of_agent(question, concepts, one)
    )


def _speaks(question: Question, one: Ranked) -> bool:
    """Whether a finding names who acts and what is wanted, is not on another state, and has both sides."""
    match = one.match
    compares = question.shape in ("comparative", "yes-no") and len(demands.domains(question.text)) == 2
    both = match.hit.passage.costim == "both" or match.hit.passage.kind != "finding"
    asked, tagged = demands.domains(question.text), match.hit.passage.costim
    if question.about_cars and len(asked) == 1 and tagged in ("4-1BB", "CD28") and tagged not in asked:
        return False
    if question.shape == "definition" and match.value("defines") < 1:
        return False
    named = match.value("agent") > 0 and match.value("state") > 0 and match.value("names_wanted") > 0
    return named and (both or not compares)


def _tells_as_much(one: Ranked, other: Ranked) -> bool:
    """Whether a paper's own result is as likely as its background and speaks of as much of the question."""
    match, least = one.match, _AS_MUCH * other.match.value("said")
    return match.value("own_result") == 1 and match.value("said") >= least and one.p >= _NEARLY * other.p


def _on_the_point(question: Question, concepts: Sequence[Concept], one: Ranked) -> bool:
    """Whether a finding is on the product, disease, cells, endpoint, age, host and design of the question."""
    hit = one.match.hit
    text = f"{hit.text} {hit.paper.title}"
    return (
        _same_product(concepts, one)
        and not _set_aside(concepts, hit.text)
        and demands.disease_met(question.text, text)
        and demands.cells_met(question.text, text)
        and demands.endpoints_met(question.text, hit.text)
        and demands.ages_met(question.text, text)
        and (not demands.asks_host_survival(question.text) or demands.tells_host_survival(hit.text))
        and _told_by(question, one)
        and _same_design(question, one)
        and sides.on_the_outcome(question.text, concepts, hit.text)
        and demands.costimulus_met(question.text, hit.text)
        and demands.level_met(question.text, hit.text)
    )


def _set_aside(concepts: Sequence[Concept], text: str) -> bool:
    """Whether a finding names a drug of the question only as what was not used."""
    drugs = (c.label for c in concepts if c.entity and c.kind == "drug")
    return any(found.search(text) for found in map(_not_used, drugs))


@cache
def _not_used(drug: str) -> re.Pattern[str]:
    without = r"\b(?:not (?:as part of|part of|together with|with)|unlike)"
    return re.compile(rf"{without} [^.;]{{0,30}}{re.escape(drug)}", re.I)


def _same_product(concepts: Sequence[Concept], one: Ranked) -> bool:
    """Whether a finding is on a product of the question; true when it names none."""
    products = {c.token for c in concepts if c.entity and c.kind == "product"}
    return not products or bool(products & one.match.covered)


def _told_by(question: Question, one: Ranked) -> bool:
    """Whether a finding itself speaks of safety, of the outcome and host, and holds the time asked for."""
    hit = one.match.hit
    return (
        safety.met(question.text, hit.text)
        and times.met(question.text, hit.text)
        and specifics.met(question.text, f"{hit.text} {hit.paper.title}")
        and demands.cells_met(question.text, f"{hit.text} {hit.paper.title}")
    )


def _of_agent(question: Question, concepts: Sequence[Concept], one: Ranked) -> bool:
    """Whether a finding names the molecules that act in the question: IL-15 is no answer on IL-21."""
    agent = _WHOSE.split(acting(question.text).lower())[0]
    molecules = (
        c
        for c in concepts
        if (c.kind in _MOLECULES if c.entity else specifics.is_symbol(c.label))
        and c.label != "CD19"
        and re.search(rf"(?<![\w-]){re.escape(c.label.lower())}(?![\w-])", agent)
    )
    return "car" in agent or all(c.token in one.match.covered for c in molecules)


def _same_design(question: Question, one: Ranked) -> bool:
    """Whether a finding is not on the other costimulatory domain alone than the one asked for."""
    asked = demands.domains(question.text) if question.about_cars else frozenset[str]()
    tagged = one.match.hit.passage.costim
    other = tagged in ("4-1BB", "CD28") and tagged not in asked
    return len(asked) != 1 or not other or bool(asked & demands.domains(one.match.hit.text))


def _unheard(question: Question, concepts: Sequence[Concept]) -> bool:
    """Whether a term of the glossary, a drug or a thing is asked for that no passage names."""
    return any(
        not c.known and (c.entity or _DRUG.search(c.label) or specifics.unheard(c.label, question.text))
        for c in concepts
    )


def _untried(question: Question, best_findings: Sequence[Ranked]) -> bool:
    """Whether data from people are asked for and none of the findings is from or about people."""
    best = (systems_of(r.match.hit) for r in best_findings)
    people = "trial" in question.asked or demands.asks_people(question.text)
    return people and not any({"patients", "review"}.intersection(s) for s in best)


def _elsewhere(question: Question, ranked: Sequence[Ranked]) -> bool:
    """Whether the question names a trial or a disease that none of the findings or their titles names.

    What a product did in myeloma is no answer on lupus, and one trial is not another.
    """
    best = " ".join(f"{r.match.hit.text} {r.match.hit.paper.title}" for r in ranked)
    diseases = [
        found["one"] or found["organ"]
        for found in _DISEASE.finditer(question.text)
        if not question.text.startswith(("-specific", "-reactive"), found.end())
    ]
    trials = [re.split(r"[- ]?(?=\d)", found.group()) for found in _TRIAL.finditer(question.text)]
    return not all(re.search(rf"\b{re.escape(name)}", best, re.I) for name in diseases) or not all(
        re.search("[- ]?".join(map(re.escape, parts)) + r"(?!\d)", best) for parts in trials
    )


def _unnamed(concepts: Sequence[Concept], ranked: Sequence[Ranked]) -> bool:
    """Whether a marker, a drug or a survival endpoint of the question is named by none of the findings.

    "Do CD57+ cells predict non-response?" is not answered by findings on another phenotype. CD19 is
    left out: it is the target of most CARs and goes without saying.
    """
    named = {
        c.token
        for c in concepts
        if (c.entity and c.kind in ("marker", "drug") and c.label != "CD19")
        or _DRUG.search(c.label)
        or c.label in _ENDPOINTS
    }
    heard = (r.match.covered for r in ranked if not _set_aside(concepts, r.match.hit.text))
    return not named <= frozenset[str]().union(*heard)


def _undone(question: Question, concepts: Sequence[Concept], lead: Ranked) -> bool:
    """Whether the question asks what a manipulation does and the lead manipulates something else.

    "Does PD-1 blockade reverse senescence?" is not answered by what p38 inhibition did. A question of
    several clauses may be answered clause by clause and is left to the judge.
    """
    if any(_ABSENT.match(c.label) and c.token not in lead.match.covered for c in concepts if c.kind == "act"):
        return True
    if not _manipulates(question, concepts):
        return False
    # What it does to another state of the cell is no answer either.
    return lead.match.value("act") < _SAME_ACT or lead.match.value("state") < 1


def _manipulates(question: Question, concepts: Sequence[Concept]) -> bool:
    """Whether a question of one clause asks what gain or loss of a target does."""
    return any(c.kind == "act" for c in concepts) and not _SECOND_CLAUSE.search(question.text)
