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
