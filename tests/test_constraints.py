"""What the constraints make of weights."""

from __future__ import annotations

import numpy as np
import pytest

from sunhwan import constraints

NORM_TOLERANCE = 1e-5  # float32 weights, and the 1e-7 beside the norm


def weights(shape=(7, 9)):
    return np.random.default_rng(0).normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("axis", [0, 1, (0, 1), [0, 1]], ids=str)
def test_max_norm_shrinks_only_what_is_longer(axis):
    w = weights()
    axes = tuple(axis) if isinstance(axis, list) else axis
    norms = np.linalg.norm(w, axis=axes)
    limit = float(np.median(norms))
    held = constraints.MaxNorm(limit, axis)(w)
    assert held.dtype == np.float32
    np.testing.assert_allclose(
        np.linalg.norm(held, axis=axes), np.minimum(norms, limit), rtol=NORM_TOLERANCE
    )
    np.testing.assert_allclose(held * np.abs(w), np.abs(held) * w, rtol=NORM_TOLERANCE)


def test_unit_norm():
    norms = np.linalg.norm(constraints.UnitNorm(1)(weights()), axis=1)
    np.testing.assert_allclose(norms, 1, rtol=NORM_TOLERANCE)


@pytest.mark.parametrize("rate", [1.0, 0.25])
def test_min_max_norm(rate):
    w = weights()
    norms = np.linalg.norm(w, axis=0)
    low, high = np.quantile(norms, [0.3, 0.6])
    held = constraints.MinMaxNorm(low, high, rate)(w)
    expected = rate * np.clip(norms, low, high) + (1 - rate) * norms
    np.testing.assert_allclose(np.linalg.norm(held, axis=0), expected, rtol=NORM_TOLERANCE)


def test_non_neg_and_zero_weights():
    w = weights()
    np.testing.assert_array_equal(constraints.NonNeg()(w), np.where(w > 0, w, 0))
    zeros = np.zeros((3, 2), np.float32)
    for name in ("max_norm", "unit_norm", "min_max_norm", "non_neg"):
        np.testing.assert_array_equal(constraints.get(name)(zeros), zeros)


def test_weights_are_not_changed_in_place():
    w = weights()
    before = w.copy()
    for name in ("max_norm", "unit_norm", "min_max_norm", "non_neg"):
        constraints.get(name)(w)
    np.testing.assert_array_equal(w, before)


def test_get_and_configs():
    assert repr(constraints.get("MaxNorm")) == "MaxNorm(max_value=2.0, axis=0)"
    assert repr(constraints.get(constraints.non_neg)) == "NonNeg()"
    assert constraints.get(None) is None
    assert constraints.get(abs) is abs
    for constraint in (constraints.MaxNorm(3, [0, 1]), constraints.MinMaxNorm(rate=0.5)):
        form = constraints.serialize(constraint)
        assert constraints.deserialize(form).get_config() == constraint.get_config()
    with pytest.raises(ValueError, match="did you mean 'max_norm'"):
        constraints.get("max_nrom")
