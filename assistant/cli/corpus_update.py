"""`senescope corpus query` and `corpus update`: searches that are kept, and what is new for them."""

from __future__ import annotations

import re
import time
from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.border import plain
from assistant.cli.options import Desk, at_desk
from assistant.cli.outcomes import STATUSES, Report
from assistant.cli.services import Most, Since, SourceOption, Until, counter, services, source_name, window
from assistant.errors import InputError, UsageError

if TYPE_CHECKING:
    from ingest.catalog import Catalog
    from ingest.fetching import Services
    from ingest.pipeline import Index
    from ingest.queries import Query

app = typer.Typer(help="Searches kept for `corpus update`: add, list, remove.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="NAME", help="A short name for the search.")]


@app.command("add")
@at_desk
def add(
    place: Desk,
    name: Name,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The search, in the syntax of its source.")],
    since: Since = None,
    until: Until = None,
    most: Most = 25,
    source: SourceOption = "europepmc",
) -> None:
    """Keep a search; nothing is fetched before `corpus update`."""
    from ingest.queries import Query, keep

    days, service = window(since, until), source_name(source)
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", name):
        raise InputError(f"{plain(name)!r} is no name for a search.", hint="Use a-z, 0-9 and hyphens.")
    if not text.strip():
        raise InputError("The search is empty.", hint="Give words, such as 'CAR-T AND senescence'.")
    query = Query(name, " ".join(plain(text).split()), service, days.since, days.until, most)
    if not keep(place.index().catalog, query):
        raise InputError(f"There is a search {name!r} already.", hint=f"`corpus query remove {name}` first.")
    place.emit(_json(query) if place.as_json else f"kept {_line(query)}")


@app.command("list")
@at_desk
def list_queries(place: Desk) -> None:
    """List the searches that are kept, and when each last fetched everything."""
    from ingest.queries import queries

    found = queries(place.index().catalog)
    if place.as_json:
        place.emit({"version": 1, "queries": [_json(query) for query in found]})
        return
    for query in found:
        place.emit(_line(query))
    if not found:
        place.say("no search is kept; add one with `senescope corpus query add NAME TEXT`")


@app.command("remove")
@at_desk
def remove(place: Desk, name: Name) -> None:
    """Drop a search; the papers that it found stay."""
    from ingest.queries import forget

    catalog = place.index().catalog
    if not forget(catalog, name):
        raise _unknown(catalog, name)
    place.emit({"version": 1, "removed": name} if place.as_json else f"removed {name}")


@at_desk
def update(
    place: Desk,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="All when none is named.")
    ] = None,
) -> None:
    """Fetch what is new for the searches that are kept; papers in the index are passed over."""
    from assistant.index import translated
    from ingest import pipeline
    from ingest.queries import queries

    index = place.index()
    kept = {query.name: query for query in queries(index.catalog)}
    for name in names or ():
        if name not in kept:
            raise _unknown(index.catalog, name)
    if not kept:
        raise UsageError("No search is kept.", hint="Add one with `senescope corpus query add NAME TEXT`.")
    started = time.perf_counter()
    counts: Counter[str] = Counter()
    reports: list[dict[str, Any]] = []
    with translated(place.settings.home):
        try:
            with services(place) as asked:
                for name in dict.fromkeys(names or kept):
                    reports.append(_run(place, index, asked, kept[name], counts))
        finally:
            if counts["added"] or counts["updated"]:
                place.index_words(
                    pipeline.finish(
                        index.home, index.catalog, index.embedder, progress=place.progress, say=place.say
                    )
                )
    seconds = round(time.perf_counter() - started, 2)
    if place.as_json:
        place.emit({"summary": {s: counts[s] for s in STATUSES}, "queries": reports, "seconds": seconds})
        return
    for told in reports:
        place.emit(_told(told))


def _run(place: Desk, index: Index, asked: Services, query: Query, counts: Counter[str]) -> dict[str, Any]:
    from ingest.fetching import fetch_matching
    from ingest.queries import done

    began = asked.now().date()
    told = Report(place)
    place.say(f"{query.name}: {query.text}, {_since(query)}")
    for outcome in fetch_matching(
        index,
        asked,
        query.text,
        query.window,
        query.most,
        query.source,
        progress=counter(place, f"fetching for {query.name}"),
        say=place.say,
    ):
        told.add(outcome)
    told.close()
    own = told.counts
    counts += own
    # One that was cut, or had failures, looks from the same day again: nothing is lost between two runs.
    complete = sum(own.values()) < query.most and not own["failed"]
    if complete:
        done(index.catalog, query.name, began)
    return {
        "name": query.name,
        "entered_since": query.window.entered.isoformat() if query.window.entered else None,
        "complete": complete,
        **{status: own[status] for status in STATUSES},
    }


def _told(told: dict[str, Any]) -> str:
    counts = ", ".join(f"{told[status]} {status}" for status in STATUSES if told[status])
    rest = "" if told["complete"] else "; not everything: run it again to go on"
    return f"{told['name']}: {counts or 'nothing new'}{rest}"


def _since(query: Query) -> str:
    entered = query.window.entered
    return f"what came in since {entered.isoformat()}" if entered else "the first run: all there is"


def _json(query: Query) -> dict[str, Any]:
    return {
        "name": query.name,
        "query": query.text,
        "source": query.source,
        "since": query.since.isoformat() if query.since else None,
        "until": query.until.isoformat() if query.until else None,
        "max": query.most,
        "updated": query.updated.isoformat() if query.updated else None,
    }


def _line(query: Query) -> str:
    since = f" from {query.since}" if query.since else ""
    until = f" until {query.until}" if query.until else ""
    return (
        f"{query.name:20} {query.text}  ({query.source}{since}{until}, at most {query.most} a run;"
        f" updated {query.updated or 'never'})"
    )


def _unknown(catalog: Catalog, name: str) -> InputError:
    from assistant.settings import nearest
    from ingest.queries import queries

    near = nearest(name, tuple(query.name for query in queries(catalog)))
    return InputError(f"No search {plain(name)!r} is kept{near}.", hint="See `senescope corpus query list`.")
