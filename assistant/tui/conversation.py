"""The conversation room: turns in order, and a view that stays where the reader scrolled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from assistant.tui.welcome import Welcome

if TYPE_CHECKING:
    from assistant.evidence import Answer
    from assistant.sessions.turns import Turn
    from assistant.tui.turn import TurnView

MOUNTED = 60
"""Turns kept on the screen; older ones stay in the session and its export, and are announced as such."""


class Conversation(VerticalScroll, can_focus=False):
    """Turns from top to bottom."""

    _followed: TurnView | None = None
    """The turn that is kept in view while it grows, until the reader scrolls."""

    def compose(self) -> ComposeResult:
        """Nothing was asked yet."""
        yield Welcome()

    def _views(self) -> list[TurnView]:
        from assistant.tui.turn import TurnView

        return [child for child in self.children if isinstance(child, TurnView)]

    async def begin(self, turn: int, question: str, waiting: str) -> TurnView:
        """Show a question that is being answered, and scroll to it: the reader just sent it."""
        from assistant.tui.turn import TurnView

        view = TurnView(turn, question, waiting)
        await self.query(Welcome).remove()
        await self.mount(view)
        await self._prune()
        self.scroll_end(animate=False)
        self._followed = view
        return view

    def view(self, turn: int) -> TurnView | None:
        """The view of a turn, if it is still on the screen."""
        return next((view for view in self._views() if view.turn == turn), None)

    @property
    def answers(self) -> list[Answer]:
        """The answers on the screen, oldest first."""
        return [view.answer for view in self._views() if view.answer is not None]

    def on_mount(self) -> None:
        """Markdown lays itself out in steps: look again whenever the content has grown."""
        self.watch(self, "virtual_size", self._settle, init=False)

    def release_anchor(self) -> None:
        """The reader scrolled, and reads elsewhere from now on."""
        super().release_anchor()
        self._followed = None

    def _settle(self) -> None:
        """Keep the newest turn in view: a long answer from its question down, a short one whole."""
        view = self._followed
        if view is not None and view.is_attached:
            top = min(view.virtual_region.y, self.max_scroll_y)
            self.scroll_to(y=top, animate=False, immediate=True)
            self._followed = view  # scrolling by ourselves is not the reader's doing

    async def restore(self, turns: Sequence[Turn]) -> None:
        """Replace everything by the turns of a stored session."""
        await self.query("*").remove()
        if not turns:
            await self.mount(Welcome())
            return
        if len(turns) > MOUNTED:
            await self.mount(self._left_out(len(turns) - MOUNTED))
        from assistant.tui.turn import TurnView

        views = [TurnView(turn.id, turn.question) for turn in turns[-MOUNTED:]]
        await self.mount_all(views)
        for view, turn in zip(views, turns[-MOUNTED:], strict=True):
            await _fill(view, turn)
        self.call_after_refresh(self.scroll_end, animate=False)

    async def _prune(self) -> None:
        views = self._views()
        if len(views) > MOUNTED:
            for view in views[:-MOUNTED]:
                await view.remove()
            await self.query(".left-out").remove()
            await self.mount(self._left_out(0), before=0)

    def _left_out(self, count: int) -> Static:
        words = f"{count} earlier turns are" if count else "Earlier turns are"
        return Static(
            Content.styled(f"{words} not shown here; /export writes them all.", "dim"), classes="left-out"
        )


async def _fill(view: TurnView, turn: Turn) -> None:
    answer = turn.answer
    if answer is not None:
        await view.show_answer(answer)
    elif turn.kind == "whatif" and turn.payload is not None:
        await view.show_whatif(turn.payload)
    else:
        await view.show_stopped(turn.kind)
