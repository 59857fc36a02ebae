"""Rows gathered and scattered by an index, and distinct ids."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sunhwan import _core

COLUMNS = [1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 130]


def random(rng, *shape):
    return rng.standard_normal(shape).astype(np.float32)


def indices(rng, low, high, count):
    return rng.integers(low, high, count, dtype=np.int32)


@pytest.mark.parametrize("columns", COLUMNS)
def test_gather(columns):
    rng = np.random.default_rng(1)
    source, head = random(rng, 9, columns), random(rng, 3, columns)
    index = indices(rng, -3, 9, 4001)
    out = np.empty((4001, columns), np.float32)
    _core.gather_rows(source, head, index, out)
    # A negative index counts from the end of an array, which is where the reversed head stands.
    np.testing.assert_array_equal(out, np.concatenate([source, head[::-1]])[index])
    index = np.abs(index)
    _core.gather_rows(source, None, index, out)
    np.testing.assert_array_equal(out, source[index])


def scattered(dout, index, dsource, dhead):
    """One row after the other, in float32 as the kernel does."""
    dsource, dhead = dsource.copy(), dhead.copy()
    for row, i in zip(dout, index, strict=True):
        if i >= 0:
            dsource[i] += row
        else:
            dhead[-1 - i] += row
    return dsource, dhead


@pytest.mark.parametrize("columns", COLUMNS)
@pytest.mark.parametrize("rows", [0, 1, 300, 5000])
def test_scatter_adds_in_order_on_any_number_of_threads(rows, columns, threads):
    rng = np.random.default_rng(2)
    dout, index = random(rng, rows, columns), indices(rng, -3, 9, rows)
    dsource, dhead = random(rng, 9, columns), random(rng, 3, columns)
    expected = scattered(dout, index, dsource, dhead)
    for count in (1, 2, 5):
        threads(count)
        results = dsource.copy(), dhead.copy()
        _core.scatter_rows(dout, index, *results)
        np.testing.assert_array_equal(results[0], expected[0])
        np.testing.assert_array_equal(results[1], expected[1])


@pytest.mark.parametrize("columns", COLUMNS)
@pytest.mark.parametrize("rows", [0, 1, 301, 5000])
def test_halves_are_scattered_apart_on_any_number_of_threads(rows, columns, threads):
    rng = np.random.default_rng(2)
    dout, index = random(rng, rows, columns), indices(rng, 0, 9, rows)
    before = np.stack([random(rng, 9, columns), random(rng, 9, columns)])
    none, middle = random(rng, 0, columns), rows // 2
    expected = [
        scattered(dout[half], index[half], before[number], none)[0]
        for number, half in enumerate((slice(middle), slice(middle, None)))
    ]
    for count in (1, 2, 5):
        threads(count)
        result = before.copy()
        _core.scatter_halves(dout, index, result)
        np.testing.assert_array_equal(result, expected)


def test_scatter_drops_rows_of_an_array_that_is_none():
    rng = np.random.default_rng(3)
    dout, index = random(rng, 50, 17), indices(rng, -3, 9, 50)
    dsource, dhead = random(rng, 9, 17), random(rng, 3, 17)
    expected = scattered(dout, index, dsource, dhead)
    only_source, only_head = dsource.copy(), dhead.copy()
    _core.scatter_rows(dout, index, only_source, None)
    _core.scatter_rows(dout, index, None, only_head)
    np.testing.assert_array_equal(only_source, expected[0])
    np.testing.assert_array_equal(only_head, expected[1])


@pytest.mark.parametrize(("bad", "place"), [(9, 4), (-4, 0), (2**31 - 1, 2), (-(2**31), 3)])
def test_index_out_of_range(bad, place):
    index = np.array([0, 1, 2, 3, 8], np.int32)
    index[place] = bad
    source, head = np.ones((9, 2), np.float32), np.ones((3, 2), np.float32)
    rows = np.ones((5, 2), np.float32)
    message = rf"index must be in \[-3, 9\), got {bad} at {place}"
    with pytest.raises(ValueError, match=message):
        _core.gather_rows(source, head, index, rows)
    with pytest.raises(ValueError, match=message):
        _core.scatter_rows(rows, index, source, head)


def test_gather_needs_a_head_for_negative_indices():
    with pytest.raises(ValueError, match=r"index must be in \[0, 2\), got -1 at 0"):
        _core.gather_rows(
            np.ones((2, 2), np.float32),
            None,
            np.array([-1], np.int32),
            np.empty((1, 2), np.float32),
        )


def test_wrong_shapes():
    source, index = np.ones((9, 2), np.float32), np.zeros(5, np.int32)
    with pytest.raises(ValueError, match=r"out must have shape \(5, 2\), got \(5, 3\)"):
        _core.gather_rows(source, None, index, np.empty((5, 3), np.float32))
    with pytest.raises(ValueError, match=r"head must have shape \(4, 2\), got \(4, 3\)"):
        _core.gather_rows(source, np.ones((4, 3), np.float32), index, np.empty((5, 2), np.float32))
    with pytest.raises(ValueError, match=r"index must have shape \(4,\), got \(5,\)"):
        _core.scatter_rows(np.ones((4, 2), np.float32), index, source, None)
    with pytest.raises(TypeError):
        _core.gather_rows(source, None, index.astype(np.int64), np.empty((5, 2), np.float32))


@settings(deadline=None)
@given(st.lists(st.integers(0, 40), max_size=200))
def test_distinct(ids):
    ids = np.array(ids, np.int32)
    marks = np.full(41, -1, np.int32)
    index, found = np.empty(len(ids), np.int32), np.empty(41, np.int32)
    count = _core.distinct(ids, marks, index, found)
    assert found[:count].tolist() == list(dict.fromkeys(ids.tolist()))
    np.testing.assert_array_equal(found[:count][index], ids)
    np.testing.assert_array_equal(marks, -1)


def test_distinct_of_bad_ids_leaves_the_marks():
    marks, room = np.full(5, -1, np.int32), np.empty(5, np.int32)
    with pytest.raises(ValueError, match=r"ids must be in \[0, 5\), got 5 at 1"):
        _core.distinct(np.array([0, 5], np.int32), marks, np.empty(2, np.int32), room)
    with pytest.raises(ValueError, match="found must have room for 3 ids, got 2"):
        _core.distinct(np.array([0, 1, 2], np.int32), marks, np.empty(3, np.int32), room[:2])
    np.testing.assert_array_equal(marks, -1)


def random_offsets(rng, rows, places):
    """Rows of random lengths, some of them empty."""
    inner = np.sort(rng.integers(0, places + 1, rows - 1))
    return np.concatenate([[0], inner, [places]]).astype(np.int64)


@pytest.mark.parametrize("columns", COLUMNS)
@pytest.mark.parametrize(("rows", "places"), [(1, 1), (4, 0), (9, 5), (30, 4001)])
def test_scaled_rows_share_their_factors(rows, places, columns, threads):
    rng = np.random.default_rng(5)
    source, factors = random(rng, 9, columns), random(rng, rows, columns)
    index, offsets = indices(rng, 0, 9, places), random_offsets(rng, rows, places)
    at_places = np.repeat(factors, np.diff(offsets), axis=0)
    out = np.empty((places, columns), np.float32)
    _core.gather_scaled(source, index, factors, offsets, out)
    np.testing.assert_array_equal(out, source[index] * at_places)
    _core.gather_scaled(out, None, factors, offsets, out)
    np.testing.assert_array_equal(out, source[index] * at_places * at_places)
    expected = scattered(out * at_places, index, source, source[:1])[0]
    for count in (1, 2, 5):
        threads(count)
        result = source.copy()
        _core.scatter_scaled(out, index, factors, offsets, result)
        np.testing.assert_array_equal(result, expected)


def test_bad_arguments_of_scaled_rows_are_named():
    source, factors = np.zeros((3, 2), np.float32), np.zeros((1, 2), np.float32)
    out, index = np.zeros((4, 2), np.float32), np.zeros(4, np.int32)
    offsets = np.array([0, 4])
    with pytest.raises(ValueError, match="offsets must rise from 0 to 4"):
        _core.gather_scaled(source, index, factors, np.array([0, 3]), out)
    with pytest.raises(ValueError, match=r"index must be in \[0, 3\), got 3 at 1"):
        _core.gather_scaled(source, np.int32([0, 3, 0, 0]), factors, offsets, out)
    with pytest.raises(ValueError, match=r"source must have shape \(4, 2\)"):
        _core.gather_scaled(source, None, factors, offsets, out)
    with pytest.raises(ValueError, match=r"factors must have shape \(1, 2\)"):
        _core.scatter_scaled(out, index, source[:1, :1].copy(), offsets, source)
