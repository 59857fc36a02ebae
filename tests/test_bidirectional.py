"""Bidirectional against two reference layers and their merge."""

from __future__ import annotations

import numpy as np
import pytest
from packed_batches import Packed, Run
from recurrent_layers import (
    BATCHES,
    FEATURES,
    KINDS,
    ROWS,
    STEPS,
    TOLERANCE,
    UNITS,
    Expected,
    check_packed,
    masks,
    normal,
    randomize,
)
from reference import assert_close, merge_backward, merge_forward

from sunhwan import layers
from sunhwan._engine.arena import Arena
from sunhwan._engine.batch import form_of
from sunhwan._engine.call import try_layer
from sunhwan._engine.packing import pack_steps, take_batch
from sunhwan._engine.path import Path

MODES = ["concat", "sum", "mul", "ave"]


def both(kind, merge_mode="concat", **options):
    cls, more = KINDS[kind]
    layer = layers.Bidirectional(cls(UNITS, **more, **options), merge_mode)
    layer.ensure_built((None, None, FEATURES))
    randomize(layer, 0)
    return layer


class Merged:
    """What the reference gives."""

    def __init__(self, layer, x, mask=None, initial=None):
        halves = [None, None]
        if initial is not None:
            half = len(initial) // 2
            halves = [initial[:half], initial[half:]]
        self.parts = [
            Expected(child, x, mask=mask, initial_states=states)
            for child, states in zip(layer.children, halves, strict=True)
        ]
        self.output, self._cache = merge_forward(
            *[part.output for part in self.parts],
            merge_mode=layer.merge_mode,
            return_sequences=layer.return_sequences,
        )

    def backward(self, dy):
        results = [
            part.backward(d)
            for part, d in zip(self.parts, merge_backward(self._cache, dy), strict=True)
        ]
        dx = results[0][0] + results[1][0]
        return dx, results[0][1] + results[1][1], results[0][2] + results[1][2]


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("merge_mode", MODES)
@pytest.mark.parametrize("kind", KINDS)
def test_outputs_and_gradients(kind, merge_mode, return_sequences, masked):
    layer = both(kind, merge_mode, return_sequences=return_sequences, return_state=True)
    x, mask = normal(ROWS, STEPS, FEATURES), masks() if masked else None
    initial = [normal(ROWS, UNITS, seed=i) for i in range(2 + 2 * layer.forward_layer.sizes.has_c)]
    expected = Merged(layer, x, mask, initial)
    dy = normal(*expected.output.shape, seed=1)
    trial = try_layer(layer, x, dy, mask=mask, initial_state=initial)
    assert_close(trial.output, expected.output, TOLERANCE)
    dx, gradients, dstates = expected.backward(dy)
    assert_close(trial.dx, dx, TOLERANCE)
    for actual, gradient in zip(trial.gradients, gradients, strict=True):
        assert_close(actual, gradient, TOLERANCE)
    for actual, gradient in zip(trial.dstates, dstates, strict=True):
        assert_close(actual, gradient, TOLERANCE)
    states = [state for part in expected.parts for state in part.states]
    for actual, state in zip(trial.states, states, strict=True):
        assert_close(actual, state, TOLERANCE)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("return_sequences", [False, True])
def test_two_outputs(return_sequences, masked):
    layer = both("lstm", None, return_sequences=return_sequences)
    x, mask = normal(ROWS, STEPS, FEATURES), masks() if masked else None
    expected = Merged(layer, x, mask)
    for actual, output in zip(layer(x, mask=mask), expected.output, strict=True):
        assert_close(actual, output, TOLERANCE)

    batch = take_batch(pack_steps(x, mask), np.arange(ROWS))
    order = batch.layout.order
    path = Path([layer], form_of(batch), Arena(), training=True, wants_dx=True)
    for variable in layer.variables:
        variable.grad[...] = 0
    path.begin(batch)
    path.forward(batch, order)
    dys = tuple(normal(*y.shape, seed=i) for i, y in enumerate(expected.output))
    path.backward([np.ascontiguousarray(dy[order]) for dy in dys])
    path.end()
    for variable, gradient in zip(layer.variables, expected.backward(dys)[1], strict=True):
        assert_close(variable.grad, gradient, TOLERANCE)


