"""Attention and AdditiveAttention beside plain float64 NumPy."""

import numpy as np
import pytest
from functional_case import check_slopes, differences
from random_arrays import numbers
from reference.check import assert_close

import sunhwan as sh
from sunhwan import layers
from sunhwan._engine.call import try_layer

LAYERS = {
    "dot": layers.Attention,
    "scaled": lambda: layers.Attention(use_scale=True),
    "concat": lambda: layers.Attention(score_mode="concat"),
    "scaled concat": lambda: layers.Attention(use_scale=True, score_mode="concat"),
    "additive": layers.AdditiveAttention,
    "plain additive": lambda: layers.AdditiveAttention(use_scale=False),
}


def built(name, shapes):
    sh.utils.set_random_seed(2)
    layer = LAYERS[name]()
    layer.ensure_built([(None, *shape[1:]) for shape in shapes])
    for number, variable in enumerate(layer.variables):
        variable.assign(0.5 + np.abs(numbers(*variable.shape, seed=number)))
    return layer


def attend(layer, x, weights, causal=False, value_mask=None, query_mask=None):
    """Output and attention weights in float64."""
    q, v, k = [*x, x[1]][:3]
    if isinstance(layer, layers.Attention) and layer.score_mode == "dot":
        scores = np.einsum("ntd,nsd->nts", q, k) * (weights[0] if layer.use_scale else 1)
    elif isinstance(layer, layers.Attention):
        scale = weights[0] if layer.use_scale else 1
        scores = weights[-1] * np.tanh(scale * (q[:, :, None] + k[:, None])).sum(-1)
    else:
        scale = weights[0] if layer.use_scale else 1
        scores = (scale * np.tanh(q[:, :, None] + k[:, None])).sum(-1)
    allowed = np.ones(scores.shape, bool)
    if causal:
        allowed &= np.tri(*scores.shape[1:], dtype=bool)
    if value_mask is not None:
        allowed &= value_mask[:, None]
    exponents = np.where(allowed, np.exp(scores - scores.max(-1, keepdims=True)), 0)
    spread = exponents / exponents.sum(-1, keepdims=True)
    y = spread @ v
    return y if query_mask is None else y * query_mask[..., None], spread


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize(
    "shapes",
    [[(2, 3, 4), (2, 5, 4)], [(2, 3, 4), (2, 5, 2), (2, 5, 4)], [(1, 1, 1), (1, 17, 1)]],
    ids=["values are keys", "keys", "one feature"],
)
def test_outputs_and_gradients(name, causal, shapes):
    x = [numbers(*shape, seed=number) for number, shape in enumerate(shapes)]
    layer = built(name, shapes)
    weights = [value.astype(float) for value in layer.get_weights()]
    y, spread = attend(layer, [part.astype(float) for part in x], weights, causal)
    dy = numbers(*y.shape, seed=9)
    trial = try_layer(layer, x, dy, options={"causal": causal})
    assert_close(trial.output, y, 1e-5)
    _, found = layer(x, return_attention_scores=True, use_causal_mask=causal)
    assert_close(found, spread, 1e-5)

    def output(parts):
        return attend(layer, parts, weights, causal)[0]

    for number in range(len(x)):
        assert_close(trial.dx[number], differences(output, x, dy, number), 2e-3)
    for number, gradient in enumerate(trial.gradients):

        def by_weight(parts, number=number):
            changed = [parts[0] if n == number else w for n, w in enumerate(weights)]
            return attend(layer, [part.astype(float) for part in x], changed, causal)[0]

        expected = differences(by_weight, [weights[number]], dy, 0)
        assert_close(gradient, expected, 2e-3)


def words(steps, seed):
    rng = np.random.default_rng(seed)
    x = rng.integers(1, 9, (6, steps))
    x[np.arange(steps) >= rng.integers(1, steps + 1, 6)[:, None]] = 0
    x[2, 0] = 0
    x[2, 1] = 4
    return x


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("causal", [False, True])
def test_masks(name, causal):
    sh.utils.set_random_seed(2)
    a, b = sh.Input((5,)), sh.Input((5,))
    table = layers.Embedding(9, 3, mask_zero=True)
    layer, rnn = built(name, [(1, 5, 3), (1, 5, 3)]), layers.GRU(2)
    mixed, spread = layer(
        [table(a), table(b)], use_causal_mask=causal, return_attention_scores=True
    )
    model = sh.Model([a, b], [mixed, spread, rnn(mixed)])
    x = [words(5, 1), words(5, 2)]
    if causal:
        x[1][:, 0] = 3  # what may be seen must not be masked altogether
    vectors = [table(part).astype(float) for part in x]
    weights = [value.astype(float) for value in layer.get_weights()]
    masks = {"query_mask": x[0] != 0, "value_mask": x[1] != 0}
    y, expected = attend(layer, vectors, weights, causal, **masks)
    found = model.predict(x, verbose=0)
    assert_close(found[0], y, 1e-5)
    assert_close(found[1], expected, 1e-5)
    assert_close(found[2], rnn(found[0], mask=x[0] != 0), 1e-5)
    model.compile("sgd", "mse")
    y = [numbers(6, 5, 3), numbers(6, 5, 5), numbers(6, 2)]
    check_slopes(model, x, y, tolerance=1e-2)


def test_dropout():
    layer = layers.Attention(dropout=0.5, seed=1)
    x = [numbers(40, 3, 4), numbers(40, 5, 4, seed=1)]
    _, kept = layer(x, return_attention_scores=True)
    _, dropped = layer(x, return_attention_scores=True, training=True)
    share = (dropped == 0).mean()
    assert 0.4 < share < 0.6
    np.testing.assert_allclose(dropped[dropped > 0], 2 * kept[dropped > 0], rtol=1e-6)
    a, b = sh.Input((3, 4)), sh.Input((5, 4))
    model = sh.Model([a, b], layers.Dense(1)(layer([a, b])))
    model.compile("sgd", "mse")
    model.fit(x, numbers(40, 3, 1), verbose=0)


def test_it_is_saved(tmp_path):
    a, b = sh.Input((3, 4)), sh.Input((3, 4))
    model = sh.Model([a, b], layers.Attention()([a, b], use_causal_mask=True))
    model.save(tmp_path / "m.safetensors")
    x = [numbers(2, 3, 4), numbers(2, 3, 4, seed=1)]
    other = sh.load_model(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(other.predict(x, verbose=0), model.predict(x, verbose=0))
    first = model.predict(x, verbose=0)[:, 0]
    assert_close(first, np.asarray(x[1][:, 0], float), 1e-6)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.Attention(score_mode="sum"), "score_mode must be one of"),
        (lambda: layers.Attention(dropout=2), "dropout must be"),
        (lambda: layers.Attention(name="a")([np.ones((1, 2, 3))]), "'a' needs a list of at least"),
        (
            lambda: layers.Attention(name="a")([np.ones((1, 2, 3)), np.ones((1, 2, 4))]),
            "'a' needs a query",
        ),
        (
            lambda: layers.AdditiveAttention(name="a")([np.ones((1, 3)), np.ones((1, 3))]),
            "'a' needs a query",
        ),
    ],
)
def test_wrong_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()
