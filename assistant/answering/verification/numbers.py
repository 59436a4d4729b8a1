"""Quantities in a text, comparable however they are written: ten-fold is 10-fold, 1x10^6 a million."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_WORDS: Final = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100, "thousand": 1000, "zero": 0, "dozen": 12,
}  # fmt: skip
_SCALES: Final = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_FOLDS: Final = {
    "double": 2, "doubles": 2, "doubled": 2, "doubling": 2, "twice": 2, "twofold": 2, "triple": 3,
    "tripled": 3,
    "triples": 3, "thrice": 3, "quadruple": 4, "quadrupled": 4, "quadruples": 4,
}  # fmt: skip
_SHARES: Final = {"half": 50.0, "third": 100 / 3, "thirds": 200 / 3, "quarter": 25.0, "quarters": 75.0}
_DAYS: Final = {
    "s": 1 / 86400, "sec": 1 / 86400, "second": 1 / 86400, "min": 1 / 1440, "minute": 1 / 1440,
    "h": 1 / 24, "hr": 1 / 24, "hour": 1 / 24, "day": 1.0, "d": 1.0, "week": 7.0, "wk": 7.0,
    "month": 30.44, "mo": 30.44, "year": 365.25, "yr": 365.25, "decade": 3652.5,
}  # fmt: skip
_UNITS: Final = (
    r"%|percent|per cent|percentage points?|-?\s?fold\b|-?times\b|x\b(?=\s|$)|"
    r"(?:milli|micro|nano|kilo)?(?:gram|litre|liter|metre|meter|molar)s?\b|"
    r"(?:mg|ug|ng|pg|kg|g)(?:/(?:kg|ml|l|dl|day|m2))?\b|[munp]m\b|[um]mol/l\b|nmol/l\b|[um]l\b|ml\b|gy\b|"
    r"grays?\b|"
    r"kb\b|bp\b|kda\b|cm\b|mm\b|nm\b|um\b|iu\b|u/ml\b|iu/ml\b|cells?\s?/\s?(?:kg|ul|ml|l)\b|cells? per \w+\b|"
    r"copies\b(?:/\w+)?|molecules?\b|"
    r"-?\s?(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|h|days?|d|weeks?|wks?|months?|mo|years?|yrs?|"
    r"decades?)\b"
)
_NUMBER: Final = r"\d{1,3}(?:[,\u202f]\d{3})+(?:\.\d+)?|\d+(?:[.\u00b7]\d+)?"
_POWER: Final = r"(?:\s?[x×*·]\s?10\s?(?:\^|\*\*)?\s?(?P<power>[-−]?\d{1,2})\b|e(?P<e>[-+]?\d{1,2})\b)"
_QUANTITY: Final = re.compile(
    rf"(?<![\w.])(?:(?P<label>aged|days?|grade|grades|phase|phases|cycle|cycles|weeks?|months?|years?|type|"
    rf"stage|figure|fig\.?|"
    rf"table|group|line|lines|generation)\s+)?"
    rf"(?P<number>{_NUMBER}|(?:{'|'.join(_WORDS)})\b(?!-generation))(?![\d^⁰¹²³⁴⁵⁶⁷⁸⁹])"
    rf"{_POWER}?(?:\s?-?(?P<scale>hundred|thousand|million|billion|trillion)s?\b)?"
    rf"(?:\s?-?(?P<unit>{_UNITS}))?",
    re.I,
)
_TEN_TO: Final = re.compile(r"(?<![\w.×*·])(?<![x×*·]\s)10\s?(?:\^|\*\*)\s?(?P<power>[-−]?\d{1,2})\b")
_SPOKEN: Final = re.compile(
    rf"\b(?P<fold>{'|'.join(_FOLDS)})\b|\b(?:(?P<count>one|two|three)[\s-])?(?P<share>half(?!-)|"
    rf"(?:(?<=one.)|(?<=two.)|(?<=three.))(?:thirds?|quarters?)(?!-)|(?:third|quarter)(?=\sof))\b",
    re.I,
)
_FOLDED: Final = re.compile(rf"\b(?P<number>{'|'.join(_WORDS)})-?fold\b", re.I)
_SUPERSCRIPT: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number with its unit, at its place."""

    value: float
    """In the base unit of its kind: days, grams, metres ..."""
    unit: str
    """%, fold, days, a label such as "grade", or "" for a bare number."""
    found: str
    start: int
    end: int

    def same(self, other: Quantity) -> bool:
        """Equal within rounding of units (2 %), and of the same unit; a bare number fits any count."""
        if self.unit != other.unit and not {self.unit, other.unit} <= {"", "cells", "molecules", "copies"}:
            return False
        scale = max(abs(self.value), abs(other.value))
        slack = 0.02 if self.unit == "days" and self.found != other.found else 1e-6
        return abs(self.value - other.value) <= slack * scale

    @property
    def shown(self) -> str:
        """As written."""
        return " ".join(self.found.split())


