"""Replies of Europe PMC: search results and full records, as JSON, as XML and as Dublin Core.

The three say the same with other brackets, and old downloads (getpapers) put every value into a list, so all
are brought to one mapping first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ingest.documents import Notice, Paper, Problem, ReadError, Record, Reference, Retraction
from ingest.identity import doi as as_doi
from ingest.identity import minted
from ingest.identity import pmcid as as_pmcid
from ingest.identity import pmid as as_pmid
from ingest.readers.abstracts import LANGUAGES, Part, document, flat, fragment, headed, kinds, labelled, worst
from ingest.readers.markup import Element, local, parse, plain

_OWN: dict[str, Retraction] = {
    "retraction in": "retracted",
    "partial retraction in": "retracted",
    "expression of concern in": "concern",
    "erratum in": "corrected",
    "corrected and republished in": "corrected",
}
_OTHER = {
    "retraction of": "retracted",
    "partial retraction of": "retracted",
    "expression of concern for": "concern",
    "erratum for": "corrected",
}
Result = Mapping[str, Any]


def read(data: bytes, source: str) -> Iterator[Record]:
    """The records of an XML reply, in order."""
    name = source.rpartition("/")[2]
    root = parse(data, name).root
    results: list[Result] = [_mapping(x) for x in root.iterfind("resultList/result")]
    results += [_dublin_core(x) for x in root.iter("Description")]
    yield from read_results(results, source)


def read_results(results: list[Result], source: str) -> Iterator[Record]:
    """The records of decoded results."""
    name = source.rpartition("/")[2]
    if not results:
        raise ReadError(f"{name}: the search found nothing; widen the query")
    for number, result in enumerate(results, 1):
        yield _record(result, source, f"{name}, result {number}")


def _record(raw: Result, source: str, where: str) -> Record:
    result = {key.lower(): _single(value) for key, value in raw.items()}
    origin, own = str(result.get("source") or ""), str(result.get("id") or "")
    pmid = as_pmid(_text(result.get("pmid"))) or (as_pmid(own) if origin == "MED" else None)
    pmcid = as_pmcid(_text(result.get("pmcid"))) or (as_pmcid(own) if origin == "PMC" else None)
    doi = as_doi(_text(result.get("doi")))
    title = re.sub(r"(?<!\.)\.$", "", flat(_text(result.get("title"))))
    if not title:
        return Problem(where, "has no title")
    types = [str(t) for t in _list(result, "pubtypelist", "pubtype")] or re.split(
        r"\s*;\s*", _text(result.get("pubtype"))
    )
    kind, study, near = kinds(t[:1].upper() + t[1:] for t in types)
    state, notices = _links(result, types)
    full = "journalinfo" in result or "commentcorrectionlist" in result
    if not full and not result.get("abstracttext") and state == "unknown":
        # A short reply lists what there is; the record itself has to be fetched.
        year = _year(_text(result.get("pubyear")))
        return Reference(where, title, year, doi, pmid, pmcid)
    journal = _dict(result.get("journalinfo"))
    language = _text(result.get("language")).lower()
    preprint = origin == "PPR"
    paper = Paper(
        id=minted(doi, pmid, pmcid, fallback=f"{origin}-{own}" if own else title[:60]),
        title=title,
        authors=_authors(result),
        journal=_text(_dict(journal.get("journal")).get("title"))
        or _text(result.get("journaltitle"))
        or None,
        year=_year(_text(result.get("pubyear")) or _text(journal.get("yearofpublication"))),
        doi=doi,
        pmid=pmid,
        pmcid=pmcid,
        url=f"https://europepmc.org/article/{origin}/{own}" if origin and own else None,
        license=_licence(_text(result.get("license"))),
        study_type=study,
        evidence=near,
        seen="abstract",
        retraction="none" if state == "unknown" and full and result.get("dateofrevision") else state,
        retraction_checked=_text(result.get("dateofrevision")) or None,
        article_type="preprint" if preprint else kind,
        language="en" if result.get("abstracttext") else LANGUAGES.get(language, language or None),
    )
    notes = ["a preprint, not peer reviewed"] if preprint else []
    return document(
        paper,
        _abstract(_text(result.get("abstracttext"))),
        source=source,
        reader="europepmc",
        notes=notes,
        notices=notices,
    )


def _abstract(text: str) -> list[Part]:
    parts: list[Part] = []
    for heading, told in fragment(text) if text else []:
        parts += [(("Abstract", headed(heading)), told, True)] if heading else labelled(told, "Abstract")
    return parts


def _authors(result: Mapping[str, Any]) -> tuple[str, ...]:
    names = []
    for author in _list(result, "authorlist", "author"):
        entry = _dict(author)
        names.append(_text(entry.get("fullname")) or _text(entry.get("collectivename")))
    if not any(names):
        names = re.split(r",\s+", _text(result.get("authorstring")).rstrip(". "))
    return tuple(dict.fromkeys(flat(name) for name in names if name))


def _links(result: Mapping[str, Any], types: list[str]) -> tuple[Retraction, tuple[Notice, ...]]:
    states: list[Retraction] = (
        ["retracted"] if any(t.lower() == "retracted publication" for t in types) else []
    )
    notices = []
    for item in _list(result, "commentcorrectionlist", "commentcorrection"):
        entry = _dict(item)
        kind = _text(entry.get("type")).lower()
        if kind in _OWN:
            states.append(_OWN[kind])
        number = as_pmid(_text(entry.get("id"))) if _text(entry.get("source")) == "MED" else None
        doi = as_doi(_text(entry.get("reference")))
        if kind in _OTHER and (number or doi):
            state = _OTHER[kind]
            notices.append(
                Notice(
                    "retracted" if state == "retracted" else "concern" if state == "concern" else "corrected",
                    doi,
                    number,
                )
            )
    return worst(states), tuple(notices)


def _licence(text: str) -> str | None:
    bare = text.strip().upper().replace("CC-", "CC ")
    return bare if bare.startswith("CC") else text.strip() or None


def _year(text: str) -> int | None:
    match = re.search(r"(?:1[6-9]|20)\d\d", text)
    return int(match.group()) if match else None


def _single(value: Any) -> Any:
    """The value inside a list of one, as old downloads write it; mappings get lower-case keys."""
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    return _dict(value) if isinstance(value, dict) else value


def _dict(value: Any) -> dict[str, Any]:
    value = value[0] if isinstance(value, list) and value else value
    return {str(k).lower(): v for k, v in value.items()} if isinstance(value, dict) else {}


def _list(result: Mapping[str, Any], outer: str, inner: str) -> list[Any]:
    value = _dict(result.get(outer)).get(inner)
    return value if isinstance(value, list) else [value] if value else []


def _text(value: Any) -> str:
    value = _single(value)
    return str(value).strip() if isinstance(value, str | int) else ""


def _mapping(element: Element) -> dict[str, Any]:
    """An element as JSON would say it; markup inside a value stays as tags."""
    out: dict[str, Any] = {}
    for child in element:
        nested = len(child) and (
            local(child).endswith(("List", "Info", "journal"))
            or local(child) in ("author", "journal", "commentCorrection")
        )
        out.setdefault(local(child), []).append(_mapping(child) if nested else plain(child))
    return out


def _dublin_core(element: Element) -> dict[str, Any]:
    def values(tag: str) -> list[str]:
        return [plain(x) for x in element.iterfind(tag)]

    identifiers = values("identifier")
    about = next(
        (
            re.search(r"europepmc\.org/(?:abstract|article)/(\w+)/(\S+)", i)
            for i in identifiers
            if "europepmc" in i
        ),
        None,
    )
    cited = " ".join(values("bibliographicCitation"))
    number = re.search(r"PMID:\s*(\d+)", cited)
    journal = next((x for x in values("isPartOf") if not x.startswith(("urn:", "http"))), "")
    return {
        "source": about.group(1) if about else "",
        "id": about.group(2) if about else "",
        "pmid": number.group(1) if number else "",
        "pmcid": next((p for i in identifiers if "PMC" in i and (p := as_pmcid(i.rpartition("/")[2]))), ""),
        "doi": next((d for i in identifiers if (d := as_doi(i))), ""),
        "title": next(iter(values("title")), ""),
        "authorString": ", ".join(name.replace(",", "") for name in values("creator")),
        "journalTitle": journal,
        "pubYear": next(iter(values("date")), ""),
        "pubType": "; ".join(values("description")[:1]) if len(values("description")) == 1 else "",
        "abstractText": next(iter(values("abstract")), ""),
        "language": next(iter(values("language")), ""),
    }
