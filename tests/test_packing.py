"""Packed batches read as the dense arrays that they stand for."""

import numpy as np
import pytest

from sunhwan import _core
from sunhwan._engine.layout import SLICE_BYTES, WANTED_SLICE_BYTES, Layout, cut_rows
from sunhwan._engine.packing import (
    Tokenizer,
    pack_ids,
    pack_ragged,
    pack_ragged_ids,
    pack_steps,
    take_batch,
)
from sunhwan._engine.sequences import Sequences

VOCABULARY = 11


def padded_ids(rng, rows, width, longest=None):
    """Rows of ids with zeros in front; the first is all padding, the last has none."""
    ids = rng.integers(1, VOCABULARY, (rows, width))
    for row in range(rows - 1):
        ids[row, : rng.integers(0, width + 1)] = 0
    ids[0] = 0
    return ids.astype(np.int32)


def dense_ids(batch: Sequences) -> np.ndarray:
    """The ids at every position, in the order of the batch."""
    tokens = batch.head.tokens
    rows = tokens[batch.head.row_index]
    flat = np.concatenate([tokens[batch.index], rows[::-1]])[batch.layout.filling]
    result = np.empty((batch.layout.rows, batch.layout.width), np.int32)
    result[batch.layout.order] = flat.reshape(result.shape)
    return result


@pytest.mark.parametrize("mask_zero", [False, True])
@pytest.mark.parametrize(("rows", "width"), [(1, 1), (2, 3), (7, 9), (33, 17)])
def test_tokens_read_as_the_padded_ids(rows, width, mask_zero):
    rng = np.random.default_rng(rows)
    ids = padded_ids(rng, rows, width)
    places = rng.permutation(rows)
    batch = Tokenizer(VOCABULARY)(take_batch(pack_ids(ids, mask_zero), places))
    np.testing.assert_array_equal(dense_ids(batch), ids[places])
    assert np.all(np.diff(batch.layout.lengths) <= 0)
    assert len(np.unique(batch.head.tokens)) == len(batch.head.tokens)
    assert batch.layout.steps <= np.count_nonzero(ids) + (0 if mask_zero else ids.size)


def test_padding_is_shared_and_not_computed_again():
    ids = np.array([[0, 0, 0, 5], [0, 0, 6, 0], [7, 8, 9, 1]], np.int32)
    layout = take_batch(pack_ids(ids, mask_zero=False), np.arange(3)).layout
    assert layout.shared == 3
    np.testing.assert_array_equal(layout.order, [2, 1, 0])
    np.testing.assert_array_equal(layout.starts, [0, 2, 3])
    np.testing.assert_array_equal(layout.lengths, [4, 2, 1])


def test_masks_with_holes_keep_positions():
    ids = np.array([[0, 3, 0, 4, 0], [1, 0, 0, 0, 2], [0, 0, 0, 0, 0]], np.int32)
    layout = pack_ids(ids, mask_zero=True).layout
    np.testing.assert_array_equal(layout.times, [1, 3, 0, 4])
    np.testing.assert_array_equal(layout.lengths, [2, 2, 0])
    np.testing.assert_array_equal(
        layout.with_absent("previous").filling,
        [-1, 0, 0, 1, 1, 2, 2, 2, 2, 3, -1, -1, -1, -1, -1],
    )


def test_ragged_ids_mask_their_zeros_within_each_row():
    rows = [np.array([1, 0, 2]), np.array([], int), np.array([0, 3])]
    batch = take_batch(pack_ragged_ids(rows, mask_zero=True), np.array([2, 1, 0]))
    np.testing.assert_array_equal(batch.layout.order, [2, 0, 1])
    np.testing.assert_array_equal(batch.layout.filled.lengths, [3, 2, 0])
    np.testing.assert_array_equal(batch.layout.filling, [0, -1, 1, -1, 2])


def test_ragged_steps_are_taken_in_any_order():
    rng = np.random.default_rng(3)
    rows = [rng.standard_normal((length, 2)).astype(np.float32) for length in (3, 0, 5, 1)]
    data = pack_ragged(rows)
    batch = take_batch(data, np.array([1, 2, 3]))
    assert batch.layout.width == 5
    np.testing.assert_array_equal(batch.layout.order, [1, 2, 0])
    np.testing.assert_array_equal(batch.values, np.concatenate([rows[2], rows[3]]))


def test_dense_steps_are_not_copied():
    values = np.zeros((3, 4, 2), np.float32)
    assert np.shares_memory(pack_steps(values).values, values)


def floats_before(lengths, floats):
    return [0, *np.cumsum(np.array(lengths) * floats).tolist()]


