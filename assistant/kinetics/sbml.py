"""A design as SBML Level 3 Version 2 or Antimony: any SBML simulator then gives the same curves.

Species carry the names of the equations in cells (burdens in divisions x cells), the rate rules are the
equations, doses, rests and pulses are events up to a horizon, and the tumour's clearance below one cell
is an event of its own. Values, units and sources travel as notes. The writer needs no SBML library.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from assistant.errors import EnvironmentFault, InputError
from assistant.kinetics import equations as eq
from assistant.kinetics.designs import Design
from assistant.kinetics.events import Schedule, schedule
from assistant.kinetics.formulas import (
    ASSIGNED,
    CLEARED,
    DEPLETED,
    FUNCTIONS,
    GRAFTED,
    INDUCED,
    INFUSION,
    RATES,
)

HORIZON = 1095.0
"""Days up to which repeated events are written out."""
_UNITS = {
    "1/day": "per_day", "cells": "item", "molecules": "item", "divisions": "dimensionless",
    "1": "dimensionless", "day": "day", "cells/uL": "item_per_uL", "uL": "uL",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of the export: at a time, these quantities get these formulas."""

    id: str
    time: float
    assignments: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Export:
    """Everything that either writer needs."""

    id: str
    name: str
    notes: str
    initial: Mapping[str, float]
    parameters: Mapping[str, float]
    varying: frozenset[str]
    """Parameters that events change."""
    happenings: tuple[Happening, ...]


def write(design: Design, path: Path, *, days: float = HORIZON) -> None:
    """Write SBML (.xml, .sbml) or Antimony (.ant) by the ending of the name."""
    ending = path.suffix.lower()
    if ending not in (".xml", ".sbml", ".ant"):
        raise InputError(
            f"{path.name!r} ends neither in .xml nor in .ant.", hint="Use .xml for SBML, .ant for Antimony."
        )
    text = antimony(design, days=days) if ending == ".ant" else sbml(design, days=days)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise EnvironmentFault(
            f"cannot write {str(path)!r}: {problem}", hint="Check the folder and the disk."
        ) from problem


def prepare(design: Design, days: float = HORIZON) -> Export:
    """The design's numbers, its state at time 0 after the first events, and what happens later."""
    p = design.vector()
    plan = schedule(design.events, days)
    v, y = np.zeros(eq.N_VECTOR), np.zeros(eq.N_STATES)
    v[: eq.N_PARAMETERS] = p * plan.factor[0] + plan.offset[0]
    eq.derive(v)
    eq.start(v, y)
    eq.jump(v, y, plan.jumps[0])
    happenings = tuple(_happenings(p, plan))
    varying = frozenset(n for h in happenings for n in h.assignments if n in eq.PARAMETERS)
    safe = "".join(c if c.isalnum() else "_" for c in design.id)
    return Export(
        id=f"senescope_{safe}",
        name=design.name,
        notes=f"Senescope, design {design.id}. Time in days, cells in the whole body. {design.note}".strip(),
        initial=dict(zip(eq.STATES, (float(x) for x in y), strict=True)),
        parameters=dict(zip(eq.PARAMETERS, (float(x) for x in v[: eq.N_PARAMETERS]), strict=True)),
        varying=varying,
        happenings=happenings,
    )


def _happenings(p: eq.Vector, plan: Schedule) -> Iterator[Happening]:
    before = p * plan.factor[0] + plan.offset[0]
    for i in range(1, len(plan.bounds) - 1):
        now = p * plan.factor[i] + plan.offset[i]
        assignments = {eq.PARAMETERS[j]: repr(float(now[j])) for j in np.flatnonzero(now != before)}
        assignments |= _jumps(plan.jumps[i], float(now[eq.DOSE]))
        if assignments:
            yield Happening(f"day_{len(str(i))}_{i}", float(plan.bounds[i]), assignments)
        before = now


