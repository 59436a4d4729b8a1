"""Whether a finding denies what a premise says, read from directions, sides of comparisons and exceptions.

A finding counts where it is on the same thing done: what the loss of a gene does says little on what the gene
does, and who acts by degrees ("a longer culture") may be told from the other end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Literal

from assistant.answering import demands, designs
from assistant.answering.effects import OUTCOME, WAY, Effect, effects
from assistant.retrieval.tokens import tokens

Denied = Literal["", "outcome", "worth"]
"""Not; the same outcome goes the other way; only whether it is good or bad turns round."""

ABSOLUTE: Final = re.compile(
    r"(?<!-)(?<!\bof )\b(?:never|always|all|none|only|every|completely|entirely)\b", re.I
)
_EXCEPTION: Final = re.compile(
    r"\bnot (?:only|always|limited to|simply|a universal|all|every)\b|-independent\b"
    r"|\bindependent(?:ly)? of\b|\b(?:alone|in itself) (?:does|do|did) not\b|\bdepends? on\b"
    r"|\bin part\b|\bnevertheless\b",
    re.I,
)
"""How a finding says that something holds here and not there."""
_LINEAGES: Final = (re.compile(r"\bCD4\b(?!/)", re.I), re.compile(r"\bCD8\b", re.I))
_GRADED: Final = re.compile(
    r"\b(?:short|long|high|low|old|young|early|late|strong|weak|fast|slow)(?:er)?\b(?![- ]affinity)"
    r"|\b(?:more|less|fewer)\b",
    re.I,
)
"""Who acts by degrees: "a longer culture", which a finding may tell from the other end."""
_TAKEN_AWAY: Final = re.compile(
    r"(?:lower|reduc|block|remov|delet|inhibit|knock|disrupt|replac|silenc|suppress|withdraw|target)\w*", re.I
)
_LACKS: Final = re.compile(
    r"\b(?:los[st]\w*|lack\w*|deplet\w+|knock\w*|delet\w+|disrupt\w*|block\w*|inhibit\w*|remov\w+|without|silenc\w+"
    r"|lower\w*|reduc\w+|replac\w+|suppress\w*|withdraw\w*|withh\w+|absence|edit\w*)\b|\bdeficien|-null\b|-deficient",
    re.I,
)
_OF_AGE: Final = re.compile(r"\bold(?:er)?\b|\bover \d\d\b|\baged\b|\belderly\b", re.I)
_TAIL: Final = re.compile(r"\b(?:than|after|when|if|because|during|while)\b.*$", re.I)
_CLAUSE: Final = re.compile(r"[;:]|, | but | whereas | while | and (?=4-?1BB|CD28|BB|28)", re.I)
_NAMED: Final = re.compile(r"(?P<bb>4-?1BB|\bBB[zζ])|(?P<cd>CD28|28[zζ])", re.I)
_COMMON: Final = frozenset(
    (
        "the",
        "of",
        "in",
        "with",
        "from",
        "cells",
        "cell",
        "car",
        "those",
        "ones",
        "one",
        "given",
        "grown",
        "and",
        "to",
    )
)
_CELLS: Final = frozenset(
    tokens("the human T cells cell CAR does do did this is so treated make makes become still")
)
"""Stems that many texts share."""
_SAME: Final = 0.75
"""Share of a premise's words from which a finding with a "not only" or "depends on" is on it."""
_STATES: Final = ("senesc", "exhaus")
"""What a premise holds of cells in one state, cells in that state must except."""


def _without_always(word: re.Match[str]) -> str:
    """ "never" and "none" turn a clause round and stay; "always" and "all" only stretch it."""
    return word.group() if word.group().lower() in ("never", "none") else " "


def excepted(premise: str, texts: Sequence[str]) -> int | None:
    """Which text holds an exception to a premise on all, always, only or never: the plainest, else None."""
    bare = ABSOLUTE.sub(_without_always, premise)
    for excepts in (_turns, _of_other_lineage, _limits):
        for at, text in enumerate(texts):
            if _in_the_state(premise, text) and excepts(bare, text):
                return at
    return None


def _in_the_state(premise: str, text: str) -> bool:
    """Whether a text is on cells in the state of which a premise holds something."""
    states = [state for state in _STATES if state in premise.lower()]
    kept_from = {effect.outcome[:6] for effect in effects(text) if effect.way < 0}
    return all(state in text.lower() and state not in kept_from for state in states)


def _turns(premise: str, text: str) -> bool:
    """Whether a text denies a premise, be it of one design and not of the other."""
    held = effects(_TAIL.sub("", premise))
    return denies(premise, text) == "outcome" or (
        bool(held)
        and not _of_another_act(premise, text)
        and not _by_degrees(premise, text)
        and any(effect.denies(held[-1]) for effect in effects(text))
    )


def _of_other_lineage(premise: str, text: str) -> bool:
    """Whether a text tells of the lineage that "all are CD8+" leaves out."""
    here, there = ({p.pattern for p in _LINEAGES if p.search(part)} for part in (premise, text))
    return len(here) == 1 and len(there) == len(_LINEAGES)


def _limits(premise: str, text: str) -> bool:
    """Whether a text speaks of the same and says that it does not hold everywhere."""
    words = {word for word in tokens(premise) if len(word) > 2}
    return len(words & set(tokens(text))) >= _SAME * len(words) and _EXCEPTION.search(text) is not None