@pytest.mark.parametrize(
    ("least_rows", "floats", "expected"),
    [
        (1, 1, [(0, 1), (1, 6)]),
        (1, 10, [(0, 1), (1, 2), (2, 3), (3, 6)]),
        (1, 0.001, [(0, 6)]),
        (2, 10, [(0, 2), (2, 6)]),
    ],
)
def test_slices_hold_what_fits_their_bytes(least_rows, floats, expected):
    floats = floats_before([900, 500, 500, 100, 0, 0], int(floats * SLICE_BYTES // 4 // 1000))
    assert list(cut_rows(floats, least_rows)) == expected


def test_slices_are_even():
    rows = 128
    floats = floats_before([1] * rows, int(SLICE_BYTES / 4 / 18.6))
    sizes = [last - first for first, last in cut_rows(floats)]
    assert sum(sizes) == rows
    assert len(sizes) == 7
    assert max(sizes) - min(sizes) <= 2


@pytest.mark.parametrize("seed", range(20))
def test_a_slice_of_several_rows_is_never_twice_too_large(seed):
    rng = np.random.default_rng(seed)
    largest = SLICE_BYTES // 4
    floats = floats_before(rng.integers(0, largest * 3 // 2 >> seed % 5, 60), 1)
    cuts = list(cut_rows(floats))
    assert [first for first, _ in cuts] == [0, *(last for _, last in cuts[:-1])]
    assert cuts[-1][1] == 60
    sizes = [floats[last] - floats[first] for first, last in cuts if last > first + 1]
    assert all(size < 2 * largest for size in sizes)


def test_slices_have_no_more_rows_than_memory_allows():
    rows = floats_before([1] * 9, WANTED_SLICE_BYTES // 8)
    assert [last - first for first, last in cut_rows(rows, least_rows=4)] == [2, 2, 2, 2, 1]


def test_rows_without_steps_are_one_slice():
    assert list(cut_rows([0, 0, 0])) == [(0, 2)]
    assert list(cut_rows([0])) == []


def test_a_slice_of_a_layout():
    layout = Layout(
        offsets=np.array([0, 900, 1400, 1900, 2000, 2000, 2000]),
        starts=np.zeros(6, np.int64),
        width=900,
        order=np.arange(6),
    )
    part = layout.slice(1, 3)
    np.testing.assert_array_equal(part.offsets, [0, 500, 1000])
    np.testing.assert_array_equal(part.order, [1, 2])


def test_copy_checked_takes_numbers_and_ids():
    floats, ids = np.zeros(5, np.float32), np.zeros(5, np.int32)
    numbers = np.array([1.5, -2.25, 0.1, 3e38, 0.0])
    assert _core.copy_checked(numbers, floats)
    np.testing.assert_array_equal(floats, numbers.astype(np.float32))
    assert _core.copy_checked(floats[::-1].copy(), floats)
    np.testing.assert_array_equal(floats, numbers.astype(np.float32)[::-1])
    for dtype in (np.int32, np.int64):
        assert _core.copy_checked(np.array([3, 0, 1, 2, 3], dtype), ids, 4)
        np.testing.assert_array_equal(ids, [3, 0, 1, 2, 3])
        assert not _core.copy_checked(np.array([3, 0, 1, 2, 4], dtype), ids, 4)
        assert not _core.copy_checked(np.array([3, 0, 1, -2, 3], dtype), ids, 4)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e39])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_copy_checked_refuses_what_is_not_finite(bad, dtype):
    with np.errstate(over="ignore"):
        source = np.array([0.0, 1.0, bad, 2.0], dtype)
    assert not _core.copy_checked(source, np.zeros(4, np.float32))


def test_copy_checked_refuses_other_kinds_and_sizes():
    floats, ids = np.zeros(4, np.float32), np.zeros(4, np.int32)
    assert not _core.copy_checked(np.zeros(3, np.float32), floats)
    assert not _core.copy_checked(np.zeros(4, np.int32), floats)
    assert not _core.copy_checked(np.zeros(4, np.float16), floats)
    assert not _core.copy_checked(np.zeros(4, np.float32), ids, 9)
    assert not _core.copy_checked(np.zeros(4, np.int32), np.zeros(4, np.int64), 9)


@pytest.mark.parametrize("shape", [(), (3,), (2, 5)])
@pytest.mark.parametrize("dtype", [np.int32, np.float32, np.int64])
def test_runs_are_taken(shape, dtype):
    source = np.random.default_rng(1).integers(0, 99, (20, *shape)).astype(dtype)
    firsts, offsets = np.array([7, 0, 19, 3]), np.array([0, 4, 4, 5, 22])
    out = np.empty((22, *shape), dtype)
    _core.take_runs(source, firsts, offsets, out)
    runs = [source[first : first + n] for first, n in zip(firsts, np.diff(offsets), strict=True)]
    np.testing.assert_array_equal(out, np.concatenate(runs))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"firsts": np.array([0, 5])}, "must name steps below 6, got run 1 from 5 of 2"),
        ({"firsts": np.array([0, -1])}, "got run 1 from -1"),
        ({"offsets": np.array([0, 4, 3])}, "must rise from 0 to 5"),
        ({"offsets": np.array([0, 5])}, "offsets must have shape"),
        ({"out": np.zeros((5, 3), np.float32)}, "must have the steps of source"),
        ({"out": np.zeros((5, 2), np.int32)}, "must have the rank and kind"),
        ({"out": np.zeros(5, np.float32)}, "must have the rank and kind"),
    ],
)
def test_runs_outside_of_the_source(changes, words):
    arguments = {
        "source": np.zeros((6, 2), np.float32),
        "firsts": np.array([0, 3]),
        "offsets": np.array([0, 3, 5]),
        "out": np.zeros((5, 2), np.float32),
    }
    _core.take_runs(**arguments)
    with pytest.raises(ValueError, match=words):
        _core.take_runs(**{**arguments, **changes})


def test_rows_without_any_place_have_no_steps():
    layout = pack_ids(np.zeros((2, 0), np.int32), mask_zero=True).layout
    assert (layout.rows, layout.steps, layout.width) == (2, 0, 0)
