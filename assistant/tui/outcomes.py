"""The words and tables of a what-if: outcomes, changes with their reasons, measured values, warnings."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from assistant.sessions.markdown import because, number, spread
from assistant.sessions.plain import one_line, plain
from assistant.sessions.turns import Json

_ALIKE = 0.025
"""Share of draws with any difference below which both designs count as the same."""
_DIRECTIONS = {"A>B": "A higher ▲", "A<B": "B higher ▼", "undetermined": "≈ unclear"}
_STATUS = {
    "published": "■ published",
    "guided": "◧ guided",
    "fitted": "◇ fitted",
    "assumed": "□ assumed",
    "user": "✎ set by you",
}
_VERDICTS = {"in range": "✓ in range", "out of range": "✗ out of range", "not comparable": "– not comparable"}


def outcome_table(payload: Json, width: int, *, draft: bool = False) -> Content:
    """Outcomes with A, B, their difference and its direction; with the bands where there is room.

    A draft, from few draws, names no direction: that would be a claim that the full run may take back.
    """
    outcomes = payload["outcomes"]
    wide = width >= 108
    column, gap = (20, "  ") if wide else (8, " ")
    longest = max([len(label(outcome)) for outcome in outcomes] + [7])
    room = max(12, min(longest, width - 3 * column - 16))
    head = gap.join(f"{name:>{column}}" for name in ("A", "B", "A − B"))
    lines = [Content.styled(f"{'Outcome':<{room}} {head}  Direction", "bold")]
    for outcome in outcomes:
        a, b, difference = (f"{_value(outcome, name, wide):>{column}}" for name in ("A", "B", "difference"))
        lines.append(
            Content.assemble(
                f"{fit(label(outcome), room):<{room}} ",
                (a, "$design-a"),
                gap,
                (b, "$design-b"),
                f"{gap}{difference}  {'…' if draft else direction(outcome)}",
            )
        )
    return Content("\n").join(lines)


def reading(payload: Json) -> Content:
    """How the question was read, what was filled in, and what was not understood."""
    lines: list[Content] = []
    understood = payload.get("understood") or {}
    if understood.get("echo"):
        lines.append(Content.assemble(("Read as: ", "dim"), plain(str(understood["echo"]))))
    lines += [Content.styled(f"□ {plain(str(item))}", "dim") for item in understood.get("assumed") or ()]
    lines += [
        Content.styled(f"⚠ Not understood: {plain(str(item))}", "$text-warning")
        for item in understood.get("unknown") or ()
    ]
    return Content("\n").join(lines)


def ranking(payload: Json) -> Content:
    """All levers that were tried, with what each does, how sure that is, and how often it comes first."""
    found = payload.get("ranking") or {}
    wish = str(found.get("wish") or "")
    lines = []
    for lever in found.get("levers") or ():
        first = lever["first"]
        share = max(first.values()) if wish == "either" else float(first[wish])
        sure = {"lower": "▼ lower", "higher": "▲ higher"}.get(str(lever["direction"]), "≈ unclear")
        lines.append(
            Content.assemble(
                (f"{one_line(str(lever['lever'])):<20} ", "$primary"),
                f"{_gap(lever['difference'], str(found.get('outcome'))):<24} ",
                (f"{sure:<9} ", "bold"),
                (f"first in {100 * share:.0f} % of draws", "dim"),
            )
        )
    return Content("\n").join(lines)


def ranking_title(payload: Json) -> str:
    """What the levers are ranked by."""
    found = payload.get("ranking") or {}
    return f"{_short(one_line(str(found.get('outcome') or '')))}, with − without each lever"


def _gap(difference: Json, outcome: str) -> str:
    """A difference with its band; shares in percentage points."""
    if "_fraction_" not in outcome and not outcome.endswith("_probability"):
        return spread(difference)
    return spread({k: None if v is None else 100.0 * float(v) for k, v in difference.items()}) + " points"


def drivers(payload: Json) -> Content:
    """The uncertain parameters that the difference depends on most, by rank correlation over the draws."""
    lines = []
    for driver in payload.get("drivers") or ():
        weight = float(driver["weight"])
        bar = "█" * max(1, round(abs(weight) * 6))
        meaning = one_line(str(driver.get("meaning") or ""))
        lines.append(
            Content.assemble(
                (f"{weight:+.2f} {bar:<6} ", "$primary"),
                one_line(str(driver["parameter"])),
                (f"  {meaning}", "dim"),
            )
        )
    return Content("\n").join(lines)


def drivers_title(payload: Json) -> str:
    """Which difference the drivers belong to."""
    named = {one_line(str(driver["outcome"])) for driver in payload.get("drivers") or ()}
    return f"What A − B in {_short(', '.join(sorted(named)))} hangs on"


def changes(payload: Json) -> Content:
    """What the reader changed, then how the designs differ, each with its source or the word assumed."""
    listed = payload["changes"]
    if not listed:
        return Content.styled("No parameter differs between A and B.", "dim")
    asked = [change for change in listed if change.get("because") == "user"]
    rest = [change for change in listed if change.get("because") != "user"]
    statuses = payload["designs"][-1].get("parameters") or {}
    return Content("\n").join(_change(change, statuses) for change in [*asked, *rest])


def _change(change: Json, parameters: Json) -> Content:
    name = one_line(str(change["parameter"]))
    reason = change.get("because")
    status = str((parameters.get(name) or {}).get("status") or "published")
    if reason == "user":
        mark = status_mark("user")
    elif isinstance(reason, dict):
        mark = f"{status_mark(status)}: {one_line(because(reason))}"
    else:
        mark = status_mark("assumed")
    side = str(change.get("design") or "").replace("A to B", "A→B")
    unit = f" {change['unit']}" if change.get("unit") not in (None, "", "1") else ""
    return Content.assemble(
        (f"{side} " if side else "", "bold"),
        f"{name} {number(change['from'])} → {number(change['to'])}{unit}  ",
        (mark, "bold" if reason == "user" else "dim"),
    )


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
                f"{_short(one_line(str(item['outcome'])))}: measured {number(item['value'])}{band} ",
                f"{one_line(str(item['unit']))}  ",
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
            f"of them, A − B is the median of the differences draw by draw. "
            f"{run['solver']}, {number(run['seconds'])} s. A model under stated assumptions, "
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
    alike = outcome["direction"] == "undetermined" and outcome.get("agreement", 1.0) < _ALIKE
    if alike and (outcome["A"].get("median") is None) == (outcome["B"].get("median") is None):
        return "= same"
    if outcome.get("size") == "none" or (
        outcome.get("size") == "small" and outcome["direction"] != "undetermined"
    ):
        return "≈ too small"
    return _DIRECTIONS.get(str(outcome["direction"]), str(outcome["direction"]))


def _rounding(outcome: Json) -> bool:
    """Whether the median of A − B is nothing but rounding."""
    sizes = [abs(float((outcome[side] or {}).get("median") or 0.0)) for side in ("A", "B")]
    return abs(float((outcome["difference"] or {}).get("median") or 0.0)) <= 1e-9 * max(sizes)


def headline(payload: Json, *, draft: bool = False) -> Content:
    """Which outcomes are higher in A, which in B, and how many are neither: the result in one line."""
    if draft:
        return Content.styled("… curves of few draws; the outcomes follow with all of them", "dim")
    outcomes, unseen = payload["outcomes"], _unseen(payload)
    parts = []
    if unseen:
        parts.append(Content.styled(f"⚠ {' and '.join(unseen)} under the detection limit", "$text-warning"))
        # Shares of a handful of cells are in the table, and are no result.
        outcomes = [outcome for outcome in outcomes if "_fraction_" not in str(outcome["name"])]
    ways = [(direction(outcome), _short(one_line(str(outcome["name"])))) for outcome in outcomes]
    for way, lead, style in (("A>B", "▲ A higher: ", "$design-a"), ("A<B", "▼ B higher: ", "$design-b")):
        named = [name for words, name in ways if words == _DIRECTIONS[way]]
        if named:
            parts.append(Content.assemble((lead, f"bold {style}"), _listed(named)))
    unclear = [words for words, _ in ways].count(_DIRECTIONS["undetermined"])
    if unclear:
        parts.append(Content.styled(f"≈ {unclear} of {len(ways)} unclear", "dim"))
    return Content("  ").join(parts) if parts else Content.styled("= no outcome differs", "dim")


def _unseen(payload: Json) -> list[str]:
    """Designs whose cells stay under the detection limit in at least half of the draws."""
    times = [outcome for outcome in payload["outcomes"] if outcome["name"] == "persistence"]
    return [side for time in times for side in ("A", "B") if (time[side] or {}).get("median") == 0.0]


def _listed(names: Sequence[str]) -> str:
    """Names after one another; days of the same outcome under one name."""
    days: dict[str, list[str]] = {}
    for name in names:
        stem, blank, day = name.rpartition(" ")
        dated = blank and day[:1] == "d" and day[1:].isdigit()
        days.setdefault(stem if dated else name, []).extend([day] if dated else [])
    return ", ".join(" ".join([stem, "+".join(found)]) if found else stem for stem, found in days.items())


def label(outcome: Json) -> str:
    """An outcome's name with its unit, short enough for a table."""
    unit = str(outcome.get("unit") or "").replace("uL", "µL").replace("day*", "d·")
    return _short(one_line(str(outcome["name"]))) + (f" {unit}" if unit not in ("", "1") else "")


def _short(name: str) -> str:
    return name.replace("_fraction_", " share ").replace("bcell", "B-cell").replace("_", " ")


def _value(outcome: Json, side: str, wide: bool) -> str:
    value = outcome[side]
    if not isinstance(value, dict):
        return number(value)
    if value.get("median") is None and outcome.get("unit") == "day" and side != "difference":
        return "never"
    if side == "difference" and not wide and _rounding(outcome):
        return "0"
    return spread(value) if wide else number(value.get("median"))


def fit(text: str, width: int) -> str:
    """The text, or its beginning with an ellipsis where it is longer than `width`."""
    return text if len(text) <= width else text[: width - 1] + "…"
