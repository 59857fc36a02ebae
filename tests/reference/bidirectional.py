"""Bidirectional: one layer forwards, one backwards, and how their outputs are merged.

The backward layer runs with `go_backwards`. With `return_sequences` both run with
`zero_output_for_mask`, and the backward layer's sequence is turned round, so that step t of both
belongs to step t of the input.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .activations import Array


class Cache(NamedTuple):
    forward: Array
    backward: Array
    merge_mode: str | None
    return_sequences: bool


def merge_forward(
    forward: Array, backward: Array, *, merge_mode: str | None, return_sequences: bool
) -> tuple[Array | tuple[Array, Array], Cache]:
    """(N, H) or, with `return_sequences`, (N, T, H) each, in the order of their computation."""
    if return_sequences:
        backward = backward[:, ::-1]
    merged = {
        "concat": lambda: np.concatenate([forward, backward], axis=-1),
        "sum": lambda: forward + backward,
        "ave": lambda: (forward + backward) / 2.0,
        "mul": lambda: forward * backward,
        None: lambda: (forward, backward),
    }[merge_mode]()
    return merged, Cache(forward, backward, merge_mode, return_sequences)


def merge_backward(cache: Cache, dy: Array | tuple[Array, Array]) -> tuple[Array, Array]:
    """The gradients of both layers' outputs, each in the order of its layer's computation."""
    forward, backward, merge_mode, return_sequences = cache
    if isinstance(dy, tuple):
        dforward, dbackward = dy
    elif merge_mode == "concat":
        units = forward.shape[-1]
        dforward, dbackward = dy[..., :units], dy[..., units:]
    elif merge_mode == "sum":
        dforward, dbackward = dy, dy
    elif merge_mode == "ave":
        dforward, dbackward = dy / 2.0, dy / 2.0
    else:
        dforward, dbackward = dy * backward, dy * forward
    if return_sequences:
        dbackward = dbackward[:, ::-1]
    return dforward, dbackward
