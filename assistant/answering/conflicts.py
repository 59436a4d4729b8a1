"""The claim ledger at work: what the corpus adds up to, where it disagrees, and why.

A claim belongs to an answer when it was retrieved for the question itself and bears on what was asked: the
lead takes a side in it, or it names what the question names. A claim on senescence or exhaustion is another
question where neither the question nor the lead speaks of it. Both sides are cited and never averaged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from assistant.answering.citing import Bibliography
from assistant.answering.concepts import Concept
from assistant.answering.judge import Ranked
from assistant.answering.matching import Match
from assistant.evidence import Conflict, Hit
from ingest.readers.claims import Claim

_NEAR: Final = 0.40
"""Least cosine between question and claim; below it a claim shares a finding but not the subject."""
_COVERS: Final = 0.60
"""Share of the question's concepts from which a near claim answers the question itself, whichever
findings were chosen."""
_SETTLES: Final = 0.65
"""Cosine from which a claim that names every term of the question answers it."""
_MOST: Final = 0.6
"""Share of the question's entities from which a contested claim bears on it through another finding than the
lead: both products of a comparison, though not their target."""
_NAMES: Final = 3
"""Concepts of the question from which a claim is shown beside the others whatever findings were chosen."""
_HOLDS: Final = 0.22
"""Share of the question's concepts below which such a claim shares words with it and no subject; read on
the 265 answers to the evaluation questions, six of which gain a claim."""
_STATES: Final = (re.compile(r"senescen|\bage[sd]?\b|aging|ageing", re.I), re.compile(r"exhaust", re.I))
_GENERIC: Final = frozenset(("cell", "patient"))
"""Words that every claim may hold."""
_LIKELY: Final = 0.5
_NO_LESS: Final = 0.2
"""Share of the first finding's probability that a finding on the claim needs to lead in its place."""
_ABOUT_THE_COLLECTION: Final = frozenset(
    ("no-countermeasure-with-senescence-markers", "models-without-senescence")
)
"""Claims about what these papers lack, not about the world."""
_SHOWN: Final = 2
"""Findings cited on each side at least, where there are as many; one always comes from outside the answer."""


def relevant(
    claims: Sequence[Claim], matches: Sequence[Match], chosen: Sequence[str], *, asked: str, most: int
) -> list[tuple[Claim, Hit]]:
    """Claims that bear on the answer, best first.

    Arguments:
        claims: the ledger.
        matches: everything retrieved for the question, claims among it.
        chosen: passage ids of the findings in the answer, lead first.
        asked: the question and its lead, in words.
        most: how many claims at most; one more is shown when it says what the others leave out.
    """
    if most == 0:
        return []
    by_passage = {claim.passage: claim for claim in claims if not _of_another_state(claim, asked)}
    found: list[tuple[float, Claim, Hit]] = []
    for match in matches:
        claim = by_passage.get(match.hit.passage.id)
        if claim is None or not _bears(claim, match, chosen):
            continue
        lead = 0.05 if chosen[0] in (*claim.supports, *claim.opposes) else 0.0
        found.append((match.hit.dense + match.value("coverage") + lead, claim, match.hit))
    found.sort(key=lambda item: (-item[0], item[1].id))
    shown = [(claim, hit) for _, claim, hit in found[:most]]
    extra = _left_out(by_passage, matches, {claim.id for claim, _ in shown})
    return [*shown, extra] if extra is not None else shown


def _bears(claim: Claim, match: Match, chosen: Sequence[str]) -> bool:
    """Whether a claim is on what was asked, and not only on something that a line of the answer tells too."""
    sides = {*claim.supports, *claim.opposes}
    taken = sides & set(chosen)
    if match.hit.dense < _NEAR:
        return False
    if match.value("coverage") >= _COVERS:
        return True
    if chosen[0] in taken and (claim.opposes or papers_of(sorted(taken)) > 1):
        return True
    if match.hit.dense >= _SETTLES and len(taken) > 1:
        return True
    named = any(token.startswith("=") for token in match.covered)
    return bool(claim.opposes and taken) and named and match.value("entities") >= _MOST


