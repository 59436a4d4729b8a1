"""From pieces to clauses with a side: who gets which change in "4-1BB with c-Jun vs CD28 at high burden".

The rules, in order:
1. "X vs Y", "X instead of Y", "compare X with Y", "X or Y": X is A, Y is B. "replace X by Y" is turned round.
2. "with and without Z": A has Z. "Z in X but not in Y": X with Z is A, Y is B.
3. "in X only", or a design that is named again after both are: the change belongs to that design.
4. A change told before the comparison ("antigen drops tenfold, X vs Y", "halve the dose in X vs Y") holds for
   both designs; "both" and "each" say so outright.
5. What stands beside a design belongs to it; an edit after "with" belongs to the design before it.
6. Conditions ("at high tumour burden", "when ...") hold for both designs, unless nothing else is changed.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from assistant.kinetics.framing import Frame
from assistant.kinetics.words import NEGATIONS, Item, ItemKind, vocabulary

Part: TypeAlias = Literal["left", "right", "only"]
_LEADS: tuple[ItemKind, ...] = ("with", "without", "and", "or", "under", "comma", "horizon")
_NAMES: tuple[ItemKind, ...] = ("concept", "layer", "event")


@dataclass
class Clause:
    """Pieces between two separators."""

    part: Part
    lead: ItemKind | Literal[""]
    """The separator that opened it."""
    lead_text: str = ""
    items: list[Item] = field(default_factory=list)
    both: bool = False
    negated: bool = False
    """"without" or "no" stands over the whole clause."""
    side: str = ""
    """The design that "only", or naming it again, puts the clause on: its id."""
    before_pair: bool = False
    """Told before the two designs that are compared."""

    @property
    def names(self) -> list[Item]:
        """Concepts, levers and events in it."""
        return [i for i in self.items if i.kind in _NAMES]

    @property
    def designs(self) -> list[Item]:
        """Designs in it."""
        return [i for i in self.items if i.kind == "design"]

    @property
    def amounts(self) -> list[Item]:
        """Amounts in it."""
        return [i for i in self.items if i.kind == "amount"]


def split(items: Sequence[Item], part: Part) -> list[Clause]:
    """Cut one side of the frame into clauses."""
    clauses = [Clause(part, "")]
    for item in items:
        if item.kind == "both":
            if clauses[-1].items and all(i.kind == "design" for i in clauses[-1].items):
                clauses.append(Clause(part, "comma"))
            clauses[-1].both = True
        elif item.kind == "side":
            clauses[-1].side = item.name
        elif item.text.lower() == "nor":
            clauses.append(Clause(part, "and", "nor", [item]))
        elif item.kind in _LEADS and _only_denied(clauses[-1]):
            clauses[-1].negated = item.kind == "without"
        elif item.kind in _LEADS:
            denied = clauses[-1].negated
            named = clauses[-1].side and clauses[-1].lead in ("and", "comma")
            # "..., but tisa-cel at half its dose": what follows belongs to the design that is named again.
            told = named and item.kind in ("under", "with", "without")
            if clauses[-1].items or (clauses[-1].side and not told):
                clauses.append(Clause(part, item.kind, item.text.lower()))
            else:
                clauses[-1].lead, clauses[-1].lead_text = item.kind, item.text.lower()
            clauses[-1].negated = item.kind == "without" or (item.kind == "or" and denied)
        else:
            clauses[-1].items.append(item)
    joined = _shared(_joined([c for c in clauses if c.items or c.both or c.side]))
    return _before_pair(joined) if part == "left" else joined


def _only_denied(clause: Clause) -> bool:
    """Whether a clause has only a negation so far: "don't give lymphodepletion" is one clause."""
    return bool(clause.items) and all(i.text.lower() in NEGATIONS for i in clause.items)


def _before_pair(clauses: list[Clause]) -> list[Clause]:
    """Mark the clauses before the design's own: "antigen drops tenfold, X", "halve the dose in X"."""
    own = next((n for n, c in enumerate(clauses) if c.designs), 0)
    if own and (clauses[own].lead == "comma" or (clauses[own].lead == "under" and not clauses[own].names)):
        for clause in clauses[:own]:
            clause.before_pair = True
    return clauses


