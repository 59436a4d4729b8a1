"""A what-if from request to answer: two designs, the runs, the changes with their reasons, one sentence.

The command line, the chat and `ask` all go through here, so that the same words give the same object.
A is what was asked for and B the reference; the difference is A minus B.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from assistant.errors import InputError, UsageError
from assistant.kinetics.wording import NotUnderstood, Understood, parse

if TYPE_CHECKING:
    from assistant.kinetics.compare import Comparison
    from assistant.kinetics.designs import Design

TOP_DRIVERS = 5
FEW_DRAWS = 20


@dataclass(frozen=True, slots=True)
class Request:
    """Everything that determines a what-if."""

    a: Design
    b: Design
    base_a: Design
    """A before the changes that were asked for."""
    base_b: Design
    days: float = 365.0
    draws: int = 200
    seed: int = 1
    question: str | None = None
    understood: Understood | None = None
    guessed: frozenset[str] = frozenset()
    """Parameters whose size the words did not give."""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    """What the user gave, to run the same again."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A finished what-if."""

    request: Request
    comparison: Comparison
    changes: tuple[dict[str, Any], ...]
    sentence: str
    drivers: tuple[dict[str, Any], ...]
    driven: str
    """The outcome that the drivers explain."""

    def payload(self) -> dict[str, Any]:
        """The object of `whatif --json`, version 1, with sentence, drivers and what was understood."""
        from assistant.kinetics.citations import cite

        out = self.comparison.to_json()
        for design in out["designs"]:
            for parameter in design["parameters"].values():
                parameter["source"] = cite(parameter["source"])
        out["changes"] = list(self.changes)
        out["measured"] = [{**m, "source": cite(m.get("source"))} for m in out["measured"]]
        words = self.request.understood
        out["sentence"] = self.sentence
        out["understood"] = (
            None
            if words is None
            else {"echo": words.echo, "unknown": list(words.unknown), "assumed": list(words.assumed)}
        )
        out["drivers"] = list(self.drivers)
        out["inputs"] = dict(self.request.inputs)
        return out


def from_words(text: str, *, days: float | None = None, draws: int = 200, seed: int = 1) -> Request:
    """A request from a what-if in words.

    Arguments:
        days: length of the run unless the words name one; 365 when neither does.
    Raises:
        InputError: nothing was understood, or a value cannot be; the hint shows what works.
    """
    found = parse(text)
    if isinstance(found, NotUnderstood):
        raise InputError(
            f"{text.strip()[:200]!r} is not understood as a what-if. {found.reason}",
            hint="Try for example:\n    " + "\n    ".join(found.suggestions),
        )
    from assistant.kinetics import designs

    a, b = found.designs()
    length = found.days or days or 365.0
    return Request(
        a=a,
        b=b,
        base_a=designs.load(found.design_a),
        base_b=designs.load(found.design_b),
        days=length,
        draws=draws,
        seed=seed,
        question=text,
        understood=found,
        guessed=frozenset(c.target for c in found.changes if c.guessed),
        inputs={"text": text, "days": length, "draws": draws, "seed": seed},
    )


def from_parts(
    design: str = "bbz",
    vs: str | None = None,
    *,
    sets: Sequence[str] = (),
    sets_a: Sequence[str] = (),
    sets_b: Sequence[str] = (),
    days: float = 365.0,
    draws: int = 200,
    seed: int = 1,
) -> Request:
    """A request from designs and NAME=VALUE settings.

    Arguments:
        design: A, an id, synonym, `id+layer` or a TOML file.
        vs: B; without it, or with the same design, B is the design as it stands and `sets` go to A alone.
        sets: settings for both designs (for A when there is one design). "A:NAME=VALUE" is for one side.
    """
    from assistant.kinetics import designs
    from assistant.kinetics.shares import with_setting

    single = vs is None or vs == design
    other = design if vs is None else vs
    a, b = designs.load(design), designs.load(other)
    base_a, base_b = designs.load(_bare(design)), designs.load(_bare(other))
    plan = (
        [("A" if single else "AB", s) for s in sets] + [("A", s) for s in sets_a] + [("B", s) for s in sets_b]
    )
    for sides, setting in plan:
        sides, name, value = _setting(sides, setting)
        a = with_setting(a, name, value) if "A" in sides else a
        b = with_setting(b, name, value) if "B" in sides else b
    return Request(
        a=a,
        b=b,
        base_a=base_a,
        base_b=base_b,
        days=days,
        draws=draws,
        seed=seed,
        inputs={
            "design": design, "vs": vs, "set": list(sets), "set_a": list(sets_a), "set_b": list(sets_b),
            "days": days, "draws": draws, "seed": seed,
        },
    )  # fmt: skip


def _bare(design: str) -> str:
    """A design without the levers laid over it, so that they are shown as changes."""
    return design if design.endswith(".toml") else design.split("+")[0]


