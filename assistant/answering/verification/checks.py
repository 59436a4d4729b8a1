"""The checks: each holds one aspect of a sentence against one stretch of evidence and returns its faults."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from assistant.answering.verification import order, words
from assistant.answering.verification.numbers import Quantity
from assistant.answering.verification.reading import Event, Reading, Token
from assistant.answering.verification.verdict import Fault
from assistant.evidence import Citation

_GENERAL_NAMES: Final = frozenset({"=car"})
_CODE: Final = re.compile(r"^(?=.*\d)(?=.*[a-z])[a-z0-9+./-]{2,}$")
_MISPLACED: Final = 0.3
"""How much better something else must fit the surroundings before a number or a name counts as misplaced."""
_PAIRED: Final = 16
"""Characters between two numbers that share their words: "2.3 versus 3.4 kilobases"."""
NOVEL_SHARE: Final = 0.12
"""Share of content words that a retelling may bring along; see `assistant.evaluation.verification`."""


class Evidence:
    """One stretch of quoted text with the label of where it was seen."""

    def __init__(self, reading: Reading, labels: frozenset[str] = frozenset()) -> None:
        self.reading = reading
        self.labels = labels

    @staticmethod
    def labels_of(citation: Citation) -> frozenset[str]:
        """System, domain and target of a citation as names that a sentence may use."""
        system = {"donors": "patients"}.get(citation.system, citation.system)
        return frozenset({system})


Check = Callable[[Reading, Evidence], Iterator[Fault]]


def numbers(said: Reading, evidence: Evidence) -> Iterator[Fault]:
    """Every number stands in the quote, with its unit, and beside the same things."""
    held = evidence.reading.numbers
    for quantity in said.numbers:
        same = [other for other in held if quantity.same(other)]
        if not same:
            rival = next((o for o in held if o.unit == quantity.unit), None)
            rival = rival or next((o for o in held if abs(o.value - quantity.value) < 1e-9), None)
            told = f", the quote has {rival.shown!r}" if rival else ""
            yield Fault(
                "number", "conflict" if rival else "missing", f"{quantity.shown!r} is not in the quote{told}"
            )
        elif (wrong := _misplaced(said, quantity, evidence.reading)) is not None:
            yield Fault("number", "conflict", f"{quantity.shown!r} belongs to something else than {wrong!r}")


def _misplaced(said: Reading, quantity: Quantity, quote: Reading) -> str | None:
    """What a number is wrongly put beside: another number of the same unit fits its surroundings better."""
    here = _beside(said, quantity)
    if not here:
        return None
    head = _after(said, quantity)[:1]
    own_heads = [k for o in quote.numbers if quantity.same(o) for k in _after(quote, o)]
    if head and head[0] not in own_heads:
        for other in quote.numbers:
            if other.unit == quantity.unit and not quantity.same(other) and _after(quote, other)[:1] == head:
                return head[0].lstrip("=#")
    own, others = 0.0, 0.0
    places = [o.start for o in quote.numbers if quantity.same(o)]
    for other in quote.numbers:
        beside = any(0 < abs(other.start - place) < _PAIRED for place in places)
        if other.unit != quantity.unit or (beside and not quantity.same(other)):
            continue
        fit = sum(min(weight, here[k]) for k, weight in _beside(quote, other).items() if k in here)
        if quantity.same(other):
            own = max(own, fit)
        else:
            others = max(others, fit)
    return max(here, key=lambda k: here[k]).lstrip("=#") if others > own + _MISPLACED else None


def _after(reading: Reading, quantity: Quantity) -> list[str]:
    """What a number counts: the next content in its part of the sentence."""
    at = next((i for i, t in enumerate(reading.tokens) if t.start == quantity.start), None)
    if at is None:
        return []
    here = reading.tokens[at]
    return [t.key for t in reading.tokens[at + 1 : at + 7] if t.content and t.part == here.part][:3]


def _beside(reading: Reading, quantity: Quantity) -> dict[str, float]:
    """Content next to a number, within its part of the sentence only."""
    at = next((i for i, t in enumerate(reading.tokens) if t.start == quantity.start), None)
    if at is None:
        return {}
    here = reading.tokens[at]
    found: dict[str, float] = {}
    for i in range(max(0, at - 6), min(len(reading.tokens), at + 7)):
        token = reading.tokens[i]
        if i != at and token.content and token.kind != "number" and token.part == here.part:
            weight = (2.0 if token.kind == "entity" else 1.0) / abs(i - at)
            found[token.key] = max(found.get(token.key, 0.0), weight)
    return found


def names(said: Reading, evidence: Evidence) -> Iterator[Fault]:
    """Every glossary term, in any notation, and every code-like word stands in the quote."""
    quote = evidence.reading
    held = quote.entities
    kinds = {t.about for t in quote.tokens if t.kind == "entity" and t.key not in said.entities}
    squeezed = re.sub(r"[\s/-]", "", quote.folded)
    for token in said.tokens:
        if token.kind == "entity" and token.key not in held and not _implied(token, quote):
            swapped = token.about in kinds
            yield Fault("name", "conflict" if swapped else "missing", f"{token.word!r} is not in the quote")
        if token.kind == "word" and _CODE.match(token.word) and token.word.replace("-", "") not in squeezed:
            yield Fault("name", "missing", f"{token.word!r} is not in the quote")


def _implied(token: Token, quote: Reading) -> bool:
    """A name that goes without saying: CAR where a domain or product of one is named, parts of a longer "
    "name."""
    if token.key in _GENERAL_NAMES:
        return any(
            t.about in ("car", "domain", "product", "model") for t in quote.tokens if t.kind == "entity"
        )
    return len(token.word) > 3 and token.word.replace("-", "") in re.sub(r"[\s-]", "", quote.folded)


