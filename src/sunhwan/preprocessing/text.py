"""From texts to tokens: standardize, split, join into n-grams; and Keras 2's `Tokenizer`.

The first three work as Keras's TextVectorization does, byte by byte: only the letters A to Z are
lowercased, only ASCII punctuation is stripped, and only ASCII white space splits, so that texts in
Korean and other scripts come through untouched.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sunhwan.preprocessing.word_index import Tokenizer, tokenizer_from_json
from sunhwan.preprocessing.words import hashing_trick, one_hot, text_to_word_sequence

__all__ = [
    "Tokenizer",
    "hashing_trick",
    "one_hot",
    "text_to_word_sequence",
    "tokenizer_from_json",
]

TextFunction = Callable[[np.ndarray], Any]  # texts (N,) to texts or lists of tokens

STANDARDIZATIONS = ("lower_and_strip_punctuation", "lower", "strip_punctuation")
SPLITS = ("whitespace", "character")

_PUNCTUATION = string.punctuation.encode()
_WORD = re.compile(r"[^ \t\n\r\f\v]+")


def standardize(texts: Sequence[str], how: str | TextFunction | None) -> list[str]:
    """Standardize each text.

    Args:
        texts: `N` texts.
        how: ``"lower_and_strip_punctuation"``, ``"lower"`` (A to Z alone, as in Keras),
            ``"strip_punctuation"`` (ASCII punctuation), `None`, or a function that takes the texts
            as a NumPy array of strings and returns as many, such as `numpy.char.lower`, which
            lowercases the letters of every script.

    Raises:
        ValueError: `how` is another word, or the function returned another number of texts.

    >>> standardize(["Don't STOP!", "영화, 최고!"], "lower_and_strip_punctuation")
    ['dont stop', '영화 최고']
    >>> standardize(["École"], "lower"), standardize(["École"], np.char.lower)
    (['École'], ['école'])
    """
    check_choice("standardize", how, STANDARDIZATIONS)
    if how is None:
        return list(texts)
    if not isinstance(how, str):
        result = np.asarray(how(np.array(texts, dtype=np.str_))).reshape(-1).tolist()
        if len(result) != len(texts):
            raise ValueError(
                f"standardize must return as many texts as it gets, {len(texts)}, got {len(result)}"
            )
        return [str(text) for text in result]
    stripped = _PUNCTUATION if "strip_punctuation" in how else b""
    encoded = (text.encode("utf-8", "surrogatepass") for text in texts)
    # In UTF-8 no byte below 128 is part of another letter, and bytes know ASCII letters alone.
    changed = (text.translate(None, stripped) for text in encoded)
    if "lower" in how:
        changed = (text.lower() for text in changed)
    return [text.decode("utf-8", "surrogatepass") for text in changed]


def split(texts: Sequence[str], how: str | TextFunction) -> list[list[str]]:
    """Split each text into tokens.

    Args:
        texts: `N` texts.
        how: ``"whitespace"`` (runs of spaces, tabs and line ends, never part of a token),
            ``"character"``, or a function that takes the texts as a NumPy array of strings and
            returns a list of tokens for each.

    Raises:
        ValueError: `how` is another word, or the function returned another number of lists.

    >>> split([" the  cat ", ""], "whitespace")
    [['the', 'cat'], []]
    >>> split(["한국"], "character")
    [['한', '국']]
    """
    check_choice("split", how, SPLITS)
    if how == "whitespace":
        return [_WORD.findall(text) for text in texts]
    if how == "character":
        return [list(text) for text in texts]
    assert callable(how)
    rows = [[str(token) for token in row] for row in how(np.array(texts, dtype=np.str_))]
    if len(rows) != len(texts):
        raise ValueError(
            f"split must return as many lists as it gets texts, {len(texts)}, got {len(rows)}"
        )
    return rows


def join_ngrams(rows: Sequence[Sequence[str]], sizes: Sequence[int]) -> list[list[str]]:
    """Join neighbouring tokens by a space: all n-grams of the first size, then of the next.

    >>> join_ngrams([["the", "big", "cat"], ["cat"]], sizes=(1, 2))
    [['the', 'big', 'cat', 'the big', 'big cat'], ['cat']]
    """
    return [
        [
            " ".join(row[start : start + size])
            for size in sizes
            for start in range(len(row) - size + 1)
        ]
        for row in rows
    ]


def check_choice(name: str, value: Any, names: Sequence[str]) -> None:
    """Raise `ValueError` unless `value` is one of `names`, `None` or a function.

    >>> check_choice("split", "words", SPLITS)
    Traceback (most recent call last):
        ...
    ValueError: split must be 'whitespace', 'character', a function or None, got 'words'
    """
    if not (value is None or callable(value) or value in names):
        known = ", ".join(repr(known) for known in names)
        raise ValueError(f"{name} must be {known}, a function or None, got {value!r}")
