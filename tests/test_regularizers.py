"""Penalties against their equations, gradients against central differences."""

from __future__ import annotations

import numpy as np
import pytest

from sunhwan import regularizers

SHAPES = [(1,), (7,), (3, 5), (8, 1), (17, 33), (2, 3, 4)]
REGULARIZERS = [
    regularizers.L1(0.3),
    regularizers.L2(0.7),
    regularizers.L1L2(0.2, 0.5),
    regularizers.OrthogonalRegularizer(0.4),
    regularizers.OrthogonalRegularizer(0.4, mode="columns"),
]
VALUE_TOLERANCE = 1e-12  # float64 against float64
GRADIENT_TOLERANCE = 2e-6  # of central differences in float64, weights float64
STEP = 1e-6


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_values(shape):
    w = np.random.default_rng(0).normal(size=shape)
    l1, l2 = np.abs(w).sum(), (w**2).sum()
    assert regularizers.L1(0.3)(w) == pytest.approx(0.3 * l1, rel=VALUE_TOLERANCE)
    assert regularizers.L2(0.3)(w) == pytest.approx(0.3 * l2, rel=VALUE_TOLERANCE)
    both = regularizers.L1L2(0.3, 0.2)(w)
    assert both == pytest.approx(0.3 * l1 + 0.2 * l2, rel=VALUE_TOLERANCE)
    assert isinstance(both, float)


@pytest.mark.parametrize("axis", [0, 1])
def test_orthogonal_penalty_is_the_mean_cosine_of_pairs(axis):
    w = np.random.default_rng(1).normal(size=(5, 7))
    rows = w if axis == 0 else w.T
    cosines = []
    for i in range(len(rows)):
        for j in range(i):
            product = rows[i] @ rows[j]
            cosines.append(abs(product) / np.linalg.norm(rows[i]) / np.linalg.norm(rows[j]))
    regularizer = regularizers.OrthogonalRegularizer(0.4, ("rows", "columns")[axis])
    assert regularizer(w) == pytest.approx(0.4 * np.mean(cosines), rel=VALUE_TOLERANCE)


@pytest.mark.parametrize("regularizer", REGULARIZERS, ids=repr)
@pytest.mark.parametrize("shape", [(2, 2), (5, 9), (16, 3)], ids=str)
def test_gradients_add_and_match_central_differences(regularizer, shape):
    rng = np.random.default_rng(2)
    w = rng.normal(size=shape)
    before = rng.normal(size=shape)
    dw = before.copy()
    regularizer.add_gradient(w, dw)
    for _ in range(5):
        direction = rng.normal(size=shape)
        up, down = regularizer(w + STEP * direction), regularizer(w - STEP * direction)
        assert ((dw - before) * direction).sum() == pytest.approx(
            (up - down) / (2 * STEP), rel=GRADIENT_TOLERANCE, abs=GRADIENT_TOLERANCE
        )


def test_gradients_stay_float32_and_are_zero_at_zero():
    w = np.zeros((3, 4), np.float32)
    for regularizer in REGULARIZERS:
        dw = np.zeros_like(w)
        regularizer.add_gradient(w, dw)
        assert dw.dtype == np.float32
        assert (dw == 0).all()


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("l1", "L1(l1=0.01)"),
        ("L2", "L2(l2=0.01)"),
        ("l1_l2", "L1L2(l1=0.01, l2=0.01)"),
        ("l1l2", "L1L2(l1=0.01, l2=0.01)"),
        ("orthogonal_regularizer", "OrthogonalRegularizer(factor=0.01, mode='rows')"),
        (regularizers.l2(0.5), "L2(l2=0.5)"),
        (regularizers.l1, "L1(l1=0.01)"),
        (regularizers.l1_l2(l1=0.1), "L1L2(l1=0.1, l2=0.0)"),
        ({"class_name": "L1", "config": {"l1": 0.2}}, "L1(l1=0.2)"),
        (None, "None"),
    ],
)
def test_get(identifier, expected):
    assert repr(regularizers.get(identifier)) == expected


def test_configs_round_trip():
    for regularizer in REGULARIZERS:
        form = regularizers.serialize(regularizer)
        assert repr(regularizers.deserialize(form)) == repr(regularizer)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: regularizers.L1(-0.1), "l1 must be a finite number of zero or more, got -0.1"),
        (lambda: regularizers.L2(float("nan")), "l2 must be a finite number"),
        (lambda: regularizers.L1L2(l2="a"), "l2 must be a finite number"),
        (lambda: regularizers.OrthogonalRegularizer(mode="x"), "mode must be 'rows' or 'columns'"),
        (lambda: regularizers.OrthogonalRegularizer()(np.ones(3)), "needs a matrix of two rows"),
        (lambda: regularizers.get("l3"), "unknown regularizer 'l3'; known are L1,"),
        (lambda: regularizers.get(np.sum), "regularizer must be a name"),
    ],
)
def test_bad_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()
