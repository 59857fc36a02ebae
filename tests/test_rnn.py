"""RNN over native cells, stacked cells and cells written in NumPy."""

import numpy as np
import pytest
from cells_case import MASK, NATIVE, Plain
from random_arrays import numbers

import sunhwan as sh
from sunhwan import layers
from sunhwan.testing import check_gradients

HOW = [
    {},
    {"return_sequences": True},
    {"return_state": True, "go_backwards": True},
    {"return_sequences": True, "return_state": True, "go_backwards": True},
    {"return_sequences": True, "zero_output_for_mask": True},
]


def assert_equal(one, other, tolerance=0.0):
    one, other = ([x] if isinstance(x, np.ndarray) else x for x in (one, other))
    assert len(one) == len(other)
    for a, b in zip(one, other, strict=True):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize(("cell", "layer", "options"), NATIVE)
@pytest.mark.parametrize("mask", [None, MASK])
def test_a_native_cell_is_its_layer(cell, layer, options, how, mask):
    rnn, plain = layers.RNN(cell(4, **options), **how), layer(4, **options, **how)
    x = numbers(4, 5, 3)
    rnn(x)
    plain(x)
    plain.set_weights(rnn.get_weights())
    assert_equal(rnn(x, mask=mask), plain(x, mask=mask))
    assert rnn.compute_output_shape((None, 5, 3)) == plain.compute_output_shape((None, 5, 3))


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("mask", [None, MASK])
def test_a_cell_in_numpy_equals_the_native_one(how, mask):
    rnn, plain = layers.RNN(Plain(4), **how), layers.SimpleRNN(4, **how)
    x = numbers(4, 5, 3)
    rnn(x)
    plain(x)
    plain.set_weights(rnn.get_weights())
    assert_equal(rnn(x, mask=mask), plain(x, mask=mask), 1e-6)
    state = numbers(4, 4, seed=3)
    ours = rnn(x, mask=mask, initial_state=state)
    assert_equal(ours, plain(x, mask=mask, initial_state=state), 1e-6)


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("mask", [None, MASK])
def test_stacked_cells_are_stacked_layers(how, mask):
    cells = [layers.LSTMCell(4), Plain(3), layers.GRUCell(5)]
    rnn = layers.RNN(cells, **how)
    x = numbers(4, 5, 2)
    rnn(x)
    backwards = how.get("go_backwards", False)
    runs = [
        layers.LSTM(4, return_sequences=True, return_state=True, go_backwards=backwards),
        layers.SimpleRNN(3, return_sequences=True, return_state=True),
        layers.GRU(5, **{**how, "return_state": True, "go_backwards": False}),
    ]
    weights, y, states, moved = rnn.get_weights(), x, [], mask
    for number, run in enumerate(runs):
        run(y)
        run.set_weights(weights[3 * number : 3 * number + 3])
        y, *own = run(y, mask=moved)
        if mask is not None and backwards and number == 0:
            moved = mask[:, ::-1]
        states += own
    expected = [y, *states] if how.get("return_state") else y
    assert_equal(rnn(x, mask=mask), expected, 1e-6)


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize(
    "cells",
    [
        lambda: layers.LSTMCell(3),
        lambda: Plain(3),
        lambda: [Plain(4), layers.LSTMCell(3)],
        lambda: [layers.GRUCell(2), layers.GRUCell(3, dropout=0.2, recurrent_dropout=0.3)],
    ],
)
def test_gradients(cells, how):
    rnn = layers.RNN(cells(), **how)
    states = [numbers(4, size, seed=size) for size in rnn.state_sizes]
    errors = check_gradients(rnn, numbers(4, 5, 2), training=True, initial_state=states)
    assert len(errors) == 1 + len(rnn.weights) + len(states)
    check_gradients(rnn, numbers(4, 5, 2), mask=MASK)


def test_models_train_and_come_back_from_their_files(tmp_path):
    x, y = numbers(64, 6, 2), numbers(64, 1)
    model = sh.Sequential(
        [layers.Input((6, 2)), layers.RNN([Plain(4), layers.LSTMCell(3)]), layers.Dense(1)]
    )
    model.compile("adam", "mse")
    history = model.fit(x, y, batch_size=16, epochs=8, verbose=0).history["loss"]
    assert history[-1] < history[0]
    model.save(tmp_path / "model.safetensors")
    loaded = sh.load_model(tmp_path / "model.safetensors", custom_objects={"Plain": Plain})
    np.testing.assert_array_equal(model.predict(x, verbose=0), loaded.predict(x, verbose=0))
    names = [weight.path for weight in model.layers[0].weights]
    assert names[0].endswith("/kernel")
    assert len(set(names)) == 6


