"""A model's input data: checked once, then handed out in batches."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from sunhwan._engine.batch import Batch
from sunhwan._engine.inputs import as_floats, as_ids, is_ragged, ragged_rows, without_frame
from sunhwan._engine.packing import (
    Tokenizer,
    pack_ids,
    pack_ragged,
    pack_ragged_ids,
    pack_steps,
    plain_ids,
    take_batch,
)
from sunhwan._engine.sequences import Sequences
from sunhwan.layers.layer import Layer, Shape

FEW_IDS = 2048  # of a batch: to look for equal ones takes longer than to compute them


class Feed(Protocol):
    """Rows of input.

    Attributes:
        rows: how many there are.
        shape: of the whole, `(None, ...)`, with `None` for the steps of ragged rows.
    """

    rows: int
    shape: Shape

    def batch(self, places: np.ndarray) -> Batch:
        """The rows at `places (n,)`, as the first layer takes them."""
        ...

    def batch_to_ask(self, places: np.ndarray) -> Batch:
        """The same for a prediction, which may come in a form that is quicker to make."""
        ...

    def row(self, place: int) -> Batch:
        """One row as a batch in which every step is its own: no run of padding is set apart."""
        ...

    @property
    def lengths(self) -> np.ndarray | None:
        """How many steps each row has of its own, `None` where all have as many."""
        ...

    @property
    def arrays(self) -> list[np.ndarray]:
        """What tells these rows from others."""
        ...

    def ordered(self, places: np.ndarray, order: np.ndarray) -> Batch:
        """The rows at `places[order]`, as a batch of the rows at `places` in that order."""
        ...


class ArrayFeed:
    """Rows of one shape, for layers of arrays."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values
        self.rows = len(values)
        self.shape: Shape = (None, *values.shape[1:])

    def batch(self, places: np.ndarray) -> np.ndarray:
        return self.values[places]

    batch_to_ask = batch
    lengths = None

    def row(self, place: int) -> np.ndarray:
        return self.batch(np.array([place]))

    @property
    def arrays(self) -> list[np.ndarray]:
        return [self.values]

    def ordered(self, places: np.ndarray, order: np.ndarray) -> np.ndarray:
        return self.values[places[order]]


class SequenceFeed:
    """Rows of steps, packed.

    Args:
        data: all rows.
        shape: of the whole, `(None, ...)`.
        vocabulary: how many ids there are, for rows of ids; else 0.
    """

    def __init__(self, data: Sequences, shape: Shape, vocabulary: int = 0) -> None:
        self.data = data
        self.rows = data.layout.rows
        self.shape = shape
        self._tokenizer = Tokenizer(vocabulary) if vocabulary else None

    def batch(self, places: np.ndarray) -> Sequences:
        batch = take_batch(self.data, places)
        return self._tokenizer(batch) if self._tokenizer else batch

    batch_to_ask = batch

    def row(self, place: int) -> Sequences:
        return self.batch(np.array([place]))

    @property
    def lengths(self) -> np.ndarray | None:
        return None if self.data.layout.plain else self.data.layout.lengths

    @property
    def arrays(self) -> list[np.ndarray]:
        layout, head = self.data.layout, self.data.head
        parts = [self.data.values, self.data.index, layout.offsets, layout.starts, layout.positions]
        parts += [] if head is None else [head.tokens, head.rows]
        return [part for part in parts if part is not None]

    def ordered(self, places: np.ndarray, order: np.ndarray) -> Sequences:
        batch = take_batch(self.data, places, order)
        return self._tokenizer(batch) if self._tokenizer else batch


