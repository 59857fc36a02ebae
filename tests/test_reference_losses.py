"""The reference's losses: by hand, by differences, and Keras's ways of weighing samples."""

import math

import numpy as np
import pytest
from reference import EPSILON, LOSSES, assert_close, directional_check
from reference.losses import loss_value_and_gradient, reduction_weights

ROUNDING = 1e-12

# name, options, targets, predictions, the value
BY_HAND = [
    ("mean_squared_error", {}, [1.0, 2.0], [2.0, 4.0], 2.5),
    ("mean_absolute_error", {}, [1.0, 2.0], [2.0, 4.0], 1.5),
    ("mean_absolute_percentage_error", {}, [1.0, -4.0], [2.0, -3.0], 62.5),
    ("mean_squared_logarithmic_error", {}, [0.0, 3.0], [1.0, 3.0], math.log(2) ** 2 / 2),
    ("huber", {}, [0.0, 0.0], [0.5, -3.0], (0.125 + 2.5) / 2),
    ("huber", {"delta": 2.0}, [0.0, 0.0], [0.5, -3.0], (0.125 + 4.0) / 2),
    ("log_cosh", {}, [0.0, 1.0], [2.0, -2.0], math.log(math.cosh(2) * math.cosh(3)) / 2),
    ("poisson", {}, [2.0, 0.0], [4.0, 1.0], (5.0 - 2 * math.log(4)) / 2),
    ("cosine_similarity", {}, [3.0, 4.0], [4.0, 3.0], -0.96),
    ("cosine_similarity", {}, [3.0, 4.0], [0.0, 0.0], 0.0),
    ("binary_crossentropy", {}, [1.0, 0.0], [0.5, 0.75], math.log(8) / 2),
    ("binary_crossentropy", {}, [0.25, 1.0], [0.5, 0.5], math.log(2)),
    ("binary_crossentropy", {}, [1.0], [0.0], -math.log(EPSILON)),
    ("binary_crossentropy", {"from_logits": True}, [1.0], [-60.0], 60.0),
    ("binary_crossentropy", {"from_logits": True}, [0.0], [math.log(3)], math.log(4)),
    ("binary_crossentropy", {"label_smoothing": 0.2}, [1.0], [0.5], math.log(2)),
    ("binary_crossentropy", {"label_smoothing": 0.2}, [1.0], [0.8],
     -0.9 * math.log(0.8) - 0.1 * math.log(0.2)),
    ("categorical_crossentropy", {}, [0.0, 1.0, 0.0], [1.0, 2.0, 5.0], math.log(4)),
    ("categorical_crossentropy", {"label_smoothing": 0.3}, [0.0, 1.0, 0.0], [0.25, 0.5, 0.25],
     0.8 * math.log(2) + 0.2 * math.log(4)),
    ("categorical_crossentropy", {"from_logits": True}, [0.0, 1.0], [math.log(3), 0.0],
     math.log(4)),
    ("categorical_focal_crossentropy", {}, [0.0, 1.0, 0.0], [1.0, 2.0, 5.0],
     0.25 * 0.75**2 * math.log(4)),
    ("categorical_focal_crossentropy", {"alpha": [1.0, 2.0, 3.0], "gamma": 1.0}, [0.0, 1.0, 0.0],
     [1.0, 2.0, 5.0], 1.5 * math.log(4)),
    ("categorical_focal_crossentropy", {"from_logits": True}, [0.0, 1.0], [math.log(3), 0.0],
     0.25 * 0.75**2 * math.log(4)),
    ("sparse_categorical_crossentropy", {}, 1, [0.1, 0.2, 0.5], math.log(4)),
    ("sparse_categorical_crossentropy", {"from_logits": True}, 1, [700.0, 0.0], 700.0),
    ("kl_divergence", {}, [0.5, 0.5], [0.25, 0.75], 0.5 * math.log(2) + 0.5 * math.log(2 / 3)),
    ("hinge", {}, [1.0, 0.0], [0.25, 0.5], (0.75 + 1.5) / 2),
    ("hinge", {}, [1.0, -1.0], [0.25, -3.0], 0.375),
    ("squared_hinge", {}, [1.0, 0.0], [0.25, 0.5], (0.75**2 + 1.5**2) / 2),
    ("categorical_hinge", {}, [0.0, 1.0, 0.0], [0.5, 0.2, 0.4], 1.3),
]  # fmt: skip

LOGITS = {"from_logits": True}
SMOOTHED = {"label_smoothing": 0.3}
OPTIONS = [
    *((name, {}) for name in LOSSES),
    ("huber", {"delta": 0.3}),
    ("binary_crossentropy", LOGITS),
    ("binary_crossentropy", SMOOTHED),
    ("binary_crossentropy", LOGITS | SMOOTHED),
    ("categorical_crossentropy", LOGITS),
    ("categorical_crossentropy", SMOOTHED),
    ("categorical_crossentropy", LOGITS | SMOOTHED),
    ("categorical_focal_crossentropy", {"gamma": 0.5}),
    ("categorical_focal_crossentropy", LOGITS | SMOOTHED),
    ("sparse_categorical_crossentropy", LOGITS),
    ("sparse_categorical_crossentropy", {"ignore_class": 1}),
]
PROBABILITIES = {"poisson", "kl_divergence", "mean_squared_logarithmic_error"}


