"""PubMed and MEDLINE XML: single records, sets of any size, books, deleted citations.

Records are read one at a time and forgotten, so that a baseline file of 30,000 takes no more memory than
one record. By its source pubmed_parser (MIT, alive) keeps no retraction links, no other abstracts and no
dates of revision, and reads the whole file into memory.
"""

from __future__ import annotations

import io
import re
from codecs import getincrementaldecoder
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from lxml import etree

from ingest.documents import Document, Notice, Paper, Problem, ReadError, Record, Retraction
from ingest.identity import doi as as_doi
from ingest.identity import minted
from ingest.identity import pmcid as as_pmcid
from ingest.identity import pmid as as_pmid
from ingest.readers.abstracts import LANGUAGES, Part, document, headed, kinds, worst
from ingest.readers.inline import text_of
from ingest.readers.markup import Element, found, local, not_utf8, plain, rescued

_OWN: dict[str, Retraction] = {
    "RetractionIn": "retracted",
    "PartialRetractionIn": "retracted",
    "ExpressionOfConcernIn": "concern",
    "ErratumIn": "corrected",
    "CorrectedandRepublishedIn": "corrected",
}
_OTHER: dict[str, str] = {
    "RetractionOf": "retracted",
    "PartialRetractionOf": "retracted",
    "ExpressionOfConcernFor": "concern",
    "ErratumFor": "corrected",
    "CorrectedandRepublishedFrom": "corrected",
}
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905 - a list of words


def read(data: bytes, source: str) -> Iterator[Record]:
    """The records of a set in memory; see `read_stream`."""
    return read_stream(io.BytesIO(data), source)


def read_stream(file: BinaryIO, source: str) -> Iterator[Record]:
    """The records of an open file, one by one.

    A file that breaks off gives the records before the break and one problem; ReadError when there is none.
    """
    name = source.rpartition("/")[2]
    legible = _Legible(file)
    events = etree.iterparse(
        legible,
        events=("end",),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
    )
    number = 0
    try:
        for _, element in events:
            tag = local(element).rpartition("}")[2]
            if tag not in _READERS or _inside_record(element):
                continue
            number += 1
            _strip_namespaces(element)
            for record in _guarded(element, tag, source, f"{name}, record {number}"):
                yield legible.noted(record)
            _forget(element)
    except etree.XMLSyntaxError as error:
        reason = f"not readable as XML ({str(error.msg or error)[:120]}); fetch the file again"
        if not number:
            raise ReadError(f"{name}: {reason}") from None
        yield Problem(f"{name}, after record {number}", reason)


