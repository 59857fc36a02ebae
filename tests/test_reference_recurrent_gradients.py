"""The gradients of the reference's recurrent layers, by differences."""

import numpy as np
import pytest
from reference.activations import ACTIVATIONS
from reference.check import STEP, TOLERANCE, directional_check
from reference_recurrent_case import LAYERS, make_arrays, make_mask

# Functions with a kink, or whose slope has one, are moved less, so that few differences cross it.
KINKED = {"relu", "relu6", "leaky_relu", "hard_sigmoid", "elu", "selu", "softsign"}
KINKED_STEP, KINKED_TOLERANCE = 1e-6, 1e-7
# (rows, steps, inputs, units)
SIZES = [(1, 1, 1, 1), (2, 7, 1, 9), (7, 2, 9, 1), (9, 7, 2, 17), (17, 9, 7, 2)]
MASKS = ["full", "before", "after", "middle", "scattered", "rows"]


def check_gradients(name, arrays, seed, step=STEP, tolerance=TOLERANCE, **options):
    """Every gradient of a random sum of all outputs, by differences."""
    layer = LAYERS[name]
    rows, steps, _ = arrays["x"].shape
    units = arrays["recurrent_kernel"].shape[0]
    random = np.random.default_rng(seed + 1000)
    d_sequence = random.standard_normal((rows, steps, units))
    d_last = random.standard_normal((rows, units))
    d_states = [random.standard_normal((rows, units)) for _ in range(layer.states)]

    def run(x, kernel, recurrent_kernel, bias=None, **states):
        initial = [states[f"state{index}"] for index in range(layer.states)]
        return layer.forward(x, kernel, recurrent_kernel, bias, initial_states=initial, **options)

    def loss(**values):
        outputs, _ = run(**values)
        total = (outputs.sequence * d_sequence).sum() + (outputs.last * d_last).sum()
        for state, d_state in zip(outputs.states, d_states, strict=True):
            total += (state * d_state).sum()
        return total

    def gradient(**values):
        _, cache = run(**values)
        gradients = layer.backward(cache, d_sequence, d_last, d_states)
        found = {
            "x": gradients.dx,
            "kernel": gradients.dkernel,
            "recurrent_kernel": gradients.drecurrent_kernel,
            "bias": gradients.dbias,
        }
        for index, d_state in enumerate(gradients.dinitial_states):
            found[f"state{index}"] = d_state
        return found

    directional_check(loss, gradient, arrays, seed, step=step, tolerance=tolerance)


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("name", LAYERS)
def test_gradients(name, sizes, mask):
    random = np.random.default_rng(7)
    rows, steps, _, _ = sizes
    arrays = make_arrays(name, sizes, random)
    check_gradients(name, arrays, 11, mask=make_mask(mask, rows, steps, random))


@pytest.mark.parametrize("go_backwards", [False, True])
@pytest.mark.parametrize("zero_output_for_mask", [False, True])
@pytest.mark.parametrize("per_gate", [False, True])
@pytest.mark.parametrize("name", LAYERS)
def test_gradients_with_options(name, per_gate, zero_output_for_mask, go_backwards):
    random = np.random.default_rng(8)
    sizes = rows, steps, inputs, units = (7, 9, 2, 7)
    gates = (LAYERS[name].gates,) if per_gate else ()
    check_gradients(
        name,
        make_arrays(name, sizes, random, use_bias=False),
        12,
        mask=make_mask("scattered", rows, steps, random),
        go_backwards=go_backwards,
        zero_output_for_mask=zero_output_for_mask,
        input_dropout=(random.random((*gates, rows, inputs)) < 0.6) / 0.6,
        recurrent_dropout=(random.random((*gates, rows, units)) < 0.6) / 0.6,
    )


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("which", ["activation", "recurrent_activation"])
@pytest.mark.parametrize("name", LAYERS)
def test_gradients_with_activation(name, which, activation):
    if name == "simple_rnn" and which == "recurrent_activation":
        return
    random = np.random.default_rng(9)
    arrays = make_arrays(name, (2, 3, 2, 9), random)
    if activation == "exponential":
        arrays["bias"] -= 2.0  # exponentials of exponentials grow beyond all bounds in three steps
    step, tolerance = (STEP, TOLERANCE)
    if activation in KINKED:
        step, tolerance = (KINKED_STEP, KINKED_TOLERANCE)
    check_gradients(name, arrays, 13, step, tolerance, **{which: activation})
