"""What a sentence is for: the literature, the model, a ranking of levers, or the source of a number.

The literature comes first wherever there is doubt, because a what-if can be offered beside an answer, while
a question that the model took away would be lost. So the model only takes what says that it is a what-if,
or what reads whole as design and change and is said as an order, with an amount, or as two arms.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from assistant.kinetics.wording import Understood

Kind: TypeAlias = Literal["literature", "what-if", "ranking", "source"]
LONGEST: Final = 2000
"""Characters of a what-if."""

_SAYS_SO: Final = re.compile(
    r"^\W*(?:/?whatif\b|(?:and\s|so\s|but\s)?(?:what\s+if\b(?!\s+any)|"
    r"what\s+(?:would\s+|will\s+)?happens?\s+(?:if|when)\s+(?:i|we)\b|suppose\b|imagine\b)"
    r"|(?:please\s+|can\s+you\s+|could\s+you\s+)?"
    r"(?:simulate\b|run\s+(?:a|the|another)\s+(?:simulation|model|what-?if)\b|model\s+(?:a|an|the|how|what|4|cd28|axi|tisa|liso)))",
    re.I,
)
_COMMANDS: Final = re.compile(
    r"^\W*(?:/?whatif\b|(?:please\s+|can\s+you\s+|could\s+you\s+)?(?:simulate|run|model)\b)", re.I
)
"""Openings that ask for the model by name."""
_HAPPENS: Final = re.compile(r"^\W*(?:and\s|so\s|but\s)?what\s+(?:would\s+|will\s+)?happens?\b", re.I)
"""Asked of papers and of models alike: of a gene or drug the papers come first, with the what-if beside."""
_MEANING_WORDS: Final = re.compile(
    r"\b(?:literature|papers?|stud(?:y|ies)|evidence|published|reported|reports?|trials?|cohorts?|known\b|"
    r"mechanisms?|why|markers?|assays?|mice|mouse|authors?|cite|citations?|review|defin(?:e|ition)|"
    r"in\s+(?:vitro|vivo|patients|humans|people)|clinical\w*|overall survival|ZUMA\S*|"
    r"JULIET|TRANSCEND|ELIANA|versus placebo)\b",
    re.I,
)
_QUESTION: Final = re.compile(
    r"(?:^\W*|[:;]\s+)(?:why|does|do|did|is|are|was|were|which|who|when|where|can|could|has|have|should|how|what|"
    r"would|will)\b",
    re.I,
)
_TRIAL: Final = re.compile(
    r"^\W*(?:and\s|so\s|but\s)?(?:(?:would|will|could|does|do|how|which|what)\b.*\bif\s(?:i|we|you)\b"
    r"|(?:can|could|would|will)\s(?:you|we|i)\s(?:please\s)?(?:check|test|see|try|show|run|compare|find\sout|predict)\b"
    r"|what\s(?:does|would|do|will)\s.+\sdo\s(?:to|for)\b)",
    re.I,
)
"""Questions that try something out."""
_DESIGN: Final = r"(?:4-?1bb|41bb|cd137|\bbbz|bbζ|28z|28ζ|cd28|axi-?cel|tisa-?cel|liso-?cel|1xx)"
_PAIR: Final = re.compile(
    rf"{_DESIGN}\S*(?:\s+\S+){{0,6}}?\s+(?:vs\.?|versus|against|with|to|and)\s+(?:\S+\s+){{0,6}}?(?:{_DESIGN}|without)",
    re.I,
)
_SIZE: Final = re.compile(
    r"\d\s?(?:%|x\b|-?fold\b|/?d(?:ay)?s?\b|weeks?\b|cells\b|molecules\b|(?:antigens?\s)?copies\b|antigens\b)|\b\w*fold\b|\d+e\d+|\b(?:dose|burden|density|"
    r"affinity)\b|\b(?:half|twice|double|triple)\b",
    re.I,
)
_ORDER: Final = re.compile(
    r"^\W*(?:please\s+|now\s+|then\s+)?(?:add|bring|change|cut|decrease|delete|double|drop|expand|give|halve|increase|infuse|"
    r"irradiate|knock\s(?:out|down|in)(?!\sof)|lower|make|overexpress|pulse|put|raise|re-?infuse|reduce|remove|replace|rest|set|skip|start|swap|"
    r"switch|take|treat|triple|use(?!\sof)|weaken)\b",
    re.I,
)
_ARMS: Final = re.compile(r"\bwith\s(?:and|or|versus|vs\.?)\swithout\b|\bwithout\sand\swith\b", re.I)


@dataclass(frozen=True, slots=True)
class Route:
    """Where a sentence goes first, and what else would fit."""

    kind: Kind
    fitting: str = ""
    """The what-if that the words make as well, to be offered beside an answer from the literature."""
    unread: bool = False
    """Whether the words ask for a what-if in which no change of the model was understood."""
    sure: bool = True
    """Whether the words themselves say that it is a what-if; else the literature is offered beside it."""


def route(text: str) -> Route:
    """Where a sentence goes; when in doubt to the literature, with the what-if beside it."""
    if not text or len(text) > LONGEST:
        return Route("literature")
    ranked = _ranking(text)
    if ranked is not None:
        return ranked
    if _SAYS_SO.search(text):
        if _HAPPENS.search(text) and _of_a_gene(text):
            # "What happens if I knock out PD-1?" without a design is asked of papers as much as of a model.
            return _beside(text)
        # Who typed no command and asks for what the model lacks may still be answered by a paper.
        unread = _COMMANDS.search(text) is None and _unread(text)
        return Route("literature", unread=True) if unread else Route("what-if")
    from assistant.kinetics import provenance

    if provenance.asked(text) is not None:
        return Route("source")
    if _MEANING_WORDS.search(text):
        return Route("literature")
    if _HAPPENS.search(text):
        found = _whole(text)
        # A gene, drug or cytokine is what papers are about; a dose or a density of the model's is not.
        if found is not None and any(change.kind != "layer" for change in found.changes):
            return Route("what-if", sure=False)
        return Route("literature", fitting=text if found is not None else "")
    if _is_pair(text):
        return Route("what-if", sure=False)
    if _QUESTION.search(text) or text.rstrip().endswith("?"):
        return _asked(text)
    found = _whole(text)
    if found is None:
        return Route("literature")
    return Route("what-if", sure=False) if _is_order(text, found) else Route("literature", fitting=text)


def _of_a_gene(text: str) -> bool:
    """Whether a what-if only adds or takes a gene, drug or cytokine."""
    found = _whole(text)
    return found is not None and bool(found.changes) and all(c.kind == "layer" for c in found.changes)


def _beside(text: str) -> Route:
    """The papers, with the what-if beside; the model, with the papers beside, where a design is named."""
    found = _whole(text)
    if found is None:
        return Route("literature")
    if any("no design named" in a for a in found.assumed):
        return Route("literature", fitting=text)
    return Route("what-if", sure=False)


def _asked(text: str) -> Route:
    """A question: the model only takes "would X ... if I ..." and "what does ... do to X"."""
    found = _whole(text)
    if found is None or not found.changes:
        return Route("literature")
    if _TRIAL.search(text):
        return _beside(text)
    sized = any(not c.guessed and (c.kind != "layer" or c.events) for c in found.changes)
    return Route("literature", fitting=text if sized else "")


def wants_whatif(text: str) -> bool:
    """Whether words that went to the papers may have been meant for the model."""
    if _SAYS_SO.search(text):
        return True
    asks = _QUESTION.search(text) is not None or text.rstrip().endswith("?")
    return not asks and _MEANING_WORDS.search(text) is None and re.search(_DESIGN, text, re.I) is not None


def _ranking(text: str) -> Route | None:
    from assistant.kinetics.rankings import asks_papers, ranking

    asked = ranking(text)
    if asked is None or _MEANING_WORDS.search(text):
        return None
    if asked.sure:
        return Route("ranking")
    if asks_papers(text):
        return None
    return Route("literature", fitting=text) if asked.doubtful else Route("ranking", sure=False)


def _is_pair(text: str) -> bool:
    """Two arms set against each other with a size, or "compare" and hardly more."""
    asks = re.match(r"^\W*compare\b", text, re.I)
    if _PAIR.search(text) is None or (not asks and _QUESTION.search(text)):
        return False
    sized = _SIZE.search(text) is not None
    if asks:
        return sized or len(text.split()) <= 8
    return sized and re.search(r"\b(?:vs\.?|versus|instead of|with and without)\s", text, re.I) is not None


def _unread(text: str) -> bool:
    from assistant.kinetics.wording import NotUnderstood, parse

    return isinstance(parse(text), NotUnderstood)


def _whole(text: str) -> Understood | None:
    """The what-if in the words when nothing is left over; no slip of the keyboard is mended for it.

    "Reduce exhaustion by c-Jun" wants an outcome and sets none: exhaustion or senescence without a size of
    its own is no change here.
    """
    from assistant.kinetics.wording import Understood, parse
    from assistant.kinetics.words import vocabulary

    found = parse(text)
    if not isinstance(found, Understood) or found.unknown or any("' read as '" in a for a in found.assumed):
        return None
    concepts = vocabulary().concepts
    wished = (c for c in found.changes if c.concept and concepts[c.concept].asks in _STATES)
    if any(c.guessed or not c.amount for c in wished):
        return None
    alone = not found.changes and any("no second design named" in a for a in found.assumed)
    return None if alone else found


_STATES: Final = ("senescent_fraction_d28", "exhausted_fraction_d28")


def _is_order(text: str, found: Understood) -> bool:
    """Whether words that read whole are an order on a design, set up two arms, or multiply something.

    A value or a day alone ("tisa-cel at 1e8 cells", "second infusion after 90 days") may be a search.
    """
    sized = any(c.kind == "times" and not c.guessed for c in found.changes)
    if any("no design named" in a for a in found.assumed) and not sized:
        return False
    if _ORDER.search(text) or _ARMS.search(text) or sized:
        return bool(found.changes)
    if len(found.changes) > 1 and any(c.events for c in found.changes):
        return True  # several changes with a schedule of their own are a design, not a search
    if any(e.every or e.duration for c in found.changes for e in c.events):
        return True  # "pembro from week 3 to week 9 in axi-cel": a window or a period is what one sets
    return found.days is not None and not found.asks


def is_whatif(text: str) -> bool:
    """Whether a sentence belongs to the model: a what-if, or a ranking of levers."""
    return route(text).kind in ("what-if", "ranking")
