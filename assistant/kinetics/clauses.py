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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from assistant.kinetics.words import Item, ItemKind, vocabulary

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


@dataclass
class Frame:
    """The shape of the whole text."""

    left: list[Item] = field(default_factory=list)
    right: list[Item] = field(default_factory=list)
    compared: bool = False
    """Whether the text sets one thing against another."""
    with_without: bool = False
    swapped: bool = False
    """True when the words name B first ("replace B by A")."""
    replaced: bool = False
    left_only: bool = False
    """True for "Z in X but not in Y": what the left holds is not for both."""
    guessed: bool = False
    """True when two designs stand side by side without a word of comparison."""


def frame(items: Sequence[Item]) -> Frame:
    """Find what is compared with what."""
    choice = any(i.kind == "or" for i in items)  # "either TET2 or DNMT3A" is one of them, not both
    kept, one_sided = _sides(
        [i for i in items if i.kind not in ("stop", "place") and not (choice and i.text.lower() == "either")]
    )
    pair = _with_and_without(kept)
    if pair is not None:
        return Frame(left=pair, with_without=True, compared=True)
    at = next((n for n, i in enumerate(kept) if i.kind in ("versus", "instead", "but-not")), None)
    at = at if at is not None else _either(kept)
    if at is not None:
        own = one_sided or kept[at].kind == "but-not"
        return Frame(_bare(kept[:at]), _bare(kept[at + 1 :]), compared=True, left_only=own)
    replaced = any(i.kind == "replace" for i in kept)
    designs = [n for n, i in enumerate(kept) if i.kind == "design"]
    if len(designs) >= 2:
        first, second = designs[0], designs[1]
        link = next((n for n in range(second - 1, first, -1) if kept[n].kind in _LINKS), None)
        if link is not None and (replaced or _compares(kept, kept[link].kind)):
            left, right = _bare(kept[:link]), _bare(kept[link + 1 :])
            if replaced or any(i.kind == "from" for i in kept[:first]):
                return Frame(left, right, compared=True, swapped=True, replaced=True)
            return Frame(left, right, compared=True)
        cut = link if link is not None else second
        after = kept[cut + 1 :] if link is not None else kept[second:]
        return Frame(_bare(kept[:cut]), _bare(after), compared=True, guessed=True)
    # One design and nothing against it: "TET2 and DNMT3A both knocked out" means both of the edits.
    return Frame(left=_bare([i for i in kept if i.kind != "both" or i.text.lower() not in _BOTH]))


_BOTH = ("both", "each")


def _either(items: Sequence[Item]) -> int | None:
    """The "or" between two values ("1e7 or 1e8 cells"), which sets one against the other."""
    for n in range(1, len(items) - 1):
        ends = (items[n - 1].amount, items[n + 1].amount)
        if items[n].kind == "or" and all(a is not None and a.kind in ("number", "percent") for a in ends):
            return n
        levels = items[n - 1].kind == items[n + 1].kind == "level"
        if levels and (items[n].kind == "or" or (items[n].kind == "and" and _compared(items))):
            return n
    return None if sum(i.kind == "design" for i in items) > 1 else _either_edit(items)


def _compared(items: Sequence[Item]) -> bool:
    return any(i.kind == "compare" for i in items)


def _either_edit(items: Sequence[Item]) -> int | None:
    """The "or" between two levers ("with TET2 loss or with c-Jun"): two arms, not both at once."""
    for n, item in enumerate(items):
        if item.kind != "or":
            continue
        before = [i for i in items[:n] if i.kind in _NAMES]
        after = [i for i in items[n + 1 :] if i.kind in _NAMES]
        if not before or not after:
            continue
        first, second = before[-1], after[0]
        edits = first.kind == second.kind == "layer" and first.name != second.name
        values = first.kind == second.kind == "concept" and first.name == second.name
        if edits or values or (_changed(items[:n], first) and _changed(items[n + 1 :], second)):
            return n
    return None


def _changed(items: Sequence[Item], name: Item) -> bool:
    """Whether a name is a change by itself, or has one beside it."""
    at = next(n for n, i in enumerate(items) if i is name)
    near = items[max(0, at - 2) : at + 3]
    return name.kind in ("layer", "event") or any(
        i.kind in ("up", "down", "level", "off") or i.amount is not None for i in near
    )


