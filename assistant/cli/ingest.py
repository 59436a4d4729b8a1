"""`senescope ingest`: add papers to the index, from files and from the literature services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.border import plain
from assistant.cli.options import Desk, at_desk, existing
from assistant.cli.outcomes import Report
from assistant.cli.services import (
    Doi,
    Most,
    Pmcid,
    Pmid,
    Since,
    SourceOption,
    Until,
    counter,
    identifiers,
    listed,
    services,
    source_name,
    window,
)
from assistant.errors import EnvironmentFault, UsageError

if TYPE_CHECKING:
    from ingest.documents import Reference
    from ingest.fetching import Wanted
    from ingest.pipeline import Engine, Index, Limits, Outcome
    from ingest.sources.records import SourceName, Window


@at_desk
def ingest(
    place: Desk,
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="PATH", help="Files, or folders of them.")
    ] = None,
    pmid: Pmid = None,
    pmcid: Pmcid = None,
    doi: Doi = None,
    query: Annotated[
        str | None, typer.Option("--query", metavar="TEXT", help="Fetch papers that match a search.")
    ] = None,
    since: Since = None,
    until: Until = None,
    most: Most = 25,
    source: SourceOption = "europepmc",
    fetch: Annotated[
        bool, typer.Option("--fetch", help="Fetch what lists of references (RIS, BibTeX ...) name.")
    ] = False,
    sync: Annotated[
        bool, typer.Option("--sync", help="Also take out what came from files of the folders that are gone.")
    ] = False,
    time_limit: Annotated[
        float, typer.Option("--time-limit", metavar="SECONDS", help="How long one file may take to read.")
    ] = 60.0,
    engine: Annotated[
        str, typer.Option("--engine", metavar="local|ray", help="Where files are read and embedded.")
    ] = "local",
    address: Annotated[
        str, typer.Option("--address", help="Of a Ray cluster; without it Ray runs on this machine.")
    ] = "",
) -> None:
    """Read files, or fetch papers by identifier or query; a bad one is reported and the rest goes on."""
    from assistant.index import translated
    from ingest import pipeline

    named = [existing(path) for path in paths or ()]
    names, days, service = identifiers(pmid, pmcid, doi), window(since, until), source_name(source)
    if not (named or names or query):
        raise UsageError(
            "Nothing to ingest was named.",
            hint="Give files or folders, or --pmid, --pmcid, --doi or --query.",
        )
    if (since or until) and not query:
        raise UsageError(
            "--since and --until belong to --query.", hint="Leave them out, or give --query TEXT."
        )
    if not 0 < time_limit < float("inf"):
        raise UsageError(f"--time-limit {time_limit:g} is no time.", hint="Give seconds, such as 120.")
    if engine not in ("local", "ray"):
        raise UsageError(f"--engine {engine!r} is not known.", hint="Use local or ray.")
    if address and engine != "ray":
        raise UsageError("--address belongs to --engine ray.", hint="Add --engine ray, or leave it out.")
    told = Report(place, named)
    index = place.index()
    before = index.fingerprint
    with translated(place.settings.home):
        if named:
            limits = pipeline.Limits(seconds=time_limit)
            chosen = _ray(index, limits, address) if engine == "ray" else pipeline.LocalEngine(index, limits)
            with pipeline.Ingest(
                index, engine=chosen, progress=place.progress, say=place.say, fetching=fetch
            ) as run:
                for outcome in run.files(named, sync=sync):
                    told.add(outcome)
                index = run.finish()
            names += _of_lists(place, run.references, fetch)
        if names or query:
            try:
                for outcome in _fetched(place, index, names, plain(query or ""), days, most, service):
                    told.add(outcome)
            finally:
                # Also when a service fails half-way or Ctrl-C comes: the standing of what is in must count.
                if told.counts["added"] or told.counts["updated"]:
                    index = pipeline.finish(
                        index.home, index.catalog, index.embedder, progress=place.progress, say=place.say
                    )
        if index.fingerprint != before:
            place.index_words(index)
    told.summarise()


def _of_lists(place: Desk, references: list[Reference], fetch: bool) -> list[Wanted]:
    """What is to be fetched of the references that lists hold; says what they come to."""
    if not references:
        return []
    if not fetch:
        place.say(f"{len(references)} references hold no text; --fetch fetches what they name")
        return []
    names = list(dict.fromkeys(listed(references)))
    place.say(f"{len(names)} papers to fetch from {len(references)} references")
    return names


def _ray(index: Index, limits: Limits, address: str) -> Engine:
    from ingest.distributed import ClusterUnavailable, ray_engine

    try:
        return ray_engine(index, limits, address)
    except ClusterUnavailable as error:
        raise EnvironmentFault(
            str(error), hint="Or leave --engine ray out: one machine does the same."
        ) from error


def _fetched(
    place: Desk,
    index: Index,
    names: list[Wanted],
    query: str,
    days: Window,
    most: int,
    service: SourceName,
) -> Iterator[Outcome]:
    from ingest.fetching import fetch_matching, fetch_named

    with services(place) as found:
        if names:
            step = counter(place, "fetching papers")
            yield from fetch_named(index, found, names, service, progress=step, say=place.say)
        if query:
            step = counter(place, "fetching what matches")
            yield from fetch_matching(index, found, query, days, most, service, progress=step, say=place.say)
