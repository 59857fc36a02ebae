"""The native elementary functions over the whole range of float32, against float64."""

import math

import numpy as np
import pytest

from sunhwan import _core

SMALLEST_NORMAL = np.finfo(np.float32).tiny
BIT_STRIDE = 2477  # every 2,477th float: 1.7 million of them, all exponents
EDGES = np.float32([0, -0.0, 1, -1, 9.02, -9.02, 88.72283, 88.72284, -87.33654, -87.33655, -103])

erf = np.vectorize(math.erf, otypes=[np.float64])


def all_floats() -> np.ndarray:
    bits = np.arange(0, 2**32, BIT_STRIDE, dtype=np.uint64).astype(np.uint32)
    x = bits.view(np.float32)
    normal = np.isfinite(x) & ((np.abs(x) >= SMALLEST_NORMAL) | (x == 0))
    return np.concatenate([x[normal], EDGES])


def computed(name: str, x: np.ndarray) -> np.ndarray:
    y = np.empty_like(x)
    _core.activate(_core.ACTIVATIONS[name], x, y)
    return y


def sigmoid(x):
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e) / (1 + e)


FUSED = _core.isa() != "baseline"

# Bounds in units of the last place, as core/kernels/simd/math.h states them.
ULPS = {
    "exponential": (np.exp, 1.4),
    "tanh": (np.tanh, 4.9 if FUSED else 5.9),
    "softplus": (lambda x: np.logaddexp(0, x), 2.3),
    "elu": (lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))), 1.9),
    "softsign": (lambda x: x / (1 + np.abs(x)), 1.6),
}
# Where a factor vanishes first, the error is bounded relative to max(1, |x|).
ABSOLUTE = {
    "gelu": (lambda x: 0.5 * x * (1 + erf(x * math.sqrt(0.5))), 3.0e-7),
    "silu": (lambda x: x * sigmoid(x), 1.4e-7),
    "sigmoid": (sigmoid, 1.1e-7),
}
RELATIVE = {  # the second number times |x| below zero
    "tanh": (np.tanh, 2.9e-7 if FUSED else 3.5e-7, 0),
    "sigmoid": (sigmoid, 2.7e-7, 6e-8),
}


@pytest.mark.parametrize("name", ULPS)
def test_error_in_units_of_the_last_place(name):
    function, bound = ULPS[name]
    x = all_floats()
    with np.errstate(over="ignore", under="ignore"):
        exact = function(x.astype(np.float64))
        rounded = exact.astype(np.float32)
    y = computed(name, x)
    assert np.array_equal(np.isinf(rounded), np.isinf(y))
    normal = np.isfinite(rounded) & (np.abs(exact) >= SMALLEST_NORMAL)
    place = 2.0 ** (np.frexp(exact[normal])[1] - 24)
    error = np.abs(y[normal] - exact[normal]) / place
    assert error.max() <= bound, x[normal][error.argmax()]
    assert np.all(np.abs(y[np.abs(exact) < SMALLEST_NORMAL]) <= SMALLEST_NORMAL)


@pytest.mark.parametrize("name", ABSOLUTE)
def test_error_relative_to_the_argument(name):
    function, bound = ABSOLUTE[name]
    x = all_floats()[::7].copy()
    exact = function(x.astype(np.float64))
    error = np.abs(computed(name, x) - exact) / np.maximum(1, np.abs(x))
    assert error.max() <= bound, x[error.argmax()]


@pytest.mark.parametrize("name", RELATIVE)
def test_relative_error(name):
    function, bound, slope = RELATIVE[name]
    x = all_floats()
    exact = function(x.astype(np.float64))
    normal = np.abs(exact) >= SMALLEST_NORMAL
    error = np.abs(computed(name, x)[normal] / exact[normal] - 1)
    excess = error - slope * np.maximum(0, -x[normal])
    assert excess.max() <= bound, x[normal][excess.argmax()]


def test_saturation_is_exact():
    x = np.float32([9.02, 10, 88, 1e30, np.inf])
    assert np.array_equal(computed("tanh", x), np.ones(5))
    assert np.array_equal(computed("tanh", -x), -np.ones(5))
    assert np.array_equal(computed("sigmoid", np.float32([17.5, 88, 1e30, np.inf])), np.ones(4))
    assert np.array_equal(computed("sigmoid", np.float32([-89, -1e30, -np.inf])), np.zeros(3))


LIMITS = {  # at -infinity and at infinity
    "linear": (-np.inf, np.inf),
    "tanh": (-1, 1),
    "sigmoid": (0, 1),
    "relu": (0, np.inf),
    "softsign": (-1, 1),
    "hard_sigmoid": (0, 1),
    "elu": (-1, np.inf),
    "selu": (-1.0507009873554805 * 1.6732632423543772, np.inf),
    "softplus": (0, np.inf),
    "gelu": (0, np.inf),
    "leaky_relu": (-np.inf, np.inf),
    "exponential": (0, np.inf),
    "silu": (0, np.inf),
    "relu6": (0, 6),
}


@pytest.mark.parametrize("name", _core.ACTIVATIONS)
def test_limits_and_nan(name):
    quiet_nans = np.uint32([0x7FC00000, 0xFFC00000, 0x7FC00001, 0x7FFFFFFF]).view(np.float32)
    y = computed(name, np.concatenate([np.float32([-np.inf, np.inf]), quiet_nans]))
    assert np.array_equal(y[:2], np.float32(LIMITS[name]))
    assert np.isnan(y[2:]).all()


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "exponential", "softplus", "elu"])
def test_denormals_count_as_zero_and_the_state_is_restored(name):
    denormals = np.uint32([1, 0x007FFFFF, 0x80000001, 0x807FFFFF]).view(np.float32)
    y = computed(name, denormals)
    assert np.array_equal(y, computed(name, np.zeros(4, np.float32)))
    half_of_smallest = np.full(1, SMALLEST_NORMAL) * np.float32(0.5)
    assert half_of_smallest[0] > 0