def bindings(said: Reading, evidence: Evidence) -> Iterator[Fault]:
    """A name stands among the things that it stands among in the quote, and not among those of another."""
    quote = evidence.reading
    sided = order.comparison(said) is not None  # then `order` looks at who stands on which side
    for at, token in enumerate(said.tokens):
        if token.kind != "entity" or token.about == "car":
            continue
        own = [i for i, t in enumerate(quote.tokens) if t.key == token.key]
        rivals = [
            i
            for i, t in enumerate(quote.tokens)
            if t.about == token.about and t.key != token.key and not (sided and t.key in said.entities)
        ]
        if not own or not rivals:
            continue
        here = said.near(at)
        fits = {
            i: sum(min(w, here[k]) for k, w in quote.near(i).items() if k in here) for i in (*own, *rivals)
        }
        closest = max(rivals, key=lambda i: fits[i])
        if fits[closest] > max(fits[i] for i in own) + _MISPLACED:
            other = quote.tokens[closest].word
            yield Fault("name", "conflict", f"the quote says this of {other!r}, not of {token.word!r}")
            return


def systems(said: Reading, evidence: Evidence) -> Iterator[Fault]:
    """Mice stay mice and patients patients; so do children, adults and healthy donors."""
    quote = evidence.reading.folded
    for name, pattern in words.SYSTEMS.items():
        found = pattern.search(said.folded)
        if found is None or pattern.search(quote) or name in evidence.labels:
            continue
        if name == "animal" and words.SYSTEMS["mouse"].search(quote) and found.group().startswith("animal"):
            continue
        if name == "patients" and _clinical(evidence.reading):
            continue
        other = any(p.search(quote) for n, p in words.SYSTEMS.items() if n != name) or bool(
            evidence.labels - {"n/a"}
        )
        yield Fault(
            "system", "conflict" if other else "missing", f"{found.group()!r} is not where it was seen"
        )
    for pattern in words.PEOPLE.values():
        found = pattern.search(said.folded)
        if found and not pattern.search(quote):
            yield Fault("system", "missing", f"the quote does not speak of {found.group()!r}")


def _clinical(quote: Reading) -> bool:
    """Whether a quote gives a clinical outcome of a disease without saying "patients"."""
    kinds = {t.about for t in quote.tokens if t.kind == "entity"}
    elsewhere = any(
        words.SYSTEMS[n].search(quote.folded) for n in ("mouse", "in-vitro", "animal", "computation")
    )
    return bool(kinds & {"disease", "product"}) and "%" in {q.unit for q in quote.numbers} and not elsewhere


