"""The line of keys at the bottom: help first, and only whole labels.

Textual's own footer runs off the screen when there are more keys than columns, and what is lost is what
stands last: the way to the help. Here F1 comes first, what does not fit is left out whole, and F1 lists it.
"""

from __future__ import annotations

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen
from textual.style import Style
from textual.widgets import Static

_FIRST = ("help", "cancel", "app.cancel")
"""Actions that are shown before all others: where am I, and how do I get back."""
_LAST = ("command_palette",)


class KeyBar(Static):
    """Keys that work where the reader is, as many as there is room for; a click presses one."""

    ALLOW_SELECT = False

    def on_mount(self) -> None:
        """Follow the focus."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def on_unmount(self) -> None:
        """Follow no more."""
        self.screen.bindings_updated_signal.unsubscribe(self)

    def _changed(self, screen: Screen[object]) -> None:
        if self.is_attached and screen is self.screen:
            self.refresh()

    def render(self) -> Content:
        """The labels that fit, on one line."""
        shown = Content("")
        for binding in self._ranked():
            label = Content.assemble(
                (f" {self.app.get_key_display(binding)} ", "bold $primary"), f"{binding.description} "
            )
            if shown.cell_length + label.cell_length > self.size.width:
                break
            shown += label.stylize(Style.from_meta({"key": binding.key}))
        return shown

    def _ranked(self) -> list[Binding]:
        shown: dict[str, Binding] = {}
        for active in self.screen.active_bindings.values():
            # An action with several keys is shown under its first one.
            if active.enabled and active.binding.show:
                shown.setdefault(active.binding.action, active.binding)
        return sorted(shown.values(), key=lambda binding: _rank(binding.action))

    def on_click(self, event: events.Click) -> None:
        """Press the key that was clicked."""
        key = event.style.meta.get("key")
        if key is not None:
            self.app.simulate_key(key)


def _rank(action: str) -> int:
    if action in _FIRST:
        return _FIRST.index(action)
    return len(_FIRST) + (1 if action in _LAST else 0)
