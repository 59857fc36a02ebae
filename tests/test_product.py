"""The matrix product and the column sums against float64 NumPy."""

import itertools

import numpy as np
import pytest

from sunhwan import _core

SIZES = [1, 2, 7, 8, 9, 15, 16, 17, 31, 33]
LARGE = [
    (130, 70, 800),
    (150, 1024, 300),
    (257, 513, 385),
    (3, 1100, 1000),
    (1000, 3, 1153),
    (64, 40, 20_001),
]
TRANSPOSITIONS = list(itertools.product([False, True], [False, True]))
UNIT_ROUNDOFF = 2.0**-24
BLOCK = 384  # terms of the longest running sum


def random(rng, *shape):
    return rng.standard_normal(shape).astype(np.float32)


def stored(matrix, transpose):
    return np.ascontiguousarray(matrix.T if transpose else matrix)


def rounding_bound(terms, magnitude):
    """The greatest error of sums of so many terms: a rounding for each product and each sum."""
    blocks = -(-terms // BLOCK)
    return (min(terms, BLOCK) + blocks + 2) * UNIT_ROUNDOFF * magnitude


def check_product(rng, rows, columns, terms, transpose_a, transpose_b, accumulate, with_bias):
    a, b = random(rng, rows, terms), random(rng, terms, columns)
    bias = random(rng, columns) if with_bias else None
    out = random(rng, rows, columns)
    start = np.zeros((rows, columns))
    if accumulate:
        start += out
    if bias is not None:
        start += bias
    exact = start + a.astype(np.float64) @ b
    magnitude = np.abs(start) + np.abs(a).astype(np.float64) @ np.abs(b)
    arrays = stored(a, transpose_a), stored(b, transpose_b), out
    _core.product(*arrays, transpose_a, transpose_b, accumulate, bias)
    assert np.all(np.abs(out - exact) <= rounding_bound(terms, magnitude))


@pytest.mark.parametrize(("transpose_a", "transpose_b"), TRANSPOSITIONS)
@pytest.mark.parametrize(("accumulate", "with_bias"), TRANSPOSITIONS)
def test_small_sizes(transpose_a, transpose_b, accumulate, with_bias):
    rng = np.random.default_rng(1)
    for rows, columns, terms in itertools.product(SIZES, SIZES, [1, 2, 7, 33]):
        check_product(rng, rows, columns, terms, transpose_a, transpose_b, accumulate, with_bias)


@pytest.mark.parametrize(("transpose_a", "transpose_b"), TRANSPOSITIONS)
@pytest.mark.parametrize("size", LARGE)
def test_large_sizes(size, transpose_a, transpose_b):
    rng = np.random.default_rng(2)
    check_product(rng, *size, transpose_a, transpose_b, False, True)
    check_product(rng, *size, transpose_a, transpose_b, True, False)


@pytest.mark.parametrize(("transpose_a", "transpose_b"), TRANSPOSITIONS)
def test_no_terms_give_the_bias_or_zeros(transpose_a, transpose_b):
    rng = np.random.default_rng(3)
    a, b = stored(random(rng, 5, 0), transpose_a), stored(random(rng, 0, 7), transpose_b)
    bias, before = random(rng, 7), random(rng, 5, 7)
    out = before.copy()
    _core.product(a, b, out, transpose_a, transpose_b, accumulate=True)
    np.testing.assert_array_equal(out, before)
    _core.product(a, b, out, transpose_a, transpose_b, accumulate=True, bias=bias)
    np.testing.assert_array_equal(out, before + bias)
    _core.product(a, b, out, transpose_a, transpose_b, bias=bias)
    np.testing.assert_array_equal(out, np.broadcast_to(bias, (5, 7)))
    _core.product(a, b, out, transpose_a, transpose_b)
    np.testing.assert_array_equal(out, np.zeros((5, 7)))


@pytest.mark.parametrize(("rows", "columns"), [(0, 7), (5, 0), (0, 0)])
def test_empty_output(rows, columns):
    out = np.empty((rows, columns), np.float32)
    _core.product(np.ones((rows, 3), np.float32), np.ones((3, columns), np.float32), out)


@pytest.mark.parametrize(("transpose_a", "transpose_b"), TRANSPOSITIONS)
@pytest.mark.parametrize(
    "size", [(33, 31, 9000), (300, 260, 700), (5, 2000, 500), (520, 1024, 700)]
)
def test_bits_do_not_depend_on_threads(size, transpose_a, transpose_b, threads):
    rng = np.random.default_rng(4)
    rows, columns, terms = size
    a = stored(random(rng, rows, terms), transpose_a)
    b = stored(random(rng, terms, columns), transpose_b)
    results = []
    for count in (1, 2, 3, 7):
        threads(count)
        out = np.ones((rows, columns), np.float32)
        _core.product(a, b, out, transpose_a, transpose_b, accumulate=True)
        results.append(out)
    for result in results[1:]:
        np.testing.assert_array_equal(result, results[0])


@pytest.mark.parametrize("transpose_b", [False, True])
@pytest.mark.parametrize("terms", [32, 1000])
def test_bits_of_a_row_do_not_depend_on_its_neighbours(terms, transpose_b):
    rng = np.random.default_rng(5)
    a, b, bias = random(rng, 150, terms), random(rng, terms, 70), random(rng, 70)
    b = stored(b, transpose_b)
    whole = np.empty((150, 70), np.float32)
    _core.product(a, b, whole, transpose_b=transpose_b, bias=bias)
    for first, last in [(0, 1), (149, 150), (3, 20), (17, 117), (1, 150)]:
        part = np.empty((last - first, 70), np.float32)
        _core.product(a[first:last], b, part, transpose_b=transpose_b, bias=bias)
        np.testing.assert_array_equal(part, whole[first:last])


def test_not_a_number_stays_in_its_row():
    a, b = np.ones((20, 5), np.float32), np.ones((5, 33), np.float32)
    a[7, 2] = np.nan
    out = np.empty((20, 33), np.float32)
    _core.product(a, b, out)
    assert np.isnan(out).all(axis=1).nonzero()[0].tolist() == [7]
    assert np.isnan(out).any(axis=1).nonzero()[0].tolist() == [7]


def test_wrong_shapes_and_types():
    a, b = np.ones((4, 3), np.float32), np.ones((3, 5), np.float32)
    out = np.empty((4, 5), np.float32)
    with pytest.raises(ValueError, match=r"a has shape \(4, 3\), b has shape \(3, 5\) \(transp"):
        _core.product(a, b, out, transpose_b=True)
    with pytest.raises(ValueError, match=r"out must have shape \(4, 5\), got \(5, 4\)"):
        _core.product(a, b, np.empty((5, 4), np.float32))
    with pytest.raises(ValueError, match=r"bias must have shape \(5,\), got \(4,\)"):
        _core.product(a, b, out, bias=np.ones(4, np.float32))
    with pytest.raises(TypeError):
        _core.product(a.astype(np.float64), b, out)
    with pytest.raises(TypeError):
        _core.product(a, np.ones((5, 3), np.float32).T, out)


@pytest.mark.parametrize("columns", [*SIZES, 70, 1000])
@pytest.mark.parametrize("rows", [0, 1, 17, 1024, 1025, 70_000])
def test_column_sums(rows, columns, threads):
    if rows * columns > 5_000_000:
        columns = 5_000_000 // rows
    rng = np.random.default_rng(6)
    x, before = random(rng, rows, columns), random(rng, columns)
    bound = (
        (1024 + 70) * UNIT_ROUNDOFF * (np.abs(x).sum(axis=0, dtype=np.float64) + 1 + abs(before))
    )
    exact = x.sum(axis=0, dtype=np.float64)
    out = before.copy()
    _core.column_sums(x, out)
    assert np.all(np.abs(out - (before + exact)) <= bound)
    _core.column_sums(x, out, accumulate=False)
    assert np.all(np.abs(out - exact) <= bound)
    for count in (1, 3):
        threads(count)
        again = np.empty_like(out)
        _core.column_sums(x, again, accumulate=False)
        np.testing.assert_array_equal(again, out)


def test_column_sums_of_the_wrong_shape():
    with pytest.raises(ValueError, match=r"out must have shape \(3,\), got \(4,\)"):
        _core.column_sums(np.ones((2, 3), np.float32), np.zeros(4, np.float32))


LINEAR = [(1, 1, 1), (5, 3, 17), (300, 7, 33), (4001, 32, 128), (3000, 40, 513), (700, 150, 500)]


@pytest.mark.parametrize("wanted", list(itertools.product([False, True], repeat=3)))
@pytest.mark.parametrize("size", LINEAR)
def test_linear_backward(size, wanted, threads):
    rng = np.random.default_rng(8)
    steps, inputs, units = size
    x, kernel, dy = (
        random(rng, steps, inputs),
        random(rng, inputs, units),
        random(rng, steps, units),
    )
    starts = random(rng, inputs, units), random(rng, units), random(rng, steps, inputs)
    exact = [starts[0] + x.T.astype(float) @ dy, starts[1] + dy.sum(axis=0, dtype=float)]
    exact.append(dy.astype(float) @ kernel.T)
    sizes = [
        np.abs(starts[0]) + np.abs(x.T).astype(float) @ np.abs(dy),
        np.abs(starts[1]) + np.abs(dy).sum(axis=0, dtype=float),
        np.abs(dy).astype(float) @ np.abs(kernel.T),
    ]
    results = []
    for count in (1, 2, 5):
        threads(count)
        outs = [start.copy() if want else None for start, want in zip(starts, wanted, strict=True)]
        _core.linear_backward(x, kernel, dy, *outs)
        for out, value, magnitude, terms in zip(
            outs, exact, sizes, (steps, steps, units), strict=True
        ):
            if out is not None:
                assert np.all(np.abs(out - value) <= (terms + 2) * UNIT_ROUNDOFF * magnitude)
        results.append(outs)
    for outs in results[1:]:
        for out, first in zip(outs, results[0], strict=True):
            np.testing.assert_array_equal(out, first)


def test_a_row_of_linear_backward_does_not_depend_on_the_others():
    rng = np.random.default_rng(9)
    x, kernel, dy = random(rng, 999, 33), random(rng, 33, 100), random(rng, 999, 100)
    dx, alone = np.empty_like(x), np.empty((1, 33), np.float32)
    _core.linear_backward(x, kernel, dy, None, None, dx)
    for row in (0, 500, 998):
        part = slice(row, row + 1)
        _core.linear_backward(x[part], kernel, dy[part], None, None, alone)
        np.testing.assert_array_equal(alone[0], dx[row])
