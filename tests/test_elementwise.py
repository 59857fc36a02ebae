"""Activations of arrays, their gradients, and arithmetic, against the float64 reference."""

import numpy as np
import pytest
from reference.activations import ACTIVATIONS

from sunhwan import _core

SIZES = [0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 50001]  # the last spans several tasks
VALUE_TOLERANCE = 1e-6
GRADIENT_TOLERANCE = 2e-6  # derivatives come from the rounded output
NEED_INPUT = {"gelu", "silu"}


def random(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.normal(scale=2.0, size=shape).astype(np.float32)


def test_every_activation_has_a_reference():
    assert set(_core.ACTIVATIONS) == set(ACTIVATIONS)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation_and_gradient(name, size):
    rng = np.random.default_rng(size)
    kind, reference = _core.ACTIVATIONS[name], ACTIVATIONS[name]
    x, dy = random(rng, size), random(rng, size)
    y, dx = np.full_like(x, np.nan), np.full_like(x, np.nan)
    _core.activate(kind, x, y)
    np.testing.assert_allclose(
        y, reference.function(x.astype(float)), rtol=VALUE_TOLERANCE, atol=VALUE_TOLERANCE
    )
    _core.activate_backward(kind, x if name in NEED_INPUT else None, y, dy, dx)
    exact = dy * reference.derivative(x.astype(float))
    scale = np.maximum(1, np.abs(dy)) * np.maximum(1, np.abs(y))
    assert np.all(np.abs(dx - exact) <= GRADIENT_TOLERANCE * scale)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_in_place(name):
    rng = np.random.default_rng(3)
    kind = _core.ACTIVATIONS[name]
    x, dy = random(rng, 5, 7), random(rng, 5, 7)
    y, dx = np.empty_like(x), np.empty_like(x)
    _core.activate(kind, x, y)
    _core.activate_backward(kind, x, y, dy, dx)
    place, gradient_place = x.copy(), dy.copy()
    _core.activate(kind, place, place)
    _core.activate_backward(kind, x, y, gradient_place, gradient_place)
    assert np.array_equal(place, y)
    assert np.array_equal(gradient_place, dx)


@pytest.mark.parametrize("size", SIZES)
def test_arithmetic(size):
    rng = np.random.default_rng(size)
    a, b = random(rng, size), random(rng, size)
    out = np.full_like(a, np.nan)
    _core.multiply(a, b, out)
    assert np.array_equal(out, a * b)
    _core.add(a, b, out)
    assert np.array_equal(out, a + b)
    _core.scale(a, 0.3, out)
    assert np.array_equal(out, a * np.float32(0.3))
    _core.add_into(out, b)
    assert np.array_equal(out, a * np.float32(0.3) + b)
    _core.fill(out)
    assert np.array_equal(out, np.zeros_like(a))
    _core.fill(out, 2.5)
    assert np.array_equal(out, np.full_like(a, 2.5))


def test_add_into_with_a_factor():
    rng = np.random.default_rng(1)
    a, out = random(rng, 1001), random(rng, 1001)
    expected = out.astype(float) - 1.5 * a.astype(float)
    _core.add_into(out, a, -1.5)
    np.testing.assert_allclose(out, expected, rtol=0, atol=2e-6)


def test_result_does_not_depend_on_place():
    rng = np.random.default_rng(2)
    x = random(rng, 100)
    for name, kind in _core.ACTIVATIONS.items():
        y = np.empty_like(x)
        _core.activate(kind, x, y)
        for start in range(1, 20):
            part = np.empty(100 - start, np.float32)
            _core.activate(kind, x[start:].copy(), part)
            assert np.array_equal(part, y[start:]), name


class TestBadInput:
    x = np.zeros((2, 3), np.float32)

    def test_shapes(self):
        with pytest.raises(ValueError, match=r"y must have the shape of x, \(2, 3\), got \(2, 4\)"):
            _core.activate(1, self.x, np.zeros((2, 4), np.float32))
        with pytest.raises(ValueError, match=r"out must have the shape of a, \(2, 3\), got \(6,\)"):
            _core.multiply(self.x, self.x, np.zeros(6, np.float32))

    def test_kind(self):
        with pytest.raises(ValueError, match=r"kind must be 0\.\.13, got 14"):
            _core.activate(14, self.x, self.x.copy())
        with pytest.raises(ValueError, match="x must be given"):
            _core.activate_backward(_core.ACTIVATIONS["gelu"], None, self.x, self.x, self.x.copy())

    @pytest.mark.parametrize(
        "wrong",
        [np.zeros((2, 3)), np.zeros((2, 3), np.int32), np.zeros((3, 2), np.float32).T, [[0.0]]],
        ids=["float64", "int32", "not contiguous", "list"],
    )
    def test_what_would_need_a_copy(self, wrong):
        with pytest.raises(TypeError):
            _core.activate(1, wrong, self.x.copy())
        with pytest.raises(TypeError):
            _core.activate(1, self.x, wrong)

    def test_read_only_output(self):
        y = self.x.copy()
        y.flags.writeable = False
        with pytest.raises(TypeError):
            _core.activate(1, self.x, y)
        _core.activate(1, y, self.x.copy())
