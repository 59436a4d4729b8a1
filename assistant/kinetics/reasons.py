"""Why a what-if has its numbers: every change with the finding behind it, or "assumed", or "user"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.kinetics.designs import Design
    from assistant.kinetics.requests import Request


def label(request: Request, side: str, changes: Sequence[Mapping[str, Any]]) -> str:
    """A design's name with what was laid over it: "CD28-zeta CAR, dose 5e7 cells".

    A lever whose events are told on their own is not named besides: its name holds the shipped schedule.
    """
    from assistant.kinetics import levers
    from assistant.kinetics.sentences import number

    base, design = (request.base_a, request.a) if side == "A" else (request.base_b, request.b)
    own = [c for c in changes if c["design"] in (side, "A and B")]
    told = {c["by"] for c in changes if "event" in c}
    laid = [levers.load(v).name for v in design.layers if v not in base.layers and v not in told]
    parts = [" + ".join((base.name, *laid))]
    words = request.understood.changes if request.understood else ()
    parts += [c.said for c in words if c.side in (side, "both") and c.lever_effects()]
    for change in own:
        if "event" in change:
            parts.append(_when(change))
        elif change["by"] == "user":
            unit = "" if change["unit"] == "1" else f" {change['unit']}"
            parts.append(f"{change['parameter']} {number(change['to'])}{unit}")
    return ", ".join(dict.fromkeys(parts))


def _when(change: Mapping[str, Any]) -> str:
    """An event in words; a pulse by the lever that it stands for, not by the parameter that it moves."""
    from assistant.kinetics import levers
    from assistant.kinetics.events import Event
    from assistant.kinetics.scheduling import timing

    if change["event"]["kind"] != "pulse" or change["by"] not in levers.names():
        return str(change["meaning"])
    given = {k: v for k, v in change["event"].items() if v is not None}
    return f"{change['by']}{timing(Event(**given))}"


def explain(request: Request) -> list[dict[str, Any]]:
    """Every parameter change with its reason: per side what was asked for, then how the designs differ."""
    from assistant.kinetics.citations import cite
    from assistant.kinetics.equations import PARAMETERS
    from assistant.kinetics.parameters import meanings

    found: list[dict[str, Any]] = []
    for side, base, final in (("A", request.base_a, request.a), ("B", request.base_b, request.b)):
        for name in PARAMETERS:
            before, after = base.parameters[name], final.parameters[name]
            if before.effects == after.effects:
                continue
            found.append(
                {
                    "parameter": name,
                    "from": before.value,
                    "to": after.value,
                    "unit": after.unit,
                    "because": _reason(after.effects[-1], request.guessed),
                    "design": side,
                    "meaning": meanings()[name].text,
                    "by": after.effects[-1].by,
                    "note": after.effects[-1].note,
                }
            )
        found += _events(side, base, final)
    found = _merged(found)
    for name in PARAMETERS:
        one, two = request.base_a.parameters[name], request.base_b.parameters[name]
        if one.value == two.value:
            continue
        source = two.source or one.source
        found.append(
            {
                "parameter": name,
                "from": one.value,
                "to": two.value,
                "unit": two.unit,
                "because": cite(source.to_json()) if source else "assumed",
                "design": "A to B",
                "meaning": meanings()[name].text,
                "by": "designs",
                "status": [one.status, two.status],
            }
        )
    return found


def _reason(effect: Any, guessed: frozenset[str]) -> dict[str, Any] | str:
    from assistant.kinetics.citations import cite

    if effect.by == "shares":
        return "user"
    if effect.by == "user":
        return "assumed" if effect.parameter in guessed else "user"
    if effect.findings:
        return {
            **(cite(effect.findings[0]) or {}),
            "supports": "direction",
            "size": "assumed",
            "note": effect.note,
        }
    return "assumed"


def _events(side: str, base: Design, final: Design) -> list[dict[str, Any]]:
    """Events that the changes brought, as changes with a text."""
    from assistant.kinetics import levers
    from assistant.kinetics.citations import cite
    from assistant.kinetics.scheduling import describe

    out: list[dict[str, Any]] = []
    for event in final.events:
        if event in base.events:
            continue
        size = {
            "dose": event.cells or event.multiple,
            "lymphodepletion": 1.0,
            "pulse": event.add or event.times,
        }
        because: dict[str, Any] | str = "user"
        if event.because in levers.names():
            lever = levers.load(event.because)
            because = (
                {
                    **(cite(lever.event_findings[0]) or {}),
                    "supports": "direction",
                    "size": "assumed" if event in lever.events else "user",
                    "note": lever.note if event in lever.events else "the schedule is set by the user",
                }
                if lever.event_findings
                else "assumed"
            )
        out.append(
            {
                "parameter": event.parameter or event.kind,
                "from": 0.0,
                "to": float(size.get(event.kind, event.share)),
                "unit": "cells" if event.cells is not None else "1",
                "because": because,
                "design": side,
                "meaning": describe(event),
                "by": event.because,
                "event": event.to_json(),
            }
        )
    return out


def _merged(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same change in both designs, once."""
    out: list[dict[str, Any]] = []
    for change in found:
        twin = next(
            (
                o
                for o in out
                if o["design"] != change["design"]
                and all(o[k] == change[k] for k in ("parameter", "to", "meaning", "by"))
                and o["from"] == change["from"]
            ),
            None,
        )
        if twin is not None:
            twin["design"] = "A and B"
        else:
            out.append(change)
    return out
