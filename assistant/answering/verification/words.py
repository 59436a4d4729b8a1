"""The tables behind the checks: directions, opposites, stand-ins, and the words that weigh a claim."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Final

from assistant.answering.wording import wordings_of
from assistant.retrieval.tokens import fold, stem

_NEGATORS = """
not no never neither nor without cannot none nobody nothing unable hardly scarcely absent absence lack lacking
lacked unchanged unaffected
"""
NEGATORS: Final = frozenset(_NEGATORS.split())
DENIES: Final = re.compile(
    r"\b(?:un\w{4,}|non-?\w+|loss|lost|lose|rather than|instead of|independent\w*|irrespective|regardless|"
    r"spared?|avoid\w*|"
    r"prevent\w*|except|other than|unlike|exclud\w*|rul(?:e|ed|es) out|despite|zero|opposite|dispensable|"
    r"fail\w*|lack\w*|"
    r"absen\w+|negative|equal\w*|similar\w*|same|comparable|different|distinct|minus|null|deficien\w+)\b"
)
"""Words that deny without a negation."""
_ONLY_NEXT = "without absent absence lack lacking lacked unable"
ONLY_NEXT: Final = frozenset(_ONLY_NEXT.split())
"""Negations that deny the next thing named and no more."""
_LINKS = """
a an and are as at be been being but by for from had has have he her his i if in into is it its itself of on
or she so such than that the their them then there these they this those to too was were which while who
whom whose will with also both did do does done each either however moreover furthermore thus hence
therefore additionally addition further when where whereas although though because until since between among
across per under upon via versus vs only just even still yet already according et al compared compare
comparison relative respectively we our us you your one ones other others another some any all every more
less most least very much many own same can could may might would should must shall now here how what why
whether about around approximately roughly up out off over toward towards within during after before against
along together case cases fact overall through become becomes became becoming take taken took particular
particularly namely specifically general generally example instance e.g i.e finding findings study studies
author authors colleague colleagues paper work review report reported reports reporting show shows showed
shown found find finds seen observed observe describe described describes note noted notes state stated
states suggest suggests suggested suggesting propose proposes proposed conclude concluded concludes
conclusion evidence data result results cell cells t car effect effects way ways thing things kind type
types
"""
LINKS: Final = frozenset(_LINKS.split())
"""Words that carry a sentence and state nothing that a quote must hold; the checks of their own see to "
"the rest."""

