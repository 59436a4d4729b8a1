"""The bibliography of a JATS article: names, dates, identifiers, licence, what it says of other papers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.documents import Notice, Retraction
from ingest.identity import doi as as_doi
from ingest.identity import pmcid as as_pmcid
from ingest.identity import pmid as as_pmid
from ingest.readers.inline import text_of
from ingest.readers.markup import Element, attribute, found, local, plain

_LICENCE = re.compile(
    r"creativecommons\.org/(?:licenses/([a-z-]+)/(\d\.\d)|publicdomain/(zero|mark)/(\d\.\d))", re.I
)
_WORDS = re.compile(
    r"creative commons ((?:attribution|non-?commercial|no-?deriv\w*|share-?alike|[\s,–-])+)"
    r"(?:.{0,30}?(\d\.\d))?",
    re.I,
)
_NOTICES: dict[str, str] = {
    "retracted-article": "retracted",
    "partial-retraction": "retracted",
    "withdrawn-article": "retracted",
    "corrected-article": "corrected",
    "addended-article": "corrected",
    "updated-article": "corrected",
    "object-of-concern": "concern",
}
_OWN: dict[str, Retraction] = {
    "retraction-forward": "retracted",
    "retraction": "retracted",
    "concern-forward": "concern",
    "expression-of-concern": "concern",
    "correction-forward": "corrected",
    "correction": "corrected",
    "erratum": "corrected",
}


@dataclass(frozen=True, slots=True)
class Identifiers:
    """What an article is known by."""

    doi: str | None
    pmid: str | None
    pmcid: str | None


def identifiers(meta: Element) -> Identifiers:
    """DOI, PMID and PMCID of the article itself."""
    values: dict[str, str] = {}
    for item in meta.findall("article-id"):
        values.setdefault(item.get("pub-id-type", ""), plain(item))
    return Identifiers(
        as_doi(values.get("doi")),
        as_pmid(values.get("pmid")),
        as_pmcid(values.get("pmcid") or values.get("pmc") or values.get("pmcaid")),
    )


def title(meta: Element) -> str:
    """The title with its subtitle, without footnote marks."""
    group = meta.find("title-group")
    if group is None:
        return ""
    parts = [_without_marks(group.find("article-title")), _without_marks(group.find("subtitle"))]
    return ": ".join(
        part.rstrip(":") if i == 0 and parts[1] else part for i, part in enumerate(parts) if part
    )


def translated_titles(meta: Element) -> Iterator[tuple[str, str]]:
    """Language and title of each translation of the title."""
    for group in meta.iterfind("title-group/trans-title-group"):
        inner = _without_marks(group.find("trans-title"))
        if inner:
            yield attribute(group, "lang") or "", inner


def _without_marks(element: Element | None) -> str:
    text = text_of(element)
    return re.sub(r"\s*\[[*†‡§¶\d]{1,2}\]$|(?<=\w)[*†‡§¶]$", "", text)


def authors(meta: Element) -> tuple[str, ...]:
    """Authors as `Surname AB`; groups by their names; editors and reviewers are not among them."""
    names: list[str] = []
    for contrib in meta.iterfind("contrib-group/contrib"):
        if contrib.get("contrib-type", "author") not in ("author", "collab", "on-behalf-of"):
            continue
        for name in _names(contrib):
            if name and name not in names:
                names.append(name)
    return tuple(names)


def _names(contrib: Element) -> Iterator[str]:
    person = contrib.find(".//name")
    if person is None:
        person = contrib.find("name-alternatives/string-name")
    if person is None:
        person = contrib.find("string-name")
    if person is not None and contrib.find("collab") is None:
        yield vancouver(
            found(person, "surname") or plain(person), found(person, "given-names"), found(person, "suffix")
        )
        return
    collab = contrib.find("collab")
    if collab is None:
        collab = contrib.find("collab-alternatives/collab")
    if collab is not None:
        named = collab.find("institution")
        yield (
            text_of(named if named is not None else collab)
            if collab.find("contrib-group") is None
            else (" ".join((collab.text or "").split()) or plain(named))
        )
    elif contrib.find("anonymous") is not None:
        yield "Anonymous"


def vancouver(surname: str | None, given: str | None, suffix: str | None = None) -> str:
    """`Surname AB Jr` from whole given names or initials."""
    parts = re.split(r"[\s.]+", given or "")
    initials = "".join(
        part if part.isupper() and len(part) <= 3 else "".join(p[0] for p in part.split("-") if p)
        for part in parts
        if part and not part.islower()
    ).upper()
    return " ".join(filter(None, [surname or "", initials, (suffix or "").rstrip(".")]))


def journal(front: Element) -> str | None:
    """The journal's full title."""
    meta = front.find("journal-meta")
    if meta is None:
        return None
    return found(meta, "journal-title-group/journal-title") or found(meta, "journal-title")


