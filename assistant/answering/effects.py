"""Which outcomes a text names and which way each goes, read from the nearest word for a direction.

Words decide, so an outcome without a plain direction yields none, and a negated one is kept apart: "did not
restore killing" is no rise, and no fall either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_OUTCOMES: Final = (
    ("exhaustion", -1, r"exhaust\w*|dysfunction\w*|inhibitory receptors?"),
    ("senescence", -1, r"senesc\w+|ages?(?= (?:earlier|sooner|faster|quicker|more|less|prematurely))"),
    ("differentiation", -1, r"(?:terminal(?:ly)? )?differentiat(?!ion markers)\w+"),
    ("death", -1, r"apoptosis|cell death"),
    ("p16", -1, r"p16\w*"),
    ("p21", -1, r"p21\w*"),
    ("p53", 0, r"p53(?! loss|-mut)\w*"),
    ("CD57", -1, r"CD57(?![+-]| *positive)"),
    ("PD1", -1, r"PD-1(?! (?:block|inhib|kno|dele|loss)|-)"),
    ("TIM3", 0, r"TIM-?3"),
    ("CTLA4", 0, r"CTLA-?4"),
    ("regression", 1, r"regress\w+"),
    ("relapse", -1, r"relaps\w+"),
    ("persistence", 1, r"persist(?!ent)\w*"),
    ("survival", 1, r"surviv\w+"),
    ("killing", 1, r"kill(?:s|ed|ing)?|(?:cytolytic|cytotoxic\w*)(?: activity| capability)?"),
    ("expansion", 1, r"expan(?:d|ds|ded|sion)|proliferat\w+|gr(?:ow|ew|owth)|divid(?:e|ed|ing)\b|division"),
    ("cytokines", 1, r"secret\w+|cytokines?|TNF-alpha|IFN-gamma"),
    ("telomerase", 1, r"telomerase(?: activity)?"),
    ("telomeres", 0, r"telomeres?(?! erosion)(?: lengths?)?"),
    ("memory", 1, r"memory\w*|stem\w*"),
    ("glucose", 1, r"glucose tolerance"),
    (
        "function",
        1,
        r"(?:anti-?\w+ )?(?<!mTORC1 )(?<!kinase )(?<!AKT )(?<!MAPK )(?<!glycolytic )activity"
        r"|function(?:al(?!,| features))?|efficacy|poten(?:t|cy)|fitness|performance"
        r"|(?<!than )(?<!like )(?<!of )control(?!s\b| cells)\w*|(?:tumou?r )?rejection|fight\w*",
    ),
    ("response", 1, r"(?<!non-)(?:response|outcome|remission|benefit)s?|respond(?:ed|s|ing)?\b"),
    ("failure", -1, r"non-?respon\w+|failure"),
)
OUTCOME: Final = re.compile("|".join(rf"(?P<{name}>\b(?:{words})\b)" for name, _, words in _OUTCOMES), re.I)
_WORTH: Final = {name: worth for name, worth, _ in _OUTCOMES}
_REVERSAL: Final = re.compile(
    r"\b(?:(?P<up>reversib\w+|revers(?:ed|es)|recover(?:s|ed|y)?|rejuvenat\w+|restored)"
    r"|(?P<down>irreversib\w+|permanent\w*))\b",
    re.I,
)
"""Whether a state can be left: words that carry their own direction."""
_TO_THE_CELLS: Final = re.compile(
    r"\b(?:(?P<up>improv\w+|help(?:s|ed)?|strengthen\w*)|(?P<down>harm\w*|impair\w*|weaken\w*|damag\w+)) "
    r"(?:the )?(?:(?:activity|function) of )?(?:(?!of\b|in\b)[\w-]+ ){0,2}(?:\([^)]*\) )?"
    r"(?:CAR[- ]?T?|T)[- ]cells?\b",
    re.I,
)
"""What is good or bad for the cells as a whole."""
_UP: Final = (
    r"rais\w+|rises?|rose|increas\w+|more|most|much|higher|long(?:er|-term|-lived)|lengthen\w*|improv\w+|restor\w+|boost\w*"
    r"|extend\w*|better|prolong\w*|promot\w+|caus(?:e|es|ed)|driv(?:e|es|en)|drove|induc(?:e|es|ed)|accelerat\w+"
    r"|strong(?:er|ly)?|strengthen\w*|acquir\w+|turn(?:s|ed)?|ma[kd]es?|went up|go(?:es)? up|sped|speeds?"
    r"|bec[ao]me|ended up|ran|developed|enhanc\w+|favour\w*|sustain\w*|kept|keep(?:s|ing)?|support(?:s|ed)?"
    r"|retain\w*|gain(?:s|ed)?|good|went with|go(?:es)? with|predict\w*|associated with|gave|gives?"
    r"|rescu\w+|greater|superior|mainly|earlier|sooner|faster|reach(?:ed|es)?|let|lets|doubled"
)
_DOWN: Final = (
    r"lower(?:s|ed)?|reduc\w+|less(?:ens?|ened)?|few(?:er)?|short(?:en\w*|er)?|weak(?:en\w*|er)?|impair\w*"
    r"|limit(?:s|ed)?|prevent\w*|cut|wors(?:e|en\w*)|fell|fall|declin\w+|decreas\w+|suppress\w*|blunt\w*|los(?:e|es|t)"
    r"|low|poor\w*|stop(?:s|ped)?|harm\w*|protect\w*|resist\w*|block(?:s|ed)?|diminish\w*|drop\w*"
    r"|bad|quit|fail(?:s|ed)? to|hold(?:s|ing)? off|held off|delay\w*|defective|inhibited"
    r"|slow(?:s|ed|er)?|later|escapes?|out of"
)
WAY: Final = re.compile(rf"(?<![\w-])(?:(?P<up>{_UP})|(?P<down>{_DOWN}))\b(?!(?:-cel\b|[- ]affinity))", re.I)
"""The hyphen before is no direction: "tumour-induced senescence" names it, and "prevented" goes before."""
_WAY_AFTER: Final = re.compile(
    r"\b(?P<up>more(?! slowly)|longer|better|higher|rises?|rose|increased?|faster|sooner|earlier"
    r"|(?:so|more) readily|goes up|go up|went up)\b"
    r"|\b(?P<down>less|shorter|worse|lower|fell|falls?|declined|poorly|later|more slowly|slower)\b",
    re.I,
)
_ADVERB: Final = re.compile(
    r"\s+(?:(?P<up>better|longer|sooner|earlier|faster)|(?P<down>worse|shorter|later|poorly))\b", re.I
)
_NOT_SO: Final = re.compile(r"\s*(?:\w+\s){0,2}?(?:not|never|unchanged)\b", re.I)
_STOPS: Final = re.compile(
    r"[;:.]|\b(?:than|but|whereas|chang\w+|affect\w*|alter\w*|modulat\w+|influenc\w+)\b", re.I
)
"""What a word for a direction does not reach beyond: "lower affinity changes killing" is no less killing."""
_ASIDE: Final = re.compile(r",? (?:but|and) not [^,;.]{1,40},")
"""What an effect is not of: "X, but not Y, caused it" denies nothing of X."""
_VERB: Final = re.compile(
    r"(?:persist|proliferat|expand|kill|surviv|respond)ed|divided|grew|(?:persist|proliferat|surviv)es?", re.I
)
_OPEN: Final = re.compile(r"more|most|less|few|fewer|higher|lower|bec[ao]mes?|turn(?:ed|s)?|ma[kd]es?", re.I)
"""Words that leave the direction to an adverb: "those with more of them respond worse", "became so later"."""
_DENIES: Final = re.compile(r"\b(?:no|not|never|neither|nor|without|cannot|no longer)\b", re.I)
_UNCHANGED: Final = re.compile(r"\b(?:neither|nor|unchanged|did not differ|similar)\b", re.I)
_STATE_OF_CELLS: Final = re.compile(
    r"\s+(?:(?:human|mouse|CD[48]\+?|EMRA|effector|naive|CAR[- ]?|T[- ]?)\s*)*cells?\b", re.I
)
_BEFORE: Final = 70
_AFTER: Final = 28
"""Characters around an outcome in which the word for its way may stand."""


@dataclass(frozen=True, slots=True)
class Effect:
    """An outcome and the way it goes: 1 up, -1 down, 0 unchanged or denied."""

    outcome: str
    way: int
    refused: int = 0
    """The way that a negated outcome does not go; 0 for what stays unchanged."""

    @property
    def worth(self) -> int:
        """1 when that is good for the therapy, -1 when it is bad."""
        return self.way * _WORTH.get(self.outcome, 0)

    @property
    def valued(self) -> bool:
        """Whether the outcome is good or bad in itself."""
        return _WORTH.get(self.outcome, 0) != 0

    def upholds(self, other: Effect) -> bool:
        """Whether this says the same of the same outcome."""
        return self.outcome == other.outcome and (self.way, self.refused) == (other.way, other.refused)

    def denies(self, other: Effect) -> bool:
        """Whether both cannot be so. What does not rise may still not fall, so that denies no fall."""
        if self.outcome != other.outcome:
            return False
        if other.way == 0:
            return self.way != 0 and self.way == other.refused
        return self.way == -other.way or (self.way == 0 and self.refused in (0, other.way))


def effects(text: str) -> list[Effect]:
    """The outcomes of a text that are given a direction, in order."""
    return list(_effects(text))


def _effects(text: str) -> Iterator[Effect]:
    last, text = "", _ASIDE.sub(",", text)
    for found in re.finditer(rf"{OUTCOME.pattern}|(?P<it>\bit\b(?=[.;,]|$))", text, re.I):
        name = last if found.lastgroup == "it" else str(found.lastgroup)
        adjective = found.group().lower() in ("exhausted", "senescent", "functional", "persisting")
        if not name or (adjective and _STATE_OF_CELLS.match(text, found.end())):
            continue  # "exhausted CAR T cells" says whose, and not what became of them
        last, effect = name, _way(text, found, name)
        if effect is not None:
            yield effect
    for whole in _TO_THE_CELLS.finditer(text):
        if not _DENIES.search(text[max(0, whole.start() - 24) : whole.start()]):
            yield Effect("function", 1 if whole["up"] else -1)
    for told in _REVERSAL.finditer(text):
        way = 1 if told["up"] else -1
        negated = _DENIES.search(text[max(0, told.start() - 24) : told.start()])
        yield Effect("reversal", 0, way) if negated else Effect("reversal", way)


def _way(text: str, found: re.Match[str], name: str) -> Effect | None:
    """Which way an outcome goes by the nearest word before it in its clause, else after it."""
    start = max(0, found.start() - _BEFORE)
    before = _STOPS.split(text[start : found.start()])[-1]
    if _VERB.fullmatch(found.group()):
        before = re.split(r",| and ", before)[
            -1
        ]  # "resisted exhaustion, persisted": each verb has its own way
    after = re.split(r"[;:.,]|\bthan\b|\bbut\b", text[found.end() : found.end() + _AFTER])[0]
    near = list(WAY.finditer(before))
    adverb = _ADVERB.match(after)
    if adverb is not None and near and _OPEN.fullmatch(near[-1].group()):
        near = []
    word = near[-1] if near else adverb or _WAY_AFTER.search(after)
    way = 0 if word is None else 1 if word["up"] else -1
    if name == "failure":
        name, way = "response", -way
    if word is not None and word.group().lower().startswith("worsen") and _WORTH[name] < 0:
        way = 1  # more of what is bad
    if near:
        turned = _NOT_SO.match(after)
        around = before[max(0, near[-1].start() - 24) :] + (turned.group() if turned is not None else "")
    else:
        around = before + after[: 0 if word is None else word.end()]
    if _DENIES.search(around) or _UNCHANGED.search(around):
        return Effect(name, 0, 0 if _UNCHANGED.search(around) else way or 1)
    return None if word is None else Effect(name, way)
