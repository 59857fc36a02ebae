"""The words that stand beneath the steps of a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .reading import Reading


def words_of(reading: Reading, words: Any, owner: str) -> list[str] | None:
    """A word for each step of a row, or `None` where it has none.

    Args:
        reading: the row.
        words: what the user passed: the row's words; a dictionary id -> word or word -> id; a
            function from an id to its word; or `None`, for the words of the model's own
            vocabulary, else the ids; or a dictionary of these, input -> words.
        owner: name of the function, for errors.

    Raises:
        TypeError: `words` is none of these.
        ValueError: there are not as many words as steps, or the row is not of ids.
    """
    words = _of_input(reading, words, owner)
    if isinstance(words, str) or not isinstance(
        words, (Mapping, Sequence, np.ndarray, type(None), Callable)
    ):
        raise TypeError(
            f"{owner}: words must be a list of the row's words, a dictionary id -> word, or a "
            f"function from an id to a word, got {words!r}"
        )
    if isinstance(words, (Sequence, np.ndarray)):
        return _placed(reading, [str(word) for word in words], owner)
    if words is None and reading.is_count:
        return reading.vocabulary
    if reading.ids is None:
        if words is not None:
            raise ValueError(
                f"{owner}: words must be a list of the row's words where the input is numbers"
            )
        return None
    return [str(each) for each in map(_namer(words, reading.vocabulary), reading.ids.tolist())]


def _of_input(reading: Reading, words: Any, owner: str) -> Any:
    """What was passed for this input, where it is a dictionary input -> words."""
    kinds = (Mapping, list, tuple, np.ndarray, type(None))
    if not isinstance(words, Mapping) or not words:
        return words
    if not all(isinstance(each, kinds) or callable(each) for each in words.values()):
        return words
    if reading.name not in words:
        raise ValueError(
            f"{owner}: words must be given for input {reading.name!r} too, got those of "
            f"{list(words)} alone; None stands for its ids"
        )
    return words[reading.name]


def _placed(reading: Reading, words: list[str], owner: str) -> list[str]:
    """The row's words at their steps; they may be those of the steps without padding alone."""
    if len(words) == len(reading.own):
        return words
    (places,) = np.nonzero(reading.own)
    if len(words) != len(places):
        raise ValueError(
            f"{owner}: words must be as many as the row's steps, {len(reading.own)}"
            f"{'' if reading.own.all() else f', or {len(places)} without padding'}, "
            f"got {len(words)}"
        )
    placed = [""] * len(reading.own)
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
