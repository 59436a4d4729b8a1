"""What no weight may overrule: things named in the question that the best findings leave out.

A fitted probability can be high because everything but the point is covered. These rules read the point.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from assistant.answering.judge import Ranked
from assistant.answering.matching import Concept, systems_of
from assistant.answering.question import Question

_LOOKED_AT: Final = 3
"""Findings among which a marker or a drug must be named."""
_OPPOSITE: Final = 0.4
"""Value of the feature "act" from which a finding is about the target asked for, at least its opposite."""
_DRUG: Final = re.compile(
    r"\w{3,}(?:tinib|mab|clax|lisib|limus|ciclib|formin|statin|abine|ustine|rubicin|platin|domide|zomib|parib|setron"
    r"|degib|vir|azole|cillin|pril|sartan|olol|gliptin|gliflozin|glutide)$",
    re.I,
)
"""Stems of international nonproprietary names (WHO, INN stem book): a word that ends so is a drug."""
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
    r"|diabetes|\w{3,}itis|follicular lymphoma|mantle cell lymphoma|hodgkin|myeloid leuk|multiple myeloma)"
    r"|(?P<organ>pancrea|gastr|lung|breast|ovar|prostat|colorect|liver|hepatocell|renal|bladder|cervic|thyroid)\w*"
    r" (?:cancer|carcinoma|tumou?r|adenocarcinoma)s?)",
    re.I,
)
"""Diseases that a finding must name when the question does: by the name itself, or by the stem of an organ.
Lymphoma and leukaemia at large are left out, because a finding on one kind of them is an answer."""
_SECOND_CLAUSE: Final = re.compile(
    r"[,:;] (?:and )?(?:how|what|which|why|when|does|do|did|is|are|was|were)\b", re.I
)


def unmet(question: Question, concepts: Sequence[Concept], ranked: Sequence[Ranked]) -> bool:
    """Whether the best findings miss what the question turns on."""
    return bool(ranked) and (
        _unheard(concepts)
        or _unnamed(concepts, ranked)
        or _undone(question, concepts, ranked[0])
        or _untried(question, ranked)
        or _elsewhere(question, ranked)
    )


def _unheard(concepts: Sequence[Concept]) -> bool:
    """Whether a term of the glossary or a drug is asked for that no passage names in any notation."""
    return any(not c.known and (c.entity or _DRUG.search(c.label)) for c in concepts)


def _untried(question: Question, ranked: Sequence[Ranked]) -> bool:
    """Whether data from people are asked for and none of the best findings is from or about people."""
    best = (systems_of(r.match.hit) for r in ranked[:_LOOKED_AT])
    return "trial" in question.asked and not any({"patients", "review"}.intersection(s) for s in best)


def _elsewhere(question: Question, ranked: Sequence[Ranked]) -> bool:
    """Whether the question names a trial or a disease that none of the best findings or their titles names.

    What a product did in myeloma is no answer on lupus, and one trial is not another.
    """
    best = " ".join(f"{r.match.hit.text} {r.match.hit.paper.title}" for r in ranked[:_LOOKED_AT])
    diseases = [found["one"] or found["organ"] for found in _DISEASE.finditer(question.text)]
    trials = [re.split(r"[- ]?(?=\d)", found.group()) for found in _TRIAL.finditer(question.text)]
    return not all(re.search(rf"\b{re.escape(name)}", best, re.I) for name in diseases) or not all(
        re.search("[- ]?".join(map(re.escape, parts)) + r"(?!\d)", best) for parts in trials
    )


def _unnamed(concepts: Sequence[Concept], ranked: Sequence[Ranked]) -> bool:
    """Whether a marker, a drug or a survival endpoint of the question is named by none of the best findings.

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
    return not named <= frozenset[str]().union(*(r.match.covered for r in ranked[:_LOOKED_AT]))


def _undone(question: Question, concepts: Sequence[Concept], lead: Ranked) -> bool:
    """Whether the question asks what a manipulation does and the lead manipulates something else.

    "Does PD-1 blockade reverse senescence?" is not answered by what p38 inhibition did. A question of
    several clauses may be answered clause by clause and is left to the judge.
    """
    acts = any(c.kind == "act" for c in concepts)
    return acts and lead.match.value("act") < _OPPOSITE and not _SECOND_CLAUSE.search(question.text)
