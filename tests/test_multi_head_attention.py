"""MultiHeadAttention beside plain float64 NumPy."""

from typing import Any

import numpy as np
import pytest
from functional_case import check_slopes, differences
from random_arrays import numbers
from reference.check import assert_close

import sunhwan as sh
from sunhwan import layers
from sunhwan._engine.call import try_layer


def attend(x, weights, causal=False, mask=None):
    """Output and weights of attention in float64, from the weights in Keras's order.

    `mask` says what is seen, or goes to `(N, heads, T, S)` where it is broadcast.
    """
    q, v, k = [*x, x[1]][:3]
    if len(weights) == 4:
        weights = [part for kernel in weights for part in (kernel, 0.0)]
    wq, bq, wk, bk, wv, bv, wo, bo = weights
    q, k, v = (
        np.einsum("ntf,fhd->nhtd", part, kernel) + np.expand_dims(bias, -2)
        if np.ndim(bias)
        else np.einsum("ntf,fhd->nhtd", part, kernel)
        for part, kernel, bias in ((q, wq, bq), (k, wk, bk), (v, wv, bv))
    )
    scores = q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1])
    exponents = np.exp(scores - scores.max(-1, keepdims=True))
    if causal:
        exponents = exponents * np.tri(*scores.shape[2:])
    if mask is not None:
        exponents = exponents * mask
    total = exponents.sum(-1, keepdims=True)
    spread = exponents / np.where(total == 0, 1, total)
    return np.einsum("nhtd,hdo->nto", spread @ v, wo) + bo, spread


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize(
    ("shapes", "options"),
    [
        ([(2, 3, 4), (2, 5, 6)], {"num_heads": 2, "key_dim": 3}),
        ([(2, 3, 4), (2, 5, 2), (2, 5, 3)], {"num_heads": 3, "key_dim": 1, "value_dim": 2}),
        ([(1, 1, 1), (1, 9, 1)], {"num_heads": 1, "key_dim": 7, "output_shape": 2}),
        ([(2, 2, 3), (2, 2, 3)], {"num_heads": 2, "key_dim": 2, "use_bias": False}),
    ],
    ids=str,
)
def test_outputs_and_gradients(shapes, options, causal):
    x = [numbers(*shape, seed=number) for number, shape in enumerate(shapes)]
    layer: Any = layers.MultiHeadAttention(**options)
    layer.ensure_built([(None, *shape[1:]) for shape in shapes])
    for number, variable in enumerate(layer.variables):
        variable.assign(numbers(*variable.shape, seed=20 + number))
    weights = [value.astype(float) for value in layer.get_weights()]
    exact = [part.astype(float) for part in x]
    y, spread = attend(exact, weights, causal)
    dy = numbers(*y.shape, seed=9)
    trial = try_layer(layer, x, dy, options={"causal": causal})
    assert_close(trial.output, y, 1e-5)
    _, found = layer(*x, return_attention_scores=True, use_causal_mask=causal)
    assert_close(found, spread, 1e-5)
    for number in range(len(x)):
        expected = differences(lambda parts: attend(parts, weights, causal)[0], x, dy, number)
        assert_close(trial.dx[number], expected, 5e-3)
    for number, gradient in enumerate(trial.gradients):

        def by_weight(parts, number=number):
            changed = [parts[0] if n == number else w for n, w in enumerate(weights)]
            return attend(exact, changed, causal)[0]

        assert_close(gradient, differences(by_weight, [weights[number]], dy, 0), 5e-3)


def test_masks_and_scores_in_a_model(tmp_path):
    sh.utils.set_random_seed(3)
    a, b = sh.Input((4,)), sh.Input((6,))
    table = layers.Embedding(9, 4, mask_zero=True)
    mixed, spread = layers.MultiHeadAttention(2, 3, dropout=0.0)(
        table(a), table(b), return_attention_scores=True
    )
    model = sh.Model([a, b], [layers.GRU(3)(mixed), spread])
    x = [np.array([[1, 2, 0, 0], [3, 4, 5, 6]]), np.array([[1, 2, 3, 0, 0, 0], [0, 1, 0, 2, 3, 4]])]
    _, found = model.predict(x, verbose=0)
    assert not found[0, :, :2, 3:].any()
    assert not found[1][:, :, [0, 2]].any()
    assert_close(found.sum(-1), np.ones((2, 2, 4)), 1e-6)
    model.compile("sgd", "mse")
    check_slopes(model, x, [numbers(2, 3), numbers(2, 2, 4, 6)])
    model.save(tmp_path / "m.safetensors")
    other = sh.load_model(tmp_path / "m.safetensors")
    for one, same in zip(other.predict(x, verbose=0), model.predict(x, verbose=0), strict=True):
        np.testing.assert_array_equal(one, same)


