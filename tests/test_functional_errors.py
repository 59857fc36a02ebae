"""Malformed graphs and wrong data."""

import numpy as np
import pytest
from functional_case import LOSSES, data, two_by_two

import sunhwan as sh
from sunhwan import layers


def shape_clash():
    a, b = sh.Input((3,)), sh.Input((4,))
    layers.Add(name="sum")([a, b])


def two_names():
    a = sh.Input((3,))
    sh.Model(a, layers.Dense(1, name="d")(layers.Dense(2, name="d")(a)))


def needs_more():
    a, b = sh.Input((3,)), sh.Input((3,), name="other")
    sh.Model(a, layers.Add(name="sum")([a, b]))


def not_needed():
    a, b = sh.Input((3,)), sh.Input((3,), name="idle")
    sh.Model([a, b], layers.Dense(1)(a))


def other_features():
    dense = layers.Dense(2, name="shared")
    dense(sh.Input((3,)))
    dense(sh.Input((4,)))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (shape_clash, "'sum' needs inputs whose shapes fit each other, got .*3.*4"),
        (two_names, "the name 'd' is used 2 times"),
        (needs_more, "disconnected: layer 'sum' needs the data of 'other'"),
        (not_needed, "disconnected: no output depends on input 'idle'"),
        (other_features, r"'shared' was built for inputs of shape \(None, 3\), got \(None, 4\)"),
        (lambda: sh.Model(np.ones(3), np.ones(3)), "inputs must be symbolic tensors"),
        (
            lambda: layers.Dense(2, name="d")([sh.Input((3,)), sh.Input((3,))]),
            "'d' takes one input, got a list of 2",
        ),
        (lambda: layers.Add(name="sum")(sh.Input((3,))), "'sum' takes a list of inputs"),
        (
            lambda: layers.Dense(3, name="d")(sh.Input((4, None))),
            "'d' needs an input whose last axis has a fixed length.*give Input a shape",
        ),
        (
            lambda: layers.LSTM(3, name="cell")(sh.Input((4, 2)), initial_state=sh.Input((3,))),
            r"initial_state of layer 'cell' must have shapes \[\(None, 3\), \(None, 3\)\]",
        ),
        (
            lambda: layers.Dense(3, name="d")(sh.Input((4,)), initial_state=sh.Input((3,))),
            "'d' takes no initial_state",
        ),
    ],
)
def test_malformed_graphs(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_an_embedding_must_read_an_input():
    a = sh.Input((4,))
    end = layers.Embedding(3, 2, name="e")(layers.Dense(2, name="d")(a))
    with pytest.raises(ValueError, match="'e' must come first, got it behind layer 'd'"):
        sh.Model(a, end)


def test_a_cycle_in_a_config():
    config = two_by_two().get_config()
    dense = next(layer for layer in config["layers"] if layer["config"]["name"] == "kind")
    merged = next(layer for layer in config["layers"] if layer["class_name"] == "Concatenate")
    merged["calls"][0]["inputs"][0] = ["kind", 0, 0]
    with pytest.raises(ValueError, match=r"'concatenate.*', 'kind', 'size' are a cycle"):
        sh.models.Functional.from_config(config)
    dense["calls"][0]["inputs"] = [["nobody", 0, 0]]
    with pytest.raises(ValueError, match="'kind' reads layer 'nobody', which is not there"):
        sh.models.Functional.from_config(config)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m, x, y: m.fit(x[0], y), "x must be a list of 2, or a dict.*'a', 'b'"),
        (lambda m, x, y: m.predict([x[0]]), "x must be a list of 2, .* got a list of 1"),
        (lambda m, x, y: m.fit([*x, x[0]], y), "x must be .* of 2, .* got a list of 3"),
        (lambda m, x, y: m.fit({"a": x[0], "c": x[1]}, y), "x must have the keys"),
        (lambda m, x, y: m.fit([x[0], x[1][:-1]], y), r"x\['a'\] has 9 rows, but x\['b'\] has 8"),
        (lambda m, x, y: m.fit(x, y[0]), "y must be a list of 2"),
        (lambda m, x, y: m.fit(x, [y[0], None]), r"y\[1\] must be given: its output has a loss"),
        (lambda m, x, y: m.fit(x, [y[0], y[1][:3]]), r"x has 9 rows, but y\[1\] has 3"),
        (lambda m, x, y: m.fit([x[0][:, :4], x[1]], y), r"input 'a' of model 'pair' takes data"),
        (lambda m, x, y: m.fit(x, y, class_weight={0: 2.0}), "class_weight needs a model of one"),
        (lambda m, x, y: m.compile("sgd", ["mse"]), "loss must be a list of 2"),
        (lambda m, x, y: m.compile("sgd", {"kind": "mse"}), "loss must have the keys"),
        (
            lambda m, x, y: m.compile("sgd", "mse", metrics=["mae"]),
            "metrics must be a list of 2",
        ),
        (lambda m, x, y: m.compile("sgd", "mse", loss_weights=[1]), "loss_weights must be"),
    ],
)
def test_wrong_data_and_arguments(call, message):
    model, (x, y) = two_by_two(), data()
    model.compile("sgd", LOSSES)
    with pytest.raises(ValueError, match=message):
        call(model, x, y)


def test_rows_are_counted_by_the_inputs_own_names():
    a, b = sh.Input((5, 3), name="a"), sh.Input((4,), name="b")
    model = sh.Model([a, b], [layers.Dense(2)(b), layers.LSTM(3)(a)])  # b is read first
    with pytest.raises(ValueError, match=r"x\['b'\] has 5 rows, but x\['a'\] has 6"):
        model.predict([np.zeros((6, 5, 3)), np.zeros((5, 4))], verbose=0)
