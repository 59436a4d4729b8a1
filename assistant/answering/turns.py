"""What one turn of a conversation is by its own words: a question, a fragment, a remark, a pointer back.

Nothing here knows the turn before; `followup` does. What decides whether a turn may be answered as it
stands is whether it names who or what acts, or a state of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from assistant.retrieval.lexicon import Entity, Lexicon

SHORT: Final = 6
"""Words in a turn that hardly names a subject of its own."""
LONGEST: Final = 12
"""Words in a turn that may still lean on the one before by a pronoun."""
STATES: Final = frozenset(
    ("senescence", "replicative senescence", "immunosenescence", "exhaustion", "anergy")
)
"""Glossary terms for what becomes of a cell."""
READ_GENES: Final = frozenset(("TP53", "CDKN2A", "CDKN1A"))
"""Genes that are mostly read and seldom acted on."""
READOUTS: Final = frozenset(("outcome", "model", "assay"))
"""Kinds of glossary term that are measured and do not act."""
_ACTORS: Final = frozenset(("domain", "product", "gene", "drug", "marker"))
_OPENING: Final = re.compile(
    r"^(?:(?:and|but|so|then|or|ok(?:ay)?|also|what about|how about|what of)\b[, ]*)+", re.I
)
_TIES: Final = re.compile(
    r"^(?:and|but|so|then|or|for|because|only|any|also|just|in|with"
    r"|than|compared (?:with|to)|versus|vs\.?|what about|how about|what of)\b",
    re.I,
)
_AUX: Final = r"is|are|was|were|do|does|did|can|could|will|would|should|has|have|had"
_WH: Final = r"how|who|why|what|which|when|where|whose"
_SENTENCE: Final = re.compile(rf"^(?:{_AUX}|{_WH}|tell|give|explain|list|name)\b", re.I)
_ASKS: Final = re.compile(
    rf"^(?:(?:for|at|in|by|with|on|after|from|to|of|under|because of) )?(?:{_WH})\b", re.I
)
_CONDITION: Final = re.compile(
    r"^(?:only |just )?(?:in|for|with|after|before|without|among|at|during|under|on|by|because|from"
    r"|given|if|when|as)\b",
    re.I,
)
_ASIDE: Final = re.compile(
    r"^(?:many |great|good|nice|cool)?[, ]*(?:thanks?(?: you)?|thank you|cheers|hello|hi|hey|bye|goodbye"
    r"|ok(?:ay)?|yes|no|sure|wow|great|good|fine|got it|i see|right|hm+|interesting|perfect|continue|go on"
    r"|more"
    r"|tell me more|really|sorry|help)\b[\s,!.?]*(?:a lot|very much|so much|then|it|more)?[\s!.?]*$",
    re.I,
)
_READING: Final = re.compile(
    r"\b(?:abstracts?|full[- ]text|whole (?:paper|text)|full papers?|pdfs?|press (?:release|report))\b", re.I
)
_DISSENT: Final = re.compile(
    r"^(?:and |but |so )?(?:(?:is|are) there (?:any )?|any |who |does any(?:one|body) "
    r"|do (?:they|all|the papers) (?:all )?"
    r"|what about )?(?:dissent\w*|disagree\w*|agree|conflict\w*|contradict\w*|contrary|opposing)"
    r"(?: (?:results?|evidence|data|findings?|views?|stud(?:y|ies)|papers?"
    r"|with (?:this|that|it)|on (?:this|that|it)))?"
    r"[\s?.!]*$",
    re.I,
)
_GROUP: Final = (
    r"(?:they|th[eo]se authors|the (?:authors?|group|team|investigators|researchers|paper|study|trial|lab))"
)
_RESEARCH: Final = (
    r"(?:report\w*|measur\w*|use[sd]?|using|find|found|show\w*|see|saw|test\w*|treat\w*|enrol\w*|includ\w*|conclud\w*"
    r"|explain\w*|look\w*|stud(?:y|ied)|publish\w*|observ\w*|compar\w*|say|said|claim\w*|try|tried|describ\w*"
    r"|do it|irradiat\w*|infus\w*|give|gave|inject\w*|cultur\w*|check\w*|assess\w*|follow\w*)"
)
_GROUP_ACTS: Final = re.compile(
    rf"\b(?:did|had|have|has|do|does|were|could) {_GROUP} (?:\w+ly |also |ever |even |really )?{_RESEARCH}\b"
    r"|\b(?:authors?|group|team|investigators|researchers)['’]s?(?= )"
    rf"|\b{_GROUP} (?:report\w*|measured|found|showed|saw|tested|concluded|claim\w*|used|treated|say)\b"
    r"|\b(?:what|how|which)(?: \w+)? (?:was|were) (?:it |they |that )?"
    r"(?:measured|tested|used|treated|enrolled|compared|assessed|read|given|included|studied)\b",
    re.I,
)
_NOT_A_GROUP: Final = re.compile(r"\bdo they (?:do it|use|show|see|say|give|look|find|follow)\b", re.I)
"""Cells do these as well as people do."""
_THERE_IS: Final = re.compile(
    r"\b(?:is|are|was|were) there\b|\bthere (?:is|are|was|were)\b"
    r"|\b(?:is|was) it (?:true|known|possible|likely|clear|established|the case)\b"
    r"(?= (?:that|whether|how|to|why|if)\b)"
    r"|\bthat (?=(?:the|a|an|(?-i:[A-Z0-9]\S*)|cells?|patients)\b)"
    r"|(?<=\w )(?:(?<!is )(?<!are )(?<!was )(?<!were )(?<!does )(?<!did )(?<!do )(?<!can )(?<!of )"
    r"(?<!by )(?<!about )(?<!why )(?<!how )(?<!and )(?<!reverse )(?<!cause )(?<!explain )(?<!prevent ))"
    r"that (?=\w)"
    r"|\bthose (?:of|from|who|with|that)\b",
    re.I,
)
"""Words like pronouns that stand for nothing said before: "is there", "it is known that", "cells that"."""
PRONOUN: Final = re.compile(r"\b(?:it|its|they|them|their|that|this|these|those|there|ones)\b", re.I)
_VERB: Final = (
    r"(?:do|make|cause|drive|induce|trigger|prevent|stop|block|lower|raise|reduce|increase|improve|impair|help|harm"
    r"|reverse|restore|rescue|undo|turn|protect|delay|slow|speed|change|affect|lead|keep|limit|kill|clear|remove"
    r"|show|mark|need|work|act|give|extend|shorten|boost|persist|last|become|lose|have|matter|hurt|predict|enhance"
    r"|suppress|support|damage|respond|fare|benefit|relapse|outlast|survive|grow|expand|proliferate|get|go|mean|correlate|age|senesce|use|report)"
)
AGENT: Final = re.compile(
    r"^(?:(?:and|but|so) )?(?:(?:what|how|why|when|where|how (?:long|often|fast|soon|well|many|much)"
    r"|which \w+) )?(?:do|does|did|can|could|will|would|should) "
    r"(?P<agent>(?!(?:it|they|you|we|i|there|that|this)\b)[^,;:?]+?) "
    rf"(?:\w+ly |also |really |not )?{_VERB}\b",
    re.I,
)
"""Who acts in a question with an auxiliary: "transient rest" in "What does transient rest do"."""
_BARE_AGENT: Final = re.compile(
    r"^(?:the |these |those |such |this |any |all )?(?:car[- ]?t |t |car |these )?"
    r"(?:cells?|cars?|patients?|group|team"
    r"|authors?|study|paper|effect|result|response|responses|ones|anyone|anybody|someone|anything)$"
    r"|^the \w+$",
    re.I,
)
"""Who acts, by a name that says only that it was named before."""
_PAST: Final = re.compile(r"^(?:\w+ ){0,2}(?:did|was|were|had)\b", re.I)
_CELLS: Final = re.compile(r"\b(?:CARs?|CAR[- ]?T|T[ -]cells?)\b", re.I)
_TWO: Final = re.compile(
    r"\b(?:these|those|they|the two|both|them)\b.*"
    r"\b(?:differ\w*|compare\w*|the same|distinguish\w*|apart|alike|related|linked|independent)\b"
    r"|\b(?:difference|distinguish\w*) (?:between )?(?:them|these|those|the two|both)\b",
    re.I,
)
_DEFINES: Final = re.compile(r"^(?:what (?:is|are)|define|explain)\b", re.I)


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn by its own words."""

    text: str
    rest: str
    """Without what ties it to the turn before ("and", "what about") and without its last mark."""
    entities: tuple[Entity, ...]
    """Glossary terms in `rest`."""
    words: int
    tied: bool
    """Whether it opens with a word that leans on the turn before."""
    sentence: bool
    asks: bool
    """Whether it opens with a question word, alone or after a preposition ("at what dose")."""
    condition: bool
    """Whether it only adds where, when or why: "in lymphoma", "because of telomeres"."""
    points: bool
    """Whether a pronoun in it stands for something said before."""
    group: bool
    """Whether it asks what those did who did the work: "what dose did they use"."""
    aside: bool
    """Whether it is talk and no question."""
    reading: bool
    """Whether it asks how a paper was read."""
    dissent: bool
    """Whether it asks who sees it otherwise."""
    two: bool
    """Whether it sets two things against each other that it does not name."""
    own: bool
    """Whether it names who or what acts, or a state, of its own."""

    @property
    def short(self) -> bool:
        """Whether it is too short to be left alone unread."""
        return self.words <= SHORT


