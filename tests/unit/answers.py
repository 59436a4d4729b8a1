"""Answers and comparisons for the tests of sessions: small, complete, and hostile where it matters."""

from __future__ import annotations

from assistant.evidence import Answer, Citation, Conflict, NearMiss, Run, Searched, Sentence
from assistant.sessions.turns import Json


def citation(n: int, passage: str = "can2025#F1", start: int = 0, **changes: object) -> Citation:
    known: dict[str, object] = {
        "n": n,
        "paper": passage.partition("#")[0],
        "passage": passage,
        "title": "Senescence of CAR-T & friends: 100% {real}",
        "authors": ("Can I", "Kenderian SS", "et al."),
        "journal": "Molecular Cancer",
        "year": 2025,
        "doi": "10.1000/abc_1",
        "pmid": None,
        "pmcid": None,
        "url": None,
        "section": "Findings",
        "quote": "BBz cells *senesce* more.",
        "start": start,
        "end": start + 25,
        "system": "in-vitro",
        "costim": "4-1BB",
        "evidence": "primary",
    }
    return Citation(**{**known, **changes})  # type: ignore[arg-type]  # a table of fields, typed above


def answer(question: str, *citations: Citation, text: str = "BBz cells senesce more [1].") -> Answer:
    return Answer(
        kind="answer",
        question=question,
        engine="extractive",
        answer=text,
        sentences=(Sentence("BBz cells senesce more.", (1,), role="lead"),),
        citations=citations or (citation(1),),
        conflicts=(Conflict("c1", "Senescence harms CAR-T cells.", (1,), (1,), "It depends."),),
        confidence=0.9,
        searched=Searched(3, 9, ("bbz",)),
        run=Run("run1", "index1", 0.1),
        notes=("a note",),
    )


def refusal(question: str) -> Answer:
    return Answer(
        kind="refusal",
        question=question,
        engine="extractive",
        answer="Nothing on zinc.",
        sentences=(),
        citations=(),
        conflicts=(),
        confidence=0.1,
        searched=Searched(3, 9, ("zinc",)),
        run=Run("run2", "index1", 0.1),
        near_misses=(NearMiss("can2025#F1", 0.3, "it names no zinc"),),
    )


def comparison() -> Json:
    band = {"median": 40.0, "low": 9.0, "high": 84.0}
    return {
        "version": 1,
        "kind": "whatif",
        "question": "bbz vs 28z",
        "designs": [{"id": "A", "name": "4-1BB-zeta CAR"}, {"id": "B", "name": "CD28-zeta CAR"}],
        "changes": [{"parameter": "aH", "from": 1e4, "to": 1e3, "unit": "molecules", "because": "user"}],
        "series": {"t": [0.0, 1.0]},
        "outcomes": [
            {"name": "Cmax", "unit": "cells/uL", "A": band, "B": band, "difference": band, "direction": "A>B"}
        ],
        "measured": [],
        "warnings": ["aH lies outside its plausible range"],
        "run": {"id": "w", "seed": 1, "draws": 200, "solver": "dopri", "seconds": 0.3},
    }
