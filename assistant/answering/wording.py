"""Plain words for technical ones: what a reader may write and what a finding may say instead.

The glossary knows names; `wordings.txt` knows ordinary language. Each of its lines is one group: any
member in a question is covered by any member in a finding. The words of `plain_words.txt` carry a
sentence and little meaning: a finding that lacks them may still answer, so they weigh little.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from assistant.retrieval.tokens import tokens


@dataclass(frozen=True, slots=True)
class Phrase:
    """A run of words of a question that has other wordings."""

    words: str
    start: int
    end: int


@cache
def plain() -> frozenset[str]:
    """Stems of the words that an answer may lack."""
    return frozenset(token for line in _lines("plain_words.txt") for token in tokens(line))


@cache
def _lines(name: str) -> tuple[str, ...]:
    text = (files(__package__) / name).read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


@cache
def _members() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(m.strip() for m in line.split(",")) for line in _lines("wordings.txt"))


@cache
def _groups() -> tuple[tuple[frozenset[str], ...], ...]:
    """Each group as token sets; a finding covers the group when it holds all of one set."""
    groups = []
    for members in _members():
        sets = (frozenset(tokens(member)) for member in members)
        groups.append(tuple(dict.fromkeys(s for s in sets if s)))
    return tuple(groups)


@cache
def _by_token() -> dict[str, tuple[int, ...]]:
    """From the stem of a one-word member to its groups."""
    found: dict[str, list[int]] = {}
    for number, members in enumerate(_members()):
        for member in members:
            if " " not in member:
                for token in tokens(member)[-1:]:
                    found.setdefault(token, []).append(number)
    return {token: tuple(dict.fromkeys(numbers)) for token, numbers in found.items()}


@cache
def _phrases() -> tuple[tuple[re.Pattern[str], str], ...]:
    members = {member for group in _members() for member in group if " " in member}
    # Longest first, so that "come back to full function" is not cut into "come back".
    ordered = sorted(members, key=lambda m: (-len(m), m))
    return tuple((re.compile(rf"\b{_either_spelling(re.escape(m))}\b", re.I), m) for m in ordered)


def _either_spelling(member: str) -> str:
    """A pattern for a phrase of the table, which is in British spelling, in either."""
    return re.sub(
        r"is(?=e\b|ed\b|ing\b|ation)", "i[sz]", member.replace("our", "ou?r").replace("aem", "a?em")
    )


def phrases_in(text: str) -> tuple[Phrase, ...]:
    """Members of several words in `text`, without overlaps, in order."""
    found: list[Phrase] = []
    for pattern, member in _phrases():
        for match in pattern.finditer(text):
            if all(match.end() <= p.start or match.start() >= p.end for p in found):
                found.append(Phrase(member, match.start(), match.end()))
    return tuple(sorted(found, key=lambda p: p.start))


def wordings_of(words: str) -> tuple[frozenset[str], ...]:
    """Token sets that say the same as a word or a phrase of the table; empty when it is not in it."""
    own = frozenset(tokens(words))
    numbers: dict[int, None] = {}
    if " " in words:
        for number, group in enumerate(_groups()):
            if own in group:
                numbers.setdefault(number)
    else:
        for token in tokens(words):
            numbers.update(dict.fromkeys(_by_token().get(token, ())))
    return tuple(dict.fromkeys(member for number in numbers for member in _groups()[number] if member != own))
