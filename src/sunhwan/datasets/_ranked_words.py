"""Texts as rows of word ranks, and Keras's way from ranks to ids, on whole arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from sunhwan._engine.arguments import check_count, optional_count
from sunhwan._engine.seeds import check_small_seed


@dataclass(frozen=True)
class WordRows:
    """`N` rows of any lengths, end to end: row `n` is ``words[offsets[n]:offsets[n + 1]]``."""

    words: np.ndarray  # (P,) int64
    offsets: np.ndarray  # (N + 1,) int64

    @classmethod
    def from_lists(cls, lists: Sequence[Sequence[int]] | np.ndarray) -> WordRows:
        """Put lists or arrays of whole numbers end to end.

        Raises:
            ValueError: there are no rows, or they hold something else.
        """
        try:
            offsets = _offsets(np.array([len(row) for row in lists], dtype=np.int64))
            words = np.fromiter(chain.from_iterable(lists), dtype=np.int64, count=offsets[-1])
        except (TypeError, ValueError, OverflowError) as error:
            raise ValueError(f"texts must be rows of whole numbers: {error}") from error
        return cls.from_flat(words, offsets)

    @classmethod
    def from_flat(cls, words: np.ndarray, offsets: np.ndarray) -> WordRows:
        """Check rows that already lie end to end.

        Raises:
            ValueError: there are no rows, the arrays have other ranks or dtypes, or `offsets` do
                not climb from 0 to the end.
        """
        for array in (words, offsets):
            if array.dtype.kind not in "iu":
                raise ValueError(f"texts must hold whole numbers, got {array.dtype}")
        if words.ndim != 1 or offsets.ndim != 1 or len(offsets) == 0:
            raise ValueError(
                f"words and offsets must have one axis, got {words.shape} and {offsets.shape}"
            )
        if len(offsets) == 1:
            raise ValueError("there is no text in the file")
        offsets = offsets.astype(np.int64)
        if offsets[0] != 0 or offsets[-1] != len(words) or (np.diff(offsets) < 0).any():
            raise ValueError(
                f"offsets must climb from 0 to the number of words, {len(words)}, "
                f"got {offsets[0]} to {offsets[-1]}"
            )
        return cls(words.astype(np.int64), offsets)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> np.ndarray:
        """Words in each row, ``(N,)``."""
        return np.diff(self.offsets)

    def take(self, order: np.ndarray) -> WordRows:
        """Return the rows that `order` names, in its order."""
        lengths = self.lengths[order]
        offsets = _offsets(lengths)
        source = np.arange(offsets[-1]) + np.repeat(self.offsets[order] - offsets[:-1], lengths)
        return WordRows(self.words[source], offsets)

    def numbered(self, start_char: int | None, index_from: int | None) -> WordRows:
        """Turn ranks into ids: each plus `index_from`, with `start_char` in front of each row."""
        ids = self.words + (index_from or 0)
        if start_char is None:
            return WordRows(ids, self.offsets)
        ids = np.insert(ids, self.offsets[:-1], start_char)
        return WordRows(ids, self.offsets + np.arange(len(self) + 1))

    def limited(self, num_words: int, skip_top: int, oov_char: int | None) -> WordRows:
        """Replace ids outside ``skip_top <= id < num_words`` by `oov_char`, or drop them."""
        inside = (self.words >= skip_top) & (self.words < num_words)
        if oov_char is not None:
            return WordRows(np.where(inside, self.words, oov_char), self.offsets)
        kept = np.concatenate([[0], np.cumsum(inside)])
        return WordRows(self.words[inside], kept[self.offsets])

    def to_lists(self) -> np.ndarray:
        """Return an object array of lists of Python integers."""
        words = _shared_integers(self.words)
        lists = np.empty(len(self), dtype=object)
        for row, (start, end) in enumerate(zip(self.offsets[:-1], self.offsets[1:], strict=True)):
            lists[row] = words[start:end]
        return lists


def check_numbers(seed: int | None, skip_top: int, **numbers: int | None) -> None:
    """Check the arguments of a loader that are numbers.

    Args:
        seed: `None` or an integer from 0 to 2**32 - 1.
        skip_top: an integer of zero or more.
        numbers: others, by name: the same, or `None`.

    Raises:
        ValueError: one is something else.
    """
    if seed is not None:
        check_small_seed(seed)
    check_count("skip_top", skip_top, 0)
    for name, value in numbers.items():
        optional_count(name, value, 0)


def check_labels(rows: WordRows, labels: np.ndarray) -> np.ndarray:
    """Return the labels of rows as int64.

    Raises:
        ValueError: there is not one label for each row.
    """
    if labels.shape != (len(rows),):
        raise ValueError(f"{len(rows)} texts must have as many labels, got {labels.shape}")
    return labels.astype(np.int64)


def shuffled(
    rows: WordRows, labels: np.ndarray, random: np.random.RandomState
) -> tuple[WordRows, np.ndarray]:
    """Shuffle rows and labels together, drawing what Keras draws."""
    order = np.arange(len(rows))
    random.shuffle(order)
    return rows.take(order), labels[order]


def shorter(rows: WordRows, labels: np.ndarray, maxlen: int | None) -> tuple[WordRows, np.ndarray]:
    """Keep the rows of fewer than `maxlen` words; all if it is `None` or 0.

    Raises:
        ValueError: no row is short enough.
    """
    if not maxlen:
        return rows, labels
    kept = np.flatnonzero(rows.lengths < maxlen)
    if len(kept) == 0:
        raise ValueError(
            f"maxlen must leave some sequences, got {maxlen}: the shortest has "
            f"{rows.lengths.min()} words, and sequences must be shorter than maxlen"
        )
    return rows.take(kept), labels[kept]


def _offsets(lengths: np.ndarray) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(lengths)])


def _shared_integers(words: np.ndarray) -> list[int]:
    """Convert to Python integers, one object for each distinct value: a fifth of the memory."""
    if len(words) == 0:
        return []
    low, high = int(words.min()), int(words.max())
    if high - low >= len(words):
        return words.tolist()
    return np.arange(low, high + 1).astype(object)[words - low].tolist()
