"""One turn of the conversation: the question, then what came of it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Markdown, Static

from assistant.errors import SenescopeError
from assistant.evidence import Answer, Sentence, WhatIfHelp
from assistant.sessions.plain import one_line, plain
from assistant.sessions.turns import Json, TurnKind
from assistant.tui.answer_text import SCHEME, AnswerText
from assistant.tui.answer_view import answer_parts, not_run
from assistant.tui.badges import summary
from assistant.tui.messages import CitationOpened, Submitted
from assistant.tui.whatif_turn import PapersOffer, WhatIfSummary

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
        self._text: AnswerText | None = None
        """The sentences of a model while it writes."""

    def compose(self) -> ComposeResult:
        """The question, and the waiting line below it."""
        yield Static(Content.assemble(("❯ ", "bold $primary"), plain(self.question)), classes="question")
        yield self._waiting

    def say(self, text: str) -> None:
        """Change the waiting line."""
        self._waiting.say(text)

    async def show_grounded(self, answer: Answer, writer: str) -> None:
        """The quotes are found and a model begins to write over them."""
        self.answer = answer
        self.say(f"{one_line(writer)} writes over {len(answer.citations)} quotes…")
        self._text = AnswerText("", {citation.n for citation in answer.citations})
        async with self.batch():
            await self.mount(Static(summary(answer.citations), classes="badges"), before=self._waiting)
            await self.mount(self._text, before=self._waiting)

    async def add_sentence(self, sentence: Sentence) -> None:
        """One more sentence of the model, once it was checked."""
        if self._text is not None:
            marks = "".join(f"[{n}]" for n in sentence.citations)
            await self._text.append(f"{plain(sentence.text)} {marks} ")

    async def show_answer(self, answer: Answer, error: Exception | None = None) -> None:
        """Replace what stands below the question by an answer or a refusal.

        Arguments:
            error: why the model did not write it, when it should have.
        """
        self.answer = answer
        before = [error_panel(error)] if error is not None else []
        await self._settle([*before, *answer_parts(answer)])

    async def show_whatif(self, payload: Json) -> None:
        """Replace the waiting line by the summary of a what-if."""
        self.payload = payload
        beside = str(payload.get("literature") or "")
        await self._settle([WhatIfSummary(payload), *([PapersOffer(beside)] if beside else [])])

    async def show_error(
        self, error: Exception, question: str = "", guidance: WhatIfHelp | None = None
    ) -> None:
        """Replace the waiting line by a panel that says what to do; the papers may be asked `question`.

        Arguments:
            guidance: what of a what-if was not understood: that is a refusal with help, no error.
        """
        panel = not_run(guidance) if guidance is not None else error_panel(error)
        await self._settle([panel, *([PapersOffer(question)] if question else [])])

    async def show_failed(self, text: str) -> None:
        """What went wrong when the question was asked, as it was written down, and a way to ask again."""
        await self._settle([_panel(Content(plain(text))), self._again("")])

    async def show_stopped(self, kind: TurnKind) -> None:
        """Say that no answer came, and how to get one."""
        words = "Cancelled." if kind == "cancelled" else "The chat ended before an answer came."
        await self._settle([self._again(words + " ")])

    def _again(self, words: str) -> Widget:
        link = Content.styled("Ask again", Style.from_meta({"@click": "ask_again"}))
        return Static(Content.assemble((words, "dim"), link), classes="stopped")

    def action_ask_again(self) -> None:
        """Send the same question once more."""
        self.post_message(Submitted(self.question))

    async def _settle(self, parts: list[Widget]) -> None:
        self.pending = False
        async with self.batch():
            await self.remove_children(self.children[1:])  # all but the question
            await self.mount_all(parts)

    def on_markdown_link_clicked(self, event: Markdown.LinkClicked) -> None:
        """A mark [n] was followed."""
        event.stop()
        if self.answer is not None and event.href.startswith(SCHEME):
            self.post_message(CitationOpened(self.answer, int(event.href.removeprefix(SCHEME))))


def error_panel(error: Exception) -> Widget:
    """An error as a panel: what happened, and what to do next."""
    if isinstance(error, SenescopeError):
        what, hint = error.message, error.hint
    else:
        what = f"{type(error).__name__}: {error}"
        hint = "This is a defect of Senescope. /log shows the details; please report it."
    content = Content.assemble(plain(what), *([("\n→ " + plain(hint), "bold")] if hint else []))
    return _panel(content)


def _panel(content: Content) -> Widget:
    panel = Static(content, classes="error-panel")
    panel.border_title = "✖ That did not work"
    return panel
