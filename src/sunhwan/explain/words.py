"""The words that stand beneath the steps of a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .opened import Reading


def words_of(reading: Reading, words: Any, owner: str) -> list[str] | None:
    """A word for each step of a row, or `None` where it has none.

    Args:
        reading: the row.
        words: what the user passed: the row's words; a dictionary id -> word or word -> id; a
            function from an id to its word; or `None`, for the words of the model's own
            vocabulary, else the ids.
        owner: name of the function, for errors.

    Raises:
        TypeError: `words` is none of these.
        ValueError: there are not as many words as steps, or the row is not of ids.
    """
    if reading.present is None:
        return None
    if isinstance(words, str) or not isinstance(
        words, (Mapping, Sequence, np.ndarray, type(None), Callable)
    ):
        raise TypeError(
            f"{owner}: words must be a list of the row's words, a dictionary id -> word, or a "
            f"function from an id to a word, got {words!r}"
        )
    if isinstance(words, (Sequence, np.ndarray)):
        return _placed(reading, [str(word) for word in words], owner)
    if reading.ids is None:
        if words is not None:
            raise ValueError(
                f"{owner}: words must be a list of the row's words where the input is numbers"
            )
        return None
    return [str(each) for each in map(_namer(words, reading.vocabulary), reading.ids.tolist())]


def _placed(reading: Reading, words: list[str], owner: str) -> list[str]:
    """The row's words at their steps; they may be those of the steps without padding alone."""
    if len(words) == reading.steps:
        return words
    (places,) = np.nonzero(reading.own)
    if len(words) != len(places):
        raise ValueError(
            f"{owner}: words must be as many as the row's steps, {reading.steps}"
            f"{'' if len(places) == reading.steps else f', or {len(places)} without padding'}, "
            f"got {len(words)}"
        )
    placed = [""] * reading.steps
    for place, word in zip(places, words, strict=True):
        placed[place] = word
    return placed


def _namer(words: Any, vocabulary: list[str] | None) -> Callable[[int], Any]:
    if words is None:
        if vocabulary is None:
            return str
        return lambda number: vocabulary[number] if number < len(vocabulary) else str(number)
    if not isinstance(words, Mapping):
        return words
    if words and all(isinstance(key, str) for key in words):
        words = {number: word for word, number in words.items()}
    return lambda number: words.get(number, str(number))
