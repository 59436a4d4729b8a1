"""Words to a what-if, deterministically: which two designs, what changes on which side, for how long.

A small grammar, not a guess: the text is cut into known pieces (`words`), the pieces into clauses, and
each clause is read as one change. A is what the words describe, B the reference. Whatever no rule took
is handed back as `unknown` with the nearest levers, and whatever was filled in is listed in `assumed`:
the reader sees both before the result. When no change and no pair of designs is left, the answer is
`NotUnderstood`; `guidance` adds examples that run.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from assistant.kinetics.designs import Design
    from assistant.kinetics.events import Event
    from assistant.kinetics.parameters import Effect

Side: TypeAlias = Literal["A", "B", "both"]
ChangeKind: TypeAlias = Literal["set", "times", "layer", "event"]


@dataclass(frozen=True, slots=True)
class WordChange:
    """One change that the words ask for."""

    side: Side
    kind: ChangeKind
    target: str
    """Parameter name, lever id, or kind of event."""
    amount: float | None
    """New value for "set", factor for "times"."""
    unit: str
    said: str
    """In words, with the number and the unit."""
    guessed: bool = False
    """True when the words gave no size and one was assumed."""
    events: tuple[Event, ...] = ()
    """Events of a lever whose schedule the words changed, or the event itself."""
    concept: str = ""
    """The word of the vocabulary that was raised, lowered or set; "" for a lever or an event."""

    def apply(self, design: Design) -> Design:
        """The design with this change; InputError for a value that cannot be."""
        from dataclasses import replace

        from assistant.kinetics.shares import with_setting

        if self.kind == "set":
            return with_setting(design, self.target, self.amount or 0.0, self.unit or None)
        if self.kind == "times":
            part = self.lever_effects()
            if part:
                return design.changed(*part)
            return with_setting(design, self.target, f"x{self.amount!r}")
        if self.kind == "event":
            return design.with_events(*self.events)
        layered = design.with_layer(self.target)
        if not self.events:
            return layered
        from assistant.kinetics.scheduling import describe

        kept = tuple(e for e in layered.events if e.because != self.target)
        # The lever's own name tells the shipped schedule.
        name = f"{design.name} + {describe(self.events[-1])}"
        return replace(layered, events=kept, name=name).with_events(*self.events)

    def lever_effects(self) -> tuple[Effect, ...]:
        """The effects of a fold change of something that only a lever stands for; none otherwise."""
        from assistant.kinetics import levers
        from assistant.kinetics.words import vocabulary

        concept = vocabulary().concepts.get(self.concept)
        if concept is None or not concept.lever_fold or not self.amount:
            return ()
        raised = (self.amount > 1.0) == (concept.moves[self.target] > 0)
        lever = levers.load(str(concept.high if raised else concept.low))
        return levers.to_the_power(lever, abs(math.log(self.amount, concept.lever_fold)))


@dataclass(frozen=True, slots=True)
class Understood:
    """A what-if in words as a structure."""

    text: str
    design_a: str
    design_b: str
    changes: tuple[WordChange, ...]
    days: float | None
    """Length of the run when the words name one."""
    echo: str
    """What was understood, in one line of words."""
    unknown: tuple[str, ...] = ()
    """Pieces of the text that nothing stands for, each with the nearest levers."""
    assumed: tuple[str, ...] = ()
    """What was filled in."""
    asks: tuple[str, ...] = ()
    """Outcomes that the words ask for."""
    by: str = ""
    """PROVIDER:NAME of the chat model that proposed it; "" when the grammar read it."""

    def designs(self) -> tuple[Design, Design]:
        """Both designs with the changes applied."""
        from assistant.kinetics import designs

        sides = {"A": designs.load(self.design_a), "B": designs.load(self.design_b)}
        for change in self.changes:
            for side in ("A", "B"):
                if change.side in (side, "both"):
                    sides[side] = change.apply(sides[side])
        return sides["A"], sides["B"]


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Why the words make no what-if, and what would."""

    text: str
    reason: str
    unknown: tuple[str, ...] = ()
    doubted: Understood | None = None
    """What the grammar read, where the second look at the words speaks against it."""


