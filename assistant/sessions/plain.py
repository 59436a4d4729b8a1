"""Stored text made harmless for a terminal and for Markdown.

Questions come from a keyboard or a pipe and findings from files: both may hold ANSI escapes, control
characters or direction overrides that would repaint, reorder or hide what the reader sees.
"""

from __future__ import annotations

import re

_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor movement
    r"|\x1b[\]PX^_].*?(?:\x07|\x1b\\|$)"  # OSC, DCS, SOS, PM, APC with their text
    r"|\x1b[ -/]*[0-~]?",  # any other escape
    re.DOTALL,
)
_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~!])")


def plain(text: str) -> str:
    """`text` without escape sequences, control characters and direction overrides; newlines stay."""
    return _CONTROLS.sub("", _ESCAPES.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def one_line(text: str) -> str:
    """`plain` with all white space folded, for titles and lists."""
    return " ".join(plain(text).split())


def markdown_escaped(text: str) -> str:
    """`plain` with Markdown's own characters escaped: the words of a reader, never formatting."""
    return _MARKDOWN.sub(r"\\\1", plain(text))
