"""What a question turns on beside its subject: who survives, a definition, a contrast, an outcome.

A finding may hold every word of a question and miss its point: the cells lived longer, and the mice were
asked about. Each demand is read by regular expressions and gives 1 when the finding meets it or the question
does not make it.
"""

from __future__ import annotations

import re
from typing import Final

_HOSTS: Final = r"(?:mice|mouse|animals?|patients?|people|children|adults|recipients|women|men)"
_LIVING: Final = r"(?:liv(?:e|es|ed|ing)\b(?! cells)|surviv\w+|die[sd]?\b|dying|deaths?\b|alive\b|mortality)"
_ASKS_HOST: Final = re.compile(
    r"^(?:and |but )?(?:do|does|did|can|could|will|would|have|has|are|were)"
    r" (?:the |more |older |\w+[- ]){0,3}?"
    rf"{_HOSTS}\b[^?]*\b{_LIVING}"
    rf"|\bhow long (?:do|did|does) (?:the )?(?:\w+ )?{_HOSTS}\b[^?]*\bliv"
    rf"|\b(?:survival|deaths?|mortality) (?:of|in|among) (?:the )?(?:[\w-]+ ){{0,3}}{_HOSTS}\b"
    rf"|\b{_HOSTS} (?:\w+ )?(?:survival\b|liv(?:e|ed)\b|alive|died?\b)",
    re.I,
)
"""Questions on the survival of the host, not of the cells that it was given."""
_TELLS_HOST: Final = re.compile(
    rf"\b{_HOSTS}\b[^.;,]{{0,80}}\b{_LIVING}"
    rf"|\b{_LIVING} (?:of|in|among) (?:the )?(?:[\w-]+ ){{0,3}}{_HOSTS}\b"
    r"|\b(?:overall|median|event-free|progression-free|animal) survival"
    r"|\b(?:prolong|extend|lengthen|improv|shorten|better|longer|increas|rais|cut)\w* (?:[\w-]+ ){0,3}"
    r"survival"
    r"|\bsurvival (?:was|rose|fell|gain|benefit)",
    re.I,
)
_DEFINES: Final = re.compile(
    r"\b(?:is|are) (?:\w+ )?(?:defined|described|understood|read|known) (?:as|by)\b|\bdefin(?:es?|ition)\b"
    r"|\bmeans\b|\b(?:is|are) (?:a|an|the) \w+|\blisted with\b",
    re.I,
)
_CONTRASTS: Final = re.compile(
    r"\b(?:than|versus|vs\.?|whereas|while|unlike|compared (?:with|to)|opposite|the reverse of|in contrast"
    r"|but(?: not)?|against|differ\w*|only|both|neither|equal\w*|similar\w*|the same|better|nor|over|beat)\b",
    re.I,
)
_SECOND_HAND: Final = re.compile(
    r"\b(?:introduction|background|recalled|as credited|as cited|are cited|cited in|press (?:text|reports?)"
    r"|news coverage|starting point|earlier work|news-and-views|journal highlight|meeting abstract)\b",
    re.I,
)
_SET_UP: Final = re.compile(
    r"\b(?:was|were) (?:\w+ )?(?:sampled|tested for|compared in|offered to|measured by|compared with)\b"
    r"|\bcould be tested\b|\bnot visible in\b",
    re.I,
)

_DOMAINS: Final = (
    ("4-1BB", re.compile(r"4-?1BB|BB[zζ]|CD137|\b19-?BB\b", re.I)),
    ("CD28", re.compile(r"CD28|28[zζ]", re.I)),
)
_ON_THE_CELL: Final = re.compile(
    r"\b(?:less|more|loss of|los(?:e|es|t|ing)|lack of|absence of|anti-CD3/|anti-|CD27,?(?: and |/| then )"
    r"|natural|native|endogenous|cell's own|activation|not) ?CD28\b"
    r"|\bCD28(?:(?:high|low|null)?[+-](?![A-Za-z])|[- ](?:positive|negative|null)|-FYB| and CD27| or CCR7"
    r"| expression)|\bCD8\+CD28-CD27-|\bCD27-CD28-|\b4-?1BB(?:\+(?! CAR)|[- ]positive)",
    re.I,
)
"""CD28 and 4-1BB as receptors that a T cell carries, not as the domain of a CAR."""


