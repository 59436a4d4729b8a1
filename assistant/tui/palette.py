"""The command palette: what can be done where the reader is, then rooms, commands and themes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider

from assistant.tui import themes
from assistant.tui.commands import COMMANDS
from assistant.tui.keys import here
from assistant.tui.rooms import KEYS, ROOMS, TITLES

if TYPE_CHECKING:
    from assistant.tui.actions import CommandActions


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the palette."""

    title: str
    help: str
    run: Callable[[], Awaitable[Any]]


def entries(app: CommandActions, screen: Any) -> Iterable[Entry]:
    """Everything that the palette offers on a screen, what is near first."""
    near = {} if screen.focused is app.prompt else here(app, screen)
    for key, active in near.items():
        binding = active.binding
        words = binding.tooltip or binding.description
        yield Entry(
            binding.description, f"{key}: {words}", partial(app.run_action, binding.action, active.node)
        )
    for room in ROOMS:
        yield Entry(f"{TITLES[room]} room", f"Go there ({KEYS[room]})", partial(app.action_room, room))
    for command in COMMANDS:
        yield Entry(f"/{command.name}", command.help, partial(app.action_palette, command.name))
    for name in themes.NAMES:
        short = name.removeprefix("senescope-")
        yield Entry(f"Theme {short}", f"The same as /theme {short}", partial(app.action_set_theme, short))


class Palette(Provider):
    """Offers the entries to Textual's palette."""

    @property
    def _entries(self) -> Iterable[Entry]:
        return entries(cast("CommandActions", self.app), self.screen)

    async def discover(self) -> Hits:
        """Everything, before anything is typed."""
        for place, entry in enumerate(self._entries):
            # The palette sorts what it discovers by this text: the place keeps our order.
            yield DiscoveryHit(entry.title, entry.run, text=f"{place:03}", help=entry.help)

    async def search(self, query: str) -> Hits:
        """What fits the words typed, in titles or in the line of help."""
        matcher = self.matcher(query)
        for entry in self._entries:
            title, words = matcher.match(entry.title), matcher.match(entry.help)
            if title > 0 or words > 0:
                shown = matcher.highlight(entry.title) if title > 0 else entry.title
                yield Hit(max(title, words * 0.8), shown, entry.run, text=entry.title, help=entry.help)
