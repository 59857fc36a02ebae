"""The reference's recurrent layers: by hand, and by the loops of tutorials."""

import math

import numpy as np
import pytest
from reference.check import assert_close
from reference.gru import gru_forward
from reference.lstm import lstm_forward
from reference.simple_rnn import simple_rnn_forward
from reference_recurrent_case import LAYERS, make_arrays, make_mask

SAME_SUMS = 1e-13  # the same float64 sums in another order


def test_simple_rnn_is_the_loop_of_tutorials():
    """`h = tanh(W x + U h + b)`, one row at a time, weights as columns."""
    random = np.random.default_rng(10)
    x = random.standard_normal((7, 9, 2))
    w, u, b = (random.standard_normal(shape) for shape in [(17, 2), (17, 17), (17,)])
    outputs, _ = simple_rnn_forward(x, w.T, u.T, b)
    for row in range(7):
        h = np.zeros(17)
        for t in range(9):
            h = np.tanh(w @ x[row, t] + u @ h + b)
            assert_close(outputs.sequence[row, t], h, SAME_SUMS)
        assert_close(outputs.last[row], h, SAME_SUMS)
        assert_close(outputs.states[0][row], h, SAME_SUMS)


def logistic(a):
    return 1 / (1 + math.exp(-a))


def test_lstm_by_hand():
    """One unit, two steps, every weight different, so that no two gates can be swapped."""
    kernel = np.array([[0.5, -0.3, 0.8, 0.1]])  # i, f, c, o
    recurrent_kernel = np.array([[0.2, 0.7, -0.6, 0.4]])
    bias = np.array([0.1, 1.0, -0.2, 0.3])
    x = np.array([[[1.0], [-2.0]]])

    c1 = logistic(0.5 + 0.1) * math.tanh(0.8 - 0.2)
    h1 = logistic(0.1 + 0.3) * math.tanh(c1)
    i2 = logistic(-1.0 + 0.1 + 0.2 * h1)
    f2 = logistic(0.6 + 1.0 + 0.7 * h1)
    c2 = f2 * c1 + i2 * math.tanh(-1.6 - 0.2 - 0.6 * h1)
    h2 = logistic(-0.2 + 0.3 + 0.4 * h1) * math.tanh(c2)

    outputs, _ = lstm_forward(x, kernel, recurrent_kernel, bias)
    assert_close(outputs.sequence[0, :, 0], np.array([h1, h2]), SAME_SUMS)
    assert_close(np.array(outputs.states)[:, 0, 0], np.array([h2, c2]), SAME_SUMS)


@pytest.mark.parametrize("reset_after", [True, False])
def test_gru_by_hand(reset_after):
    kernel = np.array([[0.5, -0.3, 0.8]])  # z, r, h
    recurrent_kernel = np.array([[0.2, 0.7, -0.6]])
    bias = np.array([[0.1, -0.2, 0.3], [0.4, 0.5, -0.7]])
    x, h = 2.0, 0.25

    own = bias if reset_after else np.stack([bias[0], np.zeros(3)])
    z = logistic(0.5 * x + 0.1 + 0.2 * h + own[1, 0])
    r = logistic(-0.3 * x - 0.2 + 0.7 * h + own[1, 1])
    candidate = math.tanh(0.8 * x + 0.3 + r * (-0.6 * h + own[1, 2]))
    expected = z * h + (1 - z) * candidate

    outputs, _ = gru_forward(
        np.full((1, 1, 1), x),
        kernel,
        recurrent_kernel,
        bias if reset_after else bias[0],
        reset_after=reset_after,
        initial_states=[np.full((1, 1), h)],
    )
    assert_close(outputs.last, np.array([[expected]]), SAME_SUMS)


def test_gru_forms_agree_with_one_unit_and_no_bias():
    """`r * (h u)` is `(r * h) u` for a single unit."""
    random = np.random.default_rng(11)
    arrays = make_arrays("gru", (7, 9, 2, 1), random)
    call = (arrays["x"], arrays["kernel"], arrays["recurrent_kernel"], None)
    after, _ = gru_forward(*call, reset_after=True)
    before, _ = gru_forward(*call, reset_after=False)
    assert_close(after.sequence, before.sequence, SAME_SUMS)