def seen(*shape, seed=5):
    return np.random.default_rng(seed).random(shape) < 0.6


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize(
    "shape",
    [(3, 4, 5), (3, 2, 4, 5), (3, 1, 5), (3, 4, 1), (3, 2, 1, 5), (4, 5), (1, 4, 5), (1, 2, 4, 5)],
    ids=str,
)
def test_attention_masks(shape, causal, tmp_path):
    """The same numbers, on arrays, and in models where the mask is data or a constant."""
    x, mask = [numbers(3, 4, 3), numbers(3, 5, 2, seed=1)], seen(*shape)
    layer: Any = layers.MultiHeadAttention(2, 3)
    told = {"use_causal_mask": causal, "return_attention_scores": True}
    found = layer(*x, attention_mask=mask, **told)
    weights = [value.astype(float) for value in layer.get_weights()]
    exact = [part.astype(float) for part in x]
    grid = mask if mask.ndim != 3 else mask[:, None]
    for ours, expected in zip(found, attend(exact, weights, causal, grid), strict=True):
        assert_close(ours, expected, 1e-5)
    a, b = sh.Input((4, 3)), sh.Input((5, 2))
    with_key = layer(a, b, b, attention_mask=mask, **told) if len(mask) != 3 else None
    if with_key is None:
        data = sh.Input(shape[1:], dtype="bool")
        model = sh.Model([a, b, data], layer(a, b, attention_mask=data, **told))
        x.append(mask)
    else:
        model = sh.Model([a, b], with_key)
    model.save(tmp_path / "m.safetensors")
    for one in (model, sh.load_model(tmp_path / "m.safetensors")):
        for ours, expected in zip(one.predict(x, verbose=0), found, strict=True):
            np.testing.assert_array_equal(ours, expected)
    model.compile("sgd", "mse")
    check_slopes(model, x, [numbers(3, 4, 3), numbers(3, 2, 4, 5)])


def test_an_attention_mask_beside_masks_and_ragged_rows():
    sh.utils.set_random_seed(3)
    a, b, data = sh.Input((4,)), sh.Input((6,)), sh.Input((4, 6))
    table, layer = layers.Embedding(9, 4, mask_zero=True), layers.MultiHeadAttention(2, 3)
    mixed = layer(table(a), table(b), attention_mask=data)
    model = sh.Model([a, b, data], layers.GlobalAveragePooling1D()(mixed))
    x = [np.array([[1, 2, 0, 0], [3, 4, 5, 6]]), np.array([[1, 2, 3, 0, 0, 0], [0, 1, 0, 2, 3, 4]])]
    mask = seen(2, 4, 6)
    q, v = (table(part).astype(float) for part in x)
    both = mask & (x[1] != 0)[:, None]
    y, _ = attend([q, v], [each.astype(float) for each in layer.get_weights()], mask=both[:, None])
    real = (x[0] != 0)[..., None]
    expected = (y * real).sum(1) / real.sum(1)
    assert_close(model.predict([*x, mask], verbose=0), expected, 1e-5)
    model.compile("sgd", "mse")
    check_slopes(model, [*x, mask], numbers(2, 4))
    a, b, data = sh.Input((None, 4)), sh.Input((None, 4)), sh.Input((None, None))
    model = sh.Model([a, b, data], layer(a, b, attention_mask=data))
    rows = [q[0, :2], q[1]], [v[0, :3], v[1]]
    mask[0, :2, :3] = True
    found = model.predict([*rows, mask], verbose=0)
    assert_close(found[0], layer(rows[0][0][None], rows[1][0][None])[0], 1e-6)
    assert_close(found[1], layer(q[1:], v[1:], attention_mask=mask[1:])[0], 1e-6)


def test_masks_of_arrays():
    q, v, k = numbers(3, 4, 3), numbers(3, 5, 2, seed=1), numbers(3, 5, 3, seed=2)
    of_query, of_value, of_key = seen(3, 4, seed=1), seen(3, 5, seed=2), seen(3, 5, seed=3)
    layer: Any = layers.MultiHeadAttention(2, 3)
    found = layer(q, v, k, query_mask=of_query, value_mask=of_value, key_mask=of_key)
    weights = [value.astype(float) for value in layer.get_weights()]
    both = (of_value & of_key)[:, None, None]
    y, _ = attend([part.astype(float) for part in (q, v, k)], weights, mask=both)
    assert_close(found[of_query], y[of_query], 1e-5)
    assert not found[~of_query].any()
    dot = layers.Attention()
    masked = dot([q, v, k], mask=[of_query, of_value])
    lone = [dot([q[n : n + 1], v[n, of_value[n]][None], k[n, of_value[n]][None]]) for n in range(3)]
    for n in range(3):
        assert_close(masked[n, of_query[n]], lone[n][0, of_query[n]], 1e-6)
    message = "must be a list of a mask or None for each of its inputs, got"
    with pytest.raises(ValueError, match=f"{message} an array of shape"):
        dot([q, v], mask=of_query)
    with pytest.raises(ValueError, match=f"{message} 3 of them"):
        dot([q, v], mask=[of_query, of_value, None])


