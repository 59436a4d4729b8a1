"""A finished what-if as text: Markdown when it is piped, aligned columns in a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from assistant.kinetics import practical
from assistant.kinetics.citations import short
from assistant.kinetics.sentences import SHORT, band, gap, is_close, is_same, number, unit_of

if TYPE_CHECKING:
    from assistant.kinetics.compare import OutcomeRow
    from assistant.kinetics.whatif import Answered

LIMITS = (
    "Limits: a small model under stated assumptions, not a prediction for a patient; senescence parameters "
    "rest on directions from one study; no trafficking, cytokines or toxicity."
)
STATUS = {
    "published": "published",
    "guided": "guided by a published range",
    "fitted": "fitted",
    "assumed": "assumed",
}


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table with columns padded, so that it reads as plain text too."""
    widths = [max(len(r[i]) for r in (head, *rows)) for i in range(len(head))]
    lines = [_row(head, widths), "|" + "|".join("-" * (w + 2) for w in widths) + "|"]
    return "\n".join([*lines, *(_row(r, widths) for r in rows)])


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(c.replace("|", "/").ljust(w) for c, w in zip(cells, widths, strict=True)) + " |"


def plain_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Aligned columns without rules."""
    widths = [max(len(r[i]) for r in (head, *rows)) for i in range(len(head))]
    return "\n".join(
        "  ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)).rstrip() for r in (head, *rows)
    )


def table(head: Sequence[str], rows: Sequence[Sequence[str]], width: int | None) -> str:
    """Markdown when `width` is None (piped), else aligned columns."""
    return markdown_table(head, rows) if width is None else plain_table(head, rows)


def outcomes(rows: Sequence[OutcomeRow], width: int | None = None) -> str:
    """The table of outcomes with intervals; on a narrow terminal the intervals take a line of their own."""
    head = ("Outcome", "A", "B", "A - B", "Direction")
    wide = [
        (
            f"{SHORT[r.name]} ({unit_of(r)})",
            band(r.a, unit_of(r)),
            band(r.b, unit_of(r)),
            gap(r.difference, unit_of(r)),
            _direction(r),
        )
        for r in rows
    ]
    text = table(head, wide, width)
    if width is None or max(len(line) for line in text.splitlines()) <= width:
        return text
    return plain_table(head, [line for r in rows for line in _two_lines(r)])


def _two_lines(row: OutcomeRow) -> list[tuple[str, str, str, str, str]]:
    unit = unit_of(row)
    parts = [band(row.a, unit), band(row.b, unit), gap(row.difference, unit)]
    first = [p.split(" (")[0] for p in parts]
    second = [p[len(f) + 1 :] for p, f in zip(parts, first, strict=True)]
    lines = [(f"{SHORT[row.name]} ({unit})", first[0], first[1], first[2], _direction(row))]
    return [*lines, ("", second[0], second[1], second[2], "")] if any(second) else lines


def _direction(row: OutcomeRow) -> str:
    if is_same(row):
        return "same"
    return "A≈B" if is_close(row) else row.direction


def changes(listed: Sequence[Mapping[str, Any]]) -> str:
    """Each change with what justifies it: a quote and its paper, "assumed", or that the user set it."""
    asked = [c for c in listed if c["design"] != "A to B" and ("event" in c or c["from"] != c["to"])]
    between = [c for c in listed if c["design"] == "A to B"]
    lines = [_change(c) for c in asked]
    if between:
        if lines:
            lines.append("")
        lines.append(f"The designs differ in {len(between)} parameters (A -> B):")
        lines += [_change(c) for c in between]
    return "\n".join(lines) if lines else "Nothing was changed."


def _change(change: Mapping[str, Any]) -> str:
    unit = "" if change["unit"] == "1" else f" {change['unit']}"
    side = "" if change["design"] == "A to B" else f"{change['design']}: "
    event = change.get("event")
    if event:
        text = f"- {side}{change['meaning']}"
    else:
        move = f"{number(change['from'])} -> {number(change['to'])}{unit}"
        text = f"- {side}{change['parameter']}, {change['meaning']}: {move}"
    return text + "; " + because(change)


def because(change: Mapping[str, Any]) -> str:
    """Why, in words."""
    reason = change["because"]
    if isinstance(reason, str):
        words = {"user": "set by the user", "assumed": "assumed"}.get(reason, reason)
        note = str(change.get("note") or "")
        if reason == "assumed" and note.startswith("assumed: "):
            words = note
        if change.get("by") == "shares":
            return str(change.get("note"))
        if change.get("by") not in (None, "user", "designs"):
            words += f" (lever {change['by']})"
        return words
    text = f"{_standing(change, reason)} {short(reason)}"
    if reason.get("passage"):
        text += f" [{reason['passage']}]"
    elif reason.get("doi"):
        text += f" (doi {reason['doi']}{', ' + reason['table'] if reason.get('table') else ''})"
    if reason.get("quote"):
        text += f': "{reason["quote"]}"'
    if reason.get("number_from"):
        source = reason["number_from"]
        where = f"{source['doi']}{', ' + source['table'] if source.get('table') else ''}"
        text += f" (number: {short(source)}, doi {where})"
    note = str(reason.get("note") or "")
    if reason.get("size") == "user":
        return f"{text}; {note}"
    if reason.get("size") == "assumed":
        return f"{text}; {note}" if "assumed" in note else f"{text}; size assumed"
    return text


def _standing(change: Mapping[str, Any], reason: Mapping[str, Any]) -> str:
    """How far a source carries: the number itself, or only the direction of a fitted or assumed one."""
    statuses = dict.fromkeys(change.get("status") or ())
    if reason.get("supports") == "direction":
        return "direction from"
    if not statuses:
        return "from"
    # A finding beside a number that was read elsewhere, or nowhere, gives the direction only.
    weak = reason.get("number_from") or not set(statuses) <= {"published", "fitted"}
    return ", ".join(statuses) + ("; direction from" if reason.get("passage") and weak else ":")


def _kind(measured: Mapping[str, Any]) -> str:
    return f", {measured['low_high_is']}" if measured.get("low_high_is") else ""


def measured(listed: Sequence[Mapping[str, Any]]) -> str:
    """Published measurements beside the model, with the verdict of each."""
    lines = []
    for m in listed:
        low, high = m.get("low"), m.get("high")
        spread = (
            f" ({number(low, digits=2)} to {number(high, digits=2)}{_kind(m)})"
            if low is not None and high is not None
            else ""
        )
        value = "–" if m.get("value") is None else number(m["value"])
        source = m.get("source") or {}
        cited = short(source) if source else "source not given"
        text = f"- {m['design']}, {m['outcome']}: measured {value}{spread} {m['unit']}: {m['verdict']}"
        if m.get("model") is not None:
            text += f" (model {number(m['model'])} {m['unit']})"
        if m.get("note"):
            text += f"; {m['note']}"
        lines.append(f"{text}; {cited}")
    if any(m["verdict"] != "not comparable" for m in listed):
        lines.append(
            "\nIn range: the value lies in the model's 90 % band, or the model's median in the measured"
            " range; a value without a range is taken 1.5-fold either way (assumed)."
        )
    return "\n".join(lines)


def drivers(listed: Sequence[Mapping[str, Any]]) -> str:
    """What moves the difference most."""
    if not listed:
        return ""
    name = SHORT.get(str(listed[0]["outcome"]), str(listed[0]["outcome"]))
    parts = [f"{d['parameter']} of {d['of']} ({d['meaning']}, {d['weight']:+.2f})" for d in listed]
    return (
        f"What drives the difference in {name} (rank correlation over the draws): " + "; ".join(parts) + "."
    )


def answer(done: Answered, *, width: int | None = None, plot: str = "") -> str:
    """The whole answer.

    Arguments:
        width: columns of the terminal; None writes Markdown.
        plot: a drawn plot to show after the table.
    """
    run = done.comparison
    parts = []
    words = done.request.understood
    if words is not None:
        by = f" (proposed by {words.by}, checked against the model's levers)" if words.by else ""
        parts.append(f"Understood{by}: {words.echo}.")
        parts += [f"Assumed: {a}." for a in words.assumed]
        parts += [f"Not understood: {u}." for u in words.unknown]
    parts.append(done.sentence)
    parts += [f"Against it: {d.said}." for d in done.contested if d.said not in done.sentence]
    if done.ranked is not None:
        from assistant.kinetics.run_tables import ranking

        found = done.ranked
        parts.append(ranking(run.b.name, found.outcome, found.levers, found.draws, width).rstrip())
        parts.append(
            f"The first of them as a what-if: A is {run.b.name} with {found.levers[0].name}, B without."
        )
    parts.append(outcomes(run.outcomes, width))
    info = run.run
    parts.append(
        f"Brackets hold 90 % of {info['draws']} parameter draws (seed {info['seed']}) over {info['days']:g} "
        "days; a direction needs 95 % of the paired draws that differ, and half of all to differ."
        + (
            f" A≈B: in the median too small to be seen ({practical.SAID})."
            if any(map(is_close, run.outcomes))
            else ""
        )
        if int(info["draws"]) > 1
        else f"Nominal values only (one draw) over {info['days']:g} days."
    )
    if plot:
        parts.append(plot if width is not None else f"```text\n{plot}\n```")
    parts.append(_titled("Changes", changes(done.changes), width))
    if run.measured:
        parts.append(_titled("Measured", measured(run.measured), width))
    if done.drivers:
        parts.append(drivers(done.drivers))
    said = {d.said for d in done.contested}
    parts += [
        f"Warning: {w}." for w in run.warnings if w not in said and not w.startswith("not understood: ")
    ]
    parts.append(LIMITS)
    if width is not None:
        parts = [_wrapped(part, width) for part in parts]
    return "\n\n".join(parts) + "\n"


def _wrapped(part: str, width: int) -> str:
    """Prose cut at words for a terminal; tables and plots fit already."""
    lines = part.split("\n")
    if any("┤" in line for line in lines):
        return part
    return "\n".join(
        line
        if len(line) <= width or "  " in line.strip()
        else textwrap.fill(line, width, subsequent_indent="  " if line.startswith("- ") else "")
        for line in lines
    )


def _titled(title: str, text: str, width: int | None) -> str:
    return f"## {title}\n\n{text}" if width is None else f"{title}\n{text}"


def parameters(design_name: str, listed: Mapping[str, Any], width: int | None = None) -> str:
    """Every parameter of a design: value, range, unit, status and source."""
    from assistant.kinetics.citations import cite
    from assistant.kinetics.parameters import meanings

    rows = []
    for name, p in listed.items():
        source = cite(p.source.to_json()) if p.source else None
        if source is None:
            cited = p.status
        else:
            cited = f"{p.status}: {short(source)}" + (
                f" [{source['passage']}]" if source.get("passage") else ""
            )
            number_from = source.get("number_from")
            cited += f"; number from doi {number_from['doi']}" if number_from else ""
        span = f"{number(p.low)} to {number(p.high)}" if p.low != p.high else "fixed"
        rows.append((name, number(p.value), span, p.unit, meanings()[name].text, cited))
    head = ("Name", "Value", "Range", "Unit", "Meaning", "Status and source")
    return f"{design_name}\n\n" + table(head, rows, width) + "\n"
