"""One kernel on one size of arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks import machine
from benchmarks.rounds import undisturbed
from benchmarks.statistics import spread

Call = Callable[[], object]


@dataclass(frozen=True)
class Kernel:
    """A call of the native module.

    Args:
        name: its family and size.
        prepare: makes the arrays and returns the call.
        operations: floating-point operations of its products; 0 where it has none.
        bytes: that it must read and write at least, where it has no products.
    """

    name: str
    prepare: Callable[[], Call]
    operations: float = 0.0
    bytes: float = 0.0


def normal(*shape: int) -> np.ndarray:
    """Random numbers, always the same."""
    return np.random.default_rng(0).standard_normal(shape, dtype=np.float32)


def measure(kernel: Kernel, rounds: int, threads: int, seconds: float = 0.02) -> dict[str, Any]:
    """Time a kernel, and the machine beside it.

    Returns:
        ``microseconds`` a call by round, ``peaks`` by round, how many rounds were ``repeated``, and
        what the kernel does.
    """
    call = kernel.prepare()
    repeats = 1
    while (took := _seconds(call, repeats)) < seconds:
        repeats = max(2 * repeats, int(repeats * seconds / max(took, 1e-9)))
    times: list[float] = []
    peaks: list[dict[str, float]] = []

    def one(_: int) -> float:
        times.append(1e6 * _seconds(call, repeats) / repeats)
        peaks.append(machine.peak(threads, 0.1))
        return peaks[-1]["gflops"]

    kept, repeated = undisturbed(one, rounds)
    return {
        "microseconds": [times[turn] for turn in kept],
        "peaks": [peaks[turn] for turn in kept],
        "repeated": repeated,
        "operations": kernel.operations,
        "bytes": kernel.bytes,
    }


def share(result: dict[str, Any]) -> tuple[float, float, str]:
    """What a result comes to.

    Returns:
        Giga a second (of operations or bytes), the share of what the machine can do, both as
        medians over the rounds, and `peak` or `memory`.
    """
    counted, limit, what = (
        (result["operations"], "gflops", "peak")
        if result["operations"]
        else (result["bytes"], "gbytes", "memory")
    )
    speeds = [counted / time * 1e-3 for time in result["microseconds"]]
    shares = [speed / peak[limit] for speed, peak in zip(speeds, result["peaks"], strict=True)]
    return spread(speeds).median, spread(shares).median, what


def _seconds(call: Call, repeats: int) -> float:
    start = perf_counter()
    for _ in range(repeats):
        call()
    return perf_counter() - start
