"""Whatever is wrong with the data, an error says what, and nothing is trained."""

import re

import numpy as np
import pytest

import sunhwan as sh
from sunhwan import layers

X = np.zeros((6, 4, 2), np.float32)
Y = np.zeros(6, np.float32)
IDS = np.ones((6, 4), np.int64)


def series():
    model = sh.Sequential([layers.Input((4, 2)), layers.LSTM(3, name="cell"), layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


def words(loss="sparse_categorical_crossentropy"):
    model = sh.Sequential(
        [layers.Embedding(5, 2, name="words"), layers.GRU(3), layers.Dense(3, "softmax")]
    )
    model.compile("sgd", loss)
    return model


def spoiled(value, place=(2, 1, 0)):
    x = X.copy()
    x[place] = value
    return x


CASES = [
    (series, X[0], Y, "'cell'.*shape"),
    (series, X[..., :1], Y, r"\(None, 4, 2\), got \(None, 4, 1\)"),
    (series, X[:, :3], Y, r"\(None, 4, 2\), got \(None, 3, 2\)"),
    (series, X[:5], Y, "x has 5 rows, but y has 6"),
    (series, X[:0], Y[:0], "at least one row"),
    (series, spoiled(np.nan), Y, r"x .*finite, got nan at \[2, 1, 0\]"),
    (series, spoiled(np.inf), Y, "finite, got inf"),
    (series, np.full(X.shape, "a"), Y, "numbers, got dtype"),
    (series, X, np.full(6, np.nan), "y must be finite"),
    (series, X, np.zeros((6, 2)), r"\(6, 2\)"),
    (series, X, None, "y must be given"),
    (words, IDS * 5, Y, r"'words'.*0 to 4.*got 5"),
    (words, IDS * -1, Y, "'words'.*got -1"),
    (words, IDS + 0.5, Y, "integer ids"),
    (words, IDS[0], Y[:4], "'words'.*shape"),
    (words, IDS, Y + 3, "3"),
    (words, IDS, Y - 1, "-1"),
    (words, IDS, Y + 0.5, "0.5|integer|whole"),
    (words, IDS, np.zeros((6, 3)), r"\(6, 3\)"),
]


@pytest.mark.parametrize(("make", "x", "y", "message"), CASES)
def test_wrong_arrays_are_refused_before_training(make, x, y, message):
    model = make()
    before = model.get_weights()
    with pytest.raises((ValueError, TypeError)) as error:
        model.fit(x, y, verbose=0)
    assert re.search(message, str(error.value)), str(error.value)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    with pytest.raises((ValueError, TypeError)):
        model.evaluate(x, y, verbose=0)


def test_wrong_batches_of_a_generator_are_refused_when_they_come():
    def batches():
        yield X, Y
        yield spoiled(np.nan), Y

    with pytest.raises(ValueError, match="finite"):
        series().fit(batches(), verbose=0)
    with pytest.raises(ValueError, match="each batch must be"):
        series().fit(iter([(X, Y, Y, Y)]), verbose=0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"optimizer": "adm", "loss": "mse"}, "did you mean 'adam'"),
        ({"optimizer": "adam", "loss": "mes"}, "did you mean 'mse'"),
        ({"optimizer": "adam", "loss": "mse", "metrics": ["acuracy"]}, "did you mean 'accuracy'"),
    ],
)
def test_unknown_names_suggest_the_nearest(arguments, message):
    model = sh.Sequential([layers.Dense(1)])
    with pytest.raises(ValueError, match=f"(?i){message}"):
        model.compile(**arguments)


