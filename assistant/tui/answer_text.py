"""An answer's Markdown with marks [n] that can be followed.

The parser knows emphasis, lists, tables and code, and nothing that leads outside: links, images, HTML and
automatic links are switched off, so text that came from a file can only ever be text. The one kind of
link is made here, from the marks of citations that exist.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import partial

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from textual.widgets import Markdown

from assistant.evidence import Answer
from assistant.sessions.plain import plain

_MARK = re.compile(r"\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]")
SCHEME = "cite:"


def parser(known: Collection[int]) -> MarkdownIt:
    """A Markdown parser whose only links are the marks of `known` citations."""

    def marks(state: StateInline, silent: bool) -> bool:
        match = _MARK.match(state.src, state.pos)
        if match is None:
            return False
        numbers = [int(part) for part in re.findall(r"\d+", match[1])]
        if not all(n in known for n in numbers):
            return False
        if not silent:
            for n in numbers:
                state.push("link_open", "a", 1).attrs = {"href": f"{SCHEME}{n}"}
                state.push("text", "", 0).content = f"[{n}]"
                state.push("link_close", "a", -1)
        state.pos = match.end()
        return True

    machine = MarkdownIt("commonmark").enable("table")
    machine.disable(["link", "image", "autolink", "html_inline", "html_block", "reference"])
    machine.inline.ruler.before("link", "marks", marks)
    return machine


def body(answer: Answer) -> str:
    """The answer's Markdown without the parts that the chat shows as widgets of their own.

    Those are the question as understood, the sources, the near misses, the conflicts and the what-if; on
    a command line they are text.
    """
    kept: list[str] = []
    apart = tuple(conflict.statement for conflict in answer.conflicts)
    nuances = {conflict.nuance for conflict in answer.conflicts if conflict.nuance}
    for paragraph in re.split(r"\n{2,}", answer.answer.strip()):
        if paragraph.startswith("**Sources**") and answer.citations:
            break
        if paragraph.startswith("**What came near**") and answer.near_misses:
            continue
        if paragraph.startswith("**Try it on the model**") and answer.whatif:
            continue
        if paragraph.startswith("**As a what-if nothing was run.**") and answer.whatif_help:
            continue
        if paragraph.startswith("*Read as: ") and answer.resolved:
            continue
        if any(statement in paragraph for statement in apart) and paragraph.startswith("**"):
            continue
        if any(nuance in paragraph for nuance in nuances):
            continue
        kept.append(paragraph.removeprefix("**Not enough evidence.** "))
    return "\n\n".join(kept)


class AnswerText(Markdown):
    """The body of an answer; a followed mark arrives as `Markdown.LinkClicked` with `cite:N`."""

    BULLETS = ["• ", "‣ ", "◦ "]

    def __init__(self, text: str, known: Collection[int], *, classes: str | None = None) -> None:
        super().__init__(
            plain(text), parser_factory=partial(parser, known), open_links=False, classes=classes
        )
