"""Layers of several inputs on masked and padded sequences, beside plain NumPy."""

import numpy as np
import pytest
from functional_case import check_slopes
from merging_case import POINTWISE
from random_arrays import numbers
from reference.check import assert_close

import sunhwan as sh
from sunhwan import layers


def ids(rows=10, steps=7, seed=0):
    """Ids with zeros in front, behind, and a row of zeros alone."""
    rng = np.random.default_rng(seed)
    x = rng.integers(1, 9, (rows, steps))
    place = np.arange(steps)
    first, last = rng.integers(0, 3, rows), rng.integers(4, steps + 1, rows)
    x[(place < first[:, None]) | (place >= last[:, None])] = 0
    x[2] = 0
    return x


def mask_in(model, layer, x):
    """The mask that reaches an output with a loss, read from a loss that counts steps."""
    stepper = model.stepper()
    outcome = stepper.test(model._open(x).batch(np.arange(len(x[0]))), *layer)
    return outcome.mask


@pytest.mark.parametrize("name", [*POINTWISE, "Concatenate"])
@pytest.mark.parametrize("masked", [False, True])
def test_sequences_of_the_same_steps_stay_packed(name, masked):
    """What comes from one masked text meets packed, and gives what dense arrays give."""
    sh.utils.set_random_seed(5)
    start = sh.Input((7,))
    words = layers.Embedding(9, 4, mask_zero=masked)(start)
    one = layers.LSTM(4, return_sequences=True)(words)
    merged = getattr(layers, name)()([one, layers.GRU(4, return_sequences=True)(words)])
    model = sh.Model(start, [merged, layers.SimpleRNN(3)(merged)])
    x = ids()
    steps, last = model.predict(x, verbose=0)
    table, lstm, gru, rnn = (model.layers[place] for place in (1, 2, 3, 5))
    vectors = table(x)
    mask = (x != 0) if masked else None
    parts = [lstm(vectors, mask=mask), gru(vectors, mask=mask)]
    function = POINTWISE.get(name, lambda values: np.concatenate(values, -1))
    assert_close(steps, function(parts), 1e-5)
    assert_close(last, rnn(function(parts), mask=mask), 1e-5)


@pytest.mark.parametrize(("name", "axis"), [("Add", None), ("Concatenate", -1), ("Concatenate", 1)])
def test_masks_of_different_texts(name, axis):
    """A step is real where one of the texts has it; along the steps each keeps its own."""
    sh.utils.set_random_seed(5)
    a, b = sh.Input((7,)), sh.Input((7,))
    table = layers.Embedding(9, 4, mask_zero=True)
    layer = getattr(layers, name)() if axis is None else layers.Concatenate(axis)
    merged = layer([table(a), table(b)])
    rnn = layers.LSTM(3)
    model = sh.Model([a, b], [merged, rnn(merged)])
    x = [ids(), ids(seed=1)]
    steps, last = model.predict(x, verbose=0)
    values = [table(part) for part in x]
    expected = values[0] + values[1] if axis is None else np.concatenate(values, axis)
    mask = np.concatenate([part != 0 for part in x], 1) if axis == 1 else (x[0] != 0) | (x[1] != 0)
    assert_close(steps, expected, 1e-6)
    assert_close(last, rnn(expected, mask=mask), 1e-5)


@pytest.mark.parametrize("steps", [(3, 2), (2, 3), (None, None)], ids=str)
def test_one_concatenation_of_inputs_of_other_lengths(steps):
    """Steps without a mask are real, however many each call, or the data, have of them."""
    sh.utils.set_random_seed(5)
    start, table, layer = sh.Input((None,)), layers.Embedding(9, 4, mask_zero=True), layers.LSTM(3)
    others, join = [sh.Input((n, 4)) for n in steps], layers.Concatenate(1)
    joined = [join([table(start), other]) for other in others]
    model = sh.Model([start, *others], [*joined, *map(layer, joined)])
    x = [ids(), *(numbers(10, n or 5, 4) for n in steps)]
    *found, first, second = model.predict(x, verbose=0)
    for steps_found, last, other in zip(found, (first, second), x[1:], strict=True):
        mask = np.concatenate([x[0] != 0, np.ones(other.shape[:2], bool)], 1)
        assert_close(last, layer(steps_found, mask=mask), 1e-6)
    vectors = sh.Input((2,))  # the last axis, of vectors first and then of steps
    join = layers.Concatenate()
    flat, wide = join([vectors, vectors]), join([table(start), table(start)])
    rnn = layers.GRU(2)
    model = sh.Model([vectors, start], [flat, wide, rnn(wide)])
    _, wide, last = model.predict([numbers(10, 2), x[0]], verbose=0)
    assert_close(last, rnn(wide, mask=x[0] != 0), 1e-6)


