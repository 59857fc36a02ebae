"""Means, sums, losses as metrics, R2, functions; and what names mean."""

from __future__ import annotations

import re

import numpy as np
import pytest

from sunhwan import losses, metrics, utils
from sunhwan.metrics.resolve import resolve

TOLERANCE = 1e-6


def data(shape=(17, 3), seed=0):
    rng = np.random.default_rng(seed)
    return (*rng.normal(size=(2, *shape)).astype(np.float32), rng.uniform(0, 2, shape[0]))


def test_mean_and_sum():
    values, _, weight = data((9, 4))
    rows = values.astype(np.float64).mean(axis=1)
    assert metrics.Mean()(values) == pytest.approx(rows.mean(), rel=TOLERANCE)
    expected = (rows * weight).sum() / weight.sum()
    assert metrics.Mean()(values, weight) == pytest.approx(expected, rel=TOLERANCE)
    assert metrics.Sum()(values, weight) == pytest.approx(
        (values * weight[:, None]).sum(), rel=1e-5
    )
    assert metrics.Mean()(3.0) == 3.0
    assert metrics.Mean().result() == 0.0


@pytest.mark.parametrize("steps", [False, True])
@pytest.mark.parametrize(
    ("name", "loss"),
    [
        ("MeanSquaredError", losses.mean_squared_error),
        ("MeanAbsoluteError", losses.mean_absolute_error),
        ("MeanAbsolutePercentageError", losses.mean_absolute_percentage_error),
        ("LogCoshError", losses.log_cosh),
        ("Hinge", losses.hinge),
        ("CosineSimilarity", lambda y, p: -losses.cosine_similarity(y, p)),
    ],
)
def test_losses_as_metrics_are_weighted_means_of_rows(name, loss, steps):
    y_true, y_pred, weight = data((17, 5, 3) if steps else (17, 3))
    values = loss(y_true, y_pred).reshape(17, -1).mean(axis=1)
    metric = getattr(metrics, name)()
    for part in (slice(0, 4), slice(4, 17)):
        metric.update_state(y_true[part], y_pred[part], weight[part])
    expected = (values * weight).sum() / weight.sum()
    assert metric.result() == pytest.approx(expected, rel=1e-5)


def test_crossentropies():
    rng = np.random.default_rng(1)
    labels, scores = rng.integers(0, 4, 12), rng.normal(size=(12, 4)).astype(np.float32)
    chances = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    expected = -np.log(chances[np.arange(12), labels]).mean()
    hot = np.eye(4)[labels]
    for result in (
        metrics.SparseCategoricalCrossentropy()(labels, chances),
        metrics.SparseCategoricalCrossentropy(from_logits=True)(labels, scores),
        metrics.CategoricalCrossentropy()(hot, chances),
        metrics.CategoricalCrossentropy(from_logits=True)(hot, scores),
    ):
        assert result == pytest.approx(expected, rel=1e-5)
    binary = metrics.BinaryCrossentropy(from_logits=True, label_smoothing=0.2)(hot, scores)
    plain = losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.2)(hot, scores)
    assert binary == pytest.approx(plain, rel=1e-5)


def test_root_mean_squared_error_takes_the_root_last():
    y_true, y_pred, weight = data()
    squares = ((y_true - y_pred).astype(np.float64) ** 2).mean(axis=1)
    expected = np.sqrt((squares * weight).sum() / weight.sum())
    metric = metrics.RootMeanSquaredError()
    for part in (slice(0, 4), slice(4, 17)):
        metric.update_state(y_true[part], y_pred[part], weight[part])
    assert metric.result() == pytest.approx(expected, rel=TOLERANCE)


@pytest.mark.parametrize("aggregation", ["uniform_average", "variance_weighted_average", None])
@pytest.mark.parametrize("regressors", [0, 4])
def test_r2_score(aggregation, regressors):
    y_true, y_pred, weight = data((30, 3))
    t, p, w = y_true.astype(np.float64), y_pred.astype(np.float64), weight[:, None]
    residual = (w * (t - p) ** 2).sum(0)
    total = (w * (t - (w * t).sum(0) / w.sum()) ** 2).sum(0)
    scores = 1 - residual / total
    expected = {
        "uniform_average": scores.mean(),
        "variance_weighted_average": (scores * total).sum() / total.sum(),
        None: scores,
    }[aggregation]
    if regressors:
        numbers = y_true.size  # Keras counts numbers, not rows
        expected = 1 - (1 - expected) * (numbers - 1) / (numbers - regressors - 1)
    metric = metrics.R2Score(aggregation, regressors)
    for part in (slice(0, 11), slice(11, 30)):
        metric.update_state(y_true[part], y_pred[part], weight[part])
    np.testing.assert_allclose(metric.result(), expected, rtol=1e-6)


def test_any_function_is_a_metric():
    def worst(y_true, y_pred):
        return np.abs(y_true - y_pred).max(axis=-1)

    y_true, y_pred, weight = data()
    values = np.abs(y_true - y_pred).max(axis=1)
    metric = resolve([worst], (None, 3), (None, 3))[0]
    assert metric.name == "worst"
    expected = (values * weight).sum() / weight.sum()
    assert metric(y_true, y_pred, weight) == pytest.approx(expected, rel=TOLERANCE)
    one = metrics.MeanMetricWrapper(lambda y, p: 2.0, name="two")
    assert (one(y_true, y_pred), one.name) == (2.0, "two")


