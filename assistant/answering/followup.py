"""Follow-up questions: what "and CD28?", "why?" or "in patients?" mean after the turn before.

Resolution is by rule, never by guess in silence: the question as understood travels with the answer and is
shown. A question that stands on its own is left alone; a turn that does not, and that the turn before does
not complete, is not understood, because answered alone it would be taken for an answer on the subject.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from assistant.answering import groups
from assistant.answering.manipulation import acts_in
from assistant.answering.turns import (
    LONGEST,
    READ_GENES,
    READOUTS,
    SHORT,
    STATES,
    Turn,
    agent_of,
    is_condition,
    is_sentence,
    read,
)
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
_WHY: Final = re.compile(
    r"^(?:and |but |so )?(?:why|how come|how so|because of what|for what reason"
    r"|what(?:'s| is) the (?:reason|mechanism))"
    r"(?: is (?:that|it|this)| not| that| so)?\s*[?.!]*$",
    re.I,
)
SUBJECT: Final = "senescence of CAR-T cells"
"""What "it" is read as where nothing was said before: the subject of this tool."""
_IT: Final = re.compile(r"\bit\b", re.I)
_IT_ACTS: Final = re.compile(r"\b(?:do|does|did|can|could|will|would|is|was|has) it\b", re.I)
_EXPLETIVE: Final = re.compile(
    r"\b(?:is|was) it (?:true|known|possible|likely|clear|better|worse|safe|so)\b|\bit (?:is|was|takes?)\b",
    re.I,
)
_STATE: Final = re.compile(r"\bsenescen|\bexhaust|\banerg", re.I)
_MECHANISM: Final = "What mechanism explains this: "
_ACTS: Final = re.compile(
    r"\b(?P<aux>do|does|did|can|could|will|would|should) (?P<pronoun>it|they|that|this) (?!be\b)(?=\w)", re.I
)
_AT_THE_END: Final = re.compile(r"\b(?:it|that|this|so|them)\s*$", re.I)
_THEMSELVES: Final = re.compile(r"\bthey\b(?=.*\bthemselves\b)", re.I)
_CARS: Final = re.compile(r"\bCARs?\b|\bCAR[- ]?T\b", re.I)
_INSTEAD: Final = re.compile(r"\s+instead$", re.I)
_SAME_FOR: Final = re.compile(
    r"^(?:and |but |so )?(?:(?:is|was) (?:that|this|it)(?: also)? (?:true|so|the case|the same)"
    r"|(?:do|does|did) (?:the same|that|this|it)(?: also)? (?:hold|apply|go)(?: true)?"
    r"|(?:is it )?(?:the )?same|likewise)(?: also| too)? (?:for|in|with|of|to) ",
    re.I,
)
"""Asks the question before of another thing: "does the same hold for tisa-cel?" is "and tisa-cel?"."""
_TOO: Final = re.compile(r"^(?:and )?(?P<what>[^?]+?),? (?:too|as well|also)\s*\?*$", re.I)
_WHAT_IF: Final = re.compile(r"^(?:and |but )?what if ", re.I)
_THAN: Final = re.compile(r"^(?:rather )?(?:than|compared (?:with|to)|versus|vs\.?|as opposed to) ", re.I)
_COMPARED: Final = re.compile(r"\b(?:than|compared (?:with|to)|versus|vs\.?) ", re.I)
_OUTCOME: Final = (
    r"(?:(?:overall|progression-free|event-free|durable|complete|early|late) )?(?:survival|responses?"
    r"|remissions?|relapses?|persistence|expansion|toxicity|outcomes?|neurotoxicity|CRS)"
)
_FOR_OUTCOME: Final = re.compile(rf"^(?:for|on|with) (?P<outcome>{_OUTCOME})$", re.I)
_ENDS_IN_OUTCOME: Final = re.compile(
    r"\b(?:with|for|on|to|predicts?|affects?|improves?|lengthens?|shortens?|raises?|lowers?) "
    rf"(?P<outcome>{_OUTCOME})\?*$",
    re.I,
)
_DONE_TO: Final = re.compile(
    r"\b(?P<verb>knock(?:ing)?|switch(?:ing)?|turn(?:ing)?|tak(?:ing|e)|delet(?:ing|e)|block(?:ing)?|inhibit(?:ing)?"
    r"|remov(?:ing|e)|silenc(?:ing|e)|ablat(?:ing|e)|los(?:ing|e)|disrupt(?:ing)?|over-?express(?:ing)?"
    r"|activat(?:ing|e)|add(?:ing)?|rais(?:ing|e)|boost(?:ing)?|lower(?:ing)?)"
    r" (?:it|them|that|this)(?P<away> (?:out|down|off|on|away))?(?=\s*[?.!]*$)",
    re.I,
)
"""What is done to a molecule that was named before: "and knocking it out?"."""
_THIS: Final = re.compile(r"\b(?:this|that|so)\s*$", re.I)
_CONTESTED: Final = "asked again for its conflicts: what is contested stands below the evidence"
_ADDED: Final = re.compile(r"^(?P<question>.+?) \((?P<added>[^()]+)\)\?*$")
"""A question that was completed with its subject in brackets."""
_FILLING: Final = frozenset(
    ("the", "a", "an", "in", "with", "for", "of", "on", "to", "at", "from", "after", "about", "one", "ones")
    + ("cell", "cells", "car", "cars", "car-t", "cart", "t", "instead")
)
"""Words beside a name that do not keep it from taking the place of another."""
_FORMS: Final = (("senescent", "senescence"), ("exhausted", "exhaustion"), ("anergic", "anergy"))
_MOLECULES: Final = frozenset(("gene", "marker"))
"""Kinds that stand for each other: p38 is filed as a gene and KLRG1 as a marker."""
_TARGETS: Final = frozenset(("gene", "marker", "domain"))
"""Kinds that something can be done to."""
_MEANS: Final = frozenset(("gene", "marker", "drug"))
"""Kinds that can take the place of whatever acted before."""
_CELL: Final = re.compile(r"\b(?:cells?|CARs?|patients?|mice)\b", re.I)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question that stands on its own, and the filters it brings."""

    text: str
    filters: Filters
    followed: bool
    """Whether the turn before was needed to understand it."""
    understood: bool = True
    """False for a turn that cannot stand alone and that nothing said before completes."""
    subject: str = ""
    """What was put in brackets: an answer must speak of it."""
    note: str = ""
    """What the reader should know of how the turn was read, "" for nothing beside the text."""


