"""Draws: seeded, paired, inside their ranges, correlated as the calibration says."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.errors import InputError
from assistant.kinetics import designs, draws
from assistant.kinetics.equations import PARAMETERS, Vector
from assistant.kinetics.parameters import meanings

A, B = designs.load("bbz"), designs.load("28z")


def matrices(n: int, seed: int) -> tuple[Vector, Vector]:
    table = draws.normal_table(draws.keys((A, B)), n, seed)
    return draws.matrix(A, table, n), draws.matrix(B, table, n)


def test_the_same_seed_gives_the_same_draws_and_another_seed_others() -> None:
    assert np.array_equal(matrices(64, 3)[0], matrices(64, 3)[0])
    assert not np.array_equal(matrices(64, 3)[0], matrices(64, 4)[0])


def test_designs_share_the_draws_of_what_they_share() -> None:
    a, b = matrices(64, 1)
    for name in ("k", "Ks", "dS", "omega", "KC"):
        i = PARAMETERS.index(name)
        assert np.array_equal(a[:, i], b[:, i]), name
    for name in ("rho", "kX", "kS", "a50"):
        i = PARAMETERS.index(name)
        assert abs(np.corrcoef(a[:, i], b[:, i])[0, 1]) < 0.9, name


def test_a_layer_shares_everything_but_its_own_sizes() -> None:
    layered = designs.load("bbz+c-jun")
    table = draws.normal_table(draws.keys((A, layered)), 64, 1)
    plain, edited = draws.matrix(A, table, 64), draws.matrix(layered, table, 64)
    ratio = edited / np.where(plain == 0.0, 1.0, plain)
    touched = {"kX", "f"}
    for i, name in enumerate(PARAMETERS):
        assert (ratio[:, i].std() > 1e-3) == (name in touched), name
    kx = ratio[:, PARAMETERS.index("kX")]
    assert kx.min() >= 0.2 - 1e-9
    assert kx.max() <= 0.9 + 1e-9


def test_every_draw_is_physical_and_inside_its_range() -> None:
    for design, matrix in zip((A, B), matrices(256, 5), strict=True):
        for i, name in enumerate(PARAMETERS):
            parameter = design.parameters[name]
            for value in (matrix[:, i].min(), matrix[:, i].max()):
                meanings()[name].check(float(value))
            if parameter.kind == "model" and name not in designs.SHARES:
                assert matrix[:, i].min() >= parameter.low * (1.0 - 1e-9), name
                assert matrix[:, i].max() <= parameter.high * (1.0 + 1e-9), name


def test_what_the_user_chooses_is_not_drawn() -> None:
    a = matrices(64, 1)[0]
    for name in ("dose", "H0", "w0", "g", "aH", "lod"):
        assert np.ptp(a[:, PARAMETERS.index(name)]) == 0.0, name
    fixed = A.with_value("rho", 1.5)
    table = draws.normal_table(draws.keys((fixed,)), 64, 1)
    assert np.all(draws.matrix(fixed, table, 64)[:, PARAMETERS.index("rho")] == 1.5)


def test_the_first_draw_is_the_nominal_set() -> None:
    assert matrices(16, 9)[0][0] == pytest.approx(A.vector(), rel=1e-12)


def test_fitted_parameters_follow_the_posterior_correlation() -> None:
    shipped = draws.posterior()
    table = draws.normal_table(draws.keys((A, B)), 4096, 2)
    keys = [k for k in shipped["keys"] if k in table]
    assert len(keys) > 20
    found = np.corrcoef(np.array([table[k] for k in keys]))
    index = [shipped["keys"].index(k) for k in keys]
    wanted = np.array(shipped["correlation"])[np.ix_(index, index)]
    assert np.abs(found - wanted).max() < 0.06


@pytest.mark.parametrize(("z", "expected"), [(0.0, 2.0), (1.96, 8.0), (-1.96, 1.0), (9.0, 8.0), (-9.0, 1.0)])
def test_a_range_is_the_central_95_percent(z: float, expected: float) -> None:
    assert draws.spread(2.0, 1.0, 8.0, np.array([z]))[0] == pytest.approx(expected)


def test_a_range_from_zero_is_linear() -> None:
    assert draws.spread(0.1, 0.0, 0.3, np.array([-1.96, -0.98, 1.96])) == pytest.approx([0.0, 0.05, 0.3])


@pytest.mark.parametrize("n", [0, -1, 10**7])
def test_an_impossible_number_of_draws_is_refused(n: int) -> None:
    with pytest.raises(InputError, match="draws"):
        draws.normal_table(("a",), n, 1)


def test_a_key_draws_the_same_whatever_else_is_drawn() -> None:
    alone = draws.normal_table(("bbz.rho", "common.k"), 32, 1)
    crowd = draws.normal_table(draws.keys((A, B)), 32, 1)
    for key in ("bbz.rho", "common.k"):
        assert np.array_equal(alone[key], crowd[key])


def test_the_hypercube_hits_every_slice_once() -> None:
    from scipy.stats import norm

    unit = norm.cdf(draws.hypercube("common.k", 200, 1))
    assert sorted(np.floor(unit * 200).astype(int)) == list(range(200))


def test_the_hypercube_fills_space_as_evenly_as_scipys() -> None:
    from scipy.stats import norm, qmc

    names = [f"key{i}" for i in range(6)]
    ours = norm.cdf(np.array([draws.hypercube(n, 256, 3) for n in names])).T
    theirs = qmc.LatinHypercube(6, rng=np.random.default_rng(3)).random(256)
    assert qmc.discrepancy(ours) < 1.3 * qmc.discrepancy(theirs)


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(InputError, match="seed"):
        draws.normal_table(("common.k",), 8, -1)
