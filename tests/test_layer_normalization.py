"""LayerNormalization against the float64 reference, on batches of every kind."""

import numpy as np
import pytest
from reference import assert_close, layer_normalization_backward, layer_normalization_forward
from steps_layer_case import check_everywhere

from sunhwan import layers
from sunhwan._engine.call import try_layer

SIZES = [1, 2, 7, 8, 9, 15, 16, 17, 31, 33]
TOLERANCE = 1e-5  # differences from a mean, times up to 1 / sqrt(epsilon)


def built(rng, shape, **arguments):
    layer = layers.LayerNormalization(**arguments)
    layer.ensure_built(shape)
    for variable in layer.variables:
        variable.value[...] = rng.standard_normal(variable.shape)
    return layer


def value(variable):
    return None if variable is None else variable.value.astype(float)


def check(layer, features, rng, kinds=None):
    def forward(x):
        gamma, beta = value(layer.gamma), value(layer.beta)
        return layer_normalization_forward(x, gamma, beta, epsilon=layer.epsilon)

    def backward(cache, dy):
        gradients = layer_normalization_backward(cache, dy)
        return gradients.dx, [gradient for gradient in gradients[1:] if gradient is not None]

    check_everywhere(layer, features, forward, backward, TOLERANCE, rng, kinds)


@pytest.mark.parametrize("features", SIZES)
def test_sizes(features):
    rng = np.random.default_rng(1)
    check(built(rng, (None, None, features), epsilon=0.1), features, rng, kinds=["shared"])


@pytest.mark.parametrize("center", [False, True])
@pytest.mark.parametrize("scale", [False, True])
def test_every_kind_of_batch(center, scale):
    rng = np.random.default_rng(2)
    check(built(rng, (None, None, 5), center=center, scale=scale), 5, rng)


@pytest.mark.parametrize("axis", [1, (1, 2), [-2, -1], (2, 1), (1, 3), -2], ids=str)
def test_other_axes(axis):
    rng = np.random.default_rng(3)
    shape = (4, 5, 6) if axis != (1, 3) else (4, 5, 2, 6)
    x, dy = rng.standard_normal((2, *shape)).astype(np.float32)
    layer = built(rng, (None, *shape[1:]), axis=axis)
    trial = try_layer(layer, x, dy)
    axes = sorted(a % len(shape) for a in np.atleast_1d(axis))
    others = [a for a in range(len(shape)) if a not in axes]
    order = [*others, *axes]

    def rows(values):
        values = values.transpose(order).astype(float)
        return values.reshape(*values.shape[: len(others)], -1)

    def restored(values):
        return values.reshape([shape[a] for a in order]).transpose(np.argsort(order))

    gamma, beta = value(layer.gamma).reshape(-1), value(layer.beta).reshape(-1)
    y, cache = layer_normalization_forward(rows(x), gamma, beta)
    gradients = layer_normalization_backward(cache, rows(dy))
    assert_close(trial.output, restored(y), TOLERANCE)
    assert_close(trial.dx, restored(gradients.dx), TOLERANCE)
    for actual, expected in zip(trial.gradients, gradients[1:], strict=True):
        assert actual.shape == tuple(shape[a] for a in axes)
        assert_close(actual.reshape(-1), expected, TOLERANCE)


def test_declaration_and_config():
    layer = layers.LayerNormalization(axis=[1, 2], epsilon=1e-5, gamma_regularizer="l2")
    layer.ensure_built((None, 3, 4))
    assert [(v.name, v.shape) for v in layer.weights] == [("gamma", (3, 4)), ("beta", (3, 4))]
    assert layer.compute_output_shape((None, 3, 4)) == (None, 3, 4)
    again = layers.deserialize(layers.serialize(layer))
    assert again.get_config() == layer.get_config()
    assert again.axis == (1, 2)


def test_bad_input():
    with pytest.raises(ValueError, match="axis must be an integer or a list of integers"):
        layers.LayerNormalization(axis="last")
    for axis in (0, 3, (1, 1), (-1, 2)):
        with pytest.raises(ValueError, match=r"axis of layer 'n' must name different axes"):
            layers.LayerNormalization(axis=axis, name="n")(np.ones((2, 3, 4)))
    with pytest.raises(ValueError, match=r"layer 'n' needs a fixed length along axis 1"):
        layers.LayerNormalization(axis=1, name="n").ensure_built((None, None, 4))
