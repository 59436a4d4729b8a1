"""The default engine: an answer made of stored findings, in order, each with its citation.

No sentence is written here except light connective text. The lead is the finding that answers; the rest
follows grouped by paper with a badge for its system and domain; then what the corpus disagrees on, the
limits of what was read, and the what-if that fits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering import conflicts
from assistant.answering.citing import Bibliography
from assistant.answering.matching import Match
from assistant.answering.selection import Chosen, Length
from assistant.evidence import Citation, Conflict, Sentence
from ingest.catalog import Catalog
from ingest.readers.claims import Claim

_SYSTEMS = {
    "in-vitro": "in vitro",
    "mouse": "mouse",
    "patients": "patients",
    "computation": "computation",
    "review": "review",
    "donors": "donors",
}


@dataclass(frozen=True, slots=True)
class Composed:
    """An answer before it is given its run and its confidence."""

    markdown: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    conflicts: tuple[Conflict, ...]


def compose(
    chosen: Sequence[Chosen],
    matches: Sequence[Match],
    claims: Sequence[Claim],
    catalog: Catalog,
    *,
    question: str,
    length: Length,
    preface: str = "",
    whatif: str = "",
    aside: str = "",
) -> Composed:
    """Turn the chosen findings into an answer.

    Arguments:
        chosen: lead first, then grouped by paper.
        matches: everything retrieved, for the claims among it.
        claims: the claim ledger.
        catalog: where passages on the other side of a conflict are found.
        question: as it was read.
        length: how much to show.
        preface: a line above the lead, such as a glossary definition or a corrected premise.
        whatif: the command that fits, or "".
        aside: a line under the evidence on what it leaves out, or "".
    """
    bibliography = Bibliography(catalog)
    evidence = [_sentence(c, bibliography, lead=i == 0) for i, c in enumerate(chosen)]
    sentences = list(evidence)
    ids = [c.ranked.match.hit.passage.id for c in chosen]
    shown = []
    most = {"brief": 0, "default": 1, "full": 3}[length]
    asked = f"{question} {evidence[0].text}"
    for claim, hit in conflicts.relevant(claims, matches, ids, asked=asked, most=most):
        own = bibliography.cite(hit)
        conflict = conflicts.present(claim, bibliography, ids)
        shown.append(conflict)
        cited = (own.n, *conflict.supports, *conflict.opposes)
        sentences.append(Sentence(conflict.statement, cited, "supported", role="conflict"))
    lines = [preface, ""] if preface else []
    lines += _evidence(evidence, bibliography)
    lines += ["", aside] if aside else []
    for conflict in shown:
        lines += conflict_lines(conflict)
    lines += ["", f"**Limits** {limits(bibliography.citations)}"]
    if whatif:
        lines += ["", f"**Try it on the model** `{whatif}`"]
    lines += ["", "**Sources**", *source_list(bibliography.citations)]
    return Composed("\n".join(lines), tuple(sentences), bibliography.citations, tuple(shown))


def badge(citation: Citation) -> str:
    """`in vitro, 4-1BB`: what kind of evidence it is, in words."""
    parts = [_SYSTEMS.get(citation.system, citation.system)]
    if citation.system == "n/a" and citation.seen == "full-text":
        # Full text carries no tag: the reader learns where in the paper it stands instead.
        parts = [citation.section.rsplit(" > ", 1)[-1]]
        parts += [f"page {citation.page}"] if citation.page else []
    domain = {"both": "4-1BB and CD28", "other": "another domain", "none": "no costimulatory domain"}
    if citation.costim not in ("n/a", ""):
        parts.append(domain.get(citation.costim, citation.costim))
    if citation.evidence in ("secondary", "news"):
        parts.append({"secondary": "second-hand source", "news": "news"}[citation.evidence])
    if citation.retraction in ("retracted", "concern", "corrected"):
        state = {"retracted": "RETRACTED", "concern": "EXPRESSION OF CONCERN", "corrected": "corrected"}
        parts.append(state[citation.retraction])
    return ", ".join(part for part in parts if part and part != "n/a")


def source(citation: Citation) -> str:
    """One line of the list of sources."""
    who = citation.short
    title = citation.title.rstrip(".")
    link = citation.link
    if citation.passage.startswith("claim:"):
        return f"{citation.n}. Claim ledger of this corpus, `{citation.passage}`"
    if citation.link_kind == "title-search":
        link += " (title search, no identifier seen)"
    page = f", page {citation.page}" if citation.page else ""
    section = f", {citation.section}" if ":" in citation.passage else ""
    return f"{citation.n}. {title}. {who}. `{citation.passage}`{section}{page}. {link}"


def source_list(citations: Sequence[Citation]) -> list[str]:
    """The list of sources; a further finding of a paper refers to its first."""
    first: dict[str, int] = {}
    lines = []
    for citation in citations:
        before = first.setdefault(citation.paper, citation.n)
        if before == citation.n or citation.passage.startswith("claim:"):
            lines.append(source(citation))
        else:
            page = f", page {citation.page}" if citation.page else ""
            lines.append(f"{citation.n}. As [{before}], `{citation.passage}`{page}")
    return lines


def _sentence(chosen: Chosen, bibliography: Bibliography, *, lead: bool) -> Sentence:
    return Sentence(
        " ".join(chosen.ranked.match.hit.text.split()),
        (bibliography.cite(chosen.ranked.match.hit).n,),
        "supported",
        role="lead" if lead else "evidence",
    )


def _evidence(sentences: Sequence[Sentence], bibliography: Bibliography) -> list[str]:
    """The lead as a paragraph and the rest as a list, each with its mark and badge."""
    by_number = {c.n: c for c in bibliography.citations}
    lines: list[str] = []
    for sentence in sentences:
        citation = by_number[sentence.citations[0]]
        kind = badge(citation)
        body = f"{sentence.text} [{citation.n}]" + (f" *({kind})*" if kind else "")
        if not lines:
            lines += [body, ""]
        else:
            lines.append(f"- {body}")
    return lines


def conflict_lines(conflict: Conflict) -> list[str]:
    """A conflict as Markdown: the statement, both sides, and why they may differ."""
    supported = "Mostly supported" if conflict.opposes else "Supported"
    word = {"contested": "Contested", "open": "Open", "supported": supported}[conflict.status]
    pro = _side("For", conflict.supports, conflict.supporting_papers)
    con = _side("Against", conflict.opposes, conflict.opposing_papers)
    sides = " ".join(filter(None, (pro, con)))
    reason = "Why they may differ" if con else "Note"
    return ["", f"**{word}** {conflict.statement} {sides}", "", f"*{reason}:* {conflict.nuance}"]


def _side(word: str, cited: Sequence[int], papers: int) -> str:
    """`For (5 papers): [1][4]`: how many papers take the side, and those of them that are cited."""
    count = f" ({papers} paper{'' if papers == 1 else 's'})" if papers else ""
    return f"{word}{count}: {''.join(f'[{n}]' for n in cited)}" if cited else ""


def limits(citations: Sequence[Citation]) -> str:
    """What the reader should know about the evidence, counted from the citations."""
    real = [c for c in citations if not c.passage.startswith("claim:")]
    systems = Counter(_SYSTEMS.get(c.system, "of a system not tagged") for c in real)
    seen = Counter(c.seen for c in real)
    parts = ["Findings cited: " + ", ".join(f"{n} {system}" for system, n in systems.most_common())]
    # What was read, which is not what kind of source it is: a badge tells that of each line.
    read = {"abstract": "as abstract only", "secondary": "in a summary or a copy"}
    told = [f"{seen[kind]} {words}" for kind, words in read.items() if seen[kind]]
    if told:
        parts.append(f"read {', '.join(told)}")
    if any(c.retraction == "unknown" for c in real):
        parts.append("retraction state not checked")
    return "; ".join(parts) + "."