def _joined(clauses: list[Clause]) -> list[Clause]:
    """Clauses that only make sense together: "a tenfold drop | in affinity", "a rest | for four days"."""
    out: list[Clause] = []
    for clause in clauses:
        if not clause.items:
            if out:
                out[-1].both = out[-1].both or clause.both
                out[-1].side = out[-1].side or clause.side
            continue
        before = out[-1] if out else None
        if before is not None and _belongs(before, clause):
            before.items += clause.items
            before.both = before.both or clause.both
            before.side = before.side or clause.side
        else:
            out.append(clause)
    return out


def _shared(clauses: list[Clause]) -> list[Clause]:
    """Give both names of a pair what one of them has: "lower dose and burden tenfold"."""
    for first, second in itertools.pairwise(clauses):
        if second.lead != "and" or len(first.names) != 1 or len(second.names) != 1 or second.designs:
            continue
        if any(n.kind != "concept" for n in (*first.names, *second.names)):
            continue
        ways = [i for i in first.items if i.kind in ("up", "down")]
        sizes = [i for i in first.items if _is_size(i)]
        bare = not any(
            i.kind in ("up", "down", "level", "off", "loss", "gain", "keep")
            or (i.amount is not None and i.amount.way)
            or i.text.lower() in NEGATIONS
            for i in (*second.items, *(i for i in first.items if i.text.lower() in NEGATIONS))
        )
        if ways and bare and any(i.amount and i.amount.kind != "number" for i in second.items):
            if not sizes:
                first.items += [i for i in second.items if _is_size(i) or i.kind in ("by", "to")]
            second.items = [*ways, *second.items]
        elif bare and not any(_is_size(i) for i in second.items) and len(second.items) == 1:
            ahead = [i for i in (*ways, *sizes) if i.start < first.names[0].start]
            if ahead and len(ahead) == len(ways) + len(sizes):
                second.items = [*ahead, *second.items]
    return clauses


def _is_size(item: Item) -> bool:
    return item.amount is not None and item.amount.kind in ("fold", "percent")


def _belongs(before: Clause, clause: Clause) -> bool:
    if clause.lead in ("with", "and") and any(is_timed(i) for i in clause.names):
        # "After a month give a second dose": a day told ahead of what happens on it.
        told = [i.amount.kind for i in before.items if i.amount is not None]
        if told and len(told) == len(before.items) and set(told) <= {"day", "window"}:
            return True
    moved = any(i.kind in ("amount", "up", "down", "off", "loss", "gain") for i in before.items)
    if (
        clause.lead == "under"
        and clause.lead_text == "in"
        and not before.names
        and moved
        and not before.designs
    ):
        return bool(clause.names)
    if clause.lead_text == "for" and clause.designs and not clause.names and any(map(is_timed, before.names)):
        # "On day 10 for 30 days after tisa-cel": the length of what is given.
        return all(i.kind == "design" or (i.amount and i.amount.kind == "duration") for i in clause.items)
    if clause.names or clause.designs or any(i.kind == "outcome" for i in clause.items):
        return False
    if not clause.amounts:
        return clause.lead_text == "also" and all(i.kind in ("up", "down") for i in clause.items)
    kinds = {i.amount.kind for i in clause.amounts if i.amount is not None}
    if clause.lead == "horizon":
        return False
    if kinds <= {"duration", "every", "day", "window", "until"}:
        return any(is_timed(i) for i in before.names)
    if any(n.kind == "layer" and not is_timed(n) for n in before.names):
        return False
    only_amounts = all(i.kind in ("amount", "up", "down", "to", "by", "from") for i in clause.items)
    return (
        only_amounts
        and len(before.names) == 1
        and all(_counts(before.names[0], a) for a in clause.amounts)
        and not is_sized(before)
        and (clause.lead in ("comma", "under", "with") or clause.lead_text == "also")
    )


def _counts(name: Item, amount: Item) -> bool:
    """Whether an amount may be one of a name: "without lymphodepletion at 5e7 cells" is two things."""
    from assistant.kinetics.parameters import meanings

    unit = amount.amount.unit.split("/")[0] if amount.amount is not None else ""
    if unit not in ("cells", "molecules") or name.kind != "concept":
        return True
    return any(meanings()[p].unit.split("/")[0] == unit for p in vocabulary().concepts[name.name].moves)


def is_timed(item: Item) -> bool:
    """Whether a name has a length or a schedule: an event, a lever with events, the time in culture."""
    if item.kind == "event" or (item.kind == "concept" and item.name == "culture"):
        return True
    if item.kind != "layer":
        return False
    from assistant.kinetics import levers

    return bool(levers.load(item.name).events)


