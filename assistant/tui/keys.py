"""Keys: which actions can be given others in the settings, and Alt with a digit as terminals send it.

Textual reads Escape followed by a digit as the character that Option and that digit give on a Mac
(Alt+1 becomes `¡`), because one terminal there sends it so. Everywhere else, tmux included, the same
bytes mean Alt+1, and here they open quote [1]. The characters themselves can still be typed: terminals
send those as UTF-8.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from assistant.errors import ConfigError
from assistant.settings import nearest

if TYPE_CHECKING:
    from textual.app import App
    from textual.binding import ActiveBinding
    from textual.screen import Screen

REBINDABLE: tuple[str, ...] = (
    "help", "chat", "evidence", "whatif", "new", "sessions", "send", "newline", "open", "copy", "bibtex",
    "similar", "only", "curve", "zoom", "save", "export", "keep", "lever", "reset",
)  # fmt: skip
"""Names of the actions that `chat.keys` may give other keys."""


def keymap(text: str) -> dict[str, str]:
    """What `chat.keys` says: `help=f2, sessions=ctrl+s|f9` as action and its keys, comma separated.

    Raises:
        ConfigError: not of that form, or an action that is not known, with the nearest one.
    """
    found: dict[str, str] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, equals, keys = (piece.strip() for piece in part.partition("="))
        if not equals or not keys:
            raise ConfigError(f"chat.keys: {part!r} gives no key.", hint="Write it like help=f2.")
        if name not in REBINDABLE:
            raise ConfigError(
                f"chat.keys: there is no action {name!r}{nearest(name, REBINDABLE)}.",
                hint=f"Use {', '.join(REBINDABLE)}.",
            )
        found[name] = keys.replace("|", ",").replace(" ", "")
    return found


def read_alt_digits() -> None:
    """Let Alt+1 to Alt+9 arrive as such; without effect should Textual change how it reads keys."""
    try:
        from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
    except ImportError:
        return
    for digit in "123456789":
        ANSI_SEQUENCES_KEYS.pop(f"\x1b{digit}", None)  # type: ignore[attr-defined]  # a dict, typed as Mapping


def here(app: App[None], screen: Screen[object], *, everywhere: bool = False) -> Mapping[str, ActiveBinding]:
    """The keys of ours that work where the reader is, joined where several do the same.

    A text area alone brings forty keys that every reader knows: only those that our classes declare count.

    Arguments:
        everywhere: those of the app, which work in all places, instead of those of the place.
    """
    joined: dict[str, tuple[list[str], ActiveBinding]] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if not active.enabled or not binding.description or not _declares(active.node, binding.action):
            continue
        if (active.node is app) is everywhere:
            keys, _ = joined.setdefault(binding.description, ([], active))
            key = app.get_key_display(binding)
            if key not in keys and not (keys and binding.key_display):  # one display stands for all its keys
                keys.append(key)
    return {" ".join(keys): active for keys, active in joined.values()}


def _declares(node: object, action: str) -> bool:
    """Whether a class of ours, and not Textual alone, gives a node a key for the action."""
    from textual.binding import Binding

    ours = (kind for kind in type(node).__mro__ if kind.__module__.startswith("assistant."))
    keys = (key for kind in ours for key in vars(kind).get("BINDINGS", ()))
    return any((key.action if isinstance(key, Binding) else key[1]) == action for key in keys)
