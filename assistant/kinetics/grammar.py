"""The reader: text -> pieces -> clauses -> `Understood`, with nothing dropped on the way."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from assistant.kinetics import levers
from assistant.kinetics.clauses import Clause, Frame, frame, is_edit, side_of, split
from assistant.kinetics.neighbours import meant
from assistant.kinetics.readings import Reading, read_concept, read_event, read_layer
from assistant.kinetics.spelling import corrected
from assistant.kinetics.wording import NotUnderstood, Side, Understood, WordChange
from assistant.kinetics.words import Item, is_absent, lex, small, vocabulary

_NEGATIONS = (
    "not",
    "never",
    "don't",
    "doesn't",
    "didn't",
    "isn't",
    "aren't",
    "wasn't",
    "won't",
    "cannot",
    "can't",
)
_SHARES = {"senescent_fraction_d28": "senescent-share", "exhausted_fraction_d28": "exhausted-share"}
"""A percentage of such cells is a product: "starts with 30 % senescent cells"."""
_VAGUE = ("better", "worse", "best")
_DOSING = ("split-dose", "second-infusion")
_UNIT_NAMES = {"cells": "dose", "cells/kg": "dose", "molecules": "antigen"}
"""What a bare value with a unit is about when nothing is named."""


@dataclass
class _Notes:
    """What is collected on the way."""

    used: set[int] = field(default_factory=set)
    problems: list[tuple[int, str]] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)
    asks: list[str] = field(default_factory=list)
    days: float | None = None
    sides: list[tuple[str, list[WordChange]]] = field(default_factory=list)
    """Per clause: its side (with "condition") and its changes."""

    def take(self, reading: Reading, at: int) -> None:
        """Keep what a reading used and said."""
        self.used |= {i.start for i in reading.used}
        self.assumed += [a for a in reading.assumed if a not in self.assumed]
        if reading.asks:
            self.asks.append(reading.asks)
        if reading.problem:
            self.problems.append((at, reading.problem))


def read(text: str) -> Understood | NotUnderstood:
    """Read one what-if."""
    text, slips = corrected(text)
    items = meant(lex(text))
    shape = frame(items)
    notes = _Notes(assumed=list(slips))
    notes.used |= {i.start for i in (*shape.left, *shape.right) if i.kind == "side"}
    missing = next((i for i in items if i.kind == "term" and is_absent(i.text)), None)
    if missing is not None:
        # Another design in its place would be an answer about another product.
        reason = (
            f"'{missing.text}' is not among the designs of the model (`senescope model designs` lists them)"
        )
        return NotUnderstood(text, f"{reason}. Name one of those, e.g. its costimulation: '4-1BB' or 'CD28'.")
    designs = _designs(shape, notes)
    sides = {name: side for name, side in zip(designs, ("A", "B"), strict=True) if designs[0] != designs[1]}
    clauses = (
        [*split(shape.left, "left"), *split(shape.right, "right")]
        if shape.compared
        else split(shape.left, "only")
    )
    for part in ("left", "right", "only"):
        _read_part([c for c in clauses if c.part == part], clauses, shape, notes, sides)
    changes = _sided(notes, shape)
    notes.assumed += [f"'{m.group().strip()}' read as that value" for m in _BOUND.finditer(text)]
    _outcomes(items, notes)
    if not any(c.events for c in changes):
        _looked_at(items, notes)
    unknown = _unknown(text, items, notes)
    a, b = designs
    if not changes and a == b:
        vague = next((i for i in items if i.text.lower() in _VAGUE), None)
        if vague is not None:
            return NotUnderstood(text, f"'{vague.text}' names no change: say what is to be changed.", unknown)
        named = any(i.kind == "design" for i in items)
        if not named or unknown or shape.compared or not a:
            return _refused(text, unknown, notes)
        b = "28z" if a == "bbz" else "bbz"
        notes.assumed.append(f"no change and no second design named: compared with {b}")
    if not a:
        a = b = "bbz"
        notes.assumed.append("no design named: 4-1BB (bbz) assumed")
    if a == b and all(c.side == "both" for c in changes):
        return _refused(text, unknown, notes)
    found = Understood(
        text=text,
        design_a=a,
        design_b=b,
        changes=tuple(changes),
        days=notes.days,
        echo="",
        unknown=unknown,
        assumed=tuple(dict.fromkeys(notes.assumed)),
        asks=tuple(dict.fromkeys(notes.asks)),
    )
    return echo(found)


def _designs(shape: Frame, notes: _Notes) -> tuple[str, str]:
    """The base designs of A and B; "" when none is named."""
    left = [i for i in shape.left if i.kind == "design"]
    right = [i for i in shape.right if i.kind == "design"]
    first, second = (right, left) if shape.swapped else (left, right)
    kept = [*first[:1], *second[:1]]
    if shape.guessed and kept:
        both = " and ".join(f"'{i.text}'" for i in kept)
        notes.assumed.append(f"{both} read as the two designs to compare")
    notes.used |= {i.start for i in kept}
    a = first[0].name if first else ""
    b = second[0].name if second else ""
    for extra in (*left, *right):
        if extra not in kept:
            if extra.name in (a, b):
                notes.used.add(extra.start)
            else:
                notes.problems.append(
                    (extra.start, f"'{extra.text}': one comparison of two designs at a time")
                )
                notes.used.add(extra.start)
    return a or b, b or a


def _read_part(
    clauses: Sequence[Clause],
    all_clauses: Sequence[Clause],
    shape: Frame,
    notes: _Notes,
    sides: Mapping[str, str],
) -> None:
    designs_before, previous = 0, ""
    right = next((c for c in all_clauses if c.part == "right"), None)
    plain_right = right is not None and bool(right.designs) and not right.names and not right.amounts
    for clause in clauses:
        edit = any(is_edit(i) for i in clause.names)
        side, assumed = side_of(
            clause, shape, designs_before, previous, edit, sides=sides, plain_right=plain_right
        )
        made = _read_clause(clause, side, all_clauses, shape, notes)
        if assumed and made:
            notes.assumed.append(assumed)
        notes.sides.append((side, made))
        previous = side
        designs_before += len(clause.designs)


def _read_clause(
    clause: Clause, side: str, all_clauses: Sequence[Clause], shape: Frame, notes: _Notes
) -> list[WordChange]:
    real: Side = "both" if side in ("both", "condition") else "A" if side == "A" else "B"
    names = clause.names or _borrowed(clause, all_clauses, shape, notes)
    kept = [i for i in clause.items if i.kind == "keep"]
    notes.used |= {i.start for i in kept}
    bare = next((i for i in kept if i.text.lower() == "same"), None)
    if bare is not None and not names and not clause.designs:
        notes.problems.append((bare.start, f"'{bare.text}': same as what? Name the design that is meant"))
    if kept and names and not any(i.kind in ("amount", "up", "down", "level") for i in clause.items):
        # "Does TET2 loss keep the memory cells": what is kept is a quantity, not the edit before it.
        held = [i for i in names if i.kind == "concept"] or names
        notes.used |= {i.start for i in held}
        notes.assumed.append(f"{', '.join(n.text for n in held)} left as the design has it")
        names = [i for i in names if i not in held]
        if not names:
            return []
    denied = next((i for i in clause.items if i.text.lower() in _NEGATIONS), None)
    if denied is not None and names:
        notes.problems.append(
            (denied.start, f"'{denied.text} ... {names[0].text}': say 'no' or 'without' instead")
        )
        notes.used |= {i.start for i in clause.items if i.kind != "design"}
        return []
    if any(n.name in _DOSING for n in names):
        # "split the dose into three doses": the second word is part of the first.
        notes.used |= {n.start for n in names if n.name == "dose"}
        names = [n for n in names if n.name != "dose"]
    made: list[WordChange] = []
    names = [_on_cells(n, clause) for n in names]
    for name, around in _shares(names, clause):
        between = _broken(name, around, clause)
        if between is not None:
            # "Memory cells die half as fast" is not half the memory cells: no number across an unknown word.
            notes.problems.append(
                (
                    between.start,
                    f"'{between.text}' is not understood, so the change of '{name.text}' is left out",
                )
            )
            notes.used |= {i.start for i in (name, between, *around) if i.kind != "design"}
            continue
        reading = _read_name(name, around, real, clause)
        notes.take(reading, name.start)
        made += reading.changes
        if reading.other_side:
            other: Side = "B" if real == "A" else "A"
            made += [replace(c, side=other) for c in reading.other_side]
    _horizon(clause, notes)
    left = next((i for i in clause.items if i.kind in ("off", "loss") and i.start not in notes.used), None)
    if left is not None and made:
        # "X is removed" with nothing removed would be the opposite of what was said.
        notes.problems.append(
            (left.start, f"'{left.text}': not clear what it removes, so this part is left out")
        )
        notes.used.add(left.start)
        return []
    notes.used |= {i.start for i in clause.items if i.kind == "gain" and not clause.names}
    return made


def _on_cells(name: Item, clause: Clause) -> Item:
    """Molecules are counted on tumour cells: "tumour cells with 300 molecules per cell" is no burden."""
    molecules = any(i.amount is not None and i.amount.unit == "molecules" for i in clause.items)
    if molecules and len(clause.names) == 1 and name.kind == "concept" and name.name == "burden":
        return replace(name, name="antigen")
    return name


def _broken(name: Item, around: Sequence[Item], clause: Clause) -> Item | None:
    """An unknown word between a name and its amount, or None."""
    sized = [i for i in around if i.amount is not None and i.amount.kind in ("fold", "percent", "number")]
    for amount in sized:
        low, high = sorted((name.start, amount.start))
        found = next((i for i in clause.items if i.kind == "unknown" and low < i.start < high), None)
        if found is not None:
            return found
    return None


def _read_name(name: Item, around: Sequence[Item], side: Side, clause: Clause) -> Reading:
    if name.kind == "concept":
        return read_concept(name, around, side, negated=clause.negated)
    if name.kind == "event":
        return read_event(name, around, side)
    if clause.negated and clause.part != "only":
        return Reading(used=[name])  # "X with c-Jun vs X without c-Jun": nothing to do on this side
    return read_layer(name, around, side, negated=clause.negated)


def _borrowed(clause: Clause, clauses: Sequence[Clause], shape: Frame, notes: _Notes) -> list[Item]:
    """The name that a clause of amounts alone is about: from the other side, or from its unit."""
    cycle = next((i for i in clause.items if i.amount is not None and i.amount.kind == "cycle"), None)
    if cycle is not None:
        return [Item("layer", cycle.start, cycle.start, cycle.text, "dasatinib-rest")]
    sized = [
        i
        for i in clause.items
        if i.kind == "level" or (i.amount and i.amount.kind in ("number", "fold", "percent"))
    ]
    if not sized:
        return []
    shares = [_SHARES[i.name] for i in clause.items if i.kind == "outcome" and i.name in _SHARES]
    if shares and any(i.amount is not None and i.amount.kind == "percent" for i in sized):
        return [Item("concept", sized[0].start, sized[0].start, sized[0].text, shares[0])]
    placed = clause.lead == "under" and any(i.amount and i.amount.unit in _UNIT_NAMES for i in sized)
    if shape.compared and not placed:
        others = [n for c in clauses if c.part != clause.part for n in c.names if n.kind == "concept"]
        if others:
            nearest = others[-1] if clause.part == "right" else others[0]
            return [replace(nearest, start=sized[0].start, end=sized[0].end, text=nearest.text)]
    tumour = _tumour(clause, clauses)
    others = [i for c in clauses if c.part != clause.part and not c.names for i in c.amounts]
    unit = next((i.amount.unit for i in others if i.amount is not None and i.amount.unit), "")
    for item in sized:
        name = _UNIT_NAMES.get(item.amount.unit or unit, "") if item.amount else ""
        if name == "dose" and tumour is not None:
            notes.used.add(tumour.start)
            name = "burden"
        if name:
            notes.assumed.append(f"'{item.text}' read as {vocabulary().concepts[name].label}")
            return [Item("concept", item.start, item.start, item.text, name)]
    return []


def _tumour(clause: Clause, clauses: Sequence[Clause]) -> Item | None:
    """The bare word "tumour" that a number of cells belongs to: "a tumour of 1e12 cells"."""
    before = clauses[: next(n for n, c in enumerate(clauses) if c is clause)]
    last = before[-1].items[-1:] if before and before[-1].part == clause.part else []
    near = [*clause.items, *last]
    return next((i for i in near if i.kind == "outcome" and i.name == "tumour_nadir"), None)


def _shares(names: Sequence[Item], clause: Clause) -> list[tuple[Item, list[Item]]]:
    """Each name with the other pieces of the clause that stand nearest to it."""
    if len(names) <= 1:
        return [(n, clause.items) for n in names]
    around: dict[int, list[Item]] = {n.start: [] for n in names}
    for item in clause.items:
        if item in names or item.kind == "design":
            continue
        nearest = _owner(item, names, clause)
        around[nearest.start].append(item)
    return [(n, around[n.start]) for n in names]


def _owner(item: Item, names: Sequence[Item], clause: Clause) -> Item:
    """The name that a piece belongs to: a participle to the one before it, anything else to the nearest."""
    at = clause.items.index(item)
    before = clause.items[at - 1] if at else None
    if before in names and before is not None and item.kind != "level" and item.text.lower().endswith("ed"):
        return before

    def distance(name: Item) -> int:
        return name.start - item.end if name.start >= item.end else item.start - name.end + 1

    return min(names, key=distance)


def _horizon(clause: Clause, notes: _Notes) -> None:
    """Durations that no event took are the length of the run."""
    for item in clause.amounts:
        if item.start in notes.used or item.amount is None or item.amount.kind != "duration":
            continue
        if clause.lead == "horizon" or clause.lead_text == "for" or not clause.names:
            notes.days = item.amount.value
            notes.used.add(item.start)


def _sided(notes: _Notes, shape: Frame) -> list[WordChange]:
    """All changes with their side; conditions become the change when nothing else is changed."""
    own = any(made for side, made in notes.sides if side in ("A", "B"))
    out: list[WordChange] = []
    for side, made in notes.sides:
        promoted = side == "condition" and not own and not shape.compared
        out += [replace(c, side="A") if promoted and c.side == "both" else c for c in made]
    out = _once(out, notes)
    one_sided = {c.target for c in out if c.side == "A"}
    return [
        replace(c, side="B") if c.side == "both" and c.target in one_sided and shape.compared else c
        for c in out
    ]


def _once(changes: list[WordChange], notes: _Notes) -> list[WordChange]:
    """One value per side and parameter; a second one is named, not applied."""
    seen: set[tuple[str, str]] = set()
    out: list[WordChange] = []
    for change in changes:
        key = (change.side, change.target)
        if change.kind == "set" and key in seen:
            notes.problems.append(
                (10**6, f"'{change.said}' contradicts another value for design {change.side}")
            )
            continue
        if change.kind in ("layer", "event") and change.target in levers.names() and key in seen:
            # "Rested with dasatinib for 3 days" names one lever twice: it acts once, as it was told.
            at = next(n for n, c in enumerate(out) if (c.side, c.target) == key)
            if change.events and out[at].events and change.events != out[at].events:
                notes.problems.append((10**6, f"'{change.said}' contradicts another schedule"))
            elif change.events:
                out[at] = change
            continue
        seen.add(key)
        out.append(change)
    return out


def _outcomes(items: Sequence[Item], notes: _Notes) -> None:
    """Outcome words only say what to look at; with a direction they would be an order to the model."""
    for n, item in enumerate(items):
        if item.kind != "outcome" or item.start in notes.used:
            continue
        before = [
            i for i in items[max(0, n - 2) : n] if i.kind in ("up", "down") and i.start not in notes.used
        ]
        after = [i for i in items[n + 1 : n + 2] if i.kind in ("up", "down") and i.start not in notes.used]
        asked = any(
            i.kind == "stop" and _ASKING.match(i.text) and (n == 0 or _OPENING.match(i.text) is None)
            for n, i in enumerate(items[:n])
        )
        if (before or after) and not asked:
            said = " ".join(i.text for i in (*before, item, *after))
            notes.problems.append((item.start, f"'{said}' is an outcome of the model, not a setting"))
        notes.used |= {i.start for i in (*before, *after)}
        notes.used.add(item.start)
        notes.asks.append(item.name)
    for item in items:
        if (
            item.amount is not None
            and item.amount.kind == "day"
            and item.start not in notes.used
            and notes.asks
        ):
            notes.used.add(item.start)
            notes.assumed.append(
                f"'{item.text}' read as a day to look at: shares are given for days 14, 28 and 90"
            )


def _looked_at(items: Sequence[Item], notes: _Notes) -> None:
    """A day that no schedule took is how far the run goes: "which does better after two years"."""
    for item in items:
        day = item.amount if item.amount is not None and item.amount.kind == "day" else None
        if day is None or item.start in notes.used or notes.days is not None or day.value < SHORTEST_RUN:
            continue
        notes.days = day.value
        notes.used.add(item.start)
        notes.assumed.append(f"'{item.text.strip()}' read as the length of the run")


SHORTEST_RUN = 28.0
"""Days; an earlier day is no end of a run."""
_BOUND = re.compile(
    r"(?:(?:less|fewer|more|greater) than|at (?:least|most)|up to|below|above)\s[\d.,]+(?:e\d+)?%?"
    r"(?!\s?-?(?:day|week|month|year|hour|fold|x))(?![\d.,e])",
    re.I,
)
_ASKING = re.compile(
    r"(?:how|what|which|does|do|will|would|is|are|can|could|should)\b(?! (?:if|about)\b)", re.I
)
_OPENING = re.compile(r"(?:will|would|is|are|can|could|should)\b", re.I)
"""These ask only where they open the sentence."""
_GLUE = ("stop", "place", "versus", "but-not", "only", "keep", "side",
         "instead", "replace", "compare", "from", "to", "by", "with", "without",
         "and",          "or", "under", "both", "comma", "horizon")  # fmt: skip


def _unknown(text: str, items: Sequence[Item], notes: _Notes) -> tuple[str, ...]:
    """Every piece that nothing took, neighbours together, with the nearest levers."""
    found: list[tuple[int, str]] = list(notes.problems)
    told = {at for at, _ in notes.problems}
    group: list[Item] = []
    for item in (*items, Item("comma", len(text), len(text), "")):
        loose = item.kind not in _GLUE and item.start not in notes.used and item.start not in told
        if loose:
            group.append(item)
        elif group and (item.kind not in ("stop", "place") or item.text == ""):
            found.append((group[0].start, _complaint(text, group)))
            group = []
    return tuple(message for _, message in sorted(found))


def _complaint(text: str, group: Sequence[Item]) -> str:
    piece = text[group[0].start : group[-1].end]
    if all(i.kind == "term" for i in group):
        return f"'{piece}' is in the glossary, but nothing in the model stands for it ({nearest(piece)})"
    if all(i.kind == "amount" for i in group):
        return f"'{piece}' belongs to nothing that was named"
    if all(i.kind in ("up", "down", "level", "off", "loss", "gain") for i in group):
        return f"'{piece}' belongs to nothing that was named"
    strange = [i for i in group if i.kind in ("unknown", "term")]
    core = text[strange[0].start : strange[-1].end] if strange else piece
    return f"'{piece}' ({nearest(core)})"


def nearest(piece: str) -> str:
    """The levers and quantities whose names come closest, or where to find them all."""
    from rapidfuzz import fuzz, process

    from assistant.kinetics.quantities import fold

    labels = vocabulary().labels
    folded = {fold(phrase): phrase for phrase in labels}
    close = process.extract(fold(piece), list(folded), scorer=fuzz.ratio, limit=6, score_cutoff=62)
    shown = list(dict.fromkeys(f"'{folded[c[0]]}'" for c in close))[:2]
    if shown:
        return "nearest: " + " or ".join(shown)
    return "nothing close; `senescope model designs` lists the levers"


def _refused(text: str, unknown: tuple[str, ...], notes: _Notes) -> NotUnderstood:
    if unknown:
        return NotUnderstood(text, "No change was understood: " + "; ".join(unknown) + ".", unknown)
    if notes.asks:
        return NotUnderstood(text, "The outcome was understood, but no change and no second design.", unknown)
    return NotUnderstood(text, "No design, lever or parameter was found in it.", unknown)


def echo(found: Understood) -> Understood:
    """The same with what was understood in one line of words."""
    from assistant.kinetics import designs

    parts = []
    for side in ("A", "B"):
        name = designs.load(found.design_a if side == "A" else found.design_b).name
        own = [c.said for c in found.changes if c.side == side]
        parts.append(f"{side}: {name}" + (f" with {', '.join(own)}" if own else ""))
    shared = [c.said for c in found.changes if c.side == "both"]
    if shared:
        parts.append("both: " + ", ".join(shared))
    if found.days is not None:
        parts.append(f"{found.days:g} days")
    return replace(found, echo="; ".join(parts))


def is_small(word: str) -> bool:
    """Whether a word only holds a sentence together."""
    return small(word.lower()) is not None
