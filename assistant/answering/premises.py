"""What a question takes for granted, and whether the findings say the opposite.

"Why does dasatinib make CAR-T cells more exhausted?" presumes a direction. Each outcome that a clause names
is read with the way it goes (`effects`); a finding on the same act that sends the same outcome the other way
denies the premise, and leads. So does one that gives the outcome to the other side of a comparison, one on
what a product carries (`designs`), and one exception to what holds always. Words decide, so a premise is only
denied where they plainly turn, and one that a finding upholds goes without a line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from assistant.answering import designs, frames, gates
from assistant.answering.denials import ABSOLUTE, Denied, denies, excepted, of_another_thing
from assistant.answering.effects import effects
from assistant.answering.judge import Ranked
from assistant.answering.look import Look
from assistant.answering.question import acting
from assistant.retrieval.tokens import tokens

_PRESUMES: Final = re.compile(
    r"^(?:and |but |so )?(?:(?:why|how)(?: exactly)? (?P<aux>do|does|did|is|are|was|were|can|could) "
    r"(?P<clause>(?!(?:i|we|you|one|it|they|that|this)\b).+?)"
    r"|how come (?P<come>.+?)|what made (?P<made>.+?)"
    r"|what (?:explains|causes) (?:the )?(?P<noun>.+?))\?*$",
    re.I,
)
_FURTHER: Final = re.compile(
    r"[;?]|,? and (?=(?:can|could|do|does|did|is|are|what|which|how|why|when|where)\b)", re.I
)
"""Where a second question begins."""
_YES_NO: Final = re.compile(
    r"^(?:and |but |so )?(?:do|does|did|is|are|was|were|can|could|will|must|has|have) (?P<clause>.+?)\?*$",
    re.I,
)
_ASKS_SIZE: Final = re.compile(
    r"^(?:and |but |so )?how (?:long|often|much|many|well|fast|soon|far|can|could)\b", re.I
)
_STRICT: Final = re.compile(r"\b(?:never|always|all|none|every)\b", re.I)
"""Without exception in so many words; "only some" and "only after" are not."""
_VERB_OF: Final = re.compile(
    r"(.+?) (?=(?:use|carry|have|rely|contain|include|bear|chosen|picked|selected|built|made"
    r"|used|designed|given|so|less|more|better|worse|persist|turn|age|rise|go|stay|lose|come|fight|divide)\b)",
    re.I,
)
"""Where the auxiliary of a question goes in a statement."""
_NOT_ABSOLUTE: Final = re.compile(
    r"\b(?:not|nearly|almost|if) (?:always|all|every|only|entirely|completely)\b", re.I
)
_LOOKED_AT: Final = 5
_FOR_AN_EXCEPTION: Final = 8
"""Findings that are asked about a premise, and for an exception to what always holds."""
_SHARE: Final = 0.1
"""Least probability of a finding that is asked about the premise, as a share of the first one's."""
_RARE: Final = 0.05
"""The same for an exception: what is the rule reads likelier."""
_AS_LIKELY: Final = 0.5
"""The same for a finding that speaks of another outcome, and only of its worth."""
_UPHELD_BY: Final = 3
"""Findings of which one that says the premise is enough to let it be."""
_SAME_ACT: Final = 0.5
_SAID: Final = 0.6
"""Share of a premise's words from which a finding says it, where no direction tells."""


def presumed(text: str) -> str:
    """The clause that a why or a how takes for granted where it gives an outcome a direction, else ""."""
    clause = _clause(text)
    if not clause or _NOT_ABSOLUTE.search(clause) or not (effects(clause) or designs.compares(clause)):
        return ""
    return _as_said(text, clause)


def _clause(text: str) -> str:
    match = None if _ASKS_SIZE.match(text) else _PRESUMES.match(text)
    whole = (
        next((part for part in match.group("clause", "come", "made", "noun") if part), "") if match else ""
    )
    return _FURTHER.split(whole)[0]


def _as_said(text: str, clause: str) -> str:
    """A clause of the question as a statement: with its auxiliary put back, else quoted."""
    match = _PRESUMES.match(text)
    own = match is not None and (match["clause"] or "").startswith(clause)
    aux = (match["aux"] or "").lower() if match is not None and own else ""
    agent = acting(text)
    if aux in ("do", "does", "did") and agent and clause.startswith(agent):
        if ABSOLUTE.search(clause):
            return clause
        return f"{agent} {aux}{clause[len(agent) :]}"
    always = re.search(r"\b(?:always|never)\b", clause, re.I)
    if aux and always is not None:
        put_back = "" if aux in ("do", "does", "did") else f"{aux} "
        return f"{clause[: always.start()]}{put_back}{clause[always.start() :]}"
    verb = _VERB_OF.match(clause)
    return f"{verb[1]} {aux} {clause[verb.end() :]}" if aux and verb else f'this is so: "{clause}"'