def is_sized(clause: Clause) -> bool:
    """Whether a clause holds a level, a number, a fold or a percentage."""
    return any(
        i.kind == "level" or (i.amount is not None and i.amount.kind in ("number", "fold", "percent"))
        for i in clause.items
    )


def side_of(
    clause: Clause,
    frame_: Frame,
    designs_before: int,
    previous: str,
    edit: bool,
    *,
    sides: Mapping[str, str],
    plain_right: bool,
) -> tuple[str, str]:
    """The side of a clause ("A", "B", "both", "condition") and what was assumed about it.

    Arguments:
        designs_before: designs named so far in the same part.
        previous: the side of the clause before it in the same part, or "".
        edit: whether the clause changes the cells (a lever of the product) and not the scene.
        sides: side of each design that is named, for "in X only".
        plain_right: whether the right part opens with a bare design, so that the left speaks for both.
    """
    if clause.both:
        return "both", ""
    if clause.side and clause.part != "only":
        return sides.get(clause.side, "both"), ""
    if clause.part == "only":
        # "What does c-Jun do in 28z when antigen is low": a tumour that is so for both.
        when = clause.lead_text in ("when", "where", "if") and bool(previous) and not edit
        when = when and not any(map(is_timed, clause.names))
        condition = (clause.lead == "under" or when) and not clause.designs
        return ("condition" if condition else _follow(clause, previous, "A")), ""
    own = "A" if (clause.part == "left") != frame_.swapped else "B"
    if frame_.with_without:
        condition = clause.lead in ("under", "comma") or (clause.lead == "and" and previous == "both")
        return ("both" if condition and not clause.designs else "A"), ""
    if clause.part == "left":
        if frame_.guessed and plain_right and edit and not frame_.left_only and _ahead(clause):
            text = " ".join(i.text for i in clause.names)
            return "both", f"'{text}' read for both designs (say 'in ... only' for one)"
        if clause.lead == "under" and designs_before == 0 and not clause.designs:
            return "both", ""
        if clause.lead == "under" and designs_before == 0 and plain_right and sides and clause.amounts:
            text = " ".join(i.text for i in clause.items if i.kind != "design")
            return "both", f"'{text}' read for both designs (say 'in ... only' for one)"
        if clause.before_pair and plain_right and sides and not frame_.left_only and not frame_.swapped:
            text = " ".join(i.text for i in clause.items)
            return "both", f"'{text}' read for both designs (say 'in ... only' for one)"
        return own, ""
    # "X without rest vs X with rest": where both arms name the same design, what one has is its own.
    twins = not sides and all(any(i.kind == "design" for i in part) for part in (frame_.left, frame_.right))
    return _right(
        clause, own, designs_before, previous, edit or (twins and clause.lead in ("with", "without"))
    )


def _ahead(clause: Clause) -> bool:
    """Whether an edit is told before the design it stands with: "adding IL-15 to X and Y"."""
    return bool(clause.designs) and clause.names[0].start < clause.designs[0].start


def _follow(clause: Clause, previous: str, default: str) -> str:
    units = {i.amount.unit for i in clause.amounts if i.amount is not None}
    if (
        clause.lead == "with"
        and previous == "condition"
        and not clause.names
        and units <= {"cells", "molecules"}
    ):
        return previous  # "against a low antigen tumour with 1e12 cells"
    return previous if clause.lead == "and" and previous == "condition" else default


def _right(clause: Clause, own: str, designs_before: int, previous: str, edit: bool) -> tuple[str, str]:
    opening = designs_before == 0 and not (previous and clause.lead in ("under", "comma"))
    if clause.designs or opening:
        return own, ""
    if clause.lead == "and" and previous in ("A", "B", "both") and previous != own:
        return previous, ""
    if clause.lead in ("with", "without", "and"):
        if edit:
            text = " ".join(i.text for i in clause.names)
            return own, f"'{text}' read as part of design {own} only (say 'both' for both designs)"
        return "both", ""
    return "both", ""


def is_edit(item: Item) -> bool:
    """Whether a name changes the CAR-T cells themselves rather than the patient or the schedule."""
    if item.kind != "layer":
        return False
    from assistant.kinetics import levers
    from assistant.kinetics.parameters import meanings

    effects = levers.load(item.name).effects
    return bool(effects) and all(meanings()[e.parameter].kind != "scenario" for e in effects)


def label(item: Item) -> str:
    """A name in words."""
    if item.kind == "concept":
        return vocabulary().concepts[item.name].label
    return item.name
