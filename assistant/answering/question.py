"""What a question asks for: its shape, the kind of thing wanted, the systems and sides it names.

Everything here is words and regular expressions, so that the same question is always understood the
same way and a reader can see why. The kind of thing wanted matters most: a finding that names every
entity of "how many gray ..." and holds no dose does not answer it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from assistant.answering.asked import Asked, Wanted, asked_kinds, holds, wanted_names
from assistant.errors import InputError

__all__ = [
    "Asked",
    "Question",
    "Shape",
    "acting",
    "against_senescent_cells",
    "clean",
    "is_absolute",
    "holds",
    "premise",
    "shape",
    "speaks_of_cars",
    "systems_in",
    "understand",
]

Shape = Literal["direct", "comparative", "numeric", "yes-no", "definition", "list", "evidence", "why"]
MAX_QUESTION = 2000
"""Characters; the longest development question has 190. Longer text is a paste, not a question."""

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-_])")
_YES_NO = re.compile(
    r"^(?:and |but |so )?(?:do|does|did|is|are|was|were|can|could|has|have|had|will|would|should)\b", re.I
)
_YES_NO_LATE = re.compile(r"[,.:;] (?:do|does|did|is|are|was|were|can|has|have)\b[^?]*\?", re.I)
_COMPARATIVE = re.compile(
    r"\b(?:versus|vs\.?|compared? (?:with|to)|compare|differ(?:s|ent|ence|ences)?|rather than|instead of|than"
    r"|same way|both|unlike|contrast|agree|disagree|or)\b",
    re.I,
)
_WHY = re.compile(
    r"\b(?:why|what explains|how come|what (?:drives|causes)|mechanism|through (?:what|which))\b", re.I
)
_EVIDENCE = re.compile(
    r"\b(?:what|which|any|is there|show me the) (?:\w+ )?(?:evidence|data|studies|support)\b", re.I
)
_DEFINITION = re.compile(
    r"^(?:what (?:is|are|does)|define|explain)\b(?! the (?:\w+ )*(?:of|in|that|for)\b)", re.I
)
_LIST = re.compile(
    r"^(?:which|what|list|name)\b.*\b(?:markers|genes|ways|features|products|strategies|factors|drugs|trials)\b",
    re.I,
)
_SYSTEMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "patients",
        re.compile(r"\b(?:patients?|clinical(?:ly)?|in humans|children|adults|trials?|clinic)\b", re.I),
    ),
    ("mouse", re.compile(r"\b(?:mice|mouse|murine|xenografts?|in vivo)\b", re.I)),
    ("in-vitro", re.compile(r"\b(?:in vitro|culture|cultured|dish)\b", re.I)),
    ("computation", re.compile(r"\b(?:models?|simulat\w+|equations?|fitted)\b", re.I)),
)
_ASKS = r"(?:why|what|how|which|when|where|who|whose|is|are|do|does|did|should|can|could|will|would|has|have)"
_PREMISE = re.compile(
    rf"^(?:and |but |so )?(?:since|given that|because(?! of)|seeing that|considering that"
    rf"|now that|knowing that|if it is true that)\s+(.+?),\s+(?={_ASKS}\b)",
    re.I,
)
_WHY_ABSOLUTE = re.compile(
    r"^(?:and |but |so )?why (?:do|does|did|is|are|was|were|can|could|have|has) (.+?)\?*$", re.I
)
_ABSOLUTE = re.compile(
    r"\b(?:never|always|(?-i:[Aa]ll)|none|no|cannot|immune to|completely|entirely|only|every)\b", re.I
)
_CAR = re.compile(
    r"\bcars?\b|\bcar[- ]?t\b|cart\w*|chimeric|\w+-cel\b|\w+leucel\b|\b(?:19)?28z|bb[zζ]|28ζ|kymriah|yescarta"
    r"|breyanzi|tecartus|abecma|carvykti|aucatzyl|ctl019|bb2121"
    r"|infus\w+ product",
    re.I,
)
_CELLS_OF = re.compile(
    r"(?<![\w+-])(4-?1BB[zζ]?|CD137|BB[zζ]|CD28[zζ]?|(?:19-?)?28[zζ]) (?:T[ -])?cells?\b", re.I
)
"""Short for CAR-T cells of that domain: nobody asks here about cells that merely carry the receptor, which
are written CD28+ or CD28-negative."""
_TAG = re.compile(
    r"[,;:.?]\s*(?:and )?(?:right|correct|true|is(?:n['’]t)? (?:it|that)(?: so| right| true"
    r"| correct)?|is that (?:right|true|correct|so)"
    r"|yes|no|huh|eh|or not|please|thanks)\s*[?.!]*$",
    re.I,
)
"""What asks for a yes and names nothing: "..., right?"."""
_AGAINST = re.compile(
    r"\bupar\b|urokinase|\bsenolytic (?:anti-\w+ )?(?:car|t cells)|nkg2d-based"
    r"|\b(?:against|target\w*|remov\w+|kill\w*|clear\w*|hunt\w*|eliminat\w+|destroy\w*|attack\w*) "
    r"(?:the )?(?:senescent|worn[- ]out|aged|ageing) (?:and \w+ )?(?:tissue |body |tumou?r |normal )?cells",
    re.I,
)

_THEMSELVES = re.compile(
    r"\bcar[- ]?t[- ]cells? (?:themselves|(?:that )?(?:become|became|becoming|turn|grow|age)\b)", re.I
)
"""Their own senescence, whatever they are sent against."""


@dataclass(frozen=True, slots=True)
class Question:
    """A cleaned question and what it asks for."""

    text: str
    shape: Shape
    asked: tuple[Asked, ...]
    """Kinds of thing that a right answer must hold; empty when any statement may answer."""
    systems: tuple[str, ...]
    """Model systems the question names."""
    wanted: Wanted
    """The kind of name that a "which ..." question asks for."""
    about_cars: bool
    """Whether it is about cells with a CAR, not about T cells at large."""
    against_senescent_cells: bool
    """Whether it is about CAR-T cells used against senescent cells, not about their own senescence."""
    premise: str = ""
    """What the question takes for granted ("since CD28 cells never senesce, why ..."), "" when nothing."""
    notes: tuple[str, ...] = ()


def understand(raw: str) -> Question:
    """Clean and classify a question.

    Raises:
        InputError: nothing is left of it, or it is longer than MAX_QUESTION characters.
    """
    text, notes = clean(raw)
    text = _TAG.sub("?", text)
    if (short := _CELLS_OF.search(text)) is not None:
        text = _CELLS_OF.sub(r"\1 CAR-T cells", text)
        notes = (*notes, f"read {short.group()!r} as {short.group(1)} CAR-T cells")
    return Question(
        text=text,
        shape=shape(text),
        asked=asked_kinds(text),
        systems=systems_in(text),
        wanted=wanted_names(text),
        about_cars=speaks_of_cars(text),
        against_senescent_cells=against_senescent_cells(text),
        premise=premise(text),
        notes=notes,
    )


def systems_in(text: str) -> tuple[str, ...]:
    """The model systems that a text names; a passage of full text carries no tag and is read for them."""
    return tuple(system for system, pattern in _SYSTEMS if pattern.search(text))


def clean(raw: str) -> tuple[str, tuple[str, ...]]:
    """The question without terminal escapes, control characters and doubled blanks, and what was removed."""
    if len(raw) > MAX_QUESTION:
        raise InputError(
            f"The question has {len(raw):,} characters; at most {MAX_QUESTION:,} are read.",
            hint="Ask one thing at a time; to add a text as evidence, use `senescope ingest FILE`.",
        )
    bare = _ESCAPES.sub("", raw)
    kept = "".join(
        c if c in "\t\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co") else "" for c in bare
    )
    text = " ".join(kept.split())
    if not re.search(r"\w", text):
        raise InputError(
            "The question is empty.",
            hint='Ask in words, such as: senescope ask "Does rest reverse senescence?"',
        )
    removed = len(raw) - len(kept)
    notes = (f"{removed} control characters were removed from the question",) if removed else ()
    return text, notes


def premise(text: str) -> str:
    """The clause that the question takes for granted, without its conjunction; "" when there is none.

    Only what the wording states outright counts: "since ..., why", "given that ..., what", and a "why"
    with an absolute word ("why do CD28 cells never ..."), which is where false premises live.
    """
    match = _PREMISE.match(text)
    if match:
        return match.group(1).strip()
    match = _WHY_ABSOLUTE.match(text)
    return match.group(1).strip() if match and _ABSOLUTE.search(match.group(1)) else ""


_VERB = (
    r"(?:do|make|cause|drive|induce|trigger|prevent|stop|block|lower|raise|reduce|increase|improve|impair|help|harm"
    r"|reverse|restore|rescue|undo|turn|protect|delay|slow|speed|change|affect|lead|keep|limit|kill|clear|remove"
    r"|show|mark|need|work|act|give|extend|shorten|boost|persist|last|prolong|lengthen|become|lose|have|hurt|blunt|rejuvenate|age|senesce"
    r"|exhaust|predict|mean|say|tell|decide|influence|shape|enhance|promote|support|weaken|strengthen|suppress|inhibit"
    r"|require|depend|matter|beat|outperform|survive|live|produce|express|rise|fall|carry|differ|overcome|abolish|cost"
    r"|worsen|push|pull|favour|favor|cure|treat|activate|expand|grow|proliferate|divide|respond|relapse|die|escape|resist|prove"
    r"|spare|kill|go|get|remain|stay|still|contribute|correlate|bring|counter|avoid|accelerate|correct)"
)
_ACTING = re.compile(
    r"^(?:(?:and|but|so) )?(?:(?:what|how|why|when|where|which \w+) )?"
    r"(?:do|does|did|can|could|will|would|should|must) "
    rf"(?P<agent>(?!it\b|they\b|you\b|we\b|i\b|there\b)[^,;:?]+?) (?:\w+ly |also |really |not )?{_VERB}\b",
    re.I,
)


def acting(text: str) -> str:
    """The noun phrase that acts in a question with an auxiliary, "" when its form shows none.

    "transient rest" in "What does transient rest do to exhausted cells?".
    """
    match = _ACTING.match(text)
    return match["agent"] if match is not None else ""


def is_absolute(premise: str) -> bool:
    """Whether a premise holds without exception by its own words, as no finding does."""
    return _ABSOLUTE.search(premise) is not None


def shape(text: str) -> Shape:
    """The form an answer should take; the first that fits."""
    if _EVIDENCE.search(text):
        return "evidence"
    if any(kind != "trial" for kind in asked_kinds(text)):
        return "numeric"
    if _WHY.search(text):
        return "why"
    if _YES_NO.match(text) or _YES_NO_LATE.search(text):
        return "yes-no"
    if _COMPARATIVE.search(text):
        return "comparative"
    if _LIST.match(text):
        return "list"
    if _DEFINITION.match(text):
        return "definition"
    return "direct"


def against_senescent_cells(text: str) -> bool:
    """Whether a text is about cells sent against senescent ones, not about their own senescence."""
    return _AGAINST.search(text) is not None and not _THEMSELVES.search(text)


def speaks_of_cars(text: str) -> bool:
    """Whether a text names CAR-T cells, a CAR product or a CAR design."""
    return _CAR.search(text) is not None