@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("batch", BATCHES)
def test_packed_batches(batch, return_sequences):
    stack = [both("gru", return_sequences=True)]
    second = layers.Bidirectional(layers.LSTM(4, return_sequences=return_sequences), "sum")
    second.ensure_built((None, None, 2 * UNITS))
    randomize(second, 1)
    packed = Packed(np.random.default_rng(3), features=FEATURES, **BATCHES[batch])
    check_packed([*stack, second], packed, cuts=[1], tolerance=2 * TOLERANCE)
    for row, y in zip(packed.rows, Run(stack, packed.batch).outputs, strict=True):
        assert_close(y, Merged(stack[0], row[None]).output[0], TOLERANCE)


def test_a_backward_layer_of_its_own():
    backward = layers.GRU(4, go_backwards=True, name="back")
    layer = layers.Bidirectional(layers.LSTM(3), backward_layer=backward)
    layer.ensure_built((None, None, FEATURES))
    randomize(layer, 2)
    assert layer.backward_layer is backward
    assert layer.compute_output_shape((None, 5, FEATURES)) == (None, 7)
    x = normal(ROWS, STEPS, FEATURES)
    assert_close(layer(x), Merged(layer, x).output, TOLERANCE)


def test_names_weights_and_shapes():
    layer = layers.Bidirectional(layers.LSTM(32, return_sequences=True, name="lstm_2"))
    assert layer.forward_layer.name == "forward_lstm_2"
    assert layer.backward_layer.name == "backward_lstm_2"
    layer.ensure_built((None, None, 16))
    assert layer.count_params() == 2 * 4 * 32 * (16 + 32 + 1)
    assert [v.path.removeprefix(layer.name) for v in layer.variables][::3] == [
        "/forward_lstm_2/kernel",
        "/backward_lstm_2/kernel",
    ]
    assert layer.compute_output_shape((None, 9, 16)) == (None, 9, 64)
    mask = masks()
    assert layer.compute_mask(None, mask) is mask
    assert layer.supports_masking
    summed = layers.Bidirectional(layers.LSTM(8, return_state=True), "sum")
    assert summed.compute_output_shape((2, 9, 16)) == ((2, 8),) * 5
    pair = layers.Bidirectional(layers.GRU(8, return_sequences=True), None)
    assert pair.compute_output_shape((2, 9, 16)) == ((2, 9, 8), (2, 9, 8))
    assert layers.Bidirectional(layers.GRU(8, input_shape=(9, 2))).input_shape == (9, 2)


def test_weights_to_begin_with():
    first = both("simple_rnn")
    again = layers.Bidirectional(layers.SimpleRNN(UNITS), weights=first.get_weights())
    x = normal(ROWS, STEPS, FEATURES)
    np.testing.assert_array_equal(again(x), first(x))


def test_config_makes_the_same_layer():
    layer = both("lstm", "ave", activation="relu", return_sequences=True)
    copy = layers.deserialize(layers.serialize(layer))
    assert copy.get_config() == layer.get_config()
    assert copy.forward_layer.name == layer.forward_layer.name
    copy.ensure_built((None, None, FEATURES))
    copy.set_weights(layer.get_weights())
    x = normal(ROWS, STEPS, FEATURES)
    np.testing.assert_array_equal(copy(x), layer(x))


def test_stateful():
    layer = both("gru", stateful=True)
    x = normal(ROWS, STEPS, FEATURES)
    assert layer.states is None
    once = layer(x)
    states = [state.copy() for state in layer.states]
    again = layer(x)
    assert_close(again, Merged(layer, x, initial=states).output, TOLERANCE)
    layer.reset_states()
    np.testing.assert_array_equal(layer(x), once)


def test_bad_arguments():
    lstm = layers.LSTM(3)
    for words, arguments in [
        ("layer must be a recurrent layer", {"layer": "lstm"}),
        ("layer must be a recurrent layer", {"layer": layers.Embedding(3, 2)}),
        ("backward_layer must be a recurrent layer", {"layer": lstm, "backward_layer": 3}),
        ("merge_mode must be one of .* got 'max'", {"layer": lstm, "merge_mode": "max"}),
        (
            "must differ in go_backwards, got False for both",
            {"layer": lstm, "backward_layer": layers.LSTM(3)},
        ),
        (
            "must have the same return_sequences, got False and True",
            {
                "layer": lstm,
                "backward_layer": layers.LSTM(3, go_backwards=True, return_sequences=True),
            },
        ),
        (
            "must have the same units, got 3 and 4",
            {
                "layer": lstm,
                "merge_mode": "sum",
                "backward_layer": layers.LSTM(4, go_backwards=True),
            },
        ),
        ("must differ in go_backwards", {"layer": layers.LSTM(3, go_backwards=True)}),
    ]:
        with pytest.raises(ValueError, match=words):
            layers.Bidirectional(**arguments)
