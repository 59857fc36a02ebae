"""Precision, recall, F scores and areas, counted pair by pair in plain Python."""

from __future__ import annotations

import numpy as np
import pytest

from sunhwan import metrics

TOLERANCE = 1e-6


def data(shape=(40,), seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 2, shape), rng.random(shape), rng.uniform(0, 2, shape[0])


def counts(targets, positive, weight):
    """True and false positives, false and true negatives."""
    table = np.zeros((2, 2))
    for target, predicted, w in zip(targets.flat, positive.flat, weight.flat, strict=True):
        table[int(predicted), int(target)] += w
    return table[1, 1], table[1, 0], table[0, 1], table[0, 0]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("thresholds", [None, 0.3, [0.2, 0.5, 0.9]])
def test_counts_precision_and_recall(weighted, thresholds):
    targets, scores, weight = data()
    given = weight if weighted else None
    weight = weight if weighted else np.ones(len(scores))
    limits = np.atleast_1d(0.5 if thresholds is None else thresholds)
    expected = np.array([counts(targets, scores > limit, weight) for limit in limits]).T
    tp, fp, fn, tn = expected
    for name, values in {
        "TruePositives": tp,
        "FalsePositives": fp,
        "FalseNegatives": fn,
        "TrueNegatives": tn,
        "Precision": tp / (tp + fp),
        "Recall": tp / (tp + fn),
    }.items():
        metric = getattr(metrics, name)(thresholds)
        for part in (slice(0, 11), slice(11, 40)):
            metric.update_state(targets[part], scores[part], None if given is None else given[part])
        result = metric.result()
        assert isinstance(result, float) == (np.ndim(thresholds) == 0)
        np.testing.assert_allclose(np.atleast_1d(result), values, rtol=TOLERANCE)


def test_one_class_and_the_best_of_each_row():
    targets, scores, weight = data((15, 4))
    spread = np.repeat(weight[:, None], 4, axis=1)
    tp, fp, fn, _ = counts(targets[:, 2], scores[:, 2] > 0.5, weight)
    assert metrics.Precision(class_id=2)(targets, scores, weight) == pytest.approx(tp / (tp + fp))
    best = np.zeros((15, 4), bool)
    for row in range(15):
        best[row, np.argsort(-scores[row])[:2]] = True
    tp, fp, fn, _ = counts(targets, best, spread)
    assert metrics.Precision(top_k=2)(targets, scores, weight) == pytest.approx(tp / (tp + fp))
    assert metrics.Recall(top_k=2)(targets, scores, weight) == pytest.approx(tp / (tp + fn))


def test_nothing_positive_gives_zero():
    assert metrics.Precision()([0, 0], [0.1, 0.2]) == 0.0
    assert metrics.Recall()([0, 0], [0.9, 0.8]) == 0.0
    assert metrics.AUC().result() == 0.0


@pytest.mark.parametrize("average", [None, "micro", "macro", "weighted"])
@pytest.mark.parametrize("beta", [1.0, 2.0])
@pytest.mark.parametrize("threshold", [None, 0.5])
def test_f_scores(average, beta, threshold):
    rng = np.random.default_rng(2)
    targets = np.eye(4)[rng.integers(0, 4, 50)]
    scores, weight = rng.random((50, 4)), rng.uniform(0, 2, 50)
    if threshold is None:
        positive = scores == scores.max(axis=1, keepdims=True)
    else:
        positive = scores > threshold
    each = [counts(targets[:, c], positive[:, c], weight) for c in range(4)]
    if average == "micro":
        each = [tuple(np.sum(each, axis=0))]

    def score(tp, fp, fn):
        precision, recall = tp / (tp + fp), tp / (tp + fn)
        return (1 + beta**2) * precision * recall / (beta**2 * precision + recall)

    values = np.array([score(tp, fp, fn) for tp, fp, fn, _ in each])
    support = np.array([tp + fn for tp, _, fn, _ in each])
    expected = {
        None: values,
        "micro": values[0],
        "macro": values.mean(),
        "weighted": (values * support).sum() / support.sum(),
    }[average]
    metric = metrics.FBetaScore(average, beta, threshold)
    np.testing.assert_allclose(metric(targets, scores, weight), expected, rtol=1e-5)
    if beta == 1.0:
        f1 = metrics.F1Score(average, threshold)
        np.testing.assert_allclose(f1(targets, scores, weight), expected, rtol=1e-5)