def resolve(question: str, history: Sequence[Answer], filters: Filters, lexicon: Lexicon) -> Resolved:
    """Complete `question` from the last turn of `history` where it cannot stand alone."""
    history = _spoken(history, lexicon)
    turn = read(_plainer(question, history, lexicon), lexicon)
    alone = Resolved(question, filters, followed=False)
    lost = replace(alone, understood=False)
    if not history:
        if _subjectless(question, turn.entities):
            return Resolved(_IT.sub(SUBJECT, question), filters, followed=True)
        return lost if turn.tied and turn.short and not turn.own and not turn.entities else alone
    last = _standing(history, lexicon)
    before = last.resolved or last.question
    if turn.aside or turn.reading:
        return lost
    if (match := _ONLY_SYSTEM.match(turn.text)) is not None:
        # Few findings give a mechanism in one system: the filter goes on what was asked before the why.
        system = next(s for s, words in _SYSTEM_WORDS if re.fullmatch(words, match["system"], re.I))
        return Resolved(_before_why(before), replace(filters, systems=(system,)), followed=True)
    if _WHY.match(question):
        return Resolved(_why(before), filters, followed=True)
    if turn.dissent:
        return Resolved(_before_why(before), filters, followed=True, note=_CONTESTED)
    if turn.two:
        both = _two(turn, history, lexicon)
        return Resolved(both, filters, followed=True) if both else lost
    if turn.group:
        return _by_the_group(turn, last, before, filters) or lost
    swapped = _other_outcome(turn, before) or _swapped(turn, before, lexicon)
    if swapped:
        return Resolved(swapped, filters, followed=True)
    fragment = not turn.sentence and not turn.asks
    leans = fragment and (turn.tied or (turn.condition and turn.short))
    if turn.own and not turn.points and not leans:
        return alone
    completed = _completed(turn, _before_why(before), lexicon)
    if not completed:
        return alone
    added = _ADDED.match(completed)
    subject = added["added"] if added is not None and completed.startswith(turn.text.rstrip("?. ")) else ""
    return Resolved(completed, filters, followed=True, subject=subject)


