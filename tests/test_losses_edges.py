"""Losses where numbers are extreme: saturated, clipped, NaN or small; and focus on hard ones."""

import numpy as np
import pytest
from losses_case import VARIANTS, close, make, sample

from sunhwan import losses


def test_saturated_logits_are_not_clipped_and_still_learn():
    loss = losses.BinaryCrossentropy(from_logits=True)
    target, logits = np.float32([[0.0], [1.0]]), np.float32([[60.0], [-200.0]])
    assert loss(target, logits) == pytest.approx(130.0, rel=1e-6)
    np.testing.assert_allclose(loss.gradient(target, logits), [[1.0], [-1.0]], rtol=1e-6)
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    logits = np.float32([[500.0, 0.0, -500.0]])
    assert loss([2], logits) == pytest.approx(1000.0, rel=1e-6)
    np.testing.assert_allclose(loss.gradient(np.int32([2]), logits), [[1.0, 0.0, -1.0]])


def test_probabilities_are_clipped_where_float32_clips():
    loss = losses.BinaryCrossentropy()
    target, y = np.float32([[0.0], [1.0], [1.0]]), np.float32([[1.0], [0.0], [1.0]])
    values = loss.call(target, y)
    # 1 - 1e-7 is 1 - 2**-23 in float32, hence -log(2**-23) and -log(1e-7).
    np.testing.assert_allclose(values, [23 * np.log(2), 7 * np.log(10), 2.0**-23], rtol=1e-5)
    np.testing.assert_array_equal(loss.gradient(target, y), np.zeros((3, 1)))


def test_nan_predictions_give_nan():
    for name, options in VARIANTS:
        y_true, y_pred = sample(np.random.default_rng(8), name, options, (3, 9))
        y_pred[1] = np.nan
        values = make(name, options).call(y_true, y_pred)
        assert np.isnan(values[1]), name
        assert np.isfinite(values[[0, 2]]).all(), name


def test_log_cosh_keeps_small_errors():
    errors = np.float32([1e-4, 1e-2, 0.3, 0.99, 1.01, 5.0, 80.0])[:, None]
    exact = errors.astype(np.float64)
    exact = np.where(exact < 20, np.log(np.cosh(np.minimum(exact, 20))), exact - np.log(2))
    values = losses.LogCosh().call(np.zeros_like(errors), errors)
    np.testing.assert_allclose(values, exact[:, 0], rtol=1e-6)


def test_each_class_has_its_own_weight_in_a_focal_crossentropy():
    alpha = [0.1, 0.5, 2.0]
    rng = np.random.default_rng(8)
    y_true = np.eye(3, dtype=np.float32)[rng.integers(0, 3, (4, 5))]
    y_pred = rng.uniform(0.05, 0.95, (4, 5, 3)).astype(np.float32)
    loss = losses.CategoricalFocalCrossentropy(alpha, gamma=1.5)
    one = losses.CategoricalFocalCrossentropy(1.0, gamma=1.5)
    own = (y_true * np.array(alpha)).sum(axis=-1)
    close(loss.call(y_true, y_pred), own * one.call(y_true, y_pred))
    close(loss.gradient(y_true, y_pred), own[..., None] * one.gradient(y_true, y_pred))
    assert losses.deserialize(losses.serialize(loss)).alpha == alpha
    plain = losses.CategoricalFocalCrossentropy(1.0, gamma=0.0)
    crossentropy = losses.CategoricalCrossentropy()
    close(plain.gradient(y_true, y_pred), crossentropy.gradient(y_true, y_pred))


@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize("balanced", [False, True])
@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_focal_crossentropy(from_logits, balanced, gamma):
    loss = losses.BinaryFocalCrossentropy(balanced, 0.3, gamma, from_logits, 0.1)
    rng = np.random.default_rng(9)
    y_true = rng.integers(0, 2, (6, 5)).astype(np.float32)
    y_pred = rng.uniform(0.05, 0.95, (6, 5)).astype(np.float32)
    t = 0.9 * y_true + 0.05
    p = 1 / (1 + np.exp(-y_pred.astype(np.float64))) if from_logits else y_pred.astype(np.float64)
    pt = t * p + (1 - t) * (1 - p)
    value = (1 - pt) ** gamma * -(t * np.log(p) + (1 - t) * np.log(1 - p))
    value *= t * 0.3 + (1 - t) * 0.7 if balanced else 1.0
    close(loss.call(y_true, y_pred), value.mean(-1))
    if gamma == 0 and not balanced:
        plain = losses.BinaryCrossentropy(from_logits, 0.1)
        close(loss.gradient(y_true, y_pred), plain.gradient(y_true, y_pred))
    step = np.float32(2.0**-9)
    for column in range(5):
        moved = np.zeros_like(y_pred)
        moved[:, column] = step
        up, down = loss.call(y_true, y_pred + moved), loss.call(y_true, y_pred - moved)
        slope = (up.astype(np.float64) - down) / (2 * step)
        # float32 values of about 1 over a step of 2**-8
        np.testing.assert_allclose(loss.gradient(y_true, y_pred)[:, column], slope, atol=1e-3)
