"""Layers of several inputs, on arrays and on packed sequences, beside plain NumPy."""

import numpy as np
import pytest
from functional_case import check_slopes, differences
from random_arrays import numbers
from reference.check import assert_close

import sunhwan as sh
from sunhwan import layers
from sunhwan._engine.call import try_layer

TOLERANCE = 2e-6


POINTWISE = {
    "Add": sum,
    "Subtract": lambda x: x[0] - x[1],
    "Multiply": lambda x: np.prod(np.stack(np.broadcast_arrays(*x)), axis=0),
    "Average": lambda x: sum(x) / len(x),
    "Maximum": lambda x: np.max(np.stack(np.broadcast_arrays(*x)), axis=0),
    "Minimum": lambda x: np.min(np.stack(np.broadcast_arrays(*x)), axis=0),
}


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
