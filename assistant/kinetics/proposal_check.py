"""The checks of a proposed what-if: every name, number and unit, all faults listed with the nearest names."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from assistant.errors import InputError
from assistant.kinetics.proposal import (
    KINDS,
    LONGEST,
    MOST_CHANGES,
    SIDES,
    TIMES,
    Kind,
    Proposal,
    ProposalError,
    ProposedChange,
)
from assistant.kinetics.wording import Side

_KEYS: Final = ("design_a", "design_b", "changes", "days", "not_in_model")
_CHANGE_KEYS: Final = ("side", "kind", "target", "value", "unit", "schedule")


class Check:
    """Collects every fault of one proposal."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def proposal(self, data: Mapping[str, Any] | str) -> Proposal:
        """The checked proposal, or ProposalError with all faults."""
        raw = self._object(data)
        a, b = (self._design(raw, key) for key in ("design_a", "design_b"))
        listed = raw.get("changes", [])
        if not isinstance(listed, list) or len(listed) > MOST_CHANGES:
            self.problems.append(f"changes: a list of at most {MOST_CHANGES} is needed")
            listed = []
        changes = [self._change(c, f"changes[{n}]") for n, c in enumerate(listed)]
        days = self._number(raw, "days", "days", 14.0, LONGEST)
        left = raw.get("not_in_model") or []
        if not isinstance(left, list) or not all(isinstance(u, str) for u in left):
            self.problems.append("not_in_model: a list of words is needed")
            left = []
        if self.problems:
            raise ProposalError(self.problems)
        kept = tuple(c for c in changes if c is not None)
        return Proposal(a, b, kept, days, tuple(" ".join(u.split())[:120] for u in left))

    def _object(self, data: Mapping[str, Any] | str) -> Mapping[str, Any]:
        if isinstance(data, str):
            try:
                data = json.loads(data)
            except ValueError as problem:
                raise ProposalError([f"it is no JSON ({problem})"]) from problem
        if not isinstance(data, Mapping):
            raise ProposalError(["it is no JSON object"])
        self._keys(data, _KEYS, "")
        return data

    def _keys(self, data: Mapping[str, Any], known: Sequence[str], place: str) -> None:
        unknown = [str(k) for k in data if k not in known]
        if unknown:
            where = f"{place}: " if place else ""
            self.problems.append(f"{where}unknown key {unknown[0]!r}; keys: {', '.join(known)}")

    def _design(self, raw: Mapping[str, Any], key: str) -> str:
        from assistant.kinetics import designs

        name = raw.get(key)
        if name not in designs.names():
            self.problems.append(f"{key}: {name!r} is no design; designs: {', '.join(designs.names())}")
            return ""
        return str(name)

    def _number(
        self, raw: Mapping[str, Any], key: str, place: str, least: float, most: float
    ) -> float | None:
        value = raw.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.problems.append(f"{place}: {value!r} is not a number")
            return None
        if not least <= value <= most:
            self.problems.append(f"{place}: {value:g} is not between {least:g} and {most:g}")
            return None
        return float(value)

    def _change(self, raw: Any, place: str) -> ProposedChange | None:
        if not isinstance(raw, Mapping):
            self.problems.append(f"{place}: an object is needed")
            return None
        before = len(self.problems)
        self._keys(raw, _CHANGE_KEYS, place)
        side, kind = raw.get("side"), raw.get("kind")
        if side not in SIDES:
            self.problems.append(f"{place}.side: {side!r} is not one of {', '.join(SIDES)}")
        if kind not in KINDS:
            self.problems.append(f"{place}.kind: {kind!r} is not one of {', '.join(KINDS)}")
            return None
        target, value, unit = raw.get("target") or "", raw.get("value"), raw.get("unit") or ""
        if not isinstance(target, str) or not isinstance(unit, str):
            self.problems.append(f"{place}: target and unit are words")
            return None
        schedule = self._schedule(raw.get("schedule"), place)
        if kind in ("set", "times"):
            self._sized(str(kind), target, value, unit, schedule, place)
        else:
            self._scheduled(str(kind), target, value, schedule, place)
        if len(self.problems) > before:
            return None
        number = float(value) if value is not None else None
        return ProposedChange(cast(Side, side), cast(Kind, kind), target, number, unit, schedule)

    def _sized(
        self, kind: str, target: str, value: Any, unit: str, schedule: Mapping[str, float] | None, place: str
    ) -> None:
        from assistant.kinetics.designs import user_effect
        from assistant.kinetics.equations import PARAMETERS

        if target not in PARAMETERS:
            self.problems.append(f"{place}.target: {target!r} is no parameter ({_nearest(target, kind)})")
            return
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.problems.append(f"{place}.value: {kind} needs a number, not {value!r}")
            return
        if schedule:
            self.problems.append(f"{place}.schedule: a parameter has none")
        if kind == "times" and (value <= 0.0 or unit not in ("", "1", "fold")):
            self.problems.append(f"{place}.value: a factor is above 0 and has no unit")
            return
        try:
            user_effect(target, float(value) if kind == "set" else f"x{float(value)!r}", unit or None)
        except InputError as problem:
            self.problems.append(f"{place}: {problem.message}; {problem.hint}".rstrip("; "))

    def _scheduled(
        self, kind: str, target: str, value: Any, schedule: Mapping[str, float] | None, place: str
    ) -> None:
        from assistant.kinetics import levers
        from assistant.kinetics.events import Event
        from assistant.kinetics.scheduling import moved

        if kind == "lever" and target not in levers.names():
            self.problems.append(f"{place}.target: {target!r} is no lever ({_nearest(target, kind)})")
            return
        if kind != "lever" and target not in ("", kind):
            self.problems.append(f"{place}.target: an event has none, not {target!r}")
        if value is not None:
            self.problems.append(f"{place}.value: a {kind} has none; its size is the lever's")
        if not schedule:
            return
        events = levers.load(target).events if kind == "lever" else (Event("deplete", time=28.0, share=0.9),)
        if not events:
            self.problems.append(f"{place}.schedule: lever {target} has none")
            return
        try:
            for event in events:
                moved(event, events[-1], dict(schedule))
        except InputError as problem:
            self.problems.append(f"{place}.schedule: {problem.message}")

    def _schedule(self, raw: Any, place: str) -> dict[str, float] | None:
        if raw is None:
            return None
        if not isinstance(raw, Mapping):
            self.problems.append(f"{place}.schedule: an object is needed")
            return None
        self._keys(raw, TIMES, f"{place}.schedule")
        found = {}
        for name in TIMES:
            most = 1.0 if name == "share" else 1e12 if name in ("cells", "multiple") else LONGEST
            value = self._number(raw, name, f"{place}.schedule.{name}", 0.0, most)
            if value is not None:
                found[name] = value
        return found or None


def _nearest(name: str, kind: str) -> str:
    """The levers or parameters, by id, whose names or meanings come closest."""
    from rapidfuzz import fuzz, process

    from assistant.kinetics import levers
    from assistant.kinetics.parameters import meanings

    if not name:
        return "none was named"
    known = {n: n for n in levers.names()} | {s: n for n in levers.names() for s in levers.load(n).synonyms}
    if kind != "lever":
        known = {n: n for n in meanings()} | {m.text: n for n, m in meanings().items()}
    close = process.extract(name, list(known), scorer=fuzz.WRatio, limit=8, score_cutoff=60)
    ids = list(dict.fromkeys(known[c[0]] for c in close))[:3]
    return "nearest: " + " or ".join(ids) if ids else "nothing close; leave it in not_in_model"
