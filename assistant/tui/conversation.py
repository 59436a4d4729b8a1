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
    """The turn whose answer is kept in view while it grows."""
    _placed: int | None = None
    """Where the view was put last; elsewhere means that the reader scrolled."""

    def compose(self) -> ComposeResult:
        """Nothing was asked yet."""
        yield Welcome()

    def _views(self) -> list[TurnView]:
        from assistant.tui.turn import TurnView

        return list(self.query(TurnView))

    async def begin(self, turn: int, question: str, waiting: str) -> TurnView:
        """Show a question that is being answered, and scroll to it: the reader just sent it."""
        from assistant.tui.turn import TurnView

        view = TurnView(turn, question, waiting)
        await self.query(Welcome).remove()
        await self.mount(view)
        await self._prune()
        self._followed = None
        self.scroll_end(animate=False)
        return view

    def view(self, turn: int) -> TurnView | None:
        """The view of a turn, if it is still on the screen."""
        return next((view for view in self._views() if view.turn == turn), None)

    @property
    def answers(self) -> list[Answer]:
        """The answers on the screen, oldest first."""
        return [view.answer for view in self._views() if view.answer is not None]

    @property
    def at_end(self) -> bool:
        """Whether the reader looks at the end, so that following it is what they want."""
        return self.scroll_offset.y >= self.max_scroll_y - 1

    def follow(self, view: TurnView, was_at_end: bool) -> None:
        """After an answer came: show its beginning, unless the reader is reading elsewhere."""
        if was_at_end:
            self._followed, self._placed = view, None
            self.call_after_refresh(self._settle)

    def on_mount(self) -> None:
        """Markdown lays itself out in steps: look again whenever the content has grown."""
        self.watch(self, "virtual_size", self._settle, init=False)

    def _settle(self) -> None:
        view = self._followed
        if view is None or not view.is_attached:
            return
        if self._placed is not None and self.scroll_offset.y != self._placed:
            self._followed = None  # the reader has scrolled since
            return
        # A long answer is read from its question down; a short one ends at the bottom.
        top = view.virtual_region.y
        self._placed = min(top, self.max_scroll_y)
        self.scroll_to(y=self._placed, animate=False, immediate=True)

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
