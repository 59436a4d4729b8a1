"""The checks in order, and the sentence with its verdict."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.evidence import Citation, Sentence
from assistant.retrieval.lexicon import Lexicon
from assistant.retrieval.tokens import fold


class Verifier:
    """Checks sentences; deterministic, and without a connection."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

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
            return Sentence(text, tuple(n for n in marks if n in known), "insufficient", reason=reason)
        quotes = " ".join(_plain(known[n].quote) for n in marks)
        if _plain(text) in quotes:
            return Sentence(text, tuple(marks))
        return Sentence(text, tuple(marks), "insufficient", reason="its words are not those of the quotes")


def _plain(text: str) -> str:
    return " ".join(fold(text).rstrip(".").split())