_CULTURE_CYTOKINE: Final = re.compile(
    r"\b(?:cultur\w+|expand\w*|grown?|growing|manufactur\w+|ex vivo)\b.*\bIL-?(?:2|7|15|21)\b"
    r"|\bIL-?(?:2|7|15|21)\b.*\b(?:cultur\w+|expan\w+|manufactur\w+|ex vivo)\b",
    re.I,
)
"""IL-7 or IL-15 in the culture medium is another thing than a CAR-T cell that makes it."""
_BOTH_DOMAINS: Final = re.compile(
    r"(?<=\bCAR )(?:with|having|containing|combining|that has|that carries) both"
    r" (?:CD28 and 4-?1BB|4-?1BB and CD28)(?: domains?| costimulation)?",
    re.I,
)
_DESIGN_INSIDE: Final = re.compile(
    r"\b((?:split|divid|fractionat|stagger|repeat)\w*) (the|my|our) ([\w-]+) (dose|infusion)\b", re.I
)
"""A product in the middle of what is done to its dose: "split the tisa-cel dose"."""
_DESIGN_BETWEEN: Final = re.compile(
    r"\b(second|2nd|third|3rd|another|additional|further|extra|repeat|booster|top-up|split|fractionated)"
    r" ((?:axi|tisa|liso)-?cel|(?:4-?1BB|CD28|BBz|28z)(?: CAR(?:-?T)?)?) (dose|infusion|injection)s?\b",
    re.I,
)
"""A product between the words of one name: "a second axi-cel dose"."""
_WAIT: Final = re.compile(
    r"\b(?:wait(?:ed|ing|s)?|hold off|held off)(?: for)? ((?:\w+ )?(?:\w+)) (?:and |before |then |, )+(?=\w)",
    re.I,
)
_BETWEEN_WORDS: Final = re.compile(
    r"\b((?:memory|effector|exhausted|senescent|tumou?r|leuka?emia|lymphoma)(?: cells?)?) in"
    r" ((?:axi|tisa|liso)-?cel|(?:4-?1BB|CD28|BBz|28z)(?: CAR(?:-?T)?)?) "
    r"((?:live|survive|die|divide|proliferate|exhaust|kill|grow|persist)s?\b.*)$",
    re.I,
)
"""A product between a kind of cells and what they do: "memory cells in tisa-cel live twice as long"."""
_NOT_THAT: Final = re.compile(r",?\s(?:and\s)?(?:but\s)?not\s(?=\d)(\S+?),?(?=\s|$)", re.I)
"""Another value that is denied: "1e6, not 1e8, cells"."""
_UNDONE: Final = re.compile(
    r"\b(?:un|non-?)(?=(?:rested|paused|irradiated|lymphodepleted|conditioned)\b)", re.I
)
"""A prefix that denies: "rested vs unrested"."""
_NOT_GIVEN: Final = re.compile(
    r"\bnot (?:been |being )?(?:given|receiving|getting|treated with)\s"
    r"(?!(?:at|on|to|in|more|until|before|after|\d))",
    re.I,
)
"""A treatment that is denied by its verb: "not given lymphodepletion"."""
_NO_CHANGE: Final = re.compile(
    r"\b(?:with\s)?(?:no|without\s(?:any|an?))\s(?:(?P<what>(?!more|less)[\w-]+(?:\s[\w-]+){0,2})\schanges?\b"
    r"|(?:change|alteration|modification)s?\s(?:of|in|to)\b)",
    re.I,
)
"""What is said to stay: "no change of the kill rate", "no dose change"."""
_MINUS: Final = re.compile(r"(?<!anti\s)(?<=\s)-(?=[A-Z][A-Za-z0-9-]+)(?!CD28|CD137|BBz)")
"""A name that is taken away by a sign: "+TET2 -LD"."""
_PLUS: Final = re.compile(r"(?<=\s)\+\s?(?=[A-Za-z])")
"""And one that is added: beside a minus it does not share in it."""
_SHORT_UNITS: Final = (
    (re.compile(r"(?<=\d)\s?(?:h|hrs?)\b(?![-/^*])"), " hours"),
    (re.compile(r"(?<=\d)\sd\b(?![-/^*])"), " days"),
)
_SHORTEST: Final = 14
"""Days; below it no outcome of the table but the peak is read."""


def _reordered(text: str) -> str:
    """The text with a product inside another name put behind it, and "wait X and" as "after X"."""
    text = _BETWEEN_WORDS.sub(r"\1 \3 in \2", text.rstrip(" ?.!"))
    text = _DESIGN_INSIDE.sub(r"\1 \2 \4 of \3", _BOTH_DOMAINS.sub("third-generation", text))
    text = _NO_CHANGE.sub(
        lambda m: f"without changing {m['what'] or ''}".rstrip(), _NOT_GIVEN.sub("without ", text)
    )
    if _MINUS.search(text):
        text = _PLUS.sub("with ", _MINUS.sub("without ", text))
    text = _UNDONE.sub("without ", _NOT_THAT.sub(r" instead of \1", text))
    return _WAIT.sub(r"after \1 ", _DESIGN_BETWEEN.sub(r"\1 \3 of \2", text))


def parse(text: str) -> Understood | NotUnderstood:
    """Read a what-if in words; never raises for words, however odd."""
    from assistant.errors import InputError
    from assistant.kinetics.grammar import read
    from assistant.kinetics.proofreading import proofread
    from assistant.kinetics.spelling import corrected

    cleaned = " ".join(text.split())
    for short, long in _SHORT_UNITS:
        cleaned = short.sub(long, cleaned)
    if not cleaned:
        return NotUnderstood(text, "The what-if is empty.")
    if len(cleaned) > 2000:
        return NotUnderstood(
            cleaned[:80] + "…", f"The what-if has {len(cleaned)} characters; 2,000 are read."
        )
    if _CULTURE_CYTOKINE.search(cleaned):
        return NotUnderstood(
            cleaned,
            "Cytokines of the culture are not in the model: its IL-7 and IL-15 levers are CAR-T cells that"
            " make the cytokine in the patient. Say 'CAR-T cells that secrete IL-15', or 'short culture'.",
        )
    found = read(_reordered(cleaned))
    if isinstance(found, NotUnderstood):
        return found
    if found.days is not None and found.days < _SHORTEST:
        return NotUnderstood(
            cleaned,
            f"A horizon of {found.days:g} days is too short: shares are read on days 14, 28 and 90."
            " Say what the number of days belongs to, or ask for 28 days or more.",
            found.unknown,
        )
    try:
        a, b = found.designs()
    except InputError as problem:
        reason = f"{problem.message}; {problem.hint}" if problem.hint else problem.message
        return NotUnderstood(cleaned, reason, found.unknown)
    if a.parameters == b.parameters and a.events == b.events:
        return NotUnderstood(cleaned, f"Nothing would be compared ({found.echo}).", found.unknown)
    against = proofread(corrected(cleaned)[0], found)
    if against:
        reason = f"Nothing was run. It was read as '{found.echo}', but {'; '.join(against)}."
        return NotUnderstood(cleaned, reason, found.unknown, found)
    return found
