"""Conv1D on IMDB's shape: 128 rows of 500 steps, 32 channels to 32 filters, 7 taps."""

from __future__ import annotations

import numpy as np

from benchmarks.kernels.case import Call, Kernel, normal

_ROWS, _STEPS, _CHANNELS, _FILTERS, _TAPS = 128, 500, 32, 32, 7
_WINDOWS = _STEPS - _TAPS + 1


def kernels() -> list[Kernel]:
    """Forward, the weights' gradient and the inputs' gradient."""
    operations = 2.0 * _ROWS * _WINDOWS * _TAPS * _CHANNELS * _FILTERS
    return [
        Kernel(f"Conv1D {part}, {_CHANNELS} to {_FILTERS}, {_TAPS} taps", prepare, operations)
        for part, prepare in (("forward", _forward), ("weights", _weights), ("inputs", _inputs))
    ]


def _map() -> np.ndarray:
    """Where each window's taps read: (windows, taps)."""
    firsts = np.arange(_ROWS)[:, None] * _STEPS + np.arange(_WINDOWS)
    return (firsts.reshape(-1, 1) + np.arange(_TAPS)).astype(np.int32)


def _forward() -> Call:
    from sunhwan import _core

    windows, values = _map(), normal(_ROWS * _STEPS, _CHANNELS)
    kernel, out = normal(_TAPS, _CHANNELS, _FILTERS), np.zeros((len(windows), _FILTERS), np.float32)
    return lambda: _core.convolution(windows, values, None, kernel, None, 1, out)


def _weights() -> Call:
    from sunhwan import _core

    windows, values = _map(), normal(_ROWS * _STEPS, _CHANNELS)
    dout, dkernel = normal(len(windows), _FILTERS), np.zeros((_TAPS, _CHANNELS, _FILTERS), "f4")
    return lambda: _core.convolution_weights(windows, values, None, 1, dout, dkernel)


def _inputs() -> Call:
    from sunhwan import _core

    windows, kernel = _map(), normal(_TAPS, _CHANNELS, _FILTERS)
    dout, dvalues = normal(len(windows), _FILTERS), np.zeros((_ROWS * _STEPS, _CHANNELS), "f4")
    return lambda: _core.convolution_inputs(windows, kernel, 1, 1, dout, dvalues, None)
