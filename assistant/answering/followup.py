"""Follow-up questions: what "and CD28?", "why?" or "in patients?" mean after the turn before.

Resolution is by rule, never by guess in silence: the question as understood travels with the answer and is
shown. A question that stands on its own is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from assistant.evidence import Answer, Filters
from assistant.retrieval.lexicon import Entity, Lexicon

_SYSTEM_WORDS: Final = (
    ("patients", r"patients?|humans?|people|the clinic|clinical(?:ly)?"),
    ("mouse", r"mice|mouse|murine|in vivo"),
    ("in-vitro", r"in vitro|culture|cell culture|the dish"),
    ("donors", r"donors|volunteers"),
    ("computation", r"models?|simulations?|computation"),
    ("review", r"reviews?"),
)
_ONLY_SYSTEM: Final = re.compile(
    r"^(?:and |but |what about |how about |show (?:me )?|only |just )*(?:the )?(?:in |from |with )?(?:the )?"
    r"(?P<system>{systems})(?: data| evidence| studies| work)?(?: only)?\s*[?.!]*$".replace(
        "{systems}", "|".join(words for _, words in _SYSTEM_WORDS)
    ),
    re.I,
)
_WHY: Final = re.compile(r"^(?:and |but )?(?:why|how come|how so)(?: is that| not| that)?\s*[?.!]*$", re.I)
_AND: Final = re.compile(r"^(?:and|but|what about|how about|and what about)\s+(?P<rest>.+?)\s*[?.!]*$", re.I)
_PRONOUN: Final = re.compile(r"\b(?:it|its|they|them|their|that|this|these|those|there)\b", re.I)
SUBJECT: Final = "senescence of CAR-T cells"
"""What "it" is read as where nothing was said before: the subject of this tool."""
_IT: Final = re.compile(r"\bit\b", re.I)
_EXPLETIVE: Final = re.compile(
    r"\b(?:is|was) it (?:true|known|possible|likely|clear|better|worse|safe|so)\b|\bit (?:is|was|takes?)\b",
    re.I,
)
_STATE: Final = re.compile(r"\bsenescen|\bexhaust|\banerg", re.I)
_MECHANISM: Final = "What mechanism explains this: "
_VERB: Final = (
    r"(?:do|make|cause|drive|induce|trigger|prevent|stop|block|lower|raise|reduce|increase|improve|impair|help|harm"
    r"|reverse|restore|rescue|undo|turn|protect|delay|slow|speed|change|affect|lead|keep|limit|kill|clear|remove"
    r"|show|mark|need|work|act|give|extend|shorten|boost|persist|last|become|lose|have)"
)
_AGENT: Final = re.compile(
    r"^(?:(?:and|but|so) )?(?:(?:what|how|why|when|where|which \w+) )?"
    r"(?:do|does|did|can|could|will|would|should) "
    rf"(?P<agent>(?!it\b|they\b|you\b|we\b|i\b|there\b)[^,;:?]+?) (?:\w+ly |also |really )?{_VERB}\b",
    re.I,
)
"""Who acts in a question with an auxiliary: "transient rest" in "What does transient rest do"."""
_ACTS: Final = re.compile(
    r"\b(?P<aux>do|does|did|can|could|will|would|should) (?P<pronoun>it|they|that|this) (?=\w)", re.I
)
_THEMSELVES: Final = re.compile(r"\bthey\b(?=.*\bthemselves\b)", re.I)
_CARS: Final = re.compile(r"\bCARs?\b|\bCAR[- ]?T\b", re.I)
_ASKS_BACK: Final = re.compile(r"^(?:(?:and|but|so) )?(?:how|who|which|when|where|was|were|did)\b", re.I)
_SENTENCE: Final = re.compile(
    r"^(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|how|who|why|what|which|when|where)\b",
    re.I,
)
_INSTEAD: Final = re.compile(r"\s+instead$", re.I)
_MOLECULES: Final = frozenset(("gene", "marker"))
"""Kinds that stand for each other: p38 is filed as a gene and KLRG1 as a marker."""
_SHORT: Final = 6
"""Words in a question that hardly names a subject of its own."""
_LONGEST: Final = 12
"""Words in a question that may still be a follow-up by pronoun."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question that stands on its own, and the filters it brings."""

    text: str
    filters: Filters
    followed: bool
    """Whether the turn before was needed to understand it."""


