"""The pooling kernels against float64 NumPy, through random window maps."""

import numpy as np
import pytest
from window_maps import (
    INSTRUCTION_SIZES,
    add_back,
    assert_within,
    random_floats,
    random_map,
    read,
)

from sunhwan import _core

SHAPES = [
    # windows, steps, head rows, taps, channels
    *[(11, 13, 3, 3, size) for size in INSTRUCTION_SIZES],
    (1, 1, 0, 1, 1),
    (7, 0, 4, 2, 5),
    (700, 900, 40, 5, 33),
]


class Case:
    """Random arrays of one shape, all windows of one row."""

    def __init__(self, windows, steps, head_rows, taps, channels):
        rng = np.random.default_rng(3)
        self.map = random_map(rng, windows, taps, steps, head_rows)
        self.values = random_floats(rng, steps, channels)
        self.head = random_floats(rng, head_rows, channels) if head_rows else None
        self.dout = random_floats(rng, windows, channels)
        self.real = self.map != _core.NOTHING
        self.patches = read(self.map, self.values, self.head)
        self.offsets = np.array([0, steps], np.int64)
        self.out_offsets = np.array([0, windows], np.int64)

    def gradients(self, backward, *source):
        dvalues = np.full_like(self.values, np.nan)
        dhead = None if self.head is None else np.zeros_like(self.head)
        backward(self.map, self.offsets, self.out_offsets, self.dout, *source, dvalues, dhead)
        return dvalues, np.zeros((0, self.dout.shape[1])) if dhead is None else dhead

    def exact_gradients(self, dpatches):
        rows = 0 if self.head is None else len(self.head)
        return add_back(self.map, dpatches, len(self.values), rows)


@pytest.mark.parametrize("shape", SHAPES)
def test_maximum(shape):
    case = Case(*shape)
    out = np.full_like(case.dout, np.nan)
    source = np.zeros(out.shape, np.int32)
    _core.max_pool(case.map, case.values, case.head, out, source)
    patches = np.where(case.real[:, :, None], case.patches, -np.inf)
    winner = patches.argmax(axis=1)
    some = case.real.any(axis=1)
    np.testing.assert_array_equal(out, np.where(some[:, None], patches.max(axis=1), 0))
    entries = np.take_along_axis(case.map[:, :, None], winner[:, None, :], axis=1)[:, 0]
    np.testing.assert_array_equal(source, entries)
    without_source = np.full_like(out, np.nan)
    _core.max_pool(case.map, case.values, case.head, without_source, None)
    np.testing.assert_array_equal(without_source, out)

    chosen = np.arange(case.map.shape[1])[None, :, None] == winner[:, None, :]
    dpatches = np.where(chosen & case.real[:, :, None], case.dout[:, None, :], 0).astype(float)
    gradients = case.gradients(_core.max_pool_backward, source)
    sizes = case.exact_gradients(np.abs(dpatches))
    for actual, expected, size in zip(
        gradients, case.exact_gradients(dpatches), sizes, strict=True
    ):
        assert_within(actual, expected, size, shape[0])


@pytest.mark.parametrize("shape", SHAPES)
def test_average(shape):
    case = Case(*shape)
    out = np.full_like(case.dout, np.nan)
    _core.average_pool(case.map, case.values, case.head, out)
    counts = np.maximum(case.real.sum(axis=1), 1)[:, None]
    size = np.abs(case.patches).sum(axis=1) / counts
    assert_within(out, case.patches.sum(axis=1) / counts, size, case.map.shape[1])

    share = (case.dout / counts)[:, None, :] * case.real[:, :, None]
    sizes = case.exact_gradients(np.abs(share))
    gradients = case.gradients(_core.average_pool_backward)
    for actual, expected, bound in zip(gradients, case.exact_gradients(share), sizes, strict=True):
        assert_within(actual, expected, bound, shape[0])


def test_the_first_of_equal_values_is_the_source():
    values = np.array([[1, 5], [3, 5], [3, 4]], np.float32)
    entries = np.array([[0, 1, 2], [2, 1, _core.NOTHING]], np.int32)
    out, source = np.empty((2, 2), np.float32), np.empty((2, 2), np.int32)
    _core.max_pool(entries, values, None, out, source)
    np.testing.assert_array_equal(source, [[1, 0], [2, 1]])


@pytest.mark.parametrize("place", [0, 1, 2])
def test_nan_is_the_largest(place):
    values = np.arange(3, dtype=np.float32)[:, None].copy()
    values[place] = np.nan
    out, source = np.empty((1, 1), np.float32), np.empty((1, 1), np.int32)
    _core.max_pool(np.array([[0, 1, 2]], np.int32), values, None, out, source)
    assert np.isnan(out[0, 0])
    assert source[0, 0] == place


def rows_case():
    """Three rows of 7, 0 and 50 steps, in windows of 3 that overlap, and a head."""
    rng = np.random.default_rng(4)
    offsets, out_offsets = np.array([0, 7, 7, 57]), np.array([0, 5, 6, 54])
    own = [*np.arange(5), 0, *np.arange(7, 55)]
    entries = (np.array(own)[:, None] + np.arange(3)).astype(np.int32)
    entries[5] = [-1, -2, -2]
    entries[6, 0] = -2
    dout = random_floats(rng, 54, 19)
    return entries, offsets, out_offsets, dout


def test_bits_do_not_depend_on_threads(threads):
    entries, offsets, out_offsets, dout = rows_case()
    results = []
    for count in (1, 2, 3):
        threads(count)
        dvalues, dhead = np.empty((57, 19), np.float32), np.zeros((2, 19), np.float32)
        _core.average_pool_backward(entries, offsets, out_offsets, dout, dvalues, dhead)
        results.append((dvalues, dhead))
    for dvalues, dhead in results[1:]:
        np.testing.assert_array_equal(dvalues, results[0][0])
        np.testing.assert_array_equal(dhead, results[0][1])


def test_rows_that_read_each_other_are_refused():
    entries, offsets, out_offsets, dout = rows_case()
    dvalues = np.empty((57, 19), np.float32)
    entries[20, 1] = 6
    with pytest.raises(ValueError, match="map must read the own steps of its own row in row 2"):
        _core.average_pool_backward(entries, offsets, out_offsets, dout, dvalues, None)
    with pytest.raises(ValueError, match="offsets must rise from 0 to 56"):
        _core.average_pool_backward(entries, offsets, out_offsets, dout, dvalues[:56], None)
