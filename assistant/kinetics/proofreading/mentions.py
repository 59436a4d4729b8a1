"""What a what-if mentions, read word by word and apart from the grammar: its names and its numbers.

The grammar decides what a sentence means; this only lists what stands in it. The words of numbers are its
own: what is misread there must not be misread here as well. Only the names of designs, levers and
quantities are shared, because they are data and no reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from assistant.kinetics.quantities import fold
from assistant.kinetics.words import runs, small, vocabulary

Sort: TypeAlias = Literal["plain", "fold", "part", "percent", "time", "age", "weight", "per kg"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of the text, with what it stands for."""

    start: int
    end: int
    text: str
    kind: str
    """For a name its kind in the vocabulary; for a number its sort; else what the word does."""
    target: str = ""
    """Design, lever, concept, event or outcome of a name; "up" or "down" of a direction."""
    value: float = 0.0
    """Of a number: days for a time, a part of 1 for a percentage."""


_NUMBERS: Final = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "fourteen": 14, "fifteen": 15, "twenty": 20, "thirty": 30,
    "forty": 40,
    "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100, "thousand": 1000,
    "dozen": 12, "couple": 2, "half": 0.5,
}  # fmt: skip
_SCALES: Final = {
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "mio": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
}
_PARTS: Final = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10,
                 "twentieth": 20, "hundredth": 100, "thousandth": 1000}  # fmt: skip
_MULTIPLES: Final = {"doubl": 2, "tripl": 3, "quadrupl": 4, "quintupl": 5, "halv": 2, "twice": 2, "thrice": 3}
_DAYS: Final = {"hour": 1 / 24, "day": 1.0, "d": 1.0, "week": 7.0, "wk": 7.0, "w": 7.0, "fortnight": 14.0,
                "month": 30.4375, "year": 365.25, "yr": 365.25}  # fmt: skip
_EVERY: Final = {"daily": 1.0, "weekly": 7.0, "fortnightly": 14.0, "biweekly": 14.0, "monthly": 30.4375,
                 "yearly": 365.25}  # fmt: skip
_RAISED: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_WORDS: Final = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_FIGURE: Final = re.compile(
    r"(?:(?<![\w.])|(?<![a-z])(?P<by>x)\s?|\b(?P<d>d)\+?(?=\d))-?(?P<figure>10(?:\^\d+|[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
    r"|\d+(?:,\d{3})*(?:\.\d+)?(?:e[+-]?\d+)?)(?P<ten>\s?[x*]\s?10(?:\^(?P<power>\d+)|"
    r"(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹]+)))?(?P<short>[km](?![a-z]))?"
    rf"|\b(?P<word>{_WORDS})(?=\b|fold)"
)
_SCALE: Final = re.compile(rf"[\s-](?P<scale>{'|'.join(_SCALES)})s?\b")
_AFTER: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    ("age", re.compile(r"[\s-]?(?:(?:years?|yrs?|y)[\s-]?(?:old|of\sage|/o)|s\b)")),
    ("order", re.compile(r"\s?-?(?:orders?\sof\smagnitude|logs?\b|log10)")),
    ("fold", re.compile(r"\s?-?\s?(?:folds?\b|times\b(?!\s(?:a|per|each|every)\b)|x\b)")),
    ("percent", re.compile(r"\s?-?(?:%|percent\b|per\scent\b|pct\b)")),
    ("kg", re.compile(r"\s?(?:(?:car[- ]?t?\+?\s)?cells?\s?)?(?:/|per\s)\s?(?:kg|kilo)")),
    ("weight", re.compile(r"[\s-]?kg\b")),
    ("parts", re.compile(r"[\s-](?P<part>third|quarter|fifth|sixth|eighth|tenth)s?\b")),
    ("often", re.compile(r"\stimes\s(?:a|per|each|every)\s(?P<unit>day|week|month|year)\b")),
    (
        "time",
        re.compile(
            r"[\s-]?(?:more\s|full\s)?"
            r"(?P<unit>hour|day|week|wk|fortnight|month|year|yr|d(?![a-z])|w(?![a-z]))s?\b"
        ),
    ),
)  # fmt: skip
_MINUS: Final = re.compile(r"\b(?:minus|negative)\s$")
_UNITS: Final = (
    (
        "molecules",
        re.compile(
            r"\s?(?:\w+\s)?(?:molecules?|antigens?|copies|sites|receptors)\b"
            r"|\s?(?:/|per)\s?(?:\w+\s)?(?:cell|blast)\b"
        ),
    ),
    (
        "cells",
        re.compile(r"\s?(?:car\S*\s|t\s|infused\s|tumou?r\s|\S+-cel\s){0,3}cells?\b(?!\s?(?:/|per)\s?[um])"),
    ),
)  # fmt: skip
_FACTOR: Final = re.compile(r"\bfactor\s(?:of\s)?$")
_POINT: Final = re.compile(r"\b(?P<unit>day|week|month|d)s?\s?\+?$")
_IDENTIFIER: Final = re.compile(r"[A-Za-z]\w*")
_PART: Final = "|".join(_PARTS)
_MULTIPLE: Final = "|".join(_MULTIPLES)
_ADVERB: Final = "|".join(_EVERY)
_ALONE: Final = re.compile(
    r"\b(?:(?P<small>half\s(?:of\s)?(?:an?|one|1)\s?(?:%|percent|per\scent))"
    rf"|(?P<part>(?:a|one|by|to|1)[\s-]{{1,2}}(?:a\s)?(?:{_PART}))\b(?![\s-](?:dose|generation|gen|infusion))"
    r"|(?P<half>half)\b"
    rf"|(?P<multiple>{_MULTIPLE})\w*+(?!\s(?:knock|ko\b|delet|loss))|(?P<adverb>{_ADVERB})\b"
    r"|(?P<twice>twice|once)\s(?:a|per|each|every)\s(?P<per>day|week|month|year)\b"
    r"|every\s(?P<other>other|second|third|fourth)\s(?P<others>day|week|month)\b"
    r"|1/(?P<reciprocal>[1-9]\d*)(?!\s?(?:/|day|d\b|h))"
    r"|q(?P<q>\d*)(?P<qunit>[dw])\b"
    r"|(?:a|an|the|first|last|every|each|per|one|another|half\sa)\s"
    r"(?P<span>hour|day|week|fortnight|month|year)\b"
    r"|(?P<magnitude>an?\sorder\sof\smagnitude))"
)
_OTHER: Final = {"other": 2, "second": 2, "third": 3, "fourth": 4}


