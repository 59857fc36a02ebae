"""The benchmark's own arithmetic; nothing here measures anything."""

import doctest
import json
from argparse import Namespace

import numpy as np
import pytest

from benchmarks import (
    comparison,
    inputs,
    profiling,
    report_accuracy,
    report_growth,
    report_profile,
    report_twins,
    results,
    shapes,
    statistics,
    sweep,
    table,
    translator,
)
from benchmarks.commands import wanted
from benchmarks.comparison import compare
from benchmarks.kernels import kernels
from benchmarks.kernels.case import share
from benchmarks.operations import Extent, operations, own_extent, padded_extent
from benchmarks.peers import learning, runner
from benchmarks.peers.runner import moved_to_front
from benchmarks.report import render
from benchmarks.shapes import output_shape, walk, weights_of
from benchmarks.statistics import ratios, slope, spread
from benchmarks.twins import saved
from benchmarks.workload import Data, Workload, convolution, dense, embedding, recurrent, stacked
from benchmarks.workloads import WORKLOADS
from benchmarks.workloads_training import TRAINING
from sunhwan import _core

MODULES = [comparison, inputs, learning, profiling, runner, shapes, statistics, table]


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


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_of_docstrings_run(module):
    assert doctest.testmod(module).failed == 0


def test_slope_takes_away_what_a_call_costs_once():
    assert slope(short=0.5 + 10 * 0.003, long=0.5 + 30 * 0.003, steps=10) == pytest.approx(3.0)


def test_spread_and_ratios():
    assert spread([1.0, 2.0, 3.0, 4.0, 10.0]).high == 4.0
    assert ratios([2.0, 4.0], [6.0, 4.0]) == [3.0, 1.0]


def test_operations_of_an_lstm_on_data():
    lstm = workload(recurrent("LSTM", 8), dense(1))
    products = 2 * (5 * 3 * 32 * 2 + 4 * 8 * 32 * 3) + 2 * (8 * 3)
    assert operations(lstm, (5, 3), padded_extent(2, 5)) == 2 * products
    asked = workload(recurrent("LSTM", 8), dense(1), task="predict")
    assert operations(asked, (5, 3), padded_extent(2, 5)) == 2 * (2 * (5 * 3 + 4 * 8) * 32 + 2 * 8)


def test_operations_of_an_embedding_project_tokens_once():
    model = workload(embedding(50, 4), recurrent("GRU", 6), dense(1))
    expected = 2 * 3 * (7 * 4 * 18 + (9 - 2) * 6 * 18 + 2 * 6)
    assert operations(model, (5,), Extent(steps=9, tokens=7, begun=2)) == expected


def test_operations_of_convolutions_shrink_with_the_steps():
    model = workload(embedding(50, 4), convolution(6, 3), {"kind": "GlobalMaxPooling1D"}, dense(1))
    expected = 2 * 3 * (20 * 3 * 4 * 6 + 2 * 6)
    assert operations(model, (10,), padded_extent(2, 10)) == expected


def test_own_extent_counts_shared_padding_once():
    arrays = {"x": np.array([[0, 0, 5, 6], [0, 7, 5, 5]], np.int32)}
    plain = workload(embedding(9, 2), recurrent("LSTM", 3), dense(1))
    assert own_extent(plain, arrays) == Extent(steps=2 + 3 + 2, tokens=4, begun=1)
    masked = workload(embedding(9, 2, mask=True), recurrent("LSTM", 3), dense(1))
    assert own_extent(masked, arrays) == Extent(steps=5, tokens=3, begun=2)
    dropping = workload(embedding(9, 2), recurrent("LSTM", 3, dropout=0.5), dense(1))
    assert own_extent(dropping, arrays) == Extent(steps=8, tokens=8, begun=2)


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
    assert row.verdict(must=None, aim=None, enough=None) == "-"