def make_targets(name, shape, random):
    classes = random.integers(0, shape[-1], shape[:-1])
    if name == "sparse_categorical_crossentropy":
        return classes
    if name.startswith("categorical"):
        return np.eye(shape[-1])[classes]
    if "hinge" in name:
        return random.integers(0, 2, shape).astype(float)
    return random.uniform(0.05, 0.95, shape)


def make_predictions(name, options, shape, random):
    if "from_logits" not in options and ("crossentropy" in name or name in PROBABILITIES):
        return random.uniform(0.05, 0.95, shape)
    return random.standard_normal(shape)


@pytest.mark.parametrize(("name", "options", "y_true", "y_pred", "expected"), BY_HAND)
def test_by_hand(name, options, y_true, y_pred, expected):
    value, _ = loss_value_and_gradient(name, np.array([y_true]), np.array([y_pred]), **options)
    # Poisson adds 1e-7 in its logarithm, the logarithmic error takes 1e-7 for the target 0.
    tolerance = 2 * EPSILON if name in ("poisson", "mean_squared_logarithmic_error") else ROUNDING
    assert_close(np.array(value), np.array(expected), tolerance)


def test_all_are_worked_by_hand():
    assert {case[0] for case in BY_HAND} == set(LOSSES)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("shape", [(1, 2), (7, 9), (9, 2, 7)])
@pytest.mark.parametrize(("name", "options"), OPTIONS)
def test_gradients(name, options, shape, weighted):
    random = np.random.default_rng(1)
    y_true = make_targets(name, shape, random)
    y_pred = make_predictions(name, options, shape, random)
    weights = {}
    if weighted:
        weights = {
            "sample_weight": random.random(shape[:-1]),
            "mask": random.random(shape[:-1]) < 0.7,
        }

    def run(y_pred):
        return loss_value_and_gradient(name, y_true, y_pred, **weights, **options)

    directional_check(
        lambda y_pred: run(y_pred)[0], lambda y_pred: {"y_pred": run(y_pred)[1]},
        {"y_pred": y_pred}, seed=2, step=1e-5,
    )  # fmt: skip


def test_clipped_probabilities_have_no_gradient():
    for p in (0.0, 1e-9, 1.0):
        for target in (0.0, 1.0):
            _, dy = loss_value_and_gradient(
                "binary_crossentropy", np.array([[target]]), np.array([[p]])
            )
            assert dy == 0.0


def test_far_logits_are_finite():
    far = np.array([[-1e4, 1e4]])
    targets = np.array([[1.0, 0.0]])
    for name in ("binary_crossentropy", "categorical_crossentropy"):
        value, dy = loss_value_and_gradient(name, targets, far, from_logits=True)
        assert np.isfinite(value)
        assert np.isfinite(dy).all()


def test_targets_without_the_last_axis_fit_one_output():
    random = np.random.default_rng(3)
    y_true, y_pred = random.random(7), random.random((7, 1))
    flat = loss_value_and_gradient("mean_squared_error", y_true, y_pred)
    full = loss_value_and_gradient("mean_squared_error", y_true[:, None], y_pred)
    assert flat[0] == full[0]
    assert flat[1].shape == (7, 1)
    ids, scores = random.integers(0, 3, 7), random.random((7, 3))
    name = "sparse_categorical_crossentropy"
    assert (
        loss_value_and_gradient(name, ids, scores)[0]
        == loss_value_and_gradient(name, ids[:, None], scores)[0]
    )


def test_hinge_labels_stay_when_one_is_not_binary():
    value, _ = loss_value_and_gradient("hinge", np.array([[0.0, 0.5]]), np.array([[4.0, 1.0]]))
    assert value == (1.0 + 0.5) / 2


def test_reductions_by_hand():
    """Values 1, 2, 3 with weights 2, 0, 4."""
    values, weights = np.array([1.0, 2.0, 3.0]), np.array([2.0, 0.0, 4.0])
    mask = np.array([True, True, False])

    def total(**arguments):
        return float((reduction_weights((3,), **arguments) * values).sum())

    assert total() == pytest.approx(2.0)
    assert total(sample_weight=weights) == pytest.approx(14 / 3)
    assert total(sample_weight=weights[:, None]) == pytest.approx(14 / 3)
    assert total(sample_weight=weights, reduction="sum") == pytest.approx(14.0)
    assert total(sample_weight=weights, reduction="mean_with_sample_weight") == pytest.approx(
        14 / 6
    )
    assert total(mask=mask) == pytest.approx(1.5)
    assert total(mask=mask, sample_weight=weights) == pytest.approx(1.0)
    assert total(mask=mask, reduction="sum") == pytest.approx(3.0)
    assert total(mask=np.zeros(3, dtype=bool)) == 0.0
    with pytest.raises(ValueError, match="reduction must be one that Keras has, got 'median'"):
        total(reduction="median")


def test_row_weights_of_sequences():
    weights = reduction_weights((2, 3), np.array([1.0, 2.0]), reduction="sum")
    assert weights.tolist() == [[1.0] * 3, [2.0] * 3]
