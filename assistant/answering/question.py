"""What a question asks for: its shape, the kind of thing wanted, the systems and sides it names.

Everything here is words and regular expressions, so that the same question is always understood the
same way and a reader can see why. The kind of thing wanted matters most: a finding that names every
entity of "how many gray ..." and holds no dose does not answer it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from assistant.errors import InputError

Shape = Literal["direct", "comparative", "numeric", "yes-no", "definition", "list", "evidence", "why"]
Asked = Literal[
    "number", "percent", "duration", "dose", "fold", "trial", "length", "concentration", "calendar", "hazard", "money"
]

MAX_QUESTION = 2000
"""Characters; the longest development question has 190. Longer text is a paste, not a question."""

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-_])")
_YES_NO = re.compile(r"^(?:and |but |so )?(?:do|does|did|is|are|was|were|can|could|has|have|had|will|would|should)\b", re.I)
_YES_NO_LATE = re.compile(r"[,.:;] (?:do|does|did|is|are|was|were|can|has|have)\b[^?]*\?", re.I)
_COMPARATIVE = re.compile(
    r"\b(?:versus|vs\.?|compared? (?:with|to)|compare|differ(?:s|ent|ence|ences)?|rather than|instead of|than|same way"
    r"|both|unlike|contrast|agree|disagree|or)\b",
    re.I,
)
_WHY = re.compile(r"\b(?:why|what explains|how come|what (?:drives|causes)|mechanism|through (?:what|which))\b", re.I)
_EVIDENCE = re.compile(r"\b(?:what|which|any|is there|show me the) (?:\w+ )?(?:evidence|data|studies|support)\b", re.I)
_DEFINITION = re.compile(r"^(?:what (?:is|are|does)|define|explain)\b(?! the (?:\w+ )*(?:of|in|that|for)\b)", re.I)
_LIST = re.compile(r"^(?:which|what|list|name)\b.*\b(?:markers|genes|ways|features|products|strategies|factors|drugs|trials)\b", re.I)
_ASKED: tuple[tuple[Asked, re.Pattern[str]], ...] = (
    (
        "percent",
        re.compile(
            r"\bwhat (?:\w+ )?(?:percentage|percent|proportion|fraction|share)\b|\bhow (?:often|frequent(?:ly)?|common)\b"
            r"|\bwhat (?:[\w-]+ ){0,5}rates?\b(?! constant)|\bincidence\b",
            re.I,
        ),
    ),
    (
        "duration",
        re.compile(
            r"\bhow (?:long|soon|late|quickly|fast|many (?:\w+ )?(?:days?|weeks?|months?|years?|hours?))\b"
            r"(?! (?:were|was|are|is) (?:the )?(?:mean )?telomere)(?! does it take to read)"
            r"|^(?:.*[:,] )?when (?:does|do|did|is|was)\b|\b(?:doubling time|half-li(?:fe|ves)|on which days?|what day|in (?:days|months|weeks|years)\b)",
            re.I,
        ),
    ),
    (
        "dose",
        re.compile(
            r"\b(?:what|which) (?:[\w-]+ ){0,3}dos(?:e|es|ing)\b|\bhow (?:many|much) (?:mg|milligrams?|gray|gy|grays|micrograms?)\b"
            r"|\bhow many (?:[\w-]+ ){0,3}cells\b",
            re.I,
        ),
    ),
    ("fold", re.compile(r"\b(?:by (?:how much|what factor)|how much|how strongly|how many times|what fold|-fold)\b", re.I)),
    ("concentration", re.compile(r"\b(?:concentration|nanomolar|micromolar|pg/ml|ng/ml|u/l|ic50|cut-?off|level in)\b", re.I)),
    ("length", re.compile(r"\b(?:base pairs?|kilobases?|kb\b|telomere lengths?|how long (?:were|was|are|is) (?:the )?(?:\w+ )?telomeres?)", re.I)),
    ("calendar", re.compile(r"\b(?:in )?(?:which|what) year\b|\bapproved? (?:by|in)\b.*\bwhen\b", re.I)),
    ("hazard", re.compile(r"\b(?:hazard|odds) ratios?\b", re.I)),
    ("money", re.compile(r"\b(?:cost|price|dollars?|euros?)\b", re.I)),
    (
        "number",
        re.compile(
            r"\bhow many\b(?! (?:mg|gray|times|days|weeks|months|years|hours))|\bwhat (?:number|value|level|auc|cmax|count|density|threshold)"
            r"|\bwhat (?:is|was|were|are) the (?:[\w-]+ ){0,4}(?:constants?|mean|median|auc|cmax|ratio)\b|\bwhat (?:median|mean|peak)\b",
            re.I,
        ),
    ),
    ("trial", re.compile(r"\b(?:clinical trials?|in (?:humans|patients|children|adults|people)|patients (?:given|treated|who)|phase (?:1|2|3|i|ii|iii))\b", re.I)),
)
_SYSTEMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("patients", re.compile(r"\b(?:patients?|clinical(?:ly)?|humans?|children|adults|trials?|clinic)\b", re.I)),
    ("mouse", re.compile(r"\b(?:mice|mouse|murine|xenografts?|in vivo)\b", re.I)),
    ("in-vitro", re.compile(r"\b(?:in vitro|culture|cultured|dish)\b", re.I)),
    ("computation", re.compile(r"\b(?:models?|simulat\w+|equations?|fitted)\b", re.I)),
)
_WANTED: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...] = (
    (("drug",), re.compile(r"\b(?:which|what) (?:[\w-]+ ){0,2}(?:drugs?|inhibitors?|compounds?|antibod(?:y|ies)|senolytics?|agents?)\b", re.I)),
    (("gene", "marker", "domain"), re.compile(r"\b(?:which|what) (?:[\w-]+ ){0,2}(?:genes?|transcription factors?|kinases?|proteins?|receptors?|knock-?outs?|enzymes?|regulators?|phosphatases?)\b", re.I)),
    (("marker", "gene", "assay"), re.compile(r"\b(?:which|what) (?:[\w-]+ ){0,2}(?:markers?|phenotypes?|assays?|checkpoint receptors?)\b", re.I)),
    (("product",), re.compile(r"\b(?:which|what) (?:[\w-]+ ){0,2}(?:products?|constructs?|approved)\b", re.I)),
    (("domain",), re.compile(r"\b(?:which|what) (?:[\w-]+ ){0,2}(?:domains?|costimulat\w+)\b", re.I)),
    (("cell",), re.compile(r"\b(?:which|what) (?:[\w-]+ ){0,3}(?:subsets?|cells|populations?)\b", re.I)),
    (("disease",), re.compile(r"\b(?:which|what) (?:[\w-]+ ){0,2}(?:diseases?|tumou?rs?|cancers?|leuk\w+|lymphomas?)\b", re.I)),
)
_CAR = re.compile(r"\bcars?\b|\bcar[- ]?t\b|cart\w*|chimeric|\w+-cel\b|\b(?:19)?28z|bb[zζ]|28ζ|kymriah|yescarta|infus\w+ product", re.I)
_AGAINST = re.compile(r"\b(?:senolytic|upar|against senescent|clear(?:s|ed|ing)? senescent|target(?:s|ed|ing)? senescent|kill\w* senescent)\b", re.I)


@dataclass(frozen=True, slots=True)
class Question:
    """A cleaned question and what it asks for."""

    text: str
    shape: Shape
    asked: tuple[Asked, ...]
    """Kinds of thing that a right answer must hold; empty when any statement may answer."""
    systems: tuple[str, ...]
    """Model systems the question names."""
    wanted: tuple[str, ...]
    """Kinds of glossary term that a "which ..." question wants named."""
    about_cars: bool
    """Whether it is about cells with a CAR, not about T cells at large."""
    against_senescent_cells: bool
    """Whether it is about CAR-T cells used against senescent cells, not about their own senescence."""
    notes: tuple[str, ...] = ()


def understand(raw: str) -> Question:
    """Clean and classify a question.

    Raises:
        InputError: nothing is left of it, or it is longer than MAX_QUESTION characters.
    """
    text, notes = clean(raw)
    return Question(
        text=text,
        shape=shape(text),
        asked=tuple(kind for kind, pattern in _ASKED if pattern.search(text)),
        systems=tuple(system for system, pattern in _SYSTEMS if pattern.search(text)),
        wanted=next((kinds for kinds, pattern in _WANTED if pattern.search(text)), ()),
        about_cars=speaks_of_cars(text),
        against_senescent_cells=_AGAINST.search(text) is not None,
        notes=notes,
    )


def clean(raw: str) -> tuple[str, tuple[str, ...]]:
    """The question without terminal escapes, control characters and doubled blanks, and what was removed."""
    if len(raw) > MAX_QUESTION:
        raise InputError(
            f"The question has {len(raw):,} characters; at most {MAX_QUESTION:,} are read.",
            hint="Ask one thing at a time; to add a text as evidence, use `senescope ingest FILE`.",
        )
    bare = _ESCAPES.sub("", raw)
    kept = "".join(c if c in "\t\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co") else "" for c in bare)
    text = " ".join(kept.split())
    if not re.search(r"\w", text):
        raise InputError("The question is empty.", hint='Ask in words, such as: senescope ask "Does rest reverse senescence?"')
    removed = len(raw) - len(kept)
    notes = (f"{removed} control characters were removed from the question",) if removed else ()
    return text, notes


def shape(text: str) -> Shape:
    """The form an answer should take; the first that fits."""
    if _EVIDENCE.search(text):
        return "evidence"
    if any(pattern.search(text) for kind, pattern in _ASKED if kind not in ("trial",)):
        return "numeric"
    if _WHY.search(text):
        return "why"
    if _YES_NO.match(text) or _YES_NO_LATE.search(text):
        return "yes-no"
    if _COMPARATIVE.search(text):
        return "comparative"
    if _LIST.match(text):
        return "list"
    if _DEFINITION.match(text):
        return "definition"
    return "direct"


_HOLDS: dict[Asked, re.Pattern[str]] = {
    "number": re.compile(r"(?<![A-Za-z-])\d[\d,.]*(?:e\d+)?"),
    "percent": re.compile(r"\d\s?%|\d+ of \d+|per ?cent|\b(?:half|third|quarter|none|all) of\b|\d+/\d+", re.I),
    "duration": re.compile(r"\d[\d.,]*\s?-?\s?(?:days?|weeks?|months?|years?|hours?|h\b|d\b)|\bday[- ]\d+|\b(?:one|two|three|four|five|six|ten) (?:days?|weeks?|months?|years?)", re.I),
    "dose": re.compile(r"\d[\d.,x ^e]*\s?(?:mg|Gy|gray|cells|nM|µM|uM|/kg|million)|\d-fold lower dose|\bdose", re.I),
    "fold": re.compile(r"\d[\d.,]*[- ]?(?:fold|times|%)|\b(?:two|three|four|five|six|seven|eight|ten|twenty)-?fold|\bHR\b|\bratio|\bhalf\b|\d", re.I),
    "length": re.compile(r"\d[\d.]* ?(?:kb|bp|kilobase)", re.I),
    "concentration": re.compile(r"\d\s?(?:pg|ng|[uµμ]g|nM|[µμ]M|mM|U|IU)(?:/|\b)|nanomolar|micromolar"),
    "calendar": re.compile(r"\b(?:19|20)\d\d\b"),
    "hazard": re.compile(r"\b(?:HR|OR|hazard|odds)\b"),
    "money": re.compile(r"[$€£]|\b(?:USD|dollars?|euros?|cost)\b", re.I),
    "trial": re.compile(r"\bpatients?|\btrial|\bchildren|\bphase [1-3I]|\bhumans?", re.I),
}


def speaks_of_cars(text: str) -> bool:
    """Whether a text names CAR-T cells, a CAR product or a CAR design."""
    return _CAR.search(text) is not None


def holds(asked: tuple[Asked, ...], text: str) -> float:
    """The share of the asked kinds that `text` holds, 0..1; 1 when nothing in particular is asked."""
    if not asked:
        return 1.0
    return sum(1 for kind in asked if _HOLDS[kind].search(text)) / len(asked)