@pytest.mark.parametrize(
    ("name", "neutral", "pair"),
    [("Multiply", 1, np.multiply), ("Maximum", -9, np.maximum), ("Minimum", 9, np.minimum)],
)
@pytest.mark.parametrize("half", [False, True], ids=["both masked", "one masked"])
def test_a_masked_input_does_not_count(name, neutral, pair, half):
    """As in Keras: where both are masked a product is zero, an extreme what the first holds."""
    sh.utils.set_random_seed(5)
    a, b = sh.Input((7,)), sh.Input((7,))
    table, other = layers.Embedding(9, 4, mask_zero=True), layers.Embedding(9, 4)
    tables = [table, other if half else table]
    merged = getattr(layers, name)()([tables[0](a), tables[1](b)])
    rnn = layers.LSTM(3)
    model = sh.Model([a, b], [merged, rnn(merged)])
    for one in {*tables}:  # far apart, so that small steps meet no kink
        one.set_weights([40 * weight for weight in one.get_weights()])
    x = [ids(), ids(seed=1)]
    masks = [x[0] != 0, np.ones(x[1].shape, bool) if half else x[1] != 0]
    values = [np.asarray(one(part)) for one, part in zip(tables, x, strict=True)]
    counted = [np.where(m[..., None], v, neutral) for m, v in zip(masks, values, strict=True)]
    neither = ~(masks[0] | masks[1])[..., None]
    expected = np.where(neither, 0 if name == "Multiply" else values[0], pair(*counted))
    steps, last = model.predict(x, verbose=0)
    assert_close(steps, expected, 1e-6)
    assert_close(last, rnn(expected, mask=None if half else ~neither[..., 0]), 1e-5)
    model.compile("sgd", "mse")
    check_slopes(model, x, [numbers(10, 7, 4), numbers(10, 3, seed=1)], tolerance=1e-2)


def test_a_mask_ends_where_one_input_has_none():
    sh.utils.set_random_seed(5)
    a, b = sh.Input((7,)), sh.Input((7, 4))
    merged = layers.Add()([layers.Embedding(9, 4, mask_zero=True)(a), b])
    rnn = layers.LSTM(3)
    model = sh.Model([a, b], [merged, rnn(merged)])
    steps, last = model.predict([ids(), numbers(10, 7, 4)], verbose=0)
    assert_close(last, rnn(steps), 1e-5)


def test_the_loss_leaves_out_what_is_masked():
    sh.utils.set_random_seed(5)
    a, b = sh.Input((7,)), sh.Input((7,))
    table = layers.Embedding(9, 4, mask_zero=True)
    merged = layers.Dense(2)(layers.Add()([table(a), table(b)]))
    model = sh.Model([a, b], merged)
    model.compile("sgd", "mse", metrics=["mae"])
    x, y = [ids(), ids(seed=1)], numbers(10, 7, 2)
    mask = (x[0] != 0) | (x[1] != 0)
    error = model.predict(x, verbose=0) - y
    loss, mean = model.evaluate(x, y, verbose=0, batch_size=10)
    assert_close(np.array(loss), (error[mask] ** 2).mean(), 1e-5)
    assert_close(np.array(mean), np.abs(error[mask]).mean(), 1e-5)


def test_a_residual_of_padded_text_keeps_the_shared_padding():
    """Unmasked padding in front is computed once, also past an Add."""
    sh.utils.set_random_seed(5)
    start = sh.Input((7,))
    h = layers.LSTM(4, return_sequences=True)(layers.Embedding(9, 4)(start))
    total = layers.Add()([h, layers.Dense(4)(h)])
    model = sh.Model(start, layers.GRU(3)(total))
    x = np.where(np.arange(7) < np.arange(10)[:, None] % 6, 0, 3)
    model.compile("sgd", "mse")
    model.fit(x, numbers(10, 3), verbose=0)
    together = model.predict(np.tile(x, (100, 1)), verbose=0, batch_size=1000)
    alone = np.concatenate([model.predict(row[None], verbose=0) for row in x])
    assert_close(together, np.tile(alone, (100, 1)), 1e-5)
