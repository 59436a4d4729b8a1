"""Between the catalog's columns and the values of `ingest.documents`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from ingest.documents import Paper, Passage, Section, Span
from ingest.schema import JOINT

PAPER = (
    "p.id, p.title, p.authors, p.journal, p.year, p.doi, p.pmid, p.pmcid, p.url, p.license, p.study_type,"
    " p.evidence, p.topics, p.seen, p.retraction, p.retraction_checked, p.article_type, p.language"
)
PAPER_WIDTH = 18
PASSAGE = (
    'q.id, q.paper, q.kind, q.section, q.start, q."end", q.sentences, q.system, q.costim, q.target, q.page,'
    " q.pages"
)
PASSAGE_WIDTH = 12
SHIFT = (
    f" CASE d.slot WHEN 'text' THEN coalesce((SELECT length(o.text)+{len(JOINT)} FROM documents o"
    " WHERE o.paper=d.paper AND o.slot='digest'),0) ELSE 0 END"
)
"""How far the passages of a document are moved in the text of their paper: by the digest before them."""
TEXT = ' substr(d.text, q.start+1, q."end"-q.start)'


@dataclass(frozen=True, slots=True)
class Row:
    """A passage with its paper and its stored text."""

    passage: Passage
    paper: Paper
    text: str


def paper_values(paper: Paper) -> tuple[object, ...]:
    """The columns of `PAPER` for a paper."""
    return (
        paper.id, paper.title, json.dumps(paper.authors, ensure_ascii=False), paper.journal, paper.year,
        paper.doi, paper.pmid, paper.pmcid, paper.url, paper.license, paper.study_type, paper.evidence,
        json.dumps(paper.topics), paper.seen, paper.retraction, paper.retraction_checked,
        paper.article_type, paper.language,
    )  # fmt: skip


def paper_from(row: Sequence[Any]) -> Paper:
    """The paper whose columns `row` begins with."""
    values = list(row[:PAPER_WIDTH])
    values[2], values[12] = tuple(json.loads(values[2])), tuple(json.loads(values[12]))
    return Paper(*values)


def bibliography(paper: Paper) -> str:
    """A paper as JSON, as one document's source gave it."""
    return json.dumps(asdict(paper), ensure_ascii=False)


def paper_of(text: str) -> Paper:
    """The paper that `bibliography` wrote."""
    values = json.loads(text)
    return Paper(**{**values, "authors": tuple(values["authors"]), "topics": tuple(values["topics"])})


def passage_values(passage: Passage) -> tuple[object, ...]:
    """The columns of `PASSAGE` for a passage."""
    return (
        passage.id, passage.paper, passage.kind, passage.section, passage.span.start, passage.span.end,
        json.dumps([(s.start, s.end) for s in passage.sentences]), passage.system, passage.costim,
        passage.target, passage.page, json.dumps(passage.pages),
    )  # fmt: skip


def passage_from(row: Sequence[Any], shift: int = 0) -> Passage:
    """The passage whose columns `row` begins with, its spans moved by `shift` characters."""
    i, paper, kind, section, start, end, sentences, system, costim, target, page, pages = row[:PASSAGE_WIDTH]
    spans = tuple(Span(a + shift, b + shift) for a, b in json.loads(sentences))
    span = Span(start + shift, end + shift)
    return Passage(
        i, paper, kind, section, span, spans, system, costim, target, page, tuple(json.loads(pages))
    )


def sections_text(sections: Sequence[Section]) -> str:
    """Sections as JSON."""
    return json.dumps([(s.path, s.span.start, s.span.end, s.evidence) for s in sections])


def sections_from(text: str, shift: int = 0) -> tuple[Section, ...]:
    """What `sections_text` wrote, moved by `shift` characters."""
    return tuple(Section(p, Span(a + shift, b + shift), bool(e)) for p, a, b, e in json.loads(text))


def shifted(passage: Passage, shift: int) -> Passage:
    """The passage with its spans moved by `shift` characters."""
    if not shift:
        return passage

    def moved(span: Span) -> Span:
        return Span(span.start + shift, span.end + shift)

    return replace(passage, span=moved(passage.span), sentences=tuple(map(moved, passage.sentences)))