def scope(said: Reading, evidence: Evidence) -> Iterator[Fault]:
    """No wider, stronger or more frequent than the quote says."""
    quote = evidence.reading.folded
    for found in words.UNIVERSAL.finditer(said.folded):
        if not words.UNIVERSAL.search(quote) or (
            found.group() in ("only", "solely", "exclusively")
            and not re.search(r"\b(?:only|sole|exclusiv|alone)", quote)
        ):
            yield Fault("scope", "missing", f"{found.group()!r} goes further than the quote")
            break
    for mine, other in ((words.LARGE, words.SMALL), (words.SMALL, words.LARGE)):
        found_size = mine.search(said.folded)
        if found_size and not mine.search(quote):
            size = "conflict" if other.search(quote) else "missing"
            yield Fault("scope", "conflict" if size == "conflict" else "missing",
                        f"{found_size.group()!r} is not how the quote puts it")  # fmt: skip
    for pair in (words.SHARES, words.FREQUENCY):
        for mine, other in (pair, pair[::-1]):
            found_share = mine.search(said.folded)
            if found_share and not mine.search(quote):
                conflict = other.search(quote) is not None
                yield Fault("scope", "conflict" if conflict else "missing",
                            f"{found_share.group()!r} is not how the quote puts it")  # fmt: skip


def directions(said: Reading, evidence: Evidence) -> Iterator[Fault]:
    """What rises in the sentence rises in the quote, what is prevented is prevented."""
    exchanged, differ = order.turned(said, evidence.reading)
    compared = order.comparison(said)
    for event in said.events:
        if exchanged and differ and compared is not None and event.at == compared.at:
            continue  # "less in B than in A" of what is "more in A than in B"
        free = _free(event, said.events, evidence.reading.events)
        if fault := _direction(event, free, evidence.reading):
            yield fault
            return


def _free(event: Event, mine: Sequence[Event], theirs: Sequence[Event]) -> list[Event]:
    """Directions of the quote that one of the sentence may answer to.

    One that the sentence repeats word for word is not free to stand for another.
    """
    if any(other.key == event.key for other in theirs):
        return list(theirs)
    repeated = Counter(other.key for other in mine)
    there = Counter(other.key for other in theirs)
    return [other for other in theirs if repeated[other.key] < there[other.key]]


def _direction(event: Event, free: Sequence[Event], quote: Reading) -> Fault | None:
    if _said_plainly(event, quote):
        return None
    if not free:
        return Fault("direction", "missing", f"the quote gives no direction like {event.word!r}")
    closeness = {other.at: _common(event.objects, other.objects) for other in free}
    bound = [
        other for other in free if closeness[other.at] and closeness[other.at] == max(closeness.values())
    ]
    if bound:
        return None if any(_agree(event, other) for other in bound) else _against(event, bound[0])
    rivals = [(_overlap(event, other), other) for other in free]
    best, nearest = max(rivals, key=lambda pair: pair[0])
    if best == 0.0:
        agree = any(_agree(event, other) for _, other in rivals)
        return None if agree else _against(event, nearest)
    for fit, other in rivals:
        same = other.key == event.key and other.negated == event.negated and fit >= 0.3 * best
        if same and event.names_shared(nearest) <= event.names_shared(other):
            return None
    near = [other for fit, other in rivals if fit >= 0.75 * best]
    return None if any(_agree(event, other) for other in near) else _against(event, near[0])


def _common(a: frozenset[str], b: frozenset[str]) -> int:
    """How much two directions are of the same things; names weigh twice."""
    return sum(2 if key[0] == "=" else 1 for key in a & b)


def _against(event: Event, other: Event) -> Fault:
    shown = ("not " if other.negated else "") + other.word
    return Fault("direction", "conflict", f"{event.word!r} where the quote has {shown!r}")


def _said_plainly(event: Event, quote: Reading) -> bool:
    """Whether the quote has another word for it that gives no direction by itself: "pushed" for "drove"."""
    table = words.signs()
    return not event.negated and any(
        k not in table and words.stand_in(event.key, k) and k not in quote.negated for k in quote.all_keys
    )


def _overlap(event: Event, other: Event) -> float:
    shared = sum(min(w, other.near[k]) for k, w in event.near.items() if k in other.near)
    return shared + (0.05 if event.key == other.key else 0.0)


def _agree(event: Event, other: Event) -> bool:
    if event.negated == other.negated:
        return event.sign == other.sign
    # "did not increase" may be said of what fell, but not the other way round.
    return event.negated and not other.negated and event.sign != other.sign


