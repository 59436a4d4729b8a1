"""A session as Markdown, with one numbered list of references for all its answers.

Every answer numbers its citations from 1. In a document of several answers the same number would mean
different papers, so the marks are renumbered: one number for one quote, in order of first appearance.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.evidence import Answer, Citation
from assistant.sessions.plain import markdown_escaped, one_line, plain
from assistant.sessions.turns import Json, Session, Turn

MARK = re.compile(r"\[(\d+(?:\s*[,;]\s*\d+)*)\]")
"""`[2]` or `[2, 5]`: how answers cite."""


class References:
    """Citations of several answers under one numbering."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, int, int], int] = {}
        self._citations: list[Citation] = []

    def number(self, citation: Citation) -> int:
        """The number of a quote in the whole document."""
        key = (citation.passage, citation.start, citation.end)
        if key not in self._numbers:
            self._citations.append(citation)
            self._numbers[key] = len(self._citations)
        return self._numbers[key]

    def renumber(self, text: str, citations: Sequence[Citation]) -> str:
        """`text` with its marks moved to the numbering of the document."""
        numbers = {citation.n: self.number(citation) for citation in citations}

        def moved(match: re.Match[str]) -> str:
            own = [int(part) for part in re.findall(r"\d+", match[1])]
            return "[" + ", ".join(str(numbers.get(n, n)) for n in own) + "]"

        return MARK.sub(moved, text)

    def lines(self) -> list[str]:
        """The reference list."""
        return [f"{n}. {reference(citation)}" for n, citation in enumerate(self._citations, 1)]


def reference(citation: Citation) -> str:
    """One reference: who, title, where, link, quote, and any mark against the paper."""
    who = ", ".join(markdown_escaped(name) for name in citation.authors)
    where = " ".join(markdown_escaped(str(part)) for part in (citation.journal, citation.year) if part)
    parts = [part for part in (who, f"*{markdown_escaped(one_line(citation.title))}*", where) if part]
    text = ". ".join(part.rstrip(".") for part in parts) + "."
    if citation.link_kind == "title-search":
        text += f" No identifier known ([search by title]({citation.link}))."
    else:
        text += f" <{citation.link}>."
    if citation.retraction not in ("none", "unknown"):
        text += f" **{citation.retraction.upper()}**."
    quote = markdown_escaped(one_line(citation.quote))
    return f"{text} {markdown_escaped(citation.section)}: “{quote}”"


def markdown(session: Session, turns: Iterable[Turn]) -> str:
    """The whole session as one Markdown document, ending with a newline."""
    references = References()
    lines = [
        f"# {markdown_escaped(one_line(session.title)) or 'Untitled session'}",
        "",
        f"Senescope session {session.id}, begun {session.created}.",
    ]
    for turn in turns:
        lines += ["", f"## {turn.n}. {markdown_escaped(one_line(turn.question))}", ""]
        said = turn.answer is not None and turn.answer.answer.startswith("*Read as: ")
        if turn.resolved and turn.resolved != turn.question and not said:
            lines += [f"Understood as: {markdown_escaped(one_line(turn.resolved))}", ""]
        lines += _body(turn, references)
    listed = references.lines()
    if listed:
        lines += ["", "## References", "", *listed]
    return "\n".join(lines) + "\n"


def answer_markdown(answer: Answer) -> str:
    """One answer with its references: what `/copy` gives."""
    references = References()
    lines = _answer(answer, references)
    listed = references.lines()
    return "\n".join([*lines, *(["", *listed] if listed else [])]) + "\n"


def _body(turn: Turn, references: References) -> list[str]:
    answer = turn.answer
    if answer is not None:
        return _answer(answer, references)
    if turn.kind == "whatif" and turn.payload is not None:
        return whatif_lines(turn.payload)
    if turn.kind == "failed":
        return [f"_Failed: {markdown_escaped(str((turn.payload or {}).get('error', '')))}_"]
    return ["_Cancelled before an answer came._" if turn.kind == "cancelled" else "_Not answered yet._"]


