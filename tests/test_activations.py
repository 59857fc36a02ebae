"""The activation functions against the float64 reference, their names, and functions of users."""

import numpy as np
import pytest
from reference import ACTIVATIONS, activation_backward, log_softmax, softmax, softmax_backward

from sunhwan import activations
from sunhwan.activations.rule import rule_of

SHAPES = [(1,), (7,), (3, 5), (0, 4), (2, 9, 17), (33, 31)]
# Activations are correct to a few units in the last place; their tests proper are the kernels'.
TOLERANCE = {"rtol": 1e-6, "atol": 1e-6}


def random(rng, *shape):
    return (3 * rng.standard_normal(shape)).astype(np.float32)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_forward_and_backward(name, shape):
    rng = np.random.default_rng(1)
    function = activations.get(name)
    x, dy = random(rng, *shape), random(rng, *shape)
    y = function(x)
    assert y.dtype == np.float32
    np.testing.assert_allclose(y, ACTIVATIONS[name].function(x.astype(np.float64)), **TOLERANCE)
    rule, dx = rule_of(function), np.empty_like(x)
    kept = x if rule.needs_input else None
    rule.backward(kept, y, dy, dx)
    exact = activation_backward(name, x.astype(np.float64), dy.astype(np.float64))
    np.testing.assert_allclose(dx, exact, rtol=1e-5, atol=1e-5)
    rule.backward(kept, y, dy, dy)
    np.testing.assert_array_equal(dy, dx)


@pytest.mark.parametrize("axis", [-1, 0, 1])
def test_softmax_along_an_axis(axis):
    rng = np.random.default_rng(2)
    x = random(rng, 4, 5, 7)
    moved = np.moveaxis(x, axis, -1).astype(np.float64)
    exact = np.moveaxis(softmax(moved), -1, axis)
    np.testing.assert_allclose(activations.softmax(x, axis=axis), exact, **TOLERANCE)
    exact = np.moveaxis(log_softmax(moved), -1, axis)
    np.testing.assert_allclose(activations.log_softmax(x, axis=axis), exact, **TOLERANCE)


def test_softmax_backward():
    rng = np.random.default_rng(3)
    x, dy = random(rng, 4, 5, 7), random(rng, 4, 5, 7)
    y, dx = activations.softmax(x), np.empty_like(x)
    rule_of(activations.softmax).backward(None, y, dy, dx)
    exact = softmax_backward(y.astype(np.float64), dy.astype(np.float64))
    np.testing.assert_allclose(dx, exact, **TOLERANCE)


def test_arguments():
    x = np.linspace(-3, 3, 31)
    np.testing.assert_allclose(
        activations.relu(x, negative_slope=0.25, max_value=2.0, threshold=1.0),
        np.minimum(np.where(x >= 1, x, 0.25 * (x - 1)), 2),
        **TOLERANCE,
    )
    np.testing.assert_allclose(
        activations.elu(x, alpha=0.5), np.where(x > 0, x, 0.5 * np.expm1(x)), **TOLERANCE
    )
    np.testing.assert_allclose(
        activations.leaky_relu(x, negative_slope=0.5), np.where(x > 0, x, 0.5 * x), **TOLERANCE
    )
    inner = np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)
    np.testing.assert_allclose(
        activations.gelu(x, approximate=True), 0.5 * x * (1 + np.tanh(inner)), **TOLERANCE
    )


@pytest.mark.parametrize("x", [[-1, 2], np.array([-1, 2]), np.array([[-1.0], [2.0]]).T[0], (-1, 2)])
def test_numbers_of_any_kind(x):
    np.testing.assert_array_equal(activations.relu(x), np.float32([0, 2]))


def test_a_single_number():
    assert activations.relu(-1.0) == 0
    with pytest.raises(ValueError, match="at least one axis"):
        activations.softmax(1.0)


@pytest.mark.parametrize("name", [*sorted(ACTIVATIONS), "softmax", "log_softmax"])
def test_names_and_configs(name):
    function = activations.get(name)
    assert function is getattr(activations, name)
    assert activations.serialize(function) == name
    assert activations.deserialize(name) is function
    assert activations.get(name.upper()) is function
    assert activations.get(function) is function


def test_other_names():
    assert activations.get(None) is activations.linear
    assert activations.get("swish") is activations.silu
    with pytest.raises(ValueError, match=r"unknown activation 'rleu': did you mean 'relu'\?"):
        activations.get("rleu")
    with pytest.raises(ValueError, match="activation must be a name"):
        activations.get(3)


def test_a_function_of_the_user():
    def cube(x):
        return x**3

    rule, x = rule_of(cube), np.float32([[1, 2]])
    y, dx = np.empty_like(x), np.empty_like(x)
    rule.forward(x, y)
    np.testing.assert_array_equal(y, [[1, 8]])
    with pytest.raises(ValueError, match="activation 'cube' has no gradient"):
        rule.backward(x, y, y, dx)
    cube.gradient = lambda x, y, dy: 3 * x**2 * dy
    rule.backward(x, y, y, dx)
    np.testing.assert_array_equal(dx, [[3, 96]])
    assert activations.serialize(cube) == {"class_name": "function", "config": "cube"}
    assert activations.deserialize(activations.serialize(cube), {"cube": cube}) is cube
    with pytest.raises(ValueError, match=r"activation '.*' must give the shape of its input"):
        rule_of(lambda x: x[:, :1]).forward(x, y)
