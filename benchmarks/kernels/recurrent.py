"""The recurrent loop of each cell: forward, backward, and the recurrent weights' gradient."""

from __future__ import annotations

import numpy as np

from benchmarks.kernels.case import Call, Kernel, normal

CELLS = {"simple_rnn": 1, "lstm": 4, "gru": 3, "gru_reset_before": 3}
_SIZES = ((32, 128, 100), (64, 32, 100), (128, 128, 28), (256, 64, 100), (512, 64, 50))
_LARGEST = (1024, 64, 50)  # not for the cell that few use
_TANH, _SIGMOID = 1, 2


def kernels() -> list[Kernel]:
    """Three kernels for each cell and size."""
    found = []
    for cell, gates in CELLS.items():
        sizes = _SIZES if cell == "gru_reset_before" else (*_SIZES, _LARGEST)
        for units, rows, steps in sizes:
            for part in ("forward", "backward", "weights"):
                name = f"{cell} {part}, {units} units, {rows} rows, {steps} steps"
                found.append(
                    Kernel(
                        name,
                        lambda cell=cell, part=part, size=(units, rows, steps): _prepare(
                            cell, part, *size
                        ),
                        operations=2.0 * rows * steps * gates * units**2,
                    )
                )
    return found


def _prepare(cell: str, part: str, units: int, rows: int, steps: int) -> Call:
    from sunhwan import _core

    gates, saved, has_c, has_bias, separate, _ = _core.recurrent_sizes(cell)
    total, columns = rows * steps, gates * units

    def empty(*shape: int) -> np.ndarray:
        return np.zeros(shape, np.float32)

    offsets = np.arange(rows + 1, dtype=np.int64) * steps
    kernel = normal(units, columns)
    kernel *= np.float32(units**-0.5)
    xp, bias = normal(total, columns), empty(columns) if has_bias else None
    out, last_h = empty(total, units), empty(rows, units)
    last_c = empty(rows, units) if has_c else None
    saved_h, saved_gates = empty(total, units), empty(total, saved * units)
    saved_c = empty(total, units) if has_c else None
    head = (cell, _TANH, _SIGMOID, offsets)

    def forward() -> None:
        _core.recurrent_forward(
            *head,
            *(xp, None, kernel, bias, None, None, None, False),
            *(out, last_h, last_c, saved_h, saved_gates, saved_c),
        )

    if part == "forward":
        return forward
    forward()
    dxp, dout = empty(total, columns), normal(total, units)
    drp = empty(total, columns) if separate else dxp
    dh0, dc0 = empty(rows, units), empty(rows, units) if has_c else None

    def backward() -> None:
        _core.recurrent_backward(
            *head,
            *(kernel, None, None, None, False, out, saved_h, saved_gates, saved_c),
            *(dout, None, None, None, dxp, drp, dh0, dc0),
        )

    if part == "backward":
        return backward
    backward()
    dkernel = empty(units, columns)
    return lambda: _core.recurrent_weights(cell, saved_h, saved_gates, drp, dkernel)
