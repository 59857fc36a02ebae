"""Cosine: a series with the period 30, smooth in one half of each period and noisy in the other."""

from __future__ import annotations

import numpy as np

from sunhwan._engine.arguments import check_count
from sunhwan._engine.seeds import check_small_seed
from sunhwan.preprocessing.windows import timeseries_windows


def series(steps: int = 361, seed: int = 111) -> np.ndarray:
    """Make the series.

    ::

        m = (t % 30) / 30
        s[t] = 20 * (cos(2 pi m) + (0 if m < 0.5 else noise[t]))

    Args:
        steps: its length.
        seed: of the noise, uniform in [0, 1).

    Returns:
        A float64 array of shape ``(steps,)``.

    Raises:
        ValueError: `steps` is no positive integer, or `seed` no integer of 0 or more.

    >>> series().shape, series()[0].item(), series()[30].item()
    ((361,), 20.0, 20.0)
    """
    steps, seed = check_count("steps", steps), check_small_seed(seed)
    phase = (np.arange(steps) % 30) / 30
    wave = np.cos(2 * np.pi * phase)
    noise = np.random.RandomState(seed).random_sample(steps)
    return 20 * np.where(phase < 0.5, wave, wave + noise)


def load_data(
    lookback: int = 10, horizon: int = 1, test_windows: int = 21, steps: int = 361, seed: int = 111
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Cut the series into windows of `lookback` values and the `horizon` values that follow.

    Args:
        lookback: values in each input.
        horizon: values in each target.
        test_windows: how many windows, the last ones, are for testing.
        steps: length of the series.
        seed: of the noise.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``: `x` of shape ``(n, lookback, 1)`` and `y` of shape
        ``(n, horizon)``, float64.

    Raises:
        ValueError: the series is too short for a window, or has fewer than `test_windows`.

    >>> (x_train, y_train), (x_test, y_test) = load_data()
    >>> x_train.shape, y_train.shape, x_test.shape
    ((330, 10, 1), (330, 1), (21, 10, 1))
    """
    x, y = timeseries_windows(series(steps, seed), lookback, horizon)
    if check_count("test_windows", test_windows, 0) > len(x):
        raise ValueError(f"test_windows must be from 0 to {len(x)}, got {test_windows}")
    train = len(x) - test_windows
    return (x[:train], y[:train]), (x[train:], y[train:])
