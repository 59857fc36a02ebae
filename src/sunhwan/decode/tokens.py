"""Tokens as users name them: what sequences begin with, end with and never hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def rows_of(start: Any, states: Sequence[Any], context: Sequence[Any]) -> int:
    """How many rows there are to be."""
    if isinstance(start, (list, tuple)) or (np.ndim(start) and not isinstance(start, (str, bytes))):
        return len(start)
    return len(states[0]) if states else len(context[0]) if context else 1


def prefixes_of(start: Any, rows: int) -> list[list[int]]:
    """With what each row begins.

    Raises:
        ValueError: `start` is no id, nor ids of rows, nor sequences of ids.
    """
    text = isinstance(start, (str, bytes))
    given = start if np.iterable(start) and not text else [start] * rows
    prefixes = []
    for one in given:
        ids = np.atleast_1d(np.asarray(one))
        if ids.ndim != 1 or not ids.size or ids.dtype.kind not in "iu":
            raise ValueError(
                f"start must be an id, an id for each row, or a list of sequences of ids, each of "
                f"at least one, got {one!r}"
            )
        prefixes.append(ids.tolist())
    if not prefixes:
        raise ValueError("start must have at least one row, got none")
    return prefixes


def check_id(name: str, token: Any, limit: int) -> int:
    """Return the argument `name` as an id below the limit; `ValueError` if it is none."""
    if isinstance(token, bool) or not isinstance(token, (int, np.integer)):
        raise ValueError(f"{name} must be an id, an integer, got {token!r}")
    if not 0 <= token < limit:
        raise ValueError(f"{name} must be an id from 0 to {limit - 1}, got {token}")
    return int(token)


def check_suppressed(tokens: Any, limit: int) -> list[int]:
    """Return `suppress_tokens` as a list of ids; `ValueError` unless some token is left."""
    if tokens is None:
        return []
    if isinstance(tokens, (str, bytes)) or not np.iterable(tokens):
        raise ValueError(f"suppress_tokens must be a list of ids, got {tokens!r}")
    ids = sorted({check_id("suppress_tokens", token, limit) for token in tokens})
    if len(ids) == limit:
        raise ValueError(f"suppress_tokens must leave at least one token, got all {limit}")
    return ids
