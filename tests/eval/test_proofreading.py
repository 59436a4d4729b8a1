"""The second look at what-ifs lets pass what was read as meant, and objects when the reading is spoilt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest

from assistant.kinetics import levers
from assistant.kinetics.grammar import read
from assistant.kinetics.proofreading import proofread
from assistant.kinetics.spelling import corrected
from assistant.kinetics.wording import NotUnderstood, Side, Understood, WordChange, parse
from tests.eval.test_whatifs import SETS, difference, joined

OTHER: dict[Side, Side] = {"A": "B", "B": "A", "both": "both"}
LEVELS = {"low": "high", "high": "low", "short": "long", "long": "short"}
LEAST = 0.95


@cache
def read_as_meant() -> tuple[tuple[str, Understood], ...]:
    found: list[tuple[str, Understood]] = []
    for case in (c for cases in SETS for c in cases if not c.get("refused")):
        reading = parse(joined(case))
        if not difference(case) and isinstance(reading, Understood):
            found.append((corrected(joined(case))[0], reading))
    return tuple(found)


def spoilt(found: Understood) -> Iterator[tuple[str, Understood]]:
    """The comparison with one thing wrong, and what kind of thing."""
    a, b = found.design_a, found.design_b
    turned = tuple(replace(c, side=OTHER[c.side]) for c in found.changes)
    if a != b or any(c.side != "both" for c in found.changes):
        yield "sides swapped", replace(found, design_a=b, design_b=a, changes=turned)
    yield "another design", replace(found, design_a="liso-cel-like" if a != "liso-cel-like" else "28z")
    yield "another design", replace(found, design_b="liso-cel-like" if b != "liso-cel-like" else "28z")
    if found.days is not None:
        yield "another number", replace(found, days=found.days * 1.5)
    for change in found.changes:
        for kind, new in spoilt_change(change):
            kept = tuple(c for c in found.changes if c is not change)
            yield kind, replace(found, changes=(*kept, *new))
    if found.changes:
        spare = "rasa2" if all(c.target != "rasa2" for c in found.changes) else "tox"
        added = WordChange("A", "layer", spare, None, "", spare)
        yield "a change more", replace(found, changes=(*found.changes, added))


def spoilt_change(change: WordChange) -> Iterator[tuple[str, tuple[WordChange, ...]]]:
    yield "a change less", ()
    if change.side != "both":
        yield "other side", (replace(change, side=OTHER[change.side]),)
    if change.kind == "times" and change.amount:
        yield "sign turned", (replace(change, amount=1.0 / change.amount),)
    level, _, rest = change.target.partition("-")
    if change.kind == "layer" and rest in ("affinity", "burden", "culture"):
        yield "sign turned", (replace(change, target=f"{LEVELS[level]}-{rest}"),)
    if change.kind in ("set", "times") and change.amount and not change.guessed:
        yield "another number", (replace(change, amount=change.amount * 3.7),)
    if change.events and change.kind == "layer":
        last, usual = change.events[-1], levers.load(change.target).events[-1]
        for name in ("time", "duration", "every", "cells"):
            value = getattr(last, name)
            if value and value != getattr(usual, name):
                events = (*change.events[:-1], replace(last, **{name: value * 1.37}))
                yield "another number", (replace(change, events=events),)
    if change.kind == "layer":
        target = "rasa2" if change.target != "rasa2" else "foxo3"
        yield "another lever", (replace(change, target=target, events=()),)
    elif change.kind != "event":
        target = "delta" if change.target != "delta" else "m"
        yield "another lever", (replace(change, target=target, concept=target),)


def test_nothing_that_was_read_as_meant_is_refused_for_more_than_one_in_a_hundred() -> None:
    objected = []
    for case in (c for cases in SETS for c in cases if not c.get("refused")):
        found = parse(joined(case))
        if isinstance(found, NotUnderstood) and found.doubted is not None:
            objected.append(case["text"])
    assert len(read_as_meant()) > 450
    assert len(objected) <= 0.01 * len(read_as_meant()), objected


def test_the_second_look_objects_to_every_kind_of_wrong_reading() -> None:
    made: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    for text, found in read_as_meant():
        for kind, wrong in spoilt(found):
            made[kind] += 1
            caught[kind] += bool(proofread(text, wrong))
    shares = {kind: caught[kind] / made[kind] for kind in made}
    assert len(made) == 8 and min(made.values()) > 150, made
    assert min(shares.values()) >= LEAST, shares


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("reduce exhaustion by adding c-Jun in 28z", "hoped to do"),
        ("28z with the exhaustion rate of bbz", "another design"),
        ("what if relapse is treated with a second infusion in tisa-cel", "told in days"),
        ("rather than lowering the dose, raise antigen in 28z", "instead"),
        ("wild-type TET2 in 28z", "its loss was read"),
        ("28z retaining TET2", "its loss was read"),
        ("lower the dose so that exhaustion halves in 28z", "'so that'"),
        ("tenfold more antigen for bbz than for 28z", "more than of the other"),
        ("low-affinity CAR vs 28z", "4-1BB or CD28?"),
        ("28z with 10 fold dose difference", "which side has more"),
        ("TET2 KO in BBz without stopping proliferation", "leaves it alone"),
        ("28z vs low-affinity CAR", "4-1BB or CD28?"),
    ],
)
def test_what_the_grammar_misreads_is_refused_with_what_was_read(text: str, said: str) -> None:
    assert isinstance(read(text), Understood)  # the grammar alone would have run it
    found = parse(text)
    assert isinstance(found, NotUnderstood) and said in found.reason
    assert found.doubted is not None and found.doubted.echo in found.reason
