"""The words and tables of a what-if: outcomes, changes with their reasons, measured values, warnings."""

from __future__ import annotations

from textual.content import Content

from assistant.sessions.markdown import because, number, spread
from assistant.sessions.plain import one_line, plain
from assistant.sessions.turns import Json

_DIRECTIONS = {"A>B": "A higher ▲", "A<B": "B higher ▼", "undetermined": "≈ undetermined"}
_STATUS = {"published": "■ published", "guided": "◧ guided", "fitted": "◇ fitted", "assumed": "□ assumed"}
_VERDICTS = {"in range": "✓ in range", "out of range": "✗ out of range", "not comparable": "– not comparable"}


def outcome_table(payload: Json, width: int) -> Content:
    """Outcomes with A, B and the direction; in narrow rooms the bands go to a second line."""
    outcomes = payload["outcomes"]
    wide = width >= 84
    name_width = max([len(label(outcome)) for outcome in outcomes] + [7])
    name_width = min(name_width, max(16, width - 46))
    lines: list[Content] = []
    if wide:
        head = f"{'Outcome':<{name_width}}  {'A':<22}  {'B':<22}  Direction"
    else:
        head = f"{'Outcome':<{name_width}}  {'A':>8}  {'B':>8}  Direction"
    lines.append(Content.styled(head, "bold"))
    for outcome in outcomes:
        if wide:
            a, b = (f"{spread(outcome[side]):<22}" for side in ("A", "B"))
        else:
            a, b = (f"{number(_median(outcome[side])):>8}" for side in ("A", "B"))
        name = f"{_fit(label(outcome), name_width):<{name_width}}  "
        lines.append(
            Content.assemble(name, (a, "$design-a"), "  ", (b, "$design-b"), f"  {direction(outcome)}")
        )
    return Content("\n").join(lines)


def reading(payload: Json) -> Content:
    """The result in one sentence, and how the question was read."""
    lines = []
    if payload.get("sentence"):
        lines.append(Content.styled(plain(str(payload["sentence"])), "bold"))
    understood = payload.get("understood") or {}
    if understood.get("echo"):
        lines.append(Content.assemble(("Read as: ", "dim"), plain(str(understood["echo"]))))
    lines += [Content.styled(f"□ {plain(str(item))}", "dim") for item in understood.get("assumed") or ()]
    lines += [
        Content.styled(f"⚠ Not understood: {plain(str(item))}", "$text-warning")
        for item in understood.get("unknown") or ()
    ]
    return Content("\n").join(lines)


def drivers(payload: Json) -> Content:
    """The uncertain parameters that the difference depends on most, as a bar and a word."""
    lines = []
    for driver in payload.get("drivers") or ():
        weight = float(driver["weight"])
        bar = "█" * round(abs(weight) * 10)
        sign = "larger" if weight > 0 else "smaller"
        outcome = one_line(str(driver["outcome"])).replace("_", " ")
        lines.append(
            Content.assemble(
                (f"{bar:<10} {weight:+.2f} ", "$primary"),
                f"higher {one_line(str(driver['parameter']))} goes with {sign} A − B in {outcome}",
                (f"  {one_line(str(driver.get('meaning') or ''))}", "dim"),
            )
        )
    return Content("\n").join(lines)


def changes(payload: Json) -> Content:
    """What was changed, from what to what, and why: a source or the word assumed."""
    listed = payload["changes"]
    if not listed:
        return Content.styled("No parameter was changed beyond the designs themselves.", "dim")
    lines = []
    for change in listed:
        reason = change.get("because")
        words = because(reason)
        mark = {"user": "✎ set by you", "assumed": "□ assumed"}.get(words, f"■ {one_line(words)}")
        side = f"{change['design']} " if change.get("design") else ""
        unit = f" {change['unit']}" if change.get("unit") not in (None, "", "1") else ""
        lines.append(
            Content.assemble(
                (side, "bold"),
                f"{one_line(str(change['parameter']))}: ",
                f"{number(change['from'])} → {number(change['to'])}{unit}  ",
                (mark, "dim" if words != "user" else "bold"),
            )
        )
    return Content("\n").join(lines)


def measured(payload: Json) -> Content:
    """Published measurements with the verdict of the comparison."""
    lines = []
    for item in payload.get("measured") or ():
        verdict = _VERDICTS.get(str(item["verdict"]), str(item["verdict"]))
        band = (
            f" [{number(item.get('low'))}, {number(item.get('high'))}]" if item.get("low") is not None else ""
        )
        source = because(item.get("source"))
        lines.append(
            Content.assemble(
                (f"{item['design']} ", "bold"),
                f"{one_line(str(item['outcome']))}: measured {number(item['value'])}{band} {item['unit']}  ",
                (verdict, "bold"),
                (f"  {one_line(source)}", "dim"),
            )
        )
    return Content("\n").join(lines)


def footing(payload: Json) -> Content:
    """Warnings, then how to get the same numbers again."""
    run = payload["run"]
    lines = [Content.styled(f"⚠ {plain(str(warning))}", "$text-warning") for warning in payload["warnings"]]
    lines.append(
        Content.styled(
            f"{run['draws']} parameter draws, seed {run['seed']}; brackets and dotted bands hold 90 % "
            f"of them. {run['solver']}, {number(run['seconds'])} s. A model under stated assumptions, "
            "not a prediction for a patient.",
            "dim",
        )
    )
    return Content("\n").join(lines)


def status_mark(status: str) -> str:
    """The mark and word of a parameter's status."""
    return _STATUS.get(status, status)


def direction(outcome: Json) -> str:
    """Which design is higher, in words and with a mark."""
    return _DIRECTIONS.get(str(outcome["direction"]), str(outcome["direction"]))


def label(outcome: Json) -> str:
    """An outcome's name with its unit."""
    unit = str(outcome.get("unit") or "").replace("uL", "µL")
    return one_line(str(outcome["name"])).replace("_", " ") + (f" ({unit})" if unit not in ("", "1") else "")


def _median(value: object) -> object:
    return value.get("median") if isinstance(value, dict) else value


def _fit(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
