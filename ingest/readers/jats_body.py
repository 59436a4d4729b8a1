"""Body and back of a JATS article, written block by block into a draft."""

from __future__ import annotations

import html
import re
from collections import Counter

from ingest.drafting import Draft
from ingest.readers import tables
from ingest.readers.backmatter import is_evidence
from ingest.readers.inline import BLOCKS, runs, text_of, tidy
from ingest.readers.markup import Element, local, plain

PEER_REVIEW = frozenset(
    [
        "decision-letter",
        "editor-report",
        "reviewer-report",
        "referee-report",
        "ref-report",
        "review-report",
        "reply",
        "author-comment",
        "peer-review",
        "response",
        "editorial-decision",
        "aggregated-review-documents",
        "article-commentary",
        "reviewer-comments",
    ]
)
"""Types of sub-article that judge the paper or answer such a judgement."""
_NEVER = frozenset(
    [
        "coi-statement",
        "conflict",
        "conflicts",
        "author-contributions",
        "author-contribution",
        "data-availability",
        "funding-statement",
        "ack",
        "acknowledgment",
        "acknowledgement",
        "acknowledgements",
        "references",
        "financial-disclosure",
    ]
)
"""Section types that are never evidence."""
_FLOATS = frozenset(
    ["fig", "fig-group", "table-wrap", "table-wrap-group", "boxed-text", "table", "figr", "tblr"]
)
_SKIPPED = frozenset(
    [
        "title",
        "label",
        "sec-meta",
        "object-id",
        "alt-text",
        "long-desc",
        "graphic",
        "permissions",
        "kwd-group",
        "subj-group",
        "alternatives",
        "tex-math",
        "counts",
        "contrib-group",
        "aff",
        "author-notes",
        "processing-meta",
        "bio",
    ]
)
_SAYS_NOTHING = re.compile(
    r"\([A-Z0-9]{2,5}\)\.?|(?:DOI: ?)?https?://(?:dx\.)?doi\.org/\S+|No abstract (?:is )?available\.?"
)
"""A paragraph that is only a kind of file, an address, or word of an absence."""
_PASTED = re.compile(r"</(?:p|font|td|table|sup|div)>", re.I)
"""A web page pasted into a paragraph as characters, as old SciELO files have it."""
_PATH_NAMES = {"ack": "Acknowledgements", "fn-group": "Notes", "glossary": "Abbreviations", "bio": "Authors"}

Path = tuple[str, ...]


