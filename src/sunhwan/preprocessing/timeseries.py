"""Windows over a series in batches, as Keras's forecasting tutorials cut them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sunhwan._engine.arguments import check_count, check_flag, optional_count
from sunhwan._engine.inputs import as_numbers

from .batches import Batches


def timeseries_dataset_from_array(
    data: ArrayLike,
    targets: ArrayLike | None,
    sequence_length: int,
    sequence_stride: int = 1,
    sampling_rate: int = 1,
    batch_size: int | None = 128,
    shuffle: bool = False,
    seed: int | None = None,
    start_index: int | None = None,
    end_index: int | None = None,
) -> Batches:
    """Cut a series into windows, in batches for `fit`.

    Of ``part = data[start_index:end_index]``, window `i` begins at ``at = i * sequence_stride``::

        x[i] = part[at : at + sequence_length * sampling_rate : sampling_rate]
        y[i] = targets[start_index:end_index][at]

    There are as many windows as are whole and have a target. The target of a window is the one that
    stands where the window *begins*: to forecast the step after it, pass ``data[:-length]`` and
    ``targets=data[length:]``, with ``length = sequence_length * sampling_rate``. Nothing is copied
    before a batch is asked for. (`timeseries_windows` cuts windows and the values behind them into
    two arrays.)

    Args:
        data: ``(steps, ...)``.
        targets: ``(steps, ...)``, of as many steps as `data` or fewer; `None` for windows alone.
        sequence_length: steps in a window, 1 or more.
        sequence_stride: steps from the start of one window to that of the next.
        sampling_rate: a window takes one of so many steps.
        batch_size: windows in a batch; `None` for one after the other.
        shuffle: whether the windows come in another order at each pass.
        seed: of that order.
        start_index: the first step that is used; default 0.
        end_index: the step before which to stop; default the number of steps.

    Returns:
        `Batches` of ``(x, y)``, or of `x` where there are no targets: `x` of shape ``(batch_size,
        sequence_length, ...)``.

    Raises:
        ValueError: an argument is out of range, `data` or `targets` hold no numbers, or the steps
            do not make one window.

    >>> series = np.arange(10)
    >>> batches = timeseries_dataset_from_array(series[:-3], series[3:], 3, batch_size=2)
    >>> x, y = next(iter(batches))
    >>> x, y, len(batches)
    (array([[0, 1, 2],
           [1, 2, 3]]), array([3, 4]), 3)
    """
    length = check_count("sequence_length", sequence_length)
    stride = check_count("sequence_stride", sequence_stride)
    rate = check_count("sampling_rate", sampling_rate)
    size = optional_count("batch_size", batch_size)
    shuffle = check_flag("shuffle", shuffle)
    values = as_numbers(data, "data")
    if values.ndim == 0:
        raise ValueError("data must be a series of steps, got a single number")
    start = check_count("start_index", 0 if start_index is None else start_index, least=0)
    end = check_count("end_index", len(values) if end_index is None else end_index, least=0)
    if not start < end <= len(values):
        raise ValueError(
            f"start_index must be below end_index, and this not above the {len(values)} steps of "
            f"data, got {start} and {end}"
        )
    values = values[start:end]
    windows = len(values) - (length - 1) * rate
    if windows < 1:
        raise ValueError(
            f"a window of sequence_length={length} with sampling_rate={rate} needs "
            f"{(length - 1) * rate + 1} steps, got {len(values)}"
        )
    goals = None if targets is None else as_numbers(targets, "targets")
    if goals is not None:
        if goals.ndim == 0 or len(goals[start:end]) == 0:
            raise ValueError(f"targets must have steps from {start} on, got shape {goals.shape}")
        goals = goals[start:end]
        windows = min(windows, len(goals))
    firsts = np.arange(0, windows, stride)
    taps = np.arange(length) * rate
    first_seed = np.random.randint(10**6) if seed is None and shuffle else seed  # noqa: NPY002
    passes = 0

    def batch(places: Any) -> Any:
        x = values[places[..., np.newaxis] + taps]
        return x if goals is None else (x, goals[places])

    def make() -> Iterator[Any]:
        nonlocal passes
        order = firsts
        if shuffle:
            order = np.random.default_rng([abs(int(first_seed or 0)), passes]).permutation(firsts)
            passes += 1
        step = size or 1
        for number in range(0, len(order), step):
            yield batch(order[number : number + step] if size else order[number])

    return Batches(make, -(-len(firsts) // (size or 1)))
