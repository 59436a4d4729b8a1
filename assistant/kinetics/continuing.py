"""A what-if that leans on the one before: "same but CD28", "and at half the dose?".

The two are joined into one sentence that the grammar reads again, so that what was understood can be shown
and the run comes back from its id. Where the joined sentence is not understood whole, nothing is joined.
"""

from __future__ import annotations

import re
from typing import Final

_LEANS: Final = re.compile(
    r"^\W*(?:(?:and|now|but|then|ok(?:ay)?)[\s,]+)*(?:(?:do\s|run\s|try\s)?(?:the\ssame|same)(?:\s(?:thing|again|what-?if))?"
    r"(?:[\s,]+(?:but|except|now))*|(?:what|how)\sabout|and|now|but(?:\snow)?|again)\b[\s,]*",
    re.I,
)
_ASKS: Final = re.compile(r"(?:does|do|did|is|are|was|were|why|which|who|when|can|could|has|have)\b", re.I)
"""A question of its own: "and does it become senescent in patients?" is one for the papers."""
_ABOUT_IT: Final = re.compile(r"(?:does|do|will|would)\s(?:it|they|that)\b", re.I)
_COMPARING: Final = ("later", "earlier", "sooner", "longer")
_LITTLE: Final = re.compile(r"^(?:on|at|from|after|by|to)\s", re.I)
LONGEST: Final = 120
"""Characters of words that lean on what came before; longer ones stand by themselves."""


def continued(text: str, before: str) -> str:
    """The what-if that `text` means after the what-if `before`, or "" when it stands alone.

    Arguments:
        before: the words of the what-if that was answered last, "" for none.
    """
    match = _LEANS.match(text)
    if not before or match is None or len(text) > LONGEST:
        return ""
    tail = text[match.end() :].strip(" ?.!")
    if _ABOUT_IT.match(tail):
        joined = _looking(tail, before)
        return joined if joined and _read_whole(joined) else ""
    if not tail or _ASKS.match(tail):
        return ""
    joined = _other_design(tail, before) or _other_value(tail, before) or f"{before.rstrip(' ?.!')}, {tail}"
    if _read_whole(joined):
        return joined
    return _other_size(tail, before)


def _other_design(tail: str, before: str) -> str:
    """The sentence before with the design that the tail names, when it names nothing else."""
    from assistant.kinetics.words import lex

    small = ("stop", "place", "comma", "under", "with", "horizon")
    items = [i for i in lex(tail) if i.kind not in small]
    if len(items) != 1 or items[0].kind != "design":
        return ""
    named = [i for i in lex(before) if i.kind == "design"]
    if len({i.name for i in named}) > 1:
        return ""  # a comparison of two designs: which of them is meant is anyone's guess
    if not named:
        return f"{before.rstrip(' ?.!')} in {items[0].text}"
    out = before
    for item in reversed(named):
        out = out[: item.start] + items[0].text + out[item.end :]
    return out


def _other_value(tail: str, before: str) -> str:
    """The sentence before with its one number changed for the one that the tail is: "and at 1e8?"."""
    from assistant.kinetics.words import lex

    items = [i for i in lex(tail) if i.kind not in ("stop", "place", "comma", "under", "with", "to", "by")]
    if len(items) != 1 or items[0].amount is None:
        return ""
    kind = items[0].amount.kind
    told = [i for i in lex(before) if i.amount is not None and i.amount.kind == kind]
    if len(told) != 1:
        return ""
    if kind != "number":
        own = _LITTLE.match(told[0].text)
        said = (own.group() if own else "") + _LITTLE.sub("", items[0].text, count=1)
        return before[: told[0].start] + said + before[told[0].end :]
    new, old = items[0].amount, told[0].amount
    if old is None or (new.unit and new.unit != old.unit):
        return ""
    value = re.sub(r"^[\d.,e+]+", re.split(r"\s", items[0].text)[0], told[0].text)
    return before[: told[0].start] + value + before[told[0].end :]


def _other_size(tail: str, before: str) -> str:
    """The designs before with their one change told anew: "at tenfold lower antigen", "and at 5000?"."""
    from assistant.kinetics.grammar import scene
    from assistant.kinetics.wording import Understood, parse

    was = parse(before)
    if not isinstance(was, Understood) or len(was.changes) != 1 or was.unknown:
        return ""
    if was.changes[0].events:
        return ""  # a schedule is told in parts, and the tail would leave out the rest of it
    pair = was.design_a if was.design_a == was.design_b else f"{was.design_a} vs {was.design_b}"
    joined = f"{pair} {tail}" + (f" over {was.days:g} days" if was.days is not None else "")
    now = parse(joined)
    if not isinstance(now, Understood) or now.unknown or len(now.changes) != 1:
        return ""
    old, new = was.changes[0], now.changes[0]
    return joined if old.side == new.side and scene(old) & scene(new) else ""


def _looking(tail: str, before: str) -> str:
    """The sentence before with the outcome that the tail asks about: "and does it relapse later?"."""
    from assistant.kinetics.words import lex

    items = [i for i in lex(tail) if i.kind not in ("stop", "up", "down") and i.text not in _COMPARING]
    if len(items) != 1 or items[0].kind != "outcome":
        return ""
    return f"{before.rstrip(' ?.!')}, how does {items[0].text} change"


def _read_whole(text: str) -> bool:
    from assistant.kinetics.rankings import ranking
    from assistant.kinetics.wording import Understood, parse

    ranked = ranking(text)
    if ranked is not None:
        return not ranked.unknown
    found = parse(text)
    return isinstance(found, Understood) and not found.unknown
