"""Subclasses of Model that write `call`."""

import copy
import pickle

import numpy as np
import pytest

import sunhwan as sh
from sunhwan import layers


class Reader(sh.Model):
    def __init__(self, units=4, **kwargs):
        super().__init__(**kwargs)
        self.words = layers.Embedding(20, 3, mask_zero=True)
        self.readers = [layers.LSTM(units, return_sequences=True), layers.GRU(units)]
        self.drop, self.judge = layers.Dropout(0.5), layers.Dense(1, activation="sigmoid")

    def call(self, inputs, training=None):
        x = self.words(inputs)
        for reader in self.readers:
            x = reader(x)
        return self.judge(self.drop(x, training=training))


class Pair(sh.Model):
    def __init__(self):
        super().__init__()
        self.shared, self.a, self.b = layers.Dense(3), layers.Dense(2), layers.Dense(1)

    def call(self, inputs):
        both = layers.Concatenate()([self.shared(part) for part in inputs])
        return {"a": self.a(both), "b": self.b(both)}


def words(rows=32, steps=7):
    ids = np.random.default_rng(0).integers(1, 20, (rows, steps))
    return ids, (ids.sum(axis=1) % 2).astype(np.float32)


def as_graph(model):
    """The same model by `Model(inputs, outputs)`, with the same weights."""
    inputs = sh.Input((None,))
    graph = sh.Model(inputs, copy.deepcopy(model).call(inputs))
    graph.set_weights(model.get_weights())
    return graph


def test_it_trains_to_the_bits_of_the_graph():
    x, y = words()
    model = Reader()
    model.build((None, None))
    graph = as_graph(model)
    graph._seed = model._seed
    for each in (model, graph):
        each.compile("adam", "binary_crossentropy", metrics=["accuracy"])
        each.fit(x, y, epochs=2, validation_split=0.25, verbose=0)
    assert model.history.history == graph.history.history
    np.testing.assert_array_equal(model.predict(x, verbose=0), graph.predict(x, verbose=0))


def test_dropout_is_on_in_training_alone():
    x, _ = words()
    model = Reader()
    np.testing.assert_array_equal(model(x), model(x))
    assert np.abs(model(x, training=True) - model(x)).max() > 0


def test_it_is_built_by_the_first_data_and_takes_other_lengths():
    x, y = words()
    model = Reader(name="reader")
    assert not model.built
    assert [type(layer).__name__ for layer in model.layers[:3]] == ["Embedding", "LSTM", "GRU"]
    model.summary(print_fn=lambda text: None)
    model.compile("adam", "binary_crossentropy")
    model.fit(x, y, verbose=0)
    assert model.input_shape == (None, 7)
    weights = model.get_weights()
    short = model.predict(x[:, :4], verbose=0)
    ragged = model.predict([row[: 1 + n % 5] for n, row in enumerate(x)], verbose=0)
    assert short.shape == ragged.shape == (32, 1)
    for before, after in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)
    assert model.optimizer.iterations == 1
    model.fit(x[:, :5], y, verbose=0)
    assert model.optimizer.iterations == 2


@pytest.mark.parametrize("held", [list, tuple])
def test_several_inputs_and_outputs(held):
    x = held([np.ones((6, 4), np.float32), np.zeros((6, 4), np.float32)])
    model = Pair()
    model.compile("sgd", {"a": "mse", "b": "mae"}, metrics={"a": ["mae"]})
    y = {"a": np.ones((6, 2)), "b": np.ones((6, 1))}
    history = model.fit(x, y, verbose=0).history
    assert set(history) == {"a_loss", "a_mae", "b_loss", "loss"}
    assert {name: one.shape for name, one in model.predict(x, verbose=0).items()} == {
        "a": (6, 2),
        "b": (6, 1),
    }
    built = Pair()
    built.build([(None, 4), (None, 4)])
    assert built.count_params() == model.count_params()


def test_copies_and_files_need_no_class(tmp_path):
    x, y = words()
    model = Reader()
    model.compile("adam", "binary_crossentropy")
    model.fit(x, y, verbose=0)
    model.save(tmp_path / "model.safetensors")
    loaded = sh.load_model(tmp_path / "model.safetensors")
    assert isinstance(loaded, sh.models.Functional)
    others = [loaded, copy.deepcopy(model), pickle.loads(pickle.dumps(model))]
    for each in (model, *others):
        each.fit(x, y, verbose=0)
    for other in others:
        np.testing.assert_array_equal(other.predict(x, verbose=0), model.predict(x, verbose=0))


def test_it_is_a_layer_of_other_models():
    x, _ = words()
    model = Reader()
    expected = model(x)
    inputs = sh.Input((7,))
    graph = sh.Model(inputs, model(inputs))
    chain = sh.Sequential([layers.Input((7,)), model])
    for outer in (graph, chain):
        np.testing.assert_array_equal(outer.predict(x, verbose=0), expected)
    fresh = sh.Sequential([layers.Input((7,)), Reader(3)])
    assert fresh.predict(x, verbose=0).shape == (32, 1)

    class Wide(sh.Model):
        def __init__(self):
            super().__init__()
            self.wide = layers.Dense(5)

        def call(self, inputs):
            return self.wide(inputs)

    assert layers.TimeDistributed(Wide())(np.ones((2, 3, 4))).shape == (2, 3, 5)


def model_of(call, parent=True):
    def begin(self):
        if parent:
            sh.Model.__init__(self)
        self.dense = layers.Dense(2)

    return type("Own", (sh.Model,), {"__init__": begin, "call": call})


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda self, x, training=None: x if training else self.dense(x), TypeError,
         "call must not ask whether it is training"),
        (lambda self, x: x + 1, TypeError, "holds no numbers: use layers on it"),
        (lambda self, x: np.tanh(x), TypeError, "holds no numbers: use layers on it"),
        (lambda self, x: 3, ValueError, "call of model 'own.*' must return what layers gave"),
        (lambda self, x: self.unknown(x), AttributeError, "has no attribute 'unknown'"),
    ],
)  # fmt: skip
def test_calls_that_cannot_be_traced(call, error, message):
    with pytest.raises(error, match=message):
        model_of(call)()(np.ones((2, 3)))


def test_what_else_goes_wrong():
    x, y = words()
    with pytest.raises(TypeError, match=r"Own cannot be made: .* must write call\(self, inputs\)"):
        type("Own", (sh.Model,), {})()
    with pytest.raises(AttributeError, match=r"Own.__init__ must call super\(\).__init__\(\)"):
        model_of(lambda self, x: self.dense(x), parent=False)()(x)
    with pytest.raises(RuntimeError, match="must be compiled before fit"):
        Reader().fit(x, y)
    with pytest.raises(ValueError, match="must be built before save"):
        Reader().save("model.safetensors")
    with pytest.raises(ValueError, match="x must hold rows"):
        Reader().predict(None)
    with pytest.raises(ValueError, match="unknown loss 'msee'"):
        Reader().compile("adam", {"a": "mse", "b": "msee"})
    with pytest.raises(ValueError, match="unknown metric 'acuracy'"):
        Reader().compile("adam", "mse", metrics=[["acuracy"], None])
    model = Reader()
    model.compile("adam", "mse")
    with pytest.raises(ValueError, match="x must give at least one batch, got none"):
        model.fit(iter([]))
    model.build((None, None))
    with pytest.raises(ValueError, match="must be ids of shape"):
        model.predict(np.ones((2, 3, 4)))