@pytest.mark.parametrize("mask_kind", ["before", "after", "middle", "scattered", "rows"])
@pytest.mark.parametrize("go_backwards", [False, True])
@pytest.mark.parametrize("name", LAYERS)
def test_mask_is_the_row_without_its_masked_steps(name, go_backwards, mask_kind):
    """Masked inputs are NaN: they are not read, and get no gradient."""
    layer = LAYERS[name]
    random = np.random.default_rng(12)
    sizes = rows, steps, _, units = (9, 7, 2, 7)
    arrays = make_arrays(name, sizes, random)
    mask = make_mask(mask_kind, rows, steps, random)
    weights = (arrays["kernel"], arrays["recurrent_kernel"], arrays["bias"])
    x = np.where(mask[:, :, None], arrays["x"], np.nan)
    initial = [arrays[f"state{index}"] for index in range(layer.states)]
    options = {"go_backwards": go_backwards}
    outputs, cache = layer.forward(x, *weights, mask=mask, initial_states=initial, **options)
    zeroed, _ = layer.forward(
        x, *weights, mask=mask, initial_states=initial, zero_output_for_mask=True, **options
    )
    gradients = layer.backward(cache, np.ones((rows, steps, units)))
    assert (gradients.dx[~mask] == 0).all()

    for row in range(rows):
        own = x[row : row + 1, mask[row]]
        alone, _ = layer.forward(
            own, *weights, initial_states=[s[row : row + 1] for s in initial], **options
        )
        expected = np.zeros((steps, units))
        expected_zeroed = np.zeros((steps, units))
        previous, taken = np.zeros(units), 0
        order = reversed(range(steps)) if go_backwards else range(steps)
        for position, t in enumerate(order):
            if mask[row, t]:
                previous = alone.sequence[0, taken]
                expected_zeroed[position] = previous
                taken += 1
            expected[position] = previous
        assert_close(outputs.sequence[row], expected, SAME_SUMS)
        assert_close(zeroed.sequence[row], expected_zeroed, SAME_SUMS)
        assert_close(outputs.last[row], expected[-1], SAME_SUMS)
        for state, state_alone in zip(outputs.states, alone.states, strict=True):
            assert_close(state[row], state_alone[0], SAME_SUMS)


@pytest.mark.parametrize("name", LAYERS)
def test_go_backwards_is_the_reversed_input(name):
    layer = LAYERS[name]
    arrays = make_arrays(name, (7, 9, 2, 7), np.random.default_rng(13))
    x, *weights = (arrays[key] for key in ("x", "kernel", "recurrent_kernel", "bias"))
    backwards, _ = layer.forward(x, *weights, go_backwards=True)
    reversed_input, _ = layer.forward(x[:, ::-1], *weights)
    np.testing.assert_array_equal(backwards.sequence, reversed_input.sequence)


@pytest.mark.parametrize("name", LAYERS)
def test_input_dropout_multiplies_the_inputs(name):
    layer = LAYERS[name]
    random = np.random.default_rng(14)
    arrays = make_arrays(name, (7, 9, 2, 7), random)
    x, *weights = (arrays[key] for key in ("x", "kernel", "recurrent_kernel", "bias"))
    dropout = (random.random((7, 2)) < 0.5) / 0.5
    dropped, _ = layer.forward(x, *weights, input_dropout=dropout)
    by_hand, _ = layer.forward(x * dropout[:, None, :], *weights)
    np.testing.assert_array_equal(dropped.sequence, by_hand.sequence)
    per_gate, _ = layer.forward(x, *weights, input_dropout=np.stack([dropout] * layer.gates))
    np.testing.assert_array_equal(dropped.sequence, per_gate.sequence)


@pytest.mark.parametrize("name", LAYERS)
def test_recurrent_dropout_of_everything_forgets_the_product(name):
    """With no state in the product, the recurrent kernel has neither effect nor gradient."""
    layer = LAYERS[name]
    arrays = make_arrays(name, (7, 9, 2, 7), np.random.default_rng(15))
    x, kernel, recurrent_kernel, bias = (
        arrays[key] for key in ("x", "kernel", "recurrent_kernel", "bias")
    )
    nothing = np.zeros((7, 7))
    dropped, cache = layer.forward(x, kernel, recurrent_kernel, bias, recurrent_dropout=nothing)
    without, _ = layer.forward(x, kernel, np.zeros_like(recurrent_kernel), bias)
    np.testing.assert_array_equal(dropped.sequence, without.sequence)
    assert (layer.backward(cache, np.ones((7, 9, 7))).drecurrent_kernel == 0).all()


@pytest.mark.parametrize("name", LAYERS)
def test_no_steps(name):
    layer = LAYERS[name]
    arrays = make_arrays(name, (2, 0, 7, 9), np.random.default_rng(16))
    initial = [arrays[f"state{index}"] for index in range(layer.states)]
    outputs, cache = layer.forward(
        *(arrays[key] for key in ("x", "kernel", "recurrent_kernel", "bias")),
        initial_states=initial,
    )
    assert outputs.sequence.shape == (2, 0, 9)
    assert (outputs.last == 0).all()
    d_states = [np.full((2, 9), index + 1.0) for index in range(layer.states)]
    gradients = layer.backward(cache, d_states=d_states)
    for d_initial, d_state in zip(gradients.dinitial_states, d_states, strict=True):
        np.testing.assert_array_equal(d_initial, d_state)
