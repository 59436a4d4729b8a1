"""The evidence room: one card for each quote of the answer in focus."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from assistant.evidence import Answer, Citation
from assistant.sessions.plain import one_line, plain
from assistant.tui.badges import RETRACTIONS, name_of, of_citation
from assistant.tui.messages import CitationOpened, SimilarWanted

if TYPE_CHECKING:
    from assistant.answering.engine import Context

AROUND = 320
"""Characters of context on each side of a quote: about four lines of a card."""


_FINDING = re.compile(r"^F\d+: ", re.MULTILINE)
"""How a digest numbers its findings; on the screen F1 is a key."""


class EvidenceRoom(VerticalScroll, can_focus=False):
    """Cards for the citations of one answer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.cancel", "Chat", tooltip="back to the conversation"),
        Binding("backspace", "back", "Back", show=False, tooltip="from similar passages back to the answer"),
    ]

    def __init__(self) -> None:
        super().__init__(id="evidence")
        self.answer: Answer | None = None
        self.shown: Sequence[Citation] = ()
        """The quotes on the cards: of the answer, or what is like one of them."""

    def compose(self) -> ComposeResult:
        """Empty until an answer is in focus."""
        yield Static(
            Content.styled(
                "The quotes behind an answer appear here.\nFollow a mark like [2], or press F3.", "dim"
            ),
            classes="empty",
        )

    async def show(self, answer: Answer) -> None:
        """Show the quotes of an answer; their surroundings follow with `surround`."""
        if self.answer is answer and self.shown is answer.citations:
            return
        self.answer = answer
        count = len(answer.citations)
        head = f"{count} quote{'' if count == 1 else 's'} behind: {one_line(answer.question)}"
        await self._lay_out(Content.styled(head, "dim"), answer.citations)

    async def show_similar(self, citation: Citation, found: Sequence[Citation]) -> None:
        """Show passages like a quote; the way back leads to the answer."""
        back = Content.styled("◂ Back to the answer (⌫)", Style.from_meta({"@click": "back"}))
        words = f"{len(found)} passages nearest to [{citation.n}] {name_of(citation)}, best first"
        await self._lay_out(Content.assemble((words, "dim"), "\n", back.stylize("$primary")), found)
        self.take_focus()

    async def _lay_out(self, head: Content, citations: Sequence[Citation]) -> None:
        self.shown = citations
        async with self.batch():
            await self.query("*").remove()
            await self.mount(Static(head, classes="evidence-head"))
            await self.mount_all(Card(citation) for citation in citations)
        self.scroll_home(animate=False)

    def surround(self, citations: Sequence[Citation], contexts: Sequence[Context | None]) -> None:
        """Put the quotes into their surroundings."""
        if self.shown is citations:
            for card, context in zip(self.query(Card), contexts, strict=True):
                card.surround(context)

    async def action_back(self) -> None:
        """From similar passages to the quotes of the answer."""
        if self.answer is not None and self.shown is not self.answer.citations:
            self.post_message(CitationOpened(self.answer, self.answer.citations[0].n))

    def focus_card(self, n: int, *, take_focus: bool = True) -> bool:
        """Scroll to the quote numbered `n`; False when the answer has none."""
        for card in self.query(Card):
            card.set_class(card.citation.n == n, "chosen")
        found = next((card for card in self.query(Card) if card.citation.n == n), None)
        if found is None:
            return False
        if take_focus:
            self.screen.set_focus(found, scroll_visible=False)
        self.call_after_refresh(self.scroll_to_widget, found, top=True, animate=False)
        return True

    def take_focus(self) -> None:
        """Give the keyboard to the card that was opened last, or to the first."""
        cards = list(self.query(Card))
        chosen = [card for card in cards if card.has_class("chosen")] or cards
        if chosen:
            self.screen.set_focus(chosen[0])


