"""The kind of thing a question asks for, and whether a text holds one.

A finding that names every entity of "how many gray ..." and holds no dose does not answer it; nor does
one that names no kinase when a kinase is asked for. All of it is regular expressions, so that a reader
can see why a text was held to lack something.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

Asked = Literal[
    "number",
    "percent",
    "duration",
    "dose",
    "fold",
    "trial",
    "length",
    "concentration",
    "calendar",
    "hazard",
    "money",
]

_TIME: Final = r"(?:hours?|days?|weeks?|months?|years?)"
_OPENS: Final = r"(?:^|[,;:.] |\band )"
"""Where a question begins: "predict how long responses last" asks for no duration."""
_ASKED: Final[tuple[tuple[Asked, tuple[str, ...]], ...]] = (
    (
        "percent",
        (
            r"\bwhat (?:[\w-]+ )?(?:percentage|percent|proportion|fraction|share)\b",
            r"\bhow (?:often|frequent(?:ly)?|common)\b",
            r"\bwhat (?:[\w-]+ ){0,6}rates?\b(?! constant)",
            r"\bincidence\b",
        ),
    ),
    (
        "duration",
        (
            rf"{_OPENS}(?:for )?(?:roughly |about )?how (?:long|soon|late|quickly|fast"
            rf"|many (?:more )?{_TIME})\b"
            r"(?! (?:were|was|are|is) (?:the )?(?:[\w-]+ )?telomeres?)",
            rf"{_OPENS}when (?:does|do|did|is|was)\b",
            r"\b(?:what|mean|median|terminal|which) (?:[\w-]+ )*(?:doubling time|half-li(?:fe|ves))",
            r"\bon (?:which|what) days?|\bwhat day",
            rf"\b(?:how|what)\b.*\bin {_TIME}\b|\bby how many {_TIME}\b",
            r"\bhalf-lives\?$|\btmax\b|\btime to (?:the )?(?:peak|maximum)\b",
        ),
    ),
    (
        "dose",
        (
            r"\b(?:what|which) (?:[\w-]+ ){0,3}dos(?:e|es|ing)\b(?! reduction)",
            r"\bhow (?:many|much) (?:mg|milligrams?|gray|gy|grays|micrograms?)\b",
            r"\bhow many (?:(?!(?:days|weeks|months|years|patients|children)\b)[\w-]+ ){0,3}cells "
            r"(?:per|were given|should|make|made)\b",
        ),
    ),
    (
        "fold",
        (
            r"\b(?:by (?:how much|what factor)|how much|how strongly|how many times|what fold|-fold)\b",
            r"\bfold[- ](?:change|difference|increase)\b",
        ),
    ),
    ("concentration", (r"\b(?:concentration|nanomolar|micromolar|pg/ml|ng/ml|u/l|ic50|cut-?off)\b",)),
    (
        "length",
        (
            r"\b(?:base pairs?|kilobases?|telomere lengths?)",
            r"\bhow long (?:were|was|are|is) (?:the )?(?:[\w-]+ )?telomeres?",
        ),
    ),
    ("calendar", (r"\b(?:in )?(?:which|what) year\b",)),
    ("hazard", (r"\b(?:hazard|odds) ratios?\b",)),
    ("money", (r"\bhow (?:much|expensive)\b.*\bcosts?\b|\b(?:price|costs? of|dollars?|euros?)\b",)),
    (
        "number",
        (
            rf"\bhow many\b(?! (?:mg|gray|times|{_TIME}))",
            r"\bwhat (?:number|p value|value|auc|cmax|count|density|threshold)",
            r"\bwhat (?:is|was|were|are) the (?:[\w-]+ ){0,4}"
            r"(?:constants?|mean|median|auc|cmax|ratio|values?)\b",
            r"\bwhat (?:[\w-]+ )?(?:median|mean|peak|survival|p value)\b|\bfrom what to what\b",
        ),
    ),
    (
        "trial",
        (
            r"\bclinical trials?\b|\bin (?:humans|patients|people)\b|\bphase (?:[123]|i{1,3})\b",
            r"\b(?:patients|children) (?:given|treated)\b",
        ),
    ),
)  # fmt: skip
_INNER: Final = re.compile(
    r"\b(?:decid|determin|set|sets|control|affect|chang|limit|govern|influenc|depend|matter|know|tell"
    r"|regulat)\w*(?: on)?"
    r" how (?:much|long|many|often|strongly|fast|far|well)\b",
    re.I,
)
"""A clause inside a question that asks for no size: "which one decides how much CAR gets to the surface"."""
_COMPILED: Final = tuple((kind, re.compile("|".join(patterns), re.I)) for kind, patterns in _ASKED)
_NUMBER_WORD: Final = r"one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty"
_FREE_DIGIT: Final = r"(?<![A-Za-z\d-])(?!4-?1BB|(?:19-?)?28[zζ])\d"
"""A digit that is part of no name of a domain."""
_HOLDS: Final[dict[Asked, re.Pattern[str]]] = {
    "number": re.compile(rf"{_FREE_DIGIT}[\d,.]*|\b(?:{_NUMBER_WORD})\b"),
    "percent": re.compile(
        r"\d\s?%|\d+ (?:out )?of (?:the )?\d+|per ?cent|\b(?:half|third|quarter|none|all) of\b|\d+/\d+", re.I
    ),
    "duration": re.compile(
        rf"\d[\d.,]*\s?-?\s?(?:{_TIME}|h\b|d\b)|\b(?:days?|weeks?|months?|years?)[- ]\d+"
        rf"|\b(?:{_NUMBER_WORD}|several|a few|many)[- ]{_TIME}"
        r"|\bdecade|\blasting\b",
        re.I,
    ),
    "dose": re.compile(r"\d[\d.,x ^e]*\s?(?:mg|Gy|gray|cells|nM|µM|uM|/kg|million)|\d-fold lower dose", re.I),
    "fold": re.compile(rf"\b(?:{_NUMBER_WORD})-?fold|\bHR\b|\bratio|\bhalf\b|{_FREE_DIGIT}|\btwice\b", re.I),
    "length": re.compile(r"\d[\d.,]* ?(?:kb|bp|kilobase|base pair)", re.I),
    "concentration": re.compile(r"\d\s?(?:pg|ng|[uµμ]g|nM|[µμ]M|mM|U|IU)(?:/|\b)|nanomolar|micromolar"),
    "calendar": re.compile(r"\b(?:19|20)\d\d\b"),
    "hazard": re.compile(r"\b(?:HR|OR|hazard|odds)\b"),
    "money": re.compile(r"[$€£]|\b(?:USD|dollars?|euros?|cost)\b", re.I),
    "trial": re.compile(r"\bpatients?|\btrial|\bchildren|\badults|\bphase [1-3I]|\bhumans?", re.I),
}
KIND_WORDS: Final[dict[str, Asked]] = {
    **dict.fromkeys(
        ("fraction", "share", "rate", "proportion", "percentage", "percent", "incidence", "prevalence"),
        "percent",
    ),
    **dict.fromkeys(("concentration", "level", "titre"), "concentration"),
    **dict.fromkeys(("duration", "timing"), "duration"),
    **dict.fromkeys(("dose", "dosage", "dosing"), "dose"),
}
"""Words that name a kind of value: a finding that holds such a value needs no such word."""
_WORDED: Final = tuple(dict.fromkeys(KIND_WORDS.values()))
_UNITS: Final = tuple(
    (re.compile(asked, re.I), re.compile(given, re.I))
    for asked, given in (
        (r"\bhow many hours|in hours", r"\d[\d. -]*(?:hours?|h\b)"),
        (r"\bhow many days|(?:which|what) days?|in days", r"\bdays?\b"),
        (r"\bhow many weeks|in weeks|per week", r"\bweeks?\b|\bday"),
        (r"\bhow many months|in months", r"\d[\d. ]*-?months?"),
        (r"\bhow many years|in years", r"\byears?\b|decade"),
        (r"\bpg/ml", r"pg/mL"),
        (r"\bng/ml", r"ng/mL"),
        (r"\bU/L\b", r"\bI?U/L"),
        (r"\bnanomolar|\bnM\b", r"\d ?nM|nanomolar"),
        (r"\bmicromolar|[µμ]M\b", r"\d ?[uµμ]M|micromolar"),
        (r"\bmilligrams?|\bmg\b", r"\d ?mg"),
        (r"\bgr[ae]y\b|\bGy\b", r"\d ?c?Gy|\bgr[ae]y\b"),
        (r"\bkilobases?", r"\d ?kb|kilobase"),
        (r"\bbase pairs?", r"\d ?bp|base pair|kilobase"),
        (r"\bcopies\b", r"copies"),
        (r"\bdollars?|\beuros?", r"[$€]|dollar|euro"),
        (r"\b(?:which|what) year", r"\b(?:19|20)\d\d\b"),
        (r"\bamino acids?", r"amino[- ]acid|residue|\baa\b"),
        (r"\bhazard ratio", r"\bHR\b|hazard"),
        (r"\bodds ratio", r"\bOR\b|odds"),
        (r"\bIC50", r"IC50"),
        (r"\bmultiplicity of infection|\bMOI\b", r"multiplicity|MOI\b"),
        (r"\bp[- ]value", r"\bp ?[=<]"),
        (r"\brate constants?", r"rate constant|per day|/day|d-1"),
        (r"\bmedian overall survival", r"median overall survival|overall survival[^.;]{0,40}\d[\d.]* months"),
        (r"\bhalf-li(?:fe|ves)", r"half-li(?:fe|ves)"),
        (r"\bdoubling time", r"doubl"),
        (r"\bauc", r"\bauc"),
        (r"\bcmax|\bpeak (?:copies|concentration|level)", r"\bcmax|peak|maxim"),
        (r"\bcut-?off|\bthreshold", r"cut-?off|threshold|above|below|over|at least|normal"),
        (r"\b(?:remission|cr) rates?", r"remission|\bCR\b"),
        (r"\bresponse rates?", r"respon|remission"),
    )
)
"""Units and quantities that a question may name, with what a text that answers it must hold."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The kind of name that a "which ..." question asks for."""

    kinds: tuple[str, ...]
    """Kinds of glossary term that fit."""
    pattern: str = ""
    """A regular expression for names that fit; "" when the glossary kinds decide."""


