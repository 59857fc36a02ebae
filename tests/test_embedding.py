import numpy as np
import pytest
from reference.embedding import embedding_backward, embedding_forward

from sunhwan import Sequential, layers
from sunhwan._engine.arena import Arena
from sunhwan._engine.batch import form_of
from sunhwan._engine.call import try_layer
from sunhwan._engine.packing import Tokenizer, pack_ids, pack_ragged_ids, take_batch
from sunhwan._engine.path import Path
from sunhwan.optimizers import SGD

VOCABULARY, WIDTH = 11, 3


def table(seed=0):
    return np.random.default_rng(seed).standard_normal((VOCABULARY, WIDTH)).astype(np.float32)


def ids(rows=4, steps=6, seed=0):
    values = np.random.default_rng(seed).integers(0, VOCABULARY, (rows, steps))
    values[0, :4] = 0
    values[1] = 0
    return values


@pytest.mark.parametrize("mask_zero", [False, True])
@pytest.mark.parametrize("shape", [(1, 1), (4, 6), (17, 33)])
def test_rows_of_the_table_and_their_gradient(shape, mask_zero):
    layer = layers.Embedding(VOCABULARY, WIDTH, mask_zero=mask_zero, weights=table())
    x = ids(*shape) if shape == (4, 6) else np.random.default_rng(1).integers(0, VOCABULARY, shape)
    y, cache = embedding_forward(x, table().astype(float))
    dy = np.random.default_rng(2).standard_normal(y.shape)
    trial = try_layer(layer, x, dy)
    np.testing.assert_array_equal(trial.output, y.astype(np.float32))
    expected = embedding_backward(cache, dy)
    np.testing.assert_allclose(trial.gradients[0], expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("mask_zero", [False, True])
@pytest.mark.parametrize("share", [False, True])
def test_every_kind_of_batch(mask_zero, share):
    """Shared padding, masks and ragged rows read, and teach, the same rows."""
    layer = layers.Embedding(VOCABULARY, WIDTH, mask_zero=mask_zero, weights=table())
    x = ids().astype(np.int32)
    rows = [row[4 if n == 0 else 0 :] for n, row in enumerate(x)]
    padded = Tokenizer(VOCABULARY)(take_batch(pack_ids(x, mask_zero, share), np.arange(4)))
    ragged = Tokenizer(VOCABULARY)(take_batch(pack_ragged_ids(rows, mask_zero), np.arange(4)))
    y = layer.embeddings.value[x]
    dy = np.random.default_rng(2).standard_normal(y.shape).astype(np.float32)

    path = Path([layer], form_of(padded), Arena(), training=True)
    path.begin(padded)
    order = padded.layout.order
    np.testing.assert_array_equal(path.forward(padded, order), y[order])
    layer.embeddings.grad[...] = 0
    path.backward(dy[order])
    path.end()
    expected = embedding_backward(embedding_forward(x, table().astype(float))[1], dy)
    np.testing.assert_allclose(layer.embeddings.grad, expected, rtol=1e-5, atol=1e-5)

    path = Path([layer], form_of(ragged), Arena(), as_array=False)
    path.begin(ragged)
    tokens = path.forward(ragged, ragged.layout.order)
    assert tokens.values is None
    seen = tokens.head.tokens[tokens.index]
    own = [row[row != 0] if mask_zero else row for row in rows]
    flat = np.concatenate([own[n] for n in ragged.layout.order])
    np.testing.assert_array_equal(seen, layer.embeddings.value[flat])


@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.uint16, np.float32, np.float64, object])
def test_ids_of_any_dtype(dtype):
    layer = layers.Embedding(VOCABULARY, WIDTH, weights=table())
    np.testing.assert_array_equal(layer(ids().astype(dtype)), layer(ids()))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (VOCABULARY, r"'words' must hold ids from 0 to 10 \(input_dim=11\), got 11"),
        (-1, r"'words' must hold ids from 0 to 10 \(input_dim=11\), got -1"),
        (0.5, "'words' must hold integer ids"),
        (np.nan, "'words' must be finite"),
        ("text", "'words' must hold integer ids"),
    ],
)
def test_ids_that_are_none(value, words):
    layer = layers.Embedding(VOCABULARY, WIDTH, name="words")
    with pytest.raises(ValueError, match=words):
        layer([[1, value]])


def test_shapes_and_masks():
    layer = layers.Embedding(10_000, 32)
    layer.build((None, None))
    assert layer.embeddings.size == 320_000
    assert layer.compute_output_shape((None, None)) == (None, None, 32)
    assert np.abs(layer.embeddings.value).max() <= 0.05
    assert layer.compute_mask(ids()) is None
    assert not layer.supports_masking
    fixed = layers.Embedding(5, 2, input_length=7, mask_zero=True)
    assert fixed.compute_output_shape((None, None)) == (None, 7, 2)
    with pytest.raises(ValueError, match=r"input_length 7, got ids of shape \(None, 6\)"):
        fixed.compute_output_shape((None, 6))
    np.testing.assert_array_equal(fixed.compute_mask([[0, 3]]), [[False, True]])
    for sizes in ((0, 2), (2, 0), (2.5, 1)):
        with pytest.raises(ValueError, match="must be a positive integer"):
            layers.Embedding(*sizes)


