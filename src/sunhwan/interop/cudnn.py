"""The weights of Keras 2's cuDNN layers as those of LSTM and GRU.

cuDNN keeps each gate's matrices transposed, and a bias of the inputs beside one of the state. With
`I` features, `H` units and `G` gates, a file holds a kernel `(I, G*H)` in whose block of a gate the
numbers of an `(H, I)` array lie row after row, a recurrent kernel `(H, G*H)` of transposed blocks,
and a bias `(2*G*H,)`. The gates' order is Keras's.
"""

from __future__ import annotations

import numpy as np


def lstm_weights(weights: list[np.ndarray]) -> list[np.ndarray]:
    """Kernel `(I, 4H)`, recurrent kernel `(H, 4H)` and bias `(4H,)`: the two biases' sum."""
    kernel, recurrent, bias = _checked(weights, 4)
    return [_kernel(kernel, 4), _recurrent(recurrent, 4), bias.reshape(2, -1).sum(axis=0)]


def gru_weights(weights: list[np.ndarray]) -> list[np.ndarray]:
    """Kernel `(I, 3H)`, recurrent kernel `(H, 3H)` and bias `(2, 3H)` of `reset_after=True`."""
    kernel, recurrent, bias = _checked(weights, 3)
    return [_kernel(kernel, 3), _recurrent(recurrent, 3), bias.reshape(2, -1)]


def is_cudnn(weights: list[np.ndarray], gates: int) -> bool:
    """Whether three arrays are a cuDNN layer's: its bias has `2*G*H` numbers in one row."""
    if len(weights) != 3 or weights[1].ndim != 2:
        return False
    return weights[2].shape == (2 * gates * weights[1].shape[0],)


def _checked(weights: list[np.ndarray], gates: int) -> list[np.ndarray]:
    shapes = [array.shape for array in weights]
    columns = shapes[1][-1] if len(shapes) == 3 and shapes[1] else 0
    units = columns // gates
    fits = len(shapes) == 3 and shapes[1:] == [(units, gates * units), (2 * gates * units,)]
    if not fits or len(shapes[0]) != 2 or shapes[0][1] != columns:
        raise ValueError(
            f"a cuDNN layer of {gates} gates must have a kernel (I, {gates}*H), a recurrent kernel "
            f"(H, {gates}*H) and a bias ({2 * gates}*H,), got shapes {shapes}"
        )
    return weights


def _kernel(kernel: np.ndarray, gates: int) -> np.ndarray:
    blocks = np.hsplit(kernel, gates)
    return np.hstack([block.reshape(block.shape[::-1]).T for block in blocks])


def _recurrent(kernel: np.ndarray, gates: int) -> np.ndarray:
    return np.hstack([block.T for block in np.hsplit(kernel, gates)])
