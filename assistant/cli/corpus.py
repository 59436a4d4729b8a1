"""`senescope corpus`: what is in the index, and how to mend it."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from assistant.cli import corpus_audit, corpus_enrich, corpus_update
from assistant.cli.border import plain
from assistant.cli.options import Desk, at_desk
from assistant.errors import InputError
from assistant.evidence import Citation

if TYPE_CHECKING:
    from ingest.documents import Document, Paper

app = typer.Typer(
    help="The literature in the index: status, list, show, remove, rebuild, query, update, audit, enrich.",
    no_args_is_help=True,
)
app.command("audit")(corpus_audit.audit)
app.command("enrich")(corpus_enrich.enrich)
app.command("update")(corpus_update.update)
app.add_typer(corpus_update.app, name="query")


@app.command("status")
@at_desk
def status(place: Desk) -> None:
    """Count papers, findings and claims, and say what the index is made of."""
    from ingest.staging import waiting

    index = place.index()
    counts = index.catalog.counts()
    papers = index.catalog.papers()
    facts: dict[str, Any] = {
        "version": 1,
        **asdict(counts),
        "with_doi": sum(1 for p in papers if p.doi),
        "retracted": sum(1 for p in papers if p.retraction == "retracted"),
        "retraction_unknown": sum(1 for p in papers if p.retraction == "unknown"),
        "embedder": index.embedder.id,
        "index": index.fingerprint[:12],
        "home": str(index.home.folder),
        "catalog_bytes": index.home.catalog.stat().st_size,
        "waiting": waiting(index.home),
    }
    if facts["waiting"]:
        place.say(
            f"{facts['waiting']} papers of an ingest are read and not yet in: it is at work, or was stopped"
            " and goes on with the next `senescope ingest`"
        )
    if place.as_json:
        place.emit(facts)
        return
    place.emit(
        f"{counts.papers} papers, {counts.passages} findings and passages, {counts.claims} claims\n"
        f"identifiers: {facts['with_doi']} papers with a DOI; retraction state unknown for"
        f" {facts['retraction_unknown']} (never checked)\n"
        f"embedder {index.embedder.id}; index {index.fingerprint[:12]}; {facts['catalog_bytes'] / 1e6:.1f} MB"
        f" in {index.home.folder}"
    )


@app.command("list")
@at_desk
def list_papers(
    place: Desk,
    topic: str = typer.Option("", "--topic", help="Only papers of this topic, such as senescence."),
) -> None:
    """List the papers, one a line."""
    catalog = place.index().catalog
    papers = [p for p in catalog.papers() if not topic or topic in p.topics]
    if topic and not papers:
        topics = sorted({t for p in catalog.papers() for t in p.topics})
        raise InputError(f"No paper has the topic {topic!r}.", hint=f"Topics: {', '.join(topics)}.")
    if place.as_json:
        place.emit({"version": 1, "papers": [_paper_json(p) for p in papers]})
        return
    for paper in papers:
        place.emit(f"{paper.id:44} {paper.year or '----'}  {paper.title}")


@app.command("show")
@at_desk
def show(
    place: Desk,
    identifier: str = typer.Argument(
        metavar="ID", help="A paper id, or a passage id such as can2025-...#F1."
    ),
) -> None:
    """Print one paper: bibliography, findings with their tags, limits."""
    catalog = place.index().catalog
    identifier = plain(identifier)
    document = catalog.document(identifier.split("#")[0])
    if document is None:
        known = tuple(paper.id for paper in catalog.papers())
        from assistant.settings import nearest

        raise InputError(
            f"No paper {identifier!r} in the index{nearest(identifier, known)}", hint="See `corpus list`."
        )
    if place.as_json:
        place.emit(_document_json(document))
    else:
        place.emit(_readable(document))


@app.command("remove")
@at_desk
def remove(place: Desk, identifier: str = typer.Argument(metavar="ID")) -> None:
    """Take a paper out of the index; a shipped one comes back with `corpus rebuild`."""
    from assistant.index import translated
    from ingest import pipeline

    index = place.index()
    identifier = plain(identifier)
    with translated(place.settings.home):
        if not pipeline.remove(index, identifier, progress=place.progress, say=place.say):
            raise InputError(f"No paper {identifier!r} in the index.", hint="See `senescope corpus list`.")
    place.emit({"version": 1, "removed": identifier} if place.as_json else f"removed {identifier}")


@app.command("rebuild")
@at_desk
def rebuild(place: Desk) -> None:
    """Build the index anew; a damaged catalog is set aside first, never deleted."""
    from assistant.index import translated
    from ingest import pipeline

    started = time.perf_counter()
    with translated(place.settings.home):
        aside = pipeline.set_aside_if_damaged(place.settings.home)
        if aside is not None:
            place.say(f"the damaged catalog is kept as {aside}; papers you had added must be ingested again")
    index = place.index()
    with translated(place.settings.home):
        if aside is None:  # else all of it has just been built
            index = pipeline.rebuild(index, progress=place.progress, say=place.say)
        counts = index.catalog.counts()
        written = counts.passages + counts.claims
    seconds = round(time.perf_counter() - started, 1)
    facts = {"version": 1, "vectors": written, "index": index.fingerprint[:12], "seconds": seconds}
    place.emit(
        facts
        if place.as_json
        else f"rebuilt: {written} vectors, index {index.fingerprint[:12]} ({seconds} s)"
    )


def _paper_json(paper: Paper) -> dict[str, Any]:
    return {**asdict(paper), "authors": list(paper.authors), "topics": list(paper.topics)}


def _document_json(document: Document) -> dict[str, Any]:
    return {
        "version": 1,
        **_paper_json(document.paper),
        "source": document.source,
        "sections": {s.path: s.span.of(document.text) for s in document.sections},
        "passages": [
            {
                "passage": p.id,
                "text": p.span.of(document.text),
                "start": p.span.start,
                "end": p.span.end,
                "section": p.section,
                "system": p.system,
                "costim": p.costim,
                "target": p.target,
            }
            for p in document.passages
        ],
        "text": document.text,
    }


def _readable(document: Document) -> str:
    paper = document.paper
    whole = Citation.of(0, paper, document.passages[0], "", 0, 0)
    lines = [
        paper.title,
        f"{', '.join(paper.authors)}. {paper.journal or 'journal not seen'}, {paper.year or 'year not seen'}",
    ]
    names = (("doi", paper.doi), ("pmid", paper.pmid), ("pmcid", paper.pmcid))
    lines.append(" ".join(f"{n}:{v}" for n, v in names if v) or "no DOI, PMID or PMCID seen")
    lines.append(
        f"{whole.link}"
        + ("  (a title search, not the paper's own page)" if whole.link_kind == "title-search" else "")
    )
    lines.append(
        f"{paper.study_type}; read as {paper.seen}; retraction state {paper.retraction}"
        f" ({f'checked {paper.retraction_checked}' if paper.retraction_checked else 'never checked'});"
        f" id {paper.id}"
    )
    for section in document.sections:
        lines += ["", section.path]
        if section.path != "Findings":
            lines.append(section.span.of(document.text))
            continue
        for passage in document.passages:
            number = passage.id.rsplit("#", 1)[-1]
            tags = f"[{passage.system}; {passage.costim}; {passage.target}; {passage.section}]"
            lines.append(f"{number}  {passage.span.of(document.text)} {tags}")
    return "\n".join(lines)
