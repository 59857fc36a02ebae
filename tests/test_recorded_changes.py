"""What is changed after a step was recorded is seen, and results are the caller's own."""

import threading

import numpy as np
import pytest
from random_arrays import numbers
from recorded_case import FEATURES, ROWS, STEPS, make, recordings_of

import sunhwan as sh
from sunhwan import layers
from sunhwan._engine import recorded


def replaying_model():
    model = make(lambda: [layers.GRU(5, return_sequences=True), layers.GRU(4), layers.Dense(2)])
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