_HEDGES: Final = (
    r"may|might|could|suggest\w*|propos\w*|hypothes\w*|possib\w*|potential(?:ly)?|perhaps|likely|"
    r"appear(?:s|ed)? to|"
    r"seem\w*|speculat\w*|presum\w*|thought to|believed|plausib\w*|consistent with|hint\w*|unclear|unproven|"
    r"probabl[ey]|tend(?:s|ed)? to|should|not proven|putative\w*|tentativ\w*|apparent(?:ly)?|would"
)
HEDGE: Final = re.compile(rf"\b(?:{_HEDGES})\b")
CERTAIN: Final = re.compile(
    r"\b(?:prov(?:e|es|ed|en|ing)|proof|definitive\w*|certain(?:ly|ty)?|undoubted\w*|doubtless|clearly|"
    r"guarantee\w*|must|"
    r"conclusive\w*|unequivocal\w*|undeniabl\w*|inevitabl\w*|establish(?:es|ed)? that|confirm\w*|"
    r"invariabl\w*|"
    r"without doubt|obvious\w*)\b"
)
ASSOCIATION: Final = re.compile(
    r"\b(?:associat\w*|correlat\w*|link(?:s|ed)?|tied|relat(?:ed|es|ionship|ion) (?:to|with|between)|"
    r"(?:went|goes|go|going)"
    r" (?:along |together )?with|predict\w*|accompan\w*|coincid\w*|track(?:s|ed) with|parallel\w*|connected|"
    r"marks?|marker of|(?:was|were|is|are) (?:more |less )?(?:common|frequent|seen|found) (?:in|with|"
    r"among))\b"
)
CAUSE: Final = re.compile(
    r"\b(?:caus\w*|driv(?:e|es|en|ing|er)|drove|le(?:d|ads?|ading) to|result(?:s|ed|ing)? in|trigger\w*|"
    r"induc\w*|"
    r"because|due to|owing to|thanks to|responsible|bring(?:s|ing)? about|brought about|forc(?:e|es|ed|"
    r"ing)|provok\w*|"
    r"produc(?:e|es|ed|ing)|mak(?:e|es|ing)|made|render\w*|giv(?:e|es|ing) rise|mediat\w*|reason|"
    r"determin(?:e|es|ed)|"
    r"confer\w*|dictat\w*|underl(?:ie|ies|ying)|as a (?:result|consequence)|consequence|therefore|thereby|"
    r"explain\w*)\b"
)
ACTION: Final = re.compile(
    r"\b(?:increas|rais|boost|enhanc|improv|reduc|lower|decreas|impair|worsen|prevent|promot|block|"
    r"inhibit|suppress|"
    r"shorten|prolong|lengthen|extend|protect|abolish|harm|damag|restor|rescu|revers|accelerat|delay|"
    r"limit|weaken|"
    r"strengthen|cur)(?:e|es|ed|s|ing)\b"
)
UNIVERSAL: Final = re.compile(
    r"\b(?:all|every|each|always|never|none|entire(?:ly)?|complete(?:ly)? (?!resp|remis)|fully|"
    r"exclusive(?:ly)?|solely|only|"
    r"universal(?:ly)?|any|invariably|totally|wholly|whenever|everyone|everywhere|regardless|irrespective|"
    r"no matter)\b"
)
LARGE: Final = re.compile(
    r"\b(?:strong(?:ly)?|marked(?:ly)?|dramatic(?:ally)?|substantial(?:ly)?|great(?:ly)?|profound(?:ly)?|"
    r"sharp(?:ly)?|"
    r"massive(?:ly)?|vast(?:ly)?|drastic(?:ally)?|significant(?:ly)?|considerabl[ey]|extreme(?:ly)?|"
    r"huge(?:ly)?|enormous(?:ly)?|"
    r"high(?:ly)|robust(?:ly)?|steep(?:ly)?|hugely|remarkabl[ey])\b"
)
SMALL: Final = re.compile(
    r"\b(?:slight(?:ly)?|modest(?:ly)?|marginal(?:ly)?|weak(?:ly)?|mild(?:ly)?|minimal(?:ly)?|barely|"
    r"a little|somewhat|"
    r"partial(?:ly)?|partly|in part|moderate(?:ly)?|negligibl[ey]|minor|subtl[ey]|faint(?:ly)?|"
    r"trivial(?:ly)?)\b"
)
SHARES: Final = (
    re.compile(
        r"\b(?:majority|most(?= of| patients| cells| cases)|mostly|mainly|predominant\w*|chiefly|"
        r"primarily|largely)\b"
    ),
    re.compile(r"\b(?:minority|a few|small (?:fraction|part|share|number|minority)|a subset|some of)\b"),
)
FREQUENCY: Final = (
    re.compile(r"\b(?:often|frequent(?:ly)?|common(?:ly)?|usual(?:ly)?|regularly|typically)\b"),
    re.compile(r"\b(?:rare(?:ly)?|seldom|infrequent(?:ly)?|uncommon(?:ly)?|occasional(?:ly)?|sometimes)\b"),
)
SYSTEMS: Final = {
    "mouse": re.compile(r"\b(?:mouse|mice|murine|xenograft\w*|nsg)\b"),
    "patients": re.compile(
        r"\b(?:patients?|people|clinical(?:ly)?|clinic|trials?|recipients?|humans (?!cells)|participants?|"
        r"volunteers?|"
        r"persons?|children|adults?|men|women)\b"
    ),
    "in-vitro": re.compile(r"\b(?:in vitro|cultur\w*|ex vivo|dish|cell lines?)\b"),
    "animal": re.compile(
        r"\b(?:rats?|monkeys?|macaques?|primates?|dogs?|pigs?|zebrafish|rabbits?|hamsters?|animals?)\b"
    ),
    "computation": re.compile(
        r"\b(?:simulat\w*|in silico|mathematical\w*|computational\w*|modelling|modeling)\b"
    ),
}
"""Words that say where something was seen; the citation's own label counts for a quote too."""
PEOPLE: Final = {
    "children": re.compile(r"\b(?:child|children|paediatric|pediatric|infants?|kids|adolescents?)\b"),
    "adults": re.compile(r"\badults?\b"),
    "older people": re.compile(r"\b(?:elderly|older|geriatric|seniors?)\b"),
    "younger people": re.compile(r"\b(?:young|younger|youngsters?)\b"),
    "healthy donors": re.compile(r"\b(?:healthy|volunteers?)\b"),
    "women": re.compile(r"\b(?:women|females?|girls)\b"),
    "men": re.compile(r"\b(?:men|males?|boys)\b"),
}


@cache
def signs() -> dict[str, int]:
    """Folded stem of a word to its direction, +1 or -1."""
    table: dict[str, int] = {}
    for line in _lines("signs.txt"):
        sign = 1 if line[0] == "+" else -1
        for word in _listed(line[1:]):
            table.setdefault(_key(word), sign)
    return table


