"""The attention kernel beside tests/reference/attention.py, row by row."""

from typing import Any

import numpy as np
import pytest
from reference.attention import Scores, attention_backward, attention_forward
from reference.check import assert_close, directional_check

from sunhwan import _core

TOLERANCE = 2e-5  # sums of up to 33 terms, of numbers near 1
ROWS = [(1, 1), (3, 5), (0, 4), (2, 0), (7, 1), (5, 17), (1, 33), (0, 0), (4, 4)]  # steps of q, k


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


class Rows:
    """Random rows of the lengths `ROWS`, and what the kernel makes of them."""

    def __init__(self, additive, D, V, heads, drop=False, causal=False, mask=None, rows=ROWS):
        lengths = np.array(rows)
        self.heads, self.rows = heads, rows
        self.q_offsets, self.k_offsets = (np.r_[0, np.cumsum(column)] for column in lengths.T)
        P, Q = self.q_offsets[-1], self.k_offsets[-1]
        self.q, self.k = numbers(P, heads * D, seed=1), numbers(Q, heads * D, seed=2)
        self.v, self.dy = numbers(Q, heads * V, seed=3), numbers(P, heads * V, seed=4)
        one = [np.array([value], np.float32) for value in (0.7, 1.3)]
        self.inner, self.outer = one[0], one[1] if additive else None
        self.u = numbers(D, seed=5) if additive else None
        self.drop = None
        if drop:
            self.drop = 2 * (numbers(P * heads, 40, seed=6) > 0).astype(np.float32)
        self.times, self.causal, self.mask = (None, None), causal, None
        if mask is not None:
            sizes = zip(mask, (len(rows), heads, *lengths.max(axis=0)), strict=True)
            shape = [size if of_each else 1 for of_each, size in sizes]
            self.mask = (numbers(*shape, seed=7) > -0.5).astype(np.float32)
        if causal or mask is not None:
            times = [np.concatenate([np.arange(n) for n in column]) for column in lengths.T]
            self.times = tuple(each.astype(np.int32) for each in times)
        counts = heads * lengths[:, 0] * lengths[:, 1]
        self.w_offsets = np.r_[0, np.cumsum(counts)]
        self.weights = np.full(self.w_offsets[-1], np.nan, np.float32)
        self.told = {
            "heads": heads,
            "additive": additive,
            "factor": 0.5,
            "inner": self.inner,
            "outer": self.outer,
            "u": self.u,
            "drop": self.drop,
        }
        self.how = Scores(
            additive,
            0.5,
            float(self.inner[0]),
            None if self.outer is None else float(self.outer[0]),
            None if self.u is None else self.u.astype(float),
        )

    def forward(self, **options):
        y = np.full((len(self.q), self.v.shape[1]), np.nan, np.float32)
        _core.attention(
            self.q,
            self.k,
            self.v,
            self.q_offsets,
            self.k_offsets,
            y,
            **self.told,
            q_times=self.times[0],
            k_times=self.times[1],
            causal=self.causal,
            mask=self.mask,
            **options,
        )
        return y

    def head(self, n, h, parts):
        """Of row n and head h: queries, keys, values, or other arrays of their steps."""
        places = [slice(*self.q_offsets[n : n + 2]), slice(*self.k_offsets[n : n + 2])]
        found = []
        for part, of_memory in parts:
            size = part.shape[1] // self.heads
            columns = slice(h * size, (h + 1) * size)
            found.append(part[places[of_memory], columns].astype(float))
        return found

    def exact(self, n, h):
        q, k, v, dy = self.head(n, h, [(self.q, 0), (self.k, 1), (self.v, 1), (self.dy, 0)])
        drop = seen = None
        if self.drop is not None:
            first = self.q_offsets[n] * self.heads + h
            drop = self.drop[first :: self.heads][: len(q), : len(k)].astype(float)
        if self.causal:
            seen = np.tri(len(q), len(k), dtype=bool)
        if self.mask is not None:
            shape = len(self.rows), self.heads, *np.max(self.rows, axis=0)
            allowed = np.broadcast_to(self.mask, shape)[n, h, : len(q), : len(k)] > 0
            seen = allowed if seen is None else seen & allowed
        y, weights = attention_forward(q, k, v, self.how, seen, drop)
        return y, weights, attention_backward(q, k, v, self.how, weights, dy, drop)


