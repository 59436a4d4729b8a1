"""Title, authors, DOI and year of a paper, from its first pages and its metadata; guesses are noted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.identity import doi as doi_of
from ingest.readers.pdf_layout import Block
from ingest.readers.pdf_lines import Line
from ingest.readers.pdf_style import Body, reads_as_prose

_DOI = re.compile(r"(?:doi(?:\.org)?\s*[:/]?\s*/?\s*|\b)(10\.\d{4,9}/[^\s\"<>|]+)", re.I)
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DATES = (
    re.compile(rf"\bpublished(?: online)?:?\s[^.;|]{{0,30}}?\b{_YEAR}\b", re.I),
    re.compile(
        rf"(?:©|\(c\)|copyright)\s*(?:the authors?\(?s?\)?\s*"
        rf"|the author\(s\),?\s*)?(?:\d{{1,2}} \w+ )?{_YEAR}\b",
        re.I,
    ),
    re.compile(
        rf"\b\w[\w .,&]{{3,60}}\s\(?{_YEAR}\)?\s?[;,:]?\s?\d{{1,4}}(?:\s?\(\d{{1,3}}\))?\s?:\s?[eE]?\d", re.I
    ),
    re.compile(rf"\bvol(?:ume|\.)\s?\d{{1,4}}(?:\s?\(\d{{1,3}}\))?,?\s\(?{_YEAR}\b", re.I),
    re.compile(rf"\(\s?{_YEAR}\s?\)\s*\d{{1,4}}\s?[:(,]", re.I),
    re.compile(rf"\baccepted(?: for publication)?:?\s[^.;|]{{0,30}}?\b{_YEAR}\b", re.I),
)
_CITE = re.compile(r"\b(?:cite this (?:article|paper)(?: as)?|how to cite|como citar|citation)\s*:?", re.I)
_JUNK_TITLE = re.compile(
    r"^(?:untitled|microsoft word|powerpoint|layout \d|slide|document\d*|title|full page|pii|doi|\d+"
    r"|.*\.(?:docx?|indd|qxd|tex|pdf|dvi|eps|rtf|odt|ps|p65|fm|xml)\b.*|.* \d+\.\.\d+)",
    re.I,
)
_LABELS = re.compile(
    r"^(?:research(?: article| paper)?|(?:original |short |brief |rapid |review |case "
    r"|data )?(?:article|communication|research|report|paper|note|letter)s?|review|open access"
    r"|methodology|study protocol|"
    r"commentary|editorial|perspective|correspondence|original(?: investigation)?|artigo.*"
    r"|articles? original|provisional|preprint|accepted manuscript|author manuscript|open)$",
    re.I,
)
_NAME = re.compile(
    r"^(?:[A-ZÀ-Þ][\w’'.-]*|(?:van|von|de|da|do|dos|del|della|der|den|di|du|la|le|el|al|bin|ten|ter|y"
    r"|e)\b)(?:\s+(?:[A-ZÀ-Þ][\w’'.-]*|van|von|de|da|do|dos|del|della|der|den|di|du|la|le|el|al|bin|ten"
    r"|ter|y|e)){1,6}$"
)


@dataclass(frozen=True, slots=True)
class Front:
    """What the first pages and the metadata say about the paper."""

    title: str
    authors: tuple[str, ...]
    doi: str | None
    year: int | None
    notes: tuple[str, ...]
    title_lines: tuple[Line, ...] = ()
    """The lines of the first pages that the title was read from."""


def front(
    pages: Sequence[Sequence[Block]], margins: Sequence[Line], metadata: dict[str, str], body: Body
) -> Front:
    """Bibliography of the paper; a field that was not seen is empty."""
    notes: list[str] = []
    texts = [line.text for line in margins if line.page <= 2] + _about(pages, body)
    doi = _doi(texts, metadata, notes)
    year = _year(texts, notes)
    title, lines = _title(pages, metadata, body, notes)
    authors = _authors(pages, lines, metadata, notes)
    return Front(title, authors, doi, year, tuple(notes), lines)


def _about(pages: Sequence[Sequence[Block]], body: Body) -> list[str]:
    """What the paper says about itself: a DOI or a year inside its prose belongs to another paper."""
    about = [block.text for block in pages[0] if not (reads_as_prose(block) and _is_prose(block, body))]
    cited = [block.text for page in pages for block in page if _CITE.search(block.text)]
    # BioMed Central sets the DOI in front of the words.
    return about + [
        text[max(found.start() - 50, 0) :][:600] for text in cited if (found := _CITE.search(text))
    ]


def _is_prose(block: Block, body: Body) -> bool:
    sized = sum(body.is_sized(line) for line in block.lines)
    return sized > 0.5 * len(block.lines) and not _CITE.search(block.text)


def _doi(texts: Sequence[str], metadata: dict[str, str], notes: list[str]) -> str | None:
    told = Counter(
        found
        for text in texts
        for match in _DOI.finditer(re.sub(r"(10\.\d{4,9}/\S*[./-])\s(?=\S*\d)", r"\1", text))
        if (found := doi_of(match.group(1)))
    )
    meta = next((found for value in metadata.values() if (found := doi_of(value))), None)
    if meta:
        return meta
    if not told:
        return None
    # A DOI that another one begins with is that one cut off at the end of a line.
    whole = {one: sum(n for other, n in told.items() if one.startswith(other)) for one in told}
    best = max(whole, key=lambda one: (whole[one], -list(told).index(one)))
    if len({one for one in told if not best.startswith(one)}) > 0:
        notes.append(f"several DOIs on the first pages: took {best}")
    return best


def _year(texts: Sequence[str], notes: list[str]) -> int | None:
    for pattern in _DATES:
        years = [int(match["year"]) for text in texts for match in pattern.finditer(text)]
        if years:
            if len(set(years)) > 1:
                notes.append(f"several years on the first pages: took {years[0]}")
            return years[0]
    return None


def _title(
    pages: Sequence[Sequence[Block]], metadata: dict[str, str], body: Body, notes: list[str]
) -> tuple[str, tuple[Line, ...]]:
    meta = " ".join(metadata.get("Title", "").split())
    if _JUNK_TITLE.match(meta) or len(meta.split()) < 3:
        meta = ""
    seen: tuple[Line, ...] = ()
    for page in pages[:2]:
        if meta and (match := _like(page, meta)):
            return _cased(meta, match), match
        # A title of two or three words has to be large; a journal's name above a longer title is none.
        seen = seen or _largest(page, body, 4, 1.08) or _largest(page, body, 2, 1.5)
    if meta:
        notes.append("title taken from the file's metadata; it does not stand on the first pages")
        return meta, ()
    if seen:
        notes.append("title taken from the largest type of the first pages")
        return _joined(seen), seen
    return "", ()


def _cased(meta: str, lines: Sequence[Line]) -> str:
    printed = _joined(lines)
    return printed if _key(printed) == _key(meta) else meta


def _joined(lines: Sequence[Line]) -> str:
    return re.sub(r"(?<=\w)-\s(?=[a-z])", "-", " ".join(line.text for line in lines)).strip()


def _key(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.lower())


def _like(page: Sequence[Block], meta: str) -> tuple[Line, ...]:
    """Lines that follow each other and spell the title of the metadata."""
    lines = [line for block in page for line in block.lines]
    want = _key(meta)
    for start, line in enumerate(lines):
        have, taken = _key(line.text), [line]
        if not have or not want.startswith(have[: len(want)]):
            continue
        for nxt in lines[start + 1 : start + 8]:
            if len(have) >= len(want):
                break
            have += _key(nxt.text)
            taken.append(nxt)
        if have.startswith(want) or (want.startswith(have) and len(have) > 0.9 * len(want)):
            return tuple(taken)
    return ()


def _largest(page: Sequence[Block], body: Body, least: int, ratio: float) -> tuple[Line, ...]:
    """The largest type of a page with at least `least` words, beyond `ratio` times the body's size."""
    best: tuple[float, tuple[Line, ...]] = (ratio * body.size, ())
    for block in page:
        for run in _runs(block.lines):
            text = " ".join(line.text for line in run)
            words = [word for word in text.split() if any(map(str.isalpha, word))]
            if len(words) < least or _LABELS.match(text) or re.search(r"https?://|www\.|doi", text):
                continue
            if run[0].size > best[0] + 0.3:
                best = (run[0].size, tuple(run))
    return best[1]


