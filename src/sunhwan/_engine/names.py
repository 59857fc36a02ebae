"""Names that layers get where the user gave none: `lstm`, `lstm_1`, ..."""

from __future__ import annotations

from collections import Counter

from .registry import snake_case

_given: Counter[str] = Counter()


def unique_name(class_name: str) -> str:
    """The class's name in snake case, numbered from the second on, as Keras does."""
    name = snake_case(class_name)
    number = _given[name]
    _given[name] += 1
    return f"{name}_{number}" if number else name
