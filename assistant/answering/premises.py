"""What a "why" or a "how" takes for granted, and whether the findings say the opposite.

"Why does dasatinib make CAR-T cells more exhausted?" presumes a direction. Each outcome that a clause names
is read with the way it goes; a finding on the same act that sends the same outcome the other way denies the
premise, and leads. Words decide, so a premise is only denied where its outcome or its worth plainly turns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from assistant.answering import demands, frames, gates
from assistant.answering.judge import Ranked
from assistant.answering.look import Look
from assistant.answering.question import acting

Denied = Literal["", "outcome", "worth"]
"""Not; the same outcome goes the other way; only whether it is good or bad turns round."""

_PRESUMES: Final = re.compile(
    r"^(?:and |but |so )?(?:(?:why|how)(?: exactly)? (?P<aux>do|does|did|is|are|was|were) "
    r"(?P<clause>(?!(?:i|we|you|one|it|they|that|this)\b).+?)"
    r"|what (?:explains|causes) (?:the )?(?P<noun>.+?))\?*$",
    re.I,
)
_ASKS_SIZE: Final = re.compile(r"^(?:and |but |so )?how (?:long|often|much|many|well|fast|soon|far)\b", re.I)
_OUTCOMES: Final = (
    ("exhaustion", -1, r"exhaust\w+|dysfunction\w*|inhibitory receptors?"),
    ("senescence", -1, r"senesc\w+"),
    ("differentiation", -1, r"(?:terminal(?:ly)? )?differentiat\w+"),
    ("death", -1, r"apoptosis|cell death"),
    ("p16", -1, r"p16\w*"),
    ("p21", -1, r"p21\w*"),
    ("CD57", -1, r"CD57"),
    ("PD1", -1, r"PD-1(?! (?:block|inhib))"),
    ("regression", 1, r"regress\w+"),
    ("relapse", -1, r"relaps\w+"),
    ("persistence", 1, r"persist(?!ent)\w*"),
    ("survival", 1, r"surviv\w+"),
    ("killing", 1, r"kill(?:s|ed|ing)?|(?:cytolytic|cytotoxic\w*)(?: activity)?"),
    ("expansion", 1, r"expan(?:d|ds|ded|sion)|proliferat\w+|gr(?:ow|ew|owth)"),
    ("cytokines", 1, r"secret\w+|cytokines?|TNF-alpha|IFN-gamma"),
    ("telomerase", 1, r"telomerase(?: activity)?"),
    ("memory", 1, r"memory\w*|stem\w*"),
    (
        "function",
        1,
        r"(?:anti-?\w+ )?activity|function(?:al)?|efficacy|poten(?:t|cy)|fit(?:ness|ter)|performance"
        r"|control\w*",
    ),
    ("response", 1, r"(?<!non-)(?:response|outcome|remission|benefit)s?"),
    ("failure", -1, r"non-?response|failure"),
)
_OUTCOME: Final = re.compile("|".join(rf"(?P<{name}>\b(?:{words})\b)" for name, _, words in _OUTCOMES), re.I)
_WORTH: Final = {name: worth for name, worth, _ in _OUTCOMES}
_TO_THE_CELLS: Final = re.compile(
    r"\b(?:(?P<up>improv\w+|help(?:s|ed)?)|(?P<down>harm\w*|impair\w*|weaken\w*)) "
    r"(?:the )?(?:(?!of\b|in\b)[\w-]+ ){0,2}(?:CAR[- ]?T?|T)[- ]cells?\b",
    re.I,
)
"""What is good or bad for the cells as a whole."""
_UP: Final = (
    r"rais\w+|rose|increas\w+|more|most|much|higher|long(?:er|-term|-lived)|lengthen\w*|improv\w+|restor\w+|boost\w*"
    r"|extend\w*|better|prolong\w*|promot\w+|caus(?:e|es|ed)|driv(?:e|es|en)|drove|induc(?:e|es|ed)|accelerat\w+"
    r"|strong(?:er|ly)?|strengthen\w*|acquir\w+"
    r"|bec[ao]me|ended up|ran|developed|enhanc\w+|favour\w*|sustain\w*|kept|keep(?:s|ing)?|support(?:s|ed)?"
    r"|gain(?:s|ed)?|good|went with|go(?:es)? with|predict\w*|associated with"
)
_DOWN: Final = (
    r"lower(?:s|ed)?|reduc\w+|less|few(?:er)?|short(?:en\w*|er)|weak(?:en\w*|er)?|impair\w*|limit(?:s|ed)?|prevent\w*|cut"
    r"|wors(?:e|en\w*)|fell|fall|declin\w+|decreas\w+|suppress\w*|blunt\w*|los(?:e|t)|low|poor\w*|stop(?:s|ped)?|harm\w*"
    r"|protect\w*|resist\w*|block(?:s|ed)?|diminish\w*|drop\w*|bad"
)
_WAY: Final = re.compile(rf"\b(?:(?P<up>{_UP})|(?P<down>{_DOWN}))\b(?![- ]affinity)", re.I)
_WAY_AFTER: Final = re.compile(
    r"\b(?:(?P<up>more|longer|better|higher|rose|increased|faster)|(?P<down>less|shorter|worse|lower|fell|declined|poorly))\b",
    re.I,
)
_GRADED: Final = re.compile(
    r"\b(?:short|long|high|low|old|young|early|late|strong|weak|fast|slow)(?:er)?\b(?![- ]affinity)"
    r"|\b(?:more|less|fewer)\b",
    re.I,
)
"""Who acts by degrees: "a longer culture", which a finding may tell from the other end."""
_TAIL: Final = re.compile(r"\b(?:than|after|when|if|because|during)\b.*$", re.I)
_DENIES: Final = re.compile(r"\b(?:no|not|never|neither|nor|without|unchanged)\b", re.I)
_STATE_OF_CELLS: Final = re.compile(
    r"\s+(?:(?:human|mouse|CD[48]\+?|EMRA|CAR[- ]?|T[- ]?)\s*)*cells?\b", re.I
)
_BEFORE: Final = 70
_AFTER: Final = 28
"""Characters around an outcome in which the word for its way may stand."""
_CLAUSE: Final = re.compile(r"[;:]|, | but | whereas | while | and (?=4-?1BB|CD28|BB|28)", re.I)
_NAMED: Final = re.compile(r"(?P<bb>4-?1BB|\bBB[zζ])|(?P<cd>CD28|28[zζ])", re.I)
_LOOKED_AT: Final = 5
_SHARE: Final = 0.1
"""Least probability of a finding that is asked about the premise, as a share of the first one's."""
_SAME_ACT: Final = 0.5


