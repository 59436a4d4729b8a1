"""`senescope corpus enrich`: look up what the bibliography of the corpus lacks; apply it when told to."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.border import plain
from assistant.cli.options import Desk, at_desk
from assistant.cli.services import counter, services
from assistant.errors import ExitCode, InputError

if TYPE_CHECKING:
    from ingest.catalog import Catalog
    from ingest.documents import Paper
    from ingest.enrich import Candidate, Proposal


@at_desk
def enrich(
    place: Desk,
    papers: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="All when none is named.")
    ] = None,
    apply_: Annotated[
        bool,
        typer.Option("--apply", help="Write what was found into the index; shipped files stay as they are."),
    ] = False,
) -> None:
    """Look up papers without DOI, PMID, authors, year or journal in Europe PMC and Crossref."""
    from assistant.index import translated
    from ingest import pipeline
    from ingest.enrich import apply, lacking, propose

    index = place.index()
    chosen = [paper for paper in _chosen(index.catalog, papers or []) if lacking(paper)]
    proposals: list[Proposal] = []
    with translated(place.settings.home):
        try:
            with services(place) as asked:
                step = counter(place, "looking up papers")
                for proposal in propose(index.catalog, chosen, asked.europepmc, asked.crossref, step):
                    if apply_:
                        apply(index.catalog, proposal)
                    proposals.append(proposal)
                    if not place.as_json:
                        place.emit(_readable(proposal, applied=apply_))
        finally:
            if apply_ and any(proposal.fills for proposal in proposals):
                pipeline.finish(
                    index.home, index.catalog, index.embedder, progress=place.progress, say=place.say
                )
    counts = Counter(proposal.status for proposal in proposals)
    if place.as_json:
        told = [_json(proposal) for proposal in proposals]
        place.emit({"version": 1, "applied": apply_, "summary": dict(counts), "proposals": told})
    else:
        place.emit(
            ", ".join(f"{number} {status}" for status, number in counts.items()) or "nothing is lacking"
        )
        if counts["fill"] and not apply_:
            place.say("nothing was written; run it again with --apply to fill this in")
    if proposals and counts["failed"] == len(proposals):
        raise typer.Exit(ExitCode.ENVIRONMENT)


def _chosen(catalog: Catalog, names: list[str]) -> list[Paper]:
    known = {paper.id: paper for paper in catalog.papers()}
    if not names:
        return list(known.values())
    from assistant.settings import nearest

    for name in names:
        if name not in known:
            raise InputError(
                f"No paper {plain(name)!r} in the index{nearest(name, tuple(known))}.",
                hint="See `corpus list`.",
            )
    return [known[name] for name in dict.fromkeys(names)]


def _readable(proposal: Proposal, *, applied: bool) -> str:
    verb = "filled in" if applied else "would fill in"
    lines = [f"{proposal.status:11} {proposal.paper.id}  {proposal.paper.title[:80]}  ({proposal.why})"]
    lines += [f"    {verb} {fill.field}: {_shown(fill.value)}  from {fill.source}" for fill in proposal.fills]
    lines += [f"    {conflict}" for conflict in proposal.conflicts]
    if proposal.status in ("possible", "mismatch"):
        lines += [f"    there: {_candidate(candidate)}" for candidate in proposal.candidates[:3]]
    return "\n".join(lines)


def _candidate(candidate: Candidate) -> str:
    record = candidate.record
    where = ", ".join(
        str(part) for part in (*record.authors[:1], record.journal, record.year, record.doi) if part
    )
    return f"{record.title!r} ({where}; {record.source}; titles agree to {candidate.agreement.title:.0%})"


def _shown(value: str | int | tuple[str, ...]) -> str:
    if not isinstance(value, tuple):
        return str(value)
    more = f" and {len(value) - 3} more" if len(value) > 3 else ""
    return ", ".join(value[:3]) + more


def _json(proposal: Proposal) -> dict[str, Any]:
    return {
        "paper": proposal.paper.id,
        "title": proposal.paper.title,
        "status": proposal.status,
        "why": proposal.why,
        "fills": [asdict(fill) for fill in proposal.fills],
        "conflicts": list(proposal.conflicts),
        "candidates": [
            {
                "title": c.record.title,
                "authors": list(c.record.authors[:3]),
                "journal": c.record.journal,
                "year": c.record.year,
                "doi": c.record.doi,
                "pmid": c.record.pmid,
                "source": c.record.source,
                "agreement": asdict(c.agreement),
            }
            for c in proposal.candidates[:5]
        ],
    }
