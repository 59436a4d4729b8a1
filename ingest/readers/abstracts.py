"""Records that hold an abstract and no full text: PubMed, Europe PMC and their like in one shape."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from lxml import etree

from ingest.documents import Document, Notice, Paper, Retraction
from ingest.drafting import Draft
from ingest.readers.inline import text_of
from ingest.readers.markup import Element, local, repaired

Part = tuple[tuple[str, ...], str, bool]
"""Section path, text, and whether it is evidence."""

LANGUAGES = {
    "ara": "ar", "bul": "bg", "chi": "zh", "cze": "cs", "dan": "da", "dut": "nl", "eng": "en", "fin": "fi",
    "fre": "fr", "ger": "de", "gre": "el", "heb": "he", "hrv": "hr", "hun": "hu", "ita": "it", "jpn": "ja",
    "kor": "ko", "nor": "no", "per": "fa", "pol": "pl", "por": "pt", "rum": "ro", "rus": "ru", "slo": "sk",
    "slv": "sl", "spa": "es", "srp": "sr", "swe": "sv", "tur": "tr", "ukr": "uk",
}  # fmt: skip
"""MARC codes, which PubMed uses, to ISO 639-1."""
_REVIEWS = frozenset({"review", "systematic review", "meta-analysis", "scoping review", "review-article"})
_SECONDARY = frozenset(
    {
        "editorial",
        "comment",
        "letter",
        "news",
        "published erratum",
        "retraction of publication",
        "expression of concern",
        "biography",
        "interview",
        "newspaper article",
        "correction",
        "retraction",
    }
)
_NOTICES = frozenset(
    {"retraction of publication", "expression of concern", "retraction", "retraction notice"}
)
_CORRECTIONS = frozenset({"published erratum", "correction", "erratum", "corrigendum"})
_TAG = (
    r"(?:p|i|b|em|strong|sup|sub|u|h[1-6]|br|sec|title|italic|bold|scp|span|div|a|ul|ol|li|x|article-title|abstract"
    r"|inline-formula|disp-formula|tex-math|alternatives|sc|tt|jats:[\w-]+|mml:[\w-]+|xref|ext-link)"
)
_STRAY = re.compile(rf"<(?!/?{_TAG}(?:\s[^<>]*)?/?>)", re.I)
_LABELS = (
    r"BACKGROUND(?: AND (?:AIMS?|PURPOSE|OBJECTIVES?))?|INTRODUCTION|CONTEXT|RATIONALE|IMPORTANCE|AIMS?"
    r"|OBJECTIVES?|PURPOSE|HYPOTHESIS|(?:STUDY )?DESIGN(?:, SETTING,? (?:AND|&) PARTICIPANTS)?|SETTING"
    r"|(?:MATERIALS? AND |PATIENTS AND )?METHODS?|PARTICIPANTS|PATIENTS|INTERVENTIONS?|MEASUREMENTS?"
    r"|MAIN OUTCOMES?(?: AND)? MEASURES?|EXPERIMENTAL DESIGN|METHODS AND (?:RESULTS|FINDINGS)"
    r"|(?:MAIN |KEY )?RESULTS?|FINDINGS|DISCUSSION|CONCLUSIONS?(?: AND RELEVANCE)?|INTERPRETATION"
    r"|SIGNIFICANCE|IMPLICATIONS|LIMITATIONS|TRIAL REGISTRATION|FUNDING"
)
_LABELLED = re.compile(rf"(?:^|(?<=[.!?)] )|(?<=\s\s))({_LABELS}): ")


def document(
    paper: Paper,
    parts: Sequence[Part],
    *,
    source: str,
    reader: str,
    notes: Iterable[str] = (),
    notices: Iterable[Notice] = (),
) -> Document:
    """The document of a record; one without an abstract is known by its title alone."""
    draft = Draft()
    notice = (paper.article_type or "").lower()
    silent = any(kind in _NOTICES for kind in notice.split("; "))
    for path, text, evidence in parts:
        if text.strip():
            draft.section(*path, evidence=evidence and not silent)
            draft.paragraph(text)
    told = list(notes)
    if draft.empty and not silent:
        # The title of a correction names another paper's claim, which it corrects.
        named = bool(_CORRECTIONS & set(notice.split("; ")))
        draft.section("Title", evidence=not named)
        draft.paragraph(paper.title)
        told.append("no abstract" if named else "no abstract: only the title can be quoted")
    if silent:
        told.append("a notice about another paper: not evidence")
    if re.match(r"(?:retracted|withdrawn)\b(?: article)?\s*[:.]", paper.title, re.I):
        paper = replace(paper, retraction="retracted")
    return draft.document(paper, reader=reader, source=source, notes=told, notices=notices)


def labelled(text: str, *path: str, evidence: bool = True) -> list[Part]:
    """An abstract in one piece, cut at labels such as `METHODS: ` where it has at least two of them."""
    marks = list(_LABELLED.finditer(text))
    if len(marks) < 2:
        return [(path, text, evidence)]
    parts: list[Part] = [(path, text[: marks[0].start()], evidence)]
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        end = following.start() if following else len(text)
        parts.append(((*path, headed(mark.group(1))), text[mark.end() : end], evidence))
    return [part for part in parts if part[1].strip()]


def headed(label: str) -> str:
    """A section label as a title: `MATERIALS AND METHODS` becomes `Materials and methods`."""
    bare = label.strip(" :")
    return bare[:1].upper() + bare[1:].lower() if bare.isupper() and len(bare) > 4 else bare


def kinds(types: Iterable[str]) -> tuple[str | None, str, str]:
    """Article type, study type and nearness to the data from a list of publication types."""
    known = [kind for kind in types if kind and not kind.lower().startswith("research support")]
    low = {kind.lower().replace("-article", "") for kind in known}
    telling = [kind for kind in known if kind.lower() not in ("journal article", "journal-article")] or known
    review = bool(low & _REVIEWS)
    trial = any("clinical trial" in kind or "controlled trial" in kind for kind in low)
    study = "review" if review else "clinical-trial" if trial else "n/a"
    near = "review" if review else "secondary" if low & _SECONDARY else "primary"
    return "; ".join(dict.fromkeys(telling)) or None, study, near


def worst(states: Iterable[Retraction]) -> Retraction:
    """The gravest of several states; unknown when there is none."""
    order: tuple[Retraction, ...] = ("retracted", "concern", "corrected", "none", "unknown")
    return min(states, key=order.index, default="unknown")


def fragment(text: str) -> list[tuple[str | None, str]]:
    """Text that may hold tags (a title, an abstract from an interface): heading and text of each part."""
    if "<" not in text and "&" not in text:
        return [(None, " ".join(text.split()))]
    if "<" not in text:
        return [(None, " ".join(html.unescape(text).split()))]
    if "&lt;" in text and not re.search(rf"</?{_TAG}\s*/?>", text, re.I):
        text = html.unescape(text)
    bare = re.sub(r"(</?)(?:jats|mml):", r"\1", _STRAY.sub("&lt;", text))
    root = repaired(f"<x>{bare}</x>")
    if root is None:
        return [(None, " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split()))]
    parts: list[tuple[str | None, str]] = []
    _gather(root, parts)
    return [(heading, told) for heading, told in parts if told]


def flat(text: str) -> str:
    """Text that may hold tags as one line."""
    return " ".join(filter(None, (piece for part in fragment(text) for piece in part)))


def _gather(root: Element, parts: list[tuple[str | None, str]]) -> None:
    heading: str | None = None
    pending = etree.Element("p")
    pending.text = root.text

    def flush() -> None:
        nonlocal pending
        if told := text_of(pending):
            parts.append((heading, told))
        pending = etree.Element("p")

    for child in list(root):
        tag = local(child).lower()
        tail = child.tail
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6", "title"):
            flush()
            heading = text_of(child).strip(" :") or None
        elif tag in ("p", "sec", "div", "ul", "ol", "li", "abstract"):
            flush()
            inner: list[tuple[str | None, str]] = []
            child.tail = None
            _gather(child, inner)
            parts.extend((sub or heading, told) for sub, told in inner)
        else:
            pending.append(child)
            continue
        pending.text = tail
    flush()
