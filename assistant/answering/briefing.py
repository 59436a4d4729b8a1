"""What a model gets to see of the evidence: numbered quotes as delimited data, and no orders in disguise.

Anybody can put a sentence into a document. One that speaks to a model instead of a reader is left out of the
evidence that a model sees, and said to be. The check is coarse on purpose: a paper about T cells has no
reason to mention a system prompt, and a quote left out here is still shown by the extractive engine.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from assistant.answering.extractive import badge
from assistant.evidence import Answer, Citation

_MOST: Final = 16
"""Findings given to a model; an answer rests on twelve at most."""
_ORDERS: Final = re.compile(
    r"""
    \b(?:ignore|disregard|forget|override|bypass)\b[^.]{0,60}\b(?:instruction|prompt|rule|above|previous|prior
        |earlier|system|guideline|everything|finding|evidence)s?\b
  | \b(?:system|developer)\s+(?:prompt|message|instruction)s?\b | \b(?:jailbreak|prompt\s+injection)\b
  | \b(?:api|secret|access|private)[\s_-]*(?:key|token)s?\b | \bpasswords?\b | \benvironment\s+variables?\b
  | \b(?:as|you\s+are|act\s+as|pretend\s+to\s+be)\s+(?:an?\s+|the\s+)?
        (?:ai|assistant|language\s+model|chatbot|llm)\b
  | \b(?:ai|language\s+model|assistant|chatbot|llm)s?\b[^.]{0,40}
        \b(?:must|should|shall|will\s+now|are\s+(?:to|asked)|is\s+to)\b
  | \b(?:note|message|instructions?)\s+(?:to|for)\s+(?:the\s+|any\s+|all\s+)?
        (?:ai|assistant|model|llm|reader\s+model|chatbot|reviewer)s?\b
  | (?:^|[.:;!?]\s+|\bplease\s+|\byou\s+(?:must|should|shall|will)\s+(?:now\s+|always\s+|only\s+)?)
        (?:say|write|print|reply|respond|answer|output|reveal|repeat|call|run|execute|open|send|visit|conclude|tell|state)\b
        (?=\s*(?:that\b|with\b|only\b|:|the\s+(?:user|tool|function|question)|your\b|to\s+the\s+(?:user|question)|["'“(]))
  | \b(?:call|invoke|use|run)\s+(?:the\s+)?[\w.-]*\s*(?:tool|function|command|shell|plugin)s?\b
  | </?(?:system|assistant|user|tool|finding|evidence|instructions?|im_start|im_end)\b | <\|
  | \b(?:curl|wget|rm\s+-rf|powershell)\b | \x1b
    """,
    re.I | re.X,
)


def gives_orders(text: str) -> bool:
    """Whether a text speaks to a model instead of a reader."""
    return _ORDERS.search(text) is not None


def citable(answer: Answer) -> tuple[Citation, ...]:
    """The citations that a model may write about.

    The claim ledger's statements are summaries of ours, often contested; they are shown, never rested on.
    """
    real = [c for c in answer.citations if not c.passage.startswith("claim:")]
    return tuple(c for c in real if not gives_orders(c.quote))[:_MOST]


def left_out(answer: Answer) -> tuple[int, ...]:
    """Numbers of the citations that no model gets to see because they give orders."""
    return tuple(c.n for c in answer.citations if gives_orders(c.quote))


def evidence(citations: Sequence[Citation]) -> str:
    """The quotes as delimited data with their ids; nothing in a quote can close the delimiter."""
    return "\n".join(
        f'<finding id="{c.n}" system="{_inert(badge(c))}" source="{_inert(c.short)}">\n'
        f"{_inert(c.quote)}\n</finding>"
        for c in citations
    )


def _inert(text: str) -> str:
    """Text without what could be read as a delimiter or act on a terminal."""
    text = re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", text)
    return " ".join(text.replace("<", "‹").replace(">", "›").replace('"', "”").split())