def test_keys_that_lost_their_mask_go_with_values_that_have_one():
    sh.utils.set_random_seed(3)
    a, b = sh.Input((4, 3)), sh.Input((5,))
    table, keys = layers.Embedding(9, 3, mask_zero=True), layers.Conv1D(3, 2, padding="same")
    layer = layers.Attention(use_scale=True)
    said = table(b)
    model = sh.Model([a, b], layer([a, said, keys(said)]))
    x = [numbers(3, 4, 3), np.array([[1, 2, 0, 4, 0], [3, 0, 0, 0, 0], [4, 5, 6, 7, 8]])]
    vectors = np.asarray(table(x[1]))
    found = model.predict(x, verbose=0)
    expected = layer([x[0], vectors, keys(vectors)], mask=[None, x[1] != 0])
    assert_close(found, np.asarray(expected, float), 1e-5)
    model.compile("sgd", "mse")
    check_slopes(model, x, numbers(3, 4, 3))


def test_one_layer_takes_steps_of_any_number():
    layer = layers.MultiHeadAttention(2, 3)
    a, b = sh.Input((4, 3)), sh.Input((5, 3))
    first = layer(a, b)
    second = layer(b, a, a)
    model = sh.Model([a, b], [first, second])
    x = [numbers(2, 4, 3), numbers(2, 5, 3, seed=1)]
    for found, expected in zip(
        model.predict(x, verbose=0), [layer(*x), layer(x[1], x[0])], strict=True
    ):
        np.testing.assert_array_equal(found, expected)


def test_arrays_of_other_features_are_refused():
    layer = layers.MultiHeadAttention(2, 3, name="m")
    layer(numbers(2, 4, 3), numbers(2, 5, 3))
    with pytest.raises(ValueError, match="'m' was built for inputs of shape"):
        layer(numbers(2, 4, 2), numbers(2, 5, 3))
    with pytest.raises(ValueError, match="'m' needs a query and a value, got no value"):
        layer(numbers(2, 4, 3))


def test_dropout():
    layer = layers.MultiHeadAttention(2, 3, dropout=0.5, seed=1)
    x = numbers(30, 5, 4)
    _, dropped = layer(x, x, return_attention_scores=True, training=True)
    assert 0.4 < (dropped == 0).mean() < 0.6


def test_a_constant_mask_of_a_model_is_for_as_many_steps_or_more():
    """It is a list or an array, it is saved, and it may be larger than the data."""
    start = sh.Input((None, 3))
    layer: Any = layers.MultiHeadAttention(2, 3, name="m")
    mask = np.tril(np.ones((5, 5), int))
    model = sh.Model(start, layer(start, start, attention_mask=mask.tolist()))
    again = sh.Model.from_config(model.get_config())
    again.set_weights(model.get_weights())
    for steps in (1, 4, 5):
        x = numbers(2, steps, 3)
        expected = layer(x, x, use_causal_mask=True)
        np.testing.assert_array_equal(model.predict(x, verbose=0), expected)
        np.testing.assert_array_equal(again.predict(x, verbose=0), expected)
    message = r"attention_mask of layer 'm' has the shape \(5, 5\), too small for 6 steps of the"
    with pytest.raises(ValueError, match=message):
        model.predict(numbers(2, 6, 3), verbose=0)
    with pytest.raises(ValueError, match=message):
        model.predict([numbers(2, 3), numbers(6, 3)], verbose=0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.MultiHeadAttention(0, 3), "num_heads must be a positive integer, got 0"),
        (lambda: layers.MultiHeadAttention(2, 3, attention_axes=2), "attention_axes must be None"),
        (
            lambda: layers.MultiHeadAttention(2, 3, name="m")(
                *(np.ones((2, 4, 3)) for _ in range(2)), attention_mask=np.ones((2, 4, 3))
            ),
            r"attention_mask of layer 'm' must have shape \(rows, 4, 4\) or \(rows, 2, 4, 4\)",
        ),
        (
            lambda: layers.MultiHeadAttention(2, 3, name="m")(
                *(sh.Input((4, 3)) for _ in range(2)), attention_mask=sh.Input((3, 4, 4))
            ),
            r"attention_mask of layer 'm' must .* 1 stands for all, got \(None, 3, 4, 4\)",
        ),
        (
            lambda: layers.MultiHeadAttention(2, 3, name="m")(
                *(np.ones((2, 4, 3)) for _ in range(2)), attention_mask=True
            ),
            r"attention_mask of layer 'm' must have shape .* got \(\)",
        ),
        (
            lambda: layers.MultiHeadAttention(2, 3, name="m")(
                *(sh.Input((4, 3)) for _ in range(2)), attention_mask=np.ones((7, 2, 4, 4))
            ),
            r"a mask for each of 7 rows, .* make it an Input of shape \(2, 4, 4\) .* or give one",
        ),
        (
            lambda: layers.MultiHeadAttention(2, 3, name="m")(
                *(np.ones((2, 4, 3)) for _ in range(2)), attention_mask=sh.Input((4, 4))
            ),
            "'m' was called on symbolic tensors and on a ndarray at once: numbers come",
        ),
        (
            lambda: layers.MultiHeadAttention(2, 3, name="m")(np.ones((1, 3)), np.ones((1, 3))),
            "'m' needs a query",
        ),
    ],
)
def test_wrong_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()
