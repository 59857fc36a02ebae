"""Seconds that calls take, inside a worker."""

from __future__ import annotations

import math
from time import perf_counter

from benchmarks.peers.runner import Call, Runner

_MOST_BYTES = 400e6  # of data that a call goes through
_PAIRS, _MOST_PAIRS = 3, 8


def timed(call: Call) -> float:
    """Seconds that one call takes."""
    start = perf_counter()
    call()
    return perf_counter() - start


def calibrated(runner: Runner, seconds: float) -> tuple[int, int]:
    """How often the short call must go through the batches, and how many pairs of calls to time.

    The long call goes through them three times as often; the two should differ by `seconds`, and
    all pairs by three times that. Where the data are too large for that, more pairs make up for it;
    where a step is so slow that the calls differ by more, fewer will do. The first calls here
    compile whatever the package compiles.
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
    if difference <= 0:
        return most, _MOST_PAIRS
    chosen = min(most, math.ceil(repeats * seconds / difference))
    pairs = math.ceil(_PAIRS * seconds / (difference * chosen / repeats))
    return chosen, max(1, min(_MOST_PAIRS, pairs))
