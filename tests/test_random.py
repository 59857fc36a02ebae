"""Dropout masks and normal numbers: known answers, rates, and what they depend on."""

import math

import numpy as np
import pytest

from sunhwan import _core

KEY = 0x0123456789ABCDEF


def philox(counter: tuple[int, int, int, int], key: int) -> list[int]:
    """Philox4x32-10 in Python's integers."""
    c, k = list(counter), [key & 0xFFFFFFFF, key >> 32]
    for _ in range(10):
        first, second = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [
            (second >> 32) ^ c[1] ^ k[0],
            second & 0xFFFFFFFF,
            (first >> 32) ^ c[3] ^ k[1],
            first & 0xFFFFFFFF,
        ]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c


def uniform(key: int, row: int, time: int, column: int) -> float:
    group, place = divmod(column, 64)
    counter = (row & 0xFFFFFFFF, (row >> 32) & 0xFFFFFFFF, time, group * 16 + place % 16)
    return (philox(counter, key)[place // 16] >> 8) / 2**24


def mask(rows, times, features, rate=0.5, key=KEY):
    out = np.full((len(rows), features), np.nan, np.float32)
    times = None if times is None else np.asarray(times, np.int32)
    _core.dropout_mask(out, key, np.asarray(rows, np.int64), times, rate)
    return out


def noise(rows, times, features, mean=0.0, stddev=1.0, key=KEY):
    out = np.full((len(rows), features), np.nan, np.float32)
    times = None if times is None else np.asarray(times, np.int32)
    _core.normal(out, key, np.asarray(rows, np.int64), times, mean, stddev)
    return out


def test_the_generator_gives_the_published_words():
    # The known answers that its authors publish with Random123.
    assert philox((0, 0, 0, 0), 0) == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]
    ones = 0xFFFFFFFF
    assert philox((ones,) * 4, 2**64 - 1) == [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]


def test_mask_is_the_generator_compared_with_the_rate():
    rows, times = [0, 3, 2**40 + 5, -1], [0, 7, 2, 2**31 - 1]
    for rate in (0.1, 0.5, 0.9):
        got = mask(rows, times, 150, rate)
        for p in range(4):
            kept = [uniform(KEY, rows[p], times[p], j) >= np.float32(rate) for j in range(150)]
            assert np.array_equal(got[p] > 0, kept)
        scale = np.float32(1) / (np.float32(1) - np.float32(rate))
        assert set(np.unique(got)) == {np.float32(0), scale}


def test_normal_is_the_generator_through_box_and_muller():
    got = noise([11], [4], 100, mean=0.5, stddev=2.0)[0]
    for j in range(100):
        pair = j - j % 64 % 32 // 16 * 16  # the column of the pair's first number
        radius = math.sqrt(-2 * math.log(uniform(KEY, 11, 4, pair) + 2**-24))
        angle = 2 * math.pi * uniform(KEY, 11, 4, pair + 16)
        exact = 0.5 + 2.0 * radius * (math.cos(angle) if pair == j else math.sin(angle))
        assert got[j] == pytest.approx(exact, abs=4e-6)


@pytest.mark.parametrize("features", [1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 200])
def test_value_depends_on_row_time_and_column_alone(features):
    rng = np.random.default_rng(features)
    rows, times = rng.integers(0, 10**12, 300), rng.integers(0, 10**6, 300)
    order = rng.permutation(300)[:77]
    for generate in (mask, noise):
        whole = generate(rows, times, 200)
        part = generate(rows[order], times[order], features)
        assert np.array_equal(part, whole[order, :features])
        assert not np.isnan(whole).any()


def test_no_times_means_time_zero():
    rows = np.arange(10)
    assert np.array_equal(mask(rows, None, 40), mask(rows, np.zeros(10), 40))
    assert np.array_equal(noise(rows, None, 40), noise(rows, np.zeros(10), 40))


@pytest.mark.parametrize("generate", [mask, noise])
def test_keys_rows_and_times_give_different_numbers(generate):
    rows = np.zeros(3)
    first = generate(rows, [0, 1, 0], 512)
    assert np.array_equal(first[0], first[2])
    others = [
        first[1],
        generate([1], [0], 512)[0],
        generate([2**32], [0], 512)[0],
        generate([0], [0], 512, key=KEY + 1)[0],
        generate([0], [0], 512, key=KEY + 2**32)[0],
    ]
    for other in others:
        correlation = np.corrcoef(first[0], other)[0, 1]
        assert abs(correlation) < 5 / math.sqrt(512)


@pytest.mark.parametrize("rate", [0.0, 0.05, 0.2, 0.5, 0.95])
def test_rate(rate):
    drawn = mask(np.arange(2000), np.arange(2000), 100, rate)
    dropped = np.mean(drawn == 0)
    deviation = math.sqrt(rate * (1 - rate) / drawn.size)
    assert abs(dropped - rate) <= 5 * deviation
    assert abs(drawn.mean() - 1) <= 5 * deviation / (1 - rate) + 1e-6


def test_moments_of_normal_numbers():
    drawn = noise(np.arange(3000), None, 100, mean=-1.0, stddev=0.5).astype(float)
    standard = (drawn + 1.0) / 0.5
    count = drawn.size
    assert abs(standard.mean()) < 5 / math.sqrt(count)
    assert abs(standard.var() - 1) < 5 * math.sqrt(2 / count)
    assert abs((standard**3).mean()) < 5 * math.sqrt(15 / count)
    assert abs((standard**4).mean() - 3) < 5 * math.sqrt(96 / count)
    assert np.abs(standard).max() < 5.8
    assert abs(np.corrcoef(standard[:, 0], standard[:, 16])[0, 1]) < 5 / math.sqrt(3000)


def test_bits_do_not_depend_on_the_number_of_threads(threads):
    rows = np.arange(1000)
    results = []
    for count in (1, 2, 5):
        threads(count)
        results.append((mask(rows, rows, 33), noise(rows, rows, 33)))
    for drawn_mask, drawn_noise in results[1:]:
        assert np.array_equal(drawn_mask, results[0][0])
        assert np.array_equal(drawn_noise, results[0][1])


def test_bad_arguments():
    out, rows = np.empty((3, 4), np.float32), np.arange(3)
    with pytest.raises(ValueError, match=r"rate must be in \[0, 1\), got 1"):
        _core.dropout_mask(out, KEY, rows, None, 1.0)
    with pytest.raises(ValueError, match=r"rows must have shape \(3,\), got \(2,\)"):
        _core.dropout_mask(out, KEY, rows[:2], None, 0.5)
    with pytest.raises(ValueError, match=r"times must have shape \(3,\), got \(4,\)"):
        _core.normal(out, KEY, rows, np.zeros(4, np.int32))
    with pytest.raises(TypeError):
        _core.normal(out, KEY, rows.astype(np.int32), None)