def dangling(question: str, followed: bool, history: Sequence[Answer] = ()) -> tuple[str, ...]:
    """A note when a short question points back to something that no turn before explains."""
    if not history and followed:
        return (f"'it' points to nothing before it: read as {SUBJECT}; name exhaustion if you mean that",)
    if followed or len(question.split()) > SHORT or _EXPLETIVE.search(question):
        return ()
    word = re.search(r"\b(?:it|they|them|this|these|those)\b", question, re.I)
    return (f"{word.group()!r} points to nothing before it: name what you mean",) if word else ()


# -- the turn itself ---------------------------------------------------------------------------------


def _plainer(question: str, history: Sequence[Answer], lexicon: Lexicon) -> str:
    """The turn as a fragment that the rules below complete: "X too?" and "same for X?" are "and X?"."""
    if not history or len(question.split()) > LONGEST:
        return question
    if (too := _TOO.match(question)) is not None and not is_sentence(too["what"]):
        return f"and {too['what']}?"
    plain = _SAME_FOR.sub("and ", question)
    if _terms(_WHAT_IF.sub("", question), lexicon):  # "what if it rains?" tells nothing of the turn before
        plain = _WHAT_IF.sub("if ", plain)
    if (done := _DONE_TO.search(plain)) is not None and not is_sentence(plain):
        last = _standing(history, lexicon)
        named = _terms(last.resolved or last.question, lexicon)
        it = next((e.found for e in named if e.kind in _TARGETS), "")
        if it:
            return f"{plain[: done.start()]}{done['verb']}{done['away'] or ''} {it}?"
    return plain


# -- which turn is meant ----------------------------------------------------------------------------


def _standing(history: Sequence[Answer], lexicon: Lexicon) -> Answer:
    """The last turn that says what it is about; "thanks" does not."""
    for turn in reversed(history):
        said = read(turn.question, lexicon)
        if turn.resolved or not (said.aside or said.reading) and (said.own or not said.short):
            return turn
    return history[-1]


def _spoken(history: Sequence[Answer], lexicon: Lexicon) -> Sequence[Answer]:
    """The turns before, or none where they are only talk that nothing can be completed from."""
    talk = bool(history) and not (last := _standing(history, lexicon)).resolved
    return () if talk and read(last.question, lexicon).aside else history


def _by_the_group(turn: Turn, last: Answer, before: str, filters: Filters) -> Resolved | None:
    """The question held to the work of those that the turn before named, or whose finding led it."""
    papers = filters.papers or groups.led(last)
    if papers:
        return Resolved(turn.text, replace(filters, papers=papers), followed=True)
    named = groups.named(before)
    return Resolved(groups.put(turn.text, named), filters, followed=True) if named and turn.sentence else None


def _two(turn: Turn, history: Sequence[Answer], lexicon: Lexicon) -> str:
    """The question with the last two things of one kind that were spoken of; "" when there are no two."""
    met: dict[str, Entity] = {}
    for answer in reversed(history):
        for entity in _terms(answer.resolved or answer.question, lexicon):
            met.setdefault(entity.term, entity)
        pair = next(
            ((a, b) for a in met.values() for b in met.values() if a.term < b.term and _alike(a, b)), None
        )
        if pair is not None:
            return f"{turn.text.rstrip('?. ')} ({pair[0].found}, {pair[1].found})?"
    return ""


# -- one name in place of another -------------------------------------------------------------------