def read(text: str, lexicon: Lexicon) -> Turn:
    """One turn; the text is cleaned."""
    bare = text.rstrip("?.! ")
    rest = _OPENING.sub("", bare)
    rest = rest if re.search(r"\w", rest) else bare
    entities = lexicon.entities_in(rest)
    words = len(text.split())
    tied = _TIES.match(bare) is not None
    sentence = _SENTENCE.match(rest) is not None
    pointing = _THERE_IS.sub("", rest)
    group = _GROUP_ACTS.search(bare) is not None and not _NOT_A_GROUP.search(bare)
    reading = words <= SHORT and _READING.search(bare) is not None
    return Turn(
        text=text,
        rest=rest,
        entities=entities,
        words=words,
        tied=tied,
        sentence=sentence,
        asks=_ASKS.match(rest) is not None,
        condition=not sentence and _CONDITION.match(rest) is not None,
        points=words <= LONGEST and PRONOUN.search(pointing) is not None,
        group=group and words <= LONGEST,
        aside=_ASIDE.match(text) is not None,
        reading=reading,
        dissent=_DISSENT.match(text) is not None,
        two=words <= LONGEST and len(entities) < 2 and _TWO.search(bare) is not None,
        own=_own(rest, entities, tied=_OPENING.match(bare) is not None),
    )


def _own(rest: str, entities: tuple[Entity, ...], *, tied: bool) -> bool:
    """Whether the words name a subject: who acts, or outside a tied or past question a state or cells."""
    past = _PAST.match(rest) is not None
    if any(e.kind in _ACTORS and e.term not in READ_GENES for e in entities) or agent_of(rest):
        return True
    if _DEFINES.match(rest) and entities:
        return True
    if tied or past:
        return False
    return bool(_CELLS.search(rest)) or any(e.term in STATES or e.term in READ_GENES for e in entities)


def agent_of(text: str) -> str:
    """The noun phrase that acts in a question, "" when its form shows none or only points back."""
    match = AGENT.match(text)
    if match is None or len(match["agent"].split()) > SHORT or _BARE_AGENT.match(match["agent"]):
        return ""
    return match["agent"]


def is_sentence(text: str) -> bool:
    """Whether a text opens as a question does."""
    return _SENTENCE.match(text) is not None


def is_condition(text: str) -> bool:
    """Whether a text only adds where, when or why."""
    return _CONDITION.match(text) is not None
