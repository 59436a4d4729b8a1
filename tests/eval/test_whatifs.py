"""What-ifs in words against the structures they stand for; nothing may be misread in silence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.kinetics.continuing import continued
from assistant.kinetics.rankings import ranking
from assistant.kinetics.routing import is_whatif, route
from assistant.kinetics.wording import Understood, parse


def load(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    return found


CASES = load("whatifs-dev.yaml")
HELD = load("whatifs-held.yaml")
"""Written before the grammar was looked at again: 34 of 60 as meant at first sight, and mended since."""
AIM = 0.95


def difference(case: dict[str, Any]) -> str:
    """What is wrong with the reading of one case; "" when nothing is."""
    text = joined(case)
    if case.get("literature"):
        return "" if route(text).kind == "literature" else "taken from the papers"
    if "rank" in case:
        asked = ranking(text)
        ranked = [asked.design, asked.outcome, asked.wish] if asked is not None else None
        return "" if ranked == case["rank"] else f"ranking {ranked}"
    if not text:
        return "" if case.get("refused") else "not joined to the what-if before"
    found = parse(text)
    if case.get("refused"):
        return "" if not isinstance(found, Understood) else f"not refused: {found.echo}"
    if not isinstance(found, Understood):
        return f"refused: {found.reason}"
    if (found.design_a, found.design_b) != (str(case["a"]), str(case["b"])):
        return f"designs {found.design_a}, {found.design_b}"
    wanted = sorted(tuple(c[:3]) for c in case["changes"])
    got = sorted((c.side, c.kind, c.target) for c in found.changes)
    if wanted != got:
        return f"changes {got}"
    for change in case["changes"]:
        match = next(c for c in found.changes if (c.side, c.kind, c.target) == tuple(change[:3]))
        if len(change) == 4 and match.amount != pytest.approx(float(change[3])):
            return f"{change[2]} {match.amount}"
    if found.days != case.get("days"):
        return f"days {found.days}"
    return events(case, found) or unknown(case, found)


def joined(case: dict[str, Any]) -> str:
    """The text of a case, joined to the what-if that a follow-up leans on; "" where it is not."""
    return continued(case["text"], case["after"]) if "after" in case else str(case["text"])


def events(case: dict[str, Any], found: Understood) -> str:
    for name, value in (case.get("events") or {}).items():
        scheduled = [c.events[-1] for c in found.changes if c.events]
        if not scheduled or getattr(scheduled[-1], name) != pytest.approx(float(value)):
            return f"event {name}: {scheduled}"
    return ""


def unknown(case: dict[str, Any], found: Understood) -> str:
    expected = case.get("unknown") or []
    if bool(expected) != bool(found.unknown):
        return f"unknown {found.unknown}"
    return "" if all(any(w in u for u in found.unknown) for w in expected) else f"unknown {found.unknown}"


def test_the_set_is_large_and_mixed() -> None:
    kinds = {k: sum(c["kind"] == k for c in CASES) for k in {c["kind"] for c in CASES}}
    assert len(CASES) >= 100 and set(kinds) == {
        "single",
        "double",
        "schedule",
        "comparison",
        "ambiguous",
        "impossible",
    }
    assert min(kinds.values()) >= 6 and len({c["text"] for c in CASES}) == len(CASES)


def test_at_least_95_percent_are_read_as_meant() -> None:
    wrong = {c["text"]: d for c in CASES if (d := difference(c))}
    assert len(wrong) <= (1 - AIM) * len(CASES), wrong


FRESH = load("whatifs-fresh.yaml")
"""Written after that: 10 of 30 as meant at first sight, and mended since."""

THIRD = load("whatifs-third.yaml")
"""Written by another reader after that: 23 of 40 as meant at first sight, and mended since."""

FOURTH = load("whatifs-fourth.yaml")
"""Written after that: 15 of 20 as meant at first sight, and mended since."""
FIFTH = load("whatifs-fifth.yaml")
"""And after that: 16 of 20 as meant at first sight, and mended since."""
SIXTH = load("whatifs-sixth.yaml")
"""And after that: 15 of 20 as meant at first sight; wrong numbers were mended, the rest left as it was."""
SEVENTH = load("whatifs-seventh.yaml")
"""And after that: 48 of 95 as meant and 14 wrong at first sight; mended since."""
EIGHTH = load("whatifs-eighth.yaml")
"""And after that: 46 of 60 as meant, 11 with help or a note, 3 wrong at first sight; those mended since."""
NINTH = load("whatifs-ninth.yaml")
"""And after that: 56 of 80 as meant, 21 with help or a note, 2 wrong at first sight; mended since."""
TENTH = load("whatifs-tenth.yaml")
"""And after that: 27 of 40 as meant, 9 with help or a note, 4 wrong at first sight; mended since."""
ELEVENTH = load("whatifs-eleventh.yaml")
"""And after that, with traps: 25 of 40 as meant, 11 with help or a note, 4 wrong; mended since."""
TWELFTH = load("whatifs-twelfth.yaml")
"""And after that: 21 of 30 as meant, 5 with help or a note, 4 wrong; three of these mended since."""
THIRTEENTH = load("whatifs-thirteenth.yaml")
"""By a writer who had not seen the grammar: 25 of 50 as meant, 17 refused, 3 wrong, 1 of them in silence."""
FOURTEENTH = load("whatifs-fourteenth.yaml")
"""By the same, run before any mending: 24 of 50 as meant, 14 refused, 3 wrong, 1 of them in silence."""

SETS = (CASES, HELD, FRESH, THIRD, FOURTH, FIFTH, SIXTH, SEVENTH, EIGHTH, NINTH, TENTH, ELEVENTH, TWELFTH,
        THIRTEENTH, FOURTEENTH)  # fmt: skip


@pytest.mark.parametrize(
    ("cases", "count", "least"),
    [(HELD, 60, 57), (FRESH, 30, 28), (THIRD, 40, 38), (FOURTH, 20, 19), (FIFTH, 20, 19), (SIXTH, 20, 18),
     (SEVENTH, 95, 84), (EIGHTH, 60, 60), (NINTH, 80, 80),
     (TENTH, 40, 40), (ELEVENTH, 40, 40), (TWELFTH, 30, 30),
     (THIRTEENTH, 50, 50), (FOURTEENTH, 50, 50),],
)  # fmt: skip
def test_what_was_held_out_once_is_read_as_meant_now(
    cases: list[dict[str, Any]], count: int, least: int
) -> None:
    wrong = {c["text"]: d for c in cases if (d := difference(c))}
    assert len(cases) == count and len(wrong) <= count - least, wrong


@pytest.mark.parametrize(
    "case",
    [case for cases in SETS for case in cases],
    ids=lambda c: c["text"][:60],
)
def test_what_is_misread_is_said(case: dict[str, Any]) -> None:
    """A wrong reading may only pass when the reader is told what was not understood or assumed."""
    problem = difference(case)
    found = parse(joined(case))
    if problem and isinstance(found, Understood):
        assert found.unknown or found.assumed, problem


def test_ambiguous_words_are_marked_as_assumed() -> None:
    for case in CASES:
        if case["kind"] == "ambiguous" and not case.get("refused"):
            found = parse(case["text"])
            assert isinstance(found, Understood) and (found.assumed or found.unknown), case["text"]


def test_mended_slips_are_told() -> None:
    for case in CASES:
        if case.get("typo"):
            found = parse(case["text"])
            assert isinstance(found, Understood) and any("read as" in a for a in found.assumed), case["text"]


def test_literature_questions_are_not_taken_for_what_ifs() -> None:
    folder = Path(__file__).parent
    taken = []
    for path in sorted(folder.glob("questions-*.yaml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        items = data if isinstance(data, list) else data["questions"]
        taken += [i["question"] for i in items if i.get("kind") != "whatif" and is_whatif(i["question"])]
    assert taken == []


def test_literature_questions_are_not_joined_to_the_what_if_before() -> None:
    joined = []
    for path in sorted(Path(__file__).parent.glob("questions-*.yaml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        items = data if isinstance(data, list) else data["questions"]
        joined += [i["question"] for i in items if continued(i["question"], "28z at 1e7 cells")]
    assert joined == []
