"""A step that is replayed must be the step that it was recorded from, to the bit."""

import itertools

import numpy as np
import pytest
from random_arrays import numbers
from recorded_case import FEATURES, ROWS, STEPS, make, recordings_of

import sunhwan as sh
from sunhwan import layers
from sunhwan._engine.recorded import Recordings

STACKS = {
    "simple_rnn": lambda: [layers.SimpleRNN(7), layers.Dense(1)],
    "gru": lambda: [layers.GRU(5, return_sequences=True), layers.GRU(4), layers.Dense(2)],
    "gru_before": lambda: [layers.GRU(5, reset_after=False), layers.Dense(2)],
    "lstm": lambda: [layers.LSTM(5, return_sequences=True), layers.Dense(3, activation="gelu")],
    "backwards": lambda: [layers.LSTM(5, go_backwards=True), layers.Dense(1)],
    "sequences backwards": lambda: [
        layers.LSTM(5, go_backwards=True, return_sequences=True),
        layers.SimpleRNN(3),
    ],
    "convolution": lambda: [
        layers.Conv1D(4, 3, activation="relu"),
        layers.MaxPooling1D(2),
        layers.AveragePooling1D(2, padding="same"),
        layers.LayerNormalization(),
        layers.GlobalMaxPooling1D(),
    ],
    "average": lambda: [
        layers.Conv1D(4, 3, padding="causal", strides=2),
        layers.GlobalAveragePooling1D(keepdims=True),
        layers.Flatten(),
        layers.Dense(4),
        layers.Activation("silu"),
    ],
    "images": lambda: [
        layers.Reshape((STEPS, FEATURES, 1)),
        layers.Conv2D(4, (3, 2), activation="relu", padding="same"),
        layers.MaxPooling2D((2, 1)),
        layers.AveragePooling2D((2, 1), padding="same"),
        layers.Conv2D(3, 2, strides=(2, 1), activation="gelu"),
        layers.GlobalMaxPooling2D(),
        layers.Dense(2),
    ],
    "images' mean": lambda: [
        layers.Reshape((STEPS, FEATURES, 1)),
        layers.Conv2D(4, 2),
        layers.GlobalAveragePooling2D(keepdims=True),
        layers.Flatten(),
    ],
    "moved": lambda: [
        layers.ZeroPadding1D((2, 1)),
        layers.UpSampling1D(2),
        layers.Cropping1D((1, 3)),
        layers.GRU(3),
    ],
    "dense": lambda: [
        layers.Flatten(),
        layers.Dense(6, activation="tanh"),
        layers.Reshape((3, 2)),
        layers.LSTM(3),
        layers.Dense(2),
    ],
    "two ways": lambda: [
        layers.Bidirectional(layers.GRU(4, return_sequences=True)),
        layers.Bidirectional(layers.LSTM(3), merge_mode="mul"),
        layers.Dense(1),
    ],
    "penalties": lambda: [
        layers.GRU(4, kernel_regularizer="l2", recurrent_constraint="max_norm"),
        layers.Dense(2, bias_regularizer="l1"),
    ],
    "frozen": lambda: [layers.GRU(4, trainable=False), layers.Dense(2)],
}


def trained(model, y, batches=8, **fit):
    x = numbers(ROWS * batches, STEPS, FEATURES)
    history = model.fit(x, y, batch_size=ROWS, verbose=0, shuffle=True, **fit).history
    evaluated = model.evaluate(x, y, batch_size=ROWS, verbose=0)
    predictions = [model.predict(x[:4], verbose=0) for _ in range(5)]
    return model.get_weights(), history, evaluated, predictions


def both(monkeypatch, build, y, **fit):
    """What training gives with recordings and without."""
    model = build()
    replayed = trained(model, y, **fit)
    recordings = recordings_of(model)
    monkeypatch.setattr(Recordings, "due", lambda *_: False)
    plain_model = build()
    plain = trained(plain_model, y, **fit)
    assert not recordings_of(plain_model)
    return replayed, plain, recordings


def assert_same_bits(replayed, plain):
    for one, other in zip(replayed[0], plain[0], strict=True):
        np.testing.assert_array_equal(one, other)
    assert replayed[1] == plain[1]
    assert replayed[2] == plain[2]
    for one, other in zip(replayed[3], plain[3], strict=True):
        np.testing.assert_array_equal(one, other)
        np.testing.assert_array_equal(one, plain[3][0])


@pytest.mark.parametrize("stack", STACKS)
def test_replayed_steps_equal_plain_ones(stack, monkeypatch):
    shape = make(STACKS[stack]).output_shape[1:]
    y = numbers(ROWS * 8, *shape, seed=1)
    replayed, plain, recordings = both(monkeypatch, lambda: make(STACKS[stack]), y, epochs=3)
    assert len(recordings) == 3  # training, evaluation, prediction
    assert_same_bits(replayed, plain)


@pytest.mark.parametrize(
    ("loss", "activation", "recorded_steps"),
    [
        ("mse", None, 3),
        ("huber", "tanh", 3),
        ("binary_crossentropy", "sigmoid", 3),
        ("binary_crossentropy", "relu", 3),
        ("categorical_crossentropy", "softmax", 3),
        ("sparse_categorical_crossentropy", "softmax", 3),
        ("kl_divergence", "softmax", 3),
        ("hinge", "tanh", 1),  # reads its targets in NumPy
        ("binary_focal_crossentropy", "sigmoid", 1),
        ("categorical_focal_crossentropy", "softmax", 1),
        (lambda y, p: (((p - y) ** 2).mean(axis=-1), 2 * (p - y) / p.shape[-1]), None, 1),
    ],
)
@pytest.mark.parametrize("factor", [None, 0.25])
def test_losses(loss, activation, recorded_steps, factor, monkeypatch):
    def build():
        sh.utils.set_random_seed(5)
        stack = [layers.GRU(4), layers.Dense(3, activation=activation)]
        model = sh.Sequential([layers.Input((STEPS, FEATURES)), *stack])
        model.compile("rmsprop", loss, loss_weights=factor)
        return model

    labels = np.random.default_rng(2).integers(0, 3, ROWS * 8)
    y = labels if str(loss).startswith("sparse") else np.eye(3, dtype=np.float32)[labels]
    replayed, plain, recordings = both(monkeypatch, build, y, epochs=3)
    assert len(recordings) == recorded_steps
    assert_same_bits(replayed, plain)