def test_ids_padding_and_ragged_rows_go_through_native_cells():
    ids = np.array([[0, 0, 0, 5, 6], [0, 0, 3, 3, 4], [1, 2, 3, 4, 5]])
    for options in ({}, {"mask_zero": True}):
        models = []
        for make in (
            lambda: [layers.RNN([layers.LSTMCell(4), layers.LSTMCell(3)])],
            lambda: [layers.LSTM(4, return_sequences=True), layers.LSTM(3)],
        ):
            model = sh.Sequential([layers.Embedding(9, 2, **options), *make(), layers.Dense(1)])
            model.compile("sgd", "mse")
            model.build((None, None))
            models.append(model)
        models[1].set_weights(models[0].get_weights())
        for model in models:
            model.fit(ids, np.ones((3, 1)), epochs=3, shuffle=False, verbose=0)
        assert_equal(models[0].get_weights(), models[1].get_weights(), 1e-6)
        ragged = [[5, 6], [3, 3, 4], [1]]
        assert_equal(models[0].predict(ragged, verbose=0), models[1].predict(ragged, verbose=0))


def test_stateful():
    x = numbers(2, 6, 3)
    for cell in (lambda: layers.GRUCell(4), lambda: Plain(4)):
        rnn = layers.RNN(cell(), stateful=True)
        halves = [rnn(x[:, :3]), rnn(x[:, 3:])]
        assert rnn.states is not None
        rnn.reset_states()
        np.testing.assert_allclose(rnn(x), halves[1], atol=1e-6)


def test_one_step_of_a_cell():
    for cell in (layers.LSTMCell(4), layers.StackedRNNCells([Plain(3), layers.LSTMCell(4)])):
        x = numbers(3, 5, 2)
        states = [np.zeros((3, size), np.float32) for size in cell.state_sizes]
        for step in range(5):
            output, states = cell(x[:, step], states)
        assert_equal(layers.RNN(cell, return_state=True)(x), [output, *states], 1e-6)


class Bad(Plain):
    def __init__(self, what):
        super().__init__(3)
        self.what = what

    def step(self, inputs, states, training):
        output, states, saved = super().step(inputs, states, training)
        if self.what == "as Keras":
            return output, states
        if self.what == "nothing":
            return None
        if self.what == "output":
            return output[:, :1], states, saved
        return output, states[0] if self.what == "no list" else [states[0][:1]], saved


def test_errors_name_what_is_wrong():
    x = numbers(4, 5, 2)
    with pytest.raises(ValueError, match="cell must be a cell such as LSTMCell"):
        layers.RNN(layers.LSTM(3))
    with pytest.raises(ValueError, match="at least one cell"):
        layers.RNN([])
    with pytest.raises(ValueError, match="cells must be cells such as"):
        layers.StackedRNNCells([layers.Dense(3)])
    cell = layers.LSTMCell(3)
    with pytest.raises(ValueError, match="got one twice"):
        layers.RNN([cell, cell])
    layers.RNN(cell)
    with pytest.raises(ValueError, match="belongs to another RNN"):
        layers.RNN(cell)
    with pytest.raises(ValueError, match="LSTMCell takes no 'return_sequences': RNN does"):
        layers.LSTMCell(3, return_sequences=True)
    with pytest.raises(ValueError, match="is a cell, one step alone: wrap it in RNN"):
        sh.Sequential([layers.Input((5, 2)), layers.GRUCell(3)])
    with pytest.raises(ValueError, match=r"states of shapes \[\(4, 3\)\], got \(4, 2\) and"):
        layers.GRUCell(3)(x[:, 0], numbers(4, 2))
    message = r"step of cell '\w+' must return \(output, states, saved\), got a "
    for what, got in (("as Keras", "tuple of 2"), ("nothing", "NoneType")):
        with pytest.raises(ValueError, match=message + got):
            layers.RNN(Bad(what))(x)
        with pytest.raises(ValueError, match=message + got):
            Bad(what)(x[:, 0], numbers(4, 3))
    with pytest.raises(ValueError, match=r"must give outputs of shape \(4, 3\), got \(4, 1\)"):
        layers.RNN(Bad("output"))(x)
    with pytest.raises(ValueError, match=r"must give a list of states of shapes .* got ndarray"):
        layers.RNN(Bad("no list"))(x)
    with pytest.raises(ValueError, match=r"shapes \[\(4, 3\)\], got \[\(1, 3\)\]"):
        layers.RNN(Bad("shape"))(x)

    class Sizeless(Bad):
        state_size = None

    with pytest.raises(ValueError, match="must have a state_size, a positive integer"):
        layers.RNN(Sizeless("size"))(x)


def test_wrong_states_name_the_layer():
    layer = layers.RNN([layers.LSTMCell(3), layers.GRUCell(2)], name="r")
    with pytest.raises(ValueError, match="initial_state of layer 'r' must have shapes"):
        layer(numbers(4, 5, 2), initial_state=[numbers(4, 3), numbers(4, 3)])


def test_a_cell_may_set_its_output_size():
    class Told(Plain):
        def __init__(self, units, size):
            super().__init__(units)
            self.output_size = size

    assert layers.RNN(Told(3, 3))(np.ones((2, 5, 4))).shape == (2, 3)
    with pytest.raises(ValueError, match=r"output_size of cell '.*' must be .*, got \[3\]"):
        Told(3, [3])
    with pytest.raises(ValueError, match=r"must give outputs of shape \(2, 4\), got \(2, 3\)"):
        layers.RNN(Told(3, 4))(np.ones((2, 5, 4)))