def negations(said: Reading, evidence: Evidence) -> Iterator[Fault]:
    """What is denied in one is denied in the other."""
    quote = evidence.reading
    if any(words.stand_in(a, b) for a in said.negated for b in quote.negated):
        return
    for word in sorted(said.negated - said.affirmed):
        if word in quote.affirmed and word not in quote.negated and not _denied_otherwise(quote):
            yield Fault("negation", "conflict", f"the quote does not deny {word.lstrip('=')!r}")
            return
    for word in sorted(quote.negated - quote.affirmed):
        if word in said.affirmed and word not in said.negated and not _denied_otherwise(said):
            yield Fault("negation", "conflict", f"the quote denies {word.lstrip('=')!r}")
            return
    if said.negated and not quote.negated and not _denied_otherwise(quote):
        yield Fault("negation", "missing", "the quote denies nothing")


def _denied_otherwise(reading: Reading) -> bool:
    """Whether a text denies in other words than "not"."""
    return words.DENIES.search(reading.folded) is not None


def strength(said: Reading, evidence: Evidence) -> Iterator[Fault]:
    """A hedge stays a hedge, and an association does not become a cause."""
    quote = evidence.reading.folded
    hedge = words.HEDGE.search(quote)
    hedged = words.HEDGE.search(said.folded)
    if hedge and not hedged:
        yield Fault("strength", "missing", f"the quote hedges ({hedge.group()!r}) and the sentence does not")
    certain = words.CERTAIN.search(said.folded)
    if certain and not words.CERTAIN.search(quote):
        yield Fault("strength", "missing", f"{certain.group()!r} is more certain than the quote")
    association = words.ASSOCIATION.search(quote)
    if association and not hedged and not words.CAUSE.search(quote):
        cause = words.CAUSE.search(said.folded)
        if cause is None and not words.ASSOCIATION.search(said.folded):
            action = words.ACTION.search(said.folded)
            cause = action if action and not re.search(rf"\b{action.group()[:5]}", quote) else None
        if cause:
            link = association.group()
            yield Fault(
                "strength", "missing", f"{cause.group()!r} claims a cause where the quote has {link!r}"
            )


def opposites(said: Reading, evidence: Evidence) -> Iterator[Fault]:
    """No word of the sentence has its opposite in the quote in its place."""
    table = words.opposites()
    mine = _sides(said, table)
    theirs = _sides(evidence.reading, table)
    for pair, sides in mine.items():
        other = theirs.get(pair, {})
        for side, word in sides.items():
            if side not in other and 1 - side in other and 1 - side not in sides:
                yield Fault("opposite", "conflict", f"{word!r} where the quote has {other[1 - side]!r}")
                return


def _sides(reading: Reading, table: dict[str, tuple[tuple[int, int], ...]]) -> dict[int, dict[int, str]]:
    found: dict[int, dict[int, str]] = {}
    for i, token in enumerate(reading.tokens):
        if token.kind != "word":
            continue
        for pair, side in table.get(token.key, ()):
            actual = 1 - side if reading.denied_here(i) else side
            found.setdefault(pair, {})[actual] = token.word
    return found


def wording(said: Reading, evidence: Evidence) -> Iterator[Fault]:
    """Most of what is said is in the quote, in these words or others."""
    where = (*words.SYSTEMS.values(), *words.PEOPLE.values())
    content = [
        t
        for t in said.tokens
        if t.kind == "word" and t.content and not any(p.fullmatch(t.word) for p in where)
    ]
    new = [t for t in content if not covered(t, evidence.reading)]
    if len(new) > NOVEL_SHARE * len(said.keys):
        listed = ", ".join(repr(t.word) for t in new[:3])
        yield Fault("wording", "missing", f"{listed}: not in the quote")


def covered(token: Token, quote: Reading) -> bool:
    """Whether a word is in the quote, or another that may stand for it."""
    if token.key in quote.all_keys or token.word in quote.folded:
        return True
    if any(words.stand_in(token.key, k) or _same_root(token.key, k) for k in quote.all_keys):
        return True
    return bool(words.loosely(token.word) & quote.all_keys)


def _same_root(a: str, b: str) -> bool:
    """Forms that the stemmer keeps apart: persistence and persisting, toxic and toxicity."""
    return len(a) > 4 and len(b) > 4 and (a[:6] == b[:6] if min(len(a), len(b)) > 5 else a[:5] == b[:5])


ALL: Final[tuple[Check, ...]] = (
    numbers, names, bindings, systems, scope, directions, negations, strength, opposites, wording
)  # fmt: skip
