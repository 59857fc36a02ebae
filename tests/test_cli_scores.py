"""Scores and trivial rivals, against counting by hand."""

import numpy as np
import pytest

from sunhwan.cli.baselines import MAJORITY, MEAN, PERSISTENCE
from sunhwan.cli.data import Data, Part, split
from sunhwan.cli.scores import ACCURACY, SQUARED_ERROR, accuracy, squared_error, within


def test_accuracy_takes_labels_probabilities_and_distributions():
    y = np.array([2, 0, 1, 1], np.uint8)
    distributions = np.eye(3)[[2, 0, 2, 1]]
    assert accuracy(y, distributions) == 0.75
    assert accuracy(y, np.array([2, 0, 2, 1])) == 0.75
    assert accuracy(np.array([1, 0, 0]), np.array([[0.51], [0.5], [0.6]])) == pytest.approx(2 / 3)


def test_errors_do_not_spread_columns_over_rows():
    y = np.array([1.0, 2.0, 3.0])
    predictions = np.array([[1.0], [2.0], [6.0]])
    assert squared_error(y, predictions) == 3.0
    assert within(0.04)(y, predictions) == pytest.approx(2 / 3)
    assert within(3.0)(y, predictions) == 1.0


def test_shown_decimals():
    assert ACCURACY.show(0.94444) == "0.944"
    assert SQUARED_ERROR.show(79.086) == "79.09"


def test_majority_is_of_the_training_rows():
    train = Part(np.zeros((5, 2)), np.array([3, 1, 3, 0, 3]))
    assert MAJORITY.predict(train, np.zeros((2, 2))).tolist() == [3, 3]


def test_mean_is_of_the_training_rows():
    train = Part(np.zeros((4, 2)), np.array([1.0, 2.0, 3.0, 6.0]))
    assert MEAN.predict(train, np.zeros((2, 2))).tolist() == [3.0, 3.0]


def test_persistence_says_the_last_value():
    x = np.arange(12.0).reshape(3, 4, 1)
    assert PERSISTENCE.predict(Part(x, x[:, 0]), x).tolist() == [3.0, 7.0, 11.0]


def test_split_takes_the_last_rows_and_first_limits_each_part():
    rows = Part(np.arange(10.0)[:, None], np.arange(10))
    data = split(rows, rows, validation=0.2)
    assert data.train.y.tolist() == list(range(8))
    assert data.validation.y.tolist() == [8, 9]
    assert [len(part.y) for part in data.first(3).parts.values()] == [3, 2, 3]
    assert isinstance(data.first(None), Data)
