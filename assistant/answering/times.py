"""Times in questions and findings: how long, at which year, and how long cells are there at all.

"How long do they persist" is answered by a time, and by none of progression-free survival; what was seen
after one year is no answer on five.
"""

from __future__ import annotations

import re
from typing import Final

from assistant.answering.asked import holds

_HOW_LONG: Final = re.compile(
    r"(?:^|[,;:.] |\band |\bfor )(?:roughly |about )?how (?:long|fast|soon|quickly"
    r"|many (?:more )?(?:hours|days|weeks|months"
    r"|years))\b(?! (?:were|was|are|is) (?:the )?(?:[\w-]+ )?telomeres?)",
    re.I,
)
_WITHIN: Final = re.compile(r"\bwithin \d[\d.]* (?:hours|days|weeks|months|years)", re.I)
"""The span in which something else came about, not how long anything lasted."""
_PERSIST: Final = re.compile(r"\bpersist\w*", re.I)
_ENDPOINT: Final = re.compile(
    r"\b(?:progression|event|relapse)-free\b|\boverall survival\b|\bduration of|\byear survival\b"
    r"|\bsurvival (?:rate|at|was|of (?:the )?patients)\b|\b(?:were|are|remained) alive\b",
    re.I,
)
_PEAK: Final = re.compile(r"\b(?:peak|maxim|Tmax|Cmax)", re.I)
_PRESENT: Final = re.compile(
    r"persist|detect(?!\w* (?:cancer|disease|tumou?r))|measurable|half-li|aplasia|transgene"
    r"|\bcop(?:y|ies)\b|remain|\bstay|B[- ]cell recovery|long-lived|short-lived|engraft|declin",
    re.I,
)
_NUMBERS: Final = {
    word: str(n)
    for n, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), 1
    )
}
_NUMBER: Final = rf"(?P<n>\d{{1,2}}|{'|'.join(_NUMBERS)})"
_HORIZON: Final = re.compile(
    rf"\b{_NUMBER}-year\b(?!-old)"
    rf"|\b(?:at|after|within|over|beyond|past|for) {_NUMBER.replace('<n>', '<m>')} years\b"
    rf"|\b{_NUMBER.replace('<n>', '<k>')} years (?:after|on|later|from|out|post)\b",
    re.I,
)


def met(question: str, text: str) -> bool:
    """Whether a text holds the time, the year and the kind of lasting that a question asks for."""
    if _HOW_LONG.search(question) and not holds(("duration",), _WITHIN.sub(" ", text)):
        return False
    other = _ENDPOINT.search(text) or _PEAK.search(text)
    if _PERSIST.search(question) and other and not _PRESENT.search(text):
        return False
    return _horizons(question) <= _years(text)


def _horizons(question: str) -> frozenset[str]:
    """The years after treatment at which something is asked for."""
    named = (m["n"] or m["m"] or m["k"] for m in _HORIZON.finditer(question))
    return frozenset(_NUMBERS.get(name.lower(), name) for name in named)


def _years(text: str) -> frozenset[str]:
    """All numbers of years in a text."""
    found = re.findall(rf"\b(\d{{1,2}}|{'|'.join(_NUMBERS)})(?:\.\d+)?[- ]years?\b", text, re.I)
    return frozenset(_NUMBERS.get(name.lower(), name) for name in found)
