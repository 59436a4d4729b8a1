"""Whether two descriptions are of one paper: identifiers, title, first author and year.

A wrong merge puts a stranger's DOI under a quote, so the rules are strict: a title alone is enough only
when it is long and nearly letter for letter the same and nothing else speaks against it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz

from ingest.documents import Paper
from ingest.sources.records import Record

Says = Literal["same", "near", "different", "unknown"]
Verdict = Literal["same", "possible", "different"]

_MARK = re.compile(r"\s*\((title as in the address|title not available)\)\s*$", re.I)
_GREEK = str.maketrans({"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ζ": "zeta", "κ": "kappa"})
_SAME_TITLE = 0.95
_LIKE_TITLE = 0.85
_NEAR_TITLE = 0.7
_PARTICLES = frozenset({"van", "von", "de", "der", "den", "del", "la", "le", "di", "da", "dos", "el", "al"})
_LONG = 6
"""Words from which a title says by itself which paper is meant; "T cell exhaustion" does not."""


@dataclass(frozen=True, slots=True)
class Title:
    """A title as it can be compared."""

    words: str
    """Lower case, letters and digits only, Greek letters by name."""
    whole: bool = True
    """False when it was taken from an address: cut short, words joined by guess."""
    known: bool = True
    """False when a description stands where the title is not known."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far a record agrees with a paper of ours."""

    verdict: Verdict
    title: float
    """Similarity of the titles, 0..1."""
    author: Says
    year: Says
    identifier: Says
    journal: Says
    why: str


def title_of(text: str) -> Title:
    """A title made comparable; the remarks that our digests put behind a doubtful one are understood."""
    mark = _MARK.search(text)
    bare = re.sub(r"\[[^\]]*\]|\.\.\.|…", " ", text[: mark.start()] if mark else text)
    folded = unicodedata.normalize("NFKD", bare.casefold()).translate(_GREEK)
    plain = "".join(c if c.isalnum() else " " for c in folded if not unicodedata.combining(c))
    kind = mark.group(1).lower() if mark else ""
    return Title(" ".join(plain.split()), whole=not kind, known=kind != "title not available")


def similarity(ours: Title, theirs: Title) -> float:
    """Likeness of two titles, 0..1; one that was cut short is compared with the beginning of the other."""
    if not ours.words or not theirs.words:
        return 0.0
    if not ours.whole and len(theirs.words) > len(ours.words):
        return fuzz.ratio(ours.words, theirs.words[: len(ours.words)]) / 100
    return fuzz.ratio(ours.words, theirs.words) / 100


def agree(paper: Paper, record: Paper | Record) -> Agreement:
    """Judge whether `record`, a service's or one read from a file, describes `paper`."""
    ours = title_of(paper.title)
    likeness = similarity(ours, title_of(record.title))
    author = _authors(paper.authors, record.authors)
    year = _years(paper.year, record.year)
    identifier = _identifiers(paper, record)
    journal = _journals(paper.journal, record.journal)
    if identifier == "unknown":
        verdict, why = _by_title(ours, likeness, author, year, journal)
    else:
        verdict, why = _by_identifier(ours, likeness, author, year, identifier)
    return Agreement(verdict, round(likeness, 3), author, year, identifier, journal, why)


def _by_identifier(
    title: Title, likeness: float, author: Says, year: Says, identifier: Says
) -> tuple[Verdict, str]:
    if identifier == "different":
        return "different", "another identifier"
    if not title.known:
        return "possible", "the identifier agrees; our title is a description, so nothing confirms it"
    enough = _NEAR_TITLE if title.whole else 0.5
    if likeness >= enough or (author == "same" and year in ("same", "near")):
        return "same", "the identifier agrees, and so do title or author and year"
    return "different", "the identifier is the same but the titles are not: it belongs to another paper"


def _by_title(title: Title, likeness: float, author: Says, year: Says, journal: Says) -> tuple[Verdict, str]:
    if not title.known:
        return "different", "our title is a description, so it cannot be looked for"
    like = likeness >= _LIKE_TITLE
    if "different" in (author, year):
        return ("possible" if like else "different"), "author or year differs"
    dated = year in ("same", "near")
    confirmed = dated and author == "same"
    if not title.whole or len(title.words.split()) < _LONG:
        if likeness >= _SAME_TITLE and (confirmed or (dated and journal == "same")):
            return "same", "a short or partial title, with year and author or journal agreeing"
        return ("possible" if like else "different"), "a short or partial title is not enough"
    if likeness >= _SAME_TITLE:
        return "same", "the title agrees and nothing speaks against it"
    if like and confirmed:
        return "same", "a similar title with the same first author and year"
    return ("possible" if likeness >= _NEAR_TITLE else "different"), f"titles agree to {likeness:.0%} only"


def _identifiers(paper: Paper, record: Paper | Record) -> Says:
    pairs = ((paper.doi, record.doi), (paper.pmid, record.pmid), (paper.pmcid, record.pmcid))
    known = [ours.lower() == theirs.lower() for ours, theirs in pairs if ours and theirs]
    if not known:
        return "unknown"
    return "same" if any(known) else "different"


def _authors(ours: tuple[str, ...], theirs: tuple[str, ...]) -> Says:
    """The first authors by family name, which stands first or last depending on the source."""
    named = [name for name in ours if name.strip().lower().rstrip(".") != "et al"]
    if not named or not theirs:
        return "unknown"
    first, other = (set(_name_words(names[0])) for names in (named, theirs))
    shared = {word for word in first & other if len(word) > 1 and word not in _PARTICLES}
    return "same" if shared else "different"


def _name_words(name: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c if c.isalnum() else " " for c in folded if not unicodedata.combining(c)).split()


def _years(ours: int | None, theirs: int | None) -> Says:
    """A year apart is what lies between online and print."""
    if ours is None or theirs is None:
        return "unknown"
    return "same" if ours == theirs else "near" if abs(ours - theirs) == 1 else "different"


def _journals(ours: str | None, theirs: str | None) -> Says:
    """Names of journals, of which one may be abbreviated: "Blood Adv" and "Blood advances"."""
    if not ours or not theirs:
        return "unknown"
    first, other = (
        title_of(re.sub(r"\(.*?\)|^the ", " ", name, flags=re.I)).words.split() for name in (ours, theirs)
    )
    if len(first) != len(other):
        return "different"
    pairs = zip(first, other, strict=True)
    return "same" if all(a.startswith(b) or b.startswith(a) for a, b in pairs) else "different"
