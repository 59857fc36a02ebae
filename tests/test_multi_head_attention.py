"""MultiHeadAttention beside plain float64 NumPy."""

from typing import Any

import numpy as np
import pytest
from reference.check import assert_close
from test_functional import check_slopes
from test_merging import differences

import sunhwan as sh
from sunhwan import layers
from sunhwan._engine.call import try_layer


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def attend(x, weights, causal):
    """Output and weights of attention in float64, from the weights in Keras's order."""
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
    spread = exponents / exponents.sum(-1, keepdims=True)
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


def test_dropout():
    layer = layers.MultiHeadAttention(2, 3, dropout=0.5, seed=1)
    x = numbers(30, 5, 4)
    _, dropped = layer(x, x, return_attention_scores=True, training=True)
    assert 0.4 < (dropped == 0).mean() < 0.6


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.MultiHeadAttention(0, 3), "num_heads must be a positive integer, got 0"),
        (lambda: layers.MultiHeadAttention(2, 3, attention_axes=2), "attention_axes must be None"),
        (
            lambda: layers.MultiHeadAttention(2, 3, name="m")(np.ones((1, 3)), np.ones((1, 3))),
            "'m' needs a query",
        ),
    ],
)
def test_wrong_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()