def numbers(text: str, named: Sequence[Mention]) -> list[Mention]:
    """Every number, fold, part, percentage and time, with its value.

    Arguments:
        named: the names in the text; what stands inside one is no number.
    """
    folded = fold(text)
    inside = [(n.start, n.end) for n in named]
    found = [*_counted(folded), *_uncounted(folded)]
    kept: list[Mention] = []
    for mention in sorted(found, key=lambda m: (m.start, -m.end)):
        covered = any(s <= mention.start and mention.end <= e for s, e in inside)
        if not covered and (not kept or mention.start >= kept[-1].end):
            kept.append(mention)
    return kept


def _counted(folded: str) -> Iterator[Mention]:
    """Numbers with figures or number words: "1e8 cells", "tenfold", "20 %", "day 30", "three weeks"."""
    for match in _FIGURE.finditer(folded):
        before, value, end = folded[: match.start()], _value(match), match.end()
        scale = _SCALE.match(folded, end)
        if scale is not None:
            value, end = value * _SCALES[scale["scale"]], scale.end()
        point = _POINT.search(before)
        if point is not None:
            days = value * _DAYS[point["unit"]]
            yield Mention(point.start(), end, folded[point.start() : end], "time", value=days)
            continue
        sort, after = next(((s, m) for s, p in _AFTER if (m := p.match(folded, end))), ("plain", None))
        if match["by"] or (sort == "plain" and _FACTOR.search(before)):
            sort, after = "fold", None
        elif match["d"] and sort == "plain":
            sort = "time"
        if sort == "plain" and match["word"] in ("one", "half", "couple", "dozen"):
            continue
        stop = after.end() if after is not None else end
        said = folded[match.start() : stop]
        sort, value = _sorted(sort, value, after)
        if _MINUS.search(before) or said.startswith("-"):
            value = -value
        if sort == "time" and before.endswith("first "):
            said = f"first {said}"
        unit = next((u for u, p in _UNITS if sort == "plain" and p.match(folded, end)), "")
        yield Mention(match.start(), stop, said, sort, unit, value)


