"""One turn of the conversation: the question, then what came of it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Markdown, Static

from assistant.errors import SenescopeError
from assistant.evidence import Answer, Conflict
from assistant.sessions.markdown import number, spread
from assistant.sessions.plain import one_line, plain
from assistant.sessions.turns import Json, TurnKind
from assistant.tui.answer_text import SCHEME, AnswerText, body
from assistant.tui.badges import summary
from assistant.tui.messages import CitationOpened, Submitted, WhatIfShown
from assistant.tui.outcomes import direction, label
from assistant.tui.sources import Sources

_SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"


class Waiting(Static):
    """The line under a question that is being answered; it moves so that a stall would show."""

    def __init__(self, text: str) -> None:
        super().__init__(classes="waiting")
        self._text = text
        self._step = 0

    def on_mount(self) -> None:
        """Begin to move; ten steps a second cost nothing and read as alive."""
        self.set_interval(0.1, self._tick)

    def say(self, text: str) -> None:
        """Change what is waited for."""
        self._text = text
        self.refresh()

    def _tick(self) -> None:
        self._step += 1
        self.refresh()

    def render(self) -> Content:
        """The moving sign and the text."""
        return Content.assemble(
            (_SPINNER[self._step % len(_SPINNER)], "$primary"), f" {self._text}", ("  Esc cancels", "dim")
        )


class TurnView(Vertical):
    """A question and, once it came, its answer, refusal, what-if or error."""

    def __init__(self, turn: int, question: str, waiting: str = "Reading the evidence…") -> None:
        super().__init__(classes="turn")
        self.turn = turn
        self.question = question
        self.answer: Answer | None = None
        self.payload: Json | None = None
        self.pending = True
        self._waiting = Waiting(waiting)

    def compose(self) -> ComposeResult:
        """The question, and the waiting line below it."""
        yield Static(Content.assemble(("❯ ", "bold $primary"), plain(self.question)), classes="question")
        yield self._waiting

    def say(self, text: str) -> None:
        """Change the waiting line."""
        self._waiting.say(text)

    async def show_answer(self, answer: Answer) -> None:
        """Replace the waiting line by an answer or a refusal."""
        self.answer = answer
        await self._settle(answer_parts(answer))

    async def show_whatif(self, payload: Json) -> None:
        """Replace the waiting line by the summary of a what-if."""
        self.payload = payload
        await self._settle([WhatIfSummary(payload)])

    async def show_error(self, error: Exception) -> None:
        """Replace the waiting line by a panel that says what to do."""
        await self._settle([error_panel(error)])

    async def show_stopped(self, kind: TurnKind) -> None:
        """Say that no answer came, and how to get one."""
        words = "Cancelled." if kind == "cancelled" else "The chat ended before an answer came."
        await self._settle(
            [
                Static(
                    Content.assemble(
                        (words + " ", "dim"),
                        Content.styled("Ask again", Style.from_meta({"@click": "ask_again"})),
                    ),
                    classes="stopped",
                )
            ]
        )

    def action_ask_again(self) -> None:
        """Send the same question once more."""
        self.post_message(Submitted(self.question))

    async def _settle(self, parts: list[Widget]) -> None:
        self.pending = False
        async with self.batch():
            await self._waiting.remove()
            await self.mount_all(parts)

    def on_markdown_link_clicked(self, event: Markdown.LinkClicked) -> None:
        """A mark [n] was followed."""
        event.stop()
        if self.answer is not None and event.href.startswith(SCHEME):
            self.post_message(CitationOpened(self.answer, int(event.href.removeprefix(SCHEME))))


class WhatIfSummary(Static, can_focus=True):
    """A what-if in the conversation: the outcomes that differ, and the way to the curves."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "show", "Show curves")]
    HELP = "A what-if: Enter shows its curves, outcomes, sources and assumptions."

    def __init__(self, payload: Json) -> None:
        super().__init__(classes="whatif-summary")
        self._payload = payload

    def render(self) -> Content:
        """Up to four outcomes, each with both values and the direction in words."""
        names = [one_line(str(design["name"])) for design in self._payload["designs"]]
        lines = [
            Content.assemble(
                ("A ", "bold $design-a"), names[0], ("  vs  ", "dim"), ("B ", "bold $design-b"), names[-1]
            )
        ]
        echo = (self._payload.get("understood") or {}).get("echo")
        if echo:
            lines.append(Content.styled(f"Read as: {one_line(str(echo))}", "dim"))
        outcomes = self._payload["outcomes"]
        if self._payload.get("sentence"):
            lines.append(Content(one_line(str(self._payload["sentence"]))))
        else:
            lines += [
                Content.assemble(
                    f"{label(outcome)}: A {spread(outcome['A'])}, B {spread(outcome['B'])}  ",
                    (direction(outcome), "bold"),
                )
                for outcome in outcomes[:4]
            ]
        link = f"▸ Curves, {len(outcomes)} outcomes, sources and assumptions (F4)"
        lines.append(Content.styled(link, Style.from_meta({"show": True})).stylize("bold $primary"))
        return Content("\n").join(lines)

    def on_click(self) -> None:
        """Open the what-if room on this comparison."""
        self.action_show()

    def action_show(self) -> None:
        """Open the what-if room on this comparison."""
        self.post_message(WhatIfShown(self._payload))


