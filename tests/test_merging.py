"""Layers of several inputs, on arrays and on packed sequences, beside plain NumPy."""

import numpy as np
import pytest
from functional_case import differences
from merging_case import POINTWISE
from random_arrays import numbers
from reference.check import assert_close

import sunhwan as sh
from sunhwan import layers
from sunhwan._engine.call import try_layer

TOLERANCE = 2e-6


def check(layer, function, x):
    """Compare output and gradients of a layer on arrays with a function's."""
    expected = function([part.astype(float) for part in x])
    dy = numbers(*expected.shape, seed=9)
    trial = try_layer(layer, x, dy)
    assert (
        layer.compute_output_shape([(None, *part.shape[1:]) for part in x])[1:]
        == (expected.shape[1:])
    )
    assert_close(trial.output, expected, TOLERANCE * max(1.0, np.abs(expected).max()))
    for number in range(len(x)):
        assert_close(trial.dx[number], differences(function, x, dy, number), 2e-3)


@pytest.mark.parametrize("name", POINTWISE)
@pytest.mark.parametrize(
    "shapes",
    [
        [(3, 7), (3, 7)],
        [(3, 2, 7), (3, 2, 7), (3, 2, 7)],
        [(3, 2, 5), (3, 1, 5)],
        [(3, 5), (3, 2, 5)],
        [(2, 1, 3), (2, 4, 1)],
        [(1, 1), (1, 17)],
    ],
    ids=str,
)
def test_pointwise(name, shapes):
    if name == "Subtract":
        shapes = shapes[:2]
    x = [numbers(*shape, seed=number) for number, shape in enumerate(shapes)]
    rank = max(part.ndim for part in x)

    def function(values):
        wide = [v.reshape(len(v), *(1,) * (rank - v.ndim), *v.shape[1:]) for v in values]
        return POINTWISE[name](wide)

    check(getattr(layers, name)(), function, x)


def test_equal_numbers_give_their_gradient_to_the_first():
    x, dy = [np.ones((1, 2), np.float32)] * 3, numbers(1, 2)
    for name in ("Maximum", "Minimum"):
        first, *others = try_layer(getattr(layers, name)(), x, dy).dx
        np.testing.assert_array_equal(first, dy)
        assert not np.any(others)


@pytest.mark.parametrize(
    ("axis", "shapes"),
    [
        (-1, [(3, 4), (3, 1), (3, 7)]),
        (1, [(3, 4, 2), (3, 1, 2)]),
        (2, [(3, 4, 2), (3, 4, 5)]),
        (-2, [(2, 1, 3), (2, 2, 3)]),
    ],
)
def test_concatenate(axis, shapes):
    x = [numbers(*shape, seed=number) for number, shape in enumerate(shapes)]
    check(layers.Concatenate(axis), lambda values: np.concatenate(values, axis), x)


@pytest.mark.parametrize("normalize", [False, True])
@pytest.mark.parametrize(
    ("axes", "shapes", "sums"),
    [
        (1, [(3, 5), (3, 5)], "nk,nk->n"),
        (-1, [(2, 3, 5), (2, 4, 5)], "nak,nbk->nab"),
        (1, [(2, 5, 3), (2, 5, 4)], "nka,nkb->nab"),
        ((2, 1), [(2, 3, 5), (2, 5, 4)], "nak,nkb->nab"),
        ((1, -1), [(2, 5), (2, 3, 5)], "nk,nbk->nb"),
    ],
)
def test_dot(axes, shapes, sums, normalize):
    x = [numbers(*shape, seed=number) for number, shape in enumerate(shapes)]
    places = [axes, axes] if isinstance(axes, int) else axes

    def function(values):
        if normalize:
            values = [
                value / np.linalg.norm(value, axis=axis, keepdims=True)
                for value, axis in zip(values, places, strict=True)
            ]
        out = np.einsum(sums, *values)
        return out[:, None] if out.ndim == 1 else out

    check(layers.Dot(axes, normalize=normalize), function, x)


def test_dot_of_a_zero_vector():
    trial = try_layer(layers.Dot(1, normalize=True), [np.zeros((1, 2)), np.ones((1, 2))], [[1.0]])
    np.testing.assert_array_equal(trial.output, [[0.0]])
    assert all(np.isfinite(part).all() for part in trial.dx)


def test_functions():
    x = [numbers(3, 4), numbers(3, 4, seed=1)]
    for name in (*POINTWISE, "Concatenate"):
        function = getattr(layers, name.lower())
        np.testing.assert_array_equal(function(x), getattr(layers, name)()(x))
    np.testing.assert_array_equal(layers.dot(x, axes=1), layers.Dot(1)(x))
    start = sh.Input((4,))
    assert layers.add([start, start], name="twice").name == "twice"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.Add(name="m")(np.ones((2, 3))), "'m' takes a list of arrays"),
        (lambda: layers.Subtract(name="m")([np.ones((2, 3))] * 3), "'m' needs a list of 2 inputs"),
        (lambda: layers.Add(name="m")([]), "'m' takes a list of inputs, got none"),
        (lambda: layers.Add(name="m")([np.ones((2, 3)), np.ones((3, 3))]), "as many rows"),
        (
            lambda: layers.Concatenate(0, name="m")([np.ones((2, 3))] * 2),
            "'m' needs an axis from 1",
        ),
        (
            lambda: layers.Concatenate(3, name="m")([np.ones((2, 3))] * 2),
            "'m' needs an axis from 1",
        ),
        (
            lambda: layers.Concatenate(name="m")([np.ones((2, 3, 4)), np.ones((2, 2, 4))]),
            "'m' needs inputs whose shapes differ along axis 2 alone",
        ),
        (lambda: layers.Dot(1, name="m")([np.ones((2, 3)), np.ones((2, 4))]), "'m' needs axes"),
        (lambda: layers.Dot((1, 2, 3)), "axes must be an integer or two"),
        (lambda: layers.Dot(0, name="m")([np.ones((2, 3))] * 2), "not that of the batch"),
    ],
)
def test_wrong_inputs(make, message):
    with pytest.raises(ValueError, match=message):
        make()
