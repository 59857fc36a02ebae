"""Losses against the float64 reference: values, gradients, weights, reductions, slices."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference.losses import LOSSES as REFERENCE
from reference.losses import loss_value_and_gradient

from sunhwan import _core, losses, utils

COLUMNS = [1, 2, 7, 8, 9, 15, 16, 17, 31, 33]
ROWS = [1, 2, 5, 33]
# Inputs are float32, so the reference sees the same numbers; what is left is float32 arithmetic:
# a few roundings of an element, and of sums over a row.
TOLERANCE = 3e-6
CASES = {
    "mean_squared_error": [{}],
    "mean_absolute_error": [{}],
    "mean_absolute_percentage_error": [{}],
    "mean_squared_logarithmic_error": [{}],
    "huber": [{}, {"delta": 0.4}],
    "log_cosh": [{}],
    "poisson": [{}],
    "cosine_similarity": [{}],
    "binary_crossentropy": [
        {},
        {"label_smoothing": 0.2},
        {"from_logits": True},
        {"from_logits": True, "label_smoothing": 0.3},
    ],
    "categorical_crossentropy": [
        {},
        {"label_smoothing": 0.2},
        {"from_logits": True},
        {"from_logits": True, "label_smoothing": 0.3},
    ],
    "sparse_categorical_crossentropy": [{}, {"from_logits": True}],
    "kl_divergence": [{}],
    "hinge": [{}],
    "squared_hinge": [{}],
    "categorical_hinge": [{}],
}
VARIANTS = [(name, options) for name, each in CASES.items() for options in each]


def ids(value):
    if isinstance(value, dict):
        return "-".join(f"{key}={item}" for key, item in value.items()) or "plain"
    return str(value)


def make(name, options, **arguments):
    classes = {function.__name__: cls for function, cls in losses.functional.CLASSES.items()}
    return classes[name](**options, **arguments)


def sample(rng, name, options, shape):
    """Targets and predictions of the kind that the loss is for."""
    logits = options.get("from_logits", False)
    scores = (3 * rng.normal(size=shape)).astype(np.float32)
    chances = rng.uniform(0.02, 0.98, shape).astype(np.float32)
    if name == "binary_crossentropy":
        soft = rng.random(shape)
        targets = np.where(rng.random(shape) < 0.5, np.round(soft), soft)
        return targets.astype(np.float32), scores if logits else chances
    if name in ("categorical_crossentropy", "sparse_categorical_crossentropy"):
        labels = rng.integers(0, shape[-1], shape[:-1]).astype(np.int32)
        if name.startswith("sparse"):
            return labels, scores if logits else chances
        soft = rng.dirichlet(np.ones(shape[-1]), shape[:-1])
        hot = np.eye(shape[-1])[labels]
        return np.where(rng.random((*shape[:-1], 1)) < 0.5, hot, soft).astype(
            np.float32
        ), scores if logits else chances
    if name == "kl_divergence":
        return rng.dirichlet(np.ones(shape[-1]), shape[:-1]).astype(np.float32), chances
    if name.endswith("hinge"):
        hot = rng.integers(0, 2, shape)
        return (hot if name.startswith("cat") else 2 * hot - 1).astype(np.float32), scores
    if name == "poisson":
        return rng.poisson(2.0, shape).astype(np.float32), np.exp(scores / 2)
    if name == "mean_squared_logarithmic_error":
        return (
            rng.uniform(-0.3, 4.0, shape).astype(np.float32),
            rng.uniform(-0.3, 4.0, shape).astype(np.float32),
        )
    return (2 * rng.normal(size=shape)).astype(np.float32), scores


def shapes_of(name, columns):
    least = 2 if name in ("categorical_crossentropy", "sparse_categorical_crossentropy") else 1
    return max(columns, least)


def close(actual, expected, scale=1.0):
    np.testing.assert_allclose(actual, expected, rtol=TOLERANCE, atol=TOLERANCE * scale)


def double(*arrays):
    return [a.astype(np.float64) if a.dtype == np.float32 else a for a in arrays]


@pytest.mark.parametrize(("name", "options"), VARIANTS, ids=ids)
@pytest.mark.parametrize("columns", COLUMNS)
def test_values_and_gradients(name, options, columns):
    for rows in ROWS:
        rng = np.random.default_rng(rows * 100 + columns)
        y_true, y_pred = sample(rng, name, options, (rows, shapes_of(name, columns)))
        loss = make(name, options)
        y64, p64 = double(y_true, y_pred)
        values = REFERENCE[name].values(y64, p64, **options)
        slopes = REFERENCE[name].derivative(y64, p64, **options)
        scale = max(1.0, float(np.abs(values).max()))
        targets = loss.check_targets(y_true, y_pred.shape)
        close(loss.call(targets, y_pred), values, scale)
        close(loss.gradient(targets, y_pred), slopes, max(1.0, float(np.abs(slopes).max())))
        function = getattr(losses, name)
        np.testing.assert_array_equal(
            function(y_true, y_pred, **options), loss.call(targets, y_pred)
        )
        close(loss(y_true, y_pred), values.mean(), scale)


@pytest.mark.parametrize(("name", "options"), VARIANTS, ids=ids)
@pytest.mark.parametrize("weighting", ["none", "rows", "entries"])
@pytest.mark.parametrize("steps", [0, 3])
def test_weights_and_slices_sum_to_the_whole(name, options, weighting, steps):
    rng = np.random.default_rng(7)
    rows, columns = 11, 5
    shape = (rows, steps, columns) if steps else (rows, columns)
    y_true, y_pred = sample(rng, name, options, shape)
    weights = {
        "none": None,
        "rows": rng.uniform(0, 2, rows).astype(np.float32),
        "entries": rng.uniform(0, 2, shape[:-1]).astype(np.float32),
    }[weighting]
    loss = make(name, options)
    y64, p64 = double(y_true, y_pred)
    expected, slopes = loss_value_and_gradient(name, y64, p64, sample_weight=weights, **options)
    close(loss(y_true, y_pred, weights), expected, max(1.0, abs(expected)))
    targets = loss.check_targets(y_true, y_pred.shape)
    denominator = loss.denominator(targets, weights)
    assert denominator == rows * max(steps, 1)
    total, parts = 0.0, []
    for part in (slice(0, 4), slice(4, 5), slice(5, 11)):
        weight = None if weights is None else weights[part]
        value, gradient = loss.value_and_gradient(targets[part], y_pred[part], weight, denominator)
        alone, none = loss.value_and_gradient(
            targets[part], y_pred[part], weight, denominator, wants_gradient=False
        )
        assert none is None
        assert alone == value
        total += value
        parts.append(gradient)
    close(total / denominator, expected, max(1.0, abs(expected)))
    close(np.concatenate(parts), slopes, max(1.0, float(np.abs(slopes).max())))
    out = np.empty_like(y_pred)
    _, gradient = loss.value_and_gradient(targets, y_pred, weights, denominator, out=out)
    assert gradient is out
    np.testing.assert_array_equal(out, np.concatenate(parts))


@pytest.mark.parametrize(
    "reduction", ["sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none", None]
)
@pytest.mark.parametrize("weighted", [False, True])
def test_reductions(reduction, weighted):
    rng = np.random.default_rng(3)
    y_true, y_pred = sample(rng, "mean_squared_error", {}, (6, 4))
    weights = rng.uniform(0, 2, 6).astype(np.float32) if weighted else None
    loss = losses.MeanSquaredError(reduction=reduction)
    y64, p64 = double(y_true, y_pred)
    expected, slopes = loss_value_and_gradient(
        "mean_squared_error", y64, p64, sample_weight=weights, reduction=reduction
    )
    result = loss(y_true, y_pred, weights)
    if reduction in ("none", None):
        assert result.shape == (6,)
        close(result.sum(), expected, abs(expected))
        with pytest.raises(ValueError, match="gives no single number to train on"):
            loss.denominator(y_true, weights)
        return
    close(result, expected, abs(expected))
    denominator = loss.denominator(y_true, weights)
    close(loss.value_and_gradient(y_true, y_pred, weights, denominator)[1], slopes)


def test_masks_divide_by_what_is_left():
    rng = np.random.default_rng(4)
    y_true, y_pred = sample(rng, "mean_squared_error", {}, (5, 6, 2))
    mask = rng.random((5, 6)) < 0.6
    weights = rng.uniform(0, 2, 5).astype(np.float32)
    y64, p64 = double(y_true, y_pred)
    for reduction in ("sum_over_batch_size", "mean_with_sample_weight", "sum"):
        loss = losses.MeanSquaredError(reduction=reduction)
        expected, slopes = loss_value_and_gradient(
            "mean_squared_error", y64, p64, sample_weight=weights, mask=mask, reduction=reduction
        )
        denominator = loss.denominator(y_true, weights, mask)
        kept = losses.weights.entry_weights(weights, (5, 6), mask)
        value, gradient = loss.value_and_gradient(y_true, y_pred, kept, denominator)
        close(value / denominator, expected, abs(expected))
        close(gradient, slopes)
    assert losses.MeanSquaredError().denominator(y_true, None, np.zeros((5, 6), bool)) == 1.0


@pytest.mark.parametrize("ignored", [-1, 2, 255])
def test_ignored_classes_do_not_count(ignored):
    rng = np.random.default_rng(5)
    y_true, y_pred = sample(rng, "sparse_categorical_crossentropy", {}, (4, 5, 6))
    y_true[rng.random((4, 5)) < 0.4] = ignored
    loss = losses.SparseCategoricalCrossentropy(ignore_class=ignored)
    expected, slopes = loss_value_and_gradient(
        "sparse_categorical_crossentropy",
        y_true,
        y_pred.astype(np.float64),
        ignore_class=ignored,
    )
    close(loss(y_true, y_pred), expected)
    targets = loss.check_targets(y_true, y_pred.shape)
    denominator = loss.denominator(targets)
    assert denominator == (y_true != ignored).sum()
    close(loss.value_and_gradient(targets, y_pred, None, denominator)[1], slopes)
    everything = np.full((4, 5), ignored)
    assert loss(everything, y_pred) == 0.0


@pytest.mark.parametrize(
    ("loss", "activation"),
    [
        (losses.BinaryCrossentropy(label_smoothing=0.1, name="mine"), "sigmoid"),
        (losses.CategoricalCrossentropy(), "softmax"),
        (losses.SparseCategoricalCrossentropy(ignore_class=1), "softmax"),
    ],
)
def test_before_an_activation(loss, activation):
    fused = loss.before(activation)
    assert type(fused) is type(loss)
    assert fused.get_config() == {**loss.get_config(), "from_logits": True}
    assert fused.before(activation) is None
    assert loss.before("tanh") is None
    assert loss.before(None) is None
    assert losses.MeanSquaredError().before(activation) is None


def test_saturated_logits_are_not_clipped_and_still_learn():
    loss = losses.BinaryCrossentropy(from_logits=True)
    target, logits = np.float32([[0.0], [1.0]]), np.float32([[60.0], [-200.0]])
    assert loss(target, logits) == pytest.approx(130.0, rel=1e-6)
    np.testing.assert_allclose(loss.gradient(target, logits), [[1.0], [-1.0]], rtol=1e-6)
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    logits = np.float32([[500.0, 0.0, -500.0]])
    assert loss([2], logits) == pytest.approx(1000.0, rel=1e-6)
    np.testing.assert_allclose(loss.gradient(np.int32([2]), logits), [[1.0, 0.0, -1.0]])


def test_probabilities_are_clipped_where_float32_clips():
    loss = losses.BinaryCrossentropy()
    target, y = np.float32([[0.0], [1.0], [1.0]]), np.float32([[1.0], [0.0], [1.0]])
    values = loss.call(target, y)
    # 1 - 1e-7 is 1 - 2**-23 in float32, hence -log(2**-23) and -log(1e-7).
    np.testing.assert_allclose(values, [23 * np.log(2), 7 * np.log(10), 2.0**-23], rtol=1e-5)
    np.testing.assert_array_equal(loss.gradient(target, y), np.zeros((3, 1)))


@pytest.mark.parametrize(("name", "options"), VARIANTS, ids=ids)
def test_the_same_bits_on_any_number_of_threads(name, options):
    rng = np.random.default_rng(6)
    y_true, y_pred = sample(rng, name, options, (3000, 7))
    weights = rng.random(3000).astype(np.float32)
    loss = make(name, options)
    results = []
    before = _core.num_threads()
    for threads in (1, 2, 3):
        _core.set_num_threads(threads)
        value, gradient = loss.value_and_gradient(y_true, y_pred, weights, 3000.0)
        results.append((value, gradient.tobytes(), loss.call(y_true, y_pred).tobytes()))
    _core.set_num_threads(before)
    assert results[0] == results[1] == results[2]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(VARIANTS), st.integers(1, 40), st.integers(1, 70), st.integers(0, 2**32 - 1))
def test_any_size_and_the_rows_do_not_touch(variant, rows, columns, seed):
    name, options = variant
    rng = np.random.default_rng(seed)
    y_true, y_pred = sample(rng, name, options, (rows, shapes_of(name, columns)))
    if name in ("hinge", "squared_hinge"):
        y_true[:] = np.sign(y_true)  # labels decide together whether they are 0 and 1
    loss = make(name, options)
    values, gradient = loss.call(y_true, y_pred), loss.gradient(y_true, y_pred)
    row = int(rng.integers(rows))
    np.testing.assert_array_equal(values[row], loss.call(y_true[row:][:1], y_pred[row:][:1])[0])
    np.testing.assert_array_equal(
        gradient[row], loss.gradient(y_true[row:][:1], y_pred[row:][:1])[0]
    )
    total, _ = loss.value_and_gradient(y_true, y_pred, None, 1.0, wants_gradient=False)
    assert total == pytest.approx(values.sum(dtype=np.float64), rel=1e-5, abs=1e-5)


def test_nan_predictions_give_nan():
    for name, options in VARIANTS:
        y_true, y_pred = sample(np.random.default_rng(8), name, options, (3, 9))
        y_pred[1] = np.nan
        values = make(name, options).call(y_true, y_pred)
        assert np.isnan(values[1]), name
        assert np.isfinite(values[[0, 2]]).all(), name


def test_log_cosh_keeps_small_errors():
    errors = np.float32([1e-4, 1e-2, 0.3, 0.99, 1.01, 5.0, 80.0])[:, None]
    exact = errors.astype(np.float64)
    exact = np.where(exact < 20, np.log(np.cosh(np.minimum(exact, 20))), exact - np.log(2))
    values = losses.LogCosh().call(np.zeros_like(errors), errors)
    np.testing.assert_allclose(values, exact[:, 0], rtol=1e-6)


@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize("balanced", [False, True])
@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_focal_crossentropy(from_logits, balanced, gamma):
    loss = losses.BinaryFocalCrossentropy(balanced, 0.3, gamma, from_logits, 0.1)
    rng = np.random.default_rng(9)
    y_true = rng.integers(0, 2, (6, 5)).astype(np.float32)
    y_pred = rng.uniform(0.05, 0.95, (6, 5)).astype(np.float32)
    t = 0.9 * y_true + 0.05
    p = 1 / (1 + np.exp(-y_pred.astype(np.float64))) if from_logits else y_pred.astype(np.float64)
    pt = t * p + (1 - t) * (1 - p)
    value = (1 - pt) ** gamma * -(t * np.log(p) + (1 - t) * np.log(1 - p))
    value *= t * 0.3 + (1 - t) * 0.7 if balanced else 1.0
    close(loss.call(y_true, y_pred), value.mean(-1))
    if gamma == 0 and not balanced:
        plain = losses.BinaryCrossentropy(from_logits, 0.1)
        close(loss.gradient(y_true, y_pred), plain.gradient(y_true, y_pred))
    step = np.float32(2.0**-9)
    for column in range(5):
        moved = np.zeros_like(y_pred)
        moved[:, column] = step
        up, down = loss.call(y_true, y_pred + moved), loss.call(y_true, y_pred - moved)
        slope = (up.astype(np.float64) - down) / (2 * step)
        # float32 values of about 1 over a step of 2**-8
        np.testing.assert_allclose(loss.gradient(y_true, y_pred)[:, column], slope, atol=1e-3)


def test_a_users_function_comes_back_from_its_config():
    def halves(y_true, y_pred):
        return 0.5 * ((y_pred - y_true) ** 2).sum(), y_pred - y_true

    config = losses.FunctionLoss(halves).get_config()
    with utils.custom_object_scope({"halves": halves}):
        assert losses.FunctionLoss.from_config(config).fn is halves
