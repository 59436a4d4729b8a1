"""Help for words that ask for a what-if and make none: what was not understood, and examples that run.

The examples stand on what was understood: on the design that the words name, and on the levers that come
nearest to the words. Every example is read by the grammar before it is shown.
"""

from __future__ import annotations

import re
from typing import Final

from assistant.evidence import WhatIfHelp
from assistant.kinetics.wording import NotUnderstood, Understood, WordChange, parse

SHOWN: Final = 3
CHANGES: Final = (
    "scFv affinity, antigen per tumour cell, tumour burden, dose, lymphodepletion, rest or another schedule,"
    " memory or senescent share of the product, time in culture, edits (TET2, PD-1, c-Jun and others)"
)
"""What can be changed, in words; `senescope model designs` lists everything."""
_FRAMES: Final = ("what if I lower scFv affinity tenfold in a {} CAR?", "{} CAR with and without c-Jun")
_LEVER: Final = "{} CAR with and without {}"
_NEAR: Final = re.compile(r"nearest: (.+?)\)")


def guidance(text: str) -> WhatIfHelp | None:
    """Why the words make no what-if, or None when they make one that leaves nothing over."""
    found = parse(text)
    if isinstance(found, Understood):
        if not found.unknown:
            return None
        reason = f"Read as '{found.echo}', but not all of it was understood."
    else:
        reason = found.reason
    return WhatIfHelp(reason, found.unknown, _offered(text, found))


def told(text: str, found: NotUnderstood) -> str:
    """What can be changed, and examples that run, for the hint of an error."""
    shown = "\n    ".join(_offered(text, found))
    return f"What can be changed: {CHANGES}.\nTry for example:\n    {shown}"


def _offered(text: str, found: Understood | NotUnderstood) -> tuple[str, ...]:
    """What-ifs that run: first the doubted reading in plain words, if that is what was meant."""
    doubted = found.doubted if isinstance(found, NotUnderstood) else None
    plain = restated(doubted) if doubted is not None else ""
    return tuple(dict.fromkeys(filter(None, (plain, *examples(text, found.unknown)))))[:SHOWN]


def restated(found: Understood) -> str:
    """A reading in words that are read as the same, or "" when there are none so plain."""
    arms = []
    for side, design in (("A", found.design_a), ("B", found.design_b)):
        told = " and ".join(_worded(c) for c in found.changes if c.side in (side, "both"))
        arms.append(f"{design} with {told}" if told else design)
    text = " vs ".join(arms) + (f" over {found.days:g} days" if found.days is not None else "")
    again = parse(text)
    if not isinstance(again, Understood) or again.unknown or again.days != found.days:
        return ""
    ours, theirs = found.designs(), again.designs()
    same = all(
        a.parameters == b.parameters and a.events == b.events for a, b in zip(ours, theirs, strict=True)
    )
    return text if same else ""


def _worded(change: WordChange) -> str:
    """A change under the name of its parameter or lever."""
    if change.kind == "set":
        return f"{change.target} = {change.amount:g}"
    if change.kind == "times":
        return f"{change.target} x{change.amount:g}"
    if change.kind == "layer" and not change.events:
        from assistant.kinetics import levers

        return levers.load(change.target).name
    return change.said.split(" (")[0]


def examples(text: str, unknown: tuple[str, ...] = ()) -> tuple[str, ...]:
    """What-ifs that run, nearest to the words first.

    Arguments:
        unknown: complaints about the words, which name the nearest levers.
    """
    from assistant.kinetics.words import lex, vocabulary

    named = next((i.name for i in lex(text) if i.kind == "design"), "")
    base = "CD28" if named in ("28z", "axi-cel-like", "1xx-like", "third-generation") else "4-1BB"
    near = [p for u in unknown for m in _NEAR.finditer(u) for p in re.findall(r"'([^']+)'", m[1])]
    labels = vocabulary().labels
    levers = {labels[p]: p for p in reversed(near) if labels.get(p, "").startswith("lever ")}
    made = [_LEVER.format(base, p) for p in reversed(levers.values())]
    made += [frame.format(base) for frame in _FRAMES]
    made.append("4-1BB vs CD28 at 1000 antigen molecules per cell")
    kept = [m for m in dict.fromkeys(made) if isinstance(r := parse(m), Understood) and not r.unknown]
    return tuple(kept[:SHOWN])