def _sorted(sort: str, value: float, after: re.Match[str] | None) -> tuple[str, float]:
    """The sort of a number and its value in what the sort counts: days, parts of 1, folds."""
    part = after["part"] if after is not None and sort == "parts" else ""
    unit = after["unit"] if after is not None and sort in ("often", "time") else ""
    if sort == "age" and after is not None and after.group() == "s" and not 50 <= value < 100:
        return "plain", value  # "the 1990s"
    if sort == "often":
        return "time", _DAYS[unit] / value if value else 0.0
    found = {
        "order": ("fold", 10.0**value if sort == "order" else 0.0),
        "percent": ("percent", value / 100.0),
        "kg": ("per kg", value),
        "parts": ("part", value / _PARTS.get(part, 1)),
        "time": ("time", value * _DAYS.get(unit, 1.0)),
    }
    return found.get(sort, (sort, value))


def _value(match: re.Match[str]) -> float:
    if match["word"]:
        return float(_NUMBERS[match["word"]])
    figure = match["figure"].replace(",", "")
    if figure.startswith("10") and len(figure) > 2 and figure[2] in "^⁰¹²³⁴⁵⁶⁷⁸⁹":
        value = 10.0 ** int(figure[2:].removeprefix("^").translate(_RAISED))
    else:
        value = float(figure)
    if match["ten"]:
        value *= 10.0 ** int(match["power"] or match["raised"].translate(_RAISED))
    return value * {"k": 1e3, "m": 1e6}.get(match["short"] or "", 1.0)


def _uncounted(folded: str) -> Iterator[Mention]:
    """Numbers without a figure: "a third", "doubled", "weekly", "every other day"."""
    for match in _ALONE.finditer(folded):
        sort, value = _alone(match)
        yield Mention(match.start(), match.end(), match.group(), sort, value=value)


def _alone(match: re.Match[str]) -> tuple[str, float]:
    """The sort and the value of a number without a figure."""
    if match["small"]:
        return "percent", 0.005
    if match["part"] or match["half"]:
        return "part", 1.0 / next(n for p, n in _PARTS.items() if match.group().endswith(p))
    if match["reciprocal"]:
        return "part", 1.0 / int(match["reciprocal"])
    if match["multiple"] or match["magnitude"]:
        return "fold", float(_MULTIPLES[match["multiple"]]) if match["multiple"] else 10.0
    if match["twice"]:
        return "time", _DAYS[match["per"]] / (2 if match["twice"] == "twice" else 1)
    if match["adverb"]:
        return "time", _EVERY[match["adverb"]]
    if match["other"]:
        return "time", _OTHER[match["other"]] * _DAYS[match["others"]]
    if match["qunit"]:
        return "time", float(match["q"] or 1) * _DAYS[match["qunit"]]
    return "time", _DAYS[match["span"]] * (0.5 if "half" in match.group() else 1.0)


def names(text: str) -> list[Mention]:
    """Every name of the vocabulary, the longest first, each stretch of text once."""
    pieces = runs(fold(text))
    found: list[Mention] = []
    n = 0
    while n < len(pieces):
        name = _parameter(text, pieces[n][1]) or _longest(text, pieces, n)
        if name is not None:
            found.append(name)
        end = name.end if name is not None else pieces[n][2]
        n = next((i for i in range(n + 1, len(pieces)) if pieces[i][1] >= end), len(pieces))
    return found


def _parameter(text: str, start: int) -> Mention | None:
    """A parameter under its own name, case kept: "kX", "A50", "g = 0.1"."""
    from assistant.kinetics.equations import PARAMETERS

    own = _IDENTIFIER.match(text, start)
    if own is None or own.group() not in PARAMETERS or (start and text[start - 1].isalnum()):
        return None
    word = len(own.group()) == 1 or own.group() in ("rest", "dose", "detect", "eng")
    if word and not re.match(r"\s*=|\sto\s[\d.]|\s[x×]\s?\d", text[own.end() :]):
        return None  # a word of its own, or a letter of a sentence, unless a value follows
    return Mention(start, own.end(), own.group(), "concept", own.group())


def _longest(text: str, pieces: Sequence[tuple[str, int, int]], first: int) -> Mention | None:
    start = pieces[first][1]
    if start and text[start - 1].isalnum():
        return None
    for last in range(min(len(pieces), first + 9) - 1, first - 1, -1):
        end = pieces[last][2]
        inside = end < len(text) and text[end].isalnum() and text[end].isascii()
        if inside or re.search(r"[,;:()]|\.\s", text[start:end]):
            continue
        entry = vocabulary().names.get("".join(run for run, _, _ in pieces[first : last + 1]))
        if entry is not None and not (entry[0] == "term" and last == first and small(pieces[first][0])):
            return Mention(start, end, text[start:end], entry[0], entry[1])
    return None
