"""Whole sentences as spans of the text they came from, cut for biomedical prose.

A full stop ends a sentence where what follows can begin one and what stands before is no abbreviation:
`et al.`, `Fig. 2`, `i.v.`, `E. coli`, `p = .03` and `(Nat. Med. 25, 82)` stay whole, a sentence may begin
with p53 or mTOR, and citations behind the stop (`cells.[12] We`, `cells.12 We`) stay with what they support.
pysbd (MIT, no release since 2021) and NLTK's punkt (a model to download) were weighed: neither knows the
field's abbreviations or citations, and pysbd takes milliseconds a sentence.
CHUNKER_VERSION is part of the index fingerprint: raise it when a boundary can move.
"""

from __future__ import annotations

import re

from ingest.documents import Span

CHUNKER_VERSION = "2"
LONGEST = 2000
"""Characters of a sentence; a longer one (a list without stops) is cut at a semicolon, comma or blank."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NEVER = _words("approx ca cf dr e.g eq eqs et fig figs i.e mr mrs ms prof resp sect viz vs supp suppl ext")
"""Abbreviations that no sentence ends with."""
_NUMBERED = _words("art ch chap no nos p pp ref refs sec tab vol")
"""Abbreviations in front of a number, words elsewhere."""
_MAYBE = _words(
    "al co corp etc inc jr ltd sp spp sr ssp st subsp var dept univ nat med sci biol immunol exp rep"
)
"""Abbreviations that may end a sentence: it depends on the next word."""
_OPENERS = _words(
    """a additionally after all also although among an and are as at background based because before both but
    by cells collectively compared conclusions consequently conversely data despite during each finally first
    for from furthermore given he her here his how however if importantly in indeed instead interestingly is
    it its many methods mice moreover most neither nevertheless next no nonetheless not notably of on one only
    or our overall patients results second several she similarly since some such taken that the their then
    there therefore these they third this those three thus to together two under unlike upon using we what
    when whereas whether which while with yet"""
)
"""Words that begin a sentence where written with a capital."""
_BOUNDARY = re.compile(
    r"(?:[.!?…]+)"
    r"(?:(?<=[^\W\d_][.])\d{1,3}(?:[,–-]\d{1,3})*(?=\s)|[\"'”’»)\]]*(?:\(\d{1,3}(?:[,–-] ?\d{1,3})*\))?)"
    r"(?:\s?\[\d{1,3}(?:[,;–-] ?\d{1,3})*\])*"
    r"\s+(?=[\"'“‘«(\[]?(?:[A-ZÀ-ÖØ-Þ0-9α-ωΑ-Ω]|[a-z]{1,5}[A-Z0-9]))"
)
_WORD = re.compile(r"[^\s(\[]*$")
_NEXT = re.compile(r"[\"'“‘«(\[]*([^\W_][\w'’-]*)")


def sentences(text: str, start: int = 0, end: int | None = None) -> tuple[Span, ...]:
    """Sentences of `text[start:end]` as spans of `text`, without surrounding blanks."""
    end = len(text) if end is None else end
    spans: list[Span] = []
    begin = start
    for match in _BOUNDARY.finditer(text, start, end):
        if _goes_on(text, begin, match, end):
            continue
        spans.append(Span(begin, match.start() + len(match.group().rstrip())))
        begin = match.end()
    spans.append(Span(begin, end))
    return tuple(
        trimmed
        for span in spans
        for part in _bounded(text, span)
        if (trimmed := trim(text, part)) is not None
    )


def trim(text: str, span: Span) -> Span | None:
    """The span without blanks at its ends, or None when nothing else is in it."""
    inner = text[span.start : span.end]
    bare = inner.strip()
    if not bare:
        return None
    start = span.start + inner.index(bare)
    return Span(start, start + len(bare))


def _goes_on(text: str, begin: int, match: re.Match[str], end: int) -> bool:
    """Whether the sentence that began at `begin` goes on behind the full stop of `match`."""
    stop = match.start()
    follows = _NEXT.match(text, match.end(), min(end, match.end() + 40))
    following = follows.group(1) if follows else ""
    opens = following.lower() in _OPENERS and following[0].isupper()
    if text[stop] == "." and text[stop : stop + 2] != "..":
        head = _WORD.search(text, max(begin, stop - 30), stop)
        word = head.group() if head else ""
        if _abbreviated(word, following, opens, alone=stop - len(word) <= begin):
            return True
    return not opens and _inside_brackets(text, begin, stop, min(end, match.end() + 150))


def _abbreviated(word: str, following: str, opens: bool, *, alone: bool) -> bool:
    low = word.lower().lstrip("\"'“‘«")
    if low in _NEVER:
        return True
    if low in _NUMBERED:
        return following[:1].isdigit() or re.fullmatch(r"S\d+\w*", following) is not None
    if alone and re.fullmatch(r"\d{1,2}|[A-Za-z]|[ivx]{1,4}", low):
        return True  # the number of a heading or of an item in a list
    initial = len(word) == 1 and word.isupper()
    dotted = re.fullmatch(r"(?:[a-z]{1,3}\.)+[a-z]{1,2}", low) is not None
    return (low in _MAYBE or initial or dotted) and not opens


def _inside_brackets(text: str, begin: int, stop: int, reach: int) -> bool:
    """Whether a round bracket that opened in this sentence closes soon: `(Nat. Med. 25, 82)`."""
    head = text[max(begin, stop - 300) : stop]
    if head.count("(") <= head.count(")"):
        return False
    tail = text[stop:reach]
    closes = tail.find(")")
    return closes >= 0 and not 0 <= tail.find("(") < closes


def _bounded(text: str, span: Span) -> list[Span]:
    parts: list[Span] = []
    start = span.start
    while span.end - start > LONGEST:
        cut = max(
            (
                place + len(mark)
                for mark in ("; ", ", ", " ")
                if (place := text.rfind(mark, start + LONGEST // 2, start + LONGEST)) >= 0
            ),
            default=start + LONGEST,
            key=lambda place: (text[place - 2 : place] == "; ", text[place - 2 : place] == ", ", place),
        )
        parts.append(Span(start, cut))
        start = cut
    return [*parts, Span(start, span.end)]