def _answer(answer: Answer, references: References) -> list[str]:
    head = ["**Not enough evidence.**", ""] if answer.kind == "refusal" else []
    lines = [*head, references.renumber(plain(answer.answer).strip(), answer.citations)]
    numbers = {citation.n: references.number(citation) for citation in answer.citations}
    for conflict in answer.conflicts:
        sides = [
            f"{word} {', '.join(f'[{numbers.get(n, n)}]' for n in side)}"
            for word, side in (("for", conflict.supports), ("against", conflict.opposes))
            if side
        ]
        lines += ["", f"> Evidence disagrees: {markdown_escaped(conflict.statement)} ({'; '.join(sides)})"]
        if conflict.nuance:
            lines += ["> " + markdown_escaped(one_line(conflict.nuance))]
    if answer.near_misses:
        lines += ["", "Came near:", ""]
        lines += [
            f"- {markdown_escaped(miss.passage)}: {markdown_escaped(miss.why)}" for miss in answer.near_misses
        ]
    return lines


def whatif_lines(payload: Json) -> list[str]:
    """A what-if as tables: outcomes with differences, then the changes with their reasons."""
    listed = payload.get("designs") or ()
    names = [markdown_escaped(str(design.get("label") or design["name"])) for design in listed]
    a, b = (names + ["A", "B"])[:2]
    lines = [f"What-if: A = {a}, B = {b}.", ""]
    read = payload.get("understood") or {}
    if read.get("echo"):
        lines += [f"Read as: {markdown_escaped(str(read['echo']))}.", ""]
    lines += [f"- assumed: {markdown_escaped(str(item))}" for item in read.get("assumed") or ()]
    lines += [f"- not understood: {markdown_escaped(str(item))}" for item in read.get("unknown") or ()]
    if payload.get("sentence"):
        lines += ["", markdown_escaped(str(payload["sentence"])), ""]
    lines += _ranking(payload.get("ranking") or {})
    lines += ["| Outcome | A | B | Difference | |", "|---|---|---|---|---|"]
    for outcome in payload.get("outcomes") or ():
        values = " | ".join(spread(outcome.get(side)) for side in ("A", "B", "difference"))
        unit = markdown_escaped(str(outcome.get("unit") or ""))
        direction = markdown_escaped(str(outcome.get("direction") or ""))
        lines.append(f"| {markdown_escaped(str(outcome['name']))} ({unit}) | {values} | {direction} |")
    changes = payload.get("changes") or ()
    if changes:
        lines += ["", "Changed:", ""]
        lines += [
            f"- {markdown_escaped(str(change['parameter']))}: {number(change.get('from'))} → "
            f"{number(change.get('to'))} {markdown_escaped(str(change.get('unit') or ''))} "
            f"({markdown_escaped(because(change.get('because')))})"
            for change in changes
        ]
    run = payload.get("run") or {}
    again = f"; `senescope whatif --replay {run['id']}` runs it again" if run.get("id") else ""
    lines += ["", f"Seed {run.get('seed')}, {run.get('draws')} draws; brackets are the 5–95 % band{again}."]
    return lines + [f"> {markdown_escaped(str(warning))}" for warning in payload.get("warnings") or ()]


def _ranking(found: Json) -> list[str]:
    """The levers of a ranking as a table."""
    if not found:
        return []
    outcome, wish = markdown_escaped(str(found["outcome"])), str(found["wish"])
    lines = [f"| Lever | {outcome}, with - without | Direction | First in draws |", "|---|---|---|---|"]
    for lever in found["levers"]:
        first = lever["first"]
        share = max(first.values()) if wish == "either" else first[wish]
        lines.append(
            f"| {markdown_escaped(str(lever['name']))} | {spread(lever['difference'])} "
            f"| {lever['direction']} | {100 * float(share):.0f} % |"
        )
    return [*lines, ""]


def because(reason: object) -> str:
    """Why a parameter has its value, in words: a short reference, `user` or `assumed`."""
    if not isinstance(reason, dict):
        return str(reason or "assumed")
    authors = [name for name in reason.get("authors") or () if name != "et al."]
    title = str(reason.get("title") or reason.get("doi") or reason.get("paper") or "source")
    who = f"{authors[0]} et al." if authors else title if len(title) <= 60 else f"{title[:59]}…"
    where = " ".join(str(reason[part]) for part in ("journal", "year") if reason.get(part))
    return f"{who}, {where}" if where else who


def spread(value: object) -> str:
    """`median [low, high]`, or a dash when there is none."""
    if not isinstance(value, dict):
        return number(value)
    middle, low, high = (value.get(name) for name in ("median", "low", "high"))
    if low is None or high is None or (low == middle == high):
        return number(middle)
    return f"{number(middle)} [{number(low)}, {number(high)}]"


def number(value: object) -> str:
    """Three significant digits; a dash for a missing value."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "–" if value is None else str(value)
    return "0" if value == 0 else f"{value:.3g}"