def _sides(items: Sequence[Item]) -> tuple[list[Item], bool]:
    """Designs that only say where a change belongs, as "side" items; "only" is taken out.

    Such is a design beside "only", if it is named elsewhere too, and one that is named again. The second
    value tells whether "only" stands beside a design that is named once.
    """
    out: list[Item] = []
    named = {i.name for i in items if i.kind == "design"}
    seen: list[str] = []
    one_sided = False
    for n, item in enumerate(items):
        if item.kind == "only":
            continue
        if item.kind != "design":
            out.append(item)
            continue
        near = [i.kind for i in items[n + 1 : n + 2]] + [i.kind for i in items[max(0, n - 2) : n]]
        again = len(set(seen)) >= 2 and item.name in seen
        elsewhere = sum(i.kind == "design" and i.name == item.name for i in items) > 1
        if again or ("only" in near and len(named) > 1 and elsewhere):
            out.append(replace(item, kind="side"))
        else:
            one_sided = one_sided or ("only" in near and len(named) > 1)
            seen.append(item.name)
            out.append(item)
    return out, one_sided


_LINKS: tuple[ItemKind, ...] = ("with", "and", "or", "to", "by", "under", "comma")


def _compares(items: Sequence[Item], link: ItemKind) -> bool:
    return link == "or" or any(i.kind == "compare" for i in items) or (link == "to" and _from(items))


def _from(items: Sequence[Item]) -> bool:
    return any(i.kind == "from" for i in items)


def _bare(items: Sequence[Item]) -> list[Item]:
    return [i for i in items if i.kind not in ("compare", "replace")]


def _with_and_without(items: Sequence[Item]) -> list[Item] | None:
    """The items with "with and without" turned into "with", or None."""
    for n in range(len(items) - 2):
        first, link, last = (i.kind for i in items[n : n + 3])
        if {first, last} == {"with", "without"} and link in ("and", "or", "versus"):
            if first == "without":
                items = [*items[:n], replace(items[n + 2], kind="with"), *items[n + 1 :]]
            return _bare([*items[: n + 1], *items[n + 3 :]])
    return None


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
        elif item.kind in _LEADS:
            if clauses[-1].items or clauses[-1].side:
                clauses.append(Clause(part, item.kind, item.text.lower()))
            else:
                clauses[-1].lead, clauses[-1].lead_text = item.kind, item.text.lower()
            clauses[-1].negated = item.kind == "without"
        else:
            clauses[-1].items.append(item)
    joined = _joined([c for c in clauses if c.items or c.both or c.side])
    return _before_pair(joined) if part == "left" else joined


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


def _belongs(before: Clause, clause: Clause) -> bool:
    moved = any(i.kind in ("amount", "up", "down", "off", "loss", "gain") for i in before.items)
    if (
        clause.lead == "under"
        and clause.lead_text == "in"
        and not before.names
        and moved
        and not before.designs
    ):
        return bool(clause.names)
    if clause.names or clause.designs or not clause.amounts:
        return False
    kinds = {i.amount.kind for i in clause.amounts if i.amount is not None}
    if clause.lead == "horizon":
        return False
    if kinds <= {"duration", "every", "day", "window", "until"}:
        return any(_scheduled(i) for i in before.names)
    if any(n.kind == "layer" and not _scheduled(n) for n in before.names):
        return False
    only_amounts = all(i.kind in ("amount", "up", "down", "to", "by", "from") for i in clause.items)
    return (
        only_amounts
        and len(before.names) == 1
        and not _sized(before)
        and clause.lead in ("comma", "under", "with")
    )


def _scheduled(item: Item) -> bool:
    if item.kind == "event" or (item.kind == "concept" and item.name == "culture"):
        return True
    if item.kind != "layer":
        return False
    from assistant.kinetics import levers

    return bool(levers.load(item.name).events)


def _sized(clause: Clause) -> bool:
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
        return (
            ("condition", "")
            if clause.lead == "under" and not clause.designs
            else (_follow(clause, previous, "A"), "")
        )
    own = "A" if (clause.part == "left") != frame_.swapped else "B"
    if frame_.with_without:
        condition = clause.lead in ("under", "comma") or (clause.lead == "and" and previous == "both")
        return ("both" if condition and not clause.designs else "A"), ""
    if clause.part == "left":
        if clause.lead == "under" and designs_before == 0 and not clause.designs:
            return "both", ""
        if clause.before_pair and plain_right and not frame_.left_only and not frame_.swapped:
            text = " ".join(i.text for i in clause.items)
            return "both", f"'{text}' read for both designs (say 'in ... only' for one)"
        return own, ""
    # "X without rest vs X with rest": where both arms name the same design, what one has is its own.
    twins = not sides and all(any(i.kind == "design" for i in part) for part in (frame_.left, frame_.right))
    return _right(clause, own, designs_before, previous, edit or (twins and clause.lead == "with"))


def _follow(clause: Clause, previous: str, default: str) -> str:
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
