"""Normalization: what it learns and computes, against the float64 reference."""

import numpy as np
import pytest
from reference import adapt, assert_close, normalization_backward, normalization_forward
from steps_layer_case import check_everywhere

from sunhwan import layers
from sunhwan._engine.call import try_layer

SIZES = [1, 2, 7, 8, 9, 15, 16, 17, 31, 33]
TOLERANCE = 2e-6


def data(rng, *shape):
    return (3 * rng.standard_normal(shape) + 5).astype(np.float32)


@pytest.mark.parametrize("invert", [False, True])
@pytest.mark.parametrize("features", SIZES)
def test_every_kind_of_batch(features, invert):
    rng = np.random.default_rng(1)
    layer = layers.Normalization(invert=invert)
    layer.adapt(data(rng, 40, 6, features))
    mean, variance = (variable.value.astype(float) for variable in layer.variables[:2])

    def forward(x):
        return normalization_forward(x, mean, variance, invert=invert)

    def backward(divisor, dy):
        return normalization_backward(divisor, dy), [np.zeros(v.shape) for v in layer.variables]

    kinds = None if features == 7 else ["shared"]
    check_everywhere(layer, features, forward, backward, TOLERANCE, rng, kinds)


@pytest.mark.parametrize("shape", [(50, 7), (50, 6, 7)])
def test_adapt(shape):
    rng = np.random.default_rng(2)
    x = data(rng, *shape)
    layer = layers.Normalization()
    layer.adapt(data(rng, *shape))
    layer.adapt(x)  # starts over
    expected = adapt(x.astype(float))
    assert_close(layer.variables[0].value, expected.mean, TOLERANCE)
    assert_close(layer.variables[1].value, expected.variance, TOLERANCE)


def test_adapt_to_rows_of_different_lengths_and_to_batches():
    rng = np.random.default_rng(3)
    rows = [data(rng, length, 4) for length in (5, 9, 1, 0)]
    expected = adapt(np.concatenate(rows).astype(float))
    layer = layers.Normalization()
    layer.adapt(rows)
    assert_close(layer.variables[0].value, expected.mean, TOLERANCE)
    layer = layers.Normalization()
    layer.adapt(row for row in rows if len(row))
    assert_close(layer.variables[1].value, expected.variance, TOLERANCE)
    layer.adapt((row for row in rows if len(row)), steps=1)
    assert_close(layer.variables[1].value, adapt(rows[0].astype(float)).variance, TOLERANCE)


@pytest.mark.parametrize("axis", [None, 1, (1, 2), (-2,), -1], ids=str)
def test_other_axes(axis):
    rng = np.random.default_rng(4)
    x, dy = data(rng, 20, 5, 6), data(rng, 20, 5, 6)
    layer = layers.Normalization(axis=axis)
    layer.adapt(x)
    kept = [] if axis is None else [a % 3 for a in np.atleast_1d(axis)]
    others = tuple(a for a in range(3) if a not in kept)
    mean = x.astype(float).mean(axis=others, keepdims=True)
    variance = x.astype(float).var(axis=others, keepdims=True)
    y, divisor = normalization_forward(x.astype(float), mean, variance)
    trial = try_layer(layer, x, dy)
    assert_close(trial.output, y, TOLERANCE)
    assert_close(trial.dx, normalization_backward(divisor, dy.astype(float)), TOLERANCE)
    assert layer.variables[0].shape == tuple(x.shape[a] for a in kept)


def test_given_statistics():
    rng = np.random.default_rng(5)
    x = data(rng, 6, 3)
    layer = layers.Normalization(mean=[1.0, 2.0, 3.0], variance=[4.0, 9.0, 16.0])
    assert_close(layer(x), (x.astype(float) - [1, 2, 3]) / [2, 3, 4], TOLERANCE)
    assert layer.weights == []
    assert_close(layers.Normalization(mean=2.0, variance=4.0)(x), (x - 2.0) / 2, TOLERANCE)
    assert_close(
        layers.Normalization(axis=None, mean=2.0, variance=4.0)(x), (x - 2.0) / 2, TOLERANCE
    )


def test_constant_feature():
    layer = layers.Normalization()
    layer.adapt(np.full((5, 1), 3.0))
    np.testing.assert_array_equal(layer(np.full((2, 1), 3.0)), np.zeros((2, 1)))


def test_declaration_and_config():
    layer = layers.Normalization()
    layer.ensure_built((None, 4))
    assert [v.name for v in layer.weights] == ["mean", "variance", "count"]
    assert layer.count_params() == 2 * 4 + 1
    assert layer.trainable_weights == []
    x = np.arange(8, dtype=np.float32).reshape(2, 4)
    np.testing.assert_array_equal(layer(x), x)
    given = layers.Normalization(mean=[1.0], variance=[2.0], invert=True)
    for one in (layer, given):
        again = layers.deserialize(layers.serialize(one))
        assert again.get_config() == one.get_config()


def test_bad_input():
    with pytest.raises(ValueError, match="mean and variance must both be given or neither"):
        layers.Normalization(mean=1.0)
    with pytest.raises(ValueError, match="layer 'n' was given its mean and variance"):
        layers.Normalization(mean=1.0, variance=1.0, name="n").adapt(np.ones((2, 2)))
    with pytest.raises(ValueError, match=r"mean of layer 'n' must have shape \(3,\), got \(2,\)"):
        layers.Normalization(mean=[1, 2], variance=[1, 2], name="n")(np.ones((2, 3)))
    with pytest.raises(ValueError, match="data for layer 'n' must be finite"):
        layers.Normalization(name="n").adapt([[1.0, np.inf]])
    with pytest.raises(ValueError, match="data for layer 'n' must not be empty"):
        layers.Normalization(name="n").adapt(np.ones((0, 3)))
    with pytest.raises(ValueError, match="data for layer 'n' must have at least one batch"):
        layers.Normalization(name="n").adapt(iter([]))