@cache
def opposites() -> dict[str, tuple[tuple[int, int], ...]]:
    """Stem of a word to the pairs that it belongs to, each with its side, 0 or 1."""
    table: dict[str, list[tuple[int, int]]] = {}
    for number, line in enumerate(_lines("opposites.txt")):
        for side, words in enumerate(line.split("|")):
            for word in _listed(words):
                table.setdefault(_key(word), []).append((number, side))
    return {word: tuple(dict.fromkeys(pairs)) for word, pairs in table.items()}


@cache
def _groups() -> dict[str, frozenset[int]]:
    table: dict[str, set[int]] = {}
    for number, line in enumerate(_lines("synonyms.txt")):
        for word in _listed(line):
            for part in word.split() if len(word.split()) <= 1 else [word]:
                table.setdefault(_key(part), set()).add(number)
    return {word: frozenset(numbers) for word, numbers in table.items()}


def stand_in(a: str, b: str) -> bool:
    """Whether one stem may stand for another in a true retelling."""
    if a == b:
        return True
    groups = _groups()
    return bool(groups.get(a, frozenset()) & groups.get(b, frozenset()))


@cache
def loosely(word: str) -> frozenset[str]:
    """Stems that a reader's word may be covered by: the broad table of questions."""
    return frozenset(token for tokens in wordings_of(word) if len(tokens) == 1 for token in tokens)


PHRASES: Final = tuple(
    (re.compile(rf"\b(?:{old})\b", re.I), new)
    for old, new in (
        (r"(?:went|goes|go|gone|going) (?:along |together |hand in hand )?with", "associated with"),
        (r"(?:switch|turn)(?:ed|es|s|ing)? on", "activates"),
        (r"(?:switch|turn|shut)(?:ed|es|s|ing)? (?:off|down)", "inactivates"),
        (r"(?:take|takes|took|taking|taken) on", "acquired"),
        (r"(?:take|takes|took|taking|taken) away", "removed"),
        (r"(?:come|comes|came|coming) back", "returned"),
        (r"(?:build|builds|built|building) up", "accumulate"),
        (r"(?:end|ends|ended|ending) (?:up )?in", "reach"),
        (r"again and again|over and over(?: again)?|time and again", "repeatedly"),
        (r"fail(?:s|ed|ing|ure)? to", "not"),
        (r"in the absence of", "without"),
        (r"(?:knock|knocked|knocking|knocks)[ -]?(?:out|down)(?: of)?", "deletion of"),
        (r"(?:led|leads|lead|leading) to|(?:gave|gives|give|giving) rise to|result(?:s|ed|ing)? in|"
         r"br(?:ings?|ought) about",
         "caused"),
        (r"as well as", "and"),
        (r"(?:is|was|are|were) made up of|(?:is|was|are|were) composed of", "comprise"),
        (r"a (?:very )?small number of", "few"),
        (r"a (?:very )?large number of", "many"),
        (r"(?:at least|no (?:less|fewer) than|"
         r"(?:more|greater|longer|higher|older) than|over|above|exceed(?:s|ed|ing))"
         r"(?= (?:about |approximately |around )?\d)", "atleast"),
        (r"(?:at most|no more than|(?:less|fewer|shorter|lower|younger) than|under|below|within|up to)"
         r"(?= (?:about |approximately |around )?\d)", "atmost"),
        (r"(?<=\d )(\w+ )?or (?:more|above|older|longer|higher)", r"\1atleast"),
        (r"(?<=\d )(\w+ )?or (?:less|below|fewer|younger|shorter|lower)", r"\1atmost"),
        (r"far (?=more|less|better|worse|greater)", "much "),
    )
)  # fmt: skip
"""Runs of words that count as one word: verbs with their particles, and bounds of numbers."""


def joined(text: str) -> str:
    """`text` with such runs replaced."""
    for pattern, new in PHRASES:
        text = pattern.sub(new, text)
    return text


@cache
def key_of(word: str) -> str:
    """The stem under which the tables know a folded word."""
    if re.fullmatch(r"activat(?:e|es|ed|ing|or)", word):
        return "activate"  # the stemmer does not tell it from "activity"
    return stem(
        word.replace("-", "") if word.startswith(("non-", "anti-", "over-", "up-", "down-")) else word
    )


def _key(word: str) -> str:
    return key_of(fold(word))


def _listed(words: str) -> Iterable[str]:
    return (word.strip() for word in words.split(",") if word.strip())


def _lines(name: str) -> list[str]:
    text = (files(__package__) / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
