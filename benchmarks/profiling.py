"""Where the time of a step goes: every kernel's milliseconds, and Python's; ours alone."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any
from unittest import mock

import numpy as np

from benchmarks import inputs
from benchmarks.peers.runner import Runner
from benchmarks.shapes import weights_of
from benchmarks.workload import Workload


class Stopwatch:
    """Seconds and calls of functions, by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.calls: dict[str, int] = {}

    def timing(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, timed."""

        def timed(*arguments: Any, **named: Any) -> Any:
            start = perf_counter()
            try:
                return function(*arguments, **named)
            finally:
                self.seconds[name] = self.seconds.get(name, 0.0) + perf_counter() - start
                self.calls[name] = self.calls.get(name, 0) + 1

        return timed


@contextmanager
def kernels_timed() -> Iterator[Stopwatch]:
    """Time all that Python calls of the native core; no step is recorded, so that it calls all."""
    from sunhwan import _core
    from sunhwan.models.recorder import Recorder

    watch = Stopwatch()
    timed = {
        name: watch.timing(name, function)
        for name, function in vars(_core).items()
        if callable(function) and not inspect.isclass(function) and not name.startswith("_")
    }
    with (
        mock.patch.dict(vars(_core), timed),
        mock.patch.object(Recorder, "due", return_value=False),
    ):
        yield watch


def measure(workload: Workload, threads: int, folder: Path, seconds: float = 1.0) -> dict[str, Any]:
    """Run one workload for about so many seconds.

    Returns:
        ``milliseconds`` a step, and of them those of each kernel with its calls a step, in
        ``kernels``; and that this was one round.
    """
    from benchmarks.peers.serve import PEERS
    from sunhwan import _core

    _core.set_num_threads(threads)
    with np.load(inputs.write(workload, folder)) as found:
        arrays = dict(found)
    weights = weights_of(list(workload.layers), arrays["x"].shape[1:])
    make, _ = PEERS["sunhwan"]()
    with kernels_timed() as watch:
        way = workload.ways.get("sunhwan", ("padded",))[0]
        runner: Runner = make(workload.to_json(), arrays, weights, way)
        runner.call(1)()
        start = perf_counter()
        runner.call(1)()
        repeats = max(1, round(seconds / (perf_counter() - start)))
        call = runner.call(repeats)
        call()
        watch.seconds.clear()
        watch.calls.clear()
        start = perf_counter()
        call()
        total = perf_counter() - start
    steps = repeats * runner.batches
    order = sorted(watch.seconds, key=lambda name: -watch.seconds[name])
    return {
        "milliseconds": 1e3 * total / steps,
        "kernels": {
            name: [1e3 * watch.seconds[name] / steps, watch.calls[name] / steps] for name in order
        },
        "rounds": 1,
    }


def shown(name: str, found: dict[str, Any]) -> str:
    """What the terminal shows.

    >>> found = {"milliseconds": 2.0, "kernels": {"product": [1.5, 3.0]}}
    >>> print(shown("one", found))
    one: 2.000 ms a step
        product                    1.500 ms   3.0 calls
        Python                     0.500 ms
    """
    lines = [f"{name}: {found['milliseconds']:.3f} ms a step"]
    for kernel, (milliseconds, calls) in found["kernels"].items():
        lines.append(f"    {kernel:24} {milliseconds:7.3f} ms {calls:5.1f} calls")
    python = found["milliseconds"] - sum(times[0] for times in found["kernels"].values())
    return "\n".join([*lines, f"    {'Python':24} {python:7.3f} ms"])
