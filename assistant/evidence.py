"""The values that travel between layers: hits, citations, answers and refusals.

All are frozen and know how to become the JSON of the command-line contract (version 1). An answer
and a refusal share their fields because both report what was searched; they differ in `kind`, and a
refusal names its near misses. Nothing here imports a heavy library or reads a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal
from urllib.parse import quote_plus

from ingest.documents import Paper, Passage

Verdict = Literal["supported", "contradicted", "insufficient"]
Json = dict[str, Any]
CONTRACT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Filters:
    """Restrictions on the evidence; empty means no restriction."""

    year_from: int | None = None
    year_to: int | None = None
    systems: tuple[str, ...] = ()
    costims: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    study_types: tuple[str, ...] = ()
    include_retracted: bool = False
    """Retracted papers are no evidence unless asked for, and are marked where shown."""

    def describe(self) -> str:
        """The restrictions in words, or "" when there are none."""
        parts: list[str] = []
        if self.year_from is not None or self.year_to is not None:
            parts.append(f"year {self.year_from or ''}..{self.year_to or ''}")
        for name, values in (
            ("system", self.systems),
            ("costim", self.costims),
            ("paper", self.papers),
            ("study type", self.study_types),
        ):
            if values:
                parts.append(f"{name} {' or '.join(values)}")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Hit:
    """One retrieved passage with its scores; `score` is the fused one, in 0..1."""

    passage: Passage
    paper: Paper
    text: str
    """The passage as stored: `document.text[passage.span]`."""
    score: float
    dense: float = 0.0
    """Cosine similarity of the embeddings, -1..1."""
    lexical: float = 0.0
    """BM25 score divided by the best one for this query, 0..1."""
    rank: int = 0


_TITLE = 70
"""Characters of a title that stands for missing authors."""


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a sentence comes from; `document text[start:end] == quote`."""

    n: int
    paper: str
    passage: str
    title: str
    authors: tuple[str, ...]
    journal: str | None
    year: int | None
    doi: str | None
    pmid: str | None
    pmcid: str | None
    url: str | None
    section: str
    quote: str
    start: int
    end: int
    system: str
    costim: str
    evidence: str
    study_type: str = "n/a"
    target: str = "n/a"
    retraction: str = "unknown"
    retraction_checked: str | None = None
    page: int | None = None
    seen: str = "full-text"

    @classmethod
    def of(cls, n: int, paper: Paper, passage: Passage, text: str, start: int, end: int) -> Citation:
        """Cite characters `start` to `end` of the document whose whole text is `text`."""
        return cls(
            n=n,
            paper=paper.id,
            passage=passage.id,
            title=paper.title,
            authors=paper.authors,
            journal=paper.journal,
            year=paper.year,
            doi=paper.doi,
            pmid=paper.pmid,
            pmcid=paper.pmcid,
            url=paper.url,
            section=passage.section,
            quote=text[start:end],
            start=start,
            end=end,
            system=passage.system,
            costim=passage.costim,
            evidence=paper.evidence,
            study_type=paper.study_type,
            target=passage.target,
            retraction=paper.retraction,
            retraction_checked=paper.retraction_checked,
            page=passage.page,
            seen=paper.seen,
        )

    @property
    def link(self) -> str:
        """An address to open: the DOI, PMC or PubMed page, or a PubMed search for the title."""
        if self.doi:
            return f"https://doi.org/{self.doi}"
        if self.pmcid:
            return f"https://pmc.ncbi.nlm.nih.gov/articles/{self.pmcid}/"
        if self.pmid:
            return f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/"
        if self.url:
            return self.url
        return f"https://pubmed.ncbi.nlm.nih.gov/?term={quote_plus(self.title)}"

    @property
    def link_kind(self) -> Literal["identifier", "address", "title-search"]:
        """How far `link` can be trusted: an identifier, a page address, or only a search."""
        if self.doi or self.pmcid or self.pmid:
            return "identifier"
        return "address" if self.url else "title-search"

    @property
    def short(self) -> str:
        """`Can I et al., Molecular Cancer 2025`, as far as the parts are known."""
        first = self.authors[0] if self.authors and self.authors[0] != "et al." else ""
        who = f"{first} et al." if first and len(self.authors) > 1 else first
        where = " ".join(str(p) for p in (self.journal, self.year) if p)
        return ", ".join(p for p in (who, where) if p) or self.paper

    @property
    def named(self) -> str:
        """`short`, led by the title where no author is known: a journal or a year alone names no paper."""
        title = " ".join(self.title.split())
        if not title or any(author != "et al." for author in self.authors):
            return self.short
        if len(title) > _TITLE:
            title = f"{title[:_TITLE].rpartition(' ')[0] or title[:_TITLE]}…"
        return title if self.short == self.paper else f"{title}, {self.short}"

    def to_json(self) -> Json:
        """The citation object of the contract, with `link` and `link_kind` added."""
        data = asdict(self)
        data["authors"] = list(self.authors)
        data["link"] = self.link
        data["link_kind"] = self.link_kind
        return data


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer with the numbers of its citations."""

    text: str
    citations: tuple[int, ...]
    verdict: Verdict = "supported"
    role: Literal["lead", "evidence", "conflict", "limit", "link"] = "evidence"
    """What the sentence does in the answer; "link" is connective text without a claim."""
    reason: str = ""
    """Why a sentence of a model is not supported; "" otherwise."""

    def to_json(self) -> Json:
        """The sentence object of the contract, with its role, and the reason where there is one."""
        data: Json = {"text": self.text, "citations": list(self.citations)}
        data |= {"verdict": self.verdict, "role": self.role}
        return {**data, "reason": self.reason} if self.reason else data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Sentence:
        """The sentence that `to_json` wrote."""
        return cls(
            data["text"], tuple(data["citations"]), data["verdict"], data["role"], data.get("reason", "")
        )


@dataclass(frozen=True, slots=True)
class Conflict:
    """A claim of the ledger on which the corpus disagrees, with both sides cited."""

    claim: str
    statement: str
    supports: tuple[int, ...]
    opposes: tuple[int, ...]
    nuance: str
    status: str = "contested"
    supporting_papers: int = 0
    """Papers of the whole ledger on this side, of which `supports` cites some."""
    opposing_papers: int = 0


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A passage that came close to answering, and why it does not."""

    passage: str
    score: float
    why: str
    text: str = ""
    short: str = ""