def test_the_document_says_what_was_missed():
    entries = {TRAINING[0].name: result([2.0] * 5, [30.0] * 5)}
    entries[TRAINING[1].name] = result([2.0] * 5, [4.0] * 5)
    text = render(lambda name: entries if name == "workloads" else {})
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert "aim reached" in next(row for row in rows if TRAINING[0].title in row)
    assert "**missed**" in next(row for row in rows if TRAINING[1].title in row)
    assert "Abacus" in text
    assert "Of 2 workloads, 1 reach what they must, 1 of them the aim; 1 do not." in text


def test_results_are_kept_beside_older_ones(tmp_path):
    path = tmp_path / "kept" / "results.json"
    results.keep(path, "one", {"times": [1.23456789]})
    results.keep(path, "two", 2)
    assert results.read(path) == {"one": {"times": [1.2346]}, "two": 2}
    assert results.read(tmp_path / "none.json") == {}


@pytest.mark.parametrize(
    ("names", "missing", "expected"),
    [
        (["imdb-l*"], False, ["imdb-lstm", "imdb-lstm-dropout", "imdb-lstm-masked"]),
        (["imdb-l*", "mnist"], True, ["imdb-lstm-dropout", "imdb-lstm-masked", "mnist"]),
    ],
)
def test_names_choose(tmp_path, names, missing, expected):
    results.keep(tmp_path / "kept.json", "imdb-lstm", {})
    arguments = Namespace(names=names, missing=missing, json=tmp_path / "kept.json")
    chosen = [found.name for found in wanted(WORKLOADS, arguments)]
    assert [name for name in chosen if name != "imdb-lstm-ragged"] == expected


def test_names_that_choose_nothing_are_refused(tmp_path):
    arguments = Namespace(names=["imdb-gru"], missing=False, json=tmp_path / "none.json")
    with pytest.raises(ValueError, match="nothing is called imdb-gru; there are imdb-simple-rnn"):
        wanted(WORKLOADS, arguments)


def test_workloads_travel_as_json():
    assert len({found.name for found in WORKLOADS}) == len(WORKLOADS)
    for found in WORKLOADS:
        assert json.loads(json.dumps(found.to_json()))["batch"] == found.batch


def test_the_sweep_is_always_the_same():
    found = sweep.shapes()
    assert len({shape.name for shape in found}) == sweep.COUNT
    assert found == sweep.shapes()
    assert found[1].title == "2 x LSTM 34, 45 steps, 2 rows, 156 inputs"
    for shape in found:
        given = shape.data.arguments
        extent = padded_extent(shape.batch, given["steps"])
        assert operations(shape, (given["steps"], given["inputs"]), extent) <= 20e9


def test_the_sweep_lists_what_is_slower():
    first, second = sweep.shapes()[:2]
    text = sweep.section(
        {first.name: result([4.0] * 5, [2.0] * 5), second.name: result([1.0] * 5, [2.0] * 5)}
    )
    slower, faster = text.split("### Faster")
    assert "slower than the best peer: 1." in slower
    assert first.title in slower
    assert second.title not in slower
    assert second.title in faster


SMALL_KERNELS = [k for k in kernels() if k.operations < 5e8 and k.bytes < 1e7]


def test_kernels_have_names_of_their_own():
    assert len({kernel.name for kernel in kernels()}) == len(kernels())
    assert len(SMALL_KERNELS) > 30


@pytest.mark.parametrize("kernel", SMALL_KERNELS, ids=lambda kernel: kernel.name)
def test_kernels_run(kernel):
    kernel.prepare()()


def test_a_kernel_is_a_share_of_peak_or_memory():
    peak = {"gflops": 100.0, "gbytes": 40.0}
    entry = {"microseconds": [20.0, 10.0, 5.0], "peaks": [peak] * 3, "operations": 5e5, "bytes": 0}
    assert share(entry) == (50.0, 0.5, "peak")
    assert share({**entry, "operations": 0, "bytes": 1e5}) == (10.0, 0.25, "memory")


def test_fresh_weights_forget_nothing():
    _, _, bias = weights_of([recurrent("LSTM", 2)], (5, 3), fresh=True)
    assert bias.tolist() == [0, 0, 1, 1, 0, 0, 0, 0]


