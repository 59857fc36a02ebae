"""Losses against the float64 reference: values, gradients, weights, reductions, slices."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from losses_case import VARIANTS, close, double, ids, make, sample, shapes_of
from reference.losses import LOSSES as REFERENCE
from reference.losses import loss_value_and_gradient

from sunhwan import losses

COLUMNS = [1, 2, 7, 8, 9, 15, 16, 17, 31, 33]
ROWS = [1, 2, 5, 33]


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


@pytest.mark.parametrize(("name", "options"), VARIANTS, ids=ids)
def test_the_same_bits_on_any_number_of_threads(name, options, threads):
    rng = np.random.default_rng(6)
    y_true, y_pred = sample(rng, name, options, (3000, 7))
    weights = rng.random(3000).astype(np.float32)
    loss = make(name, options)
    results = []
    for count in (1, 2, 3):
        threads(count)
        value, gradient = loss.value_and_gradient(y_true, y_pred, weights, 3000.0)
        results.append((value, gradient.tobytes(), loss.call(y_true, y_pred).tobytes()))
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
