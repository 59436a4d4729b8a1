"""Words that those beside them give a meaning: "5x more cells" is a dose, "a weaker binder" an affinity."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.kinetics.words import Item, vocabulary

_GIVING = ("infuse", "infused", "infusing", "inject", "injected", "administer", "deliver")
_BINDERS = ("binder", "binders", "scfv", "scfvs")
_STRENGTH = re.compile(r"(?:weak|strong|tight|loos)\w*$")


def meant(items: Sequence[Item]) -> tuple[Item, ...]:
    """Words that others near them give a meaning: a weaker binder has a lower affinity."""
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
        if item.amount is not None:
            _counted(out, n)
        beside = [*items[max(0, n - 2) : n], *items[n + 1 : n + 4]]
        if item.kind == "outcome" and item.name == "tumour_nadir" and any(map(_is_size, beside)):
            out[n] = replace(item, kind="concept", name="burden")
        if item.text.lower() == "last" and any(i.kind in _NAMED for i in items[n + 1 : n + 2]):
            out[n] = replace(item, kind="unknown", name="")  # "the last dose" asks for no persistence
    return tuple(out)


_NAMED = ("concept", "layer", "event")
_SIZE_WORDS = re.compile(r"(?:bigg?|large|small|bulky|huge|tiny)(?:r|er|est)?$", re.I)


def _is_size(item: Item) -> bool:
    return item.kind in ("up", "down", "level") and _SIZE_WORDS.match(item.text) is not None


_STATES = {
    "senescent": "senescent-share", "senescence": "senescent-share", "exhausted": "exhausted-share",
    "memory": "memory-share", "effector": "effector-share", "effectors": "effector-share",
}  # fmt: skip
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
    if amount.kind == "percent" and re.search(r"\bof\b", items[at].text, re.I) and len(after) > 1:
        cells, state = items[after[0]], items[after[1]]
        if cells.name == "burden" and _antigen_low(items, after[1:4]):
            items[after[0]] = replace(cells, name="escape")
            items[at] = replace(items[at], text=_bare_text(items[at]), amount=amount)
            return
        name = _STATES.get(re.split(r"[\s-]", state.text.lower())[0])
        if name and cells.kind in ("stop", "place", "concept") and _CELLS.search(cells.text):
            items[after[0]] = replace(cells, kind="stop")
            items[after[1]] = replace(state, kind="concept", name=name)
            items[at] = replace(items[at], text=_bare_text(items[at]), amount=amount)


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
    gives = any(i.kind == "with" or i.text.lower() in _GIVING for i in before[-3:-1])
    return sized and gives and not any(i.kind in ("concept", "outcome", "layer") for i in after)