def resolve(question: str, history: Sequence[Answer], filters: Filters, lexicon: Lexicon) -> Resolved:
    """Complete `question` from the last turn of `history` where it cannot stand alone."""
    alone = Resolved(question, filters, followed=False)
    if not history:
        return (
            Resolved(_IT.sub(SUBJECT, question), filters, followed=True) if _subjectless(question) else alone
        )
    before = history[-1].resolved or history[-1].question
    if (match := _ONLY_SYSTEM.match(question)) is not None:
        # Few findings give a mechanism in one system: the filter goes on what was asked before the why.
        before = _before_why(before)
        system = next(s for s, words in _SYSTEM_WORDS if re.fullmatch(words, match["system"], re.I))
        return Resolved(before, replace(filters, systems=(system,)), followed=True)
    if _WHY.match(question):
        return Resolved(_why(before), filters, followed=True)
    match = _AND.match(question)
    rest = _INSTEAD.sub("", match["rest"] if match is not None else question.rstrip("?.! "))
    entities = lexicon.entities_in(rest)
    sentence = _SENTENCE.match(rest) is not None
    if entities and not sentence and (match is not None or len(rest.split()) <= 3):
        swapped = _swap(before, rest, entities, lexicon)
        if swapped is not None:
            return Resolved(swapped, filters, followed=True)
    if match is not None and not sentence and len(rest.split()) <= 6:
        return Resolved(f"{before.rstrip('?. ')} ({rest})?", filters, followed=True)
    completed = _completed(question, _before_why(before), lexicon)
    return Resolved(completed, filters, followed=True) if completed else alone


def _completed(question: str, before: str, lexicon: Lexicon) -> str:
    """The question with the subject of the one before it, or "" when it needs none."""
    words = len(question.split())
    points = words <= _LONGEST and _PRONOUN.search(question) is not None
    if not points and not (words <= _SHORT and _omits(question, lexicon)):
        return ""
    agent = _agent(before)
    acts = _ACTS.search(question) if points else None
    if points and _THEMSELVES.search(question) and _CARS.search(before):
        question, acts = _THEMSELVES.sub("the CAR-T cells", question), None
    elif acts is not None and agent:
        question = f"{question[: acts.start('pronoun')]}{agent}{question[acts.end('pronoun') :]}"
    known = {e.term for e in lexicon.entities_in(question)}
    # Who acts on another state is not bound to the state before; what "that" is, is.
    elsewhere = acts is not None and _STATE.search(question) is not None
    missing = [
        e.found
        for e in _subject(before, lexicon)
        if e.term not in known and not (elsewhere and _STATE.search(e.found))
    ]
    if acts is not None and agent:
        missing = [found for found in missing if not _STATE.search(found)]
    elif agent and len(agent.split()) <= 4 and agent.lower() not in question.lower():
        # The whole phrase, since "p38" alone drops the inhibition.
        missing = [agent, *(found for found in missing if found.lower() not in agent.lower())]
    bare = question.rstrip("?. ")
    if missing:
        return f"{bare} ({', '.join(missing)})?"
    return f"{bare}?" if acts is not None and agent else ""


def _omits(question: str, lexicon: Lexicon) -> bool:
    """Whether a short question leaves out what it is about: it names no term, or only as "the ..."."""
    if not _ASKS_BACK.match(question):
        return False
    named = lexicon.entities_in(question)
    return all(question[: e.start].lower().endswith(" the ") for e in named)


def _agent(before: str) -> str:
    """The noun phrase that acts in the question before, "" when its form shows none."""
    match = _AGENT.match(before)
    return match["agent"] if match is not None and len(match["agent"].split()) <= _SHORT else ""


def _subjectless(question: str) -> bool:
    """Whether a first question says "it" of something that it does not name."""
    short = len(question.split()) <= _SHORT and _IT.search(question) is not None
    return short and not _EXPLETIVE.search(question) and not _STATE.search(question)


def dangling(question: str, followed: bool, history: Sequence[Answer] = ()) -> tuple[str, ...]:
    """A note when a short question points back to something that no turn before explains."""
    if not history and followed:
        return (f"'it' points to nothing before it: read as {SUBJECT}; name exhaustion if you mean that",)
    if followed or len(question.split()) > _SHORT or _EXPLETIVE.search(question):
        return ()
    word = re.search(r"\b(?:it|they|them|this|these|those)\b", question, re.I)
    return (f"{word.group()!r} points to nothing before it: name what you mean",) if word else ()


def _why(before: str) -> str:
    """The question before, asked for its mechanism."""
    bare = before.rstrip("?. ")
    return f"{_MECHANISM}{bare[0].lower() + bare[1:] if bare[:2].istitle() else bare}?"


def _before_why(before: str) -> str:
    """The question that a "why?" was asked about; any other question as it is."""
    asked = before.removeprefix(_MECHANISM)
    return asked[0].upper() + asked[1:] if asked != before else before


def _swap(before: str, rest: str, entities: Sequence[Entity], lexicon: Lexicon) -> str | None:
    """The question before with its entity of the same kind replaced by the new one."""
    new = entities[0]
    old = [e for e in lexicon.entities_in(before) if _alike(e, new) and e.term != new.term]
    if not old or len(rest.split()) > 5:
        return f"{before.rstrip('?. ')} ({rest})?" if len(rest.split()) <= 5 else None
    target = old[0]
    return before[: target.start] + new.found + before[target.end :]


def _alike(a: Entity, b: Entity) -> bool:
    """Whether one may take the place of the other in a question."""
    return a.kind == b.kind or {a.kind, b.kind} <= _MOLECULES


def _subject(before: str, lexicon: Lexicon) -> list[Entity]:
    """The terms that the question before was about, each once."""
    seen: dict[str, Entity] = {}
    for entity in lexicon.entities_in(before):
        seen.setdefault(entity.term, entity)
    return list(seen.values())
