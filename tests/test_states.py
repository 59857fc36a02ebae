"""Initial and final states as tensors of a graph: the encoder and decoder of a sequence."""

import numpy as np
import pytest
from functional_case import check_slopes
from random_arrays import numbers
from recurrent_layers import Expected
from reference.check import assert_close

import sunhwan as sh
from sunhwan import layers
from sunhwan._engine import layout

KINDS = [layers.SimpleRNN, layers.GRU, layers.LSTM]


def coder(kind, units=5, sequences=True, **options):
    """An encoder whose states start a decoder."""
    sh.utils.set_random_seed(6)
    a, b = sh.Input((None, 3), name="a"), sh.Input((None, 2), name="b")
    _, *states = kind(units, return_state=True, name="encoder", **options)(a)
    decoder = kind(units, return_sequences=sequences, name="decoder", **options)
    return sh.Model([a, b], decoder(b, initial_state=states))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sequences", [False, True])
def test_states_go_from_layer_to_layer(kind, sequences):
    model = coder(kind, sequences=sequences)
    x = [numbers(7, 4, 3), numbers(7, 6, 2, seed=1)]
    encoder, decoder = model.get_layer("encoder"), model.get_layer("decoder")
    _, *states = encoder(x[0])
    expected = decoder(x[1], initial_state=states)
    assert_close(model.predict(x, verbose=0), expected, 1e-6)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("slice_bytes", [8 << 20, 1500])
