"""Two small fits with exact, repeatable results: a ranking over lists and a logistic regression.

Written out because they are a page of numpy and scipy, both of which ship anyway; scikit-learn would be a
further dependency for no more than this. Features are standardised inside and the weights handed back on
the scale of the features, with an L2 penalty on the standardised weights and none on the bias.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

_STEPS = 100
_CLOSE = 1e-9


def logistic(
    features: Floats, outcome: Flags, *, strength: float, counts: Floats | None = None
) -> tuple[Floats, float]:
    """Weights and bias of a logistic regression, by Newton's method.

    Arguments:
        features: one row per case.
        outcome: what happened.
        strength: inverse of the L2 penalty, as scikit-learn's C.
        counts: how much each case counts; one each when left out.
    """
    import numpy as np

    counts = np.ones(len(features)) if counts is None else counts

    mean, spread = _scale(features)
    design = np.column_stack([(features - mean) / spread, np.ones(len(features))])
    penalty = np.full(design.shape[1], 1 / strength)
    penalty[-1] = 1e-9  # the bias
    weights = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (counts * (p - outcome)) + penalty * weights
        curve = (design * (counts * p * (1 - p))[:, None]).T @ design + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        weights -= step
        if float(np.abs(step).max()) < _CLOSE:
            break
    own = weights[:-1] / spread
    return own, float(weights[-1] - own @ mean)


def listwise(lists: Sequence[tuple[Floats, Flags]], *, strength: float) -> Floats:
    """Weights that lift the right members of each list above the others.

    The loss of a list is minus the log of the share that its right members hold in the softmax of all
    scores: what matters is that one of them leads, not that every one is told from every other. Lists
    without a right member say nothing and are left out.
    """
    import numpy as np
    from scipy.optimize import minimize

    mean, spread = _scale(np.concatenate([features for features, _ in lists]))
    scaled = [((features - mean) / spread, right) for features, right in lists if right.any()]

    def loss(weights: Floats) -> tuple[float, Floats]:
        total = float(weights @ weights) / (2 * strength)
        slope = weights / strength
        for features, right in scaled:
            scores = features @ weights
            grown = np.exp(scores - scores.max())
            whole, part = float(grown.sum()), float(grown[right].sum())
            total -= float(np.log(max(part, 1e-300) / whole))
            slope += features.T @ grown / whole - features[right].T @ grown[right] / max(part, 1e-300)
        return total, slope

    found = minimize(loss, np.zeros(len(mean)), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    weights: Floats = found.x / spread
    return weights


def folds(count: int, parts: int, seed: int) -> list[list[int]]:
    """Positions 0..count-1 in `parts` random parts, the same for the same seed."""
    import numpy as np

    order = np.random.default_rng(seed).permutation(count)
    return [sorted(int(i) for i in order[part::parts]) for part in range(parts)]


def auc(outcome: Sequence[bool], scores: Sequence[float]) -> float:
    """Chance that a true case scores above a false one, ties counting half; 0.5 when one kind is missing."""
    true = [s for s, o in zip(scores, outcome, strict=True) if o]
    false = [s for s, o in zip(scores, outcome, strict=True) if not o]
    if not true or not false:
        return 0.5
    won = sum((t > f) + 0.5 * (t == f) for t in true for f in false)
    return won / (len(true) * len(false))


def _scale(features: Floats) -> tuple[Floats, Floats]:
    import numpy as np

    spread = features.std(axis=0)
    return features.mean(axis=0), np.where(spread < 1e-9, 1.0, spread)