class Card(Vertical, can_focus=True):
    """One quote: where it stands, what it says, what to do with it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "step(1)", "Quotes", key_display="↑↓", tooltip="the next quote; ↑ the one before"),
        Binding("up,k", "step(-1)", show=False),
        Binding("enter", "unfold", "More", tooltip="more of the text around the quote, or less"),
        Binding("o", "open_link", "Page", id="open", tooltip="open the paper's page in a browser"),
        Binding("y", "copy_citation", "Copy", id="copy", tooltip="copy the reference with its quote"),
        Binding("m", "similar", "Similar", id="similar", tooltip="more like this: the nearest passages"),
        Binding("p", "only_paper", "Only this", id="only", tooltip="only this paper for the next questions"),
        Binding("b", "copy_bibtex", "BibTeX", id="bibtex", tooltip="copy the BibTeX entry"),
    ]
    HELP = (
        "A quote: ↑ ↓ or a digit go to another, Enter shows more around it, o opens the paper's page, "
        "y copies the reference, b copies BibTeX, m finds passages like it, p restricts the next questions "
        "to this paper, Backspace returns from similar passages to the answer."
    )

    def __init__(self, citation: Citation) -> None:
        super().__init__(classes="card")
        self.citation = citation
        # The title stands below: the frame need not repeat it where a journal or a year is known.
        known = citation.short != citation.paper and not citation.passage.startswith("claim:")
        name = one_line(citation.short) if known else name_of(citation)
        self.border_title = Content(f"[{citation.n}] {name}")
        self._quote = Static(quote_in_context(citation, None), classes="quote")
        self._limits = Static(classes="limits")
        self._limits.display = False
        self._surroundings: Context | None = None
        self._around = AROUND

    def compose(self) -> ComposeResult:
        """Title, labels, the quote, identifiers, actions."""
        citation = self.citation
        yield Static(Content.styled(one_line(citation.title), "bold"), classes="card-title")
        labels = of_citation(citation)
        if labels:
            yield Static(labels, classes="badges")
        yield self._quote
        yield self._limits
        yield Static(identifiers(citation), classes="identifiers")
        yield Static(classes="card-actions")

    def surround(self, context: Context | None) -> None:
        """Show the text around the quote, and what the source itself cannot show."""
        self._surroundings = context
        self._quote.update(quote_in_context(self.citation, context, self._around))
        if context is None or not context.limits:
            return
        text = one_line(context.limits)
        if self._around == AROUND and len(text) > AROUND:
            text = text[:AROUND].rpartition(" ")[0] + " … (Enter shows all)"
        self._limits.update(Content.assemble(("Limits of this source: ", "bold dim"), (text, "dim")))
        self._limits.display = True

    def action_unfold(self) -> None:
        """Show much more of the text around the quote, or less again."""
        self._around = 4000 if self._around == AROUND else AROUND
        self.surround(self._surroundings)

    def on_resize(self) -> None:
        """Break the line of actions between them, never inside one."""
        line = self.query_one(".card-actions", Static)
        line.update(self._actions(self.content_size.width))

    def _actions(self, width: int) -> Content:
        page = "o Open page" if self.citation.link_kind != "title-search" else "o Search for the title"
        labels = (
            (page, "open_link"),
            ("y Copy", "copy_citation"),
            ("b BibTeX", "copy_bibtex"),
            ("m More like this", "similar"),
            ("p Only this paper", "only_paper"),
        )
        lines = [Content("")]
        for label, action in labels:
            part = Content.styled(label, Style.from_meta({"@click": action})).stylize("$primary")
            if not lines[-1]:
                lines[-1] = part
            elif lines[-1].cell_length + 3 + part.cell_length <= width:
                lines[-1] += Content("   ") + part
            else:
                lines.append(part)
        return Content("\n").join(lines)

    def takes(self, character: str) -> bool:
        """Whether a character means something here: digits do."""
        return character.isdigit()

    def on_key(self, event: events.Key) -> None:
        """A digit goes to that quote."""
        room = next((node for node in self.ancestors if isinstance(node, EvidenceRoom)), None)
        if event.key.isdigit() and room is not None and room.focus_card(int(event.key)):
            event.stop()

    def action_step(self, step: int) -> None:
        """Go to the card above or below."""
        cards = list(self.screen.query(Card))
        place = cards.index(self) + step
        if 0 <= place < len(cards):
            cards[place].focus()

    async def action_open_link(self) -> None:
        """Open the paper's page in a browser."""
        await self.run_action(f"app.open_page({self.citation.link!r})")

    async def action_copy_citation(self) -> None:
        """Copy the reference with its quote."""
        await self.run_action(f"app.copy_reference({self.citation.n})")

    def action_similar(self) -> None:
        """Find passages like this quote."""
        self.post_message(SimilarWanted(self.citation))

    async def action_only_paper(self) -> None:
        """Restrict the next questions to this paper."""
        await self.run_action(f"app.only_paper({self.citation.paper!r})")

    async def action_copy_bibtex(self) -> None:
        """Copy the BibTeX entry."""
        await self.run_action(f"app.copy_bibtex({self.citation.n})")


def quote_in_context(citation: Citation, context: Context | None, around: int = AROUND) -> Content:
    """The quote between ❝ and ❞, bold on a ground of its own, with what stands around it dimmed."""
    quote = Content.styled(f"❝{plain(citation.quote)}❞", "bold $text-primary on $primary-muted")
    if context is None or context.text[citation.start : citation.end] != citation.quote:
        return quote
    span = context.section.span
    before = context.text[max(span.start, citation.start - around) : citation.start]
    after = context.text[citation.end : min(span.end, citation.end + around)]
    if citation.start - around > span.start:
        before = "… " + before.partition(" ")[2]
    if citation.end + around < span.end:
        after = after.rpartition(" ")[0] + " …"
    before, after = (_FINDING.sub("• ", plain(words)) for words in (before, after))
    return Content.assemble((before.lstrip(), "dim"), quote, (after.rstrip(), "dim"))


def identifiers(citation: Citation) -> Content:
    """Journal, section, identifiers and the retraction state with the date of its check."""
    where = " ".join(str(part) for part in (citation.journal, citation.year) if part)
    page = f", page {citation.page}" if citation.page else ""
    known = [
        f"{name} {one_line(value)}"
        for name, value in (("DOI", citation.doi), ("PMID", citation.pmid), ("PMCID", citation.pmcid))
        if value
    ]
    line = " · ".join(part for part in (one_line(where), one_line(citation.section) + page, *known) if part)
    if not known:
        line += " · no identifier known"
    checked = f", checked {citation.retraction_checked}" if citation.retraction_checked else ""
    if citation.retraction in RETRACTIONS:
        return Content.assemble(
            (line, "dim"), "\n", (RETRACTIONS[citation.retraction] + checked, "bold $error")
        )
    state = {"none": "not retracted", "unknown": "retraction state not checked"}[citation.retraction]
    return Content.styled(f"{line}\n{state}{checked}", "dim")
