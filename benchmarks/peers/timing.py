"""Seconds that calls take, inside a worker."""

from __future__ import annotations

import math
from time import perf_counter

from benchmarks.peers.runner import Call, Runner

_MOST_BYTES = 150e6  # of data that a call goes through


def timed(call: Call) -> float:
    """Seconds that one call takes."""
    start = perf_counter()
    call()
    return perf_counter() - start


def calibrated(runner: Runner, seconds: float) -> int:
    """How often the short call must go through the batches.

    The long call goes through them three times as often; the two should differ by `seconds`. The
    first calls here compile whatever the package compiles.
    """
    repeats, most = 1, max(1, int(_MOST_BYTES / runner.x.nbytes / 3))
    runner.call(1)()
    while True:
        short, long = runner.call(repeats), runner.call(3 * repeats)
        difference = timed(long) - timed(short)
        if difference >= seconds / 2 or repeats == most:
            break
        # At most eightfold, since a first difference may be mostly noise.
        growth = seconds / difference if difference > 0 else 8.0
        repeats = min(most, math.ceil(repeats * min(8.0, max(2.0, growth))))
    return (
        max(1, min(most, math.ceil(repeats * seconds / difference))) if difference > 0 else repeats
    )
