"""Sums over taps of the products of tokens, against float64 NumPy."""

import numpy as np
import pytest
from window_maps import INSTRUCTION_SIZES, assert_within, random_floats

from sunhwan import _core

SHAPES = [
    # windows, taps, tokens, filters
    *[(9, 3, 5, size) for size in INSTRUCTION_SIZES],
    (1, 1, 1, 1),
    (700, 7, 40, 70),
    (600, 2, 1, 130),
]


def random_tokens(rng, windows, taps, tokens, sliding=False):
    if sliding:  # each window a step after the one before, in the second half the one after
        steps = rng.integers(0, tokens, windows + taps - 1).astype(np.int32)
        entries = np.lib.stride_tricks.sliding_window_view(steps, taps).copy()
        entries[windows // 2 :] = entries[windows // 2 :][::-1]
        entries[: windows // 3, 0] = _core.NOTHING
        return entries
    entries = rng.integers(0, tokens, (windows, taps)).astype(np.int32)
    entries[rng.random((windows, taps)) < 0.2] = _core.NOTHING
    return entries


@pytest.mark.parametrize("with_bias", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
def test_sum(shape, with_bias):
    rng = np.random.default_rng(1)
    windows, taps, tokens, filters = shape
    entries = random_tokens(rng, windows, taps, tokens)
    products = random_floats(rng, tokens, taps, filters)
    bias = random_floats(rng, filters) if with_bias else None
    out = np.full((windows, filters), np.nan, np.float32)
    _core.tap_sum(entries, products, bias, out)
    rows = np.where(entries == _core.NOTHING, 0, entries)
    read = products[rows, np.arange(taps)] * (entries != _core.NOTHING)[:, :, None]
    start = np.zeros(filters) if bias is None else bias.astype(float)
    expected = start + read.astype(float).sum(axis=1)
    assert_within(out, expected, np.abs(start) + np.abs(read).sum(axis=1), taps + 1)


@pytest.mark.parametrize("sliding", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
def test_scatter_adds(shape, sliding, threads):
    rng = np.random.default_rng(2)
    windows, taps, tokens, filters = shape
    entries = random_tokens(rng, windows, taps, tokens, sliding)
    dout = random_floats(rng, windows, filters)
    start = random_floats(rng, tokens, taps, filters)
    expected, size = start.astype(float), np.abs(start).astype(float)
    for tap in range(taps):
        real = entries[:, tap] != _core.NOTHING
        np.add.at(expected[:, tap], entries[real, tap], dout[real])
        np.add.at(size[:, tap], entries[real, tap], np.abs(dout[real]))
    results = []
    for count in (1, 2, 3):
        threads(count)
        result = start.copy()
        _core.tap_scatter(entries, dout, result)
        assert_within(result, expected, size, windows + 1)
        results.append(result)
    for result in results[1:]:
        np.testing.assert_array_equal(result, results[0])


def test_bad_arguments_are_named():
    entries = np.array([[0, 4]], np.int32)
    products = np.zeros((4, 2, 3), np.float32)
    out = np.zeros((1, 3), np.float32)
    with pytest.raises(ValueError, match="map must name steps below 4, got 4"):
        _core.tap_sum(entries, products, None, out)
    with pytest.raises(ValueError, match="map must name head rows below 0, got 1"):
        _core.tap_scatter(np.array([[0, -2]], np.int32), out, products)
    with pytest.raises(ValueError, match=r"products must have shape \(4, 2, 3\)"):
        _core.tap_sum(entries, products[:, :1].copy(), None, out)
