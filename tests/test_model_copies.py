"""Copies of models, models that share layers, and models that change after training."""

from __future__ import annotations

import copy
import pickle
import threading

import numpy as np
import pytest

import sunhwan as sh
from sunhwan import layers


def compiled(*added, optimizer="adam"):
    model = sh.Sequential([layers.Input((5, 2)), *added])
    model.compile(optimizer, "mse")
    return model


@pytest.fixture
def data():
    rng = np.random.default_rng(7)
    return rng.normal(size=(17, 5, 2)), rng.normal(size=(17, 1))


def fit(model, data):
    model.fit(*data, batch_size=7, verbose=0)


def same_weights(one, other):
    pairs = zip(one.get_weights(), other.get_weights(), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


@pytest.mark.parametrize("make", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_copy_trains_on_with_the_same_bits(data, make):
    model = compiled(layers.LSTM(3, dropout=0.2), layers.Activation("softmax"), layers.Dense(1))
    fit(model, data)
    other = make(model)
    before = other.get_weights()
    assert same_weights(model, other)
    fit(model, data)
    assert not same_weights(model, other)  # a copy is apart
    fit(other, data)
    assert same_weights(model, other)
    assert not any(np.array_equal(a, b) for a, b in zip(before, other.get_weights(), strict=True))


def test_excluded_from_weight_decay_in_a_copy(data):
    model = compiled(layers.Dense(1), layers.Flatten(), layers.Dense(1))
    model.compile(sh.optimizers.SGD(0.1, weight_decay=0.5), "mse")
    model.optimizer.exclude_from_weight_decay([model.layers[0].weights[0]])
    other = pickle.loads(pickle.dumps(model))
    fit(model, data)
    fit(other, data)
    assert same_weights(model, other)


def test_models_that_share_a_layer_train_it_in_turn(data):
    encoder = layers.GRU(3)
    first, second = compiled(encoder, layers.Dense(1)), compiled(encoder, layers.Dense(1))
    for model in (first, second, first):
        before = encoder.get_weights()
        fit(model, data)
        assert not any(
            np.array_equal(a, b) for a, b in zip(before, encoder.get_weights(), strict=True)
        )


def test_a_model_trains_on_after_its_layers_were_asked_by_another(data):
    model = compiled(layers.LSTM(3), layers.Dense(1))
    fit(model, data)
    sh.Sequential(model.layers[:-1]).predict(data[0], verbose=0)
    before = model.get_weights()
    fit(model, data)
    assert not any(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_threads_share_a_fresh_model(data):
    x, _ = data
    model = compiled(layers.LSTM(31, return_sequences=True), layers.LSTM(17), layers.Dense(1))
    expected = copy.deepcopy(model).predict(x, verbose=0)
    found = []
    barrier = threading.Barrier(4)

    def ask():
        barrier.wait()
        found.extend(model.predict_on_batch(x) for _ in range(50))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 200
    assert all(np.array_equal(one, expected) for one in found)


def test_added_layer_needs_a_new_optimizer(data):
    model = compiled(layers.LSTM(3), layers.Dense(1))
    fit(model, data)
    model.add(layers.Dense(1, name="added"))
    with pytest.raises(ValueError, match=r"optimizer 'adam.*' keeps state .* 'added/kernel'"):
        fit(model, data)
    model.compile("adam", "mse")
    fit(model, data)


def test_removed_layer_needs_no_new_optimizer(data):
    model = compiled(
        layers.LSTM(3), layers.Dense(1), layers.Dense(1), optimizer=sh.optimizers.Adam(use_ema=True)
    )
    fit(model, data)
    before = model.pop() and model.get_weights()
    fit(model, data)
    assert not any(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_an_optimizer_belongs_to_one_model(data):
    first = compiled(layers.LSTM(3), layers.Dense(1))
    fit(first, data)
    other = compiled(layers.GRU(3), layers.Dense(1), optimizer=first.optimizer)
    with pytest.raises(ValueError, match="compile the model with a new optimizer"):
        fit(other, data)