def test_fit_needs_compile():
    model = sh.Sequential([layers.Input((2,)), layers.Dense(1)])
    with pytest.raises(RuntimeError, match="must be compiled before fit"):
        model.fit(np.zeros((1, 2)), np.zeros(1))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"batch_size": 0}, "batch_size must be a positive integer, got 0"),
        ({"validation_split": 1.0}, r"validation_split must be in \[0, 1\)"),
        ({"validation_split": 0.9, "validation_data": None}, "on both sides"),
        ({"sample_weight": np.ones(5)}, "sample_weight has 5"),
        ({"sample_weight": np.ones(6), "class_weight": {0: 1.0}}, "cannot both be given"),
        ({"callbacks": ["stop"]}, "Callback instances, got 'stop'"),
        ({"verbose": 7}, "verbose"),
        ({"epochs": -1}, "epochs must be an integer of 0 or more, got -1"),
        ({"epochs": 1.5}, "epochs must be an integer of 0 or more, got 1.5"),
        ({"class_weight": [1.0, 2.0]}, r"class_weight must be a dict .* of type list"),
        (
            {"class_weight": {0: np.inf}},
            "class_weight of label 0 must be a number of zero or more, got inf",
        ),
        ({"class_weight": {0: -1.0}}, "of label 0 must be a number of zero or more, got -1.0"),
        ({"class_weight": {0: "a"}}, "of label 0 must be a number of zero or more, got 'a'"),
        ({"class_weight": {"a": 1.0}}, "label of class_weight must be a whole number, got 'a'"),
        ({"validation_data": (X,)}, r"validation_data must hold x and y, \(x, y\), got x alone"),
        ({"validation_data": X}, "validation_data must hold x and y"),
        ({"validation_data": (X, np.ones((6, 2)))}, "y must have the shape"),
        ({"validation_split": "0.2"}, r"validation_split must be in \[0, 1\), got '0.2'"),
        ({"batch_size": [4]}, r"batch_size must be a positive integer, got \[4\]"),
        ({"epochs": None}, "epochs must be an integer of 0 or more, got None"),
        ({"initial_epoch": "a"}, "initial_epoch must be an integer of 0 or more, got 'a'"),
        ({"shuffle": "yes"}, "shuffle must be True or False, got 'yes'"),
        ({"callbacks": sh.callbacks.History}, "Callback instances, got <class"),
        ({"steps_per_epoch": 0}, "steps_per_epoch must be a positive integer, got 0"),
        ({"validation_steps": 2.5}, "validation_steps must be a positive integer, got 2.5"),
        ({"validation_batch_size": -1}, "validation_batch_size must be a positive integer"),
        ({"validation_freq": 0}, "validation_freq must be a positive integer, got 0"),
        ({"validation_freq": ["a"]}, "validation_freq, as a list, must be a positive integer"),
    ],
)
def test_wrong_arguments_of_fit(arguments, message):
    model = series()
    before = model.get_weights()
    with pytest.raises((ValueError, TypeError), match=message):
        model.fit(X, Y, **{"verbose": 0, "validation_data": (X, Y), **arguments})
    for one, two in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize(
    ("cause", "message"),
    [
        (lambda model: model.predict(X, steps=0), "steps must be a positive integer, got 0"),
        (lambda model: model.evaluate(X, Y, steps=1.5), "steps must be a positive integer"),
        (lambda model: model.build(3), "input_shape must be a tuple .*, got 3"),
        (lambda model: model.get_layer(index="a"), "index must be an integer, got 'a'"),
        (lambda model: model.set_weights(None), "weights must be a list of arrays, got None"),
        (
            lambda model: model.set_weights([np.full(w.shape, "a") for w in model.get_weights()]),
            "kernel' must hold numbers, got dtype <U1",
        ),
        (lambda model: model.summary(line_length=-1), "line_length must be a positive integer"),
        (lambda model: model.summary(layer_range=3), "layer_range must name two layers .* got 3"),
        (lambda model: setattr(model, "trainable", "no"), "trainable must be True or False"),
        (lambda model: model.compile("sgd", "mse", loss_weights=np.nan), "loss_weights must be"),
        (lambda model: sh.Sequential(3), "layers must be a list of layers, got 3"),
        (lambda model: sh.Sequential(name="a/b"), "name must be a string without '/', got 'a/b'"),
        (lambda model: layers.Dense(1, name=3), "name must be a string without '/', got 3"),
        (lambda model: layers.Dense(1, input_shape=(5, -2)), r"input_shape must .* got \(5, -2\)"),
        (lambda model: layers.Dense(1, input_shape=5), "input_shape must be a tuple .* got 5"),
        (lambda model: layers.Input(5), "shape must be a tuple of positive integers .* got 5"),
        (lambda model: layers.Input((2,), batch_size=2.5), "batch_size must be a positive integer"),
    ],
)
def test_wrong_arguments_of_models(cause, message):
    with pytest.raises((ValueError, TypeError), match=message):
        cause(series())


def test_numbers_beyond_float32_are_refused_without_a_warning():
    with pytest.raises(ValueError, match="must be finite, got inf"):
        series().fit(np.full(X.shape, 1e300), Y, verbose=0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"return_sequence": True}, "LSTM got an unknown argument 'return_sequence': did you mean"),
        ({"colour": 1}, "LSTM got an unknown argument 'colour': it takes units, activation"),
    ],
)
def test_unknown_arguments_of_layers(arguments, message):
    with pytest.raises(TypeError, match=message):
        layers.LSTM(2, **arguments)


def test_ragged_rows_are_no_array():
    model = sh.Sequential([layers.Flatten(), layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match=r"'flatten.*different lengths"):
        model.fit([np.zeros((2, 1)), np.zeros((3, 1))], np.zeros(2), verbose=0)


def test_ragged_rows_of_different_features():
    model = sh.Sequential([layers.LSTM(2), layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="row 1"):
        model.fit([np.zeros((2, 1)), np.zeros((3, 2))], np.zeros(2), verbose=0)