class IdFeed:
    """Rows of ids of one length, packed when they are first trained on.

    Args:
        ids: all rows, `(N, T)` int32.
        first: the layer that looks them up.
    """

    def __init__(self, ids: np.ndarray, first: Any) -> None:
        self._ids, self._first = ids, first
        self.rows = len(ids)
        self.shape: Shape = (None, ids.shape[1])

    @cached_property
    def _packed(self) -> SequenceFeed:
        data = pack_ids(self._ids, self._first.mask_zero)
        return SequenceFeed(data, self.shape, self._first.input_dim)

    def batch(self, places: np.ndarray) -> Sequences:
        return self._packed.batch(places)

    def batch_to_ask(self, places: np.ndarray) -> Sequences:
        if self._first.mask_zero or not 0 < len(places) * self._ids.shape[1] <= FEW_IDS:
            return self.batch(places)
        return plain_ids(self._ids[places])

    def row(self, place: int) -> Sequences:
        if self._first.mask_zero:
            return self.batch(np.array([place]))
        return plain_ids(self._ids[place : place + 1])

    @property
    def lengths(self) -> np.ndarray | None:
        return self._packed.lengths

    @property
    def arrays(self) -> list[np.ndarray]:
        return [self._ids]

    def ordered(self, places: np.ndarray, order: np.ndarray) -> Sequences:
        return self._packed.ordered(places, order)


class JoinedFeed:
    """Several inputs, whose rows go together in one order: that with most steps in all first."""

    def __init__(self, feeds: Sequence[Feed]) -> None:
        self._feeds = list(feeds)
        self.rows = feeds[0].rows
        lengths = [feed.lengths for feed in feeds]
        self._steps = sum((each for each in lengths if each is not None), start=0)

    def batch(self, places: np.ndarray) -> tuple[Batch, ...]:
        if isinstance(self._steps, int):
            return tuple(feed.batch(places) for feed in self._feeds)
        order = np.argsort(-self._steps[places], kind="stable")
        return tuple(feed.ordered(places, order) for feed in self._feeds)

    batch_to_ask = batch

    def row(self, place: int) -> tuple[Batch, ...]:
        return tuple(feed.row(place) for feed in self._feeds)

    @property
    def arrays(self) -> list[np.ndarray]:
        return [array for feed in self._feeds for array in feed.arrays]


def open_feed(x: Any, first: Layer | None, owner: str) -> Feed:
    """Check `x` and make it a feed for a model whose first layer is `first`.

    Args:
        x: an array, a pandas or polars frame or series, or a list of arrays of different lengths.
        first: the layer that takes the rows, `None` for any that takes an array.
        owner: what to call the data in errors, `"x"`.

    Raises:
        ValueError: `x` has a wrong rank, dtype or an id or number that cannot be taken.
    """
    x = without_frame(x)
    name = owner if first is None else f"{owner} (input of layer {first.name!r})"
    if getattr(first, "reads_ids", False):
        return _open_ids(x, first, name)
    if is_ragged(x):
        if first is None or first.takes == "array":
            raise ValueError(
                f"{name} must be an array, got rows of different lengths; layers that run over "
                "steps take these, and attend to them"
            )
        data = pack_ragged(ragged_rows(x, name, as_floats))
        assert data.values is not None
        features = data.values.shape[1:]
        if not features:
            raise ValueError(f"{name} must hold rows of shape (steps, features), got (steps,)")
        return SequenceFeed(_masked(data, first), (None, None, *features))
    values = as_floats(x, name)
    if first is None or first.takes != "sequences":
        if values.ndim < 2:
            raise ValueError(f"{name} must have shape (rows, features), got {values.shape}")
        return ArrayFeed(values)
    if values.ndim < 3:
        hint = "; x[None] is a batch of one row, x[..., None] has one feature"
        raise ValueError(
            f"{name} must have shape (rows, steps, features), got {values.shape}"
            f"{hint if values.ndim == 2 else ''}"
        )
    return SequenceFeed(_masked(pack_steps(values), first), (None, *values.shape[1:]))


def _masked(data: Sequences, first: Any) -> Sequences:
    """The data without the steps that a first layer Masking leaves out."""
    return first.pack(data) if hasattr(first, "pack") else data


def _open_ids(x: Any, first: Any, name: str) -> Feed:
    limit = first.input_dim

    def ids_of(values: Any, name: str) -> np.ndarray:
        return as_ids(values, limit, name)

    if is_ragged(x):
        rows = ragged_rows(x, name, ids_of)
        if rows[0].ndim != 1:
            raise ValueError(f"{name} must hold rows of ids, got a row of shape {rows[0].shape}")
        return SequenceFeed(pack_ragged_ids(rows, first.mask_zero), (None, None), limit)
    ids = ids_of(x, name)
    if ids.ndim != 2:
        raise ValueError(f"{name} must be ids of shape (rows, steps), got {ids.shape}")
    return IdFeed(ids, first)
