"""Words that those beside them give a meaning: "5x more cells" is a dose, "a weaker binder" an affinity."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.kinetics.words import NEGATIONS, Item, vocabulary

_GIVING = ("infuse", "infused", "infusing", "inject", "injected", "administer", "deliver")
_BINDERS = ("binder", "binders", "scfv", "scfvs")
_STRENGTH = re.compile(r"(?:weak|strong|tight|loos)\w*$")


def meant(items: Sequence[Item]) -> tuple[Item, ...]:
    """Words that others near them give a meaning: a weaker binder has a lower affinity."""
    items = _denials(_parted(items))
    out = list(items)
    for n, item in enumerate(items):
        near = [i.text.lower() for i in items[max(0, n - 3) : n + 4]]
        told = any(i.kind == "concept" and i.name == "affinity" for i in items)
        if (
            item.kind == "place"
            and item.text.lower() in _BINDERS
            and not told
            and any(map(_STRENGTH.match, near))
        ):
            out[n] = replace(item, kind="concept", name="affinity")
        if item.text.lower() == "cells" and item.kind == "stop" and _given(items, n):
            out[n] = replace(item, kind="concept", name="dose")
        if item.kind == "layer":
            _expressed(out, n)
            _dosed(out, n)
            _stopped(out, n)
        _of_some(out, n)
        if _DIVIDES.match(item.text) and item.kind in ("down", "unknown") and not _by(items, n):
            _divided(out, n)
        _process(out, n)
        if item.text.lower() in NEGATIONS:
            _unchanged(out, n)
        if item.amount is not None and _AFTER.search(item.text) and _next(items, n).kind == "outcome":
            out[n] = replace(item, amount=replace(item.amount, kind="relative"))
            continue
        if item.amount is not None:
            _counted(out, n)
        beside = [*items[max(0, n - 2) : n], *items[n + 1 : n + 4]]
        if item.kind == "outcome" and item.name == "tumour_nadir" and any(map(_is_size, beside)):
            out[n] = replace(item, kind="concept", name="burden")
        if item.text.lower() == "last" and any(i.kind in _NAMED for i in items[n + 1 : n + 2]):
            out[n] = replace(item, kind="unknown", name="")  # "the last dose" asks for no persistence
    return tuple(_weighed(out))


_NAMED = ("concept", "layer", "event")
_ENDS = ("comma", "and", "or", "versus", "instead", "but-not")
"""Where what is said of one thing ends."""
_SPLITS = re.compile(r"(?:split|divid|fractionat)\w*$", re.I)
_STOPS = re.compile(r"(?:stop|halt|end|finish|discontinu)\w*$", re.I)
_TOUCHES = re.compile(r"(?:chang|alter|affect|touch|modif)\w*$", re.I)


def _denials(items: Sequence[Item]) -> list[Item]:
    """ "TET2 but not DNMT3A in 28z" denies an edit; "in 28z but not in bbz" tells the other arm."""
    out: list[Item] = []
    one = len({i.name for i in items if i.kind == "design"}) < 2
    for n, item in enumerate(items):
        if one and item.kind == "but-not" and _next(items, n).kind in _NAMED:
            middle = item.end - 1
            out += [
                replace(item, kind="comma", end=middle),
                replace(item, kind="unknown", start=middle, text="not"),
            ]
        else:
            out.append(item)
    return out


def _weighed(items: Sequence[Item]) -> list[Item]:
    """ "2e6 cells/kg in a 20 kg child": as many cells as that makes."""
    weight = next((i for i in items if i.amount is not None and i.amount.unit == "kg"), None)
    per_kg = [i for i in items if i.amount is not None and i.amount.unit == "cells/kg"]
    if weight is None or weight.amount is None or not per_kg:
        return list(items)
    kg = weight.amount.value
    made = {i.start: replace(i.amount, value=i.amount.value * kg, unit="cells") for i in per_kg if i.amount}
    return [
        replace(i, kind="stop", amount=None)
        if i is weight
        else replace(i, amount=made.get(i.start, i.amount))
        for i in items
    ]


def _unchanged(items: list[Item], at: int) -> None:
    """ "Don't change the dose" keeps it."""
    for n in range(at + 1, min(len(items), at + 3)):
        if items[n].kind in ("stop", "unknown") and _TOUCHES.match(items[n].text):
            items[at] = replace(items[at], kind="stop", text="")
            items[n] = replace(items[n], kind="keep", name="")
            return


def _stopped(items: list[Item], at: int) -> None:
    """ "Stop dasatinib on day 30" is its last day, not a lever without it."""
    before = [n for n in range(max(0, at - 2), at) if items[n].kind not in ("stop", "place")]
    word = next((n for n in before if _STOPS.match(items[n].text)), None)
    day = next((n for n in range(at + 1, min(len(items), at + 4)) if items[n].amount is not None), None)
    amount = items[day].amount if day is not None else None
    if word is not None and day is not None and amount is not None and amount.kind == "day":
        items[word] = replace(items[word], kind="stop")
        items[day] = replace(items[day], amount=replace(amount, kind="until"))


def _parted(items: Sequence[Item]) -> list[Item]:
    """ "Split 1e8 cells over two infusions": a dose, in parts."""
    out = list(items)
    at = next((n for n, i in enumerate(out) if i.kind in ("unknown", "down") and _SPLITS.match(i.text)), None)
    if at is None:
        return out
    after = range(at + 1, min(len(out), at + 8))
    cells = next((n for n in after if (a := out[n].amount) and a.unit.startswith("cells")), None)
    parts = next((n for n in after if cells is not None and n > cells and out[n].amount is not None), None)
    if cells is None or parts is None:
        return out
    out[at] = replace(out[at], kind="layer", name="split-dose")
    for n in after:
        if out[n].name == "dose" or out[n].kind in ("to", "horizon"):
            out[n] = replace(out[n], kind="stop", name="")
    whole = replace(out[cells], end=out[cells].start, amount=None)
    # The dose is a change of its own, told before its parts.
    dose = [replace(whole, kind="concept", name="dose"), out[cells], replace(whole, kind="and", text="and")]
    return [*out[:at], *dose, *out[at:cells], *out[cells + 1 :]]


_AFTER = re.compile(r"\b(?:after|post|following|before)$", re.I)


def _next(items: Sequence[Item], at: int) -> Item:
    """The next word that says something, or the piece itself."""
    return next((i for i in items[at + 1 :] if i.kind not in ("stop", "place")), items[at])


_DIVIDES = re.compile(r"divid(?:e|es|ed|ing)$|proliferat(?:e|es|ed|ing)$", re.I)
_DIVIDING = re.compile(r"(?:(memory) |effector |car[- ]?t |t )?(?:cells?|effectors|they|product)$", re.I)


_GROWS = re.compile(r"gr[eo]w(?:s|ing)?$", re.I)


def _process(items: list[Item], at: int) -> None:
    """What goes on in culture or in the tumour: "two-week expansion", "the tumour grows"."""
    item = items[at]
    before = items[at - 1].amount if at else None
    if item.text.lower() == "expansion" and before is not None and before.kind == "duration":
        items[at] = replace(item, kind="concept", name="culture")
    if _GROWS.match(item.text) and item.kind == "unknown":
        _growing(items, at)


def _growing(items: list[Item], at: int) -> None:
    """ "The tumour in axi-cel grows at 0.1 per day": the growth of the tumour, whatever stands between."""
    for n in range(at - 1, max(-1, at - 6), -1):
        if items[n].kind == "outcome" and items[n].name == "tumour_nadir":
            items[at] = replace(items[at], kind="concept", name="growth")
            items[n] = replace(items[n], kind="stop", name="")
            return
        if items[n].kind not in ("stop", "place", "under", "design"):
            return


def _by(items: Sequence[Item], at: int) -> bool:
    return any(i.kind in ("by", "to") for i in items[at + 1 : at + 3])


def _divided(items: list[Item], at: int) -> None:
    """ "The cells divide 20 % faster": a rate, not a smaller number of cells."""
    for n in range(at - 1, max(-1, at - 4), -1):
        who = _DIVIDING.match(items[n].text)
        if who is not None:
            items[at] = replace(items[at], kind="concept", name="rM" if who[1] else "proliferation")
            items[n] = replace(items[n], kind="stop", name="")
            return


_SOME_CELLS = re.compile(r"(?:(?:infused|product|car[- ]?t?\+?|t|the) )*(?:cells?|product|population)$", re.I)
_SPECIFIC = {
    ("senescent", "killing"): "senescent-killing", ("senescent", "proliferation"): "",
    ("exhausted", "killing"): "eX", ("exhausted", "proliferation"): "",
    ("memory", "killing"): "eM", ("memory", "proliferation"): "rM",
}  # fmt: skip
"""What a general rate is called in one kind of cells; "" where they have none in the model."""


def _of_some(items: list[Item], at: int) -> None:
    """ "Senescent cells never kill": the killing of those cells, not of all."""
    state = re.match(r"(senescent|exhausted|memory)\b.*\bcells?$", items[at].text, re.I)
    if state is None:
        return
    for n in range(at + 1, min(len(items), at + 5)):
        if items[n].kind in _ENDS:
            return
        name = _SPECIFIC.get((state[1].lower(), items[n].name))
        if name is not None:
            items[at] = replace(items[at], kind="stop", name="")
            items[n] = replace(items[n], kind="concept" if name else "unknown", name=name)
            return


_SIZE_WORDS = re.compile(
    r"(?:\b|as )(?:bigg?|large|small|bulky|huge|tiny|massive|enormous|giant)(?:r|er|est)?$", re.I
)


def _is_size(item: Item) -> bool:
    if item.amount is not None and item.amount.kind == "fold":
        return _SIZE_WORDS.search(item.text) is not None
    return item.kind in ("up", "down", "level") and _SIZE_WORDS.match(item.text) is not None


_STATES = {
    "senescent": "senescent-share", "senescence": "senescent-share", "exhausted": "exhausted-share",
    "memory": "memory-share", "effector": "effector-share", "effectors": "effector-share",
}  # fmt: skip
_SHARES = {"senescent": "senescent-share", "exhausted": "exhausted-share"}
_CELLS = re.compile(r"(?:infused |product |starting |car[- ]?t |t[- ]|car )*cells?$|product$", re.I)


def _expressed(items: list[Item], at: int) -> None:
    """A gene that is expressed is there: "PD-1 is expressed" is no loss of it."""
    loss = vocabulary().polarity.get(items[at].name) == "loss"
    for step in (1, -1) if loss else ():
        n = at + step
        while 0 <= n < len(items) and items[n].kind in ("stop", "place"):
            n += step
        if 0 <= n < len(items) and items[n].kind == "with" and _EXPRESSED.match(items[n].text):
            items[n] = replace(items[n], kind="gain")


_EXPRESSED = re.compile(r"(?:co)?-?express|produc", re.I)


def _dosed(items: list[Item], at: int) -> None:
    """The dose of a drug or cytokine is not the infused dose: "low-dose dasatinib"."""
    before = [n for n in range(max(0, at - 3), at) if items[n].text.lower() not in ("of", "the")]
    if (
        len(before) > 1
        and items[before[-1]].name == "dose"
        and items[before[-2]].kind in ("level", "up", "down")
    ):
        for n in before[-2:]:
            items[n] = replace(items[n], kind="unknown", name="")


def _counted(items: list[Item], at: int) -> None:
    """Cells that a number counts: "3e8 tisa-cel cells" is a dose, "20 % of them senescent" a share."""
    amount = items[at].amount
    assert amount is not None
    after = [n for n in range(at + 1, min(len(items), at + 8)) if items[n].text.lower() not in _FILLING]
    if amount.kind == "number" and not amount.unit and len(after) > 1:
        design, cells = items[after[0]], items[after[1]]
        if design.kind == "design" and cells.kind in ("stop", "place") and _CELLS.search(cells.text):
            weight = (
                after[2:3] if any(items[n].text.lower() in ("kg", "kilogram") for n in after[2:3]) else []
            )
            items[at] = replace(items[at], amount=replace(amount, unit="cells/kg" if weight else "cells"))
            for n in weight:
                items[n] = replace(items[n], kind="stop")
    if amount.kind == "fold" and amount.way == "down":
        amount = replace(amount, kind="percent", value=1.0 / amount.value)
    if amount.kind == "percent" and len(after) > 1 and _mixture(items, at, after):
        items[at] = replace(items[at], kind="unknown", amount=None)
        return
    if amount.kind == "percent" and after[:1] == [at + 1] and at and items[at - 1].kind not in ("by", "to"):
        name = _SHARES.get(items[at + 1].text.lower())
        if name and items[at + 1].kind in ("concept", "unknown"):
            items[at + 1] = replace(items[at + 1], kind="concept", name=name)
            return
    if amount.kind == "percent" and re.search(r"\bof\b", items[at].text, re.I) and len(after) > 1:
        cells, state = items[after[0]], items[after[1]]
        scene = [n for n in after[1:] if items[n].kind not in ("design", "under", "with")]
        if cells.name == "burden" and "cell" in cells.text.lower() and _antigen_low(items, scene[:3]):
            items[after[0]] = replace(cells, name="escape")
            items[at] = replace(items[at], text=_bare_text(items[at]), amount=amount)
            return
        name = _STATES.get(re.split(r"[\s-]", state.text.lower())[0])
        if name and cells.kind in ("stop", "place", "concept") and _CELLS.search(cells.text):
            items[after[0]] = replace(cells, kind="stop")
            items[after[1]] = replace(state, kind="concept", name=name)
            items[at] = replace(items[at], text=_bare_text(items[at]), amount=amount)


def _mixture(items: list[Item], at: int, after: list[int]) -> bool:
    """Whether only a part of the cells has an edit: "half of the cells express c-Jun"."""
    cells = items[after[0]]
    if cells.kind not in ("stop", "place") or not _SOME_CELLS.match(cells.text):
        return False
    for n in after[1:]:
        if items[n].kind in _ENDS or items[n].kind in ("outcome", "concept"):
            return False
        if items[n].kind == "layer":
            from assistant.kinetics.clauses import is_edit

            return is_edit(items[n])
    return False


def _bare_text(item: Item) -> str:
    return re.sub(r"\s+of\b.*", "", item.text, flags=re.I)


def _antigen_low(items: list[Item], after: list[int]) -> bool:
    """Whether "... are CD19 negative" follows; its words are then taken."""
    state = next((n for n in after if _NEGATIVE.match(items[n].text)), None)
    antigen = next((n for n in after if items[n].name == "antigen"), None)
    if state is None or antigen is None:
        return False
    for n in (state, antigen):
        items[n] = replace(items[n], kind="stop", name="")
    return True


_NEGATIVE = re.compile(r"(?:negative|low|dim|null|los[et]s?|lost|lacks?|lacking|without|no)$", re.I)


_FILLING = frozenset(
    ("the", "my", "our", "your", "their", "its", "a", "an", "are", "is", "was", "were", "be", "been")
    + ("already", "of", "per", "cent", "car", "t")
)
"""Words between a number, the cells that it counts, and what they are."""


def _given(items: Sequence[Item], at: int) -> bool:
    """Whether "cells" are what is given: "give more cells", "with a fifth of the cells"."""
    before = [
        i
        for i in items[max(0, at - 6) : at]
        if i.kind not in ("stop", "place", "design") or i.text in _GIVING
    ]
    after = items[at + 1 : at + 2]
    sized = bool(before) and (
        before[-1].kind in ("up", "down")
        or (before[-1].amount is not None and before[-1].amount.kind == "fold")
    )
    alone = (
        len(before) == 1 and before[0].kind in ("up", "down") and all(i.text != "there" for i in items[:at])
    )
    gives = alone or any(i.kind == "with" or i.text.lower() in _GIVING for i in before[-3:-1])
    return sized and gives and not any(i.kind in ("concept", "outcome", "layer") for i in after)
