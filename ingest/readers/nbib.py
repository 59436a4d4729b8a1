"""PubMed's flat text (NBIB, "MEDLINE format"): with an abstract a record is a paper, without a reference."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.documents import Notice, Paper, Problem, ReadError, Record, Reference, Retraction
from ingest.identity import doi as as_doi
from ingest.identity import minted
from ingest.identity import pmcid as as_pmcid
from ingest.identity import pmid as as_pmid
from ingest.readers.abstracts import LANGUAGES, document, kinds, labelled, worst
from ingest.readers.markup import decoded
from ingest.readers.tagged import NBIB, Fields, records

_OWN: dict[str, Retraction] = {"RIN": "retracted", "PRIN": "retracted", "ECI": "concern", "EIN": "corrected"}
_OTHER = {"ROF": "retracted", "PROF": "retracted", "ECF": "concern", "EFR": "corrected"}


def read(data: bytes, source: str) -> Iterator[Record]:
    """The records of a file, in order."""
    name = source.rpartition("/")[2]
    text, notes = decoded(data, name)
    read_any = False
    for number, fields in enumerate(records(text, NBIB), 1):
        read_any = True
        yield _record(fields, source, f"{name}, record {number}", notes)
    if not read_any:
        raise ReadError(f"{name}: holds no record in PubMed's format; export it again")


def _record(fields: Fields, source: str, where: str, notes: tuple[str, ...]) -> Record:
    def first(*tags: str) -> str | None:
        return next((v for tag in tags for v in fields.get(tag, []) if v), None)

    doi = next(
        (
            as_doi(v)
            for tag in ("LID", "AID", "SO")
            for v in fields.get(tag, [])
            if "[doi]" in v or "doi:" in v
        ),
        None,
    )
    pmid, pmcid = as_pmid(first("PMID")), as_pmcid(first("PMC"))
    title = " ".join(filter(None, fields.get("TI", []) or fields.get("BTI", []) or fields.get("CTI", [])))
    title = re.sub(r"(?<!\.)\.$", "", re.sub(r"^\[(.*)\]\.?$", r"\1", title))
    year = re.search(r"(?:1[6-9]|20)\d\d", first("DP", "DEP") or "")
    published = int(year.group()) if year else None
    abstract = " ".join(filter(None, fields.get("AB", [])))
    if not (abstract or title or doi or pmid or pmcid):
        return Problem(where, "neither title nor identifier")
    kind, study, near = kinds(fields.get("PT", []))
    states = [_OWN[tag] for tag in _OWN if tag in fields]
    notices = _notices(fields)
    if not abstract and not states and not notices:
        return Reference(where, title or None, published, doi, pmid, pmcid)
    languages = [LANGUAGES.get(code.lower(), code.lower()) for code in fields.get("LA", [])]
    paper = Paper(
        id=minted(doi, pmid, pmcid, fallback=title[:60]),
        title=title or "Untitled",
        authors=tuple(dict.fromkeys(v for v in (*fields.get("AU", []), *fields.get("CN", [])) if v)),
        journal=first("JT", "TA"),
        year=published,
        doi=doi,
        pmid=pmid,
        pmcid=pmcid,
        url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid else None,
        study_type=study,
        evidence=near,
        seen="abstract",
        retraction="retracted" if "Retracted Publication" in fields.get("PT", []) else worst(states),
        retraction_checked=_day(first("LR")),
        article_type=kind,
        language="en" if abstract else next(iter(languages), None),
    )
    return document(
        paper, labelled(abstract, "Abstract"), source=source, reader="medline", notes=notes, notices=notices
    )


def _notices(fields: Fields) -> tuple[Notice, ...]:
    told = []
    for tag, state in _OTHER.items():
        for value in fields.get(tag, []):
            number = re.search(r"PMID:\s*(\d+)", value)
            doi, pmid = as_doi(value), as_pmid(number.group(1) if number else None)
            if doi or pmid:
                told.append(
                    Notice(
                        "retracted"
                        if state == "retracted"
                        else "concern"
                        if state == "concern"
                        else "corrected",
                        doi,
                        pmid,
                    )
                )
    return tuple(told)


def _day(value: str | None) -> str | None:
    return f"{value[:4]}-{value[4:6]}-{value[6:8]}" if value and re.fullmatch(r"\d{8}", value) else None
