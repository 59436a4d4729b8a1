"""Values told without a name: what "1e8 instead of 1e7" or "one-day vs two-week culture" is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.kinetics.clauses import Clause, is_sized, is_timed
from assistant.kinetics.framing import Frame
from assistant.kinetics.notes import Notes
from assistant.kinetics.words import Item, vocabulary

_SHARES = {"senescent_fraction_d28": "senescent-share", "exhausted_fraction_d28": "exhausted-share"}
"""A percentage of such cells is a product: "starts with 30 % senescent cells"."""
_WHEN = ("every", "day", "until", "window")
_UNIT_NAMES = {"cells": "dose", "cells/kg": "dose", "molecules": "antigen"}
"""What a bare value with a unit is about when nothing is named."""
_MOST_INFUSED = 2e10
"""Cells; no product holds more."""
_DOSES = (1e5, 2e9)
"""Cells: a bare number in between, told of a product, is a dose; only a tumour has such values besides."""


def borrowed(clause: Clause, clauses: Sequence[Clause], shape: Frame, notes: Notes) -> list[Item]:
    """The name that a clause of amounts alone is about: from the other side, or from its unit."""
    cycle = next((i for i in clause.items if i.amount is not None and i.amount.kind == "cycle"), None)
    if cycle is not None:
        return [Item("layer", cycle.start, cycle.start, cycle.text, "dasatinib-rest")]
    lengths = _lengths(clause, clauses) if shape.compared else []
    if lengths:
        return lengths
    sized = [
        i
        for i in clause.items
        if i.kind == "level" or (i.amount and i.amount.kind in ("number", "fold", "percent"))
    ]
    if not sized:
        return []
    shares = [_SHARES[i.name] for i in clause.items if i.kind == "outcome" and i.name in _SHARES]
    if shares and any(i.amount is not None and i.amount.kind == "percent" for i in sized):
        return [Item("concept", sized[0].start, sized[0].start, sized[0].text, shares[0])]
    placed = clause.lead == "under" and any(i.amount and i.amount.unit in _UNIT_NAMES for i in sized)
    if shape.compared and not placed:
        told = [c for c in clauses if c.part != clause.part and is_sized(c)]
        others = [n for c in told for n in c.names if n.kind == "concept"]
        if others:
            nearest = others[-1] if clause.part == "right" else others[0]
            return [replace(nearest, start=sized[0].start, end=sized[0].end, text=nearest.text)]
    tumour = _tumour(clause, clauses)
    others = [i for c in clauses if c.part != clause.part and not c.names for i in c.amounts]
    unit = next((i.amount.unit for i in others if i.amount is not None and i.amount.unit), "")
    for item in sized:
        name = _UNIT_NAMES.get(item.amount.unit or unit, "") if item.amount else ""
        if not name and item.amount and _is_dose(item) and not unit and tumour is None and len(sized) == 1:
            name = "dose"
        if name == "dose" and tumour is None and item.amount and item.amount.value > _MOST_INFUSED:
            name = ""  # as many cells are a tumour, and none was named
        if name == "dose" and tumour is not None:
            notes.used.add(tumour.start)
            name = "burden"
        if name:
            notes.assumed.append(f"'{item.text}' read as {vocabulary().concepts[name].label}")
            return [Item("concept", item.start, item.start, item.text, name)]
    return []


def _lengths(clause: Clause, clauses: Sequence[Clause]) -> list[Item]:
    """The name that a clause of a length alone shares: "one-day vs two-week culture"."""
    spans = [i for i in clause.items if i.amount is not None and i.amount.kind == "duration"]
    alone = spans and len(clause.items) == len(spans) + len(clause.designs)
    if not alone or clause.lead not in ("", "with"):
        return []
    timed = next((n for c in clauses if c.part != clause.part for n in c.names if is_timed(n)), None)
    if timed is None:
        return []
    told = [s for c in clauses if timed in c.names for s in c.amounts]
    # "3-day vs 5-day rest every two weeks": both are every two weeks.
    clause.items += [s for s in told if s.amount and s.amount.kind in _WHEN]
    return [replace(timed, start=spans[0].start, end=spans[0].end)]


def _is_dose(item: Item) -> bool:
    amount = item.amount
    return (
        amount is not None
        and amount.kind == "number"
        and not amount.unit
        and _DOSES[0] <= amount.value <= _DOSES[1]
    )


def _tumour(clause: Clause, clauses: Sequence[Clause]) -> Item | None:
    """The bare word "tumour" that a number of cells belongs to: "a tumour of 1e12 cells"."""
    before = clauses[: next(n for n, c in enumerate(clauses) if c is clause)]
    last = before[-1].items[-1:] if before and before[-1].part == clause.part else []
    near = [*clause.items, *last]
    return next((i for i in near if i.kind == "outcome" and i.name == "tumour_nadir"), None)
