"""Losses of each step: masks, weights of rows, of steps and of classes, padded and ragged."""

import numpy as np
import pytest
from reference.check import assert_close

import sunhwan as sh
from sunhwan import layers
from sunhwan._engine import layout

ROWS, STEPS, KINDS = 9, 7, 4


@pytest.fixture(params=[8 << 20, 500])
def slices(request, monkeypatch):
    monkeypatch.setattr(layout, "SLICE_BYTES", request.param)
    monkeypatch.setattr(layout, "WANTED_SLICE_BYTES", request.param)


def tagger(mask_zero=True, kinds=KINDS):
    sh.utils.set_random_seed(4)
    end = layers.Dense(kinds, activation="softmax" if kinds > 1 else "sigmoid")
    gru = layers.GRU(5, return_sequences=True)
    return sh.Sequential([layers.Embedding(11, 3, mask_zero=mask_zero), gru, end])


def words(seed=0):
    rng = np.random.default_rng(seed)
    x = rng.integers(1, 11, (ROWS, STEPS))
    x[np.arange(STEPS) < rng.integers(0, STEPS, ROWS)[:, None]] = 0
    x[4, 5] = 0
    return x, rng.integers(0, KINDS, (ROWS, STEPS)), rng.uniform(0, 2, (ROWS, STEPS))


def expected(predicted, labels, weights, mask):
    """Keras's mean: over the steps that are not masked, each with its weight."""
    chosen = np.take_along_axis(predicted, labels[..., None], -1)[..., 0]
    return (-np.log(chosen) * weights * mask).sum() / mask.sum()


@pytest.mark.parametrize("mask_zero", [False, True])
@pytest.mark.parametrize("kind", ["none", "rows", "steps"])
def test_sample_weights(slices, mask_zero, kind):
    model = tagger(mask_zero)
    model.compile("sgd", "sparse_categorical_crossentropy", weighted_metrics=["accuracy"])
    x, labels, steps = words()
    weights = {"none": np.ones_like(steps), "rows": np.tile(steps[:, :1], STEPS), "steps": steps}
    given = {"none": None, "rows": steps[:, 0], "steps": steps}[kind]
    mask = (x != 0) if mask_zero else np.ones_like(x)
    predicted = model.predict(x, verbose=0)
    loss, accuracy = model.evaluate(x, labels, sample_weight=given, batch_size=ROWS, verbose=0)
    assert_close(np.array(loss), expected(predicted, labels, weights[kind], mask), 1e-5)
    right = (predicted.argmax(-1) == labels) * weights[kind] * mask
    assert_close(np.array(accuracy), right.sum() / (weights[kind] * mask).sum(), 1e-5)


@pytest.mark.parametrize("mask_zero", [False, True])
def test_class_weights_of_steps(slices, mask_zero):
    x, labels, _ = words()
    factors = {0: 0.5, 2: 3.0}
    weights = np.vectorize(lambda label: factors.get(label, 1.0))(labels)
    results = []
    for how in ({"class_weight": factors}, {"sample_weight": weights}):
        model = tagger(mask_zero)
        model.compile("sgd", "sparse_categorical_crossentropy")
        results.append((model.train_on_batch(x, labels, **how), model.get_weights()))
    assert results[0][0] == results[1][0]
    for one, other in zip(results[0][1], results[1][1], strict=True):
        np.testing.assert_array_equal(one, other)
    model = tagger(mask_zero)
    model.compile("sgd", "categorical_crossentropy")
    given = model.train_on_batch(x, np.eye(KINDS)[labels], class_weight=factors)
    assert_close(np.array(given), np.array(results[0][0]), 1e-6)


def test_class_weights_of_two_classes():
    x, labels, _ = words()
    model = tagger(kinds=1)
    model.compile("sgd", "binary_crossentropy")
    y = (labels > 1).astype(float)[..., None]
    predicted = model.predict(x, verbose=0)
    losses = -np.log(np.where(y > 0, predicted, 1 - predicted))[..., 0]
    mask, weights = x != 0, np.where(labels > 1, 2.0, 0.5)
    loss = model.train_on_batch(x, y, class_weight={0: 0.5, 1: 2.0})
    assert_close(np.array(loss), (losses * weights * mask).sum() / mask.sum(), 1e-5)


@pytest.mark.parametrize("mask_zero", [False, True])
@pytest.mark.parametrize("kind", ["rows", "steps", "classes"])
def test_ragged_rows(slices, mask_zero, kind):
    """The same as the padded rows whose padding weighs nothing."""
    x, labels, steps = words()
    lengths = [3, 7, 1, 5, 2, 7, 4, 6, 2]
    rows = [x[n, :length] for n, length in enumerate(lengths)]
    y = [labels[n, :length] for n, length in enumerate(lengths)]
    padding = np.arange(STEPS) < np.array(lengths)[:, None]
    mask = padding & (x != 0) if mask_zero else padding
    factors = {1: 2.5}
    weights = {"rows": np.tile(steps[:, :1], STEPS), "steps": steps}.get(
        kind, np.where(labels == 1, 2.5, 1.0)
    )
    how = {
        "rows": {"sample_weight": steps[:, 0]},
        "steps": {"sample_weight": [steps[n, :length] for n, length in enumerate(lengths)]},
        "classes": {"class_weight": factors},
    }[kind]
    model = tagger(mask_zero)
    model.compile("sgd", "sparse_categorical_crossentropy", weighted_metrics=["accuracy"])
    predicted = np.zeros((ROWS, STEPS, KINDS), np.float32) + 0.25
    for n, row in enumerate(model.predict(rows, verbose=0)):
        predicted[n, : len(row)] = row
    loss, accuracy = model.train_on_batch(rows, y, **how)
    assert_close(np.array(loss), expected(predicted, labels, weights, mask), 1e-5)
    right = (predicted.argmax(-1) == labels) * weights * mask
    assert_close(np.array(accuracy), right.sum() / (weights * mask).sum(), 1e-5)


def test_weights_of_a_wrong_length():
    x, labels, _ = words()
    model = tagger()
    model.compile("sgd", "sparse_categorical_crossentropy")
    with pytest.raises(ValueError, match="sample_weight must have one weight a row"):
        model.train_on_batch(x, labels, sample_weight=np.ones((ROWS, STEPS - 1)))
    rows, y = [x[0, :3], x[1, :5]], [labels[0, :3], labels[1, :5]]
    with pytest.raises(ValueError, match="row 1 has 5 steps, its weights have shape"):
        model.train_on_batch(rows, y, sample_weight=[np.ones(3), np.ones(4)])
