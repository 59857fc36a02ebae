"""The public checker finds wrong gradients and passes right ones."""

import numpy as np
import pytest

import sunhwan as sh
from sunhwan import layers
from sunhwan.testing import check_gradients


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


class Scale(layers.Layer):
    """y = w x**2, with mistakes that a test chooses."""

    def __init__(self, wrong=None):
        super().__init__()
        self.wrong = wrong

    def build(self, input_shape):
        self.scale = self.add_weight("scale", (input_shape[-1],), "ones")

    def forward(self, x, context):
        context.saved = x
        return self.scale.value * x**2

    def backward(self, dy, context):
        x = context.saved
        if self.wrong == "raises":
            raise KeyError("scale")
        self.scale.grad += (dy * x**2).sum(0) * (0.9 if self.wrong == "weight" else 1)
        if self.wrong == "missing":
            return None
        dx = 2 * self.scale.value * x * dy
        return -dx if self.wrong == "input" else dx[:, :1] if self.wrong == "shape" else dx


RIGHT = [
    lambda: (Scale(), numbers(4, 3), {}),
    lambda: (layers.Dense(5, activation="gelu"), numbers(3, 7), {}),
    lambda: (layers.LSTM(4, return_sequences=True), numbers(3, 9, 2), {}),
    lambda: (
        layers.GRU(3, return_sequences=True, go_backwards=True),
        numbers(2, 5, 2),
        {"mask": [[1, 1, 0, 1, 1], [0, 0, 0, 0, 0]]},
    ),
    lambda: (layers.LSTM(3), numbers(2, 5, 2), {"initial_state": [numbers(2, 3), numbers(2, 3)]}),
    lambda: (layers.SimpleRNN(3), numbers(2, 5, 2), {"initial_state": numbers(2, 3)}),
    lambda: (layers.GRU(4, dropout=0.3, recurrent_dropout=0.4), numbers(3, 6, 2), {"training": 1}),
    lambda: (layers.Bidirectional(layers.GRU(3), merge_mode=None), numbers(2, 4, 3), {}),
    lambda: (layers.Conv1D(3, 3, activation="elu", padding="causal"), numbers(2, 8, 2), {}),
    lambda: (layers.BatchNormalization(), numbers(9, 4), {"training": True}),
    lambda: (layers.LSTM(3, stateful=True), numbers(2, 5, 2), {}),
    lambda: (layers.LayerNormalization(), numbers(5, 4), {}),
    lambda: (layers.Dot(2, normalize=True), [numbers(2, 3, 4), numbers(2, 5, 4, seed=1)], {}),
    lambda: (
        layers.AdditiveAttention(),
        [numbers(2, 3, 4), numbers(2, 5, 4, seed=1)],
        {"mask": [None, np.array([[1, 1, 0, 1, 0], [0, 0, 1, 1, 1]])]},
    ),
    lambda: (layers.Embedding(7, 3), np.array([[1, 2, 6], [0, 2, 2]]), {}),
]


@pytest.mark.parametrize("case", RIGHT)
def test_right_gradients_pass(case):
    layer, x, options = case()
    errors = check_gradients(layer, x, **options)
    assert errors
    assert max(errors.values()) < 0.01


def test_each_array_is_named():
    errors = check_gradients(layers.MultiHeadAttention(1, 2), [numbers(2, 3, 4), numbers(2, 5, 4)])
    assert list(errors)[:3] == ["input[0]", "input[1]", "query_kernel"]
    layer = layers.LSTM(3, name="memory")
    errors = check_gradients(
        layer, numbers(2, 5, 2), initial_state=[numbers(2, 3), numbers(2, 3, seed=1)]
    )
    assert list(errors) == [
        "input",
        "kernel",
        "recurrent_kernel",
        "bias",
        "initial_state[0]",
        "initial_state[1]",
    ]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("input", "gradient of input along a random direction must be"),
        ("weight", "gradient of scale along a random direction must be .* relative error of 0"),
        ("missing", "backward failed|gradient of input is missing"),
        ("shape", r"gradient of input must have its shape \(4, 3\), got \(4, 1\)"),
        ("raises", r"backward failed: KeyError\('scale'\)"),
    ],
)
def test_wrong_gradients_are_found(wrong, message):
    with pytest.raises(AssertionError, match=message):
        check_gradients(Scale(wrong), numbers(4, 3))


def test_a_layer_is_left_as_it_was():
    layer = layers.BatchNormalization()
    layer(numbers(9, 4))
    before = [weight.copy() for weight in layer.get_weights()]
    x = numbers(9, 4)
    kept = x.copy()
    check_gradients(layer, x, training=True)
    np.testing.assert_array_equal(x, kept)
    for one, other in zip(before, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    "loss",
    [sh.losses.MeanSquaredError(), sh.losses.Huber(), sh.losses.LogCosh(), sh.losses.Poisson()],
)
def test_losses(loss):
    errors = check_gradients(loss, numbers(5, 3) ** 2, 1 + numbers(5, 3, seed=1) ** 2)
    assert errors["y_pred"] < 0.01


def test_sparse_targets_and_functions():
    probabilities = np.array([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]])
    check_gradients(sh.losses.SparseCategoricalCrossentropy(), [2, 0], probabilities)

    def cubic(y_true, y_pred):
        return ((y_pred - y_true) ** 3).sum(), 3 * (y_pred - y_true) ** 2

    check_gradients(cubic, numbers(4, 2), numbers(4, 2, seed=1))

    def half(y_true, y_pred):
        value, gradient = cubic(y_true, y_pred)
        return value, gradient / 2

    with pytest.raises(AssertionError, match="half: the gradient of y_pred along"):
        check_gradients(half, numbers(4, 2), numbers(4, 2, seed=1))


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match="y_pred must be given"):
        check_gradients(sh.losses.Huber(), numbers(2, 1))
    with pytest.raises(ValueError, match="y_pred is for losses, got it for layer"):
        check_gradients(layers.Dense(1), numbers(2, 1), numbers(2, 1))
    with pytest.raises(ValueError, match="subject must be a layer, a loss or a function, got 'x'"):
        check_gradients("x", numbers(2, 1))
    with pytest.raises(ValueError, match="must return a value and a gradient, got float"):
        check_gradients(lambda y_true, y_pred: 1.0, numbers(2, 1), numbers(2, 1))
    with pytest.raises(ValueError, match="tolerance"):
        check_gradients(layers.Dense(1), numbers(2, 1), tolerance=0)
