"""ReLU, LeakyReLU, ELU and Softmax as layers, on batches of every kind."""

import copy

import numpy as np
import pytest
from reference import softmax, softmax_backward
from steps_layer_case import check_everywhere

import sunhwan as sh
from sunhwan import layers

TOLERANCE = 2e-6


def relu(x, slope=0.0, most=np.inf, threshold=0.0):
    y = np.minimum(np.where(x > threshold, x, slope * (x - threshold)), most)
    return y, np.where(x > threshold, x < most, slope)


def elu(x, alpha=1.0):
    low = alpha * np.exp(np.minimum(x, 0))
    return np.where(x > 0, x, low - alpha), np.where(x > 0, 1.0, low)


CASES = {
    "relu": (layers.ReLU, {}, relu),
    "relu6": (layers.ReLU, {"max_value": 6}, lambda x: relu(x, most=6)),
    "bent": (
        layers.ReLU,
        {"max_value": 0.8, "negative_slope": 0.1, "threshold": 0.2},
        lambda x: relu(x, 0.1, 0.8, 0.2),
    ),
    "leaky": (layers.LeakyReLU, {}, lambda x: relu(x, 0.3)),
    "leaky 0.2": (layers.LeakyReLU, {"negative_slope": 0.2}, lambda x: relu(x, 0.2)),
    "elu": (layers.ELU, {}, elu),
    "elu 0.5": (layers.ELU, {"alpha": 0.5}, lambda x: elu(x, 0.5)),
}


@pytest.mark.parametrize("name", CASES)
def test_outputs_and_gradients(name):
    make, arguments, function = CASES[name]
    layer = make(**arguments)
    check_everywhere(
        layer,
        5,
        function,
        lambda slopes, dy: (slopes * dy, []),
        TOLERANCE,
        np.random.default_rng(1),
    )
    again = layers.deserialize(layers.serialize(layer))
    assert again.get_config() == layer.get_config()
    x = np.random.default_rng(2).standard_normal((3, 4)).astype(np.float32)
    np.testing.assert_array_equal(copy.deepcopy(layer)(x), layer(x))


def test_softmax():
    layer = layers.Softmax()
    check_everywhere(
        layer,
        5,
        lambda x: (softmax(x), softmax(x)),
        lambda y, dy: (softmax_backward(y, dy), []),
        TOLERANCE,
        np.random.default_rng(3),
    )
    assert layers.Softmax(axis=1)(np.zeros((2, 4))).tolist() == [[0.25] * 4] * 2
    with pytest.raises(ValueError, match="layer 's': axis must be the last, -1, got 1 for inputs"):
        layers.Softmax(axis=1, name="s")(np.zeros((2, 3, 4)))


def test_softmax_at_the_end_is_taken_over_by_the_loss():
    x = np.random.default_rng(4).standard_normal((8, 3)).astype(np.float32)
    losses = []
    for end in (layers.Softmax(), layers.Activation("softmax")):
        sh.utils.set_random_seed(5)
        model = sh.Sequential([sh.Input((3,)), layers.Dense(4), layers.ReLU(), end])
        model.compile("sgd", "sparse_categorical_crossentropy")
        losses.append(model.fit(x, np.arange(8) % 4, epochs=3, verbose=0).history["loss"])
    assert losses[0] == losses[1]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.ReLU(max_value=-1), "max_value must be a number of zero or more, got -1"),
        (lambda: layers.LeakyReLU(-0.1), "negative_slope must be a number of zero or more"),
        (lambda: layers.LeakyReLU(None), "negative_slope must be a number of zero or more"),
        (lambda: layers.ELU("a"), "alpha must be a finite number, got 'a'"),
    ],
)
def test_wrong_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()
