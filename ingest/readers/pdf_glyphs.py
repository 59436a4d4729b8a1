"""What a glyph means: ligatures, accents drawn apart from their letters, signs without a code."""

from __future__ import annotations

import unicodedata

_ACCENTS = {
    "`": "\u0300",
    "\u00b4": "\u0301",
    "\u02c6": "\u0302",
    "^": "\u0302",
    "\u02dc": "\u0303",
    "~": "\u0303",
    "\u00af": "\u0304",
    "\u02d8": "\u0306",
    "\u02d9": "\u0307",
    "\u00a8": "\u0308",
    "\u02da": "\u030a",
    "\u02dd": "\u030b",
    "\u02c7": "\u030c",
    "\u00b8": "\u0327",
    "\u02db": "\u0328",
}
"""Spacing accents and the combining marks that they become over or under a letter."""


def combining(sign: str) -> str | None:
    """The combining mark of a spacing accent."""
    return _ACCENTS.get(sign)


def composes(letter: str, mark: str) -> bool:
    """Whether Unicode knows `letter` with `mark` as one character."""
    return len(unicodedata.normalize("NFC", letter + mark)) == 1


def unnamed(ems: float, after: str) -> str:
    """The letters of a glyph that the file gives no code for, by its width in ems and the letter after it.

    Fonts cut down by some programs lose the codes of their ligatures and of nothing else. "fl" stands before
    a, o and u, "fi" before everything else, but for few words.
    """
    if not 0.35 < ems < 1.1:
        return "\ufffd"
    last = "l" if after in ("a", "o", "u") else "i"
    if ems > 0.82:
        return "ff" + last
    return "ff" if ems > 0.65 else "f" + last


def plain(text: str) -> str:
    """Ligatures and other presentation forms of letters as the letters themselves."""
    if text.isascii():
        return text
    return "".join(
        unicodedata.normalize("NFKC", sign)
        if "\ufb00" <= sign <= "\ufb4f" or "\ufe70" <= sign <= "\ufefc"
        else sign
        for sign in text
    )
