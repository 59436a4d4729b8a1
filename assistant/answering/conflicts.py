"""The claim ledger at work: where the corpus disagrees about what an answer says, and why.

A claim belongs to an answer when it was retrieved for the question itself and one of the findings in
the answer takes a side in it. Conflicts are shown with both sides cited and never averaged.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from assistant.answering.citing import Bibliography
from assistant.evidence import Conflict, Hit
from ingest.readers.claims import Claim

_NEAR: Final = 0.40
"""Least cosine between question and claim; below it a claim shares a finding but not the subject."""
_SHOWN: Final = 2
"""Findings cited on each side; further ones are counted."""


def relevant(
    claims: Sequence[Claim], hits: Sequence[Hit], chosen: Sequence[str], *, most: int
) -> list[tuple[Claim, Hit]]:
    """Claims with two sides that bear on the answer, best first.

    Arguments:
        claims: the ledger.
        hits: everything retrieved for the question, claims among them.
        chosen: passage ids of the findings in the answer, lead first.
        most: how many claims at most.
    """
    by_passage = {claim.passage: claim for claim in claims}
    found: list[tuple[float, Claim, Hit]] = []
    for hit in hits:
        claim = by_passage.get(hit.passage.id)
        if claim is None or not claim.opposes or hit.dense < _NEAR:
            continue
        sides = set(claim.supports) | set(claim.opposes)
        if not sides & set(chosen):
            continue
        lead = 0.1 if chosen and chosen[0] in sides else 0.0
        found.append((hit.dense + lead, claim, hit))
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
    order = sorted(side, key=lambda passage: (passage not in chosen, side.index(passage)))
    cited = (
        bibliography.cite_id(passage) for passage in order[: max(_SHOWN, sum(p in chosen for p in side))]
    )
    return tuple(citation.n for citation in cited if citation is not None)
