"""Lists of papers to fetch: RIS, Web of Science, EndNote and BibTeX, as identifiers without text.

BibTeX goes through bibtexparser 2 (MIT, alive, small), which reports broken entries one by one; pybtex
(MIT) was compared and stops at the first. The tagged formats are read by `tagged`.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator

from ingest.documents import Problem, ReadError, Record, Reference
from ingest.identity import doi as as_doi
from ingest.identity import pmcid as as_pmcid
from ingest.identity import pmid as as_pmid
from ingest.readers.formulas import latex
from ingest.readers.markup import decoded
from ingest.readers.tagged import ENW, ISI, RIS, Fields, Notation, records

_TITLES = {"RIS": ("TI", "T1", "CT", "BT", "T2"), "ISI": ("TI",), "ENW": ("T", "B")}
_YEARS = {"RIS": ("PY", "Y1", "DA"), "ISI": ("PY", "PD"), "ENW": ("D", "8")}
_DOIS = {"RIS": ("DO", "DI", "M3", "UR", "L3", "N1"), "ISI": ("DI", "UT"), "ENW": ("R", "U")}
_PMIDS = {"RIS": ("AN", "PM", "C7", "N1", "ID"), "ISI": ("PM", "UT"), "ENW": ("M", "@")}


def read(data: bytes, source: str) -> Iterator[Record]:
    """One reference an entry, in order; an entry that says nothing is a problem."""
    name = source.rpartition("/")[2]
    text, _ = decoded(data, name)
    found = False
    for record in _bibtex(text, name) if _is_bibtex(text) else _tagged(text, name):
        found = True
        yield record
    if not found:
        raise ReadError(f"{name}: holds no entry; export the list again")


def reference(
    where: str, title: str, year: str, dois: Iterable[str], pmids: Iterable[str], pmcids: Iterable[str] = ()
) -> Record:
    """A reference from candidate values; a problem when none of them says which paper is meant."""
    doi = next((d for value in dois if (d := as_doi(value))), None)
    pmid = next((p for value in pmids if (p := as_pmid(value))), None)
    pmcid = next((p for value in pmcids if (p := as_pmcid(value))), None)
    match = re.search(r"(?:1[6-9]|20)\d\d", year)
    bare = " ".join(title.split()).rstrip(".")
    if not (bare or doi or pmid or pmcid):
        return Problem(where, "neither title nor identifier")
    return Reference(where, bare or None, int(match.group()) if match else None, doi, pmid, pmcid)


def _is_bibtex(text: str) -> bool:
    return re.search(r"^\s*@[a-zA-Z]{3,20}\s*[{(]", text, re.M) is not None


def _tagged(text: str, name: str) -> Iterator[Record]:
    kind, notation = _notation(text)
    for number, fields in enumerate(records(text, notation), 1):
        yield _entry(fields, kind, f"{name}, entry {number}")


def _notation(text: str) -> tuple[str, Notation]:
    if re.search(r"^%[0AT]( |$)", text, re.M):
        return "ENW", ENW
    if re.search(r"^(?:FN \S|PT \S)", text, re.M) and not re.search(r"^TY  ?- ", text, re.M):
        return "ISI", ISI
    return "RIS", RIS


def _entry(fields: Fields, kind: str, where: str) -> Record:
    def values(tags: dict[str, tuple[str, ...]]) -> list[str]:
        return [value for tag in tags[kind] for value in fields.get(tag, []) if value]

    pmids = []
    for value in values(_PMIDS):
        marked = re.search(r"(?:PMID|MEDLINE|pubmed)\W{0,3}(\d{4,8})\b", value, re.I)
        if marked:
            pmids.append(marked.group(1))
    pmids += [v for tag in ("PM",) for v in fields.get(tag, [])]
    for value in fields.get("AN", []):
        if "pubmed" in " ".join(fields.get("DB", [])).lower():
            pmids.append(value)
    addresses = [v for tag in ("UR", "L1", "L2", "U") for v in fields.get(tag, [])]
    for value in addresses:
        if marked := re.search(r"(?:pubmed(?:\.ncbi\.nlm\.nih\.gov)?)/(\d{4,8})", value):
            pmids.append(marked.group(1))
    pmcids = [
        m.group()
        for v in (*addresses, *fields.get("C2", []), *fields.get("N1", []))
        if (m := re.search(r"PMC\d{3,9}", v))
    ]
    return reference(
        where, next(iter(values(_TITLES)), ""), " ".join(values(_YEARS)[:1]), values(_DOIS), pmids, pmcids
    )


def _bibtex(text: str, name: str) -> Iterator[Record]:
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.model import DuplicateBlockKeyBlock, Entry

    logging.getLogger("bibtexparser").setLevel(logging.ERROR)
    library = parse_string(text)
    blocks = [b for b in library.blocks if isinstance(b, Entry)]
    blocks += [
        b.ignore_error_block
        for b in library.failed_blocks
        if isinstance(b, DuplicateBlockKeyBlock) and isinstance(b.ignore_error_block, Entry)
    ]
    for entry in blocks:
        if entry.entry_type.lower() in ("set", "xdata", "control"):
            continue
        fields = {key.lower(): str(field.value) for key, field in entry.fields_dict.items()}
        title = fields.get("title") or fields.get("booktitle") or ""
        yield reference(
            f"{name}, {entry.key}",
            latex(title) if re.search(r"[\\{$]", title) else title,
            fields.get("year") or fields.get("date") or "",
            [fields.get(k, "") for k in ("doi", "url", "eprint", "note")],
            [
                fields.get("pmid", ""),
                fields.get("eprint", "") if "pubmed" in fields.get("eprinttype", "").lower() else "",
            ],
            [fields.get("pmcid", ""), fields.get("pmc", "")],
        )
    for block in library.failed_blocks:
        if not isinstance(block, DuplicateBlockKeyBlock):
            yield Problem(
                f"{name}, line {(block.start_line or 0) + 1}", f"no BibTeX entry ({block.error})"[:200]
            )
