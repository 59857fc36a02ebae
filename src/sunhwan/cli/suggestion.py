"""What may have been meant by a name that nothing has."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """Say that nothing is called `name`, and which known name is the nearest.

    >>> unknown("data set", "digit", ["digits", "mnist"])
    "unknown data set 'digit': did you mean 'digits'?"
    >>> unknown("data set", "xyz", ["digits", "mnist"])
    "unknown data set 'xyz'; known are digits, mnist"
    """
    names = list(known)
    folded = {other.lower(): other for other in names}
    near = difflib.get_close_matches(name.lower(), folded, n=1)
    if near:
        return f"unknown {kind} {name!r}: did you mean {folded[near[0]]!r}?"
    return f"unknown {kind} {name!r}; known are {', '.join(names)}"
