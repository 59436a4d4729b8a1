"""`senescope ingest`: add papers of your own to the index."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import asdict
from typing import Annotated

import typer

from assistant.cli.options import AsJson, HomeDir, Offline, Quiet, desk, existing
from assistant.errors import ExitCode


def ingest(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Digests (.md) or folders of them.")],
    as_json: AsJson = False,
    offline: Offline = False,
    quiet: Quiet = False,
    home: HomeDir = None,
) -> None:
    """Read files and folders into the index; a bad file is reported and the rest goes on."""
    from assistant.index import translated
    from ingest import pipeline

    place = desk(as_json=as_json, offline=offline, quiet=quiet, home=home)
    named = [existing(path) for path in paths]
    started = time.perf_counter()
    index = place.index()
    counts: Counter[str] = Counter()
    with translated(place.settings.home):
        for outcome in pipeline.ingest(index, named, progress=place.progress, say=place.say):
            counts[outcome.status] += 1
            if place.as_json:
                place.emit(asdict(outcome))
            elif outcome.status != "unchanged":
                place.emit(
                    f"{outcome.status:9} {outcome.path}" + (f"  ({outcome.reason})" if outcome.reason else "")
                )
        if counts["added"] or counts["updated"]:
            pipeline.finish(index.home, index.catalog, index.embedder, progress=place.progress, say=place.say)
    seconds = round(time.perf_counter() - started, 2)
    summary = {status: counts[status] for status in ("added", "updated", "unchanged", "skipped", "failed")}
    if place.as_json:
        place.emit({"summary": summary, "seconds": seconds})
    else:
        place.emit(", ".join(f"{number} {status}" for status, number in summary.items()) + f" ({seconds} s)")
    if not (counts["added"] or counts["updated"] or counts["unchanged"]):
        raise typer.Exit(ExitCode.INPUT)
