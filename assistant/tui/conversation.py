"""The conversation room: turns in order, and a view that stays where the reader scrolled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from assistant.tui.messages import EarlierWanted
from assistant.tui.welcome import Welcome

if TYPE_CHECKING:
    from assistant.evidence import Answer
    from assistant.sessions.turns import Turn
    from assistant.tui.turn import TurnView

MOUNTED = 20
"""Turns kept on the screen, about 200 widgets: each layout visits all of them, and with 60 turns that took
half a second. Older turns stay in the session; the line on top brings them back."""


class Earlier(Static, can_focus=True):
    """How many turns lie above; Enter or a click shows the next of them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "show", "Show earlier", tooltip="show earlier turns of this session"),
        Binding("escape", "app.cancel", "Input", tooltip="back to the input"),
    ]
    HELP = "Earlier turns of this session: Enter shows the last of them."

    def __init__(self, count: int) -> None:
        super().__init__(
            Content.assemble(
                (f"▲ {count} earlier turn{'' if count == 1 else 's'}", "bold $primary"),
                ("  Enter or a click shows them; /export writes all", "dim"),
            ),
            classes="left-out",
        )

    def on_click(self) -> None:
        """Show them."""
        self.action_show()

    def action_show(self) -> None:
        """Show them."""
        self.post_message(EarlierWanted())


class Conversation(VerticalScroll, can_focus=False):
    """Turns from top to bottom."""

    _followed: TurnView | None = None
    """The turn that is kept in view while it grows, until the reader scrolls."""

    hidden = 0
    """Turns of this session above those on the screen."""

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

    @property
    def first(self) -> int:
        """The first turn on the screen; 0 where there is none."""
        return next((view.turn for view in self._views()), 0)

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
            # Forced: the scrollbar that a first long turn brings is not there yet.
            self.scroll_to(y=top, animate=False, immediate=True, force=True)
            self._followed = view  # scrolling by ourselves is not the reader's doing

    async def restore(self, turns: Sequence[Turn], hidden: int = 0) -> None:
        """Replace everything by the latest turns of a stored session, with `hidden` more before them."""
        await self.query("*").remove()
        self.hidden = hidden
        if not turns:
            await self.mount(Welcome())
            return
        await self._announce()
        await self._mount_turns(turns, None)
        # Markdown grows for a while yet: the last turn stays in view as if it had just been asked.
        self._followed = self._views()[-1]

    async def show_earlier(self, turns: Sequence[Turn]) -> None:
        """Put turns that came before those on the screen above them."""
        first = next(iter(self._views()), None)
        if first is None or not turns:
            return
        self.hidden = max(0, self.hidden - len(turns))
        await self._mount_turns(turns, first)
        await self._announce()
        # What was at the top stays there: the reader goes up from it.
        self.call_after_refresh(self.scroll_to_widget, first, top=True, animate=False)

    async def _mount_turns(self, turns: Sequence[Turn], before: TurnView | None) -> None:
        from assistant.tui.turn import TurnView

        views = [TurnView(turn.id, turn.question) for turn in turns]
        await self.mount_all(views, before=before)
        for view, turn in zip(views, turns, strict=True):
            await _fill(view, turn)

    async def _prune(self) -> None:
        views = self._views()[:-MOUNTED]
        if views:
            await self.remove_children(views)
            self.hidden += len(views)
            await self._announce()

    async def _announce(self) -> None:
        await self.query(Earlier).remove()
        if self.hidden:
            await self.mount(Earlier(self.hidden), before=0)


async def _fill(view: TurnView, turn: Turn) -> None:
    answer = turn.answer
    if answer is not None:
        await view.show_answer(answer)
    elif turn.kind == "whatif" and turn.payload is not None:
        await view.show_whatif(turn.payload)
    elif turn.kind == "failed":
        await view.show_failed(str((turn.payload or {}).get("error") or ""))
    else:
        await view.show_stopped(turn.kind)
