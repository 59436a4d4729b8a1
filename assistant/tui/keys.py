"""Keys: which actions can be given others in the settings, and Alt with a digit as terminals send it.

Textual reads Escape followed by a digit as the character that Option and that digit give on a Mac
(Alt+1 becomes `¡`), because one terminal there sends it so. Everywhere else, tmux included, the same
bytes mean Alt+1, and here they open quote [1]. The characters themselves can still be typed: terminals
send those as UTF-8.
"""

from __future__ import annotations

from assistant.errors import ConfigError
from assistant.settings import nearest

REBINDABLE: tuple[str, ...] = (
    "help", "chat", "evidence", "whatif", "new", "sessions", "send", "newline", "open", "copy", "bibtex",
    "similar", "only", "curve", "zoom", "save", "export", "lever", "reset",
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