def _runs(lines: Sequence[Line]) -> list[list[Line]]:
    runs: list[list[Line]] = []
    for line in lines:
        if runs and abs(runs[-1][-1].size - line.size) < 0.6:
            runs[-1].append(line)
        else:
            runs.append([line])
    return runs


def _authors(
    pages: Sequence[Sequence[Block]], title: Sequence[Line], metadata: dict[str, str], notes: list[str]
) -> tuple[str, ...]:
    meta = re.split(r"\s*[;,]\s*|\s+and\s+", metadata.get("Author", ""))
    told = tuple(name for name in meta if _NAME.match(name))
    if title:
        page = next(p for p in pages if any(title[-1] in block.lines for block in p))
        lines = [line for block in page for line in block.lines]
        after = lines[lines.index(title[-1]) + 1 :]
        seen = _names(after)
        if len(seen) >= max(len(told), 1):
            if not told:
                notes.append("authors taken from the lines below the title")
            return seen
    if told:
        notes.append("authors taken from the file's metadata")
    return told


def _names(lines: Sequence[Line]) -> tuple[str, ...]:
    """The longest run of names among the lines below the title, in one size of type.

    The longest, because an institution or the title in another language can look like a name or two.
    """
    runs: list[list[str]] = [[]]
    size, begun = 0.0, ""
    for line in lines[:16]:
        if _LABELS.match(line.text.strip()):
            continue
        parts = _parts(f"{begun} {line.text}")
        begun = ""
        if parts and _PARTICLE.search(parts[-1]):
            begun = parts.pop()
        good = [part for part in parts if _NAME.match(part) and not _PLACE.search(part)]
        if abs(line.size - size) >= 0.7 or len(good) < 0.6 * len(parts):
            runs.append([])
        if len(good) >= 0.6 * len(parts):
            runs[-1] += good
        size = line.size
    longest = max(runs, key=len)
    return tuple(dict.fromkeys(longest))


