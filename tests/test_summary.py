"""Mean, spread, range and histogram of many numbers, against NumPy in float64."""

import numpy as np
import pytest

from sunhwan import _core
from sunhwan.watching.summary import BINS, MOST_COUNTED, Summary

CLOSE = 1e-6  # of the size of the numbers

SIZES = [1, 2, 7, 8, 15, 16, 17, 31, 33, 511, 512, 513, 33001]


def close(found, expected, size):
    return abs(found - expected) <= CLOSE * size


@pytest.mark.parametrize("size", SIZES)
def test_summary_of_random_numbers(size):
    x = np.random.default_rng(size).normal(0.3, 2.0, size).astype(np.float32)
    found, wide = Summary.of(x), x.astype(float)
    assert (found.count, found.finite) == (size, size)
    assert (found.least, found.most) == (wide.min(), wide.max())
    assert close(found.mean, wide.mean(), 2.0)
    assert close(found.spread, wide.std(), 2.0)
    assert close(found.size, np.abs(wide).mean(), 2.0)
    if size > 1:
        assert found.histogram.tolist() == np.histogram(wide, BINS)[0].tolist()


def test_a_large_mean_costs_no_digits_of_the_spread():
    x = (1000 + 1e-2 * np.random.default_rng(0).normal(size=1001)).astype(np.float32)
    found = Summary.of(x)
    assert close(found.spread, x.astype(float).std(), 1e-2)
    assert close(found.mean, x.astype(float).mean(), 1e-1)


@pytest.mark.parametrize("scale", [1e20, 1e38])
def test_squares_beyond_single_precision(scale):
    x = (np.random.default_rng(0).uniform(-1, 1, 77) * scale).astype(np.float32)
    assert close(Summary.of(x).spread, x.astype(float).std(), scale)


@pytest.mark.parametrize("size", [3, 40, 700])
def test_numbers_that_are_not_finite_are_counted_and_left_out(size):
    x = np.random.default_rng(1).normal(size=size).astype(np.float32)
    x[1], x[-1] = np.nan, np.inf
    kept, found = x[np.isfinite(x)].astype(float), Summary.of(x)
    assert (found.count, found.finite, found.histogram.sum()) == (size, size - 2, size - 2)
    assert (found.least, found.most) == (kept.min(), kept.max())
    assert close(found.mean, kept.mean(), 1.0)


@pytest.mark.parametrize("x", [[], [np.nan, -np.inf]])
def test_nothing_finite_gives_zeros(x):
    found = Summary.of(np.array(x, np.float32))
    assert found[1:7] == (0, 0.0, 0.0, 0.0, 0.0, 0.0)
    assert not found.histogram.any()


def test_equal_numbers_lie_in_the_first_bin():
    found = Summary.of(np.full(9, 2.5, np.float32))
    assert (found.spread, found.histogram[0]) == (0.0, 9)


def test_the_bits_do_not_depend_on_the_number_of_threads(threads):
    x = np.random.default_rng(2).normal(size=200_001).astype(np.float32)
    found = []
    for count in (1, 3):
        threads(count)
        found.append(_core.summarize(x))
    assert found[0] == found[1]


def test_of_many_numbers_a_share_is_counted_that_looks_like_the_whole():
    x = np.random.default_rng(3).normal(size=5 * MOST_COUNTED).astype(np.float32)
    found = Summary.of(x)
    assert 0.9 * MOST_COUNTED < found.histogram.sum() <= MOST_COUNTED
    shares, expected = found.histogram / found.histogram.sum(), np.histogram(x, BINS)[0] / x.size
    assert np.abs(shares - expected).max() < 0.005


@pytest.mark.parametrize("bins", [0, 257])
def test_a_number_of_bins_that_is_none(bins):
    with pytest.raises(ValueError, match=f"counts must have 1 to 256 bins, got {bins}"):
        _core.summarize(np.ones(3, np.float32), np.zeros(bins, np.int64))


def test_a_stride_that_is_none():
    with pytest.raises(ValueError, match="stride must be positive, got 0"):
        _core.summarize(np.ones(3, np.float32), np.zeros(4, np.int64), 0)