def quantities(text: str, taken: Sequence[tuple[int, int]] = ()) -> tuple[Quantity, ...]:
    """The quantities of `text` in order.

    Arguments:
        text: any text; superscripts are read as powers.
        taken: spans that are names ("CD28", "IL-15") and hold no numbers.
    """
    plain = re.sub(r"10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)", lambda m: f"10^{m[1].translate(_SUPERSCRIPT)}", text)
    if len(plain) != len(text):
        taken = ()  # rare, and names do not hold superscripts
    plain = plain.replace("µ", "u").replace("μ", "u").replace("−", "-").replace("\u2011", "-")
    found: dict[int, Quantity] = {}
    for pattern, read in ((_SPOKEN, _spoken), (_FOLDED, _read), (_TEN_TO, _read), (_QUANTITY, _read)):
        for match in pattern.finditer(plain):
            start, end = match.span()
            spans = [*taken, *((q.start, q.end) for q in found.values())]
            if not any(a < end and start < b for a, b in spans) and (quantity := read(match)) is not None:
                found[start] = quantity
    return tuple(found[start] for start in sorted(found))


def _read(match: re.Match[str]) -> Quantity | None:
    groups = match.groupdict()
    text = match.string
    if match.re is _TEN_TO:
        return Quantity(10.0 ** int(groups["power"]), "", match.group(), *match.span())
    word = groups["number"].lower()
    after = text[match.end() : match.end() + 2]
    if match.re is _FOLDED:
        return Quantity(_WORDS[word], "fold", match.group(), *match.span())
    # A digit that runs into letters, or hangs on a hyphenated name, is part of a name: 2G, 1XX, IL-21.
    if re.match(r"[A-Za-z]", after) and not groups["unit"]:
        return None
    if re.search(r"[A-Za-z)]-$", text[: match.start("number")]) and not groups["unit"]:
        return None
    value = (
        _WORDS[word]
        if word in _WORDS
        else float(word.replace(",", "").replace("\u202f", "").replace("·", "."))
    )
    power = groups["power"] or groups["e"]
    value *= 10.0 ** int(power) if power else 1.0
    value *= _SCALES[groups["scale"].lower()] if groups["scale"] else 1.0
    unit, factor = _unit(groups["unit"] or "")
    label = (groups["label"] or "").lower().rstrip("s.")
    if not unit and label in _DAYS:
        unit, factor = "days", _DAYS[label]
    elif not unit and label == "aged":
        unit, factor = "days", _DAYS["year"]
    elif not unit and label:
        unit = label
    return Quantity(value * factor, unit, match.group(), *match.span())


def _spoken(match: re.Match[str]) -> Quantity:
    if match["fold"]:
        return Quantity(_FOLDS[match["fold"].lower()], "fold", match.group(), *match.span())
    share, count = match["share"].lower(), (match["count"] or "one").lower()
    value = _SHARES[share.rstrip("s") if share != "half" else share] * _WORDS.get(count, 1)
    return Quantity(value, "%", match.group(), *match.span())


def _unit(text: str) -> tuple[str, float]:
    unit = text.lower().strip(" -")
    if unit in ("%", "percent", "per cent") or unit.startswith("percentage"):
        return "%", 1.0
    if unit in ("fold", "times", "x"):
        return "fold", 1.0
    single = unit.rstrip("s") if unit not in ("s",) else unit
    if single in _DAYS:
        return "days", _DAYS[single]
    if single in ("gray", "gy"):
        return "gy", 1.0
    if single in ("cell", "copie", "molecule"):
        return {"cell": "cells", "copie": "copies", "molecule": "molecules"}[single], 1.0
    return re.sub(r"\s", "", single), 1.0
