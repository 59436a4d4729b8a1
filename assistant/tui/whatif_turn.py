"""What-ifs inside the conversation: the summary of one that ran, and the offer of one that fits an answer."""

from __future__ import annotations

import re
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from assistant.sessions.markdown import spread
from assistant.sessions.plain import one_line
from assistant.sessions.turns import Json
from assistant.tui.messages import Submitted, WhatIfShown
from assistant.tui.outcomes import direction, label


class WhatIfSummary(Static, can_focus=True):
    """A what-if in the conversation: the outcomes that differ, and the way to the curves."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "show", "Show curves")]
    HELP = "A what-if: Enter shows its curves, outcomes, sources and assumptions."

    def __init__(self, payload: Json) -> None:
        super().__init__(classes="whatif-summary")
        self._payload = payload

    def render(self) -> Content:
        """Up to four outcomes, each with both values and the direction in words."""
        names = [one_line(str(design.get("label") or design["name"])) for design in self._payload["designs"]]
        lines = [
            Content.assemble(
                ("A ", "bold $design-a"), names[0], ("  vs  ", "dim"), ("B ", "bold $design-b"), names[-1]
            )
        ]
        read = self._payload.get("understood") or {}
        if read.get("echo"):
            by = f" (proposed by {one_line(str(read['by']))}, checked)" if read.get("by") != "grammar" else ""
            lines.append(Content.styled(f"Read as{by}: {one_line(str(read['echo']))}", "dim"))
        lines += [Content.styled(f"□ {one_line(str(item))}", "dim") for item in read.get("assumed") or ()]
        lines += [
            Content.styled(f"⚠ Not understood: {one_line(str(item))}", "$text-warning")
            for item in read.get("unknown") or ()
        ]
        outcomes = self._payload["outcomes"]
        if self._payload.get("sentence"):
            first, *more = sentences(one_line(str(self._payload["sentence"])))
            lead, *results = clauses(first)
            lines += [Content(lead), *(Content(f"• {told}") for told in (*results, *more))]
        else:
            lines += [
                Content.assemble(
                    f"{label(outcome)}: A {spread(outcome['A'])}, B {spread(outcome['B'])}  ",
                    (direction(outcome), "bold"),
                )
                for outcome in outcomes[:4]
            ]
        lines += [Content.styled(f"▼ {doubt}", "$text-warning") for doubt in self._doubts()]
        link = f"▸ Curves, {len(outcomes)} outcomes, sources and assumptions (F4)"
        lines.append(Content.styled(link, Style.from_meta({"show": True})).stylize("bold $primary"))
        return Content("\n").join(lines)

    def _doubts(self) -> list[str]:
        """What in the corpus speaks against the result and does not stand in its sentence already."""
        told = str(self._payload.get("sentence") or "")
        return [
            one_line(
                f"Against it: {doubt['text']} [{', '.join(f['passage'] for f in doubt['findings'] if f)}]."
            )
            for doubt in self._payload.get("contested") or ()
            if str(doubt["text"]) not in told
        ]

    def on_click(self) -> None:
        """Open the what-if room on this comparison."""
        self.action_show()

    def action_show(self) -> None:
        """Open the what-if room on this comparison."""
        self.post_message(WhatIfShown(self._payload))


def sentences(text: str) -> list[str]:
    """The sentences of a result, one for each line: never cut inside brackets or after an abbreviation."""
    return re.split(r"(?<=\.)(?<!prob\.)(?<!e\.g\.)(?<!al\.)(?<!vs\.) (?=[A-Z])(?![^\[]*\])(?![^(]*\))", text)


def clauses(sentence: str) -> list[str]:
    """What a result compares, then each of its outcomes; the sentence itself where it is of another form.

    Five outcomes in one sentence are right to quote and hard to read.
    """
    lead, colon, rest = sentence.partition("): ")
    if not colon or not lead.startswith("A ("):
        return [sentence]
    parts = re.split(r"; (?![^\[]*\])(?![^(]*\))", rest.removesuffix("."))
    return [f"{lead}):", *(part[:1].upper() + part[1:] for part in parts)]


class PapersOffer(Static, can_focus=True):
    """The way from a what-if that nobody called one to the papers, one key or click away."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "ask", "Ask the papers")]
    HELP = "The words were taken for a what-if: Enter asks the papers the same."

    def __init__(self, question: str) -> None:
        super().__init__(classes="offer")
        self._question = question

    def render(self) -> Content:
        """The question as it can be typed."""
        return Content.assemble(
            ("▸ Ask the papers instead: ", "bold $primary"), f"/ask {one_line(self._question)}"
        )

    def on_click(self) -> None:
        """Ask them here."""
        self.action_ask()

    def action_ask(self) -> None:
        """Ask them here."""
        self.post_message(Submitted(f"/ask {self._question}"))


class WhatIfOffer(Static, can_focus=True):
    """The what-if that fits an answer, one key or click away."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "run", "Run this what-if")]
    HELP = "A what-if that fits this answer, or an example of one: Enter runs it in the model."

    def __init__(self, command: str, lead: str = "Try it in the model") -> None:
        super().__init__(classes="offer")
        self._command, self._lead = command, lead

    def render(self) -> Content:
        """The command as it can be typed."""
        words = one_line(self._command).removeprefix("senescope whatif").strip()
        if not words.lower().startswith("what if"):
            words = f"/whatif {words}"
        return Content.assemble((f"▸ {self._lead}: ", "bold $primary"), (words, "$primary"))

    def on_click(self) -> None:
        """Run it here."""
        self.action_run()

    def action_run(self) -> None:
        """Run it here."""
        self.post_message(Submitted("/whatif " + self._command.removeprefix("senescope whatif").strip()))