@dataclass(frozen=True, slots=True)
class Searched:
    """What was looked through."""

    papers: int
    passages: int
    terms: tuple[str, ...]
    filters: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """How to get the same bytes again: the index hash; `seconds` and `id` differ between runs."""

    id: str
    index: str
    seconds: float = 0.0
    prompt: str = ""
    """The prompt template that a model was given, such as `answer@1`; "" without a model."""


@dataclass(frozen=True, slots=True)
class WhatIfHelp:
    """Why words that ask for a what-if make none, and what would."""

    reason: str
    """What the reader of the words stopped at."""
    not_understood: tuple[str, ...]
    """Each piece that nothing in the model stands for, with the nearest levers."""
    examples: tuple[str, ...]
    """What-ifs in words that run."""


def _help(data: Mapping[str, Any] | None) -> WhatIfHelp | None:
    if not data:
        return None
    return WhatIfHelp(data["reason"], tuple(data["not_understood"]), tuple(data["examples"]))


@dataclass(frozen=True, slots=True)
class Answer:
    """A cited answer, or a refusal, to one question."""

    kind: Literal["answer", "refusal"]
    question: str
    engine: str
    answer: str
    """Markdown with [n] marks; for a refusal what was searched and what is missing."""
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    conflicts: tuple[Conflict, ...]
    confidence: float
    """Calibrated probability, 0..1, that the corpus answers the question."""
    searched: Searched
    run: Run
    near_misses: tuple[NearMiss, ...] = ()
    shape: str = "direct"
    """direct, comparative, numeric, yes-no, definition, list, evidence."""
    resolved: str = ""
    """The question as understood, when a follow-up was completed from the session."""
    whatif: str = ""
    """A `senescope whatif` command that fits, when a design lever is involved."""
    whatif_help: WhatIfHelp | None = None
    """Help, when the question asks for a what-if that the model does not understand."""
    notes: tuple[str, ...] = field(default=())
    """Anything cut, guessed or corrected on the way."""
    withheld: tuple[Sentence, ...] = ()
    """What a model wrote and the quotes do not support, with reasons; shown only on request."""

    def timed(self, seconds: float) -> Answer:
        """The same answer with its wall time."""
        return replace(self, run=replace(self.run, seconds=seconds))

    def without_withheld(self) -> Answer:
        """The same answer without the words of what was withheld: verdicts and count stay."""
        return replace(self, withheld=tuple(replace(s, text="", reason="") for s in self.withheld))

    def to_json(self) -> Json:
        """The `ask --json` object of the contract."""
        data: Json = {
            "version": CONTRACT_VERSION,
            "kind": self.kind,
            "question": self.question,
            "resolved": self.resolved or self.question,
            "engine": self.engine,
            "shape": self.shape,
            "answer": self.answer,
            "sentences": [s.to_json() for s in self.sentences],
            "citations": [c.to_json() for c in self.citations],
            "conflicts": [asdict(c) for c in self.conflicts],
            "confidence": self.confidence,
            "whatif": self.whatif or None,
            "notes": list(self.notes),
            "withheld": [s.to_json() for s in self.withheld],
            "searched": asdict(self.searched),
            "run": asdict(self.run),
        }
        if self.whatif_help is not None:
            data["whatif_help"] = asdict(self.whatif_help)
        if self.kind == "refusal":
            data["near_misses"] = [asdict(m) for m in self.near_misses]
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Answer:
        """The answer that `to_json` wrote: how sessions read their turns back."""
        citations = []
        for item in data["citations"]:
            known = {k: v for k, v in item.items() if k not in ("link", "link_kind")}
            citations.append(Citation(**{**known, "authors": tuple(item["authors"])}))
        return cls(
            kind=data["kind"],
            question=data["question"],
            engine=data["engine"],
            answer=data["answer"],
            sentences=tuple(Sentence.from_json(s) for s in data["sentences"]),
            withheld=tuple(Sentence.from_json(s) for s in data.get("withheld", ())),
            citations=tuple(citations),
            conflicts=tuple(
                Conflict(**{**c, "supports": tuple(c["supports"]), "opposes": tuple(c["opposes"])})
                for c in data["conflicts"]
            ),
            confidence=data["confidence"],
            searched=Searched(**{**data["searched"], "terms": tuple(data["searched"]["terms"])}),
            run=Run(**data["run"]),
            near_misses=tuple(NearMiss(**m) for m in data.get("near_misses", ())),
            shape=data["shape"],
            resolved=data["resolved"],
            whatif=data["whatif"] or "",
            whatif_help=_help(data.get("whatif_help")),
            notes=tuple(data["notes"]),
        )
