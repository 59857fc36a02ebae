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
        return np.concatenate(outputs, axis=1, out=merged)
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
        parts[0][...], parts[1][...] = dy[:, :width], dy[:, width:]
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
