"""Draws: what is uncertain, as rows of parameters.

Each uncertain quantity has a key ("bbz.rho", "common.k", "c-jun.kX") and its own seeded Latin hypercube
column, so that two designs which share a key share its draws and their difference is paired, and a
layer added to a design leaves all other draws as they were. (Written here because importing
scipy.stats.qmc costs 0.8 s, three times as much as the runs; a test holds it against SciPy.)
Quantities that belong to one column only are drawn apart. Fitted parameters follow the
posterior of the calibration, correlated as it says (log-normal, cut at their range). For the others a
positive range is read as the central 95 % of a log-normal around the value, cut at the range; a range
that starts at zero uses the same on a linear scale.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import resources
from statistics import NormalDist
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


def hypercube(key: str, n: int, seed: int) -> Vector:
    """Standard normal draws of one key: exactly one in each of `n` equally likely slices."""
    rng = np.random.default_rng([seed, zlib.crc32(key.encode())])
    unit = (rng.permutation(n) + rng.random(n)) / n
    inverse = NormalDist().inv_cdf
    return np.array([inverse(min(max(u, 1e-9), 1.0 - 1e-9)) for u in unit])


def normal_table(names: Sequence[str], n: int, seed: int) -> Mapping[str, Vector]:
    """One column of `n` standard normal draws per name, correlated where the calibration says so.

    The first row is zero, the nominal set, so that a single draw is the nominal run.
    """
    if not 1 <= n <= MAX_DRAWS:
        raise InputError(f"{n} draws are not possible", hint=f"use 1 to {MAX_DRAWS}")
    if seed < 0:
        raise InputError(f"seed {seed} is negative", hint="use 0 or more")
    index = _posterior_index()
    table = {name: hypercube(name, n, seed) for name in names if name not in index}
    if any(name in index for name in names):
        # All fitted keys are drawn even when few are asked for: a key's draws must not depend on the rest.
        raw = np.array([hypercube(key, n, seed) for key in index])
        mixed: Vector = _posterior_root() @ raw
        table.update({name: mixed[index[name]] for name in names if name in index})
    for drawn in table.values():
        drawn[0] = 0.0
    return table


@lru_cache(maxsize=1)
def _posterior_root() -> Vector:
    correlation = np.array(posterior()["correlation"])
    # A millionth on the diagonal keeps the rounded matrix positive.
    return np.asarray(np.linalg.cholesky(correlation + 1e-6 * np.eye(len(correlation))), dtype=float)


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
