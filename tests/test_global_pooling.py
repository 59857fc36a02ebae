"""Pooling over whole rows, with and without a shared run before them, against float64 NumPy."""

import numpy as np
import pytest
from window_maps import INSTRUCTION_SIZES, assert_within, random_floats

from sunhwan import _core

LENGTHS = [9, 4, 1, 0, 0]
STARTS = [0, 1, 6, 6, 3]
RUN = 6


class Case:
    """Rows of `LENGTHS` own steps; with `run`, after so many steps of it as `STARTS` says."""

    def __init__(self, channels, run):
        rng = np.random.default_rng(5)
        self.offsets = np.concatenate([[0], np.cumsum(LENGTHS)])
        self.starts = np.array(STARTS) if run else None
        self.values = random_floats(rng, self.offsets[-1], channels)
        self.run = random_floats(rng, RUN, channels) if run else None
        self.dout = random_floats(rng, len(LENGTHS), channels)

    def row(self, n):
        """Row `n` in full, float64, and where its steps stand."""
        own = np.arange(self.offsets[n], self.offsets[n + 1])
        values = self.values[own].astype(float)
        if self.run is None:
            return values, own
        before = np.arange(STARTS[n])
        return np.concatenate([self.run[before], values]), np.concatenate([-1 - before, own])


def maximum(case):
    """What the kernels make of a case: out, dvalues and the gradient of the run."""
    running = count = drunning = None
    if case.run is not None:
        running, count = np.empty_like(case.run), np.empty_like(case.run)
        drunning = np.zeros_like(case.run)
        _core.running_max(case.run, running, count)
    out, share = np.full_like(case.dout, np.nan), np.full_like(case.dout, np.nan)
    rows = case.offsets, case.starts, case.values, running
    _core.global_max(*rows, count, out, share)
    dvalues = np.full_like(case.values, np.nan)
    _core.global_max_backward(*rows, out, share, case.dout, dvalues, drunning)
    if case.run is None:
        return out, dvalues, None
    drun = np.ones_like(case.run)
    _core.running_max_backward(case.run, running, drunning, drun)
    return out, dvalues, drun


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("run", [False, True])
@pytest.mark.parametrize("channels", INSTRUCTION_SIZES)
def test_maximum(channels, run, ties):
    case = Case(channels, run)
    if ties:  # values of -1, 0 and 1: most maxima stand more than once
        case.values, case.dout = np.sign(case.values.round()), case.dout
        case.run = np.sign(case.run.round()) if run else None
    out, dvalues, drun = maximum(case)
    expected_dvalues = np.zeros(dvalues.shape)
    expected_drun = np.ones((RUN, channels))
    for n in range(len(LENGTHS)):
        values, places = case.row(n)
        if not len(values):
            np.testing.assert_array_equal(out[n], 0)
            continue
        np.testing.assert_array_equal(out[n], values.max(axis=0))
        winners = values == values.max(axis=0)
        gradient = winners * case.dout[n] / winners.sum(axis=0)
        expected_dvalues[places[places >= 0]] = gradient[places >= 0]
        expected_drun[-1 - places[places < 0]] += gradient[places < 0]
    assert_within(dvalues, expected_dvalues, np.abs(expected_dvalues), 2)
    if run:
        assert_within(drun, expected_drun, 1 + np.abs(case.dout).sum(axis=0), 8)


@pytest.mark.parametrize("run", [False, True])
@pytest.mark.parametrize("channels", INSTRUCTION_SIZES)
def test_average(channels, run):
    case = Case(channels, run)
    running = drunning = None
    if run:
        running, drunning = np.empty_like(case.run), np.zeros_like(case.run)
        _core.running_sum(case.run, running)
        exact = np.cumsum(case.run.astype(float), axis=0)
        assert_within(running, exact, np.cumsum(np.abs(case.run), axis=0), RUN)
    out = np.full_like(case.dout, np.nan)
    _core.global_average(case.offsets, case.starts, case.values, running, out)
    dvalues = np.full_like(case.values, np.nan)
    _core.global_average_backward(case.offsets, case.starts, case.dout, dvalues, drunning)
    drun = np.ones((RUN, channels), np.float32)
    expected_drun = np.ones((RUN, channels))
    for n in range(len(LENGTHS)):
        values, places = case.row(n)
        if not len(values):
            np.testing.assert_array_equal(out[n], 0)
            continue
        assert_within(out[n], values.mean(axis=0), np.abs(values).mean(axis=0), len(values) + 2)
        share = case.dout[n].astype(float) / len(values)
        own = places[places >= 0]
        assert_within(dvalues[own], np.tile(share, (len(own), 1)), np.abs(share), 2)
        expected_drun[-1 - places[places < 0]] += share
    if run:
        _core.running_sum_backward(drunning, drun)
        assert_within(drun, expected_drun, 1 + np.abs(case.dout).sum(axis=0), 8)


def test_nan_is_the_largest():
    values = np.array([[1.0], [np.nan], [2.0]], np.float32)
    out, share = np.empty((1, 1), np.float32), np.empty((1, 1), np.float32)
    _core.global_max(np.array([0, 3]), None, values, None, None, out, share)
    assert np.isnan(out[0, 0])


def test_bits_do_not_depend_on_threads(threads):
    case = Case(33, run=True)
    running = np.empty_like(case.run)
    _core.running_sum(case.run, running)
    results = []
    for count in (1, 2, 3):
        threads(count)
        out, dvalues = np.empty_like(case.dout), np.empty_like(case.values)
        drunning = np.zeros_like(case.run)
        _core.global_average(case.offsets, case.starts, case.values, running, out)
        _core.global_average_backward(case.offsets, case.starts, case.dout, dvalues, drunning)
        results.append((out, dvalues, drunning, *maximum(case)))
    for result in results[1:]:
        for actual, expected in zip(result, results[0], strict=True):
            np.testing.assert_array_equal(actual, expected)


def test_bad_arguments_are_named():
    case = Case(3, run=True)
    out = np.empty_like(case.dout)
    with pytest.raises(ValueError, match=r"starts must lie in 0\.\.0, got 1"):
        _core.global_average(case.offsets, case.starts, case.values, None, out)
    with pytest.raises(ValueError, match="offsets must rise from 0 to 13"):
        _core.global_average(case.offsets, None, case.values[:13], None, out)
