"""The reference's convolution and pooling: by hand and by differences."""

import numpy as np
import pytest
import reference
from reference import assert_close, check_layer, named

ROUNDING = 1e-13  # the same float64 numbers in another order
SIZES = [(1, 1, 1), (2, 7, 1), (7, 9, 2), (9, 17, 7)]  # rows, steps, channels


def normal(seed, *shapes):
    random = np.random.default_rng(seed)
    return [random.standard_normal(shape) for shape in shapes]


# Conv1D


def test_windows_by_hand():
    """T = 5: what TensorFlow's documentation of padding says, written out."""
    assert reference.window_positions(5, 3, 1, "valid") == [[0, 1, 2], [1, 2, 3], [2, 3, 4]]
    assert reference.window_positions(5, 3, 2, "valid") == [[0, 1, 2], [2, 3, 4]]
    assert reference.window_positions(5, 2, 2, "same") == [[0, 1], [2, 3], [4, None]]
    assert reference.window_positions(5, 3, 2, "same") == [[None, 0, 1], [1, 2, 3], [3, 4, None]]
    assert reference.window_positions(4, 3, 2, "same") == [[0, 1, 2], [2, 3, None]]
    assert reference.window_positions(3, 2, 1, "causal", 2) == [[None, 0], [None, 1], [0, 2]]
    assert reference.window_positions(5, 3, 2, "causal") == [[None, None, 0], [0, 1, 2], [2, 3, 4]]
    assert reference.window_positions(2, 3, 1, "valid") == []


def test_conv1d_by_hand():
    """A kernel longer than one step, not symmetric, so that a flipped one is seen."""
    x = np.array([[[1.0], [10.0], [100.0], [1000.0]]])
    kernel = np.array([1.0, 2.0, 3.0]).reshape(3, 1, 1)
    y, _ = reference.conv1d_forward(x, kernel, np.array([0.5]))
    assert_close(y[0, :, 0], np.array([321.5, 3210.5]), ROUNDING)
    y, _ = reference.conv1d_forward(x, kernel, None, padding="causal")
    assert_close(y[0, :, 0], np.array([3.0, 32.0, 321.0, 3210.0]), ROUNDING)
    y, _ = reference.conv1d_forward(x, kernel, None, padding="same")
    assert_close(y[0, :, 0], np.array([32.0, 321.0, 3210.0, 2100.0]), ROUNDING)


@pytest.mark.parametrize("padding", ["valid", "same", "causal"])
@pytest.mark.parametrize(("strides", "dilation"), [(1, 1), (2, 1), (3, 1), (1, 2), (1, 3)])
@pytest.mark.parametrize("taps", [1, 2, 5])
def test_conv1d_gradients(taps, strides, dilation, padding):
    x, kernel, bias = normal(4, (2, 17, 3), (taps, 3, 7), (7,))

    def forward(x, kernel, bias):
        return reference.conv1d_forward(
            x,
            kernel,
            bias,
            strides=strides,
            padding=padding,
            dilation_rate=dilation,
            activation="tanh",
        )

    check_layer(
        forward,
        lambda cache, dy: named(reference.conv1d_backward(cache, dy)),
        {"x": x, "kernel": kernel, "bias": bias},
    )


def test_conv1d_of_one_tap_is_dense():
    x, kernel, bias = normal(5, (7, 9, 2), (2, 17), (17,))
    convolved, _ = reference.conv1d_forward(x, kernel[None], bias)
    dense, _ = reference.dense_forward(x, kernel, bias)
    assert_close(convolved, dense, ROUNDING)


# Pooling


def test_pooling_by_hand():
    x = np.array([1.0, 4.0, 2.0, 8.0, 6.0]).reshape(1, 5, 1)
    cases = [
        (reference.max_pool_forward, {"padding": "valid"}, [4.0, 8.0]),
        (reference.max_pool_forward, {"padding": "same"}, [4.0, 8.0, 6.0]),
        (reference.max_pool_forward, {"strides": 1}, [4.0, 4.0, 8.0, 8.0]),
        (reference.average_pool_forward, {"padding": "valid"}, [2.5, 5.0]),
        (reference.average_pool_forward, {"padding": "same"}, [2.5, 5.0, 6.0]),
    ]
    for forward, options, expected in cases:
        y, _ = forward(x, pool_size=2, **options)
        assert_close(y[0, :, 0], np.array(expected), ROUNDING)


def test_same_padding_never_wins_the_maximum():
    y, _ = reference.max_pool_forward(np.full((1, 3, 1), -5.0), pool_size=2, padding="same")
    assert (y == -5.0).all()


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("strides", [None, 1, 2, 5])
@pytest.mark.parametrize("pool_size", [1, 2, 3])
@pytest.mark.parametrize("kind", ["max", "average"])
def test_pooling_gradients(kind, pool_size, strides, padding):
    forward = getattr(reference, f"{kind}_pool_forward")
    backward = getattr(reference, f"{kind}_pool_backward")
    check_layer(
        lambda x: forward(x, pool_size=pool_size, strides=strides, padding=padding),
        lambda cache, dy: {"x": backward(cache, dy)},
        {"x": normal(6, (7, 9, 2))[0]},
    )


def test_max_pool_ties_go_to_the_first():
    x = np.array([3.0, 3.0, 1.0, 3.0]).reshape(1, 4, 1)
    _, cache = reference.max_pool_forward(x, pool_size=4)
    dx = reference.max_pool_backward(cache, np.array([[[2.0]]]))
    assert dx[0, :, 0].tolist() == [2.0, 0.0, 0.0, 0.0]


def test_global_max_pool_ties_share():
    x = np.array([3.0, 3.0, 1.0, 3.0]).reshape(1, 4, 1)
    _, cache = reference.global_max_pool_forward(x, np.array([[True, True, True, False]]))
    dx = reference.global_max_pool_backward(cache, np.array([[2.0]]))
    assert dx[0, :, 0].tolist() == [1.0, 1.0, 0.0, 0.0]


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("kind", ["max", "average"])
def test_global_pooling(kind, masked, sizes):
    forward = getattr(reference, f"global_{kind}_pool_forward")
    backward = getattr(reference, f"global_{kind}_pool_backward")
    x = normal(7, sizes)[0]
    mask = np.random.default_rng(8).random(sizes[:2]) < 0.5
    mask[:, -1] = True
    y, _ = forward(x, mask if masked else None)
    for row in range(sizes[0]):
        own = x[row, mask[row]] if masked else x[row]
        assert_close(y[row], own.max(axis=0) if kind == "max" else own.mean(axis=0), ROUNDING)
    check_layer(
        lambda x: forward(x, mask if masked else None),
        lambda cache, dy: {"x": backward(cache, dy)},
        {"x": x},
    )


def test_global_pooling_of_no_steps():
    nothing = np.zeros((2, 3), dtype=bool)
    x = np.ones((2, 3, 1))
    average, cache = reference.global_average_pool_forward(x, nothing)
    assert np.isnan(average).all()
    assert (reference.global_average_pool_backward(cache, np.ones((2, 1))) == 0).all()
    greatest, cache = reference.global_max_pool_forward(x, nothing)
    assert (greatest == -np.inf).all()
    assert (reference.global_max_pool_backward(cache, np.ones((2, 1))) == 0).all()
