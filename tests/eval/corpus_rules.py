"""The rules that every shipped digest obeys, each a function that names what is broken.

A rule takes one digest and yields messages; no message means that the digest obeys. Rules are kept apart
from the reader in `ingest`: the reader accepts what a user may bring, these hold our own files to more
(vocabulary, links, findings that read alone). Tests run each rule on the shipped files and on a digest
broken on purpose, so that no rule can fall silent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

KEYS = (
    "id", "title", "authors", "journal", "year", "doi", "pmid", "pmcid", "url", "license",
    "study_type", "topics", "seen", "sources", "evidence",
)  # fmt: skip
SECTIONS = ("Question", "System", "Findings", "Limits")
VOCABULARY = {
    "study_type": {
        "in-vitro", "in-vivo", "clinical-trial", "clinical-correlative", "review", "computational",
        "guideline", "news",
    },
    "seen": {"abstract", "full-text", "secondary"},
    "evidence": {"primary", "review", "secondary", "news"},
}  # fmt: skip
TOPICS = {
    "senescence", "exhaustion", "costimulation", "signal-strength", "tonic-signaling", "antigen-density",
    "affinity", "persistence", "memory", "metabolism", "epigenetics", "telomere", "dna-damage", "sasp",
    "cytokines", "manufacturing", "product-phenotype", "clinical-response", "cellular-kinetics", "relapse",
    "antigen-loss", "solid-tumor", "toxicity", "countermeasure", "gene-editing", "small-molecule",
    "senolytic-car", "donor-age", "biomarker", "microenvironment",
}  # fmt: skip
IDENTIFIERS = {
    "doi": re.compile(r"10\.\d{4,9}/\S+"),
    "pmid": re.compile(r"\d+"),
    "pmcid": re.compile(r"PMC\d+"),
}
LINKS = {
    "doi": "https://doi.org/{}",
    "pmcid": "https://pmc.ncbi.nlm.nih.gov/articles/{}/",
    "pmid": "https://pubmed.ncbi.nlm.nih.gov/{}/",
}
"""The address a reader gets, by identifier, best first."""

_PAPER_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
_ADDRESS = re.compile(r"https://([a-z0-9-]+\.)+[a-z]{2,}(/\S*)?", re.I)
_COPY = re.compile(r"//ashpublications\.(net|com)/|//preview-www\.|[?&]searchresult=")
_TITLE_MARK = re.compile(r"\((title not available|title as in the address)\)$")
_STRAY_TITLE_MARK = re.compile(r"title not|title as in|not seen|seen only")
_FINDING = re.compile(r"- F(?P<number>\d+): (?P<text>.+?) ?(?P<tag>\[system: [^\[\]]*\])?")
_TAG = re.compile(
    r"\[system: (in-vitro|mouse|patients|computation|review|donors)"
    r"; costim: (4-1BB|CD28|both|other|none|n/a)"
    r"; target: [\w./+-]+"
    r"; locator: (abstract|results|(figure|table) \d+)\]",
    re.A,
)
_OPENS_VAGUELY = re.compile(
    r"(It|They|This|These|Such|Here|What|The (review|abstract|authors|study|paper|introduction|model))\b"
)
_POINTS_ELSEWHERE = re.compile(r"\b(th(is|e) study|this (paper|model)|these cells|the (latter|former))\b")
_SHORTEST_FINDING = 40


@dataclass(frozen=True, slots=True)
class Finding:
    """One line under Findings, taken apart."""

    number: int
    text: str
    tag: str | None


@dataclass(frozen=True, slots=True)
class Digest:
    """One file under `papers/`, split but not judged."""

    file_name: str
    front: Mapping[str, Any]
    sections: tuple[tuple[str, str], ...]
    """Heading and body, in the order of the file."""

    def body(self, heading: str) -> str:
        """The text under `heading`, empty where the section is missing."""
        return dict(self.sections).get(heading, "")

    def finding_lines(self) -> list[str]:
        """The lines under Findings."""
        return self.body("Findings").splitlines()

    def findings(self) -> list[Finding]:
        """The lines under Findings that have the form of a finding."""
        matches = (_FINDING.fullmatch(line) for line in self.finding_lines())
        return [Finding(int(m["number"]), m["text"], m["tag"]) for m in matches if m]


Rule = Callable[[Digest], Iterator[str]]


def split_digest(file_name: str, text: str) -> Digest:
    """Split the text of a digest into front matter and sections.

    Raises:
        ValueError: where there is no front matter to speak of.
    """
    match = re.fullmatch(r"---\n(.*?)\n---\n(.*)", text, re.S)
    if match is None:
        raise ValueError(f"{file_name}: no front matter between two lines of ---")
    front = yaml.safe_load(match[1])
    if not isinstance(front, dict):
        raise ValueError(f"{file_name}: the front matter is not a mapping")
    parts = re.split(r"^## (.+)\n", match[2], flags=re.M)
    return Digest(file_name, front, tuple((parts[i], parts[i + 1].strip()) for i in range(1, len(parts), 2)))


def keys_stand_in_order(digest: Digest) -> Iterator[str]:
    if tuple(digest.front) != KEYS:
        yield f"keys are {list(digest.front)}"


def identifier_is_the_file_name(digest: Digest) -> Iterator[str]:
    paper_id = str(digest.front.get("id"))
    if digest.file_name != f"{paper_id}.md":
        yield f"id {paper_id} is not the file name"
    if not _PAPER_ID.fullmatch(paper_id):
        yield f"id {paper_id} is not lower-case words joined by hyphens"


def title_is_present_and_marked_at_its_end(digest: Digest) -> Iterator[str]:
    title = str(digest.front.get("title") or "")
    if not title.strip():
        yield "no title"
    if _STRAY_TITLE_MARK.search(_TITLE_MARK.sub("", title)):
        yield f"a mark of an unseen title that is not one of the two endings: {title}"


def at_most_three_authors_then_et_al(digest: Digest) -> Iterator[str]:
    authors = digest.front.get("authors")
    if not isinstance(authors, list) or not authors:
        yield "no list of authors"
        return
    if "et al." in authors[:-1]:
        yield '"et al." is not last'
    if len([name for name in authors if name != "et al."]) > 3:
        yield "more than three authors"


def year_is_unknown_or_plausible(digest: Digest) -> Iterator[str]:
    year = digest.front.get("year")
    if year is not None and not (isinstance(year, int) and 1970 <= year <= 2026):
        yield f"year {year!r}"


def words_come_from_the_vocabulary(digest: Digest) -> Iterator[str]:
    for key, allowed in VOCABULARY.items():
        if digest.front.get(key) not in allowed:
            yield f"{key}: {digest.front.get(key)!r}"
    topics = digest.front.get("topics") or []
    if not topics:
        yield "no topic"
    for topic in sorted(set(topics) - TOPICS):
        yield f"topic {topic!r}"


def identifiers_are_well_formed_strings(digest: Digest) -> Iterator[str]:
    for key, form in IDENTIFIERS.items():
        value = digest.front.get(key)
        if value is not None and not (isinstance(value, str) and form.fullmatch(value)):
            yield f"{key}: {value!r}"


def sources_are_named_or_their_lack_is_explained(digest: Digest) -> Iterator[str]:
    sources = digest.front.get("sources") or []
    if not sources and "no link" not in digest.body("Limits"):
        yield "no source, and Limits does not say why"
    for source in sources:
        if not _ADDRESS.fullmatch(source) or _COPY.search(source):
            yield f"source {source} is no address of a publisher, an archive or an index"


def link_follows_from_the_best_identifier(digest: Digest) -> Iterator[str]:
    front = digest.front
    expected = [form.format(front[key]) for key, form in LINKS.items() if front.get(key)][:1]
    url = front.get("url")
    if expected and url != expected[0]:
        yield f"url {url!r} should be {expected[0]}"
    elif url is None and "no link" not in digest.body("Limits"):
        yield "no url, and Limits does not say why there is no link"
    elif url is not None and (not _ADDRESS.fullmatch(str(url)) or _COPY.search(str(url))):
        yield f"url {url!r} is no address of a publisher"


def sections_stand_in_order_and_hold_text(digest: Digest) -> Iterator[str]:
    if (headings := tuple(heading for heading, _ in digest.sections)) != SECTIONS:
        yield f"sections are {list(headings)}"
    for heading, body in digest.sections:
        if len(body) < 5:
            yield f"section {heading} is empty"


def findings_are_numbered_from_one(digest: Digest) -> Iterator[str]:
    numbers = [finding.number for finding in digest.findings()]
    if not numbers or numbers != list(range(1, len(numbers) + 1)):
        yield f"findings are numbered {numbers}"
    if len(numbers) != len(digest.finding_lines()):
        yield "a line under Findings is not a finding"


def findings_carry_a_known_tag(digest: Digest) -> Iterator[str]:
    for finding in digest.findings():
        if finding.tag is None or not _TAG.fullmatch(finding.tag):
            yield f"F{finding.number}: tag {finding.tag}"


def findings_read_alone(digest: Digest) -> Iterator[str]:
    for finding in digest.findings():
        if len(finding.text) < _SHORTEST_FINDING or not finding.text.endswith("."):
            yield f"F{finding.number} is no full sentence: {finding.text}"
        if _OPENS_VAGUELY.match(finding.text) or _POINTS_ELSEWHERE.search(finding.text):
            yield f"F{finding.number} leans on its neighbours: {finding.text[:70]}"


DIGEST_RULES: tuple[Rule, ...] = (
    keys_stand_in_order,
    identifier_is_the_file_name,
    title_is_present_and_marked_at_its_end,
    at_most_three_authors_then_et_al,
    year_is_unknown_or_plausible,
    words_come_from_the_vocabulary,
    identifiers_are_well_formed_strings,
    sources_are_named_or_their_lack_is_explained,
    link_follows_from_the_best_identifier,
    sections_stand_in_order_and_hold_text,
    findings_are_numbered_from_one,
    findings_carry_a_known_tag,
    findings_read_alone,
)


def shared_identities(digests: Iterable[Digest]) -> Iterator[str]:
    """Identifiers and titles that two digests claim: the same paper twice would count as agreement."""
    owner: dict[tuple[str, str], str] = {}
    for digest in digests:
        for key in ("id", "title", *IDENTIFIERS):
            value = re.sub(r"\W+", " ", str(digest.front.get(key) or "").lower())
            if value and (first := owner.setdefault((key, value), digest.file_name)) != digest.file_name:
                yield f"{digest.file_name}: {key} also in {first}"
