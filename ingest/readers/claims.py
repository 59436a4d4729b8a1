"""The claim ledger (`claims.yaml`) as one document whose passages are `claim:<id>`.

A claim is a retrievable unit of its own: its statement answers a question, its two lists of findings
say who agrees and who does not, its nuance says why. The ledger is ours, not a paper; it is never
counted as one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import yaml

from ingest.chunking import sentences
from ingest.documents import Document, Paper, Passage, ReadError, Section, Span

LEDGER_ID = "senescope-claims"


@dataclass(frozen=True, slots=True)
class Claim:
    """What agrees and what conflicts on one statement."""

    id: str
    statement: str
    topic: str
    supports: tuple[str, ...]
    """Passage ids of the findings that agree."""
    opposes: tuple[str, ...]
    nuance: str
    status: str
    """supported, contested (findings on both sides) or open (too little to decide)."""

    @property
    def passage(self) -> str:
        """The passage id of the statement."""
        return f"claim:{self.id}"


def read_claims(path: Path) -> tuple[Document, tuple[Claim, ...]]:
    """Read the ledger; raises ReadError with the claim's id when a field is missing."""
    raw = path.read_bytes()
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        items = yaml.load(raw, Loader=loader)
        claims = tuple(
            Claim(
                id=item["id"],
                statement=item["statement"],
                topic=item["topic"],
                supports=tuple(item["supports"]),
                opposes=tuple(item["opposes"]),
                nuance=item["nuance"],
                status=item["status"],
            )
            for item in items
        )
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise ReadError(f"{path.name}: not a list of claims ({error})") from None
    return _document(claims, path, hashlib.sha256(raw).hexdigest()), claims


def _document(claims: tuple[Claim, ...], path: Path, sha256: str) -> Document:
    text, length = [], 0
    passages: list[Passage] = []
    for claim in claims:
        block = f"{claim.statement}\n{claim.nuance}\n\n"
        span = Span(length, length + len(claim.statement))
        inner = sentences(claim.statement)
        passages.append(
            Passage(
                id=claim.passage,
                paper=LEDGER_ID,
                kind="claim",
                section=f"claim, {claim.status}",
                span=span,
                sentences=tuple(Span(length + s.start, length + s.end) for s in inner),
            )
        )
        text.append(block)
        length += len(block)
    paper = Paper(
        id=LEDGER_ID,
        title="Senescope claim ledger: what agrees and what conflicts in this corpus",
        evidence="ledger",
        study_type="ledger",
        seen="full-text",
        retraction="none",
    )
    sections = (Section("Claims", Span(0, length)),)
    return Document(paper, "".join(text), sections, tuple(passages), str(path), sha256)
