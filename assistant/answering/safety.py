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
    r"|\bharms of\b|\btolerated\b"
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
    r"|\bgraft-versus-host\b|\bGVHD\b|\bweight loss\b|\bimmortali[sz]\w+",
    re.I,
)


def asks(question: str) -> bool:
    """Whether a question is on safety."""
    return _ASKS.search(question) is not None


def tells(text: str) -> bool:
    """Whether a text speaks of harm to a patient or an animal, or says that there was none."""
    return _TELLS.search(text) is not None


def met(question: str, text: str) -> bool:
    """Whether a text may lead the answer: true for a question that is not on safety."""
    return not asks(question) or tells(text)
