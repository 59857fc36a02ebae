"""A step that is replayed must be the step that it was recorded from, to the bit."""

import itertools
import threading

import numpy as np
import pytest

import sunhwan as sh
from sunhwan import layers
from sunhwan._engine import recorded
from sunhwan._engine.recorded import Recorded, Recordings

ROWS, STEPS, FEATURES = 7, 9, 3


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def recordings_of(model):
    return [r for r in model.stepper()._recorder._known.values() if type(r) is Recorded]


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
    "dense": lambda: [
        layers.Flatten(),
        layers.Dense(6, activation="tanh"),
        layers.Reshape((3, 2)),
        layers.LSTM(3),
        layers.Dense(2),
    ],
    "penalties": lambda: [
        layers.GRU(4, kernel_regularizer="l2", recurrent_constraint="max_norm"),
        layers.Dense(2, bias_regularizer="l1"),
    ],
    "frozen": lambda: [layers.GRU(4, trainable=False), layers.Dense(2)],
}


def make(stack, seed=3, **compiled):
    sh.utils.set_random_seed(seed)
    model = sh.Sequential([layers.Input((STEPS, FEATURES)), *STACKS[stack]()])
    arguments = {"optimizer": "adam", "loss": "mse", "metrics": ["mae"]}
    model.compile(**{**arguments, **compiled})
    return model


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
    shape = make(stack).output_shape[1:]
    y = numbers(ROWS * 8, *shape, seed=1)
    replayed, plain, recordings = both(monkeypatch, lambda: make(stack), y, epochs=3)
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
    replayed, plain, _ = both(monkeypatch, lambda: make("gru", optimizer=made()), y, epochs=3)
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


def replaying_model():
    model = make("gru")
    x, y = numbers(ROWS, STEPS, FEATURES), numbers(ROWS, 2, seed=1)
    for _ in range(5):
        model.train_on_batch(x, y)
        model.predict(x, verbose=0)
    assert len(recordings_of(model)) == 2
    return model, x, y


def plain_outputs(model, x):
    """What the layers give one by one, without a model's machinery."""
    for layer in model.layers:
        x = layer(x)
    return x


def test_new_weights_are_seen():
    model, x, _ = replaying_model()
    model.set_weights([2 * weight for weight in model.get_weights()])
    np.testing.assert_array_equal(model.predict(x, verbose=0), plain_outputs(model, x))
    model.layers[0].set_weights([0 * weight for weight in model.layers[0].get_weights()])
    np.testing.assert_array_equal(model.predict(x, verbose=0), plain_outputs(model, x))


def test_weights_that_another_model_took_are_seen():
    model, x, y = replaying_model()
    other = sh.Sequential([layers.Input((STEPS, FEATURES)), *model.layers])
    other.compile("sgd", "mse")
    other.train_on_batch(x, y)
    np.testing.assert_array_equal(model.predict(x, verbose=0), plain_outputs(model, x))
    np.testing.assert_array_equal(other.predict(x, verbose=0), plain_outputs(model, x))


def test_freezing_is_seen():
    model, x, y = replaying_model()
    model.layers[0].trainable = False
    before = [weight.copy() for weight in model.get_weights()]
    for _ in range(5):
        model.train_on_batch(x, y)
    after = model.get_weights()
    frozen = len(model.layers[0].weights)
    for number, (one, other) in enumerate(zip(before, after, strict=True)):
        assert np.array_equal(one, other) == (number < frozen)


def test_attributes_and_compiling_are_seen():
    model, x, y = replaying_model()
    model.layers[1].activation = sh.activations.get("relu")
    np.testing.assert_array_equal(model.predict(x, verbose=0), plain_outputs(model, x))
    model.compile("adam", "mae", metrics=["mae"])
    for _ in range(5):
        loss, error = model.test_on_batch(x, y)
        assert loss == pytest.approx(error, rel=1e-6)
    model.add(layers.Dense(1))
    assert model.predict(x, verbose=0).shape == (ROWS, 1)


def test_wrong_inputs_raise_what_they_did():
    model, x, _ = replaying_model()
    bad = x.copy()
    bad[1, 2, 0] = np.nan
    with pytest.raises(ValueError, match="must be finite, got nan at"):
        model.predict(bad, verbose=0)
    with pytest.raises(ValueError, match="must be finite, got inf"):
        model.predict(np.full(x.shape, 1e39), verbose=0)
    with pytest.raises(ValueError, match="must hold numbers"):
        model.predict(bad.astype(str), verbose=0)
    expected = model.predict(x.copy(), verbose=0)
    for same in (x.astype(np.float64), np.asfortranarray(x), x.tolist()):
        np.testing.assert_array_equal(model.predict(same, verbose=0), expected)


