"""The what-if that fits an answer: a design lever named in the question becomes a command to run."""

from __future__ import annotations

import re
from typing import Final

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
        (r"\bp38\b", "{base} CAR with and without p38 inhibitor"),
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


def whatif_for(question: str) -> str:
    """A `senescope whatif` command for the lever that the question names, or "" when it names none."""
    bbz, cd28 = _BBZ.search(question) is not None, _28Z.search(question) is not None
    base = "CD28" if cd28 and not bbz else "4-1BB"
    for pattern, words in _LEVERS:
        if pattern.search(question):
            return f'senescope whatif "{words.format(base=base)}"'
    return "senescope whatif --design bbz --vs 28z" if bbz and cd28 else ""
