"""What of a text was not understood, told with the nearest levers; and when that is too much to run the rest.

A word that nothing stands for may be left out, and is named. A negation, a number or a time that was left out
would change what the rest means: then nothing runs.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Final

from assistant.kinetics.wording import NotUnderstood
from assistant.kinetics.words import Item, vocabulary

_GLUE: Final = ("stop", "place", "versus", "but-not", "only", "keep", "side",
                "instead", "replace", "compare", "from", "to", "by", "with", "without",
                "and", "or", "under", "both", "comma", "horizon")  # fmt: skip
_TURNS: Final = re.compile(
    r"(?:not|nothing|nobody|never|neither|nor|non|cannot|\w+n't|und(?:o|id|oes|oing|one)|revers\w+|revert\w*|cancel\w*|ignor\w+|"
    r"fail\w*|except|unless|forget\w*|counteract\w*|abort\w*|withdr[ae]w\w*|refus\w+|hardly|barely|scarcely|opposite)$",
    re.I,
)
"""Words that may turn round what stands beside them."""
_PART: Final = re.compile(r"(?:(?:a|one) )?(?:half|third|quarter|fifth|tenth)\b", re.I)
_CLOCK: Final = re.compile(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?$|weekends?$|nights?$|mornings?$", re.I
)
_SIZES: Final = ("number", "fold", "percent")


def unknown(
    text: str, items: Sequence[Item], used: Collection[int], problems: Sequence[tuple[int, str]]
) -> tuple[str, ...]:
    """Every piece that nothing took, neighbours together, each with the nearest levers.

    Arguments:
        used: starts of the items that something took.
        problems: places and complaints that were made on the way.
    """
    found: list[tuple[int, str]] = list(problems)
    told = {at for at, _ in problems}
    group: list[Item] = []
    for item in (*items, Item("comma", len(text), len(text), "")):
        if _is_loose(item, used) and item.start not in told:
            group.append(item)
        elif group and (item.kind not in ("stop", "place") or item.text == ""):
            found.append((group[0].start, _complaint(text, group)))
            group = []
    return tuple(message for _, message in sorted(found))


def prevents(items: Sequence[Item], used: Collection[int], *, scheduled: bool, guessed: bool) -> str:
    """Why nothing may run without the pieces that nothing took, or "".

    Arguments:
        scheduled: whether a lever with a schedule is among the changes.
        guessed: whether the comparison itself was guessed from two designs side by side.
    """
    for item in items:
        if not _is_loose(item, used):
            continue
        if item.kind == "unknown" and _TURNS.match(item.text):
            return f"'{item.text}' may turn round what it stands beside"
        if item.kind == "unknown" and (_PART.match(item.text) or any(c.isdigit() for c in item.text)):
            return f"'{item.text.strip()}' is a number or a part that belongs to nothing in the model"
        if item.amount is not None and item.amount.kind == "range":
            return f"'{item.text}' is a range: give one value or two with 'or', or use --scan NAME=FROM..TO"
        if item.amount is not None and item.amount.kind in _SIZES:
            return f"'{item.text.strip()}' belongs to nothing that was named"
        if scheduled and (item.amount is not None or _CLOCK.match(item.text)):
            return f"'{item.text.strip()}' is a time that found no place in the schedule"
        if guessed:
            return f"how the two designs are to be compared is not said, and '{item.text}' is not understood"
    return ""


def _is_loose(item: Item, used: Collection[int]) -> bool:
    return item.kind not in _GLUE and item.start not in used


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

    folded = _folded()
    close = process.extract(fold(piece), list(folded), scorer=fuzz.ratio, limit=6, score_cutoff=68)
    shown = list(dict.fromkeys(f"'{folded[c[0]]}'" for c in close))[:2]
    if shown:
        return "nearest: " + " or ".join(shown)
    return "nothing close; `senescope model designs` lists the levers"


@lru_cache(maxsize=1)
def _folded() -> dict[str, str]:
    """Every phrase by its folded form; a quarter of a second to make."""
    from assistant.kinetics.quantities import fold

    return {fold(phrase): phrase for phrase in vocabulary().labels}


def refused(text: str, left: tuple[str, ...], *, asked: bool) -> NotUnderstood:
    """Why no what-if came of the text.

    Arguments:
        left: what was not understood.
        asked: whether an outcome was named.
    """
    if left:
        return NotUnderstood(text, "No change was understood: " + "; ".join(left) + ".", left)
    if asked:
        return NotUnderstood(text, "The outcome was understood, but no change and no second design.", left)
    return NotUnderstood(text, "No design, lever or parameter was found in it.", left)
