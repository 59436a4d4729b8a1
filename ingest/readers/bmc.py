"""BioMed Central's own DTD (root `art`, before 2015): renamed to JATS, element by element, then read."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from lxml import etree

from ingest.documents import Paper, ReadError, Record
from ingest.drafting import Draft
from ingest.identity import doi as as_doi
from ingest.identity import minted
from ingest.identity import pmcid as as_pmcid
from ingest.identity import pmid as as_pmid
from ingest.readers.front import short_licence, vancouver
from ingest.readers.inline import text_of
from ingest.readers.jats_body import Body
from ingest.readers.markup import Element, found, local, parse, plain

_NAMES = {
    "st": "title",
    "it": "italic",
    "b": "bold",
    "ul": "underline",
    "monospace": "monospace",
    "m": "math",
    "bdy": "body",
    "refgrp": "ref-list",
    "suppl": "supplementary-material",
    "tblfn": "table-wrap-foot",
    "tfoot": "table-wrap-foot",
    "tbl": "table-wrap",
    "tblbdy": "tbody",
    "r": "tr",
    "c": "td",
    "indent": "disp-quote",
    "display-formula": "disp-formula",
    "ilist": "list",
    "li": "list-item",
    "sups": "sup",
}
_LINKS = {"figr": "fig", "tblr": "table", "supplr": "supplementary-material", "secr": "sec"}


def read(data: bytes, source: str) -> Iterator[Record]:
    """The one article of a file."""
    name = source.rpartition("/")[2]
    tree = parse(data, name)
    front = tree.root.find("fm")
    bibl = front.find("bibl") if front is not None else None
    if front is None or bibl is None:
        raise ReadError(f"{name}: holds an article without front matter; fetch it again")
    _renamed(tree.root)
    ids = {x.get("idtype", ""): plain(x) for x in bibl.iterfind("xrefbib/pubidlist/pubid")}
    doi, pmid, pmcid = as_doi(ids.get("doi")), as_pmid(ids.get("pmpid")), as_pmcid(ids.get("pmcid"))
    draft = Draft()
    body = Body(draft, "en")
    for abstract in front.iterfind("abs"):
        inner = abstract.find("sec")
        if inner is not None:
            body.blocks(inner, ("Abstract",), evidence=True)
    full = body.main(tree.root)
    _back(tree.root.find("bm"), body)
    if draft.empty:
        raise ReadError(f"{name}: holds neither abstract nor body")
    rights = " ".join(plain(x) for x in front.iter("cpyrt"))
    year = re.search(r"(?:19|20)\d\d", found(bibl, "pubdate") or "")
    kind = found(front, "dochead")
    paper = Paper(
        id=minted(doi, pmid, pmcid, fallback=hashlib.sha256(data).hexdigest()[:16]),
        title=" ".join(text_of(p) for p in bibl.iterfind("title/p")) or "Untitled",
        authors=tuple(_authors(bibl)),
        journal=found(bibl, "source"),
        year=int(year.group()) if year else None,
        doi=doi,
        pmid=pmid,
        pmcid=pmcid,
        url=f"https://doi.org/{doi}" if doi else None,
        license=short_licence(" ".join([rights, *(x.get("href", "") for x in front.iter("url", "a"))])),
        study_type="review" if kind == "Review" else "n/a",
        evidence="review" if kind == "Review" else "primary",
        seen="full-text" if full else "abstract",
        article_type=kind,
        language="en",
    )
    yield draft.document(paper, reader="jats", source=source, notes=(*tree.notes, *body.notes()))


def _authors(bibl: Element) -> Iterator[str]:
    for author in bibl.iterfind("aug/au"):
        given = " ".join(filter(None, [found(author, "fnm"), found(author, "mi")]))
        name = vancouver(found(author, "snm"), given, found(author, "suf"))
        if name := name or found(author, "cnm") or "":
            yield name
    for group in bibl.iterfind("aug/collab"):
        yield plain(group)


def _back(back: Element | None, body: Body) -> None:
    if back is None:
        return
    for child in back:
        if local(child) == "ack":
            body.blocks(child, ("Acknowledgements",), evidence=False)
        elif local(child) == "ref-list":
            body.note(f"reference list left out ({len(child.findall('bibl'))} entries)")
        elif local(child) == "sec":
            body.blocks(child, ("Supplement",), evidence=True)


def _renamed(root: Element) -> None:
    for element in list(root.iter()):
        tag = local(element)
        if tag in _NAMES:
            element.tag = _NAMES[tag]
        elif tag in _LINKS:
            element.tag = "xref"
            element.set("ref-type", _LINKS[tag])
        elif tag == "abbrgrp":
            element.tag = "xref"
            element.set("ref-type", "bibr")
            numbers = ",".join(plain(x) for x in element.iter("abbr"))
            tail = element.tail
            element.clear()
            element.set("ref-type", "bibr")
            element.text, element.tail = numbers, tail
    for float_ in root.iter("fig", "table-wrap", "table", "supplementary-material"):
        _float(float_)
    for section in root.iter("sec"):
        _unwrapped(section)


def _float(element: Element) -> None:
    """`title` is the number and `caption` the title of a figure; `text` is what stands below."""
    title = element.find("title")
    if title is not None:
        label = etree.Element("label")
        label.text = plain(title)
        element.replace(title, label)
    caption, text = element.find("caption"), element.find("text")
    if caption is not None and text is not None:
        told = plain(text)
        if told.startswith(plain(caption).rstrip(".")):
            for inner in list(caption):
                caption.remove(inner)
        for paragraph in list(text):
            caption.append(paragraph)
        element.remove(text)
    if local(element) == "table":
        element.tag = "table-wrap"
        for group in element.findall("tgroup"):
            for foot in group.findall("table-wrap-foot"):
                element.append(foot)


def _unwrapped(section: Element) -> None:
    """A title is a paragraph inside a title here; the sections of an abstract hide inside one more."""
    title = section.find("title")
    if title is not None and title.find("p") is not None:
        words = etree.Element("title")
        for paragraph in title.iterfind("p"):
            words.text = f"{words.text or ''} {text_of(paragraph)}".strip()
        words.tail = title.tail
        section.replace(title, words)
