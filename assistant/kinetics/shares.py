"""Settings of a design, with product shares that stay what the user said.

The engine scales the shares of a product to sum to 1, so that "30 % senescent cells" beside untouched
shares would silently become 24 %. Here the other shares make room instead: those that the user has not
set are scaled, and what cannot sum to 1 is refused.
"""

from __future__ import annotations

from assistant.errors import InputError
from assistant.kinetics.designs import SHARES, Design
from assistant.kinetics.parameters import Effect

BY = "shares"
"""Owner of the effects that make room."""


def with_setting(design: Design, name: str, value: float | str, unit: str | None = None) -> Design:
    """The design with one parameter set by the user; for a product share the others make room."""
    out = design.with_value(name, value, unit)
    if name not in SHARES:
        return out
    fixed = {name} | {s for s in SHARES if _set_by_user(out, s)}
    kept = sum(out.value(s) for s in fixed)
    if kept > 1.0 + 1e-9:
        listed = ", ".join(f"{s} {100 * out.value(s):g} %" for s in SHARES if s in fixed)
        raise InputError(
            f"the shares of the product add up to {100 * kept:g} % ({listed})", hint="They must fit in 100 %."
        )
    free = [s for s in SHARES if s not in fixed]
    rest = sum(out.value(s) for s in free)
    if rest <= 0.0:
        return out
    factor = (1.0 - kept) / rest
    if abs(factor - 1.0) < 1e-12:
        return out
    note = "scaled so that the shares of the product sum to 1"
    return out.changed(
        *(
            Effect(s, "times", factor, factor, factor, BY, "user", note=note)
            for s in free
            if out.value(s) > 0.0
        )
    )


def _set_by_user(design: Design, name: str) -> bool:
    return any(e.by == "user" for e in design.parameters[name].effects)