@dataclass(frozen=True, slots=True)
class Effect:
    """An outcome and the way it goes: 1 up, -1 down, 0 unchanged or denied."""

    outcome: str
    way: int

    @property
    def worth(self) -> int:
        """1 when that is good for the therapy, -1 when it is bad."""
        return self.way * _WORTH[self.outcome]


def presumed(text: str) -> str:
    """The clause that a why or a how takes for granted where it gives an outcome a direction, else ""."""
    match = None if _ASKS_SIZE.match(text) else _PRESUMES.match(text)
    if match is None or not effects(clause := match["clause"] or match["noun"]):
        return ""
    agent = acting(text)
    if agent and clause.startswith(agent) and match["aux"].lower() in ("do", "does", "did"):
        return f"{agent} {match['aux'].lower()}{clause[len(agent) :]}"
    return f'this is so: "{clause}"'


def weighed(look: Look, premise: str = "") -> tuple[Look, str]:
    """A look led by what denies its premise, with the line to put over the answer, "" for none.

    Arguments:
        look: what was found for the question, or for its premise.
        premise: what the question takes for granted; read from its words when left out.
    """
    outright = premise or look.question.premise
    taken = outright or presumed(look.question.text)
    ranked, denied = against(taken, look.ranked) if taken else ([], "")
    if denied and not gates.unmet(look.question, look.concepts, ranked):
        return replace(look, ranked=ranked), frames.denied(taken, plainly=denied == "outcome")
    return look, frames.unchecked(outright) if outright else ""


