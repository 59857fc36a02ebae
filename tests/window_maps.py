"""Random window maps, and what they say, for tests of the kernels that read through them."""

import numpy as np

from sunhwan import _core

UNIT_ROUNDOFF = 2.0**-24
INSTRUCTION_SIZES = [1, 2, 7, 8, 9, 15, 16, 17, 31, 33]


def random_floats(rng, *shape):
    return rng.standard_normal(shape).astype(np.float32)


def random_map(rng, windows, taps, steps, head_rows):
    """A map where no tap of two windows reads one own step, and no window one row twice."""
    entries = np.full((windows, taps), _core.NOTHING, np.int32)
    first_run = rng.integers(0, max(1, head_rows), windows)
    for tap in range(taps):
        reads_own = rng.random(windows) < 0.6
        places = np.flatnonzero(reads_own)[:steps]
        own = rng.permutation(steps)[: len(places)]
        own_before = entries[places, :tap] == own[:, None]
        fresh = ~own_before.any(axis=1)
        entries[places[fresh], tap] = own[fresh]
        if tap < head_rows:
            others = np.flatnonzero(entries[:, tap] == _core.NOTHING)
            others = others[rng.random(len(others)) < 0.6]
            entries[others, tap] = -1 - (first_run[others] + tap) % head_rows
    return entries


def read(entries, values, head):
    """The rows that a map names, `(P, K, C)` float64, zeros for `NOTHING`."""
    patches = np.zeros((*entries.shape, values.shape[1]))
    own, run = entries >= 0, (entries < 0) & (entries != _core.NOTHING)
    patches[own] = values[entries[own]]
    if head is not None:
        patches[run] = head[-1 - entries[run]]
    return patches


def add_back(entries, dpatches, steps, head_rows):
    """The gradients `(Q, C)` and `(R, C)` of the rows that were read, from those of `read`."""
    dvalues = np.zeros((steps, dpatches.shape[-1]))
    dhead = np.zeros((head_rows, dpatches.shape[-1]))
    own, run = entries >= 0, (entries < 0) & (entries != _core.NOTHING)
    np.add.at(dvalues, entries[own], dpatches[own])
    np.add.at(dhead, -1 - entries[run], dpatches[run])
    return dvalues, dhead


def assert_within(actual, expected, magnitude, terms):
    """`actual` is a float32 sum of `terms` terms whose absolute values add up to `magnitude`."""
    bound = (terms + 3) * UNIT_ROUNDOFF * magnitude
    assert np.shape(actual) == np.shape(expected)
    assert np.all(np.abs(actual - expected) <= bound)
