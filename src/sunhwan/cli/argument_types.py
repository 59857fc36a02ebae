"""What the words of the command line are turned into, and what is said of wrong ones."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable, Iterable
from typing import Any

from sunhwan.cli.suggestion import unknown


def one_of(kind: str, names: Iterable[str]) -> Callable[[str], str]:
    """One of `names`, in small or capital letters; `kind` says of what.

    >>> one_of("model", ["LSTM", "GRU"])("lstm")
    'LSTM'
    """
    folded = {name.lower(): name for name in names}

    def convert(word: str) -> str:
        if word.lower() not in folded:
            raise ArgumentTypeError(unknown(kind, word, names))
        return folded[word.lower()]

    return convert


def list_of(convert: Callable[[str], Any]) -> Callable[[str], tuple[Any, ...]]:
    """Several of what `convert` makes, with commas between them; each once.

    >>> list_of(at_least(1))("3,5,3")
    (3, 5)
    """

    def convert_all(words: str) -> tuple[Any, ...]:
        found = [convert(word.strip()) for word in words.split(",") if word.strip()]
        if not found:
            raise ArgumentTypeError("expected names or numbers with commas, got none")
        return tuple(dict.fromkeys(found))

    return convert_all


def at_least(least: int) -> Callable[[str], int]:
    """An integer that is no less than `least`.

    >>> at_least(0)("12")
    12
    """

    def convert(word: str) -> int:
        try:
            number = int(word)
        except ValueError:
            number = least - 1
        if number < least:
            raise ArgumentTypeError(f"expected an integer from {least}, got {word!r}")
        return number

    return convert