def test_growth_is_told_a_row_and_step():
    sizes = [{"rows": 10, "steps": 100, "times": [2.0, 2.0, 2.0]}]
    text = report_growth.section({"rows": {"sizes": sizes, "threads": 2}})
    assert "| 10 x 100 | 2.00 [2.00, 2.00] | 2000 [2000, 2000] |" in text
    text = report_growth.section({"tiny-states": {"usual": [2.0] * 3, "tiny": [3.0] * 3}})
    assert "1.50 [1.50, 1.50] times as long" in text


def test_accuracy_says_who_did_not_get_there():
    entry = {
        "seconds": {"sunhwan": [1.0, 3.0], "pytorch": [None, 5.0], "keras-jax": [None]},
        "epochs": {"sunhwan": [2, 3], "pytorch": [9, 4], "keras-jax": [9]},
    }
    row = report_accuracy.section({"mnist_rows": entry}).splitlines()[-1]
    assert "2.00 [1.50, 2.50] (2, 3)" in row
    assert "5.00 (9, 4), 1 missed" in row
    assert "not reached (9)" in row


def test_twins_stand_beside_each_other():
    both = {"sunhwan": {"bits": [2.2512, 2.3]}, "pytorch": {"bits": [2.26, 2.25]}}
    *_, row = report_twins.section({"characters": both}).splitlines()
    assert row.startswith("| tinyshakespeare")
    assert row.endswith("bits (0.02) | 2.251, 2.3 | 2.26, 2.25 |")


def test_a_twin_reads_what_it_is_handed(tmp_path):
    weights = [np.full(n + 1, n, np.float32) for n in range(12)]
    saved.hand_over(tmp_path / "in.npz", {"seed": 3}, {"x": np.arange(4)}, weights)
    settings, arrays, first = saved.read(str(tmp_path / "in.npz"))
    assert settings == {"seed": 3}
    assert list(arrays) == ["x"]
    assert [len(weight) for weight in first] == list(range(1, 13))


def test_sentences_end_and_are_counted():
    found = translator.sentences(2, 3, words=50)
    assert [found[name].shape[0] for name in ("x", "before", "y", "code")] == [6] * 4
    for row, before, after in zip(found["x"], found["before"], found["y"], strict=True):
        own = after[after != 0]
        assert own[-1] == translator.STOP
        assert before[0] == translator.START
        np.testing.assert_array_equal(before[1 : len(own)], own[:-1])
        assert not row[np.count_nonzero(row) :].any()
    layer = {"kind": "Translator", "words": 50, "units": 4, "counts": True}
    weights = weights_of([layer], found["x"].shape[1:])
    assert [part.shape for part in weights[:3]] == [(50, 4), (50, 4), (4, 12)]
    read, written = (np.count_nonzero(found[name], axis=1) for name in ("x", "y"))
    pairs = 96 * read.sum() + (96 + 32 + 200) * written.sum() + 8 * (read * written).sum()
    assert translator.operations(layer, found, 2, True) == 2 * 3 * pairs / 2


def test_a_profile_names_the_kernels_of_a_step(tmp_path):
    layers = (recurrent("LSTM", 3), dense(1))
    tiny = Workload("tiny", "Tiny", "fit", Data("normal", 1, {"steps": 4, "inputs": 2}), 2, layers)
    with profiling.kernels_timed() as watch:
        _core.fill(np.ones(3, np.float32))
    assert watch.calls == {"fill": 1}
    assert watch.seconds["fill"] > 0
    found = profiling.measure(tiny, _core.num_threads(), tmp_path, seconds=0.01)
    assert found["kernels"]["recurrent_forward"][1] == 1
    assert sum(times[0] for times in found["kernels"].values()) < found["milliseconds"]
    entry = {"milliseconds": 2.0, "kernels": {"product": [1.5, 3.0], "fill": [0.01, 1.0]}}
    row = report_profile.section({"mnist": entry}).splitlines()[-1]
    assert row == "| mnist | 2 | product 1.5, Python 0.49 |"