def year(meta: Element) -> int | None:
    """The year of the issue, as citations count it; where there is none, of first publication."""
    ranked: list[tuple[int, int]] = []
    for date in meta.iterfind("pub-date"):
        value = re.search(
            r"(?:1[6-9]|20)\d\d", found(date, "year") or plain(date) or date.get("iso-8601-date") or ""
        )
        kind = date.get("pub-type") or date.get("date-type") or ""
        if value and kind not in (
            "pmc-release",
            "nihms-submitted",
            "hwp-created",
            "hwp-received",
            "retracted",
        ):
            ranked.append((_RANK.get(kind, 3), int(value.group())))
    if not ranked:
        copyright_year = found(meta, "permissions/copyright-year") or found(meta, "copyright-year") or ""
        return int(copyright_year) if re.fullmatch(r"(?:1[89]|20)\d\d", copyright_year) else None
    return min(ranked)[1]


_RANK = {"ppub": 0, "collection": 1, "epub-ppub": 1, "epub": 2, "pub": 2, "publication": 2, "preprint": 2}


def date(meta: Element) -> str | None:
    """The day of publication in ISO form, as exact as it is given; the earliest of several."""
    days = []
    for item in meta.iterfind("pub-date"):
        parts = [found(item, part) for part in ("year", "month", "day")]
        if not parts[0] or not re.fullmatch(r"\d{4}", parts[0]) or item.get("pub-type") == "pmc-release":
            continue
        day = parts[0]
        for part in parts[1:]:
            if not part or not part.isdecimal():
                break
            day += f"-{int(part):02d}"
        days.append(day)
    return min(days, key=lambda day: (day[:4], -len(day), day)) if days else None


def licence(meta: Element) -> str | None:
    """The licence in its short form (CC BY 4.0) where it is a known one, else as the article words it."""
    for element in meta.iter("license", "license_ref", "license-p", "ext-link", "copyright-statement"):
        if local(element) == "ext-link" and not any(
            local(a) == "permissions" for a in element.iterancestors()
        ):
            continue
        for text in (attribute(element, "href"), plain(element)):
            if text and (short := short_licence(text)):
                return short
    stated = meta.find(".//license")
    if stated is None:
        return None
    words = text_of(stated) or " ".join(text_of(p) for p in stated.iter("license-p", "p"))
    named = attribute(stated, "license-type")
    return (words[:157] + "..." if len(words) > 160 else words) or named


def short_licence(text: str) -> str | None:
    """`CC BY 4.0` and its like from an address or from words; None when it is no known licence."""
    match = _LICENCE.search(text)
    if match:
        kind, version, domain, domain_version = match.groups()
        if domain:
            return f"CC0 {domain_version}" if domain == "zero" else f"Public Domain Mark {domain_version}"
        return f"CC {kind.upper()} {version}"
    if re.search(r"creative commons (?:public domain|cc0|zero)|\bCC0\b", text, re.I):
        return "CC0"
    words = _WORDS.search(text)
    if words:
        bare = words.group(1).lower().replace("-", "")
        kind = "-".join(
            mark
            for word, mark in (
                ("attribution", "BY"),
                ("noncommercial", "NC"),
                ("noderiv", "ND"),
                ("sharealike", "SA"),
            )
            if word in bare.replace(" ", "")
        )
        return " ".join(filter(None, ["CC", kind, words.group(2)])) if kind else None
    return None


def notices(meta: Element, article_type: str | None) -> tuple[tuple[Notice, ...], Retraction]:
    """What the article says of other papers, and of itself."""
    own: Retraction = "retracted" if article_type in ("retracted-article", "withdrawn") else "unknown"
    told: list[Notice] = []
    for link in meta.iter("related-article", "related-object"):
        kind = link.get("related-article-type") or link.get("document-type") or ""
        if kind in _OWN and article_type not in (
            "retraction",
            "correction",
            "erratum",
            "expression-of-concern",
        ):
            own = _worse(own, _OWN[kind])
        if kind in _NOTICES:
            target = attribute(link, "href") or plain(link)
            scheme = link.get("ext-link-type") or link.get("object-id-type") or ""
            state = _NOTICES[kind]
            notice = Notice(
                state="retracted"
                if state == "retracted"
                else "concern"
                if state == "concern"
                else "corrected",
                doi=as_doi(target),
                pmid=as_pmid(target) if scheme in ("pubmed", "pmid") else None,
                pmcid=as_pmcid(target) if scheme in ("pmc", "pmcid") else None,
                date=date(meta),
            )
            if (notice.doi or notice.pmid or notice.pmcid) and notice not in told:
                told.append(notice)
    if re.match(r"(?:retracted|withdrawn)\b(?: article)?\s*[:.]", title(meta), re.I):
        own = "retracted"
    return tuple(told), own


def _worse(one: Retraction, other: Retraction) -> Retraction:
    order: tuple[Retraction, ...] = ("retracted", "concern", "corrected", "none", "unknown")
    return min(one, other, key=order.index)
