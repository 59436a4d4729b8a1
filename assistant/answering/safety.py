"""Questions on safety, and findings that speak of harm or of its absence.

That something works is no answer to whether it is safe, and a reader who is told the benefit takes it for
one. What counts as speaking of harm is a list of words, so that a reader can see why a text was passed over.
"""

from __future__ import annotations

import re
from typing import Final

_ASKS: Final = re.compile(
    r"\b(?:un)?safe(?:r|ly|ty)?\b(?![- ]switch)|(?<![-\w])toxic(?:it(?:y|ies))?\b|\bside[- ]effects?\b"
    r"|\badverse\b|\bhazard(?:s|ous)?\b(?! ratio)|\bdanger(?:s|ous)?\b|\brisky\b|\b(?:any|what"
    r"|which) harms?\b"
    r"|\bharms of\b|\btolerated\b|\b(?:tumou?ri|onco|carcino|leuka?emo)gen(?:ic|icity)\b"
    r"|\b(?:becom|turn|go|grow)\w* (?:\w+ )?(?:malignant|cancerous|leuka?emic)\b"
    r"|\b(?:malignan\w+|oncogenic) transform\w*|\b(?:CARs?|CAR[- ]?T|T|the) (?:cells? )?transform\b"
    r"|\b(?:cause|causes|causing|lead to|leads to|give|gives|trigger|triggers) (?:\w+ ){0,2}?"
    r"(?:leuka?emia|lymphoma|cancers?|tumou?rs|malignanc\w+|bleeding|colitis|infections?)\b"
    r"|\bGvHD\b|\bgraft[- ]versus[- ]host\b"
    r"|(?<!high-)(?<!low-)\brisks?\b(?! (?:factor|group|score|cytogen|of (?:relapse|progress|non|fail"
    r"|loss|losing)))",
    re.I,
)
_TELLS: Final = re.compile(
    r"\b(?:un)?safe(?:ly|ty)?\b(?![- ]switch)|(?<!cyto)\b(?:neuro)?toxic(?:it(?:y|ies))?\b|\bneurologic\w*"
    r"|\bside[- ]effects?\b|\badverse\b|\bdanger\w*|\bharm(?:s|ed|ful)?\b|\btolerated\b|\btissue damage\b"
    r"|\bCRS\b|\bcytokine[- ]release\b|\bICANS\b|\b(?:neutro|cyto|thrombocyto)penia\b|\binfections?\b"
    r"|\b(?:second(?:ary)?|new) (?:primary )?(?:malignanc|cancer|T-cell malignanc)\w*|\bmyeloid neoplasm"
    r"|\blethal\b|\bfatal\b|\b(?:non-relapse|treatment-related) (?:mortality|deaths?)\b|\bdeaths? related\b"
    r"|\boff-target\b|\btransform(?:ed|ation)\b|\bautonomous growth\b|\bantigen-independent\b"
    r"[^.;]{0,30}\b(?:expansion|growth|proliferation)\b|\btissue infiltration\b|\b(?:uncontrolled"
    r"|unchecked)\b"
    r"|\bgraft-versus-host\b|\b(?:clonal|autonomous) (?:expansion|growth|outgrowth)\b|\bbleeding\b"
    r"|\bmalignant transform\w*|\bGVHD\b|\bweight loss\b|\bimmortali[sz]\w+",
    re.I,
)
_GROWTH_ASKED: Final = re.compile(
    r"\b(?:tumou?ri|onco|carcino|leuka?emo)gen\w+"
    r"|\b(?:becom|turn|go|grow)\w* (?:\w+ )?(?:malignant|cancerous|leuka?emic)\b"
    r"|\btransform\b|\b(?:malignan\w+|oncogenic) transform"
    r"|\b(?:cause\w*|lead to|give) (?:\w+ ){0,2}?(?:leuka?emia|lymphoma|cancers?|tumou?rs|malignanc\w+)\b",
    re.I,
)
_GROWTH_TOLD: Final = re.compile(
    r"transform(?:ed|ation)\b|\bmalignanc|\bneoplasm|\b(?:autonomous|clonal|antigen-independent)\b"
    r"|\b(?:uncontrolled|unchecked)\b|\bimmortali[sz]|\btissue infiltration\b|\btumou?rigenic|\boncogenic",
    re.I,
)
_NAMED: Final = tuple(
    re.compile(pattern, re.I)
    for pattern in (r"\bbleed", r"\bcolitis\b", r"\bgraft[- ]versus[- ]host\b|\bGvHD\b")
)
"""Harms that are met by themselves alone; other words for harm stand for each other."""


def asks(question: str) -> bool:
    """Whether a question is on safety."""
    return _ASKS.search(question) is not None


def tells(text: str) -> bool:
    """Whether a text speaks of harm to a patient or an animal, or says that there was none."""
    return _TELLS.search(text) is not None


def met(question: str, text: str) -> bool:
    """Whether a text may lead the answer: true for a question that is not on safety."""
    if not asks(question):
        return True
    if _GROWTH_ASKED.search(question):
        return _GROWTH_TOLD.search(text) is not None
    return tells(text) and all(n.search(text) for n in _NAMED if n.search(question))
