"""Accuracies, counted row by row in plain Python."""

from __future__ import annotations

import numpy as np
import pytest

from sunhwan import metrics

TOLERANCE = 1e-6
ROWS, CLASSES = 23, 7


def data(steps=0, seed=0):
    rng = np.random.default_rng(seed)
    shape = (ROWS, steps) if steps else (ROWS,)
    labels = rng.integers(0, CLASSES, shape)
    return labels, rng.random((*shape, CLASSES)).astype(np.float32), rng.uniform(0, 2, ROWS)


def mean(values, weight):
    """Each row is the mean of its steps, the rows' mean is weighted."""
    rows = values.reshape(ROWS, -1).mean(axis=1)
    return (rows * weight).sum() / weight.sum()


@pytest.mark.parametrize("steps", [0, 5])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("k", [1, 3, 7])
def test_classes(steps, weighted, k):
    labels, scores, weight = data(steps)
    weight = weight if weighted else np.ones(ROWS)
    given = weight if weighted else None
    flat = scores.reshape(-1, CLASSES)
    hits = [label in np.argsort(-row)[:k] for label, row in zip(labels.flat, flat, strict=True)]
    expected = mean(np.array(hits, float), weight)
    hot = np.eye(CLASSES)[labels]
    results = [
        metrics.SparseTopKCategoricalAccuracy(k)(labels, scores, given),
        metrics.SparseTopKCategoricalAccuracy(k)(labels[..., None], scores, given),
        metrics.TopKCategoricalAccuracy(k)(hot, scores, given),
    ]
    if k == 1:
        results += [
            metrics.SparseCategoricalAccuracy()(labels, scores, given),
            metrics.SparseCategoricalAccuracy()(labels[..., None], scores, given),
            metrics.CategoricalAccuracy()(hot, scores, given),
        ]
    np.testing.assert_allclose(results, expected, rtol=TOLERANCE)


@pytest.mark.parametrize("columns", [1, 4])
@pytest.mark.parametrize("threshold", [0.5, 0.2])
def test_binary(columns, threshold):
    rng = np.random.default_rng(1)
    targets, scores = rng.integers(0, 2, (ROWS, columns)), rng.random((ROWS, columns))
    scores[0] = threshold  # not above it
    right = [
        (score > threshold) == bool(target)
        for target, score in zip(targets.flat, scores.flat, strict=True)
    ]
    metric = metrics.BinaryAccuracy(threshold=threshold)
    assert metric(targets, scores) == pytest.approx(np.mean(right), rel=TOLERANCE)
    if columns == 1:
        metric.reset_state()
        assert metric(targets[:, 0], scores) == pytest.approx(np.mean(right), rel=TOLERANCE)
    values = metrics.binary_accuracy(targets, scores, threshold)
    np.testing.assert_allclose(values, np.reshape(right, targets.shape).mean(axis=1))


def test_equal_numbers():
    assert metrics.Accuracy()([[1], [2], [3]], [[1], [0], [3]], [1.0, 2.0, 1.0]) == 0.5


@pytest.mark.parametrize(
    "metric",
    [
        metrics.SparseCategoricalAccuracy(),
        metrics.SparseTopKCategoricalAccuracy(2),
    ],
)
def test_batches_add_up_and_reset_forgets(metric):
    labels, scores, weight = data()
    whole = type(metric)(**metric.get_config())(labels, scores, weight)
    for part in (slice(0, 1), slice(1, 9), slice(9, ROWS)):
        result = metric(labels[part], scores[part], weight[part])
    assert result == pytest.approx(whole, rel=TOLERANCE)
    metric.reset_state()
    assert metric.result() == 0.0
    assert metric(labels[:1], scores[:1]) in (0.0, 1.0)


def test_ties_go_to_the_first_and_not_finite_scores_miss():
    assert metrics.CategoricalAccuracy()([[0, 1], [1, 0]], [[0.5, 0.5], [0.5, 0.5]]) == 0.5
    tied = np.full((1, 4), 0.25)
    assert metrics.SparseTopKCategoricalAccuracy(1)([3], tied) == 1.0
    assert metrics.SparseTopKCategoricalAccuracy(3)([0], [[np.nan, 0.0, 0.0]]) == 0.0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: metrics.Accuracy()([1, 2], [1, 2, 3]), "of one shape, got"),
        (lambda: metrics.CategoricalAccuracy()([1, 2], np.ones((2, 3))), "of one shape, got"),
        (lambda: metrics.SparseCategoricalAccuracy()(np.ones((2, 3)), np.ones((2, 3))), "needs"),
        (lambda: metrics.TopKCategoricalAccuracy(0), "k must be a positive integer, got 0"),
        (lambda: metrics.BinaryAccuracy(threshold=2.0), r"threshold must be in \[0, 1\], got 2"),
        (lambda: metrics.Accuracy()([1, 2], [1, 2], [1, 2, 3]), "sample_weight must fit"),
    ],
)
def test_bad_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()
