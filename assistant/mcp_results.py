"""What the MCP tools return, typed so that an agent sees a schema and not a blob.

A selection of the command line's JSON (same names, same meanings): curves are left out unless asked for,
because an agent pays for every token.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import BaseModel, Field

from assistant.evidence import Answer, Citation, Hit


class CitationResult(BaseModel):
    """Where a sentence comes from; `quote` stands in the stored text at `start` to `end`."""

    n: int
    paper: str
    passage: str
    title: str
    authors: list[str]
    journal: str | None
    year: int | None
    doi: str | None
    pmid: str | None
    pmcid: str | None
    link: str
    section: str
    page: int | None
    quote: str
    start: int
    end: int
    system: str = Field(description="in-vitro, mouse, patients, donors, computation, review or n/a")
    costim: str = Field(description="costimulatory domain: 4-1BB, CD28, both, other, none or n/a")
    evidence: str = Field(description="primary, review, secondary or news")
    retraction: str = Field(description="none, retracted, concern, corrected or unknown")

    @classmethod
    def of(cls, citation: Citation) -> Self:
        """The same citation with its link."""
        return cls.model_validate(citation.to_json())


class HitResult(BaseModel):
    """One passage that a search found."""

    rank: int
    score: float = Field(description="fused score, 0..1; comparable within one search only")
    passage: str
    paper: str
    text: str
    section: str
    title: str
    year: int | None
    link: str
    system: str
    costim: str
    retraction: str

    @classmethod
    def of(cls, hit: Hit) -> Self:
        """A hit with the citation fields that an agent needs to choose."""
        cited = Citation.of(hit.rank, hit.paper, hit.passage, "", 0, 0).to_json()
        return cls.model_validate(cited | {"rank": hit.rank, "score": round(hit.score, 6), "text": hit.text})


class SearchResult(BaseModel):
    """Passages, best first."""

    query: str
    hits: list[HitResult]


class SentenceResult(BaseModel):
    """One sentence of an answer with the numbers of its citations."""

    text: str
    citations: list[int]
    verdict: Literal["supported", "contradicted", "insufficient"]


class ConflictResult(BaseModel):
    """A claim on which the corpus disagrees; the numbers are citations."""

    claim: str
    statement: str
    supports: list[int]
    opposes: list[int]
    nuance: str


class NearMissResult(BaseModel):
    """A passage that came near to answering, and why it does not."""

    passage: str
    why: str
    text: str


class AnswerResult(BaseModel):
    """A cited answer, or a refusal: then `answer` says what was searched and what is missing."""

    kind: Literal["answer", "refusal"]
    question: str
    answer: str = Field(description="Markdown with [n] marks that name the citations")
    sentences: list[SentenceResult]
    citations: list[CitationResult]
    conflicts: list[ConflictResult]
    confidence: float = Field(description="calibrated probability, 0..1, that the corpus answers this")
    near_misses: list[NearMissResult]
    notes: list[str]
    whatif: str | None = Field(description="a what-if in words that fits, when a design lever is involved")
    index: str = Field(description="hash of the index; the same index gives the same answer")

    @classmethod
    def of(cls, answer: Answer) -> Self:
        """An answer without what only a screen needs."""
        data = answer.to_json()
        return cls.model_validate(
            {"near_misses": []} | data | {"index": answer.run.index, "whatif": data["whatif"] or None}
        )


class DesignResult(BaseModel):
    """A design of the kinetic model."""

    id: str
    name: str
    synonyms: list[str]
    note: str


class LeverResult(BaseModel):
    """A change that can be laid over a design, as `design+lever`."""

    id: str
    name: str
    findings: list[str] = Field(description="passages that justify the direction; empty means assumed")
    note: str
    conflict: str


class DesignsResult(BaseModel):
    """What a what-if can be about."""

    designs: list[DesignResult]
    levers: list[LeverResult]
    parameters: dict[str, str] = Field(description="name of each parameter and what it means")


class OutcomeResult(BaseModel):
    """One outcome of both designs: median and central 90 % over the draws; null means never."""

    name: str
    unit: str
    meaning: str
    A: dict[str, float | None]
    B: dict[str, float | None]
    difference: dict[str, float | None] = Field(description="A minus B, paired over the draws")
    direction: Literal["A>B", "A<B", "undetermined"]
    agreement: float = Field(description="share of the differing draws with the more frequent sign")
    size: str = Field(description="clear, small or none: whether it could be seen (limits assumed)")


class WhatifResult(BaseModel):
    """A comparison of two designs in the kinetic model."""

    sentence: str = Field(description="the result in words, with its direction or 'undetermined'")
    understood: str | None = Field(description="how the words were read")
    not_understood: list[str]
    assumed: list[str]
    designs: dict[str, str] = Field(description="A and B by name")
    changes: list[dict[str, Any]] = Field(
        description="each change with value, unit and 'because': a citation, 'user' or 'assumed'"
    )
    outcomes: list[OutcomeResult]
    measured: list[dict[str, Any]] = Field(description="published measurements with a verdict")
    drivers: list[dict[str, Any]]
    warnings: list[str]
    run: dict[str, Any]
    series: dict[str, Any] | None = Field(description="curves with bands, only when asked for")

    @classmethod
    def of(cls, payload: Mapping[str, Any], *, series: bool) -> Self:
        """From the `whatif --json` object."""
        words = payload["understood"] or {"echo": None, "unknown": [], "assumed": []}
        return cls.model_validate(
            dict(payload)
            | {
                "understood": words["echo"],
                "not_understood": words["unknown"],
                "assumed": words["assumed"],
                "designs": {design["id"]: design["name"] for design in payload["designs"]},
                "series": payload["series"] if series else None,
            }
        )


class ParameterResult(BaseModel):
    """A parameter, design or lever with everything that justifies it."""

    text: str
    details: dict[str, Any]
