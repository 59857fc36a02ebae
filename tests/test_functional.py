"""Models of graphs: several inputs and outputs, shared layers, models as layers."""

import pickle

import numpy as np
import pytest
from functional_case import FEATURES, LOSSES, ROWS, STEPS, check_slopes, data, two_by_two
from random_arrays import numbers
from reference.check import assert_close

import sunhwan as sh
from sunhwan import layers
from sunhwan._engine import layout


def test_a_row_of_layers_gives_the_bits_of_sequential():
    x, y = numbers(50, STEPS, FEATURES), numbers(50, 2, seed=1)

    def stack():
        return [
            layers.GRU(7, return_sequences=True, dropout=0.2),
            layers.LayerNormalization(),
            layers.LSTM(5),
            layers.Dense(2),
        ]

    results = []
    for functional in (False, True):
        sh.utils.set_random_seed(11)
        if functional:
            start = end = sh.Input((STEPS, FEATURES))
            for layer in stack():
                end = layer(end)
            model = sh.Model(start, end)
        else:
            model = sh.Sequential([layers.Input((STEPS, FEATURES)), *stack()])
        model.compile("adam", "mse")
        model.fit(x, y, batch_size=16, epochs=3, verbose=0)
        results.append((model.predict(x, verbose=0), model.get_weights()))
    np.testing.assert_array_equal(results[0][0], results[1][0])
    for one, other in zip(results[0][1], results[1][1], strict=True):
        np.testing.assert_array_equal(one, other)