@pytest.mark.parametrize(
    ("wanted", "target_shape", "output_shape", "kind", "name"),
    [
        ("accuracy", (None, 1), (None, 1), "BinaryAccuracy", "accuracy"),
        ("acc", (None,), (None, 1), "BinaryAccuracy", "acc"),
        ("Accuracy", (None,), (None, 4), "SparseCategoricalAccuracy", "Accuracy"),
        ("acc", (None, 1), (None, 4), "SparseCategoricalAccuracy", "acc"),
        ("acc", (None, 6), (None, 6, 4), "SparseCategoricalAccuracy", "acc"),
        ("accuracy", (None, 4), (None, 4), "CategoricalAccuracy", "accuracy"),
        ("crossentropy", (None, 1), (None, 1), "BinaryCrossentropy", "crossentropy"),
        ("ce", (None,), (None, 4), "SparseCategoricalCrossentropy", "ce"),
        ("crossentropy", (None, 4), (None, 4), "CategoricalCrossentropy", "crossentropy"),
        ("mse", (None, 1), (None, 1), "MeanSquaredError", "mse"),
        ("AUC", (None, 1), (None, 1), "AUC", "AUC"),
        ("log_cosh_error", (None, 1), (None, 1), "LogCoshError", "log_cosh_error"),
        (metrics.Precision(name="p"), (None, 1), (None, 1), "Precision", "p"),
        (metrics.F1Score, (None, 4), (None, 4), "F1Score", "f1_score"),
        (losses.huber, (None, 1), (None, 1), "MeanMetricWrapper", "huber"),
        (losses.Huber(2.0), (None, 1), (None, 1), "LossMetric", "huber_loss"),
        (metrics.binary_accuracy, (None, 1), (None, 1), "MeanMetricWrapper", "binary_accuracy"),
    ],
)
def test_what_compile_is_given(wanted, target_shape, output_shape, kind, name):
    metric = resolve([wanted], target_shape, output_shape)[0]
    assert type(metric).__name__ == kind
    assert metric.name == name


def test_equal_names_are_numbered_and_unknown_ones_refused():
    found = resolve(["mse", "mse", metrics.AUC(name="mse")], (None, 1), (None, 1))
    assert [metric.name for metric in found] == ["mse", "mse_1", "mse_2"]
    with pytest.raises(ValueError, match="unknown metric 'accurcy': did you mean 'accuracy'"):
        resolve(["accurcy"], (None, 1), (None, 1))


def test_a_loss_function_as_a_metric_is_its_value():
    y_true, y_pred, _ = data()
    for function in (losses.cosine_similarity, losses.huber, losses.mean_squared_error):
        metric = resolve([function], (None, 3), (None, 3))[0]
        expected = function(y_true, y_pred).mean()
        assert metric(y_true, y_pred) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("name", metrics.__all__)
def test_configs_round_trip(name):
    cls = getattr(metrics, name)
    if not isinstance(cls, type) or name in ("Metric", "MeanMetricWrapper"):
        return
    metric = cls(0.5, name="mine") if "At" in name else cls(name="mine")
    again = metrics.deserialize(metrics.serialize(metric))
    assert type(again) is cls
    assert again.get_config() == metric.get_config()
    assert again.name == "mine"


def test_the_mean_of_a_function_comes_back_from_its_config():
    def gap(y_true, y_pred):
        return np.abs(y_true - y_pred)

    for function in (gap, losses.mean_squared_error):
        metric = metrics.MeanMetricWrapper(function)
        with utils.custom_object_scope({"gap": gap}):
            again = metrics.MeanMetricWrapper.from_config(metric.get_config())
        assert again.fn is function


@pytest.mark.parametrize("shape", [(7,), (7, 3)])
def test_a_function_gives_a_number_for_each_row_or_one(shape):
    y_true, y_pred, _ = data(shape)
    gaps = np.abs(y_true - y_pred)
    for how in (lambda x: x, np.mean, lambda x: x.mean(keepdims=True), lambda x: x.reshape(7, -1)):
        metric = metrics.MeanMetricWrapper(lambda y, p, how=how: how(np.abs(y - p)), name="gap")
        assert metric(y_true, y_pred) == pytest.approx(gaps.mean(), rel=TOLERANCE)
    for how in (lambda x: x[:4], lambda x: np.zeros(8), lambda x: x.T[:2][..., :3]):
        metric = metrics.MeanMetricWrapper(lambda y, p, how=how: how(np.abs(y - p)), name="gap")
        got = re.escape(str(how(gaps).shape))
        with pytest.raises(ValueError, match=rf"'gap' must .*: shape \(7,\) or .*, got {got}$"):
            metric(y_true, y_pred)


def test_what_a_function_gives_that_is_no_number():
    for result, message in ((None, "got None: does it return"), ("a", "what metric 'gap' gives")):
        metric = metrics.MeanMetricWrapper(lambda y, p, result=result: result, name="gap")
        with pytest.raises(ValueError, match=message):
            metric(*data()[:2])


@pytest.mark.parametrize("form", ["precision_at_recall", metrics.PrecisionAtRecall])
def test_a_metric_that_needs_an_argument_says_so(form):
    message = r"needs recall, .* pass PrecisionAtRecall\(recall=\.\.\.\)$"
    with pytest.raises(ValueError, match=f"^metric '{getattr(form, '__name__', form)}' {message}"):
        resolve([form], (None, 1), (None, 1))
    with pytest.raises(ValueError, match="needs specificity"):
        metrics.get("SensitivityAtSpecificity")
