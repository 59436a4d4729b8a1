"""The checks in order, over the stretches of evidence that a sentence may rest on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from assistant.answering.briefing import gives_orders
from assistant.answering.verification import checks, order
from assistant.answering.verification.checks import Evidence
from assistant.answering.verification.reading import Reading
from assistant.answering.verification.verdict import Fault, decide
from assistant.evidence import Citation, Sentence, Verdict
from assistant.retrieval.lexicon import Lexicon
from ingest.chunking import sentences

Similarity = Callable[[str, Sequence[str]], Sequence[float]]
"""Cosine of one text to each of several."""
LEAST_SIMILARITY: Final = 0.6
"""Below every retelling in tests/eval/restatements.yaml (0.70), above 95 % of unrelated findings (0.58)."""
_STRETCHES: Final = 6
"""Stretches of evidence tried: those that share most with the sentence."""
_FOREIGN: Final = re.compile(r"[^\W\d_a-zA-Z\u00c0-\u024f\u0370-\u03ff\u2070-\u209f]")
_ADDRESS: Final = re.compile(r"https?:|www\.|\b[\w.-]+@[\w-]+\.\w+|!\[|\]\(")


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with its reason."""

    verdict: Verdict
    reason: str = ""


class Verifier:
    """Checks sentences; deterministic, and without a connection."""

    def __init__(self, lexicon: Lexicon, similarity: Similarity | None = None) -> None:
        """Use `lexicon` for names; without `similarity` that check is left out."""
        self._similarity = similarity
        self._read = lru_cache(maxsize=512)(lambda text: Reading(text, lexicon))

    def check(self, text: str, marks: Sequence[int], citations: Sequence[Citation]) -> Sentence:
        """The sentence with its verdict, and the reason when it is not supported.

        Arguments:
            text: the sentence without marks.
            marks: the numbers that it cites.
            citations: the evidence that the model was given.
        """
        known = {c.n: c for c in citations}
        unknown = [n for n in marks if n not in known]
        if unknown or not marks:
            reason = f"[{unknown[0]}] is not among the findings" if unknown else "it cites no finding"
            verdict, reason = decide([Fault("citation", "missing", reason)])
            return Sentence(text, tuple(n for n in marks if n in known), verdict, reason=reason)
        cited = [known[n] for n in marks]
        labels = [Evidence.labels_of(c) for c in cited]
        found = self.judge(text, [c.quote for c in cited], labels)
        return Sentence(text, tuple(marks), found.verdict, reason=found.reason)

    def judge(
        self, text: str, quotes: Sequence[str], labels: Sequence[frozenset[str]] | None = None
    ) -> Judgement:
        """The verdict on a sentence against quotes.

        Arguments:
            text: the sentence.
            quotes: what it rests on, together.
            labels: for each quote the systems that its citation names.
        """
        if (fault := _unfit(text)) is not None:
            return Judgement(*decide([fault]))
        said = self._read(text)
        stretches = self._stretches(said, quotes, labels or [frozenset()] * len(quotes))
        first: list[Fault] | None = None
        for evidence in stretches:
            faults = list(_faults(said, evidence))
            # Embedding costs more than all the other checks together: only what passed them is embedded.
            if not faults and self._alike(text, evidence.reading.given) < LEAST_SIMILARITY:
                faults = [Fault("similarity", "missing", "it is about something else than the quote")]
            if not faults:
                return Judgement("supported")
            first = faults if first is None else first
        # What speaks against it is told of the stretch that shares most with it.
        return Judgement(*decide(first or [Fault("wording", "missing", "the quotes are empty")]))

    def _stretches(
        self, said: Reading, quotes: Sequence[str], labels: Sequence[frozenset[str]]
    ) -> list[Evidence]:
        """What the sentence may rest on: clauses, sentences, two neighbours, a short quote, all together."""
        found: list[Evidence] = []
        for quote, label in zip(quotes, labels, strict=True):
            parts = [quote[s.start : s.end] for s in sentences(quote)]
            clauses = [clause for part in parts for clause in part.split("; ")]
            windows = [*clauses, *parts, *(f"{a} {b}" for a, b in zip(parts, parts[1:], strict=False))]
            if len(parts) <= 4:
                windows.append(quote)
            found += [Evidence(self._read(w), label) for w in dict.fromkeys(windows)]
        if len(quotes) > 1:
            together = " ".join(q.rstrip() for q in quotes)
            found.append(Evidence(self._read(together), frozenset[str]().union(*labels)))

        def shared(evidence: Evidence) -> float:
            keys = evidence.reading.keys
            return len(said.keys & keys) / (len(said.keys) or 1) - 0.001 * len(keys)

        kept: list[Evidence] = []
        for evidence in sorted(found, key=shared, reverse=True):
            # Words around a stretch that holds all that is shared only blur what belongs together.
            inner = (e for e in kept if e.reading.given in evidence.reading.given)
            mine = said.keys & evidence.reading.keys
            if not any(mine <= e.reading.keys for e in inner):
                kept.append(evidence)
        return kept[:_STRETCHES]

    def _alike(self, text: str, stretch: str) -> float:
        return 1.0 if self._similarity is None else self._similarity(text, [stretch])[0]


def _unfit(text: str) -> Fault | None:
    """What no quote could support: another script, an address, an order to a model."""
    if _FOREIGN.search(text):
        return Fault("language", "missing", "it is not in the language of the quotes")
    if _ADDRESS.search(text):
        return Fault("language", "missing", "it holds an address")
    if gives_orders(text):
        return Fault("language", "missing", "it gives an order")
    return None


def _faults(said: Reading, evidence: Evidence) -> Iterator[Fault]:
    for check in checks.ALL:
        yield from check(said, evidence)
    for compare in (order.comparisons, order.exchanged, order.replaced):
        yield from compare(said, evidence.reading)