def test_config():
    layer = layers.Embedding(
        5, 2, "ones", "l2", "non_neg", mask_zero=True, input_length=3, weights=np.ones((5, 2))
    )
    config = layer.get_config()
    copy = layers.deserialize(layers.serialize(layer))
    assert copy.get_config() == config
    assert "weights" not in config
    with pytest.raises(ValueError, match=r"weights of shapes \[\(5, 2\)\], got \[\(4, 2\)\]"):
        layers.Embedding(5, 2, weights=np.ones((4, 2)))


def test_tokens_are_projected_once_and_their_gradients_add_up():
    """An LSTM behind the table reads tokens; the table's gradient is that of gathered values."""
    embedding = layers.Embedding(VOCABULARY, WIDTH, weights=table())
    lstm = layers.LSTM(5)
    lstm.ensure_built((None, None, WIDTH))
    x = ids()
    dy = np.random.default_rng(3).standard_normal((4, 5)).astype(np.float32)
    batch = Tokenizer(VOCABULARY)(take_batch(pack_ids(x.astype(np.int32), False), np.arange(4)))
    path = Path([embedding, lstm], form_of(batch), Arena(), training=True)
    assert len(path.nodes) == 2
    for variable in (*embedding.variables, *lstm.variables):
        variable.grad[...] = 0
    path.begin(batch)
    order = batch.layout.order
    output = path.forward(batch, order)
    np.testing.assert_allclose(output, lstm(table()[x])[order], rtol=1e-5, atol=1e-6)
    path.backward(dy[order])
    path.end()
    alone = try_layer(lstm, table()[x], dy)
    expected = embedding_backward(embedding_forward(x, table().astype(float))[1], alone.dx)
    np.testing.assert_allclose(embedding.embeddings.grad, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("mask_zero", [False, True])
def test_ragged_rows_through_layers_of_single_steps(mask_zero):
    """A model without a recurrent layer gives, and learns from, the rows as they are."""
    x = [[1, 2, 2], [], [5], [2, 7]]
    y = [np.random.default_rng(n).standard_normal((len(row), 4)) for n, row in enumerate(x)]
    dense = layers.Dense(4)
    model = Sequential([layers.Embedding(VOCABULARY, WIDTH, mask_zero=mask_zero), dense])
    model.layers[0].set_weights([table()])
    model.compile(SGD(1.0), "mse")
    before, kernel = table().astype(float), dense.kernel.value.astype(float)
    places = np.concatenate(x).astype(int)
    outputs = [before[np.asarray(row, int)] @ kernel for row in x]
    for row, expected in zip(model.predict(x, verbose=0), outputs, strict=True):
        np.testing.assert_allclose(row, expected, rtol=1e-5, atol=1e-6)

    dy = 2 * (np.concatenate(outputs) - np.concatenate(y)) / (len(places) * 4)
    model.fit(x, y, batch_size=4, verbose=0)
    np.testing.assert_allclose(
        kernel - dense.kernel.value, before[places].T @ dy, rtol=1e-4, atol=1e-5
    )
    np.add.at(before, places, -dy @ kernel.T)
    np.testing.assert_allclose(model.layers[0].embeddings.value, before, rtol=1e-4, atol=1e-5)


def test_it_must_come_first():
    with pytest.raises(ValueError, match="'words' must come first, got it behind layer 'd'"):
        Sequential([layers.Dense(3, name="d"), layers.Embedding(5, 2, name="words")])
    with pytest.raises(ValueError, match="numbers, not ids or texts, got <Embedding name='words'>"):
        layers.TimeDistributed(layers.Embedding(5, 2, name="words"))


@pytest.mark.parametrize("mask_zero", [False, True])
def test_rows_without_steps(mask_zero):
    x = np.zeros((3, 0), int)
    last = [layers.LSTM(2), layers.GRU(2, return_sequences=True), layers.GlobalAveragePooling1D()]
    for layer, shape in zip(last, [(3, 2), (3, 0, 2), (3, WIDTH)], strict=True):
        model = Sequential([layers.Embedding(VOCABULARY, WIDTH, mask_zero=mask_zero), layer])
        found = model.predict(x, verbose=0)
        assert found.shape == shape
        assert not found.any()
        model.compile(SGD(1.0), "mse")
        assert model.fit(x, np.zeros(shape), verbose=0).history == {"loss": [0.0]}
    flat = [layers.Embedding(VOCABULARY, WIDTH), layers.Flatten(), layers.Dense(2, name="d")]
    with pytest.raises(ValueError, match="'d' needs an input of at least one feature, got shape"):
        Sequential(flat).predict(x, verbose=0)
