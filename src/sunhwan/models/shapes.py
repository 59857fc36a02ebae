"""Shapes of data, beside those that a model takes."""

from __future__ import annotations

from sunhwan._engine.symbolic import Shape


def fits(expected: Shape, given: Shape) -> bool:
    """Whether data of shape `given` can go where `expected` is.

    >>> fits((None, None, 2), (None, 7, 2)), fits((None, 5, 2), (None, 7, 2))
    (True, False)
    """
    if len(expected) != len(given):
        return False
    return all(a in (None, b) for a, b in zip(expected[1:], given[1:], strict=True))