_OVERALL: Final = (
    r"\boverall survival|-year survival|\balive\b|\bdied?\b|\bdeaths?\b|\bmortality|\blived\b|\bOS\b"
)
_ENDPOINTS: Final = tuple(
    (re.compile(asked, re.I), re.compile(told, re.I))
    for asked, told in (
        (
            r"\boverall survival|\b(?:patients|children|people|adults)\b[^?,;]*"
            r"\b(?:alive|liv(?:e|ed) longer|surviv\w+ longer)"
            r"|\b(?:were|was|are) (?:still )?alive\b|\balive (?:at|after)",
            _OVERALL,
        ),
        (r"\bevent-free survival|\bEFS\b", r"event-free|\bEFS\b"),
        (r"\bprogression-free survival|\bPFS\b", r"progression-free|\bPFS\b"),
        (r"\brelapse-free survival|\bRFS\b", r"relapse-free|\bRFS\b|leukaemia-free"),
        (
            r"\bdurations? of (?:\w+ )?(?:response|remission)",
            r"durations? of (?:\w+ )?(?:response|remission)|(?:response|remission)s? lasted"
            r"|response (?:\w+ )?duration",
        ),
    )
)
_PEOPLE: Final = re.compile(
    r"\b(?:in|among) (?:the |[\w-]+ ){0,2}(?:patients|people|humans|women|men)\b"
    r"|\bin (?:CAR[- ]?T|the) cells of patients\b|\bgiven (?:[\w-]+ ){0,5}to (?:\w+ )?patients\b"
    r"|\b(?:help|benefit|harm|hurt|cure|save|protect|spare)s? (?:[\w-]+ ){0,2}(?:patients|people)\b",
    re.I,
)
_AGED: Final = re.compile(
    r"\b(?:over|above|older than|aged|under|below|younger than) (?:the age of )?(?P<n>\d\d)\b"
    r"(?! ?(?:%|days|weeks|months|million|-))|\b(?P<m>\d\d)(?: years)? (?:or|and) (?:older|over|above)",
    re.I,
)


_COSTIMULUS: Final = re.compile(r"\b(?!4-?1BB|CD28|CD137|TNFRSF9)([A-Z][\w/-]*\d\w*|ICOS) costimulat", re.I)
"""A costimulatory molecule other than the two common ones, which `domains` reads."""


_LEVEL: Final = re.compile(
    r"\b(?P<one>p(?:16|21|27|38|53)) (?:levels?|values?|expression)\b"
    r"|\b(?:levels?|values?|expression) of (?P<of>p(?:16|21|27|38|53))\b",
    re.I,
)


def endpoints_met(question: str, text: str) -> bool:
    """Whether a text tells one of the endpoints that a question names; true when it names none."""
    asked = [told for wanted, told in _ENDPOINTS if wanted.search(question)]
    return not asked or any(told.search(text) for told in asked)


def asks_people(question: str) -> bool:
    """Whether a question wants data from people."""
    return _PEOPLE.search(question) is not None


def ages_met(question: str, text: str) -> bool:
    """Whether a text names the age limit that a question names; true when it names none."""
    ages = {m["n"] or m["m"] for m in _AGED.finditer(question)}
    return all(re.search(rf"\b{age}\b", text) for age in ages)


