"""From arrays and lists to packed sequences: whole data sets once, then batches of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sunhwan import _core

from .layout import Layout, own_tokens
from .sequences import Head, Sequences

_LARGE = 1 << 18  # bytes that pay for more than NumPy's take


def pack_steps(values: np.ndarray, mask: np.ndarray | None = None) -> Sequences:
    """Dense values `(N, T, *features)`; with a mask `(N, T)` its true steps alone."""
    rows, width = values.shape[:2]
    if mask is None:
        return Sequences(Layout.dense(rows, width), values.reshape(-1, *values.shape[2:]))
    return Sequences(masked_layout(mask), values[mask])


def pack_ids(ids: np.ndarray, mask_zero: bool, share: bool = True) -> Sequences:
    """Dense ids `(N, T)` int32 as `Sequences` whose `index` holds ids.

    Args:
        ids: the ids.
        mask_zero: whether the zeros are masked.
        share: whether the run of one id that most rows begin with is shared by them. Its id is
            then `head.row_index[0]`.
    """
    rows, width = ids.shape
    if mask_zero:
        present = ids != 0
        return Sequences(masked_layout(present), index=ids[present], head=_constant_token(0))
    layout = Layout.dense(rows, width)
    if not share or not ids.size:
        return Sequences(layout, index=np.ascontiguousarray(ids).reshape(-1))
    first, counts = np.unique(ids[:, 0], return_counts=True)
    padding = first[counts.argmax()]
    own = ids != padding
    starts = np.where(own.any(axis=1), own.argmax(axis=1), width)
    shared = int(starts.max())
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(width - starts)])
    firsts = layout.offsets[:-1] + starts
    layout = Layout(offsets, starts, width, layout.order, shared=shared)
    steps = np.empty(layout.steps, ids.dtype)
    _core.take_runs(np.ascontiguousarray(ids).reshape(-1), firsts, offsets, steps)
    return Sequences(
        layout,
        index=steps,
        head=_constant_token(int(padding)) if shared else None,
    )


def pack_ragged(rows: Sequence[np.ndarray]) -> Sequences:
    """Rows `(T_n, *features)` of any lengths, as `values`."""
    lengths = np.array([len(row) for row in rows], np.int64)
    layout = Layout(
        offsets=np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)]),
        starts=np.zeros(len(rows), np.int64),
        width=int(lengths.max(initial=0)),
        order=np.arange(len(rows), dtype=np.int64),
        extents=lengths,
    )
    return Sequences(layout, np.concatenate(rows))


def pack_ragged_ids(rows: Sequence[np.ndarray], mask_zero: bool) -> Sequences:
    """Rows `(T_n,)` of ids of any lengths; zeros are masked where `mask_zero`."""
    packed = pack_ragged(rows)
    assert packed.values is not None
    layout, ids = packed.layout, packed.values
    if not mask_zero:
        return Sequences(layout, index=ids)
    present = ids != 0
    kept = np.concatenate([np.zeros(1, np.int64), np.cumsum(present)])
    masked = Layout(
        offsets=kept[layout.offsets],
        starts=layout.starts,
        width=layout.width,
        order=layout.order,
        positions=layout.times[present],
        extents=layout.extents,
        absent="constant",
    )
    return Sequences(masked, index=ids[present], head=_constant_token(0))


def plain_ids(ids: np.ndarray) -> Sequences:
    """Dense ids `(N, T)` int32 as a batch of tokens in which nothing is found equal or shared.

    Worth it for few ids: then all batches of one shape are alike but for the ids.
    """
    rows, width = ids.shape
    head = Head(tokens=ids.reshape(-1), row_index=np.zeros(0, np.int32))
    return Sequences(Layout.dense(rows, width), index=own_tokens(ids.size), head=head)


def masked_layout(mask: np.ndarray) -> Layout:
    """The layout of the true steps of a mask `(N, T)`; the others read a constant row."""
    rows, width = mask.shape
    lengths = mask.sum(axis=1)
    firsts = mask.argmax(axis=1) if width else lengths
    return Layout(
        offsets=np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)]),
        starts=np.where(lengths > 0, firsts, width),
        width=width,
        order=np.arange(rows, dtype=np.int64),
        positions=np.nonzero(mask)[1].astype(np.int32),
        absent="constant",
    )


def take_batch(data: Sequences, rows: np.ndarray, order: np.ndarray | None = None) -> Sequences:
    """The rows `rows (n,)` of a data set as a batch; ids stay ids.

    They stand in the order `rows[order]`, by default those with most own steps first.
    """
    if data.index is not None:
        layout, ids = _take(data.layout, data.index, rows, order)
        return Sequences(layout, index=ids, head=data.head)
    assert data.values is not None
    layout, values = _take(data.layout, data.values, rows, order)
    head = None
    if layout.head_rows:
        head = Head(rows=np.zeros((layout.head_rows, *values.shape[1:]), np.float32))
    return Sequences(layout, values, head=head)


def _take(
    layout: Layout, steps: np.ndarray, rows: np.ndarray, order: np.ndarray | None
) -> tuple[Layout, np.ndarray]:
    """Layout and own steps of the rows `rows`, from those of a data set."""
    shape = steps.shape[1:]
    if layout.plain:
        whole = steps.reshape(layout.rows, layout.width, *shape)
        taken = _rows_of(whole, rows if order is None else rows[order])
        return Layout.dense(len(rows), layout.width, order), taken.reshape(-1, *shape)
    taken_layout, firsts = layout.take(rows, order)
    taken = np.empty((taken_layout.steps, *shape), steps.dtype)
    _core.take_runs(steps, firsts, taken_layout.offsets, taken)
    return taken_layout, taken


def _rows_of(whole: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """`whole[rows]`; of much data, where the rows follow each other, a view that none can write."""
    count = len(rows)
    if count * whole[:1].nbytes < _LARGE:
        return whole.take(rows, axis=0)
    if rows[-1] - rows[0] == count - 1 and (np.diff(rows) == 1).all():
        view = whole[rows[0] : rows[0] + count]
        view.flags.writeable = False
        return view
    taken = np.empty((count, *whole.shape[1:]), whole.dtype)
    _core.take_runs(whole, np.ascontiguousarray(rows), np.arange(count + 1, dtype=np.int64), taken)
    return taken


class Tokenizer:
    """Finds the distinct ids of each batch.

    Args:
        limit: ids are below it.
    """

    def __init__(self, limit: int) -> None:
        self._marks = np.full(limit, -1, np.int32)

    def __call__(self, batch: Sequences) -> Sequences:
        """A batch of ids as tokens: `index` names rows of `head.tokens`, the distinct ids."""
        assert batch.index is not None
        layout, ids = batch.layout, batch.index
        index, found = np.empty(len(ids), np.int32), np.empty(len(ids) + 1, np.int32)
        count, number = _core.distinct(ids, self._marks, index, found), 0
        if layout.head_rows:
            assert batch.head is not None
            assert batch.head.row_index is not None
            token = batch.head.row_index[0]
            places = np.flatnonzero(found[:count] == token)
            number = int(places[0]) if len(places) else count
            found[number] = token
            count = max(count, number + 1)
        row_index = np.full(layout.head_rows, number, np.int32)
        return Sequences(layout, index=index, head=Head(tokens=found[:count], row_index=row_index))


def _constant_token(token: int) -> Head:
    return Head(row_index=np.array([token], np.int32))
