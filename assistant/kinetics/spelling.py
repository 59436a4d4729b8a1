"""Slips of the keyboard: an unknown word that is one letter from one word of the model is read as that word.

Only towards words that carry meaning (names, directions, sizes), never towards the small words that hold a
sentence together, and every correction is told: a wrong guess must be seen, not hidden.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources

from assistant.kinetics.quantities import fold

SHORTEST = 5
"""Letters of a written word below which a slip could be any word; the meant one has one more."""
LONG = 9
"""Letters from which two slips are allowed."""
_KINDS = ("up", "down", "level", "off", "loss", "gain", "versus", "replace", "compare")
_SIZES = """tenfold twofold fivefold threefold hundredfold percent molecule molecules million billion doubled
double halved tripled weekly every"""
_QUANTITIES = """
halve halves halved halving double doubles doubling triple triples tripling quadruple quadrupled quadrupling
order orders magnitude magnitudes factor times twice thrice third quarter fifth tenth hundredth
thousandth hundred thousand trillion eleven twelve fourteen fifteen twenty thirty fifty sixty ninety
hours month months years fortnight daily hourly monthly yearly biweekly fortnightly other until
apart starting after between divisions doublings population kilogram microliter microlitre"""
_OPENINGS = {"wat": "what", "waht": "what", "whta": "what"}


@lru_cache(maxsize=1)
def _words() -> tuple[frozenset[str], frozenset[str]]:
    """Words to correct towards, and all words that are left alone."""
    from assistant.kinetics.words import small_words, vocabulary

    names = {w for phrase in vocabulary().labels for w in re.findall(r"[a-z]+", fold(phrase))}
    aims = frozenset(w for w in (*names, *small_words(*_KINDS), *_SIZES.split()) if len(w) > SHORTEST)
    glossary = {w for phrase in vocabulary().terms for w in re.findall(r"[a-z]+", fold(phrase))}
    return aims, frozenset(aims | names | glossary | small_words() | set(_QUANTITIES.split()))


def corrected(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with slips mended, and what was read as what."""
    notes: list[str] = []

    def mend(match: re.Match[str]) -> str:
        word = match.group()
        better = _OPENINGS.get(word.lower(), "") if match.start() == 0 else ""
        better = better or _nearest(fold(word))
        if not better:
            return word
        if word.lower() not in _OPENINGS:
            notes.append(f"'{word}' read as '{better}'")
        return better

    out = re.sub(r"(?<![\w-])[A-Za-z]{3,}(?![\w-])", mend, text)
    return out, tuple(dict.fromkeys(notes))


@lru_cache(maxsize=512)
def _nearest(word: str) -> str:
    """The one known word that a slip away makes of an unknown one, or ""."""
    from rapidfuzz.distance import OSA

    aims, known = _words()
    stem = word.removesuffix("s")
    if len(word) < SHORTEST or word in known or stem in known or f"{word}s" in known:
        return ""
    if not word.islower():  # a name such as "PD-L1" or "mRNA" is no slip of an English word
        return ""
    reach = 2 if len(word) >= LONG else 1
    # The first letter is hardly ever wrong, and keeping it makes a chance hit unlikely.
    close = sorted((OSA.distance(word, aim, score_cutoff=reach), aim) for aim in aims if aim[0] == word[0])
    close = [(d, aim) for d, aim in close if d <= reach]
    best = [aim for d, aim in close if d == close[0][0]] if close else []
    if len({b.removesuffix("s") for b in best}) != 1 or stem in _english():
        return ""
    return best[0]


@lru_cache(maxsize=1)
def _english() -> frozenset[str]:
    """Words of the shipped papers, without plural s: a word that scientists write is no slip ("weakly")."""
    found: set[str] = set()
    for place in resources.files("corpus").joinpath("papers").iterdir():
        if place.name.endswith(".md"):
            found.update(re.findall(r"[a-z]{5,}", place.read_text("utf-8").lower()))
    return frozenset(w.removesuffix("s") for w in found)