@pytest.mark.parametrize("additive", [False, True])
@pytest.mark.parametrize("size", [(1, 1), (7, 9), (16, 17), (33, 31)], ids=str)
@pytest.mark.parametrize(
    ("heads", "drop", "causal", "mask"),
    [
        (1, False, False, None),
        (1, True, True, None),
        (3, True, False, None),
        (1, False, False, (1, 0, 1, 1)),
        (3, True, True, (1, 1, 1, 1)),
        (2, False, True, (0, 1, 1, 0)),
        (2, False, False, (1, 0, 0, 1)),
    ],
)
def test_outputs_and_gradients(additive, size, heads, drop, causal, mask):
    rows = Rows(additive, *size, heads, drop, causal, mask)
    y = rows.forward(w_offsets=rows.w_offsets, weights=rows.weights)
    np.testing.assert_array_equal(rows.forward(), y)  # the bits when nothing is kept
    dq, dk, dv = (np.full_like(part, np.nan) for part in (rows.q, rows.k, rows.v))
    dinner, douter = np.ones(1, np.float32), np.ones(1, np.float32)
    du = np.ones(size[0], np.float32)
    _core.attention_backward(
        rows.q,
        rows.k,
        rows.v,
        rows.q_offsets,
        rows.k_offsets,
        rows.w_offsets,
        rows.weights,
        rows.dy,
        dq,
        dk,
        dv,
        **rows.told,
        dinner=dinner,
        douter=douter if additive else None,
        du=du if additive else None,
    )
    inner, outer, u = 1.0, 1.0, np.ones(size[0])
    for n, (T, S) in enumerate(rows.rows):
        for h in range(heads):
            exact_y, weights, exact = rows.exact(n, h)
            found = rows.weights[rows.w_offsets[n] + h * T * S :][: T * S].reshape(T, S)
            assert_close(found, weights, TOLERANCE)
            parts: Any = [(y, 0), (dq, 0), (dk, 1), (dv, 1)]
            for got, wanted in zip(rows.head(n, h, parts), (exact_y, *exact[:3]), strict=True):
                assert_close(got, wanted, TOLERANCE)
            inner, outer, u = inner + exact.dinner, outer + exact.douter, u + exact.du
    assert_close(dinner, [inner], 2e-4)  # sums over all rows
    if additive:
        assert_close(douter, [outer], 2e-4)
        assert_close(du, u, 2e-4)


@pytest.mark.parametrize("additive", [False, True])
def test_the_reference(additive):
    how = Scores(additive, 0.5)
    arrays = {"q": numbers(3, 4), "k": numbers(5, 4, seed=1), "v": numbers(5, 2, seed=2)}
    arrays |= {"inner": numbers(1), "outer": numbers(1, seed=1), "u": numbers(4, seed=3)}
    arrays = {name: value.astype(float) for name, value in arrays.items()}
    dy = numbers(3, 2, seed=9).astype(float)
    seen = np.tri(3, 5, dtype=bool)

    def told(inner, outer, u, **_):
        own = {"outer": float(outer[0]), "u": u} if additive else {}
        return how._replace(inner=float(inner[0]), **own)

    def value(q, k, v, **rest):
        return float((dy * attention_forward(q, k, v, told(**rest), seen)[0]).sum())

    def gradient(q, k, v, **rest):
        _, weights = attention_forward(q, k, v, told(**rest), seen)
        found = attention_backward(q, k, v, told(**rest), weights, dy)
        return {
            "q": found.dq,
            "k": found.dk,
            "v": found.dv,
            "inner": np.array([found.dinner]),
            "outer": np.array([found.douter]),
            "u": found.du,
        }

    directional_check(value, gradient, arrays, seed=1)


