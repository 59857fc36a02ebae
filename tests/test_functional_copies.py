"""Copies, files and summaries of functional models."""

import copy
import pickle

import numpy as np
import pytest
from functional_case import FEATURES, LOSSES, ROWS, STEPS, data, two_by_two
from random_arrays import numbers

import sunhwan as sh
from sunhwan import layers


def saved(model, path):
    model.save(path)
    return sh.load_model(path)


COPIES = {
    "copied": lambda model, path: copy.deepcopy(model),
    "pickled": lambda model, path: pickle.loads(pickle.dumps(model)),
    "saved": saved,
}


@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
def test_copies_predict_and_train_alike(copied, tmp_path):
    model, (x, y) = two_by_two(), data()
    losses = {"kind": LOSSES[0], "size": "mse"}
    model.compile("adam", losses, metrics={"kind": "accuracy"})
    model.fit(x, y, epochs=2, verbose=0)
    other = copied(model, tmp_path / "model.safetensors")
    assert type(other) is type(model)
    results = []
    for one in (model, other):
        one.fit(x, y, epochs=2, verbose=0)
        results.append([*one.predict(x, verbose=0), *one.get_weights()])
    for first, second in zip(*results, strict=True):
        np.testing.assert_array_equal(first, second)
    assert other.get_config() == model.get_config()
    assert [tensor.shape for tensor in other.outputs] == [(None, 2), (None, 1)]


def test_nested_and_shared_graphs_are_saved(tmp_path):
    a, b = sh.Input((STEPS, FEATURES), name="a"), sh.Input((STEPS, FEATURES), name="b")
    inner = sh.Sequential([layers.Input((STEPS, FEATURES)), layers.LSTM(4), layers.Dense(3)])
    _, h, c = layers.LSTM(3, return_state=True)(a)
    decoded = layers.LSTM(3)(b, initial_state=[h, c])
    total = layers.Add()([inner(a), inner(b), decoded])
    model = sh.Model({"a": a, "b": b}, {"total": total, "decoded": decoded})
    model.save(tmp_path / "m.safetensors")
    other = sh.load_model(tmp_path / "m.safetensors")
    x = {"a": numbers(ROWS, STEPS, FEATURES), "b": numbers(ROWS, STEPS, FEATURES, seed=1)}
    for key, value in model.predict(x, verbose=0).items():
        np.testing.assert_array_equal(other.predict(x, verbose=0)[key], value)


def test_the_summary_shows_what_is_connected(capsys):
    two_by_two().summary()
    text = capsys.readouterr().out
    assert "Connected to" in text
    assert "concatenate" in text
    assert "lstm" in text
    assert "a[0]" in text
    two_by_two().summary(show_trainable=True, expand_nested=True, line_length=120)
    assert max(map(len, capsys.readouterr().out.splitlines())) == 120
    start = sh.Input((3,))
    sh.Model(start, layers.Dense(2)(start)).summary()
    assert "Connected to" not in capsys.readouterr().out
