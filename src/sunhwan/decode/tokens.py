"""Tokens as users name them: what sequences begin with, end with and never hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def rows_of(start: Any, states: Sequence[Any], context: Sequence[Any]) -> int:
    """How many rows there are to be."""
    if isinstance(start, (list, tuple)) or np.ndim(start):
        return len(start)
    first = [*states, *context][:1]
    return len(first[0]) if first and hasattr(first[0], "__len__") else 1


def prefixes_of(start: Any, rows: int) -> list[list[int]]:
    """With what each row begins.

    Raises:
        ValueError: `start` is no id, nor ids of rows, nor sequences of ids.
    """
    text = isinstance(start, (str, bytes))
    given = start if np.iterable(start) and not text else [start] * rows
    prefixes = []
    for one in given:
        try:
            ids = np.atleast_1d(np.asarray(one))
        except ValueError:
            ids = np.zeros((1, 1))
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


def check_suppressed(tokens: Any, limit: int, masked: bool) -> list[int]:
    """Return `suppress_tokens` as a list of ids.

    Args:
        tokens: what the user gave.
        limit: how many tokens there are.
        masked: whether 0 could not be read, so that it is one of them.

    Raises:
        ValueError: they are no ids, or none is left.
    """
    given = () if tokens is None else tokens
    if isinstance(given, (str, bytes)) or not np.iterable(given):
        raise ValueError(f"suppress_tokens must be a list of ids, got {tokens!r}")
    ids = {check_id("suppress_tokens", token, limit) for token in given} | (
        {0} if masked else set()
    )
    if len(ids) == limit:
        raise ValueError(
            f"suppress_tokens must leave at least one of {limit} tokens"
            f"{', of which 0 is masked' if masked else ''}, got {sorted(ids)}"
        )
    return sorted(ids)
