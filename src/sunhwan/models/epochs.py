"""What each epoch of a training is given: an order of the rows, or a user's batches."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from sunhwan._engine.seeds import derive
from sunhwan.preprocessing.py_dataset import PyDataset

from .course import Course
from .data import check_end, iterate, tell


def order_of_epoch(count: int, seed: int, course: Course) -> np.ndarray:
    """The order of so many rows or batches in the running epoch, where they are shuffled."""
    return _order(count, derive(seed, course.first_step, course.epoch))


def epochs_of(
    source: Any, limit: int | None, seed: int | None
) -> Callable[[Course], Iterator[Any]]:
    """A function from a course to the batches that are left of its epoch.

    Args:
        source: a user's iterable of batches. A generator goes on where it stopped.
        limit: batches an epoch; default all that are there.
        seed: of the order of a `PyDataset`'s batches, `None` for their own; other iterables keep
            theirs.
    """
    if isinstance(source, PyDataset):
        return _of_data_set(source, limit, seed)
    if limit is None:
        return lambda course: iterate(source, course.batch)
    kept: Iterator[Any] | None = None

    def next_ones(course: Course) -> Iterator[Any]:
        nonlocal kept
        if kept is None:
            kept = iterate(source, course.taken)
        return itertools.islice(kept, limit - course.batch)

    return next_ones


def _of_data_set(
    source: PyDataset, limit: int | None, seed: int | None
) -> Callable[[Course], Iterator[Any]]:
    """The same of a data set, whose batches can be asked for in any order.

    Where there is a limit, an epoch takes on where the one before stopped, and ends with the last
    batch: then the next one begins again, in another order.
    """

    def numbers(course: Course) -> Iterable[int]:
        count, first = source.num_batches, course.taken - course.batch
        if count is None:
            return range(first, first + (limit or 0))[course.batch :]
        if limit is None:
            order = None if seed is None else order_of_epoch(count, seed, course)
            return _all(count, order)[course.batch :]
        turn, done = divmod(first, max(1, count))
        order = None if seed is None else _order(count, derive(seed, course.began, turn))
        return _all(count, order)[done : done + limit][course.batch :]

    def batches(course: Course) -> Iterator[Any]:
        check_end(source, limit)
        tell(source, "on_epoch_begin")
        for number in numbers(course):
            yield source[number]
        tell(source, "on_epoch_end")

    return batches


def _all(count: int, order: np.ndarray | None) -> list[int]:
    return list(range(count)) if order is None else order.tolist()


def _order(count: int, seed: int) -> np.ndarray:
    return np.random.Generator(np.random.Philox(seed)).permutation(count)