def _swapped(turn: Turn, before: str, lexicon: Lexicon) -> str:
    """The question before with the new name in place of its like; "" when the turn is more than a name."""
    rest = _INSTEAD.sub("", turn.rest)
    if turn.sentence or turn.asks or not turn.entities or turn.words > SHORT:
        return ""
    new = turn.entities[0]
    left = " ".join((rest[: new.start], rest[new.end :])).split()
    extra = [word for word in left if word.lower().strip(",") not in _FILLING]
    if extra and not turn.tied:
        return ""
    if _THAN.match(turn.text):
        return _against(turn, before, new, lexicon)
    own = [e for e in lexicon.entities_in(before) if e.term != new.term]
    target = next((e for e in own if _alike(e, new)), None)
    if target is not None:
        swapped = before[: target.start] + _in_the_form_of(target.found, new.found) + before[target.end :]
        added = " ".join(left) if extra else ""
        return f"{swapped.rstrip('?. ')} ({added})?" if added else swapped
    agent = agent_of(before)
    if agent and extra and any(e.term == new.term for e in lexicon.entities_in(agent)):
        # The same molecule, with something else done to it.
        return before.replace(agent, rest, 1) if acts_in(rest, lexicon) else ""
    acts = new.kind in _MEANS and new.term not in READ_GENES and not turn.condition
    if agent and acts and not extra and not _CELL.search(agent):
        return before.replace(agent, new.found, 1)
    return ""


def _other_outcome(turn: Turn, before: str) -> str:
    """The question before with another outcome at its end: "for survival?" after "... go with response?"."""
    new, old = _FOR_OUTCOME.match(turn.rest), _ENDS_IN_OUTCOME.search(before)
    if new is None or old is None or turn.sentence:
        return ""
    return f"{before[: old.start('outcome')]}{new['outcome']}{before[old.end('outcome') :]}"


def _against(turn: Turn, before: str, new: Entity, lexicon: Lexicon) -> str:
    """The comparison before with another second side, or the question before with one."""
    compared = _COMPARED.search(before)
    after = compared.end() if compared is not None else len(before)
    side = next((e for e in lexicon.entities_in(before) if e.start >= after and _alike(e, new)), None)
    if side is not None:
        return before[: side.start] + new.found + before[side.end :]
    return f"{_whole(before).rstrip('?. ')} ({turn.text.rstrip('?. ')})?"


def _in_the_form_of(old: str, new: str) -> str:
    """A state as the adjective or the noun that it takes the place of."""
    for adjective, noun in _FORMS:
        if _STATE.search(old) and new.lower() in (adjective, noun):
            return adjective if any(old.lower() == a for a, _ in _FORMS) else noun
    return new


def _alike(old: Entity, new: Entity) -> bool:
    """Whether one may take the place of the other in a question."""
    if (old.term in READ_GENES) != (new.term in READ_GENES):
        return old.kind == "marker" and new.term in READ_GENES and old.term.startswith("CD")
    if old.kind == "cell" or new.kind == "cell":
        return old.kind == new.kind and (old.term in STATES) == (new.term in STATES)
    return old.kind == new.kind or {old.kind, new.kind} <= _MOLECULES


# -- completing --------------------------------------------------------------------------------------


def _completed(turn: Turn, before: str, lexicon: Lexicon) -> str:
    """The turn with the subject of the question before, or "" when it needs none."""
    if not turn.sentence and not turn.asks:
        if turn.words > SHORT and not turn.tied and not turn.points:
            return ""
        if turn.condition or _names_a_side(turn):
            return f"{_whole(before).rstrip('?. ')} ({turn.rest})?"
        return _with_subject(turn.text, before, turn, lexicon)
    if turn.points:
        return _pointing(turn, before, lexicon)
    return _with_subject(turn.text, before, turn, lexicon) if turn.short or turn.tied else ""


def _names_a_side(turn: Turn) -> bool:
    """Whether a fragment names cells or a design, for which the whole question before is asked again."""
    return any(e.kind in ("domain", "product", "disease", "drug", "gene") for e in turn.entities)