def test_results_are_the_callers_own():
    model, x, _ = replaying_model()
    first = model.predict(x, verbose=0)
    kept = first.copy()
    model.predict(x + 1, verbose=0)
    np.testing.assert_array_equal(first, kept)


def test_many_shapes_keep_few_recordings():
    model, _, _ = replaying_model()
    for rows in range(1, 2 * recorded.MOST_KINDS):
        x = numbers(rows, STEPS, FEATURES)
        for _ in range(recorded.REPEATS + 2):
            np.testing.assert_array_equal(model.predict(x, batch_size=99, verbose=0), model(x))
    assert len(model.stepper()._recorder._known) <= recorded.MOST_KINDS


def test_threads_may_replay_at_the_same_time():
    model, _, _ = replaying_model()
    inputs = [numbers(ROWS, STEPS, FEATURES, seed=seed) for seed in range(4)]
    expected = [plain_outputs(model, x) for x in inputs]
    wrong = []

    def ask(number):
        for _ in range(200):
            if not np.array_equal(model.predict(inputs[number], verbose=0), expected[number]):
                wrong.append(number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


VOCABULARY = 50
ID_STACKS = {
    "lstm": lambda: [layers.LSTM(8)],
    "backwards": lambda: [layers.LSTM(6, go_backwards=True)],
    "average": lambda: [
        layers.GRU(8, return_sequences=True),
        layers.GlobalAveragePooling1D(),
    ],
    "vectors": lambda: [layers.GlobalAveragePooling1D()],
    "convolution": lambda: [
        layers.Conv1D(5, 3, activation="relu"),
        layers.MaxPooling1D(2),
        layers.GlobalMaxPooling1D(),
    ],
    "normalized": lambda: [layers.LayerNormalization(), layers.SimpleRNN(4)],
    "groups": lambda: [
        layers.Dropout(0.3),
        layers.Conv1D(4, 3, groups=4),
        layers.GlobalMaxPooling1D(),
    ],
    "dense": lambda: [layers.Dense(4, activation="gelu"), layers.AveragePooling1D(2)],
    "flat": lambda: [layers.Flatten()],
    "two ways": lambda: [layers.Bidirectional(layers.LSTM(4))],
    "masked": lambda: [layers.LSTM(4)],
}


def model_of_ids(stack):
    embedding = layers.Embedding(VOCABULARY, 8, mask_zero=stack == "masked")
    last = layers.Dense(1, activation="sigmoid")
    return sh.Sequential([layers.Input((30,)), embedding, *ID_STACKS[stack](), last])


def padded_ids(rows):
    rng = np.random.default_rng(4)
    ids = rng.integers(0, VOCABULARY, (rows, 30))
    for row in range(rows):
        ids[row, : rng.integers(0, 30)] = 0
    return ids


@pytest.mark.parametrize("stack", ID_STACKS)
def test_few_ids_give_the_bits_of_many(stack):
    model, ids = model_of_ids(stack), padded_ids(100)
    together = model.predict(ids, batch_size=100, verbose=0)
    for _ in range(recorded.REPEATS + 2):
        for rows in (1, 7):
            apart = [model.predict(ids[i : i + rows], verbose=0) for i in range(0, 98, rows)]
            np.testing.assert_array_equal(np.concatenate(apart), together[:98])
    assert len(recordings_of(model)) == (0 if stack in ("two ways", "masked") else 2)


@pytest.mark.parametrize("dtype", [np.int64, np.int32, np.uint8, np.float32])
def test_ids_out_of_range_raise_what_they_did(dtype):
    model, ids = model_of_ids("lstm"), padded_ids(1)
    expected = model.predict(ids, verbose=0)
    for _ in range(recorded.REPEATS + 1):
        np.testing.assert_array_equal(model.predict(ids.astype(dtype), verbose=0), expected)
    assert recordings_of(model)
    ids[0, 5] = VOCABULARY
    with pytest.raises(ValueError, match=r"ids from 0 to 49 .* got 50"):
        model.predict(ids.astype(dtype), verbose=0)
