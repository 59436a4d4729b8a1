"""Words that ask for the best single change: "what most delays senescence in a 4-1BB design?".

Read apart from what-ifs, because nothing is changed by the words: the answer is a ranking of all levers
by what each does to one outcome, in the direction that was asked for, sure ones first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from assistant.kinetics.designs import Design
    from assistant.kinetics.scan import Ranked
    from assistant.kinetics.words import Item

Wish: TypeAlias = Literal["lower", "higher", "either"]

_CHANGE = r"(?:levers?|changes?|edits?|modifications?|knobs?|tweaks?|parameters?)"
_ASKS: Final = re.compile(
    r"\b(?:what|which)\b(?!\s(?:if|about|happens?|is|are|was|were)\b).{0,60}?\b(?:most|best|strongest|largest)\b"
    rf"|\b(?:what|which)\b(?!\s(?:if|about|happens?)\b).{{0,40}}?\b(?:strongest|largest|best|top|single)\s(?:\w+\s)?{_CHANGE}\b"
    rf"|\b(?:what|which)\s(?:\w+\s)?{_CHANGE}\b.{{0,30}}\b(?:most|best)\b"
    rf"|^\W*(?:please\s)?rank\b|\bbest\s(?:single\s)?{_CHANGE}\b.{{0,30}}\b(?:to|for)\b",
    re.I,
)
_LEVERS: Final = re.compile(r"\b(?:levers?|knobs?|tweaks?|model|simulat\w+)\b", re.I)
_PAPERS: Final = re.compile(
    r"\b(?:gene expression|genes?|pathways?|transcription\w*|proteins?|cytokines?|factors?|domains?|trials?|"
    r"products?|markers?|predict\w*|explain\w*|correlat\w*|associat\w*|patients|mice|donors|(?:most|best)\s\w+ed)\b",
    re.I,
)
_CAUSES: Final = re.compile(r"\b(?:driv|caus|induc|promot)\w*", re.I)
"""What drives a state is asked of papers as often as of a model."""
_LOWER = r"reduc|lower|decreas|minimi[sz]|limit|least|suppress|diminish|keeps?\s\w+\sdown"
_PREVENT = r"prevent|avoid|protect|against|spare"
_DELAY = r"delay|slow|postpon|defer|put\w*\soff"
_HIGHER = r"rais|increas|extend|prolong|boost|maximi[sz]|lengthen|driv|promot|induc|worsen|caus"
_HASTEN = r"accelerat|speed|hasten|shorten"
_BETTER = r"improv|enhanc|better|good|help|best\s\w+\s(?:for|to)"
_AFFECT = r"affect|influenc|matter|chang|mov|shift|determin"
GOOD: Final = {
    "Cmax": "higher", "AUC0-28d": "higher", "persistence": "higher", "remission_probability": "higher",
    "time_to_relapse": "higher", "tumour_nadir": "lower", "time_to_clearance": "lower",
    "bcell_aplasia": "lower", "senescent_fraction_d28": "lower", "exhausted_fraction_d28": "lower",
}  # fmt: skip
"""Which way an outcome is better, for words that only say "improve"."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """What is to be ranked."""

    design: str
    outcome: str
    wish: Wish
    text: str = ""
    assumed: tuple[str, ...] = ()
    conditions: str = ""
    """What the words add to the design ("at high tumour burden"), in words."""
    unknown: tuple[str, ...] = ()
    """Pieces that were not taken into the ranking."""
    named: bool = True
    """Whether the words name a design."""

    @property
    def sure(self) -> bool:
        """Whether the words speak of levers or of a model, and so of nothing that papers rank."""
        return _LEVERS.search(self.text) is not None

    @property
    def doubtful(self) -> bool:
        """Whether the papers may as well be meant: no design is named, or a cause is asked for."""
        return not self.sure and (not self.named or _CAUSES.search(self.text) is not None)

    def scene(self) -> tuple[Design, float | None]:
        """The design with the conditions laid over it, and the length of the run that the words name."""
        from assistant.kinetics import designs
        from assistant.kinetics.wording import Understood

        found = _conditions(self.conditions, self.design)
        if not isinstance(found, Understood):
            return designs.load(self.design), None
        return found.designs()[0], found.days


def asks_papers(text: str) -> bool:
    """Whether a superlative is one of papers: a gene, a domain, a predictor, something that improved."""
    return _PAPERS.search(text) is not None


def asks_for_ranking(text: str) -> bool:
    """Whether the words ask which change does most, whatever else they leave open."""
    return len(text) <= 2000 and _ASKS.search(text) is not None


def ranking(text: str) -> Ranking | None:
    """The ranking that the words ask for, or None when they ask for something else."""
    from assistant.kinetics.words import lex, vocabulary

    if not asks_for_ranking(text):
        return None
    text = " ".join(text.split())
    items = lex(text)
    designs = [i for i in items if i.kind == "design"]
    cut = _cut(items, designs)
    head = [i for i in items if i.start < cut]
    asked = [(i, i.name) for i in head if i.kind == "outcome"]
    asked += [(i, vocabulary().concepts[i.name].asks) for i in head if i.kind == "concept"]
    outcomes = dict.fromkeys(name for _, name in asked if name)
    if len(outcomes) != 1 or len({d.name for d in designs}) > 1:
        return None
    outcome = next(iter(outcomes))
    wish, assumed = _wish(text, outcome)
    if wish is None:
        return None
    if not designs:
        assumed.append("no design named: 4-1BB (bbz) assumed")
    if re.search(r"\bparameters?\b", text, re.I):
        assumed.append("levers are ranked here; `senescope model sensitivity` ranks parameters")
    design = designs[0].name if designs else "bbz"
    tail, unknown = _tail(text[cut:], design)
    unknown += tuple(
        f"'{i.text}' is not taken into the ranking: say it after the design"
        for i in head
        if i.kind in ("amount", "layer", "event", "level", "term")
    )
    return Ranking(design, outcome, wish, text, tuple(assumed), tail, unknown, bool(designs))


def _cut(items: Sequence[Item], designs: Sequence[Item]) -> int:
    """Where the conditions begin: behind the design, or behind the outcome when no design is named."""
    outcomes = [i.end for i in items if i.kind in ("outcome", "concept")]
    return designs[0].end if designs else min(outcomes, default=0)


def _wish(text: str, outcome: str) -> tuple[Wish | None, list[str]]:
    """Which way the outcome shall go. A later relapse is a higher time, and "improve" means what is good."""

    def says(pattern: str) -> bool:
        return re.search(rf"\b(?:{pattern})\w*", text, re.I) is not None

    timed = outcome.startswith("time_to")
    avoided = says(_PREVENT) or (
        says(_LOWER) and outcome == "time_to_relapse" and "time to" not in text.lower()
    )
    votes: set[Wish] = set()
    if says(_DELAY) or (timed and avoided):
        votes.add("higher" if timed else "lower")
    if not timed and avoided:
        votes.add("lower")
    if says(_LOWER) and not (timed and avoided):
        votes.add("lower")
    if says(_HASTEN):
        votes.add("lower" if timed or outcome == "persistence" else "higher")
    if says(_HIGHER):
        votes.add("higher")
    if len(votes) == 1:
        return votes.pop(), []
    if votes:
        return None, []
    good = GOOD.get(outcome)
    if good and (says(_BETTER) or re.match(r"^\W*(?:please\s)?rank\b", text, re.I)):
        wish: Wish = "higher" if good == "higher" else "lower"
        return wish, [f"better read as {wish} {outcome}"]
    return ("either", []) if says(_AFFECT) else (None, [])


def _tail(text: str, design: str) -> tuple[str, tuple[str, ...]]:
    """What stands behind the design: conditions for the run, and what was not understood of it."""
    from assistant.kinetics.wording import Understood
    from assistant.kinetics.words import lex

    words = text.strip(" ?.!,")
    telling = [
        i for i in lex(words) if i.kind not in ("stop", "place", "comma", "under", "with", "and", "outcome")
    ]
    if not telling:
        return "", ()
    found = _conditions(words, design)
    if isinstance(found, Understood):
        return words, found.unknown
    return "", (f"'{words}' is not taken into the ranking",)


def _conditions(words: str, design: str) -> object:
    """The conditions as a what-if on the design alone."""
    from assistant.kinetics.wording import parse

    return parse(f"{design} {words}") if words else None


def wished(ranked: tuple[Ranked, ...], wish: Wish) -> tuple[Ranked, ...]:
    """The levers that surely do what was asked, then those that are undetermined; the opposite last."""
    if wish == "either":
        return ranked
    toward = -1.0 if wish == "lower" else 1.0
    way = {"lower": "A<B", "higher": "A>B"}[wish]
    groups = (
        [r for r in ranked if r.direction == way],
        sorted(
            (r for r in ranked if r.direction == "undetermined"),
            key=lambda r: (-r.first[wish], -toward * r.difference.median),
        ),
        [r for r in ranked if r.direction not in (way, "undetermined")],
    )
    return tuple(r for group in groups for r in group)
