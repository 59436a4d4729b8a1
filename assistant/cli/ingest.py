"""`senescope ingest`: add papers to the index, from files and from the literature services."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.border import plain
from assistant.cli.options import AsJson, Desk, HomeDir, Offline, Quiet, desk, existing
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
    services,
    source_name,
    window,
)
from assistant.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from ingest.fetching import Wanted
    from ingest.pipeline import Index, Outcome
    from ingest.sources.records import SourceName, Window

STATUSES = ("added", "updated", "unchanged", "skipped", "failed")


def ingest(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="[PATH]...", help="Files, or folders of them.")
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
    as_json: AsJson = False,
    offline: Offline = False,
    quiet: Quiet = False,
    home: HomeDir = None,
) -> None:
    """Read files, or fetch papers by identifier or query; a bad one is reported and the rest goes on."""
    from assistant.index import translated
    from ingest import pipeline

    place = desk(as_json=as_json, offline=offline, quiet=quiet, home=home)
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
    started = time.perf_counter()
    index = place.index()
    counts: Counter[str] = Counter()
    with translated(place.settings.home):
        try:
            if named:
                for outcome in pipeline.ingest(index, named, progress=place.progress, say=place.say):
                    report(place, outcome, counts)
            if names or query:
                for outcome in _fetched(place, index, names, plain(query or ""), days, most, service):
                    report(place, outcome, counts)
        finally:
            # Also when a service fails half-way or Ctrl-C comes: what is in must be searchable.
            if counts["added"] or counts["updated"]:
                pipeline.finish(
                    index.home, index.catalog, index.embedder, progress=place.progress, say=place.say
                )
    summarise(place, counts, started)


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


def report(place: Desk, outcome: Outcome, counts: Counter[str]) -> None:
    """Count an outcome and show it: every one as JSON, what happened as text."""
    counts[outcome.status] += 1
    if place.as_json:
        place.emit(asdict(outcome))
    elif outcome.status != "unchanged":
        place.emit(f"{outcome.status:9} {outcome.path}" + (f"  ({outcome.reason})" if outcome.reason else ""))


def summarise(place: Desk, counts: Counter[str], started: float) -> None:
    """The last line of an ingest; exit code 3 when nothing is in."""
    seconds = round(time.perf_counter() - started, 2)
    summary = {status: counts[status] for status in STATUSES}
    if place.as_json:
        place.emit({"summary": summary, "seconds": seconds})
    else:
        place.emit(", ".join(f"{number} {status}" for status, number in summary.items()) + f" ({seconds} s)")
    if not (counts["added"] or counts["updated"] or counts["unchanged"]):
        raise typer.Exit(ExitCode.INPUT)
