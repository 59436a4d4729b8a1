"""A follow-up question completed by a chat model, and held to the words of the conversation.

The rules of `followup` come first. Where they find nothing and the question leans on the turns before, a
model may write it out; what it writes counts only when it keeps every name, number, direction and negation
of the question and brings none that the conversation does not hold. Else the rules stand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from assistant.answering.briefing import gives_orders
from assistant.answering.question import MAX_QUESTION
from assistant.answering.verification.checks import covered
from assistant.answering.verification.reading import Reading
from assistant.evidence import Answer
from assistant.models.chat import BrokenOff, Cancelled, ChatModel, Stopped, never
from assistant.models.patience import listen
from assistant.models.prompts import Prompt
from assistant.retrieval.lexicon import Lexicon

_LEANS: Final = re.compile(
    r"^(?:and|but|so|or|then|why|how (?:come|so|about)|what about)\b|"
    r"\b(?:it|its|they|them|their|that|this|these|those|there|one|ones|former|latter|same|other|others|such|above|again|instead|also|too)\b",
    re.I,
)
_LONGEST: Final = 14
"""Words in a question that may still lean on another."""
_TURNS: Final = 4
"""Questions of the conversation that a model is shown."""
_MOST: Final = 600
"""Characters after which a reply is no question."""


def leans(question: str, history: Sequence[Answer]) -> bool:
    """Whether a question may need the turns before."""
    return bool(history) and len(question.split()) <= _LONGEST and _LEANS.search(question) is not None


def rewrite(
    question: str,
    history: Sequence[Answer],
    model: ChatModel,
    prompt: Prompt,
    lexicon: Lexicon,
    *,
    seconds: float,
    cancelled: Cancelled = never,
) -> str | None:
    """The question as the model completes it, or None when that cannot be trusted.

    Arguments:
        question: cleaned.
        history: the turns before, oldest first; only their questions are shown to the model.
        model: who completes.
        prompt: the template of the job "follow-up".
        lexicon: for the names.
        seconds: limit for the reply.
        cancelled: ends it.

    Raises:
        ModelUnavailable: the model could not be reached.
        Stopped: the reader cancelled.
    """
    before = [turn.resolved or turn.question for turn in history[-_TURNS:]]
    said = ""
    pieces = listen(
        model, prompt.fill(question=question, before="\n".join(before)), seconds=seconds, cancelled=cancelled
    )
    try:
        for piece in pieces:
            said += piece
            if len(said) > _MOST:
                return None
    except Stopped:
        raise
    except BrokenOff:
        return None
    finally:
        pieces.close()
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    if len(lines) != 1:
        return None
    written = re.sub(r"^(?:new |rewritten |standalone )?question:\s*", "", lines[0], flags=re.I)
    written = written.strip("\"'“”*` ")
    return written if faithful(written, question, before, lexicon) else None


def faithful(written: str, question: str, before: Sequence[str], lexicon: Lexicon) -> bool:
    """Whether a completed question says what was asked and nothing that nobody said."""
    if not written.endswith("?") or len(written) > MAX_QUESTION or gives_orders(written):
        return False
    new, asked = Reading(written, lexicon), Reading(question, lexicon)
    known = Reading(" ".join((question, *before)), lexicon)
    if not asked.entities <= new.entities <= known.entities:
        return False
    numbers = {(q.value, q.unit) for q in new.numbers}
    if (
        not {(q.value, q.unit) for q in asked.numbers}
        <= numbers
        <= {(q.value, q.unit) for q in known.numbers}
    ):
        return False
    if [t.word for t in asked.tokens if t.key in asked.negated] and not new.negated:
        return False
    signs = {e.key: e.sign for e in asked.events}
    if not set(signs) <= {e.key for e in new.events}:
        return False
    return all(covered(token, known) for token in new.tokens if token.kind == "word" and token.content)
