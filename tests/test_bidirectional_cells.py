"""Bidirectional around RNN over native, stacked and NumPy cells."""

import numpy as np
import pytest
from cells_case import MASK, NATIVE, Plain
from random_arrays import numbers

import sunhwan as sh
from sunhwan import layers
from sunhwan._engine.call import try_layer
from sunhwan.testing import check_gradients

CELLS = {
    "stacked": lambda: [layers.LSTMCell(3), layers.GRUCell(2), layers.SimpleRNNCell(4)],
    "NumPy": lambda: Plain(3),
    "mixed": lambda: [Plain(3), layers.LSTMCell(2)],
}


def apart(both, x, mask):
    """Forward and backward outputs, by layers of their own."""
    sequences = both.return_sequences
    outputs = []
    for child in both.children:
        found = child(x, mask=mask)
        outputs.append(found[:, ::-1] if sequences and child.go_backwards else found)
    return outputs


@pytest.mark.parametrize("sequences", [True, False])
@pytest.mark.parametrize(("cell", "layer", "named"), NATIVE)
def test_a_native_cell_is_its_layer(cell, layer, named, sequences):
    x, how = numbers(4, 5, 2), {"return_sequences": sequences, "return_state": True}
    plain = layers.Bidirectional(layer(3, **named, **how))
    over_cell = layers.Bidirectional(layers.RNN(cell(3, **named), **how))
    outputs = plain(x, mask=MASK)
    over_cell.ensure_built((None, 5, 2))
    over_cell.set_weights(plain.get_weights())
    for ours, expected in zip(over_cell(x, mask=MASK), outputs, strict=True):
        np.testing.assert_array_equal(ours, expected)


@pytest.mark.parametrize("masked", [True, False])
@pytest.mark.parametrize("sequences", [True, False])
@pytest.mark.parametrize("cells", CELLS.values(), ids=CELLS)
def test_outputs_are_those_of_both_ways(cells, sequences, masked):
    x, mask = numbers(4, 5, 2), MASK if masked else None
    layer = layers.Bidirectional(layers.RNN(cells(), return_sequences=sequences))
    output = layer(x, mask=mask)
    np.testing.assert_allclose(output, np.concatenate(apart(layer, x, mask), axis=-1), atol=1e-6)
    if masked and sequences:
        assert not output[~MASK].any()


@pytest.mark.parametrize("sequences", [True, False])
@pytest.mark.parametrize("cells", CELLS.values(), ids=CELLS)
def test_gradients(cells, sequences):
    layer = layers.Bidirectional(layers.RNN(cells(), return_sequences=sequences), "mul")
    check_gradients(layer, numbers(3, 4, 2))
    check_gradients(layer, numbers(4, 5, 2), mask=MASK)


def test_states_go_in_and_come_out():
    layer = layers.Bidirectional(layers.RNN([Plain(3), layers.LSTMCell(2)], return_state=True))
    x, given = numbers(4, 5, 2), [numbers(4, size, seed=size) for size in (3, 2, 2, 3, 2, 2)]
    output, *states = layer(x, initial_state=given)
    halves = [
        child(x, initial_state=part)
        for child, part in zip(layer.children, (given[:3], given[3:]), strict=True)
    ]
    expected = [*halves[0][1:], *halves[1][1:]]
    np.testing.assert_array_equal(output, np.concatenate([one[0] for one in halves], axis=1))
    for ours, one in zip(states, expected, strict=True):
        np.testing.assert_array_equal(ours, one)
    trial = try_layer(layer, x, numbers(*output.shape), initial_state=given)
    assert [one.shape for one in trial.dstates] == [one.shape for one in given]


def test_a_model_of_it_trains_and_is_saved(tmp_path):
    cells = [layers.GRUCell(3), layers.LSTMCell(2)]
    model = sh.Sequential(
        [
            layers.Masking(),
            layers.Bidirectional(layers.RNN(cells, return_sequences=True)),
            layers.Bidirectional(layers.RNN(layers.LSTMCell(2), stateful=True)),
            layers.Dense(1),
        ]
    )
    model.compile("adam", "mse")
    x, y = numbers(4, 5, 2) * MASK[:, :, None], numbers(4, 1)
    model.fit(x, y, epochs=3, batch_size=4, verbose=0)
    model.save(tmp_path / "model.safetensors")
    loaded = sh.load_model(tmp_path / "model.safetensors")
    for one in (model, loaded):
        one.reset_states()
    np.testing.assert_array_equal(loaded.predict(x), model.predict(x))


def test_two_ways_of_other_sizes():
    pair = layers.RNN(layers.GRUCell(3)), layers.RNN(layers.LSTMCell(2), go_backwards=True)
    assert layers.Bidirectional(pair[0], backward_layer=pair[1])(numbers(2, 3, 1)).shape == (2, 5)
    pair = layers.RNN(layers.GRUCell(3)), layers.LSTM(2, go_backwards=True)
    with pytest.raises(ValueError, match="must have the same units, got 3 and 2"):
        layers.Bidirectional(pair[0], "sum", backward_layer=pair[1])