def _pointing(turn: Turn, before: str, lexicon: Lexicon) -> str:
    """A sentence with a pronoun, given who acted before in its place or its subject beside it."""
    question, agent = turn.text, agent_of(before)
    acts = _ACTS.search(question)
    if _THEMSELVES.search(question) and _CARS.search(before):
        question, acts = _THEMSELVES.sub("the CAR-T cells", question), None
    elif acts is not None and agent:
        question = f"{question[: acts.start('pronoun')]}{agent}{question[acts.end('pronoun') :]}"
    if acts is None and _THIS.search(turn.rest):
        return f"{question.rstrip('?. ')} ({_lowered(_whole(before))})?"
    if acts is None or not agent:
        return _with_subject(question, before, turn, lexicon)
    # Who acts on another state is not bound to the state before; what "that" is, is.
    again = _AT_THE_END.search(turn.rest) is not None and not _STATE.search(question)
    known = question.lower()
    missing = [
        e.found
        for e in _terms(before, lexicon)
        if e.found.lower() not in known and (again or not _STATE.search(e.found))
    ]
    bare = question.rstrip("?. ")
    return f"{bare} ({', '.join(missing)})?" if missing else f"{bare}?"


def _with_subject(question: str, before: str, turn: Turn, lexicon: Lexicon) -> str:
    """The question with the subject of the one before in brackets."""
    known = {e.term for e in turn.entities}
    said = question.lower()
    parts = [p for p in _subject(before, lexicon, other=known) if p.lower() not in said]
    return f"{question.rstrip('?. ')} ({', '.join(parts)})?" if parts else ""


def _subject(before: str, lexicon: Lexicon, *, other: Iterable[str] = ()) -> list[str]:
    """What the question before was about, in its own words: who acts, its terms, what had completed it.

    What was measured is left out where another subject is there; so are the terms in `other`. A question
    that names nothing of the kind stands for itself.
    """
    added = _ADDED.match(before)
    asked = added["question"] if added is not None else before
    given = [part.strip() for part in added["added"].split(",")] if added is not None else []
    agent = agent_of(asked)
    if added is not None and not is_condition(added["added"]):
        if is_sentence(added["added"]):
            return _subject(added["added"], lexicon, other=other)
        return [agent, *given] if agent else given
    parts = [agent] if agent and len(agent.split()) <= 4 else []
    # The whole phrase, since "p38" alone drops the inhibition.
    terms = [
        e for e in _terms(asked, lexicon) if e.term not in other and e.found.lower() not in agent.lower()
    ]
    measured = {*READOUTS, "marker"} if agent else READOUTS
    subjects = [e for e in terms if e.kind not in measured and e.term not in READ_GENES]
    parts += [e.found for e in subjects]
    if not parts:
        parts = [e.found for e in terms]
    if not parts:
        parts = [_lowered(asked)]
    return list(dict.fromkeys((*parts, *given)))


def _whole(before: str) -> str:
    """The question that another one asked about in brackets, such as "who showed this (...)"; else itself."""
    added = _ADDED.match(before)
    return added["added"] if added is not None and is_sentence(added["added"]) else before


def _lowered(question: str) -> str:
    """A question as a part of another."""
    bare = question.rstrip("?. ")
    return bare[0].lower() + bare[1:] if bare[:2].istitle() else bare


def _terms(before: str, lexicon: Lexicon) -> list[Entity]:
    """The terms of a question, each once."""
    seen: dict[str, Entity] = {}
    for entity in lexicon.entities_in(before):
        seen.setdefault(entity.term, entity)
    return list(seen.values())


def _subjectless(question: str, entities: Sequence[Entity]) -> bool:
    """Whether a first question says "it" of something that it does not name.

    In "Kymriah: how fast does it double?" it does; in "Does rest reverse it?" what acts is named alone.
    """
    subject = _IT_ACTS.search(question)
    if subject is not None and any(e.start < subject.start() for e in entities):
        return False
    short = len(question.split()) <= SHORT and _IT.search(question) is not None
    return short and not _EXPLETIVE.search(question) and not _STATE.search(question)


def _why(before: str) -> str:
    """The question before, asked for its mechanism."""
    return f"{_MECHANISM}{_lowered(before.removeprefix(_MECHANISM))}?"


def _before_why(before: str) -> str:
    """The question that a "why?" was asked about; any other question as it is."""
    asked = before.removeprefix(_MECHANISM)
    return asked[0].upper() + asked[1:] if asked != before else before
