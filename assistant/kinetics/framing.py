"""What is set against what: the sides of "X vs Y", "between 1e7 and 1e8", "with and without Z"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assistant.kinetics.words import Item, ItemKind

_NAMES: tuple[ItemKind, ...] = ("concept", "layer", "event")


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
    arms: int = 2
    """How many things are set against each other; a comparison has two."""
    said: str = ""
    """What the reader is told about how it was read."""


def frame(items: Sequence[Item]) -> Frame:
    """Find what is compared with what."""
    choice = any(i.kind == "or" for i in items)  # "either TET2 or DNMT3A" is one of them, not both
    kept, one_sided = _sides(
        [i for i in items if i.kind not in ("stop", "place") and not (choice and i.text.lower() == "either")]
    )
    pair = _with_and_without(kept)
    if pair is not None:
        return Frame(left=pair, with_without=True, compared=True)
    marks = [n for n, i in enumerate(kept) if i.kind in ("versus", "instead", "but-not")]
    at = marks[0] if marks else _either(kept)
    if at is not None:
        own = one_sided or kept[at].kind == "but-not"
        left, right = _bare(kept[:at]), _bare(kept[at + 1 :])
        arms = _listed(left) + 1 if kept[at].kind == "or" else max(2, len(marks) + 1)
        ends = kept[at].kind == "and" and not marks and kept[at - 1].kind != "layer"
        said = ENDS if ends else ""
        return Frame(left, right, compared=True, left_only=own, arms=arms, said=said)
    replaced = any(i.kind == "replace" for i in kept)
    designs = [n for n, i in enumerate(kept) if i.kind == "design"]
    if len(designs) >= 2:
        first, second = designs[0], designs[1]
        link = _link(kept, first, second)
        if link is not None and (replaced or _compares(kept, kept[link].kind)):
            left, right = _bare(kept[:link]), _bare(kept[link + 1 :])
            if replaced or any(i.kind == "from" for i in kept[:first]):
                return Frame(left, right, compared=True, swapped=True, replaced=True)
            return Frame(left, right, compared=True, left_only=one_sided)
        cut = link if link is not None else second
        after = kept[cut + 1 :] if link is not None else kept[second:]
        return Frame(_bare(kept[:cut]), _bare(after), compared=True, guessed=True, left_only=one_sided)
    # One design and nothing against it: "TET2 and DNMT3A both knocked out" means both of the edits.
    return Frame(left=_bare([i for i in kept if i.kind != "both" or i.text.lower() not in _BOTH]))


_BOTH = ("both", "each")
ENDS = (
    "'between' read as its two ends set against each other: `senescope whatif --scan` runs what lies between"
)


def _either(items: Sequence[Item]) -> int | None:
    """The "or" between two values ("1e7 or 1e8 cells"), which sets one against the other."""
    for n in range(1, len(items) - 1):
        after = (
            items[n + 2] if items[n + 1].kind in ("under", "with") and n + 2 < len(items) else items[n + 1]
        )
        ends = (items[n - 1].amount, after.amount)
        if items[n].kind == "or" and all(a is not None and a.kind in ("number", "percent") for a in ends):
            return n
        between = any(i.text.lower().endswith("between") for i in items[max(0, n - 3) : n - 1])
        if items[n].kind == "and" and between and all(a and a.kind == "number" for a in ends):
            return n
        levels = items[n - 1].kind == items[n + 1].kind == "level"
        if levels and (items[n].kind == "or" or (items[n].kind == "and" and _compared(items))):
            return n
    return None if sum(i.kind == "design" for i in items) > 1 else _either_edit(items)


def _link(items: Sequence[Item], first: int, second: int) -> int | None:
    """The word between two designs that parts their clauses: "1e8 in X | and 1e7 in Y"."""
    between = range(second - 1, first, -1)
    joint = next((n for n in between if items[n].kind in ("and", "or", "comma")), None)
    link = next((n for n in between if items[n].kind in _LINKS), None)
    if joint is None or link is None or link < joint:
        told = link is not None and any(i.kind in _NAMES for i in items[link:second])
        # "X with rest better than Y": what stands between belongs to X.
        return None if told and link is not None and items[link].kind == "with" else link
    sized = any(i.amount is not None or i.kind in _NAMES for i in items[joint:second])
    return joint if sized else link


def _listed(items: Sequence[Item]) -> int:
    """Levers in a row without a word between them ("c-Jun, FOXO1 or TET2"): each is an arm of its own."""
    row = 1
    for n, item in enumerate(items[:-2]):
        after = items[n + 1], items[n + 2]
        listed = (item.kind, after[1].kind) in (("layer", "layer"), ("amount", "amount"))
        row += listed and after[0].text == ","
    return row


def _compared(items: Sequence[Item]) -> bool:
    return any(i.kind == "compare" for i in items)


def _either_edit(items: Sequence[Item]) -> int | None:
    """The "or" between two levers ("with TET2 loss or with c-Jun"): two arms, not both at once."""
    for n, item in enumerate(items):
        if item.kind in ("and", "with", "to") and 1 < n < len(items) - 1 and items[n - 2].kind == "compare":
            # "Compare c-Jun and FOXO1 in 28z": two arms as well.
            first, second = items[n - 1], items[n + 1]
            if first.kind == second.kind == "layer" and first.name != second.name:
                return n
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
