"""Who does what to whom: the order around verbs and "than", and what was put in another's place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from assistant.answering.verification import words
from assistant.answering.verification.reading import Reading, Token
from assistant.answering.verification.verdict import Fault

_COMPARING: Final = frozenset({"than", "versus", "vs", "then"})
_WORDS_SOURCES = "abstract meeting review model table comparison introduction related group team"
_SOURCES: Final = frozenset(_WORDS_SOURCES.split())
_NEGATION: Final = re.compile("|".join(sorted(words.NEGATORS)))
_QUANTITY: Final = re.compile("many|few|most|some|several|will|before|after")
_WEIGHT: Final = re.compile(
    "|".join(
        f"(?:{p.pattern})$"
        for p in (
            words.HEDGE,
            words.UNIVERSAL,
            words.LARGE,
            words.SMALL,
            words.CERTAIN,
            words.CAUSE,
            _QUANTITY,
        )
    )
)
CLOSE: Final = 0.7
"""Share of a sentence that stands in the quote in order, from which it counts as built like it."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """`left` is `sign` than `right`."""

    left: frozenset[str]
    right: frozenset[str]
    sign: int
    at: int
    """Token of the comparative."""


def comparison(reading: Reading) -> Comparison | None:
    """The first comparison with "than" in a text, or None."""
    table = words.signs()
    tokens = reading.tokens
    for i, token in enumerate(tokens):
        if token.word != "than":
            continue
        same = [j for j in range(i) if tokens[j].clause == token.clause]
        comparatives = [j for j in same if tokens[j].key in table]
        if not comparatives:
            continue
        left = frozenset(tokens[j].key for j in same if tokens[j].content and tokens[j].key not in table)
        right = frozenset(
            t.key for t in tokens[i:] if t.content and t.clause == token.clause and t.key not in table
        )
        at = comparatives[-1]
        return Comparison(left - right, right - left, table[tokens[at].key], at)
    return None


def turned(said: Reading, quote: Reading) -> tuple[bool, bool]:
    """Whether two comparisons have their sides exchanged, and whether their directions differ."""
    mine, other = comparison(said), comparison(quote)
    if mine is None or other is None:
        return False, False
    exchanged = bool(mine.left & other.right) and bool(mine.right & other.left)
    return exchanged, mine.sign != other.sign


def comparisons(said: Reading, quote: Reading) -> Iterator[Fault]:
    """More in A than in B is less in B than in A, and nothing else."""
    exchanged, differ = turned(said, quote)
    if exchanged and not differ:
        yield Fault("comparison", "conflict", "the quote has the comparison the other way round")
    elif comparison(said) is not None and not _compares(quote):
        yield Fault("comparison", "missing", "the quote compares nothing")


def _compares(quote: Reading) -> bool:
    return bool(
        re.search(
            r"\b(?:than|versus|vs|compar\w+|whereas|while|but|unlike|relative|both|against|outperform\w*|"
            r"outcompet\w*|exceed\w*"
            r"|superior|inferior|or|and|better|worse|more|less|\w+er)\b",
            quote.folded,
        )
    )


def exchanged(said: Reading, quote: Reading) -> Iterator[Fault]:
    """A acts on B in both, or B is acted on by A."""
    mine, other = _unique(said.tokens), _unique(quote.tokens)
    common = {k for k in mine if k in other}
    table = words.signs()
    for pivot in common:
        token = said.tokens[mine[pivot]]
        if _hyphenated(said, token) or _hyphenated(quote, quote.tokens[other[pivot]]):
            continue
        verb = token.content and (pivot in table or token.word.endswith(("ed", "es")))
        if not verb and token.word not in _COMPARING:
            continue
        if token.word in _COMPARING and turned(said, quote)[1]:
            continue
        theirs = quote.tokens[other[pivot]]
        names = [k for k in common if k != pivot and _weighs(said.tokens[mine[k]], table)]
        names = [
            k
            for k in names
            if said.tokens[mine[k]].part == token.part and quote.tokens[other[k]].part == theirs.part
        ]
        later = [k for k in names if mine[k] < mine[pivot] and other[k] > other[pivot]]
        sooner = [k for k in names if mine[k] > mine[pivot] and other[k] < other[pivot]]
        if later and sooner and _passive(said, mine[pivot]) == _passive(quote, other[pivot]):
            yield Fault(
                "comparison",
                "conflict",
                f"the quote has {later[0].lstrip('=')!r} on the other side of {token.word!r}",
            )
            return


def _passive(reading: Reading, at: int) -> bool:
    """Whether what follows a verb is who does it."""
    tokens = reading.tokens
    return at + 1 < len(tokens) and any(t.word == "by" for t in tokens[at + 1 : at + 3])


def _hyphenated(reading: Reading, token: Token) -> bool:
    """Part of a compound such as "Treg-induced", which orders nothing."""
    return token.start > 0 and reading.text[token.start - 1] == "-"


def _weighs(token: Token, table: dict[str, int]) -> bool:
    return token.content and token.kind != "number" and token.key not in table and token.word not in _SOURCES


def _unique(tokens: Sequence[Token]) -> dict[str, int]:
    """Places of the keys that occur once."""
    counts = Counter(t.key for t in tokens)
    return {t.key: i for i, t in enumerate(tokens) if counts[t.key] == 1}


def replaced(said: Reading, quote: Reading) -> Iterator[Fault]:
    """In a sentence built like the quote, nothing stands where the quote has something else."""
    mine = [t for t in said.tokens if _counts(t)]
    other = [t for t in quote.tokens if _counts(t)]
    matcher = SequenceMatcher(None, [t.key for t in other], [t.key for t in mine], autojunk=False)
    equal = sum(block.size for block in matcher.get_matching_blocks())
    if not mine or equal < CLOSE * len(mine):
        return
    changes = [(other[i1:i2], mine[j1:j2]) for tag, i1, i2, j1, j2 in matcher.get_opcodes() if tag != "equal"]
    balance = _denials(said) - _denials(quote)
    left, came = (
        ({t.word for part in side for t in part} for side in zip(*changes, strict=True))
        if changes
        else ((), ())
    )
    moved = frozenset(left) & frozenset(came)
    for theirs, ours in changes:
        if theirs and ours:
            yield from _in_place(theirs, ours, quote)
        yield from _weight_changed(theirs, ours, balance, moved)
    yield from _moved(changes, mine, other)
    rest, names = _parted(mine)
    theirs_rest, their_names = _parted(other)
    if rest == theirs_rest and names != their_names and sorted(names) == sorted(their_names):
        yield Fault("comparison", "conflict", "the names stand in another order than in the quote")


def _parted(tokens: Sequence[Token]) -> tuple[list[str], list[str]]:
    return [t.key for t in tokens if t.kind != "entity"], [t.key for t in tokens if t.kind == "entity"]


def _denials(reading: Reading) -> int:
    return sum(t.word in words.NEGATORS or words.DENIES.fullmatch(t.word) is not None for t in reading.tokens)


def _counts(token: Token) -> bool:
    """Whether a token belongs to the frame: content, and small words that change what is claimed."""
    signed = token.kind == "word" and token.key in words.signs()
    return signed or token.content or token.word in words.NEGATORS or _WEIGHT.match(token.word) is not None


def _weight_changed(
    theirs: Sequence[Token], ours: Sequence[Token], balance: int, moved: frozenset[str]
) -> Iterator[Fault]:
    """A negation, a hedge, a cause or a quantity that only one of two like sentences has."""
    gone = [t.word for t in theirs if all(t.key != o.key for o in ours)]
    new = [t.word for t in ours if all(t.key != o.key for o in theirs)]
    denied, denies = _any(_NEGATION, gone), _any(_NEGATION, new)
    # A part of the quote left out as a whole takes its negation along.
    if denies and not denied and balance > 0:
        yield Fault("negation", "conflict", f"the quote does not say {denies!r} there")
    elif denied and not denies and len(theirs) <= 2 and balance < 0:
        yield Fault("negation", "conflict", f"the quote says {denied!r} there")
    hedged = _any(words.HEDGE, gone)
    if hedged and not _any(words.HEDGE, new) and len(theirs) <= 3:
        yield Fault("strength", "missing", f"the quote hedges there ({hedged!r})")
    cause = _any(words.CAUSE, new)
    if cause and (link := _any(words.ASSOCIATION, gone)) and not _any(words.CAUSE, gone):
        yield Fault("strength", "missing", f"{cause!r} claims a cause where the quote has {link!r}")
    for pattern in (words.UNIVERSAL, words.LARGE, words.SMALL, words.CERTAIN, _QUANTITY):
        if (added := _any(pattern, new)) and added not in moved and not _any(pattern, gone):
            yield Fault("scope", "missing", f"the quote does not say {added!r} there")


def _any(pattern: re.Pattern[str], said: Sequence[str]) -> str:
    return next((word for word in said if pattern.fullmatch(word)), "")


def _moved(
    changes: Sequence[tuple[Sequence[Token], Sequence[Token]]], mine: Sequence[Token], other: Sequence[Token]
) -> Iterator[Fault]:
    """Two names of a kind that both left their places: they were exchanged."""
    gone = {t.key: t for theirs, _ in changes for t in theirs if t.kind == "entity"}
    new = {t.key: t for _, ours in changes for t in ours if t.kind == "entity"}
    both = [new[k] for k in new if k in gone]
    for token in both:
        rival = next((o for o in both if o.about == token.about and o.key != token.key), None)
        if rival is not None and _before(mine, token, rival) != _before(other, token, rival):
            yield Fault("comparison", "conflict", f"{token.word!r} and {rival.word!r} are exchanged")
            return


def _before(tokens: Sequence[Token], a: Token, b: Token) -> bool:
    keys = [t.key for t in tokens]
    return keys.index(a.key) < keys.index(b.key)


def _in_place(theirs: Sequence[Token], mine: Sequence[Token], quote: Reading) -> Iterator[Fault]:
    new = [t for t in mine if all(t.key != o.key for o in theirs)]
    gone = [t for t in theirs if all(t.key != m.key for m in mine)]
    for token in new:
        if token.kind == "word":
            if gone and not _fits(token, gone, quote):
                yield Fault("wording", "missing", f"{token.word!r} where the quote has {gone[0].word!r}")
            continue
        rivals = [o for o in gone if o.kind == token.kind and (o.kind == "number" or o.about == token.about)]
        if rivals:
            yield Fault(
                "number" if token.kind == "number" else "name",
                "conflict",
                f"{token.word!r} where the quote has {rivals[0].word!r}",
            )


def _fits(token: Token, gone: Sequence[Token], quote: Reading) -> bool:
    """Whether a word may stand where the quote has others: one like them, or a verb where no direction "
    "is lost."""
    table = words.signs()
    if any(words.stand_in(token.key, k) for k in quote.all_keys):
        return True
    lost = [table[o.key] for o in gone if o.key in table]
    if token.key in table:
        return table[token.key] in lost or not lost
    return not lost and token.word.endswith(("ed", "ing", "ly"))
