"""The reference's activations against definitions, their derivatives against differences."""

import math

import numpy as np
import pytest
from reference.activations import ACTIVATIONS

DIFFERENCE_STEP = 1e-4
DERIVATIVE_TOLERANCE = 1e-10  # fourth-order differences of values of about 1
ROUNDING = 1e-15

# Keras 3's definitions, one number at a time.
DEFINITIONS = {
    "linear": lambda a: a,
    "tanh": math.tanh,
    "sigmoid": lambda a: 1 / (1 + math.exp(-a)),
    "relu": lambda a: max(a, 0),
    "relu6": lambda a: min(max(a, 0), 6),
    "leaky_relu": lambda a: a if a > 0 else 0.2 * a,
    "softsign": lambda a: a / (1 + abs(a)),
    "hard_sigmoid": lambda a: min(max(a + 3, 0), 6) / 6,
    "elu": lambda a: a if a > 0 else math.exp(a) - 1,
    "selu": lambda a: 1.05070098735548 * (a if a > 0 else 1.67326324235438 * (math.exp(a) - 1)),
    "softplus": lambda a: math.log(1 + math.exp(a)),
    "gelu": lambda a: a * 0.5 * math.erfc(-a / math.sqrt(2)),
    "exponential": math.exp,
    "silu": lambda a: a / (1 + math.exp(-a)),
}


def test_all_are_defined():
    assert set(DEFINITIONS) == set(ACTIVATIONS)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_function(name):
    a = np.random.default_rng(1).uniform(-8, 8, 257)
    expected = np.array([DEFINITIONS[name](value) for value in a])
    np.testing.assert_allclose(ACTIVATIONS[name].function(a), expected, rtol=1e-12, atol=ROUNDING)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_derivative(name):
    a = np.random.default_rng(2).uniform(-7, 4, 257)
    for kink in (-3.0, 0.0, 3.0, 6.0):
        a = a[np.abs(a - kink) > 4 * DIFFERENCE_STEP]
    function, derivative = ACTIVATIONS[name]
    near = function(a + DIFFERENCE_STEP) - function(a - DIFFERENCE_STEP)
    far = function(a + 2 * DIFFERENCE_STEP) - function(a - 2 * DIFFERENCE_STEP)
    slope = (8 * near - far) / (12 * DIFFERENCE_STEP)
    np.testing.assert_allclose(
        derivative(a), slope, rtol=DERIVATIVE_TOLERANCE, atol=DERIVATIVE_TOLERANCE
    )


@pytest.mark.parametrize("name", sorted(set(ACTIVATIONS) - {"exponential"}))
def test_far_from_zero(name):
    """No overflow (warnings are errors), and the limits that the definitions have."""
    a = np.array([-1000.0, 1000.0])
    with np.errstate(over="raise", invalid="raise"):
        values = ACTIVATIONS[name].function(a)
        derivatives = ACTIVATIONS[name].derivative(a)
    assert np.isfinite(values).all()
    assert np.isfinite(derivatives).all()


def test_derivative_at_kinks():
    zero, three, six = np.zeros(1), np.full(1, 3.0), np.full(1, 6.0)
    assert ACTIVATIONS["relu"].derivative(zero) == 0.0
    assert ACTIVATIONS["relu6"].derivative(zero) == 0.0
    assert ACTIVATIONS["relu6"].derivative(six) == 0.0
    assert ACTIVATIONS["leaky_relu"].derivative(zero) == 0.2
    assert ACTIVATIONS["elu"].derivative(zero) == 1.0
    assert ACTIVATIONS["selu"].derivative(zero) == pytest.approx(1.0507009873554805, rel=ROUNDING)
    assert ACTIVATIONS["hard_sigmoid"].derivative(three) == 0.0
    assert ACTIVATIONS["hard_sigmoid"].derivative(-three) == 0.0
