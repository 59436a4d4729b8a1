"""`senescope corpus audit`: does every paper still stand, and do saved answers still hold?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import typer

from assistant.cli.options import Desk, at_desk
from assistant.cli.services import counter, services
from assistant.errors import ExitCode

if TYPE_CHECKING:
    from assistant.sessions.quotes import SavedQuote
    from ingest.audit import Checked
    from ingest.documents import Paper
    from ingest.pipeline import Index

_OLD = 180
"""Days after which a check is called old."""


@at_desk
def audit(place: Desk) -> None:
    """Check every paper for retractions, concerns and corrections, and every saved quote against its paper.

    Asks Europe PMC and Crossref; with --offline it reports what is known, and how old that is.
    """
    from assistant.index import translated
    from assistant.sessions.quotes import saved_quotes
    from assistant.sessions.store import SessionStore

    index = place.index()
    online = not place.settings.switch("offline")
    with translated(place.settings.home):
        checked = _ask(place, index) if online else []
        papers = index.catalog.papers()
        store = SessionStore.open(place.settings.home)
        try:
            quotes = list(saved_quotes(store, index.catalog))
        finally:
            store.close()
        facts = _facts(index, papers, checked, quotes, online)
    place.emit(facts if place.as_json else _readable(facts))
    if checked and all(c.standing.failed and not c.standing.asked for c in checked):
        raise typer.Exit(ExitCode.ENVIRONMENT)


def _ask(place: Desk, index: Index) -> list[Checked]:
    from ingest import pipeline
    from ingest.audit import can_be_asked, check

    papers = can_be_asked(index.catalog.papers())
    checked: list[Checked] = []
    with services(place) as asked:
        try:
            for one in check(
                index.catalog,
                papers,
                asked.europepmc,
                asked.crossref,
                asked.now().date(),
                counter(place, "checking papers"),
            ):
                checked.append(one)
        finally:
            if any(one.paper.retraction != one.before for one in checked):
                pipeline.finish(
                    index.home, index.catalog, index.embedder, progress=place.progress, say=place.say
                )
    return checked


def _facts(
    index: Index,
    papers: Sequence[Paper],
    checked: Sequence[Checked],
    quotes: Sequence[SavedQuote],
    online: bool,
) -> dict[str, Any]:
    from ingest.audit import STATES, age, can_be_asked, witnesses

    today = datetime.now(UTC).date()
    counts = Counter(paper.retraction for paper in papers)
    sources = witnesses(index.catalog)
    told = {one.paper.id: one for one in checked}
    ages = [days for paper in papers if (days := age(paper, today)) is not None]
    return {
        "version": 1,
        "online": online,
        "papers": len(papers),
        "without_identifier": len(papers) - len(can_be_asked(papers)),
        "states": {state: counts[state] for state in STATES},
        "checks": {
            "never": sum(1 for paper in papers if not paper.retraction_checked),
            "oldest_days": max(ages, default=None),
            "old": sum(1 for days in ages if days > _OLD),
        },
        "concerned": [
            _paper(paper, told.get(paper.id), sources, today)
            for paper in papers
            if paper.retraction in ("retracted", "concern", "corrected")
        ],
        "changed": [
            {"paper": one.paper.id, "from": one.before, "to": one.paper.retraction}
            for one in checked
            if one.before != one.paper.retraction
        ],
        "mismatches": [
            {"paper": one.paper.id, "what": what} for one in checked for what in one.standing.mismatches
        ],
        "not_found": [one.paper.id for one in checked if not one.standing.asked and not one.standing.failed],
        "failed": sorted({what for one in checked for what in one.standing.failed}),
        "quotes": {
            "saved": len(quotes),
            **{fate: sum(1 for q in quotes if q.fate == fate) for fate in ("same", "moved", "gone")},
        },
        "drifted": [asdict(quote) for quote in quotes if quote.fate != "same"],
        "answers": _answers(quotes),
        "parameters": _parameters(index),
    }


def _paper(paper: Paper, one: Checked | None, sources: dict[str, str], today: date) -> dict[str, Any]:
    from ingest.audit import age

    return {
        "paper": paper.id,
        "title": paper.title,
        "state": paper.retraction,
        "checked": paper.retraction_checked,
        "age_days": age(paper, today),
        "source": sources.get(paper.id),
        "notices": [asdict(flag) for flag in one.standing.flags] if one is not None else [],
    }


def _answers(quotes: Sequence[SavedQuote]) -> list[dict[str, Any]]:
    """Saved answers that rest on a paper which does not stand as it did."""
    found: dict[tuple[str, int, str], dict[str, Any]] = {}
    for quote in quotes:
        if quote.retraction in ("retracted", "concern"):
            found[quote.session, quote.n, quote.paper] = {
                "session": quote.session,
                "n": quote.n,
                "question": quote.question,
                "paper": quote.paper,
                "state": quote.retraction,
                "state_then": quote.retraction_then,
            }
    return list(found.values())


def _parameters(index: Index) -> list[dict[str, Any]]:
    """Parameters of the kinetic model whose source does not stand as it did."""
    from assistant.kinetics.parameters import COLUMNS, column

    found: dict[tuple[str, str], dict[str, Any]] = {}
    for base in COLUMNS[1:]:  # the common ones are a part of each
        for parameter in column(base).values():
            if parameter.source is None:
                continue
            named = [parameter.source.paper] if parameter.source.paper else []
            doi = parameter.source.doi
            named += index.catalog.find(doi.lower() if doi else None, None, None)
            for paper in filter(None, map(index.catalog.paper, dict.fromkeys(filter(None, named)))):
                if paper.retraction in ("retracted", "concern"):
                    told = {"parameter": parameter.key, "paper": paper.id, "state": paper.retraction}
                    found[parameter.key, paper.id] = told
    return list(found.values())


def _readable(facts: dict[str, Any]) -> str:
    from ingest.audit import WORDS

    lines = [
        f"{facts['papers']} papers, "
        + ("asked about today" if facts["online"] else "as known (offline: nobody was asked)")
        + f"; {facts['without_identifier']} have no identifier and cannot be asked about"
    ]
    lines += [f"{count:6}  {WORDS[state]}" for state, count in facts["states"].items()]
    checks = facts["checks"]
    oldest = (
        "" if checks["oldest_days"] is None else f"; the oldest check is {checks['oldest_days']} days old"
    )
    lines.append(f"never checked: {checks['never']}; older than {_OLD} days: {checks['old']}{oldest}")
    for paper in facts["concerned"]:
        lines.append(
            f"{paper['state'].upper():9}  {paper['paper']}  {paper['title'][:80]}"
            f"  (checked {paper['checked'] or 'never'}, {paper['source'] or 'as the paper was read'})"
        )
        for flag in paper["notices"]:
            told = " ".join(str(part) for part in (flag["notice"], flag["date"]) if part)
            lines.append(f"           {flag['state']} says {flag['source']}{f': {told}' if told else ''}")
    lines += [f"changed    {c['paper']}: {c['from']} -> {c['to']}" for c in facts["changed"]]
    lines += [f"mismatch   {m['paper']}: {m['what']}" for m in facts["mismatches"]]
    if facts["not_found"]:
        lines.append(f"not known to any service: {', '.join(facts['not_found'])}")
    lines += [f"not asked: {what}" for what in facts["failed"]]
    quotes = facts["quotes"]
    fates = ", ".join(f"{quotes[fate]} {fate}" for fate in ("same", "moved", "gone"))
    lines.append(f"{quotes['saved']} saved quotes: {fates}")
    lines += [
        f"{q['fate']:9}  {q['session']} turn {q['n']}: {q['passage']}  {q['quote'][:70]!r}"
        for q in facts["drifted"]
    ]
    lines += [
        f"rests on a {a['state']} paper: {a['session']} turn {a['n']}, {a['paper']}  {a['question'][:70]!r}"
        for a in facts["answers"]
    ]
    lines += [
        f"rests on a {p['state']} paper: parameter {p['parameter']} of the model, {p['paper']}"
        for p in facts["parameters"]
    ]
    return "\n".join(lines)
