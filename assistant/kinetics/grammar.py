"""The reader: text -> pieces -> clauses -> `Understood`, with nothing dropped on the way."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.kinetics import borrowing, complaints, contradictions, leaving, levers, looking
from assistant.kinetics.clauses import Clause, is_edit, side_of, split
from assistant.kinetics.framing import Frame, frame
from assistant.kinetics.neighbours import meant
from assistant.kinetics.notes import Notes
from assistant.kinetics.parameters import meanings
from assistant.kinetics.readings import Reading, read_concept, read_event, read_layer
from assistant.kinetics.spelling import corrected
from assistant.kinetics.wording import NotUnderstood, Side, Understood, WordChange
from assistant.kinetics.words import NEGATIONS, Item, is_absent, lex, vocabulary

_ACTS = {"off": ("loss",), "loss": ("off",), "up": ("gain",), "down": (), "gain": ("up",)}
"""Words that do something, and what means the same: one that nothing took was meant for something."""
_LOOKED = ("senescence", "exhaustion", "burden")
"""What may be looked at without being changed."""
_VAGUE = ("better", "worse", "best")
_TOGETHER = re.compile(
    r"\b(?:together|simultaneous\w*|mixed|mixture|cocktail|co-?(?:infus|administ)\w*)\b", re.I
)
_RANKED = re.compile(r"\b(?:most|least|best|worst)\b", re.I)
_DOSING = ("split-dose", "second-infusion")


def read(text: str) -> Understood | NotUnderstood:
    """Read one what-if."""
    text, slips = corrected(text)
    items = meant(lex(text))
    shape = frame(items)
    notes = Notes(assumed=[*slips, *filter(None, [shape.said])])
    notes.used |= {i.start for i in (*shape.left, *shape.right) if i.kind == "side"}
    missing = next((i for i in items if i.kind == "term" and is_absent(i.text)), None)
    if missing is not None:
        # Another design in its place would be an answer about another product.
        reason = (
            f"'{missing.text}' is not among the designs of the model (`senescope model designs` lists them)"
        )
        return NotUnderstood(text, f"{reason}. Name one of those, e.g. its costimulation: '4-1BB' or 'CD28'.")
    if shape.arms > 2:
        return NotUnderstood(
            text, f"{shape.arms} arms are set against each other: one comparison of two at a time, please."
        )
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
    notes.assumed += leaving.as_it_is(changes, designs)
    looking.outcomes(items, notes)
    if not any(c.events for c in changes):
        looking.looked_at(items, notes)
    return _concluded(text, items, shape, designs, changes, notes)


def _concluded(
    text: str,
    items: Sequence[Item],
    shape: Frame,
    designs: tuple[str, str],
    changes: Sequence[WordChange],
    notes: Notes,
) -> Understood | NotUnderstood:
    """The what-if that was read, or why none runs."""
    unknown = complaints.unknown(text, items, notes.used, notes.problems)
    a, b = designs
    if not changes and a == b:
        vague = next((i for i in items if i.text.lower() in _VAGUE), None)
        if vague is not None:
            return NotUnderstood(text, f"'{vague.text}' names no change: say what is to be changed.", unknown)
        named = any(i.kind == "design" for i in items)
        told = any(i.kind in ("layer", "concept", "event") and i.name not in _LOOKED for i in items)
        adds = any(i.kind in ("with", "without") for i in items)
        ranked = _RANKED.search(text)
        if ranked is not None and notes.asks:
            rank = (
                f"'{ranked.group()}' asks for a ranking, e.g. 'which lever most lowers persistence in 28z?'"
            )
            return NotUnderstood(text, f"No change was understood: {rank}.", unknown)
        if not named or unknown or shape.compared or not a or told or adds:
            return complaints.refused(text, unknown or tuple(notes.assumed), asked=bool(notes.asks))
        b = "28z" if a == "bbz" else "bbz"
        notes.assumed.append(f"no change and no second design named: compared with {b}")
    if not changes and unknown and any(i.kind in ("layer", "event") for i in items):
        return complaints.refused(text, unknown, asked=False)
    if not a:
        a = b = "bbz"
        notes.assumed.append("no design named: 4-1BB (bbz) assumed")
    if a == b and all(c.side == "both" for c in changes):
        return complaints.refused(text, unknown, asked=bool(notes.asks))
    scheduled = any(i.kind == "event" or (i.kind == "layer" and levers.load(i.name).events) for i in items)
    dated = any(i.amount is not None and i.amount.kind in ("day", "window") for i in items)
    if scheduled and not dated and any(looking.HAPPENS in problem for _, problem in notes.problems):
        notes.stops = "when it is to happen hangs on an event, and a schedule is told in days"
    if shape.guessed and _TOGETHER.search(text):
        notes.stops = "a mixture of two products is not in the model"
    notes.stops = notes.stops or looking.scanned(items, changes)
    why = notes.stops or complaints.prevents(items, notes.used, scheduled=scheduled, guessed=shape.guessed)
    if why:
        said = f" Besides: {'; '.join(unknown)}." if unknown else ""
        return NotUnderstood(text, f"Nothing was run: {why}.{said}", unknown)
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


def _designs(shape: Frame, notes: Notes) -> tuple[str, str]:
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
    notes: Notes,
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
    clause: Clause, side: str, all_clauses: Sequence[Clause], shape: Frame, notes: Notes
) -> list[WordChange]:
    real: Side = "both" if side in ("both", "condition") else "A" if side == "A" else "B"
    names = clause.names or borrowing.borrowed(clause, all_clauses, shape, notes)
    kept = [i for i in clause.items if i.kind == "keep"]
    notes.used |= {i.start for i in kept}
    bare = next((i for i in kept if i.text.lower() == "same"), None)
    if bare is not None and not names and not clause.designs:
        said = f"'{bare.text}': same as what? Name the design that is meant"
        notes.problems.append((bare.start, said))
        if shape.compared and any(made for _, made in notes.sides):
            # What stands beside it belongs to that arm alone, and may have been read for both.
            notes.stops = "what 'same' stands for is not said, and the rest of its arm hangs on it"
    if kept and names and not any(i.kind in ("amount", "up", "down", "level") for i in clause.items):
        # "Does TET2 loss keep the memory cells": what is kept is a quantity, not the edit before it.
        held = [i for i in names if i.kind == "concept"] or names
        notes.used |= {i.start for i in held}
        notes.assumed.append(f"{', '.join(n.text for n in held)} left as the design has it")
        names = [i for i in names if i not in held]
        if not names:
            return []
    names, denied = _denied(names, clause, notes)
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
        reading = _read_name(name, around, real, clause, off=denied or clause.negated)
        notes.take(reading, name.start)
        notes.denied += [(real, reading.denied)] if reading.denied else []
        made += reading.changes
        if reading.other_side:
            other: Side = "B" if real == "A" else "A"
            made += [replace(c, side=other) for c in reading.other_side]
    _horizon(clause, notes)
    done = {i.kind for i in clause.items if i.start in notes.used}
    left = next((i for i in clause.items if i.kind in _ACTS and {i.kind, *_ACTS[i.kind]}.isdisjoint(done)
                 and i.start not in notes.used), None)  # fmt: skip
    if left is not None and made:
        # "X is removed" with nothing removed would be the opposite of what was said.
        notes.problems.append((left.start, f"'{left.text}': not clear of what, so this part is left out"))
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


def _denied(names: list[Item], clause: Clause, notes: Notes) -> tuple[list[Item], bool]:
    """The names that a negation leaves, and whether it switches them off.

    "Don't give lymphodepletion" and "never become senescent" switch off; "don't lower the dose" and "not with
    c-Jun" leave things as they are; "does not express PD-1" is the loss of it.
    """
    word = next((i for i in clause.items if i.text.lower() in NEGATIONS), None)
    untouched = leaving.untouched(clause)
    if untouched is not None and names:
        notes.used |= {i.start for i in clause.items if i.kind != "design"}
        told = " ".join(i.text for i in clause.items if i.kind not in ("stop", "design"))
        notes.assumed.append(f"'{untouched} {told}': left as the design has it")
        return [], False
    if word is None or not names:
        return names, False
    changed = any(i.kind in ("amount", "up", "down", "level", "off", "loss") for i in clause.items)
    lost = [n for n in names if n.kind == "layer" and vocabulary().polarity.get(n.name) == "loss"]
    expressed = [i for i in clause.items if i.kind == "gain"]
    if expressed and lost == names and not changed:
        notes.used |= {i.start for i in (word, *expressed)}
        clause.items = [i for i in clause.items if i not in expressed]
        return names, False
    concepts = [n for n in names if n.kind == "concept" and vocabulary().concepts[n.name].off is not None]
    if concepts == names and not changed and not leaving.excluded(word, names[0], clause):
        notes.used.add(word.start)
        return names, True
    notes.used |= {i.start for i in clause.items if i.kind not in ("design", "unknown")} | {word.start}
    told = " ".join(i.text for i in clause.items if i.start >= word.start and i.kind != "stop")
    notes.assumed.append(f"'{told}': left as the design has it")
    return [], False


def _read_name(name: Item, around: Sequence[Item], side: Side, clause: Clause, *, off: bool) -> Reading:
    if name.kind == "concept" and clause.lead == "with" and clause.part != "only" and _is_plain(name, around):
        return Reading(used=[name], assumed=[f"'with {name.text}': as the design has it"])
    if name.kind == "concept":
        return read_concept(name, around, side, negated=off)
    if name.kind == "event":
        return read_event(name, around, side)
    if off and clause.part != "only":
        return Reading(used=[name])  # "X with c-Jun vs X without c-Jun": nothing to do on this side
    return read_layer(name, around, side, negated=off)


def _is_plain(name: Item, around: Sequence[Item]) -> bool:
    """Whether a quantity that can be left out is only said to be there: "with lymphodepletion vs without"."""
    concept = vocabulary().concepts[name.name]
    if concept.off is None or concept.with_ is not None or concept.asks:
        return False
    return all(i is name or i.kind in ("design", "stop", "place") for i in around)


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


def _horizon(clause: Clause, notes: Notes) -> None:
    """Durations that no event took are the length of the run."""
    for item in clause.amounts:
        if item.start in notes.used or item.amount is None or item.amount.kind != "duration":
            continue
        if item.amount.value < looking.SHORTEST_RUN and "-" in item.text and clause.lead != "horizon":
            continue  # "two-week expansion" tells how long that is, not how long the run is
        if clause.lead == "horizon" or clause.lead_text == "for" or not clause.names:
            notes.days = item.amount.value
            notes.used.add(item.start)


def _sided(notes: Notes, shape: Frame) -> list[WordChange]:
    """All changes with their side; conditions become the change when nothing else is changed."""
    own = any(made for side, made in notes.sides if side in ("A", "B"))
    out: list[WordChange] = []
    for side, made in notes.sides:
        promoted = side == "condition" and not own and not shape.compared
        for change in made:
            dosed = side == "condition" and change.target == "dose"
            if change.side == "both" and dosed and own:
                # The dose is chosen with the rest of the treatment; a tumour is what it is.
                notes.assumed.append(
                    f"'{change.said}' read as part of the change (say 'both' for both designs)"
                )
            elif change.side == "both" and side == "condition" and own:
                notes.assumed.append(f"'{change.said}' read as the setting of both arms")
            out.append(replace(change, side="A") if change.side == "both" and (promoted or dosed) else change)
    out = _once(out, notes)
    both_ways = next((c for c in out for side, lever in notes.denied if c.target == lever
                      and (side == c.side or "both" in (side, c.side))), None)  # fmt: skip
    if both_ways is not None and not shape.compared:
        notes.stops = f"'{both_ways.said}' is both asked for and said to be absent"
    given = {c.target for c in out if c.side == "A" and c.kind == "set"}
    twice = next((c for c in out if c.side == "both" and c.kind == "set" and c.target in given), None)
    if twice is not None and not shape.compared:
        notes.stops = f"'{twice.said}' contradicts another value for design A"
    own_scene = {p for c in out if c.side == "A" for p in scene(c)}
    out = [
        replace(c, side="B") if c.side == "both" and shape.compared and own_scene & scene(c) else c
        for c in out
    ]
    return contradictions.settled(out, notes)


def scene(change: WordChange) -> set[str]:
    """What a change sets of patient, tumour or treatment: an arm has its own, or both the same."""
    if change.kind in ("set", "times"):
        return {change.target}
    if change.kind == "event":
        return set()
    moved = {e.parameter for e in levers.load(change.target).effects}
    return {change.target} | {p for p in moved if meanings()[p].kind == "scenario"}


def _once(changes: list[WordChange], notes: Notes) -> list[WordChange]:
    """One value per side and parameter; a second one is named, not applied."""
    seen: set[tuple[str, str]] = set()
    out: list[WordChange] = []
    for change in changes:
        key = (change.side, change.target)
        if change.kind == "set" and key in seen:
            notes.stops = f"'{change.said}' contradicts another value for design {change.side}"
            continue
        if change.kind in ("layer", "event") and change.target in levers.names() and key in seen:
            # "Rested with dasatinib for 3 days" names one lever twice: it acts once, as it was told.
            at = next(n for n, c in enumerate(out) if (c.side, c.target) == key)
            if change.events and out[at].events and change.events != out[at].events:
                notes.stops = f"'{change.said}' contradicts another schedule"
            elif change.events:
                out[at] = change
            continue
        seen.add(key)
        out.append(change)
    return out


_BOUND = re.compile(
    r"(?:(?:no )?(?:less|fewer|more|greater) than|"
    r"as (?:little|few|much|many) as|"
    r"at (?:least|most)|up to|below|above)\s[\d.,]+(?:e\d+)?%?"
    r"(?!\s?-?(?:day|week|month|year|hour|fold|x))(?![\d.,e])",
    re.I,
)


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
