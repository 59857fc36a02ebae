"""The benchmark's own arithmetic; nothing here measures anything."""

import doctest
import json

import numpy as np
import pytest

from benchmarks import comparison, inputs, results, shapes, statistics, table
from benchmarks.comparison import compare
from benchmarks.operations import Extent, operations, own_extent, padded_extent
from benchmarks.peers import runner
from benchmarks.peers.runner import moved_to_front
from benchmarks.report import render
from benchmarks.shapes import output_shape, walk, weights_of
from benchmarks.statistics import ratios, slope, spread
from benchmarks.workload import Data, Workload, convolution, dense, embedding, recurrent, stacked
from benchmarks.workloads import TRAINING, WORKLOADS, chosen


def workload(*layers, task="fit", batch=2):
    return Workload("one", "One", task, Data("normal", 1), batch, layers)


def result(ours, pytorch, gflops=100.0, needed=1e9):
    peak = {"gflops": gflops, "gbytes": 40.0, "gigahertz": 4.0, "lanes": 16, "expected": 512.0}
    return {
        "times": {"sunhwan": ours, "pytorch": pytorch, "keras-jax": [x + 9 for x in pytorch]},
        "missing": {"onnxruntime": "ONNX Runtime does not train"},
        "peaks": [peak] * len(ours),
        "needed": needed,
        "dense": 2 * needed,
        "versions": {"sunhwan": {"sunhwan": "1"}},
        "machine": {"processor": "Abacus", "processors": 2, "system": "Linux"},
        "threads": 2,
        "date": "2026-11-22",
    }


@pytest.mark.parametrize("module", [comparison, inputs, runner, shapes, statistics, table])
def test_the_examples_of_docstrings_run(module):
    assert doctest.testmod(module).failed == 0


def test_slope_takes_away_what_a_call_costs_once():
    assert slope(short=0.5 + 10 * 0.003, long=0.5 + 30 * 0.003, steps=10) == pytest.approx(3.0)


def test_spread_and_ratios():
    assert spread([1.0, 2.0, 3.0, 4.0, 10.0]).high == 4.0
    assert ratios([2.0, 4.0], [6.0, 4.0]) == [3.0, 1.0]


def test_operations_of_an_lstm_on_data():
    lstm = workload(recurrent("LSTM", 8), dense(1))
    products = 2 * 5 * (3 * 32 * 2 + 8 * 32 * 3) + 2 * (8 * 3)
    assert operations(lstm, (5, 3), padded_extent(2, 5)) == 2 * products
    asked = workload(recurrent("LSTM", 8), dense(1), task="predict")
    assert operations(asked, (5, 3), padded_extent(2, 5)) == 2 * (2 * 5 * 11 * 32 + 2 * 8)


def test_operations_of_an_embedding_project_tokens_once():
    model = workload(embedding(50, 4), recurrent("GRU", 6), dense(1))
    expected = 2 * 3 * (7 * 4 * 18 + 9 * 6 * 18 + 2 * 6)
    assert operations(model, (5,), Extent(steps=9, tokens=7)) == expected


def test_operations_of_convolutions_shrink_with_the_steps():
    model = workload(embedding(50, 4), convolution(6, 3), {"kind": "GlobalMaxPooling1D"}, dense(1))
    expected = 2 * 3 * (20 * 3 * 4 * 6 + 2 * 6)
    assert operations(model, (10,), padded_extent(2, 10)) == expected


def test_own_extent_counts_shared_padding_once():
    arrays = {"x": np.array([[0, 0, 5, 6], [0, 7, 5, 5]], np.int32)}
    plain = workload(embedding(9, 2), recurrent("LSTM", 3), dense(1))
    assert own_extent(plain, arrays) == Extent(steps=2 + 3 + 2, tokens=4)
    masked = workload(embedding(9, 2, mask=True), recurrent("LSTM", 3), dense(1))
    assert own_extent(masked, arrays) == Extent(steps=5, tokens=3)
    dropping = workload(embedding(9, 2), recurrent("LSTM", 3, dropout=0.5), dense(1))
    assert own_extent(dropping, arrays) == Extent(steps=8, tokens=8)


def test_shapes_and_weights_follow_keras():
    layers = [embedding(9, 4), *stacked("GRU", 5, 3), dense(2)]
    assert [shape for _, shape in walk(layers, (7,))] == [(7,), (7, 4), (7, 5), (3,), (2,)]
    shapes = [weight.shape for weight in weights_of(layers, (7,))]
    assert shapes[:4] == [(9, 4), (4, 15), (5, 15), (2, 15)]
    assert shapes[4:] == [(5, 9), (3, 9), (2, 9), (3, 2), (2,)]
    with pytest.raises(ValueError, match="no layer of the kind 'Lambda'"):
        output_shape({"kind": "Lambda"}, (7,))


def test_blocks_hold_rows_of_like_length_of_all_lengths():
    lengths = np.random.default_rng(0).integers(1, 500, 1000)
    rows = inputs.spread_blocks(lengths, batches=5, batch=20)
    blocks = lengths[rows].reshape(5, 20)
    assert len(set(rows)) == 100
    assert (blocks.max(axis=1) - blocks.min(axis=1) < 40).all()
    assert abs(blocks.mean() - lengths.mean()) < 20


def test_rows_are_moved_to_the_front():
    moved = moved_to_front(np.array([[0, 0, 4], [1, 2, 3]]), np.array([1, 3]))
    assert moved.tolist() == [[4, 0, 0], [1, 2, 3]]


def test_comparison_is_within_the_rounds():
    row = compare(result(ours=[1.0, 2.0, 4.0], pytorch=[4.0, 8.0, 8.0]))
    assert row.peer == "pytorch"
    assert row.ratio is not None
    assert row.ratio.median == 4.0
    assert row.share.median == pytest.approx(1e9 / 2e-3 / 100e9)
    assert row.verdict(must=3, aim=4, enough=None) == "aim"
    assert row.verdict(must=5, aim=8, enough=None) == "missed"
    assert row.verdict(must=5, aim=8, enough=0.1) == "must"


def test_the_document_says_what_was_missed():
    entries = {TRAINING[0].name: result([2.0] * 5, [30.0] * 5)}
    entries[TRAINING[1].name] = result([2.0] * 5, [4.0] * 5)
    text = render(lambda name: entries if name == "workloads" else {})
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert "aim reached" in next(row for row in rows if TRAINING[0].title in row)
    assert "**missed**" in next(row for row in rows if TRAINING[1].title in row)
    assert "Abacus" in text


def test_results_are_kept_beside_older_ones(tmp_path):
    path = tmp_path / "kept" / "results.json"
    results.keep(path, "one", {"times": [1.23456789]})
    results.keep(path, "two", 2)
    assert results.read(path) == {"one": {"times": [1.2346]}, "two": 2}
    assert results.read(tmp_path / "none.json") == {}


def test_workloads_are_chosen_by_pattern():
    assert [found.name for found in chosen(["imdb-l*"])][:2] == ["imdb-lstm", "imdb-lstm-dropout"]
    assert chosen([]) == list(WORKLOADS)
    with pytest.raises(ValueError, match="no workload is called imdb-gru"):
        chosen(["imdb-gru"])


def test_workloads_travel_as_json():
    assert len({found.name for found in WORKLOADS}) == len(WORKLOADS)
    for found in WORKLOADS:
        assert json.loads(json.dumps(found.to_json()))["batch"] == found.batch
