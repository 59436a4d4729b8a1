"""The methods paragraph and the BibTeX of every source that a what-if used."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from assistant.kinetics import practical

if TYPE_CHECKING:
    from assistant.kinetics.whatif import Answered


def paragraph(done: Answered) -> str:
    """Model, solver, tolerances, draws and designs, ready to paste; citations as [@key]."""
    from assistant import __version__
    from assistant.kinetics.equations import STATES
    from assistant.kinetics.replay import fingerprint

    run, request = done.comparison.run, done.request
    counts: dict[str, int] = {}
    for p in request.a.parameters.values():
        counts[p.status] = counts.get(p.status, 0) + 1
    shares = ", ".join(f"{n} {status}" for status, n in sorted(counts.items(), key=lambda x: -x[1]))
    keys = "; ".join(f"@{key}" for key in sources(done))
    return (
        f"Methods. CAR-T kinetics were simulated with Senescope {__version__} (model {fingerprint()}): "
        f"{len(STATES)} ordinary differential equations for memory, effector, exhausted, senescent and "
        "quiescent CAR-T cells with their division burdens, two tumour clones and normal antigen-bearing "
        f"cells, over {run['days']:g} days. Design A was {request.a.name} and design B {request.b.name}. "
        f"Equations were integrated with {run['solver']} (relative tolerance {run['rtol']:g}, absolute "
        f"tolerance {run['atol']:g} cells). Of the {len(request.a.parameters)} parameters of A, by status: "
        f"{shares}. Uncertainty was propagated with {run['draws']} paired Latin-hypercube draws (seed "
        f"{run['seed']}) over the parameter ranges; intervals are the 5th to 95th percentile, and a "
        "direction is reported when half of the paired draws differ or more and "
        f"95 % of those agree; one below {practical.SAID}, is called too small to be seen. "
        "Sources of parameters, levers and measured values: "
        f"[{keys}]."
    )


def sources(done: Answered) -> dict[str, Mapping[str, Any]]:
    """BibTeX key -> citation, for every source of a parameter or a change, each paper once."""
    from assistant.kinetics.citations import cite, of_doi

    found: dict[str, Mapping[str, Any]] = {}
    listed: list[Mapping[str, Any] | None] = []
    for design in (done.request.a, done.request.b):
        listed += [cite(p.source.to_json()) for p in design.parameters.values() if p.source]
    listed += [c["because"] for c in done.changes if isinstance(c["because"], Mapping)]
    listed += [{**m["source"]} for m in done.comparison.measured if isinstance(m.get("source"), Mapping)]
    listed += [cite(f) for d in done.contested for f in d.findings]
    for citation in listed:
        if citation is None:
            continue
        for one in (citation, citation.get("number_from")):
            if one and (one.get("paper") or one.get("doi") or one.get("title")):
                known = of_doi(str(one["doi"])) if one.get("doi") and not one.get("paper") else {}
                # A record of clinical counts names its paper by DOI alone: the digest knows the rest.
                found.setdefault(_key({**one, **known}), {**one, **known})
    return found


def _key(citation: Mapping[str, Any]) -> str:
    name = citation.get("paper") or citation.get("doi") or citation.get("title") or "source"
    return re.sub(r"[^A-Za-z0-9-]+", "-", str(name))[:60].strip("-")


def bibtex(done: Answered) -> str:
    """One entry a source; a field that is not known is left out, never invented."""
    return "\n\n".join(_entry(key, c) for key, c in sources(done).items()) + "\n"


_NAMED = re.compile(r"(?:^|\()(?P<who>[A-Z][\w'-]+) (?P<year>(?:19|20)\d\d)(?:,|\)$)")
"""First author and year where a source is known by a name such as "Stein 2019" only."""


def _entry(key: str, citation: Mapping[str, Any]) -> str:
    authors = [str(a) for a in citation.get("authors") or ()]
    authors = [] if authors == ["et al."] else authors
    named = _NAMED.search(str(citation.get("title") or ""))
    year = citation.get("year")
    if named and not authors and not year:
        authors, year = [f"{named['who']}", "et al."], named["year"]
    fields = {
        "author": " and ".join("others" if a == "et al." else a for a in authors),
        "title": citation.get("title"),
        "journal": citation.get("journal"),
        "year": year,
        "doi": citation.get("doi"),
        "url": None if citation.get("doi") else citation.get("url"),
        "note": f"PMCID {citation['pmcid']}" if citation.get("pmcid") else None,
    }
    body = ",\n".join(f"  {name} = {{{_escaped(str(value))}}}" for name, value in fields.items() if value)
    return f"@{'article' if citation.get('journal') else 'misc'}{{{key},\n{body}\n}}"


def _escaped(text: str) -> str:
    return re.sub(r"([&%$#_])", r"\\\1", text).replace("{", "").replace("}", "")
