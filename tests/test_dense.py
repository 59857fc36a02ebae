"""Dense against the float64 reference, on batches of every kind."""

import numpy as np
import pytest
from reference import dense_backward, dense_forward, softmax, softmax_backward
from steps_layer_case import check_everywhere

from sunhwan import layers
from sunhwan._engine.arena import Arena
from sunhwan._engine.form import ARRAY
from sunhwan._engine.path import Path

SIZES = [1, 2, 7, 8, 9, 15, 16, 17, 31, 33]
TOLERANCE = 3e-6  # of sums of up to 33 products of about 1, and an activation
ACTIVATIONS = ["linear", "tanh", "sigmoid", "relu", "gelu", "silu", "selu", "softplus"]


def built(rng, features, units, **arguments):
    layer = layers.Dense(units, **arguments)
    layer.ensure_built((None, features))
    for variable in layer.variables:
        variable.value[...] = rng.standard_normal(variable.shape) / np.sqrt(features)
    return layer


def weights(layer):
    kernel = layer.kernel.value.astype(float)
    return kernel, None if layer.bias is None else layer.bias.value.astype(float)


def check(layer, features, rng, activation="linear", kinds=None):
    def forward(x):
        return dense_forward(x, *weights(layer), activation=activation)

    def backward(cache, dy):
        gradients = dense_backward(cache, dy)
        return gradients.dx, [gradient for gradient in gradients[1:] if gradient is not None]

    check_everywhere(layer, features, forward, backward, TOLERANCE, rng, kinds)


@pytest.mark.parametrize("features", SIZES)
def test_sizes(features):
    rng = np.random.default_rng(1)
    for units in SIZES:
        layer = built(rng, features, units, activation="tanh")
        check(layer, features, rng, "tanh", kinds=["dense", "shared tokens"])


@pytest.mark.parametrize("use_bias", [False, True])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_kind_of_batch(activation, use_bias):
    rng = np.random.default_rng(2)
    layer = built(rng, 5, 7, activation=activation, use_bias=use_bias)
    check(layer, 5, rng, activation)


def test_softmax():
    rng = np.random.default_rng(3)
    layer = built(rng, 5, 7, activation="softmax")

    def forward(x):
        a, cache = dense_forward(x, *weights(layer))
        return softmax(a), (softmax(a), cache)

    def backward(cache, dy):
        gradients = dense_backward(cache[1], softmax_backward(cache[0], dy))
        return gradients.dx, [gradients.dkernel, gradients.dbias]

    check_everywhere(layer, 5, forward, backward, TOLERANCE, rng)


def test_a_function_of_the_user():
    def square(x):
        return x**2

    square.gradient = lambda x, y, dy: 2 * x * dy
    rng = np.random.default_rng(4)
    layer = built(rng, 5, 3, activation=square)

    def forward(x):
        a, cache = dense_forward(x, *weights(layer))
        return a**2, (a, cache)

    def backward(cache, dy):
        gradients = dense_backward(cache[1], 2 * cache[0] * dy)
        return gradients.dx, [gradients.dkernel, gradients.dbias]

    check_everywhere(layer, 5, forward, backward, TOLERANCE, rng)


def test_activation_is_left_to_the_loss_on_request():
    rng = np.random.default_rng(5)
    layer, plain = built(rng, 4, 3, activation="softmax"), built(rng, 4, 3)
    plain.set_weights(layer.get_weights())
    assert layer.output_activation == "softmax"
    x, dy = rng.standard_normal((2, 6, 4)).astype(np.float32)[0], np.ones((6, 3), np.float32)
    results = []
    for one, logits in ((layer, True), (plain, False)):
        path = Path([one], ARRAY, Arena(), training=True, wants_dx=True, logits=logits)
        path.begin(x)
        y = path.forward(x, np.arange(6)).copy()
        results.append((y, path.backward(dy).copy()))
    np.testing.assert_array_equal(results[0][0], results[1][0])
    np.testing.assert_array_equal(results[0][1], results[1][1])


def test_a_layer_that_is_not_trainable_has_no_gradient_of_weights():
    rng = np.random.default_rng(6)
    layer = built(rng, 4, 3, trainable=False)
    path = Path([layer], ARRAY, Arena(), training=True, wants_dx=True)
    x = rng.standard_normal((6, 4)).astype(np.float32)
    path.begin(x)
    path.forward(x, np.arange(6))
    dx = path.backward(np.ones((6, 3), np.float32))
    assert np.any(dx)
    for variable in layer.variables:
        assert not np.any(variable.grad)


def test_declaration():
    layer = layers.Dense(3, "relu", kernel_regularizer="l2", bias_constraint="non_neg", name="d")
    layer.ensure_built((None, 7, 5))
    assert [(v.name, v.shape) for v in layer.weights] == [("kernel", (5, 3)), ("bias", (3,))]
    assert layer.count_params() == 18
    assert layer.compute_output_shape((None, 7, 5)) == (None, 7, 3)
    assert layer.kernel.regularizer is not None
    assert layer.bias.constraint is not None
    limit = np.sqrt(6 / 8)
    assert np.all(np.abs(layer.kernel.value) <= limit)
    assert np.abs(layer.kernel.value).max() > limit / 2
    assert not np.any(layer.bias.value)


def test_config():
    layer = layers.Dense(3, "relu", use_bias=False, kernel_initializer="he_normal", name="d")
    config = layer.get_config()
    assert (config["units"], config["activation"], config["use_bias"]) == (3, "relu", False)
    again = layers.Dense.from_config(config)
    assert again.get_config() == config
    assert again.activation is layer.activation
    assert layers.deserialize(layers.serialize(layer)).get_config() == config


def test_bad_input():
    for units in (0, -1, 2.5, "3", True, None):
        with pytest.raises(ValueError, match="units must be a positive integer, got"):
            layers.Dense(units)
    with pytest.raises(ValueError, match="unknown activation 'rlu'"):
        layers.Dense(3, "rlu")
    layer = layers.Dense(3, name="head")
    with pytest.raises(ValueError, match=r"layer 'head' needs .* at least 2 axes, got .*\(None,\)"):
        layer(np.ones(4))
    with pytest.raises(ValueError, match=r"layer 'head' needs .* fixed length, got shape"):
        layer.ensure_built((None, None))
    layer(np.ones((2, 4)))
    with pytest.raises(
        ValueError, match=r"layer 'head' was built for 4 features, got shape \(2, 5"
    ):
        layer(np.ones((2, 5)))
    with pytest.raises(ValueError, match="input of layer 'head' must be finite"):
        layer(np.full((2, 4), np.nan))