class WhatIfOffer(Static, can_focus=True):
    """The what-if that fits an answer, one key or click away."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "run", "Run this what-if")]
    HELP = "A what-if that fits this answer: Enter runs it in the model."

    def __init__(self, command: str) -> None:
        super().__init__(classes="offer")
        self._command = command

    def render(self) -> Content:
        """The command as it can be typed."""
        words = "/whatif " + one_line(self._command).removeprefix("senescope whatif").strip()
        return Content.assemble(("▸ Try it in the model: ", "bold $primary"), (words, "$primary"))

    def on_click(self) -> None:
        """Run it here."""
        self.action_run()

    def action_run(self) -> None:
        """Run it here."""
        self.post_message(Submitted("/whatif " + self._command.removeprefix("senescope whatif").strip()))


def answer_parts(answer: Answer) -> list[Widget]:
    """The widgets of an answer or refusal, in reading order."""
    parts: list[Widget] = []
    if answer.resolved and answer.resolved != answer.question:
        parts.append(
            Static(
                Content.assemble(("Understood as: ", "dim"), one_line(answer.resolved)), classes="resolved"
            )
        )
    known = {citation.n for citation in answer.citations}
    text = AnswerText(body(answer), known)
    if answer.kind == "refusal":
        parts.append(_refusal(answer, text))
    else:
        labels = summary(answer.citations)
        if labels:
            parts.append(Static(labels, classes="badges"))
        parts.append(text)
    parts += [ConflictPanel(answer, conflict) for conflict in answer.conflicts]
    if answer.citations:
        parts.append(Sources(answer))
    parts += [Static(Content.styled(f"· {plain(note)}", "dim"), classes="note") for note in answer.notes]
    if answer.whatif:
        parts.append(WhatIfOffer(answer.whatif))
    parts.append(Static(Content.styled(_footing(answer), "dim"), classes="footing"))
    return parts


def _refusal(answer: Answer, text: Widget) -> Widget:
    children: list[Widget] = [text]
    if answer.near_misses:
        lines = [Content.styled("Came near:", "bold")]
        for miss in answer.near_misses:
            where = one_line(miss.short or miss.passage)
            lines.append(Content.assemble(f"· {where}: ", (one_line(miss.why), "dim")))
            if miss.text:
                lines.append(Content.styled(f"  “{one_line(miss.text)}”", "dim italic"))
        children.append(Static(Content("\n").join(lines), classes="near-misses"))
    box = Vertical(*children, classes="refusal")
    box.border_title = "∅ Not enough evidence"
    return box


class ConflictPanel(Static):
    """A contested claim, set apart with both sides."""

    def __init__(self, answer: Answer, conflict: Conflict) -> None:
        super().__init__(classes="conflict")
        self._answer = answer
        self._conflict = conflict
        self.border_title = "≠ Evidence disagrees"

    def render(self) -> Content:
        """The statement, who is for it, who is against, and why both may hold."""
        conflict = self._conflict
        lines = [Content(plain(conflict.statement))]
        sides = (("for", "▲", conflict.supports), ("against", "▼", conflict.opposes))
        marks = [
            Content.assemble((f"{sign} {word} ", "bold"), *(self._mark(n) for n in side))
            for word, sign, side in sides
            if side
        ]
        if marks:
            lines.append(Content("   ").join(marks))
        if conflict.nuance:
            lines.append(Content.styled(plain(conflict.nuance), "italic"))
        return Content("\n").join(lines)

    def _mark(self, n: int) -> Content:
        return Content.styled(f"[{n}]", Style.from_meta({"@click": f"open({n})"})).stylize("bold $primary")

    def action_open(self, n: int) -> None:
        """Show the quote numbered `n`."""
        self.post_message(CitationOpened(self._answer, n))


def error_panel(error: Exception) -> Widget:
    """An error as a panel: what happened, and what to do next."""
    if isinstance(error, SenescopeError):
        what, hint = error.message, error.hint
    else:
        what = f"{type(error).__name__}: {error}"
        hint = "This is a defect of Senescope. /log shows the details; please report it."
    content = Content.assemble(plain(what), *([("\n→ " + plain(hint), "bold")] if hint else []))
    panel = Static(content, classes="error-panel")
    panel.border_title = "✖ That did not work"
    return panel


def _footing(answer: Answer) -> str:
    searched = answer.searched
    limits = f" ({searched.filters})" if searched.filters else ""
    seconds = f" in {number(answer.run.seconds)} s" if answer.run.seconds else ""
    return (
        f"{searched.passages:,} passages of {searched.papers:,} papers searched{limits}{seconds}"
        f" · confidence {answer.confidence:.2f}"
    )