_CYTOKINE: Final = (
    r"\b(?:IL-?\d+|interleukin[- ]\d+|IFN\S*|interferon\S*|TNF\S*|GM-CSF|G-CSF|MCP-1|TGF\S*|CCL\d+|CXCL\d+)"
)
_DRUG: Final = (
    r"\b\w+(?:tinib|mab|clax|lisib|limus|mycin|ciclib|formin|statin|abine|ustine|phamide|rubicin|platin)\b"
    r"|\b[A-Z]{2,}-?\d{3,}\b|\b(?:quercetin|fisetin|JQ1|NAC|N-acetyl\S* ?cysteine|metformin)\b"
    r"|\b(?:cortico)?steroids?\b"
)
_KINASE: Final = (
    r"\b(?:p38|LCK|Lck|FYN|Fyn|ZAP-?70|ATM|ATR|Akt|AKT|mTOR|PI3K\S*|ERK|JAK\d?|JNK|AMPK|CDK\d\S*|Src|SRC|DGK\S*|ITK|GSK\S*"
    r"|MAPK|MST1|\w+ kinase)\b"
)
_ENZYME: Final = r"\b\w{4,}ase\b(?: A2)?|\b[A-Z][A-Z0-9]{2,}\d[A-Z0-9]*\b"
_RESIDUE: Final = r"\b[A-Z]\d{1,4}[A-Z]\b|asparagine|phenylalanine|tyrosine|lysine|arginine|cysteine|YM\wM"
_PRODUCT: Final = r"\b\w+-cel\b|\w+leucel|CAR\d+|CART\S*|4-1BB|CD28"
_CELLS: Final = r"CD\d+\S*|memory|naive|effector|T\S*reg|stem"
_BETWEEN: Final = r"(?:(?!(?:is|are|was|were|do|does|did|of|in|to|the)\b)[\w-]+ ){0,2}"
MOLECULE: Final = r"genes?|proteins?|receptors?|knock-?outs?|regulators?|ligands?|molecules?|isoforms?"
"""Words for a molecule whose name is asked for."""
_WANTED: Final[tuple[tuple[str, Wanted], ...]] = (
    (r"kinases?", Wanted(("gene",), _KINASE)),
    (r"phosphatases?", Wanted(("gene",), r"\bSHP-?\d\b|\bPTPN\d+|\bPP2A|\bCD45\b|phosphatase")),
    (r"enzymes?", Wanted(("gene",), _ENZYME)),
    (r"cytokines?|interleukins?", Wanted(("gene", "marker"), _CYTOKINE)),
    (r"residues?", Wanted((), _RESIDUE)),
    (r"transcription factors?", Wanted(("gene",))),
    (
        r"drugs?|inhibitors?|compounds?|antibod(?:y|ies)|senolytics?|agents?|antioxidants?|vitamins?",
        Wanted(("drug",), _DRUG),
    ),
    (
        MOLECULE,
        Wanted(("gene", "marker", "domain")),
    ),
    (r"markers?|phenotypes?|assays?", Wanted(("marker", "gene", "assay", "cell"))),
    (r"products?(?! cells)|constructs?|approved", Wanted(("product", "domain"), _PRODUCT)),
    (r"domains?|costimulat\w+|tails?", Wanted(("domain",))),
    (r"subsets?|populations?|t[- ]cells", Wanted(("cell", "marker"), _CELLS)),
    (r"diseases?|cancers?", Wanted(("disease",))),
)
_WANTED_COMPILED: Final = tuple(
    (re.compile(rf"\b(?:which|what) {_BETWEEN}(?:{asked})\b", re.I), wanted) for asked, wanted in _WANTED
)
NOTHING_WANTED: Final = Wanted(())
_MOLECULAR: Final = frozenset(("gene", "domain"))
_SYMBOLS: Final = re.compile(r"\b(?:[A-Z]{3,}\d*|[A-Z][A-Za-z]+-?\d[\w/]*|[A-Z][a-z]+[A-Z]\w*)\b")
_NO_MOLECULE: Final = re.compile(
    r"(?:ANOVA|APC|AUC|BMI|CAR|CFU|CNS|DAPI|DMSO|[CM]?DNA|EDTA|ELISA|ELISPOT|EMA|FACS|FBS|FDA|GFP|HIV|HPLC|ICU|ITT|MHC|MRI"
    r"|MTT|NMR|NGS|PBMC|PBS|Q?PCR|PET|PFA|M?RNA|RNAi|ROC|RPMI|SARS|SDS|SEM|TCR|TIRF|USA|WHO)s?"
)
"""Written like a molecule and none that a question asks for: methods, cells, statistics, agencies."""