def _setting(sides: str, setting: str) -> tuple[str, str, str]:
    name, equals, value = setting.partition("=")
    if not equals or not name.strip() or not value.strip():
        raise InputError(
            f"--set {setting!r} is not NAME=VALUE.",
            hint="For example --set dose=1e7, --set A50=x2, --set fM='50 %'.",
        )
    name = name.strip()
    if name[:2] in ("A:", "B:"):
        return name[0], name[2:].strip(), value.strip()
    return sides, name, value.strip()


def answer(request: Request, *, threads: int | None = None) -> Answered:
    """Run the comparison and work out what is said about it."""
    from assistant.kinetics import compare
    from assistant.kinetics.sentences import headline, result

    if not 1 <= request.draws <= 100_000:
        raise UsageError(f"{request.draws} draws are not possible.", hint="Use 1 to 100000.")
    run = compare.compare(
        request.a,
        request.b,
        days=request.days,
        draws=request.draws,
        seed=request.seed,
        threads=threads,
        question=request.question,
    )
    words = request.understood
    notes = [f"not understood: {u}" for u in (words.unknown if words else ())]
    if 1 < request.draws < FEW_DRAWS:
        notes.append(f"only {request.draws} draws: 95 % agreement means little below {FEW_DRAWS}")
    warnings = tuple(dict.fromkeys((*notes, *run.warnings)))
    run = replace(run, warnings=warnings)
    asks = words.asks if words else ()
    driven = headline(run, asks)
    changes = tuple(explain(request))
    return Answered(
        request=request,
        comparison=run,
        changes=changes,
        sentence=result(run, asks, (label(request.a, "A", changes), label(request.b, "B", changes))),
        drivers=tuple(drivers(run, driven)) if driven else (),
        driven=driven,
    )


def label(design: Design, side: str, changes: Sequence[Mapping[str, Any]]) -> str:
    """A design's name with what the user set in it: "CD28-zeta CAR, dose 5e7 cells"."""
    from assistant.kinetics.sentences import number

    parts = [design.name]
    for change in changes:
        if change["design"] == side and change["by"] == "user" and "event" not in change:
            unit = "" if change["unit"] == "1" else f" {change['unit']}"
            parts.append(f"{change['parameter']} {number(change['to'])}{unit}")
        elif change["design"] == side and "event" in change:
            parts.append(str(change["meaning"]))
    return ", ".join(dict.fromkeys(parts))


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
    from assistant.kinetics.citations import cite, findings_in
    from assistant.kinetics.readings import describe

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
            note = levers.load(event.because).note
            # A finding that only tells of the treatment is no reason for what it does to a rate.
            findings = () if "direction and size assumed" in note else findings_in(note)
            because = (
                {**(cite(findings[0]) or {}), "supports": "direction", "size": "assumed"}
                if findings
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


def drivers(run: Comparison, outcome: str) -> list[dict[str, Any]]:
    """The uncertain quantities that move the difference most, by rank correlation over the draws."""
    import numpy as np

    from assistant.kinetics import draws as drawing
    from assistant.kinetics.parameters import meanings

    n = int(run.run["draws"])
    if n < 50:
        return []
    a, b = run.values["A"][outcome], run.values["B"][outcome]
    with np.errstate(invalid="ignore"):
        gap = np.where(np.isinf(a) & np.isinf(b), 0.0, a - b)
    keep = np.isfinite(gap) if np.isfinite(gap).sum() > 0.5 * n else ~np.isnan(gap)
    if keep.sum() < 50 or np.ptp(np.clip(gap[keep], -1e300, 1e300)) == 0.0:
        return []
    names = drawing.keys((run.a, run.b))
    table = drawing.normal_table(names, n, int(run.run["seed"]))
    target = _ranks(gap[keep])
    found = []
    for key in names:
        weight = float(np.corrcoef(target, _ranks(table[key][keep]))[0, 1])
        owner, _, parameter = key.rpartition(".")
        found.append((abs(weight), key, owner, parameter, weight))
    # Below this a rank correlation of n draws is noise (two-sided 1 %).
    least = 2.58 / np.sqrt(keep.sum())
    return [
        {
            "outcome": outcome,
            "key": key,
            "parameter": parameter,
            "of": owner,
            "meaning": meanings()[parameter].text,
            "unit": meanings()[parameter].unit,
            "weight": round(weight, 3),
        }
        for size, key, owner, parameter, weight in sorted(found, reverse=True)[:TOP_DRIVERS]
        if size >= least
    ]


def _ranks(values: Any) -> Any:
    """Ranks with ties shared, as Spearman's correlation wants them."""
    import numpy as np

    order = np.argsort(values, kind="stable")
    ranks = np.empty(len(values))
    ranks[order] = np.arange(len(values), dtype=float)
    unique, inverse = np.unique(values, return_inverse=True)
    sums = np.bincount(inverse, weights=ranks, minlength=len(unique))
    return (sums / np.bincount(inverse, minlength=len(unique)))[inverse]
