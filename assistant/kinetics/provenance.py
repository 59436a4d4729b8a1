"""Questions about a number of the model: "why is kS higher in 4-1BB?", "what is the killing rate based on?".

Only such questions: one that asks the literature for a mechanism ("why are CD28 cells more exhausted?")
stays with the literature. So either a parameter is named by its symbol, or the words ask for a source and
name a quantity of the model. Recognising one costs a regular expression; the vocabulary is read only then.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from assistant.kinetics.equations import PARAMETERS

if TYPE_CHECKING:
    from assistant.kinetics.parameters import Parameter

_SYMBOL: Final = re.compile(
    r"(?<![\w-])(?:"
    + "|".join(sorted((p for p in PARAMETERS if len(p) > 1 and p.lower() != p), key=len, reverse=True))
    + r")(?![\w-])"
)
"""Names that no sentence holds by chance: two characters or more, with a capital or a digit."""
_SPELT: Final = re.compile(r"\bparameters?\s+[`'\"]?(?P<name>" + "|".join(PARAMETERS) + r")\b")
_ASKS: Final = re.compile(
    r"^\W*(?:and\s|but\s)?(?:why|where|what|which|how|who|on\swhat)\b"
    r"(?!\s(?:if|about|happens?|would|will|effect)\b)(?!.{0,80}\b(?:set(?:ting)?|chang(?:e|ing)|"
    r"rais(?:e|ing)|lower(?:ing)|doubl(?:e|ing)|halv(?:e|ing))\s\w)",
    re.I,
)
"""A question that is neither a what-if nor about the effect of a change."""
_SOURCE: Final = re.compile(
    r"\bwhere\b.{0,80}\b(?:come|comes|came|taken|got)\b|\b(?:is|are|was|were)\b.{0,80}\bbased\son\b"
    r"|\bon\swhat\b.{0,80}\b(?:based|rests?)\b|\brests?\son\b|\bsources?\s(?:of|for|behind)\b|\bjustif\w+"
    r"|\bbacks?\sup\b|\bin\s(?:the|your|this)\smodel\b",
    re.I,
)
_QUANTITY: Final = re.compile(
    r"\b(?:rates?|shares?|fractions?|half-?\s?li(?:fe|ves)|density|limit|dose|capacity|threshold|constants?|"
    r"parameters?|values?|numbers?|levels?|burden|affinity|doubling\stime|turnover)\b",
    re.I,
)
_HALF_LIFE: Final = re.compile(r"\bhalf-?\s?li(?:fe|ves)\b|\blife\s?(?:time|span)s?\b", re.I)
_LIVES: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(rf"\b{word}", re.I), name)
    for word, name in (
        ("effector", "dE"), ("memory", "dM"), ("exhausted", "dX"), ("senescent", "dS"), ("quiescent", "dP"),
        ("reserve", "dP"), (r"(?:normal\s|healthy\s)?B[\s-]cell", "dB"), ("tumou?r", "dT"),
    )
)  # fmt: skip
_HIGHER: Final = re.compile(r"\b(?:higher|larger|greater|faster|bigger|more)\b", re.I)
_LOWER: Final = re.compile(r"\b(?:lower|smaller|less|slower|fewer)\b", re.I)
MOST: Final = 3
"""Parameters in one answer."""
SIDES: Final = {"bbz": "4-1BB", "28z": "CD28"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question wants to know about the model."""

    parameters: tuple[str, ...]
    design: str = ""
    """The design that it names, "" when it names none."""
    premise: Literal["", "higher", "lower"] = ""
    """What it takes for granted about that design against the other column."""
    half_life: bool = False


def asked(text: str) -> Asked | None:
    """The question about the model's numbers, or None when it is another question."""
    if not text or len(text) > 400 or not _ASKS.search(text):
        return None
    named = [*_SYMBOL.findall(text), *(m["name"] for m in _SPELT.finditer(text))]
    by_words = _SOURCE.search(text) is not None and _QUANTITY.search(text) is not None
    if not named and not by_words:
        return None
    half_life = _HALF_LIFE.search(text) is not None
    if not named:
        named = _in_words(text, half_life)
    if not named:
        return None
    higher, lower = _HIGHER.search(text), _LOWER.search(text)
    premise: Literal["", "higher", "lower"] = (
        "" if bool(higher) == bool(lower) else "higher" if higher else "lower"
    )
    return Asked(tuple(dict.fromkeys(named))[:MOST], _design(text), premise, half_life)


def _in_words(text: str, half_life: bool) -> list[str]:
    """Parameters behind the words: of a cell's half-life its death rate, else what a concept moves."""
    if half_life:
        return [name for pattern, name in _LIVES if pattern.search(text)][:1]
    from assistant.kinetics.words import lex, vocabulary

    concepts = [vocabulary().concepts[i.name] for i in lex(text) if i.kind == "concept"]
    return [name for concept in concepts[:1] for name in concept.moves]


def _design(text: str) -> str:
    from assistant.kinetics.words import lex

    return next((i.name for i in lex(text) if i.kind == "design"), "")


def values(name: str, design: str = "") -> dict[str, Parameter]:
    """The parameter by label: of both columns, and of a product-like design that is asked about."""
    from assistant.kinetics import designs
    from assistant.kinetics.parameters import column

    found = {label: column(base)[name] for base, label in SIDES.items()}
    if design and design not in SIDES:
        found = {designs.load(design).name: designs.load(design).parameters[name], **found}
    if len({p.value for p in found.values()}) == 1 and len({p.key for p in found.values()}) == 1:
        return {"": next(iter(found.values()))}
    return found


def half_life(parameter: Parameter) -> float | None:
    """Days after which half is gone, for a rate of loss; None where that means nothing."""
    rate = parameter.unit == "1/day" and parameter.name in {name for _, name in _LIVES}
    return math.log(2.0) / parameter.value if rate and parameter.value > 0.0 else None
