"""Windows over a series: past values as inputs, the values that follow as targets."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike

from sunhwan._engine.inputs import as_numbers


def timeseries_windows(
    series: ArrayLike, lookback: int, horizon: int = 1, stride: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Cut a series into windows of past values and the values that follow each of them.

    With ``n = (steps - lookback - horizon) // stride + 1`` windows, window `i` is ::

        x[i] = series[i * stride            : i * stride + lookback]
        y[i] = series[i * stride + lookback : i * stride + lookback + horizon]

    Every window is whole: values at the end that do not fill one are left out. Windows overlap
    where `stride` is smaller than `lookback`.

    Args:
        series: ``(steps,)`` for one variable or ``(steps, features)`` for several measured
            together.
        lookback: steps in each input, 1 or more.
        horizon: steps in each target, 1 or more.
        stride: steps from the start of one window to the start of the next, 1 or more.

    Returns:
        `x` of shape ``(n, lookback, features)``, features being 1 for one variable, and `y`: of
        shape ``(n, horizon)`` for a series of shape ``(steps,)``, and ``(n, horizon, features)``
        for a series of shape ``(steps, features)``. Both are new arrays of the dtype of `series`.

    Raises:
        TypeError: `lookback`, `horizon` or `stride` is no integer.
        ValueError: one of them is below 1; `series` holds no numbers, has another rank, or is
            shorter than ``lookback + horizon``.

    >>> x, y = timeseries_windows([0., 1., 2., 3., 4., 5.], lookback=3, horizon=2)
    >>> x[:, :, 0]
    array([[0., 1., 2.],
           [1., 2., 3.]])
    >>> y
    array([[3., 4.],
           [4., 5.]])
    >>> x, y = timeseries_windows(np.zeros((361, 2)), lookback=10)
    >>> x.shape, y.shape
    ((351, 10, 2), (351, 1, 2))
    """
    for name, count in (("lookback", lookback), ("horizon", horizon), ("stride", stride)):
        if isinstance(count, bool) or not isinstance(count, (int, np.integer)):
            raise TypeError(f"{name} must be an integer, got {count!r}")
        if count < 1:
            raise ValueError(f"{name} must be 1 or more, got {count}")
    values = as_numbers(series, "series")
    if values.ndim not in (1, 2):
        raise ValueError(
            f"series must have the shape (steps,) or (steps, features), got {values.shape}"
        )
    if len(values) < lookback + horizon:
        raise ValueError(
            f"series must have at least lookback + horizon = {lookback + horizon} steps, "
            f"got {len(values)}"
        )
    whole = sliding_window_view(values, lookback + horizon, axis=0)[::stride]
    whole = np.moveaxis(whole, -1, 1)
    x, y = whole[:, :lookback].copy(), whole[:, lookback:].copy()
    return (x[..., np.newaxis] if values.ndim == 1 else x), y
