"""Amounts in words: numbers, folds, percentages, durations and schedules, found at a place in a text.

Everything is read from the folded text (`fold`), which keeps the length, so that offsets point into
what the user wrote. An amount that could mean two things ("0,5") is not read at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

AmountKind: TypeAlias = Literal[
    "number", "fold", "percent", "duration", "every", "day", "window", "until", "cycle", "relative",
    "range",
]  # fmt: skip

_FOLD: Final = str.maketrans(
    {"ζ": "z", "β": "b", "α": "a", "γ": "g", "×": "x", "–": "-", "—": "-", "−": "-", "‑": "-", "‐": "-"}
    | {
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "μ": "u",
        "µ": "u",
        "\u00a0": " ",
        "\t": " ",
        "\n": " ",
        "⋅": "*",
    }
)
_SUPERSCRIPT: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")

_WORDS: Final[dict[str, float]] = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fourteen": 14, "fifteen": 15, "twenty": 20,
    "thirty": 30, "fifty": 50, "sixty": 60, "ninety": 90, "hundred": 100, "thousand": 1000, "half": 0.5,
}  # fmt: skip
_MAGNITUDE: Final[dict[str, float]] = {
    "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12,
}  # fmt: skip
_ORDINAL: Final[dict[str, float]] = {"second": 2.0, "third": 3.0, "fourth": 4.0}
_DAYS: Final[dict[str, float]] = {
    "hour": 1 / 24, "day": 1.0, "week": 7.0, "fortnight": 14.0, "month": 30.4375, "year": 365.25,
}  # fmt: skip
_ADVERB: Final[dict[str, float]] = {
    "hourly": 1 / 24, "daily": 1.0, "weekly": 7.0, "biweekly": 14.0, "fortnightly": 14.0, "monthly": 30.4375,
    "yearly": 365.25, "every other week": 14.0, "every other day": 2.0, "twice a week": 3.5,
    "twice weekly": 3.5, "once weekly": 7.0, "once daily": 1.0, "once monthly": 30.4375,
}  # fmt: skip

_DIGITS: Final = (
    r"(?:(?<![\w.])-|(?:minus|negative)\s)?\d+(?:,\d{3})*(?:\.\d+)?(?:e[+-]?\d+)?(?![\d.,]*\d)"
    r"(?:k(?![a-z])|m(?=\s(?:car[- ]?t?\s)?cells?\b)|\s?[x*]\s?10(?:\^[+-]?\d{1,2}|[⁰¹²³⁴⁵⁶⁷⁸⁹]+))?"
)
_POWER: Final = r"10(?:\^\d{1,2}|[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
_WORD: Final = "|".join(sorted(_WORDS, key=len, reverse=True))
_NUMBER: Final = (
    rf"(?:{_POWER}|{_DIGITS}|(?:minus\s)?(?:{_WORD})\b(?!\s?-?1bb))(?:[\s-](?:{'|'.join(_MAGNITUDE)})s?\b)?"
)
_TIME: Final = rf"(?P<time>{'|'.join(_DAYS)})s?\b"
_TARGET: Final = (
    r"(?:blast|(?:tumou?r\s|target\s|leuka?emia\s|lymphoma\s|myeloma\s|cancer\s|malignant\s)?cell)"
)
_UNIT: Final = (
    r"(?P<unit>(?:(?:car[- ]?t?\+?\s)?cells?\s?)?(?:/|per)\s?(?:kg|kilogram)\b"
    r"|cells?\s?(?:/|per)\s?(?:ul|microliter|microlitre)\b"
    r"|cells?\s?(?:/|per)\s?ml\b|(?:(?:antigens?|cd\d+|bcma)\s)?molecules?"
    rf"(?:(?:\sof\s(?:the\s)?(?:antigen|target|cd\d+|bcma))?\s?(?:/|per)\s?{_TARGET})?\b"
    r"|(?:(?:antigens?|cd\d+|bcma|target)\s?)?(?:antigens?|copies|sites|receptors)?"
    rf"(?:\sof\s(?:the\s)?(?:antigen|target|cd\d+|bcma))?\s?(?:/|per)\s?{_TARGET}\b"
    r"|(?:car(?:\+|-t|\st|\+\st)?\s)?cells?\b(?!\s?-?(?:product|death))|(?:1\s?)?/\s?(?:day|d|hour|h|week)\b|per\s(?:day|hour|week)\b"
    r"|divisions?\b|population\sdoublings?\b|doublings?\b)"
)
_UNITS: Final[tuple[tuple[str, str], ...]] = (
    ("molecule", "molecules"), ("antigen", "molecules"), ("copies", "molecules"), ("sites", "molecules"),
    ("kg", "cells/kg"), ("kilogram", "cells/kg"),
    ("ul", "cells/uL"), ("microlit", "cells/uL"), ("ml", "cells/mL"), ("cell", "cells"),
    ("hour", "1/hour"), ("/h", "1/hour"),
    ("/ h", "1/hour"), ("week", "1/week"), ("d", "1/day"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Amount:
    """One amount with the characters that it takes up."""

    kind: AmountKind
    value: float
    end: int
    unit: str = ""
    other: float = 0.0
    """Second number of a window, or the days off of a cycle."""
    way: Literal["", "up", "down"] = ""
    """Direction that the words carry themselves: "twice", "half", "a tenth"."""


def fold(text: str) -> str:
    """Lower case without Greek letters and typographic signs; the same length as `text`."""
    out = text.translate(_FOLD)
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in out)


def number(text: str) -> float:
    """The value of digits or words: "1e8", "1x10^8", "100 million", "two"."""
    text = text.strip().replace(",", "")
    sign = -1.0 if text.startswith(("-", "minus", "negative")) else 1.0
    text = text.removeprefix("-").removeprefix("minus").removeprefix("negative").strip()
    scale = {"k": 1e3, "m": 1e6}.get(text[-1:], 1.0) if text[:1].isdigit() else 1.0
    text = text[:-1] if scale > 1.0 else text
    for word, factor in _MAGNITUDE.items():
        match = re.search(rf"[\s-]{word}s?$", text)
        if match:
            text, scale = text[: match.start()], factor
    power = re.fullmatch(r"(?:(.+?)\s?[x*]\s?)?10(?:\^([+-]?\d+)|([⁰¹²³⁴⁵⁶⁷⁸⁹]+))", text)
    if power:
        exponent = int(power[2] or power[3].translate(_SUPERSCRIPT))
        return sign * scale * float(power[1] or 1) * 10.0**exponent
    return sign * scale * (_WORDS[text] if text in _WORDS else float(text))


def _unit(words: str) -> str:
    if "division" in words or "doubling" in words:
        return "divisions"
    if re.search(r"(?:/|per)\s?(?:(?:\w+\s)?cell|blast)", words):
        return "molecules"
    return next(unit for part, unit in _UNITS if part in words)


def _fold_amount(match: re.Match[str]) -> Amount:
    return Amount("fold", number(match["n"]), match.end())


def _factor(match: re.Match[str]) -> Amount:
    return Amount("fold", number(match["n"]), match.end(), way="up")


def _order(match: re.Match[str]) -> Amount:
    return Amount("fold", 10.0 ** number(match["n"]), match.end())


def _part(match: re.Match[str]) -> Amount:
    size = {
        "half": 2,
        "third": 3,
        "quarter": 4,
        "fifth": 5,
        "tenth": 10,
        "hundredth": 100,
        "thousandth": 1000,
    }
    return Amount("fold", float(size[match["part"]]), match.end(), way="down")


def _times(match: re.Match[str]) -> Amount:
    size = {"twice": 2.0, "thrice": 3.0}
    return Amount("fold", size[match["word"]], match.end(), way="up")


def _alike(match: re.Match[str]) -> Amount:
    """ "Twice as fast", "three times as few": the adjective says which way."""
    size = {"twice": 2.0, "thrice": 3.0}
    value = size[match["word"]] if match["word"] in size else number(match["word"].removesuffix(" times"))
    return Amount(
        "fold", value, match.end(), way="down" if re.search(rf"\bas\s(?:{_LITTLE})", match["as"]) else "up"
    )


def _parts(match: re.Match[str]) -> Amount:
    """ "Three quarters", "two thirds (of the dose)": a share of something."""
    size = {"third": 3, "quarter": 4, "fifth": 5, "tenth": 10}
    return Amount("percent", number(match["n"]) / size[match["part"]], match.end())


def _cycle(match: re.Match[str]) -> Amount:
    off_unit = (match["t2"] or match["t1"] or "day").removesuffix("s")
    on_unit = (match["t1"] or off_unit).removesuffix("s")
    on, off = number(match["n"]) * _DAYS[on_unit], number(match["m"]) * _DAYS[off_unit]
    return Amount("cycle", on, match.end(), other=off)


def _percent(match: re.Match[str]) -> Amount:
    return Amount("percent", number(match["n"]) / 100.0, match.end())


def _days(match: re.Match[str]) -> float:
    count = number(match["n"]) if match["n"] else 1.0
    return count * _DAYS[match["time"]]


def _adverb(match: re.Match[str]) -> Amount:
    return Amount("every", _ADVERB[re.sub(r"[\s-]+", " ", match["word"])], match.end())


def _window(match: re.Match[str]) -> Amount:
    size = _DAYS.get(match["time"], 1.0)
    return Amount("window", float(match["n"]) * size, match.end(), other=float(match["m"]) * size)


def _number(match: re.Match[str]) -> Amount:
    unit = match["unit"]
    return Amount("number", number(match["n"]), match.end(), unit=_unit(unit) if unit else "")


_N: Final = rf"(?P<n>{_NUMBER})"
_LITTLE: Final = r"low|few|small|little|slow|weak|short|sparse|dim"
_MUCH: Final = (
    r"high|much|many|dense|strong|large|fast|quick|rapid|long|often|big|potent|tight|well|efficient"
)
_AS: Final = rf"(?P<as>\sas\s(?:{_MUCH}|{_LITTLE})(?:ly)?\b)"
_START: Final = (
    r"(?:[\s-](?:(?:the|a|first|car-?t|cell|initial)\s)*"
    r"(?:infusion|treatment|transfer|injection|dosing|day\s0)\b)?"
)
"""From when days are counted."""
_OF: Final = r"(?:\sof(?:\s(?:the|its|our|their|a))?(?:\s(?:usual|full|standard|normal|original|whole))?)?"
_ADVERBS: Final = "|".join(sorted((w.replace(" ", "[ -]") for w in _ADVERB), key=len, reverse=True))
_RULES: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Amount]], ...]] = tuple(
    (re.compile(pattern), build)
    for pattern, build in (
        (
            rf"(?P<n>{_DIGITS})(?:\s?-\s?|\.\.)(?P<m>{_DIGITS})(?![\w-]*bb)(?:\s?{_UNIT}|[\s-]?{_TIME}|\s?%)?",
            lambda m: Amount("range", number(m["n"]), m.end(), other=number(m["m"])),
        ),
        (rf"(?P<word>{_ADVERBS})\b", _adverb),
        (
            rf"{_N}[\s-]?(?P<t1>days?|weeks?|hours?)?\son(?:(?:\sand|\sthen|,|\s?/)?\s|/)"
            rf"(?P<m>{_NUMBER})[\s-]?(?:(?P<t2>day|week|hour)s?\s)?off\b",
            _cycle,
        ),
        (
            rf"(?<=days |eeks |ours |day, )(?:a|each|per|every)\s{_TIME}(?P<n>(?!))?",
            lambda m: Amount("every", _days(m), m.end()),
        ),
        (
            rf"every\s(?P<n>second|third|fourth)\s{_TIME}",
            lambda m: Amount("every", _DAYS[m["time"]] * _ORDINAL[m["n"]], m.end()),
        ),
        (
            rf"{_N}\stimes\s(?:a|per|each|every)\s{_TIME}",
            lambda m: Amount("every", _DAYS[m["time"]] / number(m["n"]), m.end()),
        ),
        (
            rf"(?:once\s|one\s)?(?:every|each|per|once\sa|once\sper)\s(?:{_N}[\s-]?)?{_TIME}",
            lambda m: Amount("every", _days(m), m.end()),
        ),
        (
            rf"out\sof\s(?:every|each)\s{_N}(?P<time>\sdays?\b|\b)",
            lambda m: Amount("every", number(m["n"]), m.end()),
        ),
        (
            r"q(?P<n>\d{1,2})?(?P<time>[dw])\b",
            lambda m: Amount("every", float(m["n"] or 1) * (7.0 if m["time"] == "w" else 1.0), m.end()),
        ),
        (
            r"half\s(?P<n>an?)[\s-](?P<time>year|month|week)\b",
            lambda m: Amount("duration", _days(m) / 2.0, m.end()),
        ),
        (
            r"(?P<n>an?|one)[\s-](?P<time>year|month|week)\sand\sa\shalf\b",
            lambda m: Amount("duration", _days(m) * 1.5, m.end()),
        ),
        (rf"{_N}[\s-]?{_TIME}\sapart\b", lambda m: Amount("every", _days(m), m.end())),
        (
            r"(?:(?:between|from)\s)?(?P<time>day|week|month|d)s?\s?(?P<n>\d+(?:\.\d+)?)\s?"
            r"(?:to|and|until|till|through|-)\s?(?:(?:day|week|month)\s|d)(?P<m>\d+(?:\.\d+)?)\b",
            _window,
        ),
        (
            r"(?:between|from)\s(?P<time>day|week|month|d)s?\s?(?P<n>\d+(?:\.\d+)?)\s?"
            r"(?:to|and|until|till|through|-)\s?(?P<m>\d+(?:\.\d+)?)\b(?!\s?(?:cells?|%|fold|x\b))",
            _window,
        ),
        (
            rf"first\s{_N}[\s-]?{_TIME}",
            lambda m: Amount("window", 0.0, m.end(), other=_days(m)),
        ),
        (
            r"first\s(?P<n>)(?P<time>week|month|fortnight)\b",
            lambda m: Amount("window", 0.0, m.end(), other=_days(m)),
        ),
        (
            r"(?P<time>day|week)s?\s(?P<n>\d+(?:\.\d+)?)\s?(?:to|-|until|through)\s?(?P<m>\d+(?:\.\d+)?)\b"
            r"(?!\s?(?:cells?|%|fold|x\b))",
            _window,
        ),
        (
            r"(?:until|till|up\sto)\s(?:day\s)(?P<n>\d+(?:\.\d+)?)\b",
            lambda m: Amount("until", float(m["n"]), m.end()),
        ),
        (
            r"(?:on|at|from|after|by)?\s?\b(?P<time>day|week|month)\s\+?(?P<n>\d+(?:\.\d+)?)\b",
            lambda m: Amount("day", _days(m), m.end()),
        ),
        (r"\b(?:on\s)?d\+?(?P<n>\d{1,4})\b", lambda m: Amount("day", float(m["n"]), m.end())),
        (rf"(?:after|at|starting\safter)\s{_N}[\s-]?{_TIME}", lambda m: Amount("day", _days(m), m.end())),
        (
            rf"(?<!\bfor\s){_N}[\s-]?{_TIME}\s(?:(?:after|post|later|following)\b{_START}|in\b(?=\s?(?:$|[,.?;])))",
            lambda m: Amount("day", _days(m), m.end()),
        ),
        (rf"{_N}[\s-]?{_TIME}", lambda m: Amount("duration", _days(m), m.end())),
        (rf"(?:by\s)?a\sfactor\s(?:of\s)?{_N}", _fold_amount),
        (rf"(?:by\s)?(?:factor)\s(?:of\s)?{_N}", _fold_amount),
        (rf"{_N}\s?-?\s?(?:orders?\sof\smagnitude|logs?\b|log10)", _order),
        (rf"(?P<word>twice|thrice|(?:{_NUMBER})\stimes){_AS}", _alike),
        (rf"{_N}\s?-?\s?(?:fold|times)\b", _fold_amount),
        (rf"(?P<n>one|two|three|four|seven|nine)[\s-](?P<part>third|quarter|fifth|tenth)s\b{_OF}", _parts),
        (
            r"(?:full|usual|whole|unchanged|standard|normal|regular)\b(?=\s(?:cell\s)?(?:dose|density|burden|affinity))",
            lambda m: Amount("fold", 1.0, m.end(), way="up"),
        ),
        (rf"(?P<n>{'|'.join(w for w in _WORDS if len(w) > 2)})fold\b", _fold_amount),
        (r"(?P<n>\d+(?:\.\d+)?)\s?x\b(?!\s?10(?:\^|[⁰¹²³⁴⁵⁶⁷⁸⁹]))", _fold_amount),
        (r"x\s?(?P<n>\d+(?:\.\d+)?(?:e[+-]?\d+)?)\b", _factor),
        (
            rf"half\s(?:of\s)?(?:an?|one|1)\s?(?:%|percent\b|per\scent\b){_OF}",
            lambda m: Amount("percent", 0.005, m.end()),
        ),
        (
            r"(?:(?:a|one)[\s-])?(?P<part>half|quarter|(?:third|fifth|tenth|hundredth|thousandth)(?!\sdose\b))\b"
            rf"(?![\s-]generation)(?:\sas\s(?:{_MUCH})|{_OF})",
            _part,
        ),
        (
            rf"1/(?P<n>[1-9]\d*)(?:th|rd)?\b(?!\s?/?(?:days?|d|hours?|h|weeks?)\b){_OF}",
            lambda m: Amount("fold", float(m["n"]), m.end(), way="down"),
        ),
        (r"(?P<word>twice|thrice)\b(?:\sas\s(?:high|much|many|dense|strong|large))?", _times),
        (rf"{_N}\s?(?:%|percent\b|per\scent\b|pct\b){_OF}", _percent),
        (
            rf"(?P<n>{_DIGITS})[\s-]?kg\b(?:\s(?:child|patient|adult|person|recipient|infant|boy|girl|man|woman)\b)?",
            lambda m: Amount("number", number(m["n"]), m.end(), unit="kg"),
        ),
        (rf"{_N}\s?{_UNIT}", _number),
        (rf"(?P<n>{_POWER}|{_DIGITS}(?:\s(?:{'|'.join(_MAGNITUDE)})s?\b)?)(?![a-z])(?P<unit>(?!))?", _number),
        (rf"(?P<n>(?:{_WORD})\s(?:{'|'.join(_MAGNITUDE)})s?)\b(?P<unit>(?!))?", _number),
        (r"(?P<n>zero)\b(?P<unit>(?!))?", lambda m: Amount("number", 0.0, m.end())),
        (r"(?P<n>two|three|four|five|six)\b(?P<unit>(?!))?", _number),
    )
)


def amount_at(text: str, start: int) -> Amount | None:
    """The amount that begins at `start` of a folded text, or None."""
    if re.match(r"\d+,\d{1,2}(?!\d)", text[start:]):
        return None  # "0,5" is a half in half of the world and five in the rest: ask instead of guessing
    for pattern, build in _RULES:
        match = pattern.match(text, start)
        if match is not None and match.end() > start:
            return build(match)
    return None
