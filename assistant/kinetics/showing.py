"""One parameter, design or lever in full, with the sentences that justify it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any

from assistant.errors import InputError
from assistant.kinetics import designs, doubts, levers
from assistant.kinetics.citations import cite, short
from assistant.kinetics.equations import PARAMETERS
from assistant.kinetics.parameters import Parameter, column, meanings, nearest
from assistant.kinetics.sentences import number


@dataclass(frozen=True, slots=True)
class Shown:
    """The same thing as text and as JSON."""

    text: str
    data: dict[str, Any]


def describe(name: str) -> Shown:
    """What `name` is; InputError offers the nearest name."""
    if name in PARAMETERS:
        return _parameter(name)
    design = next((d for d in designs.names() if name in (d, *designs.synonyms(d))), None)
    if design is not None:
        return _design(design)
    with contextlib.suppress(InputError):  # not a lever either: a composed design or a file is left
        return _lever(levers.load(name))
    if "+" in name or name.endswith(".toml"):
        return _design(name)
    near = nearest(name, (*PARAMETERS, *designs.names(), *levers.names()))
    raise InputError(
        f"{name!r} is neither a parameter, a design nor a lever.",
        hint=(f"did you mean {near!r}? " if near else "")
        + "`senescope model designs` and `model parameters` list them.",
    )


def _parameter(name: str) -> Shown:
    meaning = meanings()[name]
    lines = [f"{name}: {meaning.text} ({meaning.unit})", f"kind: {meaning.kind}", ""]
    data: dict[str, Any] = {
        "version": 1,
        "parameter": name,
        "meaning": meaning.text,
        "unit": meaning.unit,
        "kind": meaning.kind,
    }
    for base in ("bbz", "28z"):
        p = column(base)[name]
        entry = p.to_json()
        entry["source"] = cite(entry["source"])
        data[base] = entry
        lines += [f"{base}: {_value(p)}", *_reason(entry["source"], p.note), ""]
    data["levers"] = [v for v in levers.names() if any(e.parameter == name for e in levers.load(v).effects)]
    if data["levers"]:
        lines.append("moved by the levers: " + ", ".join(data["levers"]))
    return Shown("\n".join(lines).rstrip() + "\n", data)


def _value(p: Parameter) -> str:
    unit = "" if p.unit == "1" else f" {p.unit}"
    span = f", plausible {number(p.low)} to {number(p.high)}{unit}" if p.low != p.high else ""
    return f"{number(p.value)}{unit} ({p.status}){span}"


def _reason(source: dict[str, Any] | None, note: str) -> list[str]:
    lines = []
    if source is not None:
        lines.append(f"  {short(source)}" + (f" [{source['passage']}]" if source.get("passage") else ""))
        if source.get("quote"):
            lines.append(f'  "{source["quote"]}"')
        number_from = source.get("number_from")
        if number_from:
            lines.append(
                f"  number from doi {number_from['doi']}"
                + (f", {number_from['table']}" if number_from.get("table") else "")
            )
        elif source.get("doi"):
            lines.append(f"  doi {source['doi']}" + (f", {source['table']}" if source.get("table") else ""))
    if note:
        lines.append(f"  note: {note}")
    return lines


def _design(name: str) -> Shown:
    from assistant.kinetics.scheduling import describe as event_text

    design = designs.load(name)
    base = column(design.base)
    own = {n: p for n, p in design.parameters.items() if p.value != base[n].value or p.effects}
    lines = [f"{design.id}: {design.name}", f"costimulation column: {design.base}"]
    if design.product:
        lines.append(f"compared with measurements of {design.product}")
    lines += [f"event: {event_text(e)}" for e in design.events]
    lines += ["", "differs from the column in:" if own else "the column as it stands"]
    for p in own.values():
        source = cite(p.source.to_json()) if p.source else None
        lines += [f"- {p.name}: {_value(p)}, {meanings()[p.name].text}", *_reason(source, p.note)]
    lines += [f"warning: {w}" for w in design.warnings]
    against = [d for layer in design.layers for d in doubts.of_lever(layer, design.base)]
    lines += [f"against it: {d.said}" for d in against]
    data = {
        "version": 1,
        "design": design.id,
        "name": design.name,
        "base": design.base,
        "layers": list(design.layers),
        "product": design.product,
        "events": [e.to_json() for e in design.events],
        "parameters": {n: _json(p) for n, p in own.items()},
        "warnings": list(design.warnings),
        "contested": [d.to_json() for d in against],
        "note": design.note,
    }
    return Shown("\n".join(lines) + "\n", data)


def _json(p: Parameter) -> dict[str, Any]:
    return {**p.to_json(), "source": cite(p.source.to_json()) if p.source else None}


def _lever(lever: levers.Lever) -> Shown:
    from assistant.kinetics.scheduling import describe as event_text

    lines = [f"{lever.id}: {lever.name}"]
    effects = []
    for e in lever.effects:
        unit = (
            ""
            if e.operation == "times" or meanings()[e.parameter].unit == "1"
            else f" {meanings()[e.parameter].unit}"
        )
        sign = {"times": "x", "add": "+", "set": "= "}[e.operation]
        cited = [cite(f) or {} for f in e.findings]
        lines.append(
            f"- {e.parameter} {sign}{number(e.value)}{unit} (range {number(e.low)} to {number(e.high)}): "
            f"{e.note or e.status}"
        )
        lines += [f'    {short(c)} [{c.get("passage")}]: "{c.get("quote")}"' for c in cited]
        effects.append(
            {
                "parameter": e.parameter,
                "operation": e.operation,
                "value": e.value,
                "low": e.low,
                "high": e.high,
                "status": e.status,
                "note": e.note,
                "because": cited or "assumed",
            }
        )
    lines += [f"- {event_text(e)}" for e in lever.events]
    lines += [f"note: {lever.note}"] if lever.note else []
    cited = [cite(f) or {} for f in lever.event_findings]
    lines += [f'    {short(c)} [{c.get("passage")}]: "{c.get("quote")}"' for c in cited]
    against = doubts.of_lever(lever.id)
    lines += [f"against it: {d.said}" for d in against]
    data = {
        "version": 1,
        "lever": lever.id,
        "name": lever.name,
        "synonyms": list(lever.synonyms),
        "bases": list(lever.bases),
        "effects": effects,
        "events": [e.to_json() for e in lever.events],
        "note": lever.note,
        "because": cited or "assumed",
        "conflict": lever.conflict,
        "contested": [d.to_json() for d in against],
    }
    return Shown("\n".join(lines) + "\n", data)