@pytest.mark.parametrize("optimizer", ["sgd", "nadam", "clipped", "accumulated", "averaged"])
def test_optimizers_stay_outside(optimizer, monkeypatch):
    made = {
        "clipped": lambda: sh.optimizers.Adam(global_clipnorm=0.1, weight_decay=0.01),
        "accumulated": lambda: sh.optimizers.SGD(0.1, gradient_accumulation_steps=2),
        "averaged": lambda: sh.optimizers.Adam(
            sh.optimizers.schedules.ExponentialDecay(0.1, 3, 0.5), use_ema=True
        ),
    }.get(optimizer, lambda: optimizer)
    y = numbers(ROWS * 8, 2, seed=1)
    replayed, plain, _ = both(
        monkeypatch, lambda: make(STACKS["gru"], optimizer=made()), y, epochs=3
    )
    assert_same_bits(replayed, plain)


class Doubled(layers.Layer):
    """A user's layer, in NumPy."""

    def forward(self, x, context):
        return 2 * x

    def backward(self, dy, context):
        return 2 * dy


def twice(x):
    return 2 * x


twice.gradient = lambda x, y, dy: 2 * dy


class OwnDense(layers.Dense):
    """A user's subclass of a layer that replays."""

    def apply(self, values, context, saved):
        return super().apply(values + 1, context, saved)


@pytest.mark.parametrize(
    "stack",
    [
        lambda: [layers.GRU(4, dropout=0.3), layers.Dense(1)],
        lambda: [layers.GRU(4, recurrent_dropout=0.3), layers.Dense(1)],
        lambda: [layers.GRU(4), layers.Dropout(0.5), layers.Dense(1)],
        lambda: [layers.GRU(4, return_sequences=True), layers.BatchNormalization(), layers.GRU(1)],
        lambda: [layers.GRU(4), Doubled(), layers.Dense(1)],
        lambda: [layers.GRU(4), OwnDense(1)],
        lambda: [layers.GRU(4), layers.Dense(1, activation=twice)],
        lambda: [layers.GRU(4, activity_regularizer="l2"), layers.Dense(1)],
        lambda: [layers.Masking(), layers.GRU(4), layers.Dense(1)],
        lambda: [
            layers.Bidirectional(layers.LSTM(3), backward_layer=layers.LSTM(2, go_backwards=True))
        ],
    ],
)
def test_what_cannot_be_replayed_runs_as_it_is_written(stack, monkeypatch):
    def build():
        sh.utils.set_random_seed(5)
        model = sh.Sequential([layers.Input((STEPS, FEATURES)), *stack()])
        model.compile("adam", "mse")
        return model

    y = numbers(ROWS * 8, *build().output_shape[1:], seed=1)
    replayed, plain, recordings = both(monkeypatch, build, y, epochs=2)
    assert len(recordings) <= 2  # evaluation and prediction, of those that are random in training
    assert_same_bits(replayed, plain)


class Careless(layers.Layer):
    """Says that it replays, but writes with NumPy where the calls do not see it."""

    def replays(self, training):
        return True

    def forward(self, x, context):
        y = context.empty(x.shape)
        y[...] = 2 * x
        return y

    def backward(self, dy, context):
        dx = context.empty(dy.shape)
        dx[...] = 2 * dy
        return dx


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_recording_that_does_not_hold_is_not_kept(place, monkeypatch):
    def build():
        sh.utils.set_random_seed(5)
        stack = [layers.Dense(3), layers.Flatten(), layers.Dense(2)]
        stack.insert(place, Careless())
        model = sh.Sequential([layers.Input((STEPS, FEATURES)), *stack])
        model.compile("adam", "mse")
        return model

    monkeypatch.setattr(Careless, "__module__", "sunhwan.careless")
    y = numbers(ROWS * 8, 2, seed=1)
    replayed, plain, recordings = both(monkeypatch, build, y, epochs=2)
    assert not recordings
    assert_same_bits(replayed, plain)


def test_stateful_layers_go_on_from_their_states():
    sh.utils.set_random_seed(5)
    stack = [layers.LSTM(3, stateful=True), layers.Dense(1)]
    model = sh.Sequential([layers.Input((STEPS, FEATURES)), *stack])
    x = numbers(2, STEPS, FEATURES)
    outputs = [model.predict(x, verbose=0) for _ in range(6)]
    assert not recordings_of(model)
    assert all(np.any(one != other) for one, other in itertools.pairwise(outputs))


def test_a_batch_is_predicted_from_the_recording_too():
    x = np.random.default_rng(0).normal(size=(3, 5, 2)).astype(np.float32)
    model = sh.Sequential([layers.LSTM(4), layers.Dense(1)])
    outputs = [model.predict_on_batch(x) for _ in range(6)]
    for output in outputs[1:]:
        np.testing.assert_array_equal(output, outputs[0])
    assert outputs[4] is not outputs[5]
    np.testing.assert_array_equal(model.predict_on_batch(2 * x), model.predict(2 * x, verbose=0))
