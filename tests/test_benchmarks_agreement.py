"""Packages that compute something else are noticed before they are timed."""

import doctest
from typing import Any

import numpy as np
import pytest

import sunhwan
from benchmarks import agreement
from benchmarks.agreement import check, steps_of
from benchmarks.peers import keras_like
from benchmarks.peers.keras_like import keras_runner
from benchmarks.process import FailedError
from benchmarks.shapes import weights_of
from benchmarks.workload import Data, Workload, dense, embedding, recurrent

MOVED = [[0.5, 0.5], [0.5, 0.7]]
TEXT = (embedding(9, 4), recurrent("LSTM", 3), dense(1, "sigmoid"))


def workload(*layers: dict[str, Any], task: Any = "fit") -> Workload:
    return Workload("one", "One", task, Data("ids", 3), 4, layers, "binary_crossentropy", "rmsprop")


def arrays():
    random = np.random.default_rng(0)
    lengths = random.integers(1, 7, 12).astype(np.int32)
    x = np.where(np.arange(6) < 6 - lengths[:, None], 0, random.integers(1, 9, (12, 6)))
    y = random.integers(0, 2, (12, 1)).astype(np.float32)
    order = np.argsort(lengths, kind="stable")
    return {"x": x.astype(np.int32), "y": y, "lengths": lengths, "blocks": order}


def runner_of(way, layers=TEXT, optimizer="rmsprop"):
    about = workload(*layers).to_json() | {"optimizer": optimizer}
    weights = weights_of(list(layers), (6,))
    return keras_runner(sunhwan)(about, arrays(), weights, way)


@pytest.mark.parametrize("module", [agreement, keras_like])
def test_the_examples_of_docstrings_run(module):
    assert doctest.testmod(module).failed == 0


def test_what_trains_without_dropout_is_trained():
    assert steps_of(workload(*TEXT)) == 5
    assert steps_of(workload(*TEXT, task="predict")) == 0
    assert steps_of(workload(TEXT[0], recurrent("LSTM", 3, recurrent_dropout=0.1), TEXT[2])) == 0


def test_the_same_is_accepted():
    check(workload(*TEXT), "pytorch", [[0.5, 0.5001], [0.5, 0.7001]], MOVED)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ([[0.5, 0.6], [0.5, 0.7]], "one: predictions of pytorch are 2.0e-01 away from ours"),
        (
            [[0.5, 0.5], [0.5, 0.71]],
            "one: trained predictions of pytorch are 5.0e-02 away from ours",
        ),
        ([[0.5, 0.5], [0.5, float("nan")]], "trained predictions of pytorch are nan away"),
    ],
)
def test_something_else_is_refused(said, message):
    with pytest.raises(FailedError, match=message):
        check(workload(*TEXT), "pytorch", said, MOVED)


def test_tokens_in_tensorflow_may_differ_more():
    said = [[0.5, 0.5], [0.5, 0.71]]
    check(workload(*TEXT), "keras-tensorflow (buckets)", said, MOVED)
    with pytest.raises(FailedError, match="expected at most 1e-03"):
        check(workload(recurrent("LSTM", 3), dense(1)), "keras-tensorflow", said, MOVED)


def said_by(runner):
    return [runner.predictions().ravel().tolist(), runner.trained(5).ravel().tolist()]


@pytest.mark.parametrize("way", ["ragged", "buckets"])
def test_ways_train_on_the_same_batches(way):
    masked = (embedding(9, 4, mask=True), *TEXT[1:])
    check(
        workload(*masked),
        way,
        said_by(runner_of(way, masked)),
        said_by(runner_of("padded", masked)),
    )


def test_another_optimizer_is_noticed():
    with pytest.raises(FailedError, match="trained predictions of adam"):
        check(
            workload(*TEXT),
            "adam",
            said_by(runner_of("padded", optimizer="adam")),
            said_by(runner_of("padded")),
        )


def test_training_for_the_check_leaves_the_data_alone():
    runner = runner_of("buckets")
    before = runner.x, runner.arrays
    runner.trained(5)
    assert runner.batches == 3
    np.testing.assert_array_equal(runner.x, before[0])
    assert runner.arrays is before[1]