@pytest.mark.parametrize("units", [1, 7, 8, 17])
def test_gradients_reach_the_encoder(monkeypatch, kind, slice_bytes, units):
    monkeypatch.setattr(layout, "SLICE_BYTES", slice_bytes)
    monkeypatch.setattr(layout, "WANTED_SLICE_BYTES", slice_bytes)
    model = coder(kind, units)
    model.compile("sgd", "mse")
    x = [numbers(9, 4, 3), numbers(9, 6, 2, seed=1)]
    check_slopes(model, x, numbers(9, 6, units, seed=2))


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_against_the_reference(kind):
    """Every gradient of encoder and decoder, from the reference's gradients of the states."""
    model = coder(kind, 4)
    x = [numbers(5, 3, 3), numbers(5, 6, 2, seed=1)]
    y = numbers(5, 6, 4, seed=2)
    encoder, decoder = model.get_layer("encoder"), model.get_layer("decoder")
    first = Expected(encoder, x[0])
    second = Expected(decoder, x[1], initial_states=first.states)
    model.compile(sh.optimizers.SGD(0.0), "mse")
    model.train_on_batch(x, y)
    _, gradients, dstates = second.backward(2 * (second.output - y) / y.size)
    for variable, expected in zip(decoder.variables, gradients, strict=True):
        assert_close(variable.grad, expected, 1e-5)
    _, gradients, _ = first.backward(None, dstates)
    for variable, expected in zip(encoder.variables, gradients, strict=True):
        assert_close(variable.grad, expected, 1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_masked_texts(kind):
    sh.utils.set_random_seed(6)
    a, b = sh.Input((None,)), sh.Input((None,))
    table = layers.Embedding(9, 4, mask_zero=True)
    _, *states = kind(5, return_state=True, name="encoder")(table(a))
    out = kind(5, return_sequences=True, name="decoder")(table(b), initial_state=states)
    model = sh.Model([a, b], layers.Dense(3)(out))
    rng = np.random.default_rng(0)
    x = [rng.integers(1, 9, (8, 6)), rng.integers(1, 9, (8, 7))]
    x[0][np.arange(6) < rng.integers(0, 7, 8)[:, None]] = 0
    x[1][np.arange(7) >= rng.integers(0, 8, 8)[:, None]] = 0
    encoder, decoder = model.get_layer("encoder"), model.get_layer("decoder")
    _, *states = encoder(table(x[0]), mask=x[0] != 0)
    steps = decoder(table(x[1]), mask=x[1] != 0, initial_state=states)
    kernel, bias = model.layers[-1].get_weights()
    assert_close(model.predict(x, verbose=0), steps @ kernel + bias, 1e-5)
    model.compile("sgd", "mse")
    check_slopes(model, x, numbers(8, 7, 3))


def test_unmasked_padding_before_a_layer_with_states():
    """The shared run of padding is not shared where rows start from states of their own."""
    sh.utils.set_random_seed(6)
    a, b = sh.Input((3,)), sh.Input((6,))
    decoder = layers.GRU(3)
    model = sh.Model([a, b], decoder(layers.Embedding(9, 4)(b), initial_state=a))
    x = [numbers(5, 3), np.where(np.arange(6) < 4, 0, 5) * np.ones((5, 1), int)]
    embedding = next(layer for layer in model.layers if isinstance(layer, layers.Embedding))
    vectors = embedding(x[1])
    assert_close(model.predict(x, verbose=0), decoder(vectors, initial_state=x[0]), 1e-6)
    model.compile("sgd", "mse")
    check_slopes(model, x, numbers(5, 3, seed=2))


@pytest.mark.parametrize("merge_mode", ["concat", "sum", None])
def test_states_of_both_directions(merge_mode):
    sh.utils.set_random_seed(6)
    a, b = sh.Input((None, 3)), sh.Input((None, 2))
    encoder = layers.Bidirectional(layers.LSTM(4, return_state=True), merge_mode)
    given = encoder(a)
    states = given[1:] if merge_mode else given[2:]
    outputs = given[:1] if merge_mode else given[:2]
    decoder = layers.Bidirectional(layers.LSTM(4, return_sequences=True))
    end = decoder(b, initial_state=states)
    model = sh.Model([a, b], [end, *[layers.Dense(1)(one) for one in outputs[:1]]])
    x = [numbers(5, 4, 3), numbers(5, 6, 2, seed=1)]
    _, *found = encoder(x[0])
    found = found if merge_mode else found[1:]
    assert_close(model.predict(x, verbose=0)[0], decoder(x[1], initial_state=found), 1e-6)
    model.compile("sgd", "mse")
    check_slopes(model, x, [numbers(5, 6, 8), numbers(5, 1)])


def test_output_and_states_read_together():
    """The last output is the last state: their gradients add up."""
    sh.utils.set_random_seed(6)
    a = sh.Input((4, 3))
    out, h, c = layers.LSTM(3, return_state=True, return_sequences=True)(a)
    last = layers.Concatenate()([layers.GlobalAveragePooling1D()(out), h, c])
    model = sh.Model(a, layers.Dense(2)(last))
    model.compile("sgd", "mse")
    check_slopes(model, numbers(6, 4, 3), numbers(6, 2))
    out, h, c = layers.LSTM(3, return_state=True)(a)
    model = sh.Model(a, layers.Dense(2)(layers.Multiply()([out, h])))
    model.compile("sgd", "mse")
    check_slopes(model, numbers(6, 4, 3), numbers(6, 2))


def test_a_list_of_input_and_states_as_in_keras():
    a, h, c = sh.Input((4, 3)), sh.Input((2,)), sh.Input((2,))
    lstm = layers.LSTM(2)
    model = sh.Model([a, h, c], lstm([a, h, c]))
    x = [numbers(3, 4, 3), numbers(3, 2, seed=1), numbers(3, 2, seed=2)]
    assert_close(model.predict(x, verbose=0), lstm(x[0], initial_state=x[1:]), 1e-6)


def test_a_decoder_used_again_step_by_step():
    """The model that translates: the layers of the trained one, one step at a time."""
    model = coder(layers.LSTM, 4)
    decoder = model.get_layer("decoder")
    decoder.return_state = True
    h, c, step = sh.Input((4,)), sh.Input((4,)), sh.Input((1, 2))
    one = sh.Model([step, h, c], decoder(step, initial_state=[h, c]))
    x = [numbers(3, 5, 3), numbers(3, 6, 2, seed=1)]
    _, *states = model.get_layer("encoder")(x[0])
    steps = []
    for time in range(6):
        out, *states = one.predict([x[1][:, time : time + 1], *states], verbose=0)
        steps.append(out[:, 0])
    decoder.return_state = False
    assert_close(np.stack(steps, 1), model.predict(x, verbose=0), 1e-6)


def test_it_learns_to_turn_a_sequence_round():
    sh.utils.set_random_seed(1)
    rng = np.random.default_rng(0)
    rows, longest, kinds = 2000, 4, 8
    source = np.zeros((rows, longest), int)
    given, wanted = np.zeros((2, rows, longest + 1), int)
    for row, length in enumerate(rng.integers(1, longest + 1, rows)):
        word = rng.integers(2, kinds, length)
        source[row, :length] = word
        given[row, 0], given[row, 1 : length + 1] = 1, word[::-1]
        wanted[row, :length], wanted[row, length] = word[::-1], 1
    a, b = sh.Input((None,)), sh.Input((None,))
    _, h, c = layers.LSTM(32, return_state=True)(layers.Embedding(kinds, 8, mask_zero=True)(a))
    steps = layers.LSTM(32, return_sequences=True)(
        layers.Embedding(kinds, 8, mask_zero=True)(b), initial_state=[h, c]
    )
    model = sh.Model([a, b], layers.Dense(kinds, activation="softmax")(steps))
    loss = "sparse_categorical_crossentropy"
    model.compile(sh.optimizers.Adam(0.01), loss, metrics=["accuracy"])
    model.fit([source, given], wanted, epochs=10, batch_size=64, verbose=0)
    assert model.evaluate([source, given], wanted, verbose=0)[1] > 0.97
