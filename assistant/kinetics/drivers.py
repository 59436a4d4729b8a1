"""What drives a difference: the uncertain quantities that move it most over the draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.kinetics.compare import Comparison

TOP_DRIVERS = 5


def drivers(run: Comparison, outcome: str) -> list[dict[str, Any]]:
    """The uncertain quantities that move the difference most, by rank correlation over the draws."""
    import numpy as np

    from assistant.kinetics import draws as drawing
    from assistant.kinetics.parameters import meanings

    n = int(run.run["draws"])
    if n < 50:
        return []
    a, b = run.values["A"][outcome], run.values["B"][outcome]
    with np.errstate(invalid="ignore"):
        gap = np.where(np.isinf(a) & np.isinf(b), 0.0, a - b)
    keep = np.isfinite(gap) if np.isfinite(gap).sum() > 0.5 * n else ~np.isnan(gap)
    if keep.sum() < 50 or np.ptp(np.clip(gap[keep], -1e300, 1e300)) == 0.0:
        return []
    names = drawing.keys((run.a, run.b))
    table = drawing.normal_table(names, n, int(run.run["seed"]))
    target = _ranks(gap[keep])
    found = []
    for key in names:
        weight = float(np.corrcoef(target, _ranks(table[key][keep]))[0, 1])
        owner, _, parameter = key.rpartition(".")
        found.append((abs(weight), key, owner, parameter, weight))
    # Below this a rank correlation of n draws is noise (two-sided 1 %).
    least = 2.58 / np.sqrt(keep.sum())
    return [
        {
            "outcome": outcome,
            "key": key,
            "parameter": parameter,
            "of": owner,
            "meaning": meanings()[parameter].text,
            "unit": meanings()[parameter].unit,
            "weight": round(weight, 3),
        }
        for size, key, owner, parameter, weight in sorted(found, reverse=True)[:TOP_DRIVERS]
        if size >= least
    ]


def _ranks(values: Any) -> Any:
    """Ranks with ties shared, as Spearman's correlation wants them."""
    import numpy as np

    order = np.argsort(values, kind="stable")
    ranks = np.empty(len(values))
    ranks[order] = np.arange(len(values), dtype=float)
    unique, inverse = np.unique(values, return_inverse=True)
    sums = np.bincount(inverse, weights=ranks, minlength=len(unique))
    return (sums / np.bincount(inverse, minlength=len(unique)))[inverse]
