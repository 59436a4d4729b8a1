"""An answer or a refusal as widgets, in reading order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Static

from assistant.evidence import Answer, Conflict, Sentence, WhatIfHelp
from assistant.sessions.markdown import number
from assistant.sessions.plain import one_line, plain
from assistant.tui.answer_text import AnswerText, body
from assistant.tui.badges import summary
from assistant.tui.messages import CitationOpened
from assistant.tui.sources import Sources
from assistant.tui.whatif_turn import WhatIfOffer


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
    if answer.withheld:
        parts.append(Withheld(answer.withheld))
    parts += [Static(Content.styled(f"· {plain(note)}", "dim"), classes="note") for note in answer.notes]
    if answer.whatif:
        parts.append(WhatIfOffer(answer.whatif))
    if answer.whatif_help is not None and answer.kind != "refusal":
        parts += _help(answer.whatif_help)
    parts.append(Static(Content.styled(_footing(answer), "dim"), classes="footing"))
    return parts


def _help(found: WhatIfHelp) -> list[Static]:
    """What of a what-if was not understood, and examples that are one key away."""
    from assistant.kinetics.guidance import CHANGES

    said = Content.assemble(
        ("No what-if was run. ", "bold"),
        one_line(found.reason),
        (f" What can be changed: {CHANGES}.", "dim"),
    )
    offers = [WhatIfOffer(f"senescope whatif {example}", "For example") for example in found.examples]
    return [Static(said, classes="note"), *offers]


def not_run(found: WhatIfHelp) -> Widget:
    """Words for a what-if that make none: a refusal, with what can be changed and examples that run."""
    box = Vertical(*_help(found), classes="refusal")
    box.border_title = "∅ Not understood as a what-if"
    return box


def _refusal(answer: Answer, text: Widget) -> Widget:
    # Who wants a what-if is helped with that first; what the papers lack comes below it.
    children: list[Widget] = [] if answer.whatif_help is None else [*_help(answer.whatif_help)]
    children.append(text)
    if answer.near_misses:
        lines = [Content.styled("Came near:", "bold")]
        for miss in answer.near_misses:
            where = one_line(miss.short or miss.passage)
            lines.append(Content.assemble(f"· {where}: ", (one_line(miss.why), "dim")))
            if miss.text:
                lines.append(Content.styled(f"  “{one_line(miss.text)}”", "dim italic"))
        children.append(Static(Content("\n").join(lines), classes="near-misses"))
    box = Vertical(*children, classes="refusal")
    box.border_title = "∅ Not enough evidence" + (", and no what-if" if answer.whatif_help else "")
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


class Withheld(Static, can_focus=True):
    """What a model wrote and its quotes do not support: a count, and the sentences on request."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "unfold", "Show or hide")]
    HELP = "Sentences that the model wrote and that its quotes do not support. Enter shows or hides them."

    unfolded: reactive[bool] = reactive(False, layout=True)

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        super().__init__(classes="withheld")
        self._sentences = sentences

    def render(self) -> Content:
        """One line, or that line and each sentence struck out with its reason."""
        count = len(self._sentences)
        head = f"{'▾' if self.unfolded else '▸'} {count} sentence{'s' if count > 1 else ''} withheld"
        lines = [Content.assemble((head, "bold $text-warning"), (": not supported by the quotes", "dim"))]
        if self.unfolded:
            for sentence in self._sentences:
                words = one_line(sentence.text) or "(not kept)"
                lines.append(
                    Content.assemble(
                        ("  ✗ ", "$text-error"), (words, "strike dim"), f"  {one_line(sentence.reason)}"
                    )
                )
        return Content("\n").join(lines)

    def on_click(self) -> None:
        """Show or hide them."""
        self.action_unfold()

    def action_unfold(self) -> None:
        """Show or hide them."""
        self.unfolded = not self.unfolded


def _footing(answer: Answer) -> str:
    searched = answer.searched
    limits = f" ({searched.filters})" if searched.filters else ""
    seconds = f" in {number(answer.run.seconds)} s" if answer.run.seconds else ""
    written = "" if answer.engine == "extractive" else f"written by {one_line(answer.engine)} · "
    return (
        f"{written}{searched.passages:,} passages of {searched.papers:,} papers searched{limits}{seconds}"
        f" · confidence {answer.confidence:.2f}"
    )
