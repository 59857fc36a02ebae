"""Time by rows, by steps and by threads; ours alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.measure import Bench
from benchmarks.workload import Data, Workload, dense, embedding, recurrent
from benchmarks.workloads import chosen

ROWS = (32, 128, 512, 1024, 2048, 4096)
STEPS = (50, 100, 200, 500, 1000, 2000, 4000)
_FIXED_STEPS, _FIXED_ROWS = 100, 32
_THREADED = ["imdb-*", "full-rows-lstm", "mnist"]
_SECONDS = 0.2


def by_rows(rounds: int, threads: int, folder: Path) -> dict[str, Any]:
    """Milliseconds a step for batches of 32 to 4,096 rows."""
    sizes = [(rows, _FIXED_STEPS) for rows in ROWS]
    return _measured(sizes, rounds, threads, folder)


def by_steps(rounds: int, threads: int, folder: Path) -> dict[str, Any]:
    """Milliseconds a step for rows of 50 to 4,000 steps."""
    sizes = [(_FIXED_ROWS, steps) for steps in STEPS]
    return _measured(sizes, rounds, threads, folder)


def by_threads(rounds: int, threads: int, folder: Path) -> dict[str, Any]:
    """Milliseconds a step of the IMDB and MNIST rows with one thread and `threads`, in turn."""
    counts = (1, threads)
    benches = [Bench(["sunhwan"], count, folder, _SECONDS, print) for count in counts]
    workloads = [workload for workload in chosen(_THREADED) if workload.task == "fit"]
    found = {}
    try:
        for workload in workloads:
            times: dict[str, list[float]] = {str(count): [] for count in counts}
            for _ in range(rounds):
                for count, bench in zip(counts, benches, strict=True):
                    entry = bench.measure(workload, 1)
                    times[str(count)] += next(iter(entry["times"].values()))
            found[workload.name] = times
    finally:
        for bench in benches:
            bench.close()
    return {"times": found, "threads": threads}


def _measured(
    sizes: list[tuple[int, int]], rounds: int, threads: int, folder: Path
) -> dict[str, Any]:
    bench = Bench(["sunhwan"], threads, folder, _SECONDS, print)
    found = []
    try:
        for rows, steps in sizes:
            entry = bench.measure(_model(rows, steps), rounds)
            found.append({"rows": rows, "steps": steps, "times": entry["times"]["sunhwan"]})
    finally:
        bench.close()
    return {"sizes": found, "threads": threads}


def _model(rows: int, steps: int) -> Workload:
    layers = (embedding(10000, 32), recurrent("LSTM", 32), dense(1, "sigmoid"))
    data = Data("ids", 1, {"words": 10000, "steps": steps})
    name = f"{rows} rows of {steps} steps"
    return Workload(name, name, "fit", data, rows, layers, "binary_crossentropy", "rmsprop")


SCALINGS: dict[str, Callable[[int, int, Path], dict[str, Any]]] = {
    "rows": by_rows,
    "steps": by_steps,
    "threads": by_threads,
}