def denies(premise: str, text: str) -> Denied | None:
    """How a finding denies a premise: "" for not, None where it upholds it."""
    if designs.compares(premise):
        outcome, more = designs.more_of(premise)
        told_more = designs.more_of(text, outcome)[1]
        return "" if not told_more else None if told_more == more else "outcome"
    held = effects(_TAIL.sub("", premise))
    if not held or _of_another_act(premise, text) or _by_degrees(premise, text):
        return ""
    outcome_held = held[-1]
    turned = _turned(premise, text)
    if turned is None:
        return ""
    told = effects(_of_the_design(premise, text.partition(" than ")[0] if turned else text)) or effects(text)
    same = _first_told(told, text, outcome_held.outcome)
    if turned:
        same = [replace(effect, way=-effect.way) for effect in same]
    if any(effect.upholds(outcome_held) for effect in same):
        return None
    if any(effect.denies(outcome_held) for effect in same):
        return "outcome"
    valued = {effect.worth for effect in told if effect.valued}
    if same or turned or valued != {-outcome_held.worth} or valued == {0}:
        return ""
    first = WAY.search(text)
    return "" if first is None or of_another_thing(premise, text[: first.start()]) else "worth"


def _first_told(told: Sequence[Effect], text: str, outcome: str) -> list[Effect]:
    """What the first part of a text up to a semicolon that tells the outcome says of it."""
    own = [effect for effect in told if effect.outcome == outcome]
    for part in text.split(";"):
        first = [effect for effect in effects(part) if effect in own]
        if first:
            return first
    return own


def _turned(premise: str, text: str) -> bool | None:
    """Whether a text sets the sides of a comparison the other way round; None where it cannot be told."""
    left, than, right = premise.partition(" than ")
    if not than:
        return False
    sides = [_words(left), _words(right)]
    mine, other = sides[0] - sides[1], sides[1] - sides[0]
    before, there, after = text.partition(" than ")
    first, last = _words(before), _words(after)
    if not there:
        return None if other & first and not mine & first else False
    if other & first and not other & last and mine & last:
        return True
    return None if other and other <= first and not mine & first else False


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.lower())) - _COMMON


def _of_another_act(premise: str, text: str) -> bool:
    """Whether one tells what a thing does and the other what its loss does."""
    first = _outcome(premise)
    ways = list(WAY.finditer(premise[: first.start()])) if first is not None else []
    agent = premise[: ways[-1].start()] if ways else premise
    if _LACKS.search(agent):
        clauses = (c for c in re.split(r"[;.]|, and ", text) if first is None or first.lastgroup in _named(c))
        return _TAKEN_AWAY.match(text) is None and not any(_LACKS.search(clause) for clause in clauses)
    return _TAKEN_AWAY.match(text) is not None


def of_another_thing(premise: str, text: str) -> bool:
    """Whether a text names nothing of what acts in a premise."""
    ends = [found.start() for found in (_outcome(premise), WAY.search(premise)) if found is not None]
    agent = set(tokens(premise[: min(ends, default=None)])) - _CELLS
    said = tokens(text)
    return (
        _NAMED.search(premise) is None
        and bool(agent)
        and not any(t.startswith(a) for t in said for a in agent)
    )


def _outcome(premise: str) -> re.Match[str] | None:
    """Where a premise names the outcome that it gives a direction: "telomerase" may act on another."""
    own = _TAIL.sub("", premise)
    held = {effect.outcome for effect in effects(own)[-1:]}
    found = list(OUTCOME.finditer(own))
    return next((m for m in found if m.lastgroup in held), found[0] if found else None)


def _named(text: str) -> set[str]:
    return {str(found.lastgroup) for found in OUTCOME.finditer(text)}


def _by_degrees(premise: str, text: str) -> bool:
    """Whether who acts in a premise does so by degrees and the text may tell it from the other end."""
    outcome = _outcome(premise)
    if outcome is None:
        return False
    verb = next(reversed(list(WAY.finditer(premise[: outcome.start()]))), None)
    # "a shorter culture controls leukaemia": the last word for a direction may itself grade who acts.
    grades = (
        verb is not None and _GRADED.fullmatch(verb.group()) and premise[verb.end() : outcome.start()].strip()
    )
    graded = _GRADED.search(premise[: verb.start() if verb is not None and not grades else outcome.start()])
    if graded is None or (graded.group().lower().startswith("old") and _OF_AGE.search(text)):
        return False
    noun = re.match(r"\s*([\w-]+)", premise[graded.end() :])
    same = rf"\b{graded.group()}\b(?: [\w-]+){{0,3}}? {re.escape(noun[1])}\b" if noun is not None else r"(?!)"
    return re.search(same, text, re.I) is None


def _of_the_design(premise: str, text: str) -> str:
    """The clauses of a text on the domain that the premise speaks of first, where the text sets two apart."""
    own, first = _NAMED.search(premise), OUTCOME.search(premise)
    behind = own is not None and first is not None and own.start() > first.start() and " than " in premise
    if own is None or behind or len(demands.domains(text)) < 2:
        return text
    outcome = OUTCOME.search(text)
    kept = []
    for clause in _CLAUSE.split(text):
        named = {str(m.lastgroup) for m in _NAMED.finditer(clause)}
        if named == {own.lastgroup}:
            kept.append(clause if outcome is None else re.sub(r"\bit\b(?=\W*$)", outcome.group(), clause))
    return "; ".join(kept)