def test_several_inputs_and_outputs():
    model, (x, y) = two_by_two(), data()
    model.compile("adam", LOSSES, loss_weights=[1.0, 0.5], metrics=[["accuracy"], ["mae"]])
    history = model.fit(x, y, epochs=2, batch_size=4, verbose=0, validation_split=0.4).history
    names = ["loss", "kind_loss", "size_loss", "kind_accuracy", "size_mae"]
    assert set(history) == {*names, *(f"val_{name}" for name in names)}
    assert model.metrics_names == names
    values = model.evaluate(x, y, verbose=0)
    named = model.evaluate(x, y, verbose=0, return_dict=True)
    assert values == [named[name] for name in names]
    assert_close(named["loss"], named["kind_loss"] + 0.5 * named["size_loss"], 1e-6)
    kind, size = model.predict(x, verbose=0)
    assert kind.shape == (ROWS, 2)
    assert_close(named["size_mae"], np.abs(size - y[1]).mean(), 1e-6)
    assert_close(named["kind_accuracy"], (kind.argmax(1) == y[0]).mean(), 1e-6)
    for one, other in zip(model(x), [kind, size], strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("slice_bytes", [8 << 20, 600])
def test_gradients_of_several_outputs(monkeypatch, slice_bytes):
    monkeypatch.setattr(layout, "SLICE_BYTES", slice_bytes)
    model, (x, y) = two_by_two(activation="tanh"), data()
    model.compile("sgd", LOSSES)
    check_slopes(model, x, y, loss_weights=[0.7, 1.3])


def test_dictionaries_of_arrays():
    a, b = sh.Input((4,), name="a"), sh.Input((2,), name="b")
    both = layers.Concatenate()([a, b])
    ends = {"z": layers.Dense(1, name="d1")(both), "y": layers.Dense(2, name="d2")(both)}
    model = sh.Model({"a": a, "b": b}, ends)
    x = {"b": numbers(ROWS, 2), "a": numbers(ROWS, 4)}
    y = {"y": numbers(ROWS, 2, seed=1), "z": numbers(ROWS, 1, seed=2)}
    losses, metrics = {"y": "mse", "z": "mae"}, {"z": ["mse"]}
    model.compile("sgd", losses, loss_weights={"y": 1, "z": 2}, metrics=metrics)
    history = model.fit(x, y, verbose=0).history
    assert set(history) == {"loss", "y_loss", "z_loss", "z_mse"}
    predicted = model.predict(x, verbose=0)
    assert {key: value.shape for key, value in predicted.items()} == {"y": (9, 2), "z": (9, 1)}
    assert model.output_shape == {"y": (None, 2), "z": (None, 1)}
    assert set(model(x)) == {"y", "z"}


def test_batches_from_a_generator():
    model, (x, y) = two_by_two(), data()
    model.compile("sgd", LOSSES)

    def batches():
        for first in range(0, ROWS, 3):
            rows = slice(first, first + 3)
            yield [part[rows] for part in x], [part[rows] for part in y]

    first = model.evaluate(x, y, batch_size=3, verbose=0)
    assert_close(np.array(model.evaluate(batches(), verbose=0)), np.array(first), 1e-6)
    assert len(model.predict(([part[:4] for part in x],) for _ in range(2))[0]) == 8


def test_an_output_without_a_loss():
    model, (x, y) = two_by_two(), data()
    model.compile("sgd", [None, "mse"], metrics=[["accuracy"], []])
    before = model.get_layer("kind").get_weights()
    history = model.fit(x, y, verbose=0).history
    assert set(history) == {"loss", "kind_accuracy"}
    np.testing.assert_array_equal(before[0], model.get_layer("kind").get_weights()[0])


def test_sample_weights_by_output():
    model, (x, y) = two_by_two(), data()
    model.compile("sgd", LOSSES)
    weights = [np.zeros(ROWS), np.arange(ROWS)]
    values = model.evaluate(x, y, sample_weight=weights, verbose=0)
    assert values[1] == 0
    _, size = model.predict(x, verbose=0)
    assert_close(values[2], ((size - y[1])[:, 0] ** 2 * weights[1]).mean(), 1e-5)
    one = model.evaluate(x, y, sample_weight=weights[1], verbose=0)
    assert_close(one[2], values[2], 1e-6)
    assert one[1] > 0


def test_a_shared_layer_has_one_set_of_weights():
    a, b = sh.Input((STEPS, FEATURES)), sh.Input((STEPS, FEATURES))
    lstm = layers.LSTM(4)
    near = layers.Dot(axes=1, normalize=True)([lstm(a), lstm(b)])
    model = sh.Model([a, b], layers.Dense(1)(near))
    assert model.count_params() == lstm.count_params() + 2
    model.compile("sgd", "mse")
    x = [numbers(ROWS, STEPS, FEATURES), numbers(ROWS, STEPS, FEATURES, seed=1)]
    check_slopes(model, x, numbers(ROWS, 1, seed=2))


def test_an_edge_with_several_readers():
    a = sh.Input((STEPS, FEATURES))
    h = layers.GRU(4, return_sequences=True)(a)
    pooled = [layers.GlobalMaxPooling1D()(h), layers.LSTM(3)(h), layers.Flatten()(h)]
    model = sh.Model(a, layers.Dense(2)(layers.Concatenate()(pooled)))
    model.compile("sgd", "mse")
    check_slopes(model, numbers(ROWS, STEPS, FEATURES), numbers(ROWS, 2, seed=1))


def test_models_as_layers():
    sh.utils.set_random_seed(4)
    inner = sh.Sequential(
        [layers.Input((STEPS, FEATURES)), layers.LSTM(4), layers.Dense(3, activation="tanh")]
    )
    pair_in = [sh.Input((3,)), sh.Input((3,))]
    pair = sh.Model(pair_in, [layers.Add()(pair_in), layers.Multiply()(pair_in)], name="join")
    a, b = sh.Input((STEPS, FEATURES)), sh.Input((STEPS, FEATURES))
    total, product = pair([inner(a), inner(b)])
    outer = sh.Model([a, b], layers.Dense(1)(layers.Concatenate()([total, product])))
    assert outer.count_params() == inner.count_params() + 7
    assert inner in outer.layers
    x = [numbers(ROWS, STEPS, FEATURES), numbers(ROWS, STEPS, FEATURES, seed=1)]
    outer.compile("sgd", "mse")
    check_slopes(outer, x, numbers(ROWS, 1))
    row = sh.Sequential([inner, layers.Dense(2)])
    assert row.output_shape == (None, 2)
    expected = inner.predict(x[0], verbose=0) @ row.layers[1].get_weights()[0]
    assert_close(row.predict(x[0], verbose=0), expected, 1e-5)


def test_a_model_at_every_step(tmp_path):
    sh.utils.set_random_seed(4)
    start = sh.Input((4, 3))
    ends = [layers.LSTM(3)(start), layers.Flatten()(layers.Dense(2, activation="tanh")(start))]
    inner = sh.Model(start, layers.Dense(2)(layers.Concatenate()(ends)))
    a = sh.Input((STEPS, 4, 3))
    model = sh.Model(a, layers.GRU(3)(layers.TimeDistributed(inner)(a)))
    x = numbers(ROWS, STEPS, 4, 3)
    expected = inner.predict(x.reshape(-1, 4, 3), verbose=0).reshape(ROWS, STEPS, 2)
    assert_close(model.predict(x, verbose=0), model.layers[-1](expected), 1e-5)
    model.compile("sgd", "mse")
    check_slopes(model, x, numbers(ROWS, 3, seed=1))
    model.save(tmp_path / "m.safetensors")
    other = sh.load_model(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(other.predict(x, verbose=0), model.predict(x, verbose=0))
    words = sh.Sequential([layers.Embedding(5, 2), layers.LSTM(3)])
    with pytest.raises(ValueError, match="needs a model of numbers, not of ids"):
        layers.TimeDistributed(words)(sh.Input((3, 4)))


def test_parts_of_a_model_are_models():
    start = sh.Input((4,))
    hidden = layers.Dense(3, name="hidden")(start)
    model = sh.Model(start, layers.Dense(2)(hidden))
    part = sh.Model(model.inputs, model.get_layer("hidden").output)
    rest = sh.Model(hidden, model.outputs)
    x = numbers(ROWS, 4)
    middle = part.predict(x, verbose=0)
    whole = model.predict(x, verbose=0)
    np.testing.assert_array_equal(rest.predict(middle, verbose=0)[0], whole)
    chain = sh.Sequential([layers.Input((4,)), layers.Dense(3), layers.Dense(2)])
    seen = sh.Model(chain.inputs, [layer.output for layer in chain.layers])
    np.testing.assert_array_equal(seen.predict(x, verbose=0)[1], chain.predict(x, verbose=0))


def test_training_of_one_call_may_be_fixed():
    a = sh.Input((4,))
    dropout = layers.Dropout(0.5)
    model = sh.Model(a, [dropout(a, training=True), dropout(a), dropout(a, training=False)])
    always, sometimes, never = model.predict(np.ones((50, 4)), verbose=0)
    assert set(always.flat) == {0.0, 2.0}
    assert set(sometimes.flat) == set(never.flat) == {1.0}
    always, sometimes, never = model(np.ones((50, 4)), training=True)
    assert set(always.flat) == set(sometimes.flat) == {0.0, 2.0}
    assert set(never.flat) == {1.0}


def test_text_in_a_graph():
    texts = ["a b c", "b b", "c"]
    prepare = layers.TextVectorization()
    prepare.adapt(texts)
    start = sh.Input((1,), dtype="string")
    encoded = layers.GRU(3)(layers.Embedding(6, 4, mask_zero=True)(prepare(start)))
    model = sh.Model(start, layers.Dense(1)(encoded))
    assert model.predict(texts, verbose=0).shape == (3, 1)


def test_lists_of_one():
    start = sh.Input((3,), name="x")
    model = sh.Model([start], [layers.Dense(1, name="y")(start)])
    model.compile("sgd", ["mse"], metrics=["mae"])
    x, y = numbers(ROWS, 3), numbers(ROWS, 1, seed=1)
    expected = model.evaluate(x, y, verbose=0)
    for given in (([x], [y]), ({"x": x}, {"y": y}), ([x], y)):
        assert model.evaluate(*given, verbose=0) == expected
    assert [part.shape for part in model.predict([x], verbose=0)] == [(ROWS, 1)]
    with pytest.raises(ValueError, match="must have the keys"):
        model.evaluate(x, {"z": y})


def test_the_class():
    model = two_by_two()
    assert isinstance(model, sh.Model)
    assert isinstance(model, sh.models.Functional)
    assert issubclass(sh.Sequential, sh.Model)
    assert isinstance(sh.Sequential(), sh.Model)


def test_a_thousand_layers_in_a_few_steps_each(monkeypatch):
    """Building visits each call a few times, however the graph is laid out."""
    from sunhwan.models import graph

    visits = 0
    search = graph._searched

    def counted(calls, makers, outputs):
        nonlocal visits
        met, done = search(calls, makers, outputs)
        visits += len(met) + len(done)
        return met, done

    monkeypatch.setattr(graph, "_searched", counted)
    start = end = sh.Input((2,))
    for number in range(1000):
        end = layers.Add()([end, end]) if number % 2 else layers.Activation("tanh")(end)
    model = sh.Model(start, end)
    assert len(model.layers) == 1001
    assert visits == 2002
    assert model.predict(np.zeros((1, 2)), verbose=0).shape == (1, 2)
    pickle.loads(pickle.dumps(model))
