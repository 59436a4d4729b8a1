"""The what-if that fits an answer: a design lever named in the question becomes a command to run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from assistant.evidence import WhatIfHelp

_CULTURE: Final = "cultur|manufactur|expan|medium|ex vivo"
_LEVERS: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern, re.I), words)
    for pattern, words in (
        (r"\baffinit", "lower scFv affinity tenfold in a {base} CAR"),
        (r"\bantigen densit|low[- ]antigen|molecules per", "{base} CAR at tenfold lower antigen density"),
        (r"\brest\b|\brested|dasatinib|\bpause", "{base} CAR with and without a four-day rest every week"),
        (r"\bc-?jun\b", "{base} CAR with and without c-Jun"),
        (r"\btet2\b", "{base} CAR with and without TET2 loss"),
        (r"\bdnmt3a\b", "{base} CAR with and without DNMT3A loss"),
        (r"\bpd-?1\b|checkpoint block", "{base} CAR with and without PD-1 blockade"),
        # Not for IL-15 in the culture medium: the lever is a cell that makes its own.
        (rf"^(?!.*(?:{_CULTURE})).*\bil-?15\b", "{base} CAR with and without IL-15"),
        (r"\btert\b|telomerase", "{base} CAR with and without TERT"),
        (rf"^(?!.*(?:{_CULTURE})).*\bil-?7\b", "{base} CAR with and without IL-7"),
        (r"\bp38\b", "{base} CAR with and without p38 inhibitor"),
        (r"\bp16\b|cdkn2a", "{base} CAR with and without p16 loss"),
        (r"133p53|p53 isoform", "{base} CAR with and without D133p53"),
        (r"\bfoxo1\b", "{base} CAR with and without FOXO1 overexpression"),
        (r"\bfoxo3\b", "4-1BB CAR with and without FOXO3 loss"),
        (r"\bsuv39h1\b", "{base} CAR with and without SUV39H1 loss"),
        (r"\brasa2\b", "{base} CAR with and without RASA2 loss"),
        (r"\bnr4a", "{base} CAR with and without NR4A loss"),
        (r"\btox2?\b", "{base} CAR with and without TOX loss"),
        (r"\bymfm\b|\bymnm\b", "CD28 CAR with and without YMFM"),
        (r"\b1xx\b|\bitams?\b", "1XX vs CD28"),
        (r"\btrac\b", "{base} CAR with and without TRAC knock-in"),
        (r"decitabine", "{base} CAR with and without decitabine"),
        (r"tonic", "{base} CAR with and without tonic signalling"),
        (r"\birradiat|myc (?:over)?activation", "{base} CAR with and without irradiation"),
        (r"lymphodeplet", "{base} CAR with no lymphodepletion"),
        (
            r"(?:second|repeat(?:ed)?) (?:infusion|dose)|reinfus",
            "{base} CAR with and without a second infusion",
        ),
        (r"(?:older|aged|elderly) (?:donor|patient)|donor age", "{base} CAR with cells of an older donor"),
        (r"hinge|transmembrane", "4-1BB CAR with and without CD28 hinge"),
        (
            r"senolytic|dasatinib plus quercetin|fisetin|navitoclax",
            "{base} CAR with and without a senolytic pulse",
        ),
        (
            r"culture (?:length|time)|short(?:er|ened|ening)? (?:ex vivo )?culture|days? of culture",
            "{base} CAR with and without short culture",
        ),
        (r"\btumou?r burden|high burden", "{base} CAR at tenfold higher tumour burden"),
        (r"\bdose\b", "{base} CAR at tenfold lower dose"),
    )
)
_BBZ: Final = re.compile(r"4-?1bb|41bb|bb[zζ]|cd137|tnfrsf9|tisa|kymriah|ctl019", re.I)
_28Z: Final = re.compile(r"cd28|28[zζ]|axi-?cel|yescarta", re.I)


def whatif_in(question: str) -> str:
    """The `senescope whatif` command for a question that reads whole as a what-if too, or ""."""
    from assistant.kinetics.routing import route

    fitting = " ".join(route(question).fitting.replace('"', "").split())
    return f'senescope whatif "{fitting}"' if fitting else ""


def help_for(question: str) -> WhatIfHelp | None:
    """What of a what-if was not understood, with examples that run; None for words that ask for none."""
    from assistant.kinetics.guidance import guidance
    from assistant.kinetics.routing import wants_whatif

    return guidance(question) if wants_whatif(question) else None


def unread(question: str) -> str:
    """A note beside an answer from the papers to a what-if that the model does not understand, or ""."""
    from assistant.kinetics.routing import route

    found = help_for(question) if route(question).unread else None
    return f"as a what-if nothing was run, answered from the literature: {found.reason}" if found else ""


def help_text(found: WhatIfHelp) -> str:
    """The same as a paragraph of Markdown."""
    from assistant.kinetics.guidance import CHANGES

    shown = "; ".join(f'`senescope whatif "{example}"`' for example in found.examples)
    return (
        f"**As a what-if nothing was run.** {found.reason} What can be changed: {CHANGES}."
        f" For example: {shown}"
    )


def whatif_for(question: str) -> str:
    """A `senescope whatif` command for what the question says or for the lever that it names, or ""."""
    fitting = whatif_in(question)
    if fitting:
        return fitting
    bbz, cd28 = _BBZ.search(question) is not None, _28Z.search(question) is not None
    base = "CD28" if cd28 and not bbz else "4-1BB"
    for pattern, words in _LEVERS:
        if pattern.search(question):
            return f'senescope whatif "{words.format(base=base)}"'
    return "senescope whatif --design bbz --vs 28z" if bbz and cd28 else ""
