"""Scans, rankings, sensitivities, cohorts, reports and fits as text."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from assistant.kinetics import practical
from assistant.kinetics.sentences import SHORT, band, number
from assistant.kinetics.tables import LIMITS, table

if TYPE_CHECKING:
    from assistant.kinetics.cohort import Cohort
    from assistant.kinetics.compare import Band
    from assistant.kinetics.published import SideBySide
    from assistant.kinetics.report import Report
    from assistant.kinetics.scan import Ranked, Scan
    from assistant.kinetics.sensitivity import Sensitivity


SCANNED = ("Cmax", "senescent_fraction_d28", "exhausted_fraction_d28", "persistence", "remission_probability")
"""Columns of a scan in text; the JSON holds all outcomes."""


def _unit(outcome: str) -> str:
    from assistant.kinetics.outcomes import DEFINITIONS

    unit = next(d.unit for d in DEFINITIONS if d.name == outcome)
    return "%" if unit == "1" else unit


def _head(outcome: str) -> str:
    return f"{SHORT.get(outcome, outcome)} ({_unit(outcome)})"


def scan(done: Scan, shown: Sequence[str], width: int | None) -> str:
    """One row a value, with bands."""
    unit = "" if done.range.unit == "1" else f" ({done.range.unit})"
    rows = [
        (number(value), *(band(done.bands[o][i], _unit(o)) for o in shown))
        for i, value in enumerate(done.range.values)
    ]
    text = table((f"{done.range.name}{unit}", *(_head(o) for o in shown)), rows, width)
    foot = f"{done.design.name}; {done.draws} draws (seed {done.seed}), brackets hold 90 % of them"
    foot += f"; {done.days:g} days."
    if done.failed:
        foot += f" {done.failed} runs failed and were left out."
    return f"{text}\n\n{foot}\n"


def ranking(name: str, outcome: str, ranked: Sequence[Ranked], draws: int, width: int | None) -> str:
    """Levers by what they do to one outcome, with what they do to expansion and remission."""
    from assistant.kinetics.scan import WORDS

    unit = _unit(outcome)
    others = list(ranked[0].beside) if ranked else []
    rows = [
        (
            r.lever,
            band(r.difference, unit),
            WORDS.get(r.direction, "undetermined") + (", slight" if _slight(r) else ""),
            *(_beside(r.beside[o], _unit(o)) for o in others),
            f"{len(r.findings)} finding{'s' if len(r.findings) > 1 else ''}" if r.findings else "assumed",
        )
        for r in ranked
    ]
    head = (
        "Lever",
        f"{_head(outcome)}, with - without",
        "Direction",
        *(_head(o) for o in others),
        "Direction rests on",
    )
    foot = (
        f"{name}, one change at a time; {draws} paired draws. A direction needs 95 % of them. Sizes of "
        "levers are assumed within ranges; look at the other columns before calling a change an improvement. "
        "Levers that describe the patient are left out."
    )
    foot += f" Slight: too little to be seen ({practical.SAID})." if any(map(_slight, ranked)) else ""
    against = [f"- {r.lever}: but {d.said}." for r in ranked if r.direction in WORDS for d in r.contested]
    parts = [table(head, rows, width), *(["\n".join(against)] if against else []), foot]
    return "\n\n".join(parts) + "\n"


def _slight(ranked: Ranked) -> bool:
    return ranked.direction != "undetermined" and ranked.size != "clear"


def _beside(effect: tuple[Band, str, str], unit: str) -> str:
    from assistant.kinetics.scan import WORDS

    gap, way, size = effect
    if size != "clear" and way in WORDS:
        return f"{WORDS[way]}, slight"
    return f"{WORDS[way]}, {number(gap.median, unit)}" if way in WORDS else "undetermined"


def sensitivity(done: Sensitivity, top: int, width: int | None) -> str:
    """The largest indices."""
    shown = [i for i in done.indices if math.isfinite(i.value)][:top]
    from assistant.kinetics.parameters import meanings

    globally = any(math.isfinite(i.total) for i in shown)
    rows = []
    for i in shown:
        numbers = (f"{i.value:.2f}", f"{i.total:.2f}") if globally else (f"{i.value:+.2f}",)
        rows.append((i.key, *numbers, meanings()[i.parameter].text))
    head = (
        ("Quantity", "First order", "Total", "Meaning")
        if globally
        else ("Parameter", "Elasticity", "Meaning")
    )
    left = f"; {len(done.indices) - len(shown)} more in --json" if len(done.indices) > len(shown) else ""
    what = (
        "relative change of the outcome per relative change of the parameter"
        if not globally
        else "share of variance"
    )
    return (
        f"{table(head, rows, width)}\n\n{_head(done.outcome)} of {done.design.name}: {done.method} ({what}), "
        f"{done.runs} runs{left}.\n"
    )


def cohort(done: Cohort, width: int | None) -> str:
    """Response rates and the relapse-free share at a few times."""
    from assistant.kinetics.cohort import median_free, rate, wilson

    rows = []
    for identity, arm in zip("AB", done.arms, strict=False):
        label = f"{identity}: {arm.design.name}"
        for name, share in (
            ("tumour halved", rate(arm.nadir < 0.5 * arm.h0)),
            ("tumour below detection", rate(arm.nadir < done.detect)),
        ):
            rows.append((label, name, _share(share["share"], share["low"], share["high"])))
        for day in (90.0, 180.0, 365.0, 730.0, done.days):
            if day <= done.days:
                free = float((arm.progression > day).mean())
                rows.append(
                    (label, f"relapse-free at day {day:g}", _share(free, *wilson(free, len(arm.progression))))
                )
        middle = median_free(arm)
        rows.append(
            (
                label,
                "median relapse-free",
                f"{number(middle)} days" if middle else f"not reached in {done.days:g} days",
            )
        )
        if arm.failed:
            rows.append((label, "failed runs, left out", str(arm.failed)))
    return (
        f"{table(('Design', 'Outcome', 'Share (95 % interval)'), rows, width)}\n\n{done.n} virtual patients, "
        f"seed {done.seed}, {done.days:g} days, the same patients in both designs. How patients differ is "
        f"assumed where `--json` gives no source.\n\n{LIMITS}\n"
    )


def _share(share: float, low: float, high: float) -> str:
    return f"{100 * share:.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def published(done: SideBySide, width: int | None) -> str:
    """Features of both curves side by side, and a plot in a terminal."""
    from assistant.kinetics.published import ROLES

    rows = []
    for curve in done.curves:
        ours, theirs = curve.features(curve.ours), curve.features(curve.other)
        names = " + ".join(curve.theirs)
        rows.append(
            (ROLES[curve.role], "time of peak (day)", number(ours["tmax"]), number(theirs["tmax"]), names)
        )
        for day in ("d28", "d90"):
            rows.append(
                (
                    ROLES[curve.role],
                    f"left of the peak, {day} (%)",
                    number(ours[day], "%"),
                    number(theirs[day], "%"),
                    names,
                )
            )
    head = ("State", "Feature", done.design.id, done.header.id, "Their species")
    notes = "\n".join(f"Note: {n}." for n in done.notes)
    return f"{done.header.name} beside {done.design.name}\n\n{table(head, rows, width)}\n\n{notes}\n"


def report(done: Report, width: int | None) -> str:
    """Facts and records with verdicts, predictions apart from what was fitted."""
    facts = [(f.name, f"{number(f.model)} {f.unit}", f.expected, f.verdict, f.source) for f in done.facts]
    parts = ["Facts", table(("Fact", "Model", "Expected", "Verdict", "Source"), facts, width)]
    for title, fitted in (
        ("Records that the calibration used", True),
        ("Records kept out of the calibration", False),
    ):
        chosen = [r for r in done.records if r.fitted is fitted and r.verdict != "not comparable"]
        rows = [
            (
                r.record.id,
                r.record.product,
                r.record.metric,
                f"{number(r.model if r.model is not None else math.nan)}",
                _measured(r.record),
                r.verdict,
            )
            for r in chosen
        ]
        parts += [title, table(("Record", "Product", "Metric", "Model", "Measured", "Verdict"), rows, width)]
    apart = [r for r in done.records if r.verdict == "not comparable"]
    reasons: dict[str, int] = {}
    for r in apart:
        reasons[r.why] = reasons.get(r.why, 0) + 1
    parts.append(f"Not comparable: {len(apart)} records")
    parts.append("\n".join(f"- {n}: {why}" for why, n in sorted(reasons.items(), key=lambda x: -x[1])))
    informed = [(key, word) for key, word in done.identifiability.items()]
    parts += ["What the data determine", table(("Parameter", "Verdict"), informed, width)]
    counts = [
        f"{group}: " + ", ".join(f"{n} {v}" for v, n in found.items())
        for group, found in done.counts().items()
    ]
    parts.append("\n".join(counts))
    return "\n\n".join(parts) + "\n"


def _measured(record: Any) -> str:
    spread = (
        f" ({number(record.low)} to {number(record.high)})"
        if record.low is not None and record.high is not None
        else ""
    )
    return f"{number(record.value if record.value is not None else math.nan)}{spread} {record.unit}"


def fit(found: Mapping[str, Any], width: int | None) -> str:
    """Fitted values with how far the data narrowed each prior."""
    rows = [
        (key, number(value), f"x/ {math.exp(sd):.2f}", f"{100 * sd / prior:.0f} %")
        for key, value, sd, prior in zip(
            found["keys"], found["values"], found["sd_log"], found["prior_sd_log"], strict=True
        )
    ]
    return table(("Parameter", "Value", "Posterior spread", "Left of the prior's width"), rows, width) + "\n"
