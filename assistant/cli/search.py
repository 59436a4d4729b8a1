"""`senescope search`: ranked passages, without an answer composed from them."""

from __future__ import annotations

from typing import Any

import typer

from assistant.cli.options import Costim, Desk, PaperId, StudyType, System, Year, at_desk, filters
from assistant.errors import ExitCode
from assistant.evidence import Citation, Hit


@at_desk
def search(
    place: Desk,
    query: str = typer.Argument(help="Words or a question."),
    k: int = typer.Option(20, "-k", "--limit", min=1, max=1000, help="How many passages."),
    year: Year = None,
    system: System = None,
    costim: Costim = None,
    paper: PaperId = None,
    study_type: StudyType = None,
) -> None:
    """Print the passages nearest to the query, best first."""
    from assistant.answering.question import clean

    query, notes = clean(query)
    wanted = filters(year=year, system=system, costim=costim, paper=paper, study_type=study_type)
    for note in notes:
        place.say(note)
    hits = place.engine().search(query, k=k, filters=wanted)
    if place.as_json:
        place.emit({"version": 1, "query": query, "hits": [hit_json(hit) for hit in hits]})
    else:
        for hit in hits:
            place.emit(_readable(hit))
    if not hits:
        place.say("no passage matches the query and its filters")
        raise typer.Exit(ExitCode.NO_EVIDENCE)


def hit_json(hit: Hit) -> dict[str, Any]:
    """One hit as the contract has it, with the citation fields."""
    span = hit.passage.span
    cited = Citation.of(
        hit.rank, hit.paper, hit.passage, " " * span.start + hit.text, span.start, span.end
    ).to_json()
    del cited["n"]
    return {
        "rank": hit.rank,
        "score": round(hit.score, 6),
        "text": hit.text,
        **cited,
        "scores": {"dense": round(hit.dense, 6), "lexical": round(hit.lexical, 6)},
    }


def _readable(hit: Hit) -> str:
    cited = Citation.of(hit.rank, hit.paper, hit.passage, "", 0, 0)
    badge = f"{hit.passage.system}, {hit.passage.costim}"
    if hit.paper.retraction not in ("none", "unknown"):
        badge += f", {hit.paper.retraction.upper()}"
    where = f"{cited.short} ({hit.passage.id}; {badge})"
    return f"{hit.rank}. [{hit.score:.3f}] {hit.text}\n   {where}\n   {cited.link}\n"
