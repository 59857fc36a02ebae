"""The main workloads with data drawn from a seed: for counting, not for timing."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.workload import Data, Workload
from benchmarks.workloads import WORKLOADS

_BATCHES = 2

# A row more than a tile of rows has, up to 64 units and above.
_TILE, _LARGE_TILE = 13, 65

_REVIEWS = Data("texts", _BATCHES, {"words": 10000, "steps": 500, "median": 180})
_WIRES = Data("texts", _BATCHES, {"words": 10000, "steps": 500, "median": 95, "classes": 46})
_FEW_WORDS = Data("texts", _BATCHES, {"words": 1000, "steps": 100, "median": 95, "classes": 46})
_LONG_TEXT = Data("texts", _BATCHES, {"words": 20000, "steps": 200, "median": 180})
_FULL_ROWS = Data("ids", _BATCHES, {"words": 10000, "steps": 500})
_DIGITS = Data("normal", _BATCHES, {"steps": 28, "inputs": 28, "classes": 10})

_CASES = {  # name: data of its own or `None`, rows a batch
    "imdb-simple-rnn": (_REVIEWS, 32),
    "imdb-lstm": (_REVIEWS, 32),
    "imdb-lstm-dropout": (_REVIEWS, 16),
    "full-rows-lstm": (_FULL_ROWS, 16),
    "imdb-conv1d": (_REVIEWS, 32),
    "imdb-lstm-masked": (_REVIEWS, 32),
    "imdb-lstm-ragged": (_REVIEWS, 32),
    "reuters-stacked": (_WIRES, 16),
    "reuters-1000": (_FEW_WORDS, 16),
    "text-gru": (_LONG_TEXT, 8),
    "product": (Data("product", _BATCHES), 32),
    "cosine": (Data("cosine", _BATCHES), 12),
    "mnist": (_DIGITS, 32),
    "lstm-256": (Data("normal", _BATCHES, {"steps": 12, "inputs": 64}), _LARGE_TILE),
    "gru-256": (Data("normal", _BATCHES, {"steps": 12, "inputs": 64}), _LARGE_TILE),
    "predict-imdb-lstm": (_REVIEWS, 32),
    "predict-product": (Data("product", _BATCHES), 32),
    "predict-one-row": (_FULL_ROWS, 1),
    "predict-call": (Data("normal", _BATCHES, {"steps": 31, "inputs": 1}), 1),
}


def cases() -> list[Workload]:
    """The workloads whose calls and allocations are counted."""
    known = {workload.name: workload for workload in WORKLOADS}
    return [replace(known[name], data=data, batch=rows) for name, (data, rows) in _CASES.items()]


def short_cases() -> list[Workload]:
    """The same with few rows and steps: fused multiply-adds take callgrind a long time."""
    return [_short(case) for case in cases()]


def _short(case: Workload) -> Workload:
    arguments = dict(case.data.arguments)
    for name in ("steps", "median"):
        if name in arguments:
            arguments[name] = max(2, arguments[name] // 6)
    data = Data(case.data.maker, 1, arguments)
    rows = case.batch if case.batch == _LARGE_TILE else min(case.batch, _TILE)
    return replace(case, data=data, batch=rows)
