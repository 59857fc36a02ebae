"""Keras 2's functions from a text to its words, and to numbers by a hash."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sunhwan._engine.arguments import check_count

FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'


def text_to_word_sequence(
    input_text: str, filters: str = FILTERS, lower: bool = True, split: str = " "
) -> list[str]:
    """Split a text into words.

    Args:
        input_text: the text.
        filters: letters that are taken as `split`.
        lower: whether to lowercase the text, in all scripts.
        split: what stands between words.

    >>> text_to_word_sequence("The cat, again!")
    ['the', 'cat', 'again']
    """
    text = input_text.lower() if lower else input_text
    text = text.translate(str.maketrans(dict.fromkeys(filters, split)))
    return [word for word in text.split(split) if word]


def hashing_trick(
    text: str,
    n: int,
    hash_function: Callable[[str], int] | str | None = None,
    filters: str = FILTERS,
    lower: bool = True,
    split: str = " ",
    analyzer: Callable[[str], Iterable[str]] | None = None,
) -> list[int]:
    """Turn the words of a text into numbers from 1 to `n - 1`, by a hash; two may have the same.

    Args:
        text: the text.
        n: one more than the largest number.
        hash_function: of a word; ``"md5"`` gives the same numbers in each run of a program;
            default Python's `hash`, which does not.
        filters, lower, split: as for `text_to_word_sequence`.
        analyzer: a function from the text to its words, in place of these.

    >>> hashing_trick("The cat, the dog", 50, "md5")
    [43, 32, 43, 2]
    """
    n = check_count("n", n, least=2)
    words = analyzer(text) if analyzer else text_to_word_sequence(text, filters, lower, split)
    how = _md5 if hash_function == "md5" else hash_function or hash
    if isinstance(how, str) or not callable(how):
        raise ValueError(f"hash_function must be a function, 'md5' or None, got {how!r}")
    return [how(word) % (n - 1) + 1 for word in words]


def one_hot(
    input_text: str,
    n: int,
    filters: str = FILTERS,
    lower: bool = True,
    split: str = " ",
    analyzer: Callable[[str], Iterable[str]] | None = None,
) -> list[int]:
    """As `hashing_trick`, by Python's `hash`: numbers that differ from run to run.

    Args:
        input_text: the text.
        n, filters, lower, split, analyzer: as for `hashing_trick`.

    >>> len(one_hot("The cat, again!", 50))
    3
    """
    return hashing_trick(input_text, n, hash, filters, lower, split, analyzer)


def _md5(word: str) -> int:
    import hashlib

    return int(hashlib.md5(word.encode(), usedforsecurity=False).hexdigest(), 16)