class Body:
    """Writes what stands in an article, in reading order."""

    def __init__(self, draft: Draft, language: str | None, *, evidence: bool = True) -> None:
        self._draft = draft
        self._english = language in (None, "en")
        self._evidence = evidence
        self._at: tuple[Path, bool] | None = None
        self._floats: list[Element] = []
        self._told: Counter[str] = Counter()
        self.wrote = False
        """Whether anything has been written, evidence or not."""

    def wanted(self, language: str) -> bool:
        """Whether a translation is evidence: the English one of a paper in another language."""
        return language == "en" and not self._english

    def note(self, text: str) -> None:
        """Remember `text` for the report."""
        self._told[text] += 1

    def notes(self) -> tuple[str, ...]:
        """What was left out or set apart, each said once."""
        return tuple(f"{text} ({n} times)" if n > 1 else text for text, n in self._told.items())

    def main(self, article: Element, *prefix: str, evidence: bool = True) -> bool:
        """Write body, floats and back of `article`; whether there was a body with text."""
        before = self.wrote
        self.wrote = False
        body = article.find("body")
        if body is not None:
            self.blocks(body, prefix, evidence=evidence)
        had_body = self.wrote
        for group in article.iterchildren("floats-group", "floats-wrap"):
            self.blocks(group, (*prefix, "Figures and tables"), evidence=evidence)
        back = article.find("back")
        if back is not None:
            self._back(back, prefix, evidence)
        self.wrote = self.wrote or before
        return had_body

    def blocks(self, parent: Element, path: Path, *, evidence: bool) -> None:
        """Write the children of `parent` as the section `path`; floats follow its own paragraphs."""
        waiting, self._floats = self._floats, []
        for child in parent:
            if local(child) in ("sec", "app"):
                self._flush(path, evidence)
                self._section(child, path, evidence)
            else:
                self._block(child, path, evidence)
        self._flush(path, evidence)
        self._floats = waiting

    def _section(self, element: Element, path: Path, evidence: bool) -> None:
        name = _name(element)
        kinds = set((element.get("sec-type") or "").lower().split("|"))
        self.blocks(
            element,
            (*path, name) if name else path,
            evidence=evidence and is_evidence(name) and not kinds & _NEVER,
        )

    def _back(self, back: Element, prefix: Path, evidence: bool) -> None:
        for child in back:
            tag = local(child)
            if tag == "ref-list":
                self._references(child)
            elif tag in ("app-group", "app", "sec"):
                name = _name(child) if tag != "app-group" else ""
                path = (*prefix, name or ("Appendix" if tag != "sec" else "Supplement"))
                if tag == "app-group":
                    self.blocks(child, prefix or ("Appendix",), evidence=evidence)
                else:
                    self.blocks(child, path, evidence=evidence and is_evidence(name))
            elif tag in ("ack", "fn-group", "glossary", "notes", "bio"):
                name = text_of(child.find("title")) or _PATH_NAMES.get(tag, "Notes")
                self.blocks(child, (*prefix, name), evidence=False)
            elif tag:
                self._block(child, (*prefix, "Notes"), False)

    def _references(self, element: Element) -> None:
        if number := sum(1 for _ in element.iter("ref", "citation", "nlm-citation")):
            self._told[f"reference list left out ({number} entries)"] = 1

    def _block(self, element: Element, path: Path, evidence: bool) -> None:
        tag = local(element)
        if not tag or tag in _SKIPPED:
            return
        if tag in _FLOATS:
            self._floats.append(element)
        elif tag in _WRITERS:
            _WRITERS[tag](self, element, path, evidence)
        elif tag == "p" or not any(local(inner) in BLOCKS for inner in element.iterdescendants()):
            self._paragraph(element, path, evidence)
        else:
            self._paragraph(element, path, evidence) if (element.text or "").strip() else self._each(
                element, path, evidence
            )

    def _each(self, element: Element, path: Path, evidence: bool) -> None:
        heading = text_of(element.find("title"))
        if heading:
            self._prose(heading, path, evidence)
        for child in element:
            if local(child) == "sec":
                self._section(child, path, evidence)
            else:
                self._block(child, path, evidence)

    def _paragraph(self, element: Element, path: Path, evidence: bool) -> None:
        """A paragraph; what breaks it (a list, a quotation) is written where it breaks it."""
        text, later = "", []
        for run in runs(element):
            if isinstance(run, str):
                text += run
            elif local(run) in _FLOATS:
                self._floats.append(run)
            elif local(run) in ("fn", "supplementary-material", "media"):
                later.append(run)
            elif local(run) not in _SKIPPED:
                self._prose(text, path, evidence)
                text = ""
                self._block(run, path, evidence)
        self._prose(text, path, evidence)
        for run in later:
            self._block(run, path, evidence)

    def _prose(self, text: str, path: Path, evidence: bool) -> None:
        if _PASTED.search(text):
            for piece in _unpasted(text):
                self._prose(piece, path, evidence)
            return
        bare = tidy(text)
        if bare and not _SAYS_NOTHING.fullmatch(bare):
            self._open(path, evidence)
            self._draft.paragraph(bare)

    def _open(self, path: Path, evidence: bool) -> None:
        evidence = evidence and self._evidence
        self.wrote = True
        if self._at != (path, evidence):
            self._draft.section(*(path or ("Text",)), evidence=evidence)
            self._at = (path, evidence)

    def _flush(self, path: Path, evidence: bool) -> None:
        floats, self._floats = self._floats, []
        for element in floats:
            self._float(element, path, evidence)

    def _float(self, element: Element, path: Path, evidence: bool) -> None:
        tag = local(element)
        if tag in ("fig-group", "table-wrap-group"):
            for child in element:
                if local(child) in _FLOATS:
                    self._float(child, path, evidence)
                elif local(child) == "caption":
                    self.blocks(child, (*path, _label(element, "Figure")), evidence=evidence)
            return
        if tag == "boxed-text":
            name = (
                _name(element) or text_of(element.find("caption/title")) or text_of(element.find("sec/title"))
            )
            inner = element.find("sec") if len(element) == 1 else None
            self.blocks(
                inner if inner is not None else element,
                (*path, name or "Box"),
                evidence=evidence and is_evidence(name),
            )
            return
        here = (*path, _label(element, "Figure" if tag == "fig" else "Table"))
        if tag == "fig":
            self._caption(element, here, evidence)
            return
        self._table(element, here, evidence)

    def _caption(self, element: Element, path: Path, evidence: bool) -> None:
        for child in element:
            if local(child) == "caption":
                self._titled(child, path, evidence)
            elif local(child) in ("p", "attrib", "disp-formula", "list", "def-list"):
                self._block(child, path, evidence)

    def _titled(self, element: Element, path: Path, evidence: bool) -> None:
        for child in element:
            if local(child) == "title":
                self._prose("".join(run for run in runs(child) if isinstance(run, str)), path, evidence)
            else:
                self._block(child, path, evidence)
        if not len(element):
            self._prose(element.text or "", path, evidence)

    def _table(self, element: Element, path: Path, evidence: bool) -> None:
        self._caption(element, path, evidence)
        inner = [
            t for t in element.iter("table", "tgroup") if local(t) != "table" or t.find("tgroup") is None
        ]
        inner = [t for t in inner if not any(up in inner for up in t.iterancestors())]
        rows = [line for table in inner for line in tables.lines(table)]
        if rows:
            self._open(path, evidence)
            self._draft.lines(rows)
        elif element.find(".//graphic") is not None:
            self.note("a table is only an image: its cells are not read")
        for foot in element.iter("table-wrap-foot"):
            self.blocks(foot, path, evidence=evidence)

    def _list(self, element: Element, path: Path, evidence: bool) -> None:
        for item in element.iterchildren("list-item"):
            label = plain(item.find("label"))
            for number, child in enumerate(c for c in item if local(c) not in ("label", "")):
                if number == 0 and label and local(child) == "p":
                    child.text = f"{label} {child.text or ''}"
                self._block(child, path, evidence)

    def _definitions(self, element: Element, path: Path, evidence: bool) -> None:
        rows = []
        for item in element.iter("def-item"):
            term = text_of(item.find("term"))
            rows.append(": ".join(filter(None, [term, " ".join(text_of(p) for p in item.iterfind("def/p"))])))
        if rows:
            self._open(path, evidence)
            self._draft.lines(rows)

    def _supplement(self, element: Element, path: Path, evidence: bool) -> None:
        label = text_of(element.find("label"))
        caption = element.find("caption")
        parts = [
            text_of(p) for p in (caption if caption is not None else element) if local(p) in ("title", "p")
        ]
        told = " ".join(part for part in [label, *parts] if part and not _SAYS_NOTHING.fullmatch(part))
        self._prose(told, path, evidence)

    def _note(self, element: Element, path: Path, evidence: bool) -> None:
        label = plain(element.find("label"))
        mark = f"[{label}] " if label and len(label) < 4 else ""
        blocks = [child for child in element if local(child) not in ("label", "")]
        if mark and blocks and local(blocks[0]) == "p":
            blocks[0].text = mark + (blocks[0].text or "")
        for child in blocks:
            self._block(child, path, evidence)
        if not blocks:
            self._prose(mark + text_of(element), path, evidence)

    def _set_off(self, element: Element, path: Path, evidence: bool) -> None:
        """A statement, a quotation, a speech: its own title, then its blocks."""
        heading = " ".join(
            filter(None, (text_of(element.find(tag)) for tag in ("label", "title", "speaker")))
        )
        self._prose(heading, path, evidence)
        for child in element:
            if local(child) != "speaker":
                self._block(child, path, evidence)

    def _verse(self, element: Element, path: Path, evidence: bool) -> None:
        for line in element.iter("verse-line"):
            self._prose(text_of(line), path, evidence)

    def _formula(self, element: Element, path: Path, evidence: bool) -> None:
        from ingest.readers.inline import formula

        self._prose(formula(element), path, evidence)

    def _nothing(self, element: Element, path: Path, evidence: bool) -> None:
        if local(element) == "ref-list":
            self._references(element)

    def _sections(self, element: Element, path: Path, evidence: bool) -> None:
        self.blocks(element, path, evidence=evidence)

    def _aside(self, element: Element, path: Path, evidence: bool) -> None:
        name = text_of(element.find("title")) or _PATH_NAMES.get(local(element), "Notes")
        self.blocks(element, (*path, name), evidence=False)


