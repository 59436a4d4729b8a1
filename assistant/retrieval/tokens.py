"""Text as both sides of lexical search see it: folded, split, stemmed.

Questions and passages go through the same functions, so that "TGF-β", "TGFβ" and "tgf-beta" meet.
Greek letters become their names, superscripts plain digits and accents plain letters. A compound
such as "IL-15" or "4-1BB" counts as its parts and as the joined form ("il15", "41bb"): the parts find
loose spellings, and the joined form, being rare, lifts the exact one.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Final, Protocol

_GREEK: Final = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta",
    "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi",
    "π": "pi", "ρ": "rho", "σ": "sigma", "ς": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi",
    "χ": "chi", "ψ": "psi", "ω": "omega", "ϵ": "epsilon", "ϕ": "phi",
}  # fmt: skip
_DASHES: Final = dict.fromkeys("‐‑‒–—−﹣-", "-") | dict.fromkeys("’‘ʼ′", "'")
_TABLE: Final = str.maketrans(_GREEK | _DASHES)

_STOP_WORDS = """
a an and are as at be but by for if in into is it no not of on or such that the their then there these they
this to was will with what which who whom whose when where why how does do did has have had can could should
would may might being been were from than also its we our us you your i any some me my
"""
STOP_WORDS: Final = frozenset(_STOP_WORDS.split())
"""Words that say nothing about the subject: the usual short list, question words and auxiliaries."""

_BRITISH: Final = tuple(
    (re.compile(pattern), american)
    for pattern, american in (
        (r"(?<=tum|lab|vap|rum|col|arm|fav|avi)our", "or"),
        (r"haem(?=[aoi])", "hem"),
        (r"aemi", "emi"),
        (r"oe(?=dem|soph|str)|(?<=rh)oe(?=a)", "e"),
        (r"paed(?=i)", "ped"),
        (r"foet", "fet"),
        (r"isation", "ization"),
        (r"(?<=\w{5})is(?=(?:e|es|ed|ing|er)$)", "iz"),
        (r"(?<=l)ys(?=(?:e|ed|ing|er)$)", "yz"),
        (r"(cent|fib|lit|met)re(?=s?$)", r"\1er"),
        (r"(?<=signa|cance)ll(?=ing|ed)", "l"),
        (r"programme(?=s?$)", "program"),
        (r"sulph", "sulf"),
        (r"grey", "gray"),
    )
)
"""British to American spelling, on word parts; both sides of a search pass through it."""

_ADJECTIVES: Final = (
    (re.compile(r"(?<=[a-z]{2}(?:ly|[b-z]o))tic$"), "sis"),
    (re.compile(r"(?<=mitochondri)(?:al|on)$"), "a"),
)
"""Adjectives and the nouns that they come from, which the stemmer keeps apart: glycolytic, glycolysis."""

_WORD: Final = re.compile(r"[a-z0-9]+(?:[-'/.+][a-z0-9]+)*")
_LETTERS: Final = re.compile(r"[a-z]+")
_JOINT: Final = re.compile(r"[-'/.+]")


class _Stemmer(Protocol):
    def stemWord(self, word: str, /) -> str: ...


def fold(text: str) -> str:
    """Lower case with Greek letters named, dashes alike, superscripts and accents made plain."""
    text = text.lower()
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text).lower().translate(_TABLE)
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def tokens(text: str) -> list[str]:
    """The stems of the content words of `text`, in order, compounds also joined."""
    return [token for _, token in word_tokens(text)]


def word_tokens(text: str) -> list[tuple[str, str]]:
    """The same with the word that each token comes from; "+" before a compound that was joined."""
    found: list[tuple[str, str]] = []
    for match in _WORD.finditer(fold(text)):
        found.extend(_pairs(match.group()))
    return found


@lru_cache(maxsize=1 << 16)
def _pairs(word: str) -> tuple[tuple[str, str], ...]:
    parts = _JOINT.split(word)
    kept = [(p, stem(p)) for p in parts if len(p) > 1 and p not in STOP_WORDS]
    # Long words joined by a hyphen ("antigen-independent") would only add noise as one token.
    if len(parts) > 1 and (min(map(len, parts)) <= 3 or any(c.isdigit() for c in word)):
        joined = "".join(parts)
        kept.append((f"+{joined}", joined))
    return tuple(kept)


def american(text: str) -> str:
    """The text in lower case and American spelling, word by word; what the embedder has seen most."""
    return _LETTERS.sub(lambda m: _american(m.group()), text.lower())


@lru_cache(maxsize=1 << 16)
def _american(word: str) -> str:
    for pattern, american in _BRITISH:
        word = pattern.sub(american, word)
    return word


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """The Snowball stem of one folded word, in American spelling."""
    word = _american(word)
    for pattern, noun in _ADJECTIVES:
        word = pattern.sub(noun, word)
    return _stemmer().stemWord(word)


@cache
def _stemmer() -> _Stemmer:
    # Uses the C library PyStemmer by itself where that is installed: same stems, forty times faster.
    import snowballstemmer  # type: ignore[import-untyped]  # ships no type information

    stemmer: _Stemmer = snowballstemmer.stemmer("english")
    return stemmer