def against(premise: str, ranked: Sequence[Ranked]) -> tuple[list[Ranked], Denied]:
    """The ranking, led by a finding that denies the premise, unless a likelier one upholds it.

    Arguments:
        premise: a clause with a direction.
        ranked: findings for the question, best first.
    """
    found: dict[Denied, Ranked] = {}
    for at, one in enumerate(ranked[:_LOOKED_AT]):
        match = one.match
        likely = one.p >= _SHARE * ranked[0].p
        if not likely or match.value("act") < _SAME_ACT or (at and match.value("agent") < 1):
            continue
        denied = denies(premise, match.hit.text)
        if denied is None:
            return list(ranked), ""
        if denied == "outcome" and match.hit.paper.evidence != "news":
            return _led(one, ranked), denied
        found.setdefault(denied, one)
    denied = next((way for way in ("outcome", "worth") if way in found), "")
    return (_led(found[denied], ranked), denied) if denied else (list(ranked), "")


def _led(one: Ranked, ranked: Sequence[Ranked]) -> list[Ranked]:
    return [one, *(other for other in ranked if other is not one)]


def denies(premise: str, text: str) -> Denied | None:
    """How a finding denies a premise: "" for not, None where it upholds it."""
    held, told = effects(_TAIL.sub("", premise)), effects(_of_the_design(premise, text)) or effects(text)
    if not held or not told or _by_degrees(premise):
        return ""
    outcome = held[-1]
    same = [effect for effect in told if effect.outcome == outcome.outcome]
    if any(effect.way == outcome.way for effect in same):
        return None
    if same:
        return "outcome"
    return "worth" if all(effect.worth == -outcome.worth != 0 for effect in told) else ""


def _by_degrees(premise: str) -> bool:
    """Whether who acts in a premise does so by degrees, before the word for the direction."""
    outcome = _OUTCOME.search(premise)
    ways = list(_WAY.finditer(premise[: outcome.start()])) if outcome is not None else []
    return _GRADED.search(premise[: ways[-1].start()] if ways else premise[:0]) is not None


def effects(text: str) -> list[Effect]:
    """The outcomes of a text that are given a direction, in order."""
    return list(_effects(text))


def _effects(text: str) -> Iterator[Effect]:
    last = ""
    for found in re.finditer(rf"{_OUTCOME.pattern}|(?P<it>\bit\b(?=[.;,]|$))", text, re.I):
        name = last if found.lastgroup == "it" else str(found.lastgroup)
        adjective = found.group().lower() in ("exhausted", "senescent", "functional")
        if not name or (adjective and _STATE_OF_CELLS.match(text, found.end())):
            continue  # "exhausted CAR T cells" says whose, and not what became of them
        last, way = name, _way(text, found)
        if way is not None:
            yield Effect("response", -way) if name == "failure" else Effect(name, way)
    for whole in _TO_THE_CELLS.finditer(text):
        if not _DENIES.search(text[max(0, whole.start() - 24) : whole.start()]):
            yield Effect("function", 1 if whole["up"] else -1)


def _way(text: str, found: re.Match[str]) -> int | None:
    """Which way an outcome goes by the nearest word before it in its clause, else after it."""
    start = max(0, found.start() - _BEFORE)
    before = re.split(r"[;:.]|\bthan\b|\bbut\b|\bwhereas\b", text[start : found.start()])[-1]
    after = re.split(r"[;:.,]|\bthan\b|\bbut\b", text[found.end() : found.end() + _AFTER])[0]
    near = list(_WAY.finditer(before))
    word = near[-1] if near else _WAY_AFTER.search(after)
    around = before[near[-1].start() - 24 if near and near[-1].start() > 24 else 0 :] + after
    if _DENIES.search(around):
        return 0
    if word is None:
        return None
    return 1 if word["up"] else -1


def _of_the_design(premise: str, text: str) -> str:
    """The clauses of a text on the domain that the premise speaks of first, where the text sets two apart."""
    own, first = _NAMED.search(premise), _OUTCOME.search(premise)
    behind = own is not None and first is not None and own.start() > first.start() and " than " in premise
    if own is None or behind or len(demands.domains(text)) < 2:
        return text
    outcome = _OUTCOME.search(text)
    kept = []
    for clause in _CLAUSE.split(text):
        named = {str(m.lastgroup) for m in _NAMED.finditer(clause)}
        if named == {own.lastgroup}:
            kept.append(clause if outcome is None else re.sub(r"\bit\b(?=\W*$)", outcome.group(), clause))
    return "; ".join(kept)