@pytest.mark.parametrize("additive", [False, True])
def test_a_row_is_for_itself(additive, threads):
    rows = Rows(additive, 33, 9, 2)
    outputs = []
    for count in (1, 2, 5):
        threads(count)
        outputs.append(rows.forward())
    for other in outputs[1:]:
        np.testing.assert_array_equal(other, outputs[0])
    n = 5
    alone = Rows(additive, 33, 9, 2, rows=[rows.rows[n]])
    steps, others = slice(*rows.q_offsets[n : n + 2]), slice(*rows.k_offsets[n : n + 2])
    alone.q, alone.k, alone.v = rows.q[steps], rows.k[others], rows.v[others]
    np.testing.assert_array_equal(alone.forward(), outputs[0][steps])


def test_rows_may_share_a_memory():
    rows = Rows(False, 8, 8, 1, rows=[(2, 3), (2, 5), (2, 1)])
    whole = rows.forward()
    order = np.array([2, 0, 2, 1, 1], np.int32)
    q = np.concatenate([rows.q[2 * n : 2 * n + 2] for n in order])
    y = np.empty((10, 8), np.float32)
    _core.attention(
        q,
        rows.k,
        rows.v,
        np.arange(6) * 2,
        rows.k_offsets,
        y,
        **rows.told,
        k_rows=order,
    )
    for place, n in enumerate(order):
        np.testing.assert_array_equal(y[2 * place : 2 * place + 2], whole[2 * n : 2 * n + 2])


def test_not_a_number_stays_one():
    rows = Rows(False, 4, 4, 1, rows=[(2, 3), (2, 3)])
    rows.k[0] = np.nan
    y = rows.forward()
    assert np.isnan(y[:2]).all()
    assert np.isfinite(y[2:]).all()


TIMES = {"q_times": np.arange(4, dtype=np.int32) % 2, "k_times": np.arange(6, dtype=np.int32) % 3}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"q_offsets": np.array([0, 2, 3])}, "q_offsets must rise from 0 to 4"),
        ({"k_offsets": np.array([0, 7, 6])}, "k_offsets must rise from 0 to 6"),
        ({"k_offsets": np.array([0, 6])}, "as many rows"),
        ({"inner": np.zeros(2, np.float32)}, r"inner must have shape \(1,\)"),
        ({"heads": 3}, "whole heads"),
        ({"drop": np.zeros((4, 2), np.float32)}, "drop must have"),
        ({"k_rows": np.array([0, 2], np.int32)}, "k_rows is out of range"),
        ({"q_times": np.zeros(4, np.int32)}, "times are of both or of none"),
        ({"causal": True}, "causal attention and a mask need times"),
        ({**TIMES, "mask": np.ones((3, 1, 2, 3), np.float32)}, "mask must have a part for each"),
        ({**TIMES, "mask": np.ones((1, 2, 2, 3), np.float32)}, "mask must have a part for each"),
        ({**TIMES, "mask": np.ones((2, 1, 2, 2), np.float32)}, "must hold all times, got 2 in axi"),
        ({"weights": np.zeros(11, np.float32), "w_offsets": np.array([0, 6, 11])}, "weights must"),
    ],
    ids=lambda part: next(iter(part)) if isinstance(part, dict) else "",
)
def test_wrong_arguments(change, message):
    rows = Rows(False, 4, 4, 1, rows=[(2, 3), (2, 3)])
    given = {"q_offsets": rows.q_offsets, "k_offsets": rows.k_offsets, **rows.told} | change
    with pytest.raises(ValueError, match=message):
        _core.attention(rows.q, rows.k, rows.v, y=np.empty((4, 4), np.float32), **given)