def _of_another_state(claim: Claim, asked: str) -> bool:
    """Whether a claim is on senescence or exhaustion, and neither question nor lead speaks of either."""
    on = [state for state in _STATES if state.search(claim.statement)]
    return bool(on) and not any(state.search(asked) for state in _STATES)


def _left_out(
    by_passage: dict[str, Claim], matches: Sequence[Match], shown: set[str]
) -> tuple[Claim, Hit] | None:
    """The claim on what the question asks that those shown are silent on.

    Claims hang on the chosen findings, and findings on half of a question ("does rest reverse
    senescence?") bring the claims on that half alone.
    """
    said: set[str] = set(_GENERIC)
    rest: list[tuple[Match, Claim]] = []
    for match in matches:
        claim = by_passage.get(match.hit.passage.id)
        if claim is None or claim.id in _ABOUT_THE_COLLECTION:
            continue
        if claim.id in shown:
            said |= match.covered
        elif match.hit.dense >= _NEAR:
            rest.append((match, claim))
    bearing = [
        (match, claim)
        for match, claim in rest
        if len(match.covered - _GENERIC) >= _NAMES and match.covered - said
        if match.value("coverage") >= _HOLDS and any(token.startswith("=") for token in match.covered)
    ]
    best = max(bearing, key=lambda b: (b[0].value("coverage"), b[0].hit.dense, b[1].id), default=None)
    return None if best is None else (best[1], best[0].hit)


def papers_of(passages: Sequence[str]) -> int:
    """How many papers the findings come from."""
    return len({passage.partition("#")[0] for passage in passages})


def settles(claims: Sequence[Claim], matches: Sequence[Match], concepts: Sequence[Concept]) -> Claim | None:
    """The claim that answers the question itself, when there is one.

    Broad questions ("does TET2 loss improve persistence?") are covered by no single finding and by a
    claim of the ledger. Numbers are never asked of a claim.
    """
    if not all(concept.known for concept in concepts):
        return None
    # An outcome ("persistence") may go by another word in the claim; what is acted on may not.
    named = {concept.token for concept in concepts if concept.entity and concept.kind != "outcome"}
    by_passage = {claim.passage: claim for claim in claims if claim.id not in _ABOUT_THE_COLLECTION}
    near = (
        match
        for match in matches
        if match.hit.passage.id in by_passage
        and match.hit.dense >= _SETTLES
        and named <= match.covered
        and match.value("holds") >= 1
    )
    best = max(near, key=lambda match: (match.hit.dense, match.hit.passage.id), default=None)
    return None if best is None else by_passage[best.hit.passage.id]


def led_by(claim: Claim, ranked: Sequence[Ranked]) -> list[Ranked]:
    """The findings that take a side in the claim first, unless one already answers likely enough."""
    if ranked[0].p >= _LIKELY:
        return list(ranked)
    sides = {*claim.supports, *claim.opposes}
    likely = [r for r in ranked if r.match.hit.passage.id in sides and r.p >= _NO_LESS * ranked[0].p]
    return [*likely, *(r for r in ranked if r not in likely)]


def present(claim: Claim, bibliography: Bibliography, chosen: Sequence[str]) -> Conflict:
    """The conflict with both sides cited, findings of the answer first."""
    return Conflict(
        claim=claim.id,
        statement=claim.statement,
        supports=_cited(claim.supports, bibliography, chosen),
        opposes=_cited(claim.opposes, bibliography, chosen),
        nuance=claim.nuance,
        status=claim.status,
        supporting_papers=papers_of(claim.supports),
        opposing_papers=papers_of(claim.opposes),
    )


def _cited(side: Sequence[str], bibliography: Bibliography, chosen: Sequence[str]) -> tuple[int, ...]:
    """Findings of the answer that take this side, and others up to _SHOWN of them."""
    own = [passage for passage in side if passage in chosen]
    others = [passage for passage in side if passage not in chosen]
    cited = (bibliography.cite_id(p) for p in own + others[: max(1, _SHOWN - len(own))])
    return tuple(citation.n for citation in cited if citation is not None)