_WRITERS = {
    "list": Body._list,
    "def-list": Body._definitions,
    "supplementary-material": Body._supplement,
    "inline-supplementary-material": Body._supplement,
    "media": Body._supplement,
    "fn": Body._note,
    "fn-group": Body._sections,
    "disp-quote": Body._set_off,
    "statement": Body._set_off,
    "speech": Body._set_off,
    "verse-group": Body._verse,
    "disp-formula": Body._formula,
    "disp-formula-group": Body._formula,
    "ref-list": Body._nothing,
    "ack": Body._aside,
    "glossary": Body._aside,
    "caption": Body._titled,
}


def _unpasted(text: str) -> list[str]:
    """The paragraphs of a pasted web page, without its reference list."""
    text = re.sub(r"<!-- ?ref ?-->.*?<!-- ?end-ref ?-->", " ", text, flags=re.S)
    text = re.sub(r"</(?:p|td|tr|li|h\d|div)>|<br\s*/?>", "\n", text, flags=re.I)
    bare = html.unescape(re.sub(r"<!--.*?-->|<[^>]*>", "", text, flags=re.S))
    return [line for line in bare.split("\n") if line.strip()]


def _name(element: Element) -> str:
    """Label and title of a section, the label only where the title does not begin with it."""
    label, title = text_of(element.find("label")), text_of(element.find("title"))
    if not title and local(element) in ("boxed-text", "app"):
        title = text_of(element.find("caption/title"))
    return (title if title.startswith(label) else f"{label} {title}").strip(" :.")


def _label(element: Element, kind: str) -> str:
    label = text_of(element.find("label")).rstrip(" .:")
    if not label:
        return kind
    return label if re.search(r"[^\W\d_]{2}", label) else f"{kind} {label}"
