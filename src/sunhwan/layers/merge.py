"""How the outputs of two layers become one."""

from __future__ import annotations

import numpy as np

from sunhwan import _core
from sunhwan._engine.context import Context

MERGES = ("concat", "sum", "mul", "ave", None)


def merge_forward(mode: str, outputs: list[np.ndarray], context: Context) -> np.ndarray:
    """One array of two, `(R, H)` each; for `"concat"` their widths may differ."""
    first, second = outputs
    if mode == "concat":
        merged = context.empty((len(first), first.shape[1] + second.shape[1]))
        if first.shape[1] != second.shape[1]:
            return np.concatenate(outputs, axis=1, out=merged)
        _core.gather_rows(first, second, _in_turn(len(first)), _halves(merged))
        return merged
    merged = context.empty(first.shape)
    if mode == "mul":
        _core.multiply(first, second, merged)
        return merged
    _core.add(first, second, merged)
    if mode == "ave":
        _core.scale(merged, 0.5, merged)
    return merged


def merge_backward(
    mode: str, outputs: list[np.ndarray], dy: np.ndarray, context: Context
) -> list[np.ndarray]:
    """The gradients of both outputs."""
    if mode == "concat":
        width = outputs[0].shape[1]
        parts = [context.empty(output.shape) for output in outputs]
        if parts[0].shape != parts[1].shape:
            parts[0][...], parts[1][...] = dy[:, :width], dy[:, width:]
            return parts
        for number, part in enumerate(parts):
            half = np.arange(number, 2 * len(dy), 2, dtype=np.int32)
            _core.gather_rows(_halves(dy), None, half, part)
        return parts
    if mode == "sum":
        return [dy, dy]
    if mode == "ave":
        half = context.empty(dy.shape)
        _core.scale(dy, 0.5, half)
        return [half, half]
    parts = [context.empty(dy.shape) for _ in outputs]
    for part, other in zip(parts, reversed(outputs), strict=True):
        _core.multiply(dy, other, part)
    return parts


def _halves(values: np.ndarray) -> np.ndarray:
    """`(R, 2 * H)` as `(2 * R, H)`: the halves of each row, one after the other."""
    return values.reshape(2 * len(values), values.shape[1] // 2)


def _in_turn(rows: int) -> np.ndarray:
    """Row 0 of a source, row 0 of a head, row 1 of the source, ..., `(2 * rows,)` int32."""
    index = np.empty((rows, 2), np.int32)
    index[:, 0] = np.arange(rows)
    np.subtract(-1, index[:, 0], out=index[:, 1])
    return index.reshape(-1)