class _Legible:
    """A file for the parser, which stops at a byte that is not UTF-8: those are rescued on the way."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._bad, self._told = file, 0, 0
        head = file.read(400)
        file.seek(0)
        # Without a mark and with no encoding declared but UTF-8; the parser knows the others.
        declared = re.search(rb"""encoding\s*=\s*["']([^"']+)""", head)
        plain = not head.startswith((b"\xff\xfe", b"\xfe\xff")) and (
            declared is None or declared.group(1).lower() in (b"utf-8", b"us-ascii")
        )
        self._decoder = getincrementaldecoder("utf-8")("surrogateescape") if plain else None

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        if self._decoder is None:
            return data
        text, bad = rescued(self._decoder.decode(data, final=not data))
        self._bad += bad
        # Nothing is how a file ends, and one byte may be the beginning of a character.
        return text.encode() if text or not data else self.read(size)

    def noted(self, record: Record) -> Record:
        """The record, the first behind a rescue with a note of it."""
        if self._bad == self._told or not isinstance(record, Document):
            return record
        note, self._told = not_utf8(self._bad - self._told), self._bad
        return replace(record, notes=(*record.notes, f"{note}, here or just behind"))


def _inside_record(element: Element) -> bool:
    parent = element.getparent()
    return parent is not None and local(parent) in ("PubmedArticle", "PubmedBookArticle")


def _guarded(element: Element, tag: str, source: str, where: str) -> Iterator[Record]:
    try:
        yield from _READERS[tag](element, source)
    except ReadError as error:
        yield Problem(where, str(error))


def _forget(element: Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _strip_namespaces(element: Element) -> None:
    for inner in element.iter():
        if isinstance(inner.tag, str) and "}" in inner.tag:
            inner.tag = inner.tag.rpartition("}")[2]


def _article(element: Element, source: str) -> Iterator[Record]:
    citation = element if local(element) == "MedlineCitation" else element.find("MedlineCitation")
    article = citation.find("Article") if citation is not None else None
    if citation is None or article is None:
        raise ReadError("holds no article")
    ids = {
        item.get("IdType", ""): plain(item) for item in element.iterfind("PubmedData/ArticleIdList/ArticleId")
    }
    doi = as_doi(ids.get("doi")) or next(
        (
            found_doi
            for item in article.iterfind("ELocationID")
            if item.get("EIdType") == "doi"
            and item.get("ValidYN", "Y") == "Y"
            and (found_doi := as_doi(plain(item)))
        ),
        None,
    )
    pmid = as_pmid(plain(citation.find("PMID"))) or as_pmid(ids.get("pubmed"))
    pmcid = as_pmcid(ids.get("pmc")) or next(
        (as_pmcid(plain(x)) for x in citation.iterfind("OtherID") if plain(x).startswith("PMC")), None
    )
    notes: list[str] = []
    languages = [
        LANGUAGES.get(code, code) for x in article.iterfind("Language") if (code := plain(x).lower())
    ]
    parts = _abstract(article, citation)
    if languages and "en" not in languages:
        notes.append(f"the article is in {', '.join(languages)}")
    types = [plain(x) for x in article.iterfind("PublicationTypeList/PublicationType")]
    kind, study, near = kinds(types)
    state, notices = _links(citation, types, _date(article.find("Journal/JournalIssue/PubDate")))
    revised = _date(citation.find("DateRevised"))
    paper = Paper(
        id=minted(doi, pmid, pmcid, fallback=pmid or plain(article)[:60]),
        title=_title(article, notes),
        authors=_authors(article.find("AuthorList")),
        journal=found(article, "Journal/Title") or found(citation, "MedlineJournalInfo/MedlineTA"),
        year=_year(article.find("Journal/JournalIssue/PubDate")) or _year(article.find("ArticleDate")),
        doi=doi,
        pmid=pmid,
        pmcid=pmcid,
        url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid else None,
        study_type=study,
        evidence=near,
        seen="abstract",
        # PubMed links every notice to its paper: none on the day of revision is a finding, not a guess.
        retraction=state if state != "unknown" else "none" if revised else "unknown",
        retraction_checked=revised,
        article_type=kind,
        language="en" if parts and any(evidence for _, _, evidence in parts) else next(iter(languages), None),
    )
    yield document(paper, parts, source=source, reader="medline", notes=notes, notices=notices)


def _title(article: Element, notes: list[str]) -> str:
    title = text_of(article.find("ArticleTitle"))
    vernacular = text_of(article.find("VernacularTitle"))
    bare = re.fullmatch(r"\[(.*?)\]\.?", title)
    title = bare.group(1) if bare else title
    if not title or title.lower().startswith(("not available", "in process citation")):
        title = vernacular or "Untitled"
    elif vernacular:
        notes.append(f"original title: {vernacular}")
    return re.sub(r"(?<![.])\.$", "", title)


def _abstract(article: Element, citation: Element) -> list[Part]:
    parts: list[Part] = []
    for abstract in article.iterfind("Abstract"):
        parts += _texts(abstract, "Abstract", evidence=True)
    for other in citation.iterfind("OtherAbstract"):
        language = other.get("Language", "eng").lower()
        name = "Plain language summary" if "plain" in (other.get("Type") or "").lower() else "Abstract"
        code = LANGUAGES.get(language, language)
        parts += _texts(other, name if code == "en" else f"{name} ({code})", evidence=code == "en")
    return parts


def _texts(abstract: Element, name: str, *, evidence: bool) -> list[Part]:
    parts: list[Part] = []
    for element in abstract.iterfind("AbstractText"):
        label = headed(element.get("Label") or "")
        text = text_of(element)
        if text and text != "No abstract available":
            parts.append(
                ((name, label) if label and label.lower() != "unlabelled" else (name,), text, evidence)
            )
    return parts


def _authors(element: Element | None) -> tuple[str, ...]:
    names = []
    for author in element.iterfind("Author") if element is not None else ():
        if author.get("ValidYN") == "N":
            continue
        collective = text_of(author.find("CollectiveName"))
        suffix = found(author, "Suffix")
        parts = (found(author, "LastName"), found(author, "Initials"), suffix)
        name = collective or " ".join(filter(None, parts))
        if name and name not in names:
            names.append(name)
    return tuple(names)


def _links(citation: Element, types: list[str], date: str | None) -> tuple[Retraction, tuple[Notice, ...]]:
    """The record's own state, and what it says of other papers."""
    states: list[Retraction] = ["retracted"] if "Retracted Publication" in types else []
    notices: list[Notice] = []
    for link in citation.iterfind("CommentsCorrectionsList/CommentsCorrections"):
        kind = link.get("RefType", "")
        if kind in _OWN:
            states.append(_OWN[kind])
        if kind in _OTHER:
            state = _OTHER[kind]
            notice = Notice(
                "retracted" if state == "retracted" else "concern" if state == "concern" else "corrected",
                doi=as_doi(plain(link.find("RefSource"))),
                pmid=as_pmid(plain(link.find("PMID"))),
                date=date,
            )
            if notice.doi or notice.pmid:
                notices.append(notice)
    return worst(states), tuple(notices)


def _year(element: Element | None) -> int | None:
    match = re.search(r"(?:1[6-9]|20)\d\d", plain(element))
    return int(match.group()) if match else None


def _date(element: Element | None) -> str | None:
    """A date in ISO form, as exact as it is given."""
    year = found(element, "Year") if element is not None else None
    if element is None or year is None or not re.fullmatch(r"\d{4}", year):
        value = _year(element)
        return str(value) if value else None
    month = (found(element, "Month") or "").lower()
    number = int(month) if month.isdecimal() else _MONTHS.index(month[:3]) + 1 if month[:3] in _MONTHS else 0
    day = found(element, "Day") or ""
    if not number:
        return year
    return f"{year}-{number:02d}" + (f"-{int(day):02d}" if day.isdecimal() else "")


def _book(element: Element, source: str) -> Iterator[Record]:
    book = element.find("BookDocument") if local(element) == "PubmedBookArticle" else element
    if book is None:
        raise ReadError("holds no book")
    ids = {item.get("IdType", ""): plain(item) for item in book.iterfind("ArticleIdList/ArticleId")}
    pmid, doi = as_pmid(plain(book.find("PMID"))), as_doi(ids.get("doi"))
    title = text_of(book.find("ArticleTitle")) or text_of(book.find("Book/BookTitle"))
    authors = book.find("AuthorList[@Type='authors']")
    authors = authors if authors is not None else book.find("AuthorList")
    authors = authors if authors is not None else book.find("Book/AuthorList")
    kind, study, near = kinds([plain(x) for x in book.iterfind("PublicationType")])
    paper = Paper(
        id=minted(doi, pmid, None, fallback=ids.get("bookaccession") or title[:60]),
        title=title.rstrip(".") or "Untitled",
        authors=_authors(authors),
        journal=text_of(book.find("Book/BookTitle")) or None,
        year=_year(book.find("ContributionDate")) or _year(book.find("Book/PubDate")),
        doi=doi,
        pmid=pmid,
        url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid else None,
        study_type=study,
        evidence="secondary" if near == "primary" else near,
        seen="abstract",
        article_type=kind or "Book",
        language=LANGUAGES.get(plain(book.find("Language")).lower()),
    )
    parts: list[Part] = []
    for abstract in book.iterfind("Abstract"):
        parts += _texts(abstract, "Abstract", evidence=True)
    yield document(paper, parts, source=source, reader="medline")


def _deleted(element: Element, source: str) -> Iterator[Record]:
    for item in element.iterfind("PMID"):
        yield Problem(f"PMID {plain(item)}", "PubMed has deleted this citation")


_READERS = {
    "PubmedArticle": _article,
    "MedlineCitation": _article,
    "PubmedBookArticle": _book,
    "DeleteCitation": _deleted,
}
