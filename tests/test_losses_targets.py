"""What losses take: names, functions, configs, targets of every shape, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from sunhwan import losses, utils


@pytest.mark.parametrize(
    ("y_true", "output_shape", "expected"),
    [
        (np.zeros(4), (None, 1), (4, 1)),
        (np.zeros((4, 1)), (None, 1), (4, 1)),
        (np.zeros((4, 3)), (None, 3), (4, 3)),
        (np.zeros((4, 6)), (None, None, 1), (4, 6, 1)),
        (np.zeros((4, 6, 2)), (None, None, 2), (4, 6, 2)),
        ([0, 1, True], (3, 1), (3, 1)),
    ],
)
def test_dense_targets_take_the_output_s_shape(y_true, output_shape, expected):
    targets = losses.MeanSquaredError().check_targets(y_true, output_shape)
    assert targets.shape == expected
    assert targets.dtype == np.float32
    assert targets.flags.c_contiguous


@pytest.mark.parametrize(
    ("y_true", "output_shape", "expected"),
    [
        ([0, 2, 1], (None, 3), (3,)),
        ([[0], [2]], (None, 3), (2,)),
        (np.array([[0.0, 2.0], [1.0, 1.0]]), (None, 2, 3), (2, 2)),
        (np.zeros((2, 5, 1), np.uint8), (None, None, 3), (2, 5)),
    ],
)
def test_labels(y_true, output_shape, expected):
    targets = losses.SparseCategoricalCrossentropy().check_targets(y_true, output_shape)
    assert targets.shape == expected
    assert targets.dtype == np.int32
    np.testing.assert_array_equal(targets.ravel(), np.ravel(y_true))


DENSE, SPARSE = losses.MeanSquaredError(), losses.SparseCategoricalCrossentropy()
BINARY, CATEGORICAL = losses.BinaryCrossentropy(), losses.CategoricalCrossentropy()


@pytest.mark.parametrize(
    ("loss", "y_true", "output_shape", "error", "message"),
    [
        (DENSE, np.zeros((4, 3)), (None, 2), ValueError,
         r"y must have the shape \(None, 2\) for .* 'mean_squared_error', got \(4, 3\)$"),
        (DENSE, np.zeros((4, 1)), (None, 2), ValueError, r"got \(4, 1\); for class numbers use"),
        (CATEGORICAL, np.zeros(4), (None, 2), ValueError,
         "got .4,.; for class numbers use the loss 'sparse_categorical_crossentropy'"),
        (SPARSE, np.zeros((4, 3)), (None, 3), ValueError,
         r"shape \(None,\) .*got \(4, 3\); for one-hot targets use .*'categorical_crossentropy'"),
        (SPARSE, np.zeros((4, 5)), (None, 3), ValueError, r"got \(4, 5\)$"),
        (SPARSE, [0, 3], (None, 3), ValueError,
         r"class numbers from 0 to 2 .* output of shape \(None, 3\), got 3 at index 1"),
        (SPARSE, [[0, 1], [-1, 0]], (None, 2, 3), ValueError, r"got -1 at index \(1, 0\)"),
        (SPARSE, [0.5, 1.0], (None, 3), ValueError, "whole class numbers .* got 0.5 at index 0"),
        (SPARSE, [0.0, np.nan], (None, 3), ValueError, "whole class numbers .* got nan at index 1"),
        (SPARSE, [0, 0], (None, 1), ValueError, "needs an output of two classes or more"),
        (CATEGORICAL, [0, 0], (None, 1), ValueError, "for one output use 'binary_crossentropy'"),
        (DENSE, [[0.0], [np.nan]], (None, 1), ValueError,
         r"finite numbers .*, got nan at index \(1, 0\)"),
        (DENSE, [[np.inf], [0.0]], (None, 1), ValueError, r"got inf at index \(0, 0\)"),
        (BINARY, [[0.0], [1.5]], (None, 1), ValueError,
         r"numbers from 0 to 1 for the loss 'binary_crossentropy', got 1.5 at index \(1, 0\)"),
        (BINARY, [[-1.0], [1.0]], (None, 1), ValueError, "got -1.0"),
        (CATEGORICAL, [[2.0, 0.0]], (None, 2), ValueError, "numbers from 0 to 1"),
        (DENSE, [["a"], ["b"]], (None, 1), TypeError, "must hold numbers .* got the dtype <U1"),
        (DENSE, [[1.0], [1.0, 2.0]], (None, 1), ValueError, "y must be one array"),
    ],
)  # fmt: skip
def test_bad_targets(loss, y_true, output_shape, error, message):
    with pytest.raises(error, match=message):
        loss.check_targets(y_true, output_shape)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.ones(3), r"one weight a row, \(4,\), or .* \(4, 5\), got the shape \(3,\)"),
        (np.ones((4, 6)), r"got the shape \(4, 6\)"),
        (np.ones((4, 5, 2)), r"got the shape \(4, 5, 2\)"),
    ],
)
def test_bad_weights(weights, message):
    with pytest.raises(ValueError, match=message):
        DENSE(np.zeros((4, 5, 2)), np.zeros((4, 5, 2)), weights)


@pytest.mark.parametrize("shape", [(4,), (4, 1), (4, 5), (4, 5, 1), (4, 1, 1)])
def test_weights_of_rows_and_of_entries(shape):
    rng = np.random.default_rng(0)
    y_true, y_pred = rng.normal(size=(2, 4, 5, 2))
    weights = rng.random(shape)
    values = ((y_true - y_pred) ** 2).mean(-1)
    expected = (values * weights.reshape(4, -1)).mean()
    assert DENSE(y_true, y_pred, weights) == pytest.approx(expected, rel=1e-6)


def test_direct_calls_take_keras_s_shapes():
    assert DENSE([0.0, 1.0], [2.0, 1.0]) == 2.0  # one entry of two numbers
    assert DENSE([[0.0], [1.0]], [2.0, 1.0], [1.0, 0.0]) == 2.0  # two entries
    assert DENSE([0.0, 1.0], [[2.0], [1.0]], [0.0, 1.0]) == 0.0
    assert losses.mean_squared_error([0.0, 1.0], [2.0, 1.0]) == 2.0
    assert losses.sparse_categorical_crossentropy(1, [0.5, 0.5]) == pytest.approx(np.log(2))
    with pytest.raises(ValueError, match="y_true must have the shape"):
        losses.mean_squared_error([[0.0], [1.0]], [[2.0, 1.0, 0.0]] * 2)


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("mse", "mean_squared_error"),
        ("MAE", "mean_absolute_error"),
        ("mape", "mean_absolute_percentage_error"),
        ("MSLE", "mean_squared_logarithmic_error"),
        ("bce", "binary_crossentropy"),
        ("kld", "kl_divergence"),
        ("log_cosh", "log_cosh"),
        ("logcosh", "log_cosh"),
        ("hinge", "hinge"),
        ("binary_focal_crossentropy", "binary_focal_crossentropy"),
    ],
)
def test_names_mean_functions_and_resolve_to_their_class(name, function):
    assert losses.get(name).__name__ == function
    resolved = losses.resolve(name)
    assert isinstance(resolved, losses.Loss)
    assert getattr(losses, name)([[0.5]], [[0.25]]) == resolved([[0.5]], [[0.25]])
    assert type(losses.resolve(losses.get(name))) is type(resolved)


def test_classes_and_instances():
    loss = losses.Huber(2.0)
    assert losses.get(loss) is losses.resolve(loss) is loss
    assert isinstance(losses.get("Huber"), losses.Huber)
    assert isinstance(losses.resolve(losses.Huber), losses.Huber)
    assert losses.get(None) is None


def test_configs_round_trip():
    for cls in losses.functional.CLASSES.values():
        loss = cls(name="mine", reduction="sum")
        form = losses.serialize(loss)
        again = losses.deserialize(form)
        assert type(again) is cls
        assert again.get_config() == loss.get_config()
        assert losses.resolve(form).name == "mine"
    assert losses.resolve(losses.serialize(losses.Huber(0.5))).delta == 0.5
    form = {"class_name": "function", "config": "mean_squared_error", "module": "builtins"}
    assert losses.deserialize(form) is losses.mean_squared_error


@pytest.mark.parametrize(
    ("output_shape", "target_shape", "name"),
    [
        ((None, 1), (None, 1), "binary_crossentropy"),
        ((None, 1), (None,), "binary_crossentropy"),
        ((None, 5), (None,), "sparse_categorical_crossentropy"),
        ((None, 5), (None, 1), "sparse_categorical_crossentropy"),
        ((None, 7, 5), (None, 7), "sparse_categorical_crossentropy"),
        ((None, 5), (None, 5), "categorical_crossentropy"),
    ],
)
def test_crossentropy_is_chosen_by_the_shapes(output_shape, target_shape, name):
    assert losses.resolve("crossentropy", output_shape, target_shape).name == name
    assert losses.resolve("CE", output_shape, target_shape).name == name


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: losses.resolve("mean_squard_error"), ValueError, "mean 'mean_squared_error'"),
        (lambda: losses.resolve(3), ValueError, "loss must be a name"),
        (lambda: losses.resolve(None), ValueError, "got None"),
        (lambda: losses.resolve("ce"), ValueError, "needs to know the shapes"),
        (lambda: losses.Huber(0.0), ValueError, "delta must be a positive number, got 0.0"),
        (lambda: losses.BinaryCrossentropy(label_smoothing=1.5), ValueError, "label_smoothing"),
        (lambda: losses.BinaryCrossentropy(axis=1), ValueError, "axis of BinaryCrossentropy"),
        (lambda: losses.MeanSquaredError("avg"), ValueError, "reduction must be one of"),
        (lambda: losses.MeanSquaredError(dtype="float16"), ValueError, "dtype must be 'float32'"),
        (lambda: losses.BinaryFocalCrossentropy(gamma=-1), ValueError, "gamma must be"),
        (lambda: losses.CategoricalFocalCrossentropy(gamma=-1), ValueError, "gamma must be"),
        (lambda: losses.CategoricalFocalCrossentropy([0.5, -1]), ValueError, "each alpha must be"),
        (
            lambda: losses.CategoricalFocalCrossentropy([1, 2])([[0, 1, 0]], [[0.2, 0.5, 0.3]]),
            ValueError,
            "must be one number, or one for each of the 3 classes, got 2",
        ),
        (
            lambda: losses.categorical_focal_crossentropy([[1]], [[0.2]]),
            ValueError,
            "needs an output of two classes or more",
        ),
    ],
)
def test_bad_arguments(make, error, message):
    with pytest.raises(error, match=message):
        make()


def mean_of_squares(y_true, y_pred):
    error = y_pred - y_true
    return (error**2).mean(), 2 * error / error.size


def squares_of_rows(y_true, y_pred):
    error = y_pred - y_true
    return (error**2).mean(axis=-1), 2 * error / error.shape[-1]


def test_a_user_s_function_of_the_batch_or_of_rows():
    rng = np.random.default_rng(1)
    y_true, y_pred = rng.normal(size=(2, 6, 3)).astype(np.float32)
    plain = losses.MeanSquaredError()
    expected, slopes = plain.value_and_gradient(y_true, y_pred, None, 6.0)
    for function in (mean_of_squares, squares_of_rows):
        loss = losses.resolve(function)
        assert loss.couples_rows
        assert loss.name == function.__name__
        assert loss.denominator(y_true) == 6.0
        value, gradient = loss.value_and_gradient(y_true, y_pred, None, 6.0)
        assert value == pytest.approx(expected, rel=1e-6)
        np.testing.assert_allclose(gradient, slopes, rtol=1e-5)
        assert loss(y_true, y_pred) == pytest.approx(plain(y_true, y_pred), rel=1e-6)
        assert loss.value_and_gradient(y_true, y_pred, None, 6.0, False)[1] is None
    weights = rng.random(6).astype(np.float32)
    loss = losses.resolve(squares_of_rows)
    expected, slopes = plain.value_and_gradient(y_true, y_pred, weights, 6.0)
    value, gradient = loss.value_and_gradient(y_true, y_pred, weights, 6.0)
    assert value == pytest.approx(expected, rel=1e-6)
    np.testing.assert_allclose(gradient, slopes, rtol=1e-5)
    with pytest.raises(ValueError, match="return one value for each row"):
        losses.resolve(mean_of_squares)(y_true, y_pred, weights)


def test_a_user_s_function_sees_targets_as_the_output_is_shaped():
    loss = losses.resolve(mean_of_squares)
    assert loss.check_targets(np.zeros(3), (None, 1)).shape == (3, 1)
    assert loss.check_targets(np.zeros((3, 7)), (None, 1)).shape == (3, 7)
    with pytest.raises(ValueError, match="finite numbers"):
        loss.check_targets([np.nan], (None, 1))


@pytest.mark.parametrize(
    ("function", "error", "message"),
    [
        (lambda t, y: (y - t).mean(), TypeError, r"must return \(value, gradient\), .* got float"),
        (lambda t, y: (0.0, y[:1]), ValueError, r"predictions' shape \(2, 3\), got \(1, 3\)"),
        (lambda t, y: (y, y), ValueError, r"for each row, \(2,\), got the shape \(2, 3\)"),
    ],
)
def test_bad_functions(function, error, message):
    with pytest.raises(error, match=message):
        losses.FunctionLoss(function)(np.zeros((2, 3)), np.zeros((2, 3)))


class Quartic(losses.Loss):
    def call(self, y_true, y_pred):
        return ((y_pred - y_true) ** 4).mean(axis=-1)

    def gradient(self, y_true, y_pred):
        return 4 * (y_pred - y_true) ** 3 / y_pred.shape[-1]


def test_a_user_s_class():
    rng = np.random.default_rng(2)
    y_true, y_pred = rng.normal(size=(2, 4, 5, 3)).astype(np.float32)
    weights = rng.random((4, 5)).astype(np.float32)
    loss = Quartic()
    assert loss.name == "quartic"
    error = (y_pred - y_true).astype(np.float64)
    value, gradient = loss.value_and_gradient(y_true, y_pred, weights, 20.0)
    assert value == pytest.approx(((error**4).mean(-1) * weights).sum(), rel=1e-5)
    expected = 4 * error**3 / 3 * weights[..., None] / 20
    np.testing.assert_allclose(gradient, expected, rtol=1e-5, atol=1e-7)
    assert gradient.dtype == np.float32
    again = losses.deserialize(losses.serialize(loss), {"Quartic": Quartic})
    assert isinstance(again, Quartic)


def test_a_users_function_comes_back_from_its_config():
    def halves(y_true, y_pred):
        return 0.5 * ((y_pred - y_true) ** 2).sum(), y_pred - y_true

    config = losses.FunctionLoss(halves).get_config()
    with utils.custom_object_scope({"halves": halves}):
        assert losses.FunctionLoss.from_config(config).fn is halves
