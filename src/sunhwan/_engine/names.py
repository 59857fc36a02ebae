"""Names that layers get where the user gave none: `lstm`, `lstm_1`, ..."""

from __future__ import annotations

from collections import Counter
from typing import Any

from .registry import snake_case

_given: Counter[str] = Counter()


def name_or_default(name: Any, class_name: str) -> str:
    """The name that the user gave, or else a `unique_name`.

    Raises:
        ValueError: the name is no string, is empty, or contains a slash.
    """
    if name is None:
        return unique_name(class_name)
    if not isinstance(name, str) or not name or "/" in name:
        raise ValueError(f"name must be a string without '/', got {name!r}")
    return name


def clear_session(free_memory: bool = True) -> None:
    """Number names from the beginning again: the next `LSTM` is `lstm`.

    There is nothing else to clear: what no name holds any more is freed at once.

    Args:
        free_memory: accepted for Keras's sake.

    >>> import sunhwan as sh
    >>> clear_session()
    >>> sh.layers.LSTM(1).name, sh.layers.LSTM(1).name
    ('lstm', 'lstm_1')
    """
    _given.clear()


def unique_name(class_name: str) -> str:
    """The class's name in snake case, numbered from the second on, as Keras does."""
    name = snake_case(class_name)
    number = _given[name]
    _given[name] += 1
    return f"{name}_{number}" if number else name
