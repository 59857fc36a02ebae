"""The reference's normalizing layers: by hand and by differences."""

import numpy as np
import pytest
import reference
from reference import assert_close, check_layer, named

ROUNDING = 1e-13  # the same float64 numbers in another order
SIZES = [(2, 7, 1), (7, 9, 2), (9, 17, 7)]  # rows, steps, channels


def normal(seed, *shapes):
    random = np.random.default_rng(seed)
    return [random.standard_normal(shape) for shape in shapes]


@pytest.mark.parametrize("sizes", [(2, 7), (7, 9, 2), (9, 2, 17)])
@pytest.mark.parametrize("affine", [True, False])
def test_layer_normalization_gradients(affine, sizes):
    x, gamma, beta = normal(12, sizes, sizes[-1:], sizes[-1:])
    arrays = {"x": x} | ({"gamma": gamma, "beta": beta} if affine else {})
    check_layer(
        lambda x, gamma=None, beta=None: reference.layer_normalization_forward(x, gamma, beta),
        lambda cache, dy: named(reference.layer_normalization_backward(cache, dy)),
        arrays,
    )


def test_layer_normalization_by_hand():
    y, _ = reference.layer_normalization_forward(
        np.array([[1.0, 3.0]]), np.array([2.0, 2.0]), np.array([0.0, 1.0]), epsilon=3.0
    )
    assert_close(y, np.array([[-1.0, 2.0]]), ROUNDING)  # deviations of 1 over sqrt(1 + 3)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("masked", [True, False])
@pytest.mark.parametrize("sizes", SIZES)
def test_batch_normalization_gradients(sizes, masked, training):
    channels = sizes[-1:]
    x, gamma, beta, mean = normal(13, sizes, channels, channels, channels)
    mask = np.random.default_rng(14).random(sizes[:2]) < 0.7
    moving = reference.Statistics(mean, np.abs(mean) + 0.5)

    def forward(x, gamma, beta):
        y, _, cache = reference.batch_normalization_forward(
            x, gamma, beta, moving, training=training, mask=mask if masked else None
        )
        return y, cache

    check_layer(
        forward,
        lambda cache, dy: named(reference.batch_normalization_backward(cache, dy)),
        {"x": x, "gamma": gamma, "beta": beta},
    )


def test_batch_normalization_statistics():
    x = normal(15, (7, 9, 2))[0] * 3.0 + 1.0
    mask = np.random.default_rng(16).random((7, 9)) < 0.5
    start = reference.Statistics(np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    y, moving, _ = reference.batch_normalization_forward(
        x, None, None, start, training=True, mask=mask, epsilon=0.0, momentum=0.75
    )
    counted = x[mask]
    assert_close(y[mask].mean(axis=0), np.zeros(2), 1e-8)  # the count has Keras's 1e-7 added
    assert_close(y[mask].var(axis=0), np.ones(2), 1e-7)
    assert_close(moving.mean, 0.75 * start.mean + 0.25 * counted.mean(axis=0), 1e-8)
    assert_close(moving.variance, 0.75 * start.variance + 0.25 * counted.var(axis=0), 1e-7)
    y, unchanged, _ = reference.batch_normalization_forward(x, None, None, moving, training=False)
    assert unchanged == moving
    assert_close(y, (x - moving.mean) / np.sqrt(moving.variance + 1e-3), ROUNDING)


def test_normalization():
    x = normal(17, (7, 9, 2))[0]
    mean, variance = reference.adapt(x)
    y, divisor = reference.normalization_forward(x, mean, variance)
    assert_close(y.reshape(-1, 2).mean(axis=0), np.zeros(2), ROUNDING)
    assert_close(y.reshape(-1, 2).std(axis=0), np.ones(2), ROUNDING)
    back, divisor_back = reference.normalization_forward(y, mean, variance, invert=True)
    assert_close(back, x, ROUNDING)
    assert_close(reference.normalization_backward(divisor, np.ones((1, 2))), 1 / divisor[None], 0)
    assert_close(divisor * divisor_back, np.ones(2), ROUNDING)
    constant, _ = reference.normalization_forward(np.ones((1, 1)), np.zeros(1), np.zeros(1))
    assert_close(constant, np.array([[1e7]]), ROUNDING)