def _parts(text: str) -> list[str]:
    """What stands between commas and raised marks."""
    bare = re.sub(r"\(\w{1,3}\)|ORCID\S*|\bM\.?D\.?\b|\bPh\.?D\.?\b|[\ue000-\uf8ff]", " ", text)
    bare = re.sub(r"\[[\d,;\s–-]+\]|[\d*†‡§¶#∗✉]+", ",", bare)
    parts = [" ".join(part.strip(" .·•|").split()) for part in _BETWEEN.split(bare)]
    return [part for part in parts if len(part) > 1]


_BETWEEN = re.compile(r",|;|\band\b|&|•|·|\|| e (?=[A-ZÀ-Þ])")
_PARTICLE = re.compile(r"\s(?:van|von|de|da|do|dos|del|della|der|den|di|du|la|le)$")
_PLACE = re.compile(
    r"\b(?:univers\w*|department|departamento|institut\w*|school|college|hospital|cent(?:er|re|ro)"
    r"|faculty|faculdade|laborator\w*|division|"
    r"abstract|introduction|background|article|journal|research|review|open|access|received|accepted"
    r"|published|keywords?|correspondence|usa|uk|germany|"
    r"brazil|brasil|china|france|italy|spain|japan|canada|program\w*|unit|street|road|avenue|press|inc"
    r"|ltd|llc|ag|gmbh|technolog\w*|foundation|academy|society|survey|study|health)\b",
    re.I,
)
