"""What ``python -m benchmarks growth`` measures, by name."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import inputs
from benchmarks.environments import ROOT, interpreters
from benchmarks.growth.scaling import SCALINGS
from benchmarks.shapes import weights_of
from benchmarks.workload import dense, embedding, recurrent
from benchmarks.workloads import chosen

_CALLS = 30_000
_TEXT = [embedding(10000, 32), recurrent("LSTM", 32), dense(1, "sigmoid")]
_IMAGES = [recurrent("LSTM", 128), dense(1)]
_BATCHES = (128, 4096)


def memory(rounds: int, threads: int, folder: Path) -> dict[str, Any]:
    """Megabytes at the peak of training, by model and batch."""
    models = {
        "Embedding 32, LSTM 32, 500 steps": {"layers": _TEXT, "shape": [8192, 500], "words": 10000},
        "LSTM 128, 28 steps of 28": {"layers": _IMAGES, "shape": [8192, 28, 28], "words": 0},
    }
    found = {
        name: {
            str(batch): _fresh("sunhwan", "memory", threads, batch=batch, **model)
            for batch in _BATCHES
        }
        for name, model in models.items()
    }
    return {"models": found, "rounds": 1}


def first_step(rounds: int, threads: int, folder: Path) -> dict[str, Any]:
    """Seconds to the end of the first step, and megabytes on disk, by package, in turn."""
    workload = chosen(["imdb-lstm"])[0]
    arrays, weights = inputs.write(workload, folder), folder / "weights.npz"
    with np.load(arrays) as found:
        np.savez(weights, *weights_of(list(workload.layers), found["x"].shape[1:]))
    given = {"workload": workload.to_json(), "arrays": str(arrays), "weights": str(weights)}
    packages = list(interpreters())
    training = [package for package in packages if package != "onnxruntime"]
    times: dict[str, list[float]] = {package: [] for package in training}
    for _ in range(rounds):
        for package in training:
            seconds = _fresh(package, "first_step", threads, peer=package, **given)
            times[package].append(seconds)
    sizes = {package: _fresh(package, "install_size", 1, peer=package) for package in packages}
    return {"seconds": times, "megabytes": sizes}


def tiny_states(rounds: int, threads: int, folder: Path) -> dict[str, Any]:
    """An LSTM with states of 1e-40 beside a usual one."""
    return _fresh("sunhwan", "tiny_states", threads, rounds=rounds)


def random_lengths(rounds: int, threads: int, folder: Path) -> dict[str, Any]:
    """Megabytes during many calls with rows of random lengths."""
    return _fresh("sunhwan", "random_lengths", threads, calls=_CALLS) | {"rounds": 1}


def _fresh(package: str, probe: str, threads: int, **arguments: Any) -> Any:
    """Run a probe in a new process of a package's interpreter."""
    counted = ("OMP_NUM_THREADS", "SUNHWAN_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")
    variables = os.environ | {variable: str(threads) for variable in counted}
    command = [str(interpreters()[package]), "-m", "benchmarks.growth.fresh", probe]
    done = subprocess.run(
        [*command, json.dumps(arguments)],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=variables,
    )
    return json.loads(done.stdout.splitlines()[-1])


MEASURES: dict[str, Callable[[int, int, Path], Any]] = {
    **SCALINGS,
    "memory": memory,
    "first-step": first_step,
    "tiny-states": tiny_states,
    "random-lengths": random_lengths,
}
