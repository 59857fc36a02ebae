"""Where the windows of Conv1D and of pooling lie on the time axis."""

from __future__ import annotations


def window_positions(
    step_count: int, window: int, strides: int, padding: str, dilation: int = 1
) -> list[list[int | None]]:
    """For each output step, the input step under each of its `window` taps; None is padding.

    "valid" takes windows that lie wholly inside. "same" has ceil(T / strides) outputs, with the
    padding that this needs split evenly, the odd one at the end. "causal" ends each window at its
    own step.
    """
    extent = (window - 1) * dilation + 1
    if padding == "valid":
        output_count = max(0, (step_count - extent) // strides + 1)
        before = 0
    elif padding == "same":
        output_count = -(-step_count // strides)
        before = max(0, (output_count - 1) * strides + extent - step_count) // 2
    elif padding == "causal":
        output_count = max(0, (step_count - 1) // strides + 1)
        before = extent - 1
    else:
        raise ValueError(f"padding must be 'valid', 'same' or 'causal', got {padding!r}")

    positions = []
    for output in range(output_count):
        first = output * strides - before
        taps = [first + tap * dilation for tap in range(window)]
        positions.append([t if 0 <= t < step_count else None for t in taps])
    return positions
