"""Time by rows, by steps and by threads; ours alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.measure import Bench
from benchmarks.rounds import undisturbed
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
    workloads = [workload for workload in chosen(_THREADED) if workload.task == "fit"]
    with _benches(folder, 1, threads) as benches:
        found = {workload.name: in_turn([workload], benches, rounds) for workload in workloads}
    return {
        "times": {
            name: {str(bench.threads): own for bench, own in zip(benches, times, strict=True)}
            for name, (times, _) in found.items()
        },
        "repeated": sum(repeated for _, repeated in found.values()),
    }


def in_turn(
    workloads: list[Workload], benches: list[Bench], rounds: int
) -> tuple[list[list[float]], int]:
    """Measure all workloads on all benches, in every round one after the other.

    Returns:
        Milliseconds a step, a list of all rounds for each workload on each bench, and how many
        rounds were repeated since others disturbed the machine.
    """
    pairs = [(workload, bench) for workload in workloads for bench in benches]
    found: list[list[float]] = []

    def measure(_: int) -> float:
        entries = [bench.measure(workload, 1) for workload, bench in pairs]
        found.append([ours for entry in entries for (ours,) in entry["times"].values()])
        peaks = zip(entries, pairs, strict=True)
        return min(entry["peaks"][0]["gflops"] / bench.threads for entry, (_, bench) in peaks)

    kept, repeated = undisturbed(measure, rounds)
    return [list(own) for own in zip(*(found[turn] for turn in kept), strict=True)], repeated


def _measured(
    sizes: list[tuple[int, int]], rounds: int, threads: int, folder: Path
) -> dict[str, Any]:
    with _benches(folder, threads) as benches:
        times, repeated = in_turn([_model(*size) for size in sizes], benches, rounds)
    found = [
        {"rows": rows, "steps": steps, "times": own}
        for (rows, steps), own in zip(sizes, times, strict=True)
    ]
    return {"sizes": found, "repeated": repeated}


@contextmanager
def _benches(folder: Path, *counts: int) -> Iterator[list[Bench]]:
    """A bench of ours alone for each number of threads."""
    benches = [Bench(["sunhwan"], count, folder, _SECONDS, print) for count in counts]
    try:
        yield benches
    finally:
        for bench in benches:
            bench.close()


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