def absolute(clause: str) -> bool:
    """Whether a clause holds without exception by its own words; "not always" does not."""
    return ABSOLUTE.search(clause) is not None and not _NOT_ABSOLUTE.search(clause)


def weighed(look: Look, premise: str = "") -> tuple[Look, str]:
    """A look led by what denies its premise, with the line to put over the answer, "" for none.

    Arguments:
        look: what was found for the question, or for its premise.
        premise: what the question takes for granted; read from its words when left out.
    """
    text = look.question.text
    outright = premise or look.question.premise
    if _PRESUMES.match(text) and not absolute(outright):
        outright = ""
    taken = outright or presumed(text)
    if not taken:
        asked = _YES_NO.match(text)
        if asked is not None and absolute(asked["clause"]):
            ranked, denied = against(asked["clause"], look.ranked)
            if denied == "outcome" and not gates.unmet(look.question, look.concepts, ranked):
                return replace(look, ranked=ranked), ""
        return look, ""
    ranked, denied = against(taken, look.ranked)
    if denied and not gates.unmet(look.question, look.concepts, ranked):
        said = taken if taken != outright else _stated(text, outright)
        return replace(look, ranked=ranked), frames.denied(said, plainly=denied == "outcome")
    if (
        not outright
        or not look.ranked
        or any(_says(outright, r.match.hit.text) for r in look.ranked[:_UPHELD_BY])
    ):
        return look, ""
    if absolute(outright) and not _STRICT.search(outright):
        return look, ""
    return look, frames.on_premise(outright) if premise else frames.unchecked(outright)


def of_the_product(look: Look) -> tuple[Look, str]:
    """The same where a question takes a product for one with the other costimulatory domain, else ""."""
    one, another = designs.carried(look.question.text, look.concepts, look.ranked)
    if one is None or not another:
        return look, ""
    text = look.question.text
    said = look.question.premise or _as_said(text, _clause(text) or text.rstrip("?"))
    return replace(look, ranked=_led(one, look.ranked)), frames.denied(said, plainly=True)


def _stated(text: str, premise: str) -> str:
    return _as_said(text, premise) if _PRESUMES.match(text) else premise


def _says(premise: str, text: str) -> bool:
    """Whether a finding upholds a premise, or says most of its words and nothing against it."""
    verdict = denies(premise, text)
    if verdict is None:
        return True
    words = set(tokens(premise))
    return not verdict and len(words & set(tokens(text))) >= _SAID * len(words) and not absolute(premise)


def against(premise: str, ranked: Sequence[Ranked]) -> tuple[list[Ranked], Denied]:
    """The ranking, led by a finding that denies the premise, unless a likelier one upholds it.

    What holds always is denied by one exception, whatever upholds it elsewhere.

    Arguments:
        premise: a clause with a direction.
        ranked: findings for the question, best first.
    """
    if absolute(premise):
        near = [
            one
            for one in ranked[:_FOR_AN_EXCEPTION]
            if one.p >= _RARE * ranked[0].p and one.match.value("act") >= _SAME_ACT
        ]
        exception = excepted(premise, [one.match.hit.text for one in near])
        if exception is not None:
            return _led(near[exception], ranked), "outcome"
        return list(ranked), ""
    found: dict[Denied, Ranked] = {}
    for at, one in enumerate(ranked[:_LOOKED_AT]):
        match = one.match
        likely = one.p >= _SHARE * ranked[0].p
        if not likely or match.value("act") < _SAME_ACT or (at and match.value("agent") < 1):
            continue
        denied = denies(premise, match.hit.text)
        if denied is None:
            return list(ranked), ""
        if at and (match.value("entities") < 1 or of_another_thing(premise, match.hit.text)):
            continue
        if denied == "outcome" and match.hit.paper.evidence != "news":
            return _led(one, ranked), denied
        if denied == "worth" and one.p < _AS_LIKELY * ranked[0].p:
            continue
        found.setdefault(denied, one)
    denied = next((way for way in ("outcome", "worth") if way in found), "")
    return (_led(found[denied], ranked), denied) if denied else (list(ranked), "")


def _led(one: Ranked, ranked: Sequence[Ranked]) -> list[Ranked]:
    return [one, *(other for other in ranked if other is not one)]