def asked_kinds(text: str) -> tuple[Asked, ...]:
    """The kinds of thing that a right answer to the question must hold."""
    outer = _INNER.sub(" ", text)
    return tuple(kind for kind, pattern in _COMPILED if pattern.search(outer))


def wanted_names(text: str) -> Wanted:
    """The kind of name that the question asks for, or NOTHING_WANTED."""
    return next((wanted for pattern, wanted in _WANTED_COMPILED if pattern.search(text)), NOTHING_WANTED)


def holds_symbol(wanted: Wanted, question: str, text: str) -> bool:
    """Whether a molecule is wanted and `text` holds what is written like one and not in the question."""
    if not _MOLECULAR.intersection(wanted.kinds):
        return False
    given = question.lower()
    found = (m.group() for m in _SYMBOLS.finditer(text))
    return any(not _NO_MOLECULE.fullmatch(name) and name.lower() not in given for name in found)


def holds(asked: tuple[Asked, ...], text: str) -> float:
    """The share of the asked kinds that `text` holds, 0..1; 1 when nothing in particular is asked."""
    if not asked:
        return 1.0
    return sum(1 for kind in asked if _HOLDS[kind].search(text)) / len(asked)


def kinds_held(text: str) -> frozenset[str]:
    """A token for each kind of value that a text holds; see `KIND_WORDS`."""
    return frozenset(f"#{kind}" for kind in _WORDED if _HOLDS[kind].search(text))


def unit_fit(question: str, text: str) -> float:
    """The share of the units and quantities named by the question that `text` holds; 1 when it names none."""
    named = _named_units(question)
    return sum(1 for given in named if given.search(text)) / len(named) if named else 1.0


@lru_cache(maxsize=64)
def _named_units(question: str) -> tuple[re.Pattern[str], ...]:
    return tuple(given for asked, given in _UNITS if asked.search(question))


def new_names(wanted: Wanted, question: str, text: str) -> bool:
    """Whether `text` holds a name of the wanted pattern that is not in the question."""
    if not wanted.pattern:
        return False
    given = question.lower()
    flags = 0 if wanted.pattern in (_KINASE, _DRUG) else re.I
    return any(m.group().lower() not in given for m in re.finditer(wanted.pattern, text, flags))