_DISEASES: Final = (
    ("lymphoma", re.compile(r"lymphoma|\bLBCL|\bDLBCL|\bNHL\b", re.I)),
    ("myeloma", re.compile(r"myeloma|\bMM\b|BCMA|CARTITUDE|KarMMa")),
    ("acute leukaemia", re.compile(r"\bB-ALL\b|\b(?<!-)ALL\b|acute lymph|NALM6")),
    ("chronic leukaemia", re.compile(r"\bCLL\b|chronic lymph")),
    ("neuroblastoma", re.compile(r"neuroblastoma", re.I)),
    ("glioma", re.compile(r"gliom|glioblastoma", re.I)),
)
"""Families of disease: what a treatment did in one of them is no answer on another."""
_OTHER_CELLS: Final = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"fibroblasts?",
        r"\bmacrophages?",
        r"\bneutrophils?",
        r"\bNK[- ]cells?|\bCAR[- ]?NK\b|natural[- ]killer cells?",
        r"\bNKT\b",
        r"\bmonocytes?",
        r"\bdendritic cells?",
        r"\bmesenchymal",
        r"\bstem cells\b|\bHSCs?\b",
        r"\biPSC|pluripotent",
        r"gamma[- ]?delta|γδ",
        r"\bTILs?\b|tumou?r[- ]infiltrating",
        r"\bendothelial|\bepithelial cells?",
        r"\b(?:CAR[- ])?T?[- ]?regs?\b|regulatory T",
        r"\bneurons?\b|\bastrocytes?|\bhepatocytes?|\bplatelets?|\beosinophils?|\bkeratinocytes?",
    )
)
"""Cells other than the T cells that this corpus is about: what T cells did is no answer on them."""


def disease_met(question: str, text: str) -> bool:
    """Whether a text is on the disease of the question; true when one of them names none."""
    asked = {name for name, pattern in _DISEASES if pattern.search(question)}
    told = {name for name, pattern in _DISEASES if pattern.search(text)}
    return not asked or not told or bool(asked & told)


def cells_met(question: str, text: str) -> bool:
    """Whether a text speaks of the cells that the question names beside T cells; true when it names none."""
    return all(pattern.search(text) for pattern in _OTHER_CELLS if pattern.search(question))


def costimulus_met(question: str, text: str) -> bool:
    """Whether a text has the costimulatory molecule of a question as such, not as a mark of a cell."""
    names = (m[1] for m in _COSTIMULUS.finditer(question))
    return all(
        re.search(rf"{re.escape(n)}\W[^.;]{{0,24}}(?:costim|domain|CAR|signal)", text, re.I) for n in names
    )


def level_met(question: str, text: str) -> bool:
    """Whether a text names the molecule whose level a question asks for: p53 is no answer on p21."""
    names = (m["one"] or m["of"] for m in _LEVEL.finditer(question))
    return all(re.search(rf"(?<![\w-]){re.escape(name)}(?!\d)", text, re.I) for name in names)


def domains(text: str) -> frozenset[str]:
    """The two common costimulatory domains that a text names as such."""
    read = as_domain(text)
    return frozenset(name for name, pattern in _DOMAINS if pattern.search(read))


def as_domain(text: str) -> str:
    """A text without the costimulatory receptors that it names as markers of a cell."""
    return _ON_THE_CELL.sub(" ", text)


def asks_host_survival(question: str) -> bool:
    """Whether the question is on how long mice or patients live, not the cells."""
    return _ASKS_HOST.search(question) is not None


def tells_host_survival(text: str) -> bool:
    """Whether a text says how long mice or patients lived."""
    return _TELLS_HOST.search(text) is not None


def defines(text: str) -> bool:
    """Whether a text says what something is."""
    return _DEFINES.search(text) is not None


def contrasts(text: str) -> bool:
    """Whether a text sets one thing against another."""
    return _CONTRASTS.search(text) is not None


def own_result(text: str) -> float:
    """1 for what a paper found itself, 0.5 for what it takes from others, 0 for what it set out to do."""
    if _SET_UP.search(text):
        return 0.0
    return 0.5 if _SECOND_HAND.search(text) else 1.0
