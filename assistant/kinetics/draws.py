"""Draws: what is uncertain, as rows of parameters.

Each uncertain quantity has a key ("bbz.rho", "common.k", "c-jun.kX"). A scrambled Sobol sequence gives
every key one coordinate, so that two designs which share a key share its draws and their difference
is paired; quantities that belong to one column only are drawn apart. Fitted parameters follow the
posterior of the calibration, correlated as it says (log-normal, cut at their range). For the others a
positive range is read as the central 95 % of a log-normal around the value, cut at the range; a range
that starts at zero uses the same on a linear scale.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np

from assistant.errors import InputError
from assistant.kinetics.designs import Design, shares_to_one
from assistant.kinetics.equations import PARAMETERS, Vector
from assistant.kinetics.parameters import Effect, Parameter

MAX_DRAWS = 100_000


def effect_key(effect: Effect) -> str:
    """Identity of an uncertain size of a lever."""
    return f"{effect.by}.{effect.parameter}"


def keys(designs: Sequence[Design]) -> tuple[str, ...]:
    """All uncertain quantities of these designs, in a fixed order."""
    found: dict[str, None] = {}
    for design in designs:
        for name in PARAMETERS:
            parameter = design.parameters[name]
            if parameter.kind == "model" and parameter.base_low < parameter.base_high:
                found[parameter.key] = None
            for effect in parameter.effects:
                if effect.low < effect.high:
                    found[effect_key(effect)] = None
    return tuple(sorted(found))


def normal_table(names: Sequence[str], n: int, seed: int) -> Mapping[str, Vector]:
    """One column of `n` standard normal draws per name, from a scrambled Sobol sequence.

    The first row is zero, the nominal set, so that a single draw is the nominal run.
    """
    from scipy.stats import norm, qmc

    if not 1 <= n <= MAX_DRAWS:
        raise InputError(f"{n} draws are not possible", hint=f"use 1 to {MAX_DRAWS}")
    if not names:
        return {}
    sampler = qmc.Sobol(d=len(names), scramble=True, rng=np.random.default_rng(seed))
    unit = sampler.random_base2(max(1, math.ceil(math.log2(n))))[:n]
    table = norm.ppf(np.clip(unit, 1e-6, 1.0 - 1e-6))
    known = [i for i, name in enumerate(names) if name in _posterior_index()]
    if known:
        index = [_posterior_index()[names[i]] for i in known]
        correlation = np.array(posterior()["correlation"])[np.ix_(index, index)]
        # A millionth on the diagonal keeps the rounded matrix positive.
        root = np.linalg.cholesky(correlation + 1e-6 * np.eye(len(index)))
        table[:, known] = table[:, known] @ root.T
    table[0] = 0.0
    return {name: table[:, i] for i, name in enumerate(names)}


@lru_cache(maxsize=1)
def posterior() -> dict[str, Any]:
    """The shipped posterior of `fit`: keys, values, sd_log, prior_sd_log, correlation."""
    text = resources.files("assistant.kinetics").joinpath("posterior.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@lru_cache(maxsize=1)
def _posterior_index() -> dict[str, int]:
    return {key: i for i, key in enumerate(posterior()["keys"])}


def spread(value: float, low: float, high: float, z: Vector) -> Vector:
    """`value` moved to the quantile of `z` within its range.

    Two half log-normals when all three are positive, so that low and high lie at -1.96 and +1.96
    whatever side the value is on; linear otherwise. Cut at the range.
    """
    side = np.abs(z) / 1.96
    if low > 0.0:
        moved = value * np.where(z < 0.0, (low / value) ** side, (high / value) ** side)
    else:
        moved = value + np.where(z < 0.0, (low - value) * side, (high - value) * side)
    return np.clip(moved, low, high)


def column(parameter: Parameter, table: Mapping[str, Vector], n: int) -> Vector:
    """Draws of one parameter, its levers included."""
    z = table.get(parameter.key)
    drawn = parameter.kind == "model" and z is not None
    values = np.full(n, parameter.base)
    if drawn and z is not None:
        place = _posterior_index().get(parameter.key)
        if place is None:
            values = spread(parameter.base, parameter.base_low, parameter.base_high, z)
        else:
            moved = parameter.base * np.exp(posterior()["sd_log"][place] * z)
            values = np.clip(moved, parameter.base_low, parameter.base_high)
    for effect in parameter.effects:
        size = table.get(effect_key(effect))
        amount = effect.value if size is None else spread(effect.value, effect.low, effect.high, size)
        if effect.operation == "times":
            values = values * amount
        else:
            values = values + amount if effect.operation == "add" else np.broadcast_to(amount, (n,)).copy()
    return values


def matrix(design: Design, table: Mapping[str, Vector], n: int) -> Vector:
    """Parameter vectors of a design, one row a draw."""
    from assistant.kinetics.parameters import meanings

    out = np.empty((n, len(PARAMETERS)))
    for i, name in enumerate(PARAMETERS):
        meaning = meanings()[name]
        least = meaning.minimum if not meaning.above_minimum else max(meaning.minimum, 1e-12)
        out[:, i] = np.clip(column(design.parameters[name], table, n), least, meaning.maximum)
    return shares_to_one(out)
