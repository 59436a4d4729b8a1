"""Which findings make the answer: the lead and what completes it.

The lead is the finding most likely to answer. Others follow while they are likely enough and bring
something new. A finding of another paper is never folded into a sentence that it does not say: of the 487
pairs on one side of a claim of the ledger none says the same, and those most alike in words differ in the
cell (CD4, CD8) or in who acts (Treg, tumour). How many papers agree is told with the claim itself; see
`conflicts`. A comparison is not complete before each side is covered.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from assistant.answering.judge import Ranked
from assistant.answering.matching import Matcher
from assistant.answering.question import Question
from assistant.evidence import Hit
from assistant.retrieval.tokens import tokens
from ingest.documents import Paper

Length = Literal["brief", "default", "full"]
MOST: Final[dict[str, int]] = {"brief": 2, "default": 6, "full": 12}
"""Findings in an answer; a conflict adds one sentence."""
LEAST: Final[dict[str, int]] = {"brief": 1, "default": 3, "full": 3}
_TOLD_TWICE: Final = 0.6
"""Share of the shorter text's stems from which full text of one paper repeats itself."""
_TOLD_AGAIN: Final = 0.35
"""The same where a figure is in common."""
_FIGURE: Final = re.compile(r"(?<![\w.-])\d+\.\d+|(?<![\w.-])\d{2,}(?![\w-])")
_FLOOR: Final[dict[str, float]] = {"brief": 0.35, "default": 0.10, "full": 0.05}
"""Least probability of being a right answer, as a share of the lead's."""


_PRIMARY_FROM: Final = 0.4
"""Share of a second-hand lead's probability from which a primary finding takes its place."""


@dataclass(slots=True)
class Chosen:
    """One finding of the answer."""

    ranked: Ranked

    @property
    def paper(self) -> str:
        """The paper of the finding."""
        return self.ranked.match.hit.paper.id


def choose(
    question: Question,
    sides: Sequence[str],
    ranked: Sequence[Ranked],
    matcher: Matcher,
    length: Length,
) -> list[Chosen]:
    """The findings of the answer, lead first, then grouped by paper.

    Arguments:
        question: what is asked.
        sides: entity tokens of the domains and products that the question names.
        ranked: candidates, best first.
        matcher: for the stems of their texts.
        length: how many findings.
    """
    if not ranked:
        return []
    ranked = _primary_first(ranked)
    lead = ranked[0]
    chosen = [Chosen(lead)]
    most, least = MOST[length], LEAST[length]
    for candidate in ranked[1:]:
        hit = candidate.match.hit
        if question.shape == "list" and candidate.match.value("names_wanted") < 1:
            continue  # it adds no name to the list
        if any(_repeats(hit, c.ranked.match.hit, matcher) for c in chosen):
            continue
        if len(chosen) >= most:
            continue
        if len(chosen) >= least and candidate.p < _FLOOR[length] * lead.p:
            break
        if candidate.p < 0.3 * _FLOOR[length] * lead.p:
            break
        chosen.append(Chosen(candidate))
    if question.shape == "comparative" or len(sides) == 2:
        _complete_sides(sides, ranked, chosen, most)
    if "domain" in question.wanted.kinds:
        _pair_domains(ranked, chosen, most)
    return _grouped(chosen)


def _primary_first(ranked: Sequence[Ranked]) -> Sequence[Ranked]:
    """A primary finding leads in place of a second-hand one that names no more of the terms."""
    lead = ranked[0]
    if lead.match.hit.paper.evidence not in ("news", "secondary"):
        return ranked
    for i, other in enumerate(ranked[1:6], 1):
        likely = other.p >= _PRIMARY_FROM * lead.p
        names = other.match.value("entities") >= lead.match.value("entities")
        if likely and names and other.match.hit.paper.evidence == "primary":
            return [other, *ranked[:i], *ranked[i + 1 :]]
    return ranked


def _repeats(a: Hit, b: Hit, matcher: Matcher) -> bool:
    """Whether two hits of one paper tell the same fact, as its abstract, results and discussion do.

    Two findings of one digest never do: those most alike in wording are often the two sides of a contrast.
    """
    if a.text == b.text:
        return True
    if "text" not in (a.passage.kind, b.passage.kind) or not one_work(a.paper, b.paper):
        return False
    same_figure = set(_FIGURE.findall(a.text)) & set(_FIGURE.findall(b.text))
    mine, theirs = matcher.reader.held(a.text).tokens, matcher.reader.held(b.text).tokens
    told = _TOLD_AGAIN if same_figure else _TOLD_TWICE
    return len(mine & theirs) >= told * min(len(mine), len(theirs))


def one_work(a: Paper, b: Paper) -> bool:
    """Whether two records are one paper, such as its digest here and its full text from a file."""
    if a.id == b.id or any(x and x == y for x, y in ((a.doi, b.doi), (a.pmid, b.pmid), (a.pmcid, b.pmcid))):
        return True
    return bool(a.title) and " ".join(tokens(a.title)) == " ".join(tokens(b.title))


def _complete_sides(sides: Sequence[str], ranked: Sequence[Ranked], chosen: list[Chosen], most: int) -> None:
    """Add the best finding for a side that nothing chosen covers, in place of the last one when full."""
    for side in sides:
        if any(side in c.ranked.match.covered for c in chosen):
            continue
        best = next((r for r in ranked if side in r.match.covered), None)
        if best is not None:
            if len(chosen) >= most:
                chosen.pop()
            chosen.append(Chosen(best))


def _pair_domains(ranked: Sequence[Ranked], chosen: list[Chosen], most: int) -> None:
    """Add what a paper tells of the other domain: "which domain does this and which that" asks for both."""
    other = {"4-1BB": "CD28", "CD28": "4-1BB"}
    taken = {(c.paper, c.ranked.match.hit.passage.costim) for c in chosen}
    wanted = {(paper, other[domain]) for paper, domain in taken if domain in other} - taken
    for candidate in ranked:
        half = (candidate.match.hit.paper.id, candidate.match.hit.passage.costim)
        if half in wanted:
            if len(chosen) >= most:
                chosen.pop(next(i for i in reversed(range(len(chosen))) if chosen[i].paper != half[0]))
            chosen.append(Chosen(candidate))
            wanted.remove(half)


def _grouped(chosen: list[Chosen]) -> list[Chosen]:
    """The lead first, then paper by paper, best paper first, findings in their own order."""
    order = list(dict.fromkeys(c.paper for c in chosen))
    rest = sorted(chosen[1:], key=lambda c: (order.index(c.paper), c.ranked.match.hit.passage.span.start))
    return [chosen[0], *rest]