def _jumps(jumps: eq.Vector, dose: float) -> dict[str, str]:
    """Formulas for cells infused, made senescent and removed at one moment, in the engine's order."""
    cells, multiple, induced, depleted = (float(x) for x in jumps)
    out: dict[str, str] = {}
    if depleted:
        out |= {s: f"{1.0 - depleted!r}*{s}" for s in DEPLETED}
    if induced:
        parts = {s: out.get(s, s) for s in (*INDUCED, "S")}
        out["S"] = f"{parts['S']} + {induced!r}*({parts['M']} + {parts['E']} + {parts['X']})"
        out |= {s: f"{1.0 - induced!r}*({parts[s]})" for s in INDUCED}
    amount = cells + multiple * dose
    if amount:
        grafted = GRAFTED.format(cells=repr(amount))
        out |= {s: f"{out.get(s, s)} + {grafted}*{share}" for s, share in INFUSION.items()}
    return out


def expand(formula: str) -> str:
    """A formula with the small functions written out."""
    tree = ast.parse(formula, mode="eval")
    return ast.unparse(_Inliner().visit(tree))


class _Inliner(ast.NodeTransformer):
    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Replace a call of one of our functions by its body."""
        self.generic_visit(node)
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTIONS:
            return node
        arguments, body = FUNCTIONS[name]
        given = dict(zip(arguments, node.args, strict=True))
        filled: ast.AST = _Filler(given).visit(ast.parse(body, mode="eval").body)
        return filled


class _Filler(ast.NodeTransformer):
    def __init__(self, given: Mapping[str, ast.expr]) -> None:
        self._given = given

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """Put the argument in."""
        return self._given.get(node.id, node)


def antimony(design: Design, *, days: float = HORIZON) -> str:
    """The design as an Antimony model."""
    x = prepare(design, days)
    lines = [f"// {x.notes}", f"model {x.id}", "  compartment body = 1;"]
    lines += [f"  substanceOnly species {s} in body = {v!r};" for s, v in x.initial.items()]
    lines += [f"  {n} = {v!r};{_remark(design, n)}" for n, v in x.parameters.items()]
    lines += [f"  {n} := {_infix(expand(f))};" for n, f in ASSIGNED]
    lines += [f"  {s}' = {_infix(expand(f))};" for s, f in RATES.items()]
    for h in x.happenings:
        does = ", ".join(f"{n} = {_infix(f)}" for n, f in h.assignments.items())
        lines.append(f"  {h.id}: at (time >= {h.time!r}), t0=false: {does};")
    lines.append(f"  cleared: at ({CLEARED}), t0=true: H = 0, L = 0;")
    return "\n".join([*lines, "end", "", f"{x.id} is {_quoted(x.name)};", ""])


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "'") + '"'


def _remark(design: Design, name: str) -> str:
    p = design.parameters[name]
    source = (p.source.finding or p.source.doi or "") if p.source else ""
    return f" // {p.unit}, {p.status}{', ' + source if source else ''}"


def _infix(formula: str) -> str:
    return formula.replace("**", "^")


def sbml(design: Design, *, days: float = HORIZON) -> str:
    """The design as an SBML Level 3 Version 2 document."""
    x = prepare(design, days)
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2">',
        f'<model id="{x.id}" name={quoteattr(x.name)} '
        'timeUnits="day" substanceUnits="item" extentUnits="item">',
        _notes(x.notes),
        _unit_definitions(),
        "<listOfCompartments>",
        '<compartment id="body" spatialDimensions="3" size="1" constant="true"/>',
        "</listOfCompartments>",
        "<listOfSpecies>",
        *(_species(s, v) for s, v in x.initial.items()),
        "</listOfSpecies>",
        "<listOfParameters>",
        *(_parameter(design, n, v, n not in x.varying) for n, v in x.parameters.items()),
        *(f'<parameter id="{n}" constant="false"/>' for n, _ in ASSIGNED),
        "</listOfParameters>",
        "<listOfRules>",
        *(f'<assignmentRule variable="{n}">{mathml(f)}</assignmentRule>' for n, f in ASSIGNED),
        *(f'<rateRule variable="{s}">{mathml(f)}</rateRule>' for s, f in RATES.items()),
        "</listOfRules>",
        "<listOfEvents>",
        *(_event(h.id, f"time >= {h.time!r}", h.assignments, initial=False) for h in x.happenings),
        _event("cleared", CLEARED, {"H": "0", "L": "0"}, initial=True),
        "</listOfEvents>",
        "</model>",
        "</sbml>",
    ]
    return "\n".join(parts) + "\n"


def _unit_definitions() -> str:
    """The units of the model in the base units of SBML."""
    day, microlitre = ("second", 0, 86400), ("litre", -6, 1)
    definitions = {
        "day": ((*day, 1),),
        "per_day": ((*day, -1),),
        "uL": ((*microlitre, 1),),
        "item_per_uL": (("item", 0, 1, 1), (*microlitre, -1)),
    }
    lines = ["<listOfUnitDefinitions>"]
    for identity, units in definitions.items():
        listed = "".join(
            f'<unit kind="{kind}" exponent="{power}" scale="{scale}" multiplier="{factor}"/>'
            for kind, scale, factor, power in units
        )
        lines.append(f'<unitDefinition id="{identity}"><listOfUnits>{listed}</listOfUnits></unitDefinition>')
    return "\n".join([*lines, "</listOfUnitDefinitions>"])


def _notes(text: str) -> str:
    return f'<notes><p xmlns="http://www.w3.org/1999/xhtml">{escape(text)}</p></notes>'


def _species(name: str, value: float) -> str:
    return (
        f'<species id="{name}" name={quoteattr(eq.STATE_MEANING[name])} compartment="body" '
        f'initialAmount="{value!r}" '
        'substanceUnits="item" hasOnlySubstanceUnits="true" boundaryCondition="false" constant="false"/>'
    )


def _parameter(design: Design, name: str, value: float, constant: bool) -> str:
    from assistant.kinetics.parameters import meanings

    p = design.parameters[name]
    source = (p.source.finding or "", p.source.doi or "", p.source.table or "") if p.source else ()
    text = "; ".join(
        t for t in (f"{p.unit}, {p.status}, plausible {p.low:g} to {p.high:g}", *source, p.note) if t
    )
    return (
        f'<parameter id="{name}" name={quoteattr(meanings()[name].text)} value="{value!r}" '
        f'units="{_UNITS[p.unit]}" '
        f'constant="{"true" if constant else "false"}">{_notes(text)}</parameter>'
    )


def _event(identity: str, trigger: str, assignments: Mapping[str, str], *, initial: bool) -> str:
    # initialValue true: an event whose trigger holds at time 0 already does not fire then.
    value = "true" if initial else "false"
    does = "".join(
        f'<eventAssignment variable="{n}">{mathml(f)}</eventAssignment>' for n, f in assignments.items()
    )
    return (
        f'<event id="{identity}" useValuesFromTriggerTime="true">'
        f'<trigger initialValue="{value}" persistent="true">'
        f"{mathml(trigger)}</trigger><listOfEventAssignments>{does}</listOfEventAssignments></event>"
    )


def mathml(formula: str) -> str:
    """A formula as MathML."""
    body = _ml(ast.parse(expand(formula), mode="eval").body)
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML">{body}</math>'


_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "plus", ast.Sub: "minus", ast.Mult: "times", ast.Div: "divide", ast.Pow: "power",
    ast.Gt: "gt", ast.GtE: "geq", ast.Lt: "lt", ast.LtE: "leq",
}  # fmt: skip


def _ml(node: ast.expr) -> str:
    if isinstance(node, ast.BinOp):
        return f"<apply><{_OPERATORS[type(node.op)]}/>{_ml(node.left)}{_ml(node.right)}</apply>"
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return f"<apply><minus/>{_ml(node.operand)}</apply>"
    if isinstance(node, ast.Compare):
        return f"<apply><{_OPERATORS[type(node.ops[0])]}/>{_ml(node.left)}{_ml(node.comparators[0])}</apply>"
    if isinstance(node, ast.Name):
        if node.id == "time":
            return '<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/time">time</csymbol>'
        return f"<ci>{node.id}</ci>"
    if isinstance(node, ast.Constant):
        return _cn(float(node.value))  # type: ignore[arg-type]  # formulas hold numbers only
    assert isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    parts = [_ml(a) for a in node.args]
    if node.func.id == "piecewise":
        return f"<piecewise><piece>{parts[0]}{parts[1]}</piece><otherwise>{parts[2]}</otherwise></piecewise>"
    return f"<apply><{node.func.id}/>{''.join(parts)}</apply>"


def _cn(value: float) -> str:
    mantissa, _, exponent = repr(value).partition("e")
    if exponent:
        return f'<cn type="e-notation">{mantissa}<sep/>{int(exponent)}</cn>'
    return f"<cn>{mantissa}</cn>"