def pairs_won(targets, scores, weight):
    """The chance that a positive scores above a negative, ties half: the exact area."""
    won = total = 0.0
    for i in np.flatnonzero(targets == 1):
        for j in np.flatnonzero(targets == 0):
            w = weight[i] * weight[j]
            total += w
            won += w * ((scores[i] > scores[j]) + 0.5 * (scores[i] == scores[j]))
    return won / total


@pytest.mark.parametrize("average", [None, "micro", "macro", "weighted"])
def test_f_score_of_steps_is_that_of_as_many_rows(average):
    rng = np.random.default_rng(5)
    targets, scores = rng.integers(0, 2, (4, 3, 2)), rng.random((4, 3, 2))
    weight = rng.random((4, 3))
    steps = metrics.F1Score(average, 0.5)(targets, scores, weight)
    rows = metrics.F1Score(average, 0.5)(
        targets.reshape(12, 2), scores.reshape(12, 2), weight.reshape(12)
    )
    np.testing.assert_allclose(steps, rows, rtol=1e-6)


@pytest.mark.parametrize("weighted", [False, True])
def test_the_area_under_the_roc_curve_is_the_share_of_pairs_won(weighted):
    targets, _, weight = data((60,), 3)
    weight = weight if weighted else np.ones(60)
    # scores between the thresholds, so that no two of one bucket differ
    scores = (np.random.default_rng(4).integers(0, 199, 60) + 0.5) / 199
    exact = pairs_won(targets, scores, weight)
    metric = metrics.AUC()
    for part in (slice(0, 7), slice(7, 60)):
        metric.update_state(targets[part], scores[part], weight[part])
    assert metric.result() == pytest.approx(exact, rel=TOLERANCE)
    lower = metrics.AUC(summation_method="minoring")(targets, scores, weight)
    upper = metrics.AUC(summation_method="majoring")(targets, scores, weight)
    assert lower <= exact <= upper
    logits = np.log(scores / (1 - scores))
    from_logits = metrics.AUC(from_logits=True)(targets, logits, weight)
    assert from_logits == pytest.approx(exact, rel=TOLERANCE)
    given = metrics.AUC(thresholds=np.arange(1, 199) / 199)(targets, scores, weight)
    assert given == pytest.approx(exact, rel=TOLERANCE)


@pytest.mark.parametrize("thresholds", [1, 2, 9, 200])
@pytest.mark.parametrize("value", [0.0, 0.35, 0.7, 1.0])
def test_the_best_of_one_measure_where_another_is_good_enough(value, thresholds):
    targets, scores, weight = data((60,), 6)
    scores[:4] = 0.0, 1.0, 0.5, 0.25
    limits = np.linspace(0, 1, thresholds) if thresholds > 1 else [0.5]
    table = []
    for limit in limits:
        tp, fp, fn, tn = counts(targets, scores > limit, weight)
        table.append([tp / (tp + fp) if tp else 0.0, tp / (tp + fn), tn / (tn + fp)])
    precision, recall, specificity = np.array(table).T
    for make, reached, wanted in (
        (metrics.PrecisionAtRecall, recall, precision),
        (metrics.RecallAtPrecision, precision, recall),
        (metrics.SensitivityAtSpecificity, specificity, recall),
        (metrics.SpecificityAtSensitivity, recall, specificity),
    ):
        metric = make(value, thresholds)
        for part in (slice(0, 11), slice(11, 60)):
            metric.update_state(targets[part, None], scores[part, None], weight[part])
        expected = np.max(wanted, where=reached >= value - 1e-12, initial=0.0)
        assert metric.result() == pytest.approx(expected, rel=TOLERANCE)
        again = metrics.deserialize(metrics.serialize(metric))
        assert again.get_config() == metric.get_config()
        columns = np.stack([targets, 1 - targets], -1), np.stack([scores, 1 - scores], -1)
        one = make(value, thresholds, class_id=0)(*columns, weight)
        assert one == pytest.approx(expected, rel=TOLERANCE)


