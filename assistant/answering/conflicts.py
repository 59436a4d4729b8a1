"""The claim ledger at work: what the corpus adds up to, where it disagrees, and why.

A claim belongs to an answer when it was retrieved for the question itself and a finding in the answer
takes a side in it, or when it is as near to the question as the best findings are. Both sides are cited
and never averaged.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from assistant.answering.citing import Bibliography
from assistant.answering.matching import Match
from assistant.evidence import Conflict, Hit
from ingest.readers.claims import Claim

_NEAR: Final = 0.40
"""Least cosine between question and claim; below it a claim shares a finding but not the subject."""
_COVERS: Final = 0.60
"""Share of the question's concepts from which a near claim answers the question itself, whichever
findings were chosen."""
_SHOWN: Final = 2
"""Findings cited on each side at least, where there are as many; one always comes from outside the answer."""


def relevant(
    claims: Sequence[Claim], matches: Sequence[Match], chosen: Sequence[str], *, most: int
) -> list[tuple[Claim, Hit]]:
    """Claims that bear on the answer, best first.

    Arguments:
        claims: the ledger.
        matches: everything retrieved for the question, claims among it.
        chosen: passage ids of the findings in the answer, lead first.
        most: how many claims at most.
    """
    by_passage = {claim.passage: claim for claim in claims}
    found: list[tuple[float, Claim, Hit]] = []
    for match in matches:
        claim = by_passage.get(match.hit.passage.id)
        if claim is None or match.hit.dense < _NEAR:
            continue
        sides = {*claim.supports, *claim.opposes}
        covers = match.value("coverage")
        if covers < _COVERS and not (claim.opposes and sides & set(chosen)):
            continue
        lead = 0.05 if chosen and chosen[0] in sides else 0.0
        found.append((match.hit.dense + covers + lead, claim, match.hit))
    found.sort(key=lambda item: (-item[0], item[1].id))
    return [(claim, hit) for _, claim, hit in found[:most]]


def present(claim: Claim, bibliography: Bibliography, chosen: Sequence[str]) -> Conflict:
    """The conflict with both sides cited, findings of the answer first."""
    return Conflict(
        claim=claim.id,
        statement=claim.statement,
        supports=_cited(claim.supports, bibliography, chosen),
        opposes=_cited(claim.opposes, bibliography, chosen),
        nuance=claim.nuance,
        status=claim.status,
    )


def _cited(side: Sequence[str], bibliography: Bibliography, chosen: Sequence[str]) -> tuple[int, ...]:
    """Findings of the answer that take this side, and others up to _SHOWN of them."""
    own = [passage for passage in side if passage in chosen]
    others = [passage for passage in side if passage not in chosen]
    cited = (bibliography.cite_id(p) for p in own + others[: max(1, _SHOWN - len(own))])
    return tuple(citation.n for citation in cited if citation is not None)
