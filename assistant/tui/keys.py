"""Alt and a digit, as most terminals send them.

Textual reads Escape followed by a digit as the character that Option and that digit give on a Mac
(Alt+1 becomes `¡`), because one terminal there sends it so. Everywhere else, tmux included, the same
bytes mean Alt+1, and here they open quote [1]. The characters themselves can still be typed: terminals
send those as UTF-8.
"""

from __future__ import annotations


def read_alt_digits() -> None:
    """Let Alt+1 to Alt+9 arrive as such; without effect should Textual change how it reads keys."""
    try:
        from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
    except ImportError:
        return
    for digit in "123456789":
        ANSI_SEQUENCES_KEYS.pop(f"\x1b{digit}", None)  # type: ignore[attr-defined]  # a dict, typed as Mapping
