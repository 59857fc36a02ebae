"""Lists of sequences of any lengths to one array."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from sunhwan.preprocessing.timeseries_generator import TimeseriesGenerator

__all__ = ["TimeseriesGenerator", "pad_sequences"]


def pad_sequences(
    sequences: Sequence[Any] | np.ndarray,
    maxlen: int | None = None,
    dtype: DTypeLike = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: Any = 0.0,
) -> np.ndarray:
    """Bring sequences to one length and stack them.

    By default a short sequence is padded in front and a long one loses its beginning, so that the
    last step of each row is the sequence's own last step.

    Args:
        sequences: a list of sequences; the steps of a sequence are numbers, or arrays of one shape
            `features`.
        maxlen: steps in each row of the result, 1 or more; the length of the longest sequence by
            default.
        dtype: of the result. Floats are cut to whole numbers by an integer dtype; strings need
            `object`.
        padding: ``"pre"`` or ``"post"``: pad in front of or behind a short sequence.
        truncating: ``"pre"`` or ``"post"``: take steps from the front or from the end of a long
            sequence.
        value: what to pad with.

    Returns:
        An array of the shape ``(len(sequences), maxlen, *features)``.

    Raises:
        ValueError: an element has no length or steps of another shape than the first; `padding` or
            `truncating` is another word; `maxlen` is no positive integer, or is not given for an
            empty list; a number, or `value`, is none that `dtype` can hold.

    >>> pad_sequences([[1], [2, 3], [4, 5, 6]])
    array([[0, 0, 1],
           [0, 2, 3],
           [4, 5, 6]], dtype=int32)
    >>> pad_sequences([[1], [2, 3], [4, 5, 6]], maxlen=2, padding="post", truncating="post")
    array([[1, 0],
           [2, 3],
           [4, 5]], dtype=int32)
    """
    _check_side("padding", padding)
    _check_side("truncating", truncating)
    holds_strings = np.dtype(dtype).kind in "OSU"
    if isinstance(value, str) and not holds_strings:
        raise ValueError(f"value {value!r} needs dtype=object, got dtype {np.dtype(dtype)}")
    if not hasattr(sequences, "__len__"):
        raise ValueError(f"sequences must be a list, got {type(sequences).__name__}")
    rows = list(sequences)
    lengths = [_length(row) for row in rows]
    if maxlen is None:
        if not lengths:
            raise ValueError("maxlen must be given where sequences is empty")
        maxlen = max(lengths)
    elif isinstance(maxlen, bool) or not isinstance(maxlen, (int, np.integer)) or maxlen < 1:
        raise ValueError(f"maxlen must be a positive integer or None, got {maxlen!r}")

    filled = [number for number, length in enumerate(lengths) if length]
    features = np.asarray(rows[filled[0]]).shape[1:] if filled else ()
    padded = np.full((len(lengths), maxlen, *features), _converted(value, dtype, "value"), dtype)
    for number in filled:
        own = rows[number][-maxlen:] if truncating == "pre" else rows[number][:maxlen]
        steps = _converted(own, dtype, f"the sequence at position {number}")
        if steps.shape[1:] != features:
            raise ValueError(
                f"the steps of all sequences must have one shape: {features} at position "
                f"{filled[0]}, got {steps.shape[1:]} at position {number}"
            )
        if padding == "pre":
            padded[number, maxlen - len(steps) :] = steps
        else:
            padded[number, : len(steps)] = steps
    return padded


def _length(row: Any) -> int:
    try:
        return len(row)
    except TypeError:
        raise ValueError(f"each element of sequences must be a sequence, got {row!r}") from None


def _converted(values: Any, dtype: DTypeLike, what: str) -> np.ndarray:
    try:
        return np.asarray(values, dtype=dtype)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(
            f"{what} must hold numbers that dtype {np.dtype(dtype)} can hold, got {values!r}"
        ) from None


def _check_side(name: str, side: str) -> None:
    if side not in ("pre", "post"):
        raise ValueError(f"{name} must be 'pre' or 'post', got {side!r}")
