"""Which weights may be made while a file is read: only such as the file holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_left: ContextVar[Counter[tuple[int, ...]] | None] = ContextVar("sunhwan_shapes", default=None)


@contextmanager
def allowed_shapes(shapes: Iterable[tuple[int, ...]]) -> Iterator[None]:
    """Let no weights be made inside the ``with`` block but one of each of `shapes`.

    A file's description could else ask for more memory than the machine has.
    """
    token = _left.set(Counter(tuple(shape) for shape in shapes))
    try:
        yield
    finally:
        _left.reset(token)


def claim_shape(shape: Any, weight: str) -> None:
    """Note that a weight of `shape` is about to be made.

    Raises:
        ValueError: only some shapes are allowed, and this is none of those left; `weight` says
            whose it is.
    """
    left = _left.get()
    if left is None:
        return
    if left[tuple(shape)] < 1:
        raise ValueError(f"{weight} has the shape {tuple(shape)}, but the file has none such")
    left[tuple(shape)] -= 1
