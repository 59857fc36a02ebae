"""What layers and functions that are called by themselves refuse, and how they say so."""

import numpy as np
import pytest

import sunhwan as sh
from sunhwan import layers

X = np.random.default_rng(0).standard_normal((4, 6, 2)).astype(np.float32)
MASK = np.ones((4, 6), bool)


@pytest.mark.parametrize(
    ("cause", "message"),
    [
        (lambda lstm: lstm(X[:, :, :0]), r"at least one feature, got shape \(4, 6, 0\)"),
        (lambda lstm: lstm(X[0]), r"'cell' must have shape \(rows, steps, features\), got"),
        (lambda lstm: lstm(1.0), "'cell' must be an array of rows, got a single number"),
        (lambda lstm: lstm(np.ma.masked_array(X, X > 0)), "'cell' must have no masked entries"),
        (lambda lstm: lstm(X, mask=MASK[:, :5]), r"mask of layer 'cell' must have shape \(4, 6\)"),
        (lambda lstm: lstm(X, mask="yes"), r"mask of layer 'cell' must have shape .* got \(\)"),
        (lambda lstm: lstm(X, mask=MASK * 0.5), "mask of layer 'cell' must hold True and False"),
        (lambda lstm: lstm(X, training="yes"), "training must be True or False, got 'yes'"),
        (lambda lstm: lstm(X, initial_state=[np.zeros(3)] * 2), r"4 rows .* got \(3,\)"),
        (lambda lstm: layers.Dense(2, name="d")(X, initial_state=MASK), "'d' takes no initial_st"),
        (lambda lstm: layers.Embedding(3, 2, name="e")([[1]], mask=[[1]]), "'e' takes no mask"),
    ],
)
def test_layers(cause, message):
    with pytest.raises(ValueError, match=message):
        cause(layers.LSTM(3, name="cell"))


def test_a_layer_built_for_other_features():
    layer = layers.Normalization(mean=0, variance=1, name="scale")
    layer(X)
    with pytest.raises(
        ValueError, match=r"'scale' was built for 2 features, got shape \(4, 6, 4\)"
    ):
        layer(np.concatenate([X, X], axis=-1))


def test_models():
    model = sh.Sequential([layers.LSTM(3)])
    with pytest.raises(ValueError, match="training must be True or False, got 'no'"):
        model(X, training="no")
    np.testing.assert_array_equal(model(X, training=None), model(X))


P = np.full((4, 3), 1 / 3, np.float32)
ROWS = [[1.0], [1.0, 2.0]]


@pytest.mark.parametrize("thing", [sh.losses.MeanSquaredError(), sh.metrics.MeanSquaredError()])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((P, "a"), "y_pred must hold numbers, got dtype <U1"),
        ((P, ROWS), "y_pred must be an array, got rows of different shapes"),
        ((P, P * 1j), "y_pred must hold numbers, got dtype complex"),
        ((P[:, :0], P[:, :0]), r"y_pred must have rows of numbers, got shape \(4, 0\)"),
        ((P, 1.0), r"y_pred must have rows of numbers, got shape \(\)"),
        ((P[:2], P), r"y_true must have 4 rows as y_pred has, got shape \(2, 3\)"),
        ((P, P, "a"), "sample_weight must hold numbers, got dtype <U1"),
    ],
)
def test_losses_and_metrics(thing, arguments, message):
    with pytest.raises(ValueError, match=message):
        thing(*arguments)


@pytest.mark.parametrize(
    ("cause", "message"),
    [
        (lambda: sh.metrics.RootMeanSquaredError()(P.reshape(3, 4), P), "of one shape"),
        (lambda: sh.metrics.Mean()("a"), "values must hold numbers"),
        (lambda: sh.metrics.CosineSimilarity(axis=0), "axis of CosineSimilarity must be -1"),
        (lambda: sh.activations.tanh(ROWS), "x must be an array, got rows of different shapes"),
        (lambda: sh.activations.softmax([]), r"at least one number along axis -1, got .* \(0,\)"),
        (lambda: sh.initializers.Zeros()(None), "shape must be a tuple of integers, got None"),
        (lambda: sh.initializers.HeNormal()((2, None)), r"shape must .*, got \(2, None\)"),
        (lambda: sh.utils.to_categorical(ROWS), "x must be an array, got rows of different"),
        (lambda: sh.utils.to_categorical([0], "3"), "num_classes must be a positive integer"),
        (lambda: sh.utils.pad_sequences([[1], ["a"]]), r"position 1 must .* int32 .*, got \['a'\]"),
        (lambda: sh.utils.pad_sequences([[1]], value=None), "value must hold numbers .* got None"),
        (lambda: sh.preprocessing.timeseries_windows(ROWS, 1), "series must be an array"),
        (lambda: sh.datasets.product.load_data(steps="a"), "steps must be .* got 'a'"),
        (lambda: sh.datasets.cosine.load_data(seed=2.5), "seed must be .* got 2.5"),
        (lambda: sh.datasets.digits.load_data(seed=-1), "seed must be .* got -1"),
        (lambda: sh.losses.get({"class_name": ["a"]}), "must be a dict with 'class_name'"),
        (lambda: sh.optimizers.get({"class_name": "Adam", "config": 3}), "must be a dict with"),
        (lambda: sh.set_num_threads("2"), "count must be a positive integer, got '2'"),
    ],
)
def test_functions(cause, message):
    with pytest.raises(ValueError, match=message):
        cause()


def test_labels_that_name_no_class_are_never_among_the_best():
    metric = sh.metrics.SparseTopKCategoricalAccuracy(k=3)
    assert metric([0, 3, -1, 2], P) == 0.5


def test_r2_of_nothing():
    assert sh.metrics.R2Score().result() == 0.0