def test_nan_gives_nan_unless_it_does_not_count():
    targets, scores, weight = data((20,), 7)
    weight[3] = 0.0
    for make in (
        metrics.AUC,
        lambda: metrics.AUC(curve="PR"),
        lambda: metrics.RecallAtPrecision(0.1),
        lambda: metrics.SpecificityAtSensitivity(0.1),
    ):
        expected = make()(targets, scores, weight)
        for place, value in ((3, expected), (4, np.nan)):
            broken = scores.copy()
            broken[place] = np.nan
            np.testing.assert_equal(make()(targets, broken, weight), value)


def test_areas_of_extremes():
    targets = np.array([0, 0, 1, 1])
    for curve in ("ROC", "PR"):
        assert metrics.AUC(curve=curve)(targets, [0.1, 0.2, 0.8, 0.9]) == pytest.approx(1.0)
    assert metrics.AUC()(targets, [0.9, 0.8, 0.2, 0.1]) == pytest.approx(0.0)
    assert metrics.AUC()(targets, [0.5] * 4) == pytest.approx(0.5)


def test_the_area_of_each_label():
    targets, scores, weight = data((50, 3), 5)
    areas = [metrics.AUC()(targets[:, c], scores[:, c], weight) for c in range(3)]
    metric = metrics.AUC(multi_label=True)
    assert metric(targets, scores, weight) == pytest.approx(np.mean(areas), rel=TOLERANCE)
    weighed = metrics.AUC(multi_label=True, label_weights=[1.0, 2.0, 3.0])
    expected = np.average(areas, weights=[1, 2, 3])
    assert weighed(targets, scores, weight) == pytest.approx(expected, rel=TOLERANCE)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: metrics.Precision(1.5), r"thresholds must be in \[0, 1\], got 1.5"),
        (lambda: metrics.PrecisionAtRecall(1.5), "recall must be a number from 0 to 1, got 1.5"),
        (lambda: metrics.RecallAtPrecision(0.5, 0), "num_thresholds must be a positive integer"),
        (
            lambda: metrics.Precision(class_id=2)([[0, 1]], [[0.5, 0.5]]),
            r"has class_id=2, got predictions of \(1, 2\)",
        ),
        (lambda: metrics.PrecisionAtRecall(1, class_id=0)([0, 1], [0.5, 0.5]), "has class_id=0"),
        (
            lambda: metrics.SensitivityAtSpecificity(0.5)([0, 1], [0.5, 2.0]),
            r"needs predictions in \[0, 1\], got 0.5 to 2.0",
        ),
        (lambda: metrics.AUC(curve="XY"), "curve must be 'ROC' or 'PR', got 'XY'"),
        (lambda: metrics.AUC(summation_method="x"), "summation_method must be one of"),
        (lambda: metrics.AUC(num_thresholds=1), "num_thresholds must be an integer from 2"),
        (lambda: metrics.AUC()([0, 1], [-1.0, 2.0]), r"predictions in \[0, 1\], got -1.0 to 2.0"),
        (lambda: metrics.F1Score("mean"), "average must be one of"),
        (lambda: metrics.FBetaScore(beta=0.0), "beta must be positive, got 0.0"),
        (lambda: metrics.F1Score()([1, 0], [1, 0]), r"needs shape \(rows, classes\)"),
        (lambda: metrics.Recall()([0, 1], [0.1, 0.2, 0.3]), "of one shape, got"),
    ],
)
def test_bad_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()
