"""The picture of `gates`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sunhwan._engine.figure import figure_of

from .drawing import (
    diverging,
    few_ticks,
    rising,
    write_steps,
    write_title,
    write_words,
)

if TYPE_CHECKING:
    from .gates import Gates

GATES = ("input", "forget", "output", "update", "reset")  # from 0, closed, to 1, open
ORDER = ("input", "forget", "output", "update", "reset", "candidate", "cell", "state")
TITLES = {"cell": "cell state c", "state": "state h"}
TIGHT = 0.75  # inches of height for each heat map: with less, all that is written is small
MOST_FEATURES = 8  # of the inputs that are drawn as lines


def draw(gates: Gates, figure: Any, steps: slice | None) -> Any:
    """Heat maps one above the other; see `Gates.plot`."""
    part = slice(None) if steps is None else steps
    if not isinstance(part, slice):
        raise TypeError(f"steps must be a slice, such as slice(0, 20), got {steps!r}")
    count = len(gates.steps[part])
    if not count:
        raise ValueError(f"steps must leave at least one of {len(gates.steps)}, got {steps!r}")
    panels = [
        (layer, name)
        for layer, values in gates.values.items()
        for name in sorted(values, key=(*ORDER, *values).index)
    ]
    beneath = gates.inputs is not None and gates.words is None
    heights = [1.0] * len(panels) + [0.9] * beneath
    width = min(12.0, max(6.4, 0.17 * count + 1.6))
    figure = figure_of(figure, width, 0.95 * len(heights) + (0.4 if beneath else 1.0))
    grid = figure.subplots(len(heights), 1, sharex=True, squeeze=False, height_ratios=heights)
    several = len(gates.values) > 1
    tight = figure.get_size_inches()[1] / len(heights) < TIGHT
    size = "xx-small" if tight else "small"
    for axes, (layer, name) in zip(grid[:, 0], panels, strict=False):
        values = gates.values[layer][name][part].T
        image = _heat_map(figure, axes, values, name in GATES and values.max() <= 1.0)
        title = f"{name} gate" if name in GATES else TITLES.get(name, name)
        write_title(axes, f"{layer}: {title}" if several else title, size)
        axes.set_yticks([])
        axes.set_ylabel("" if tight else "units", fontsize="x-small")
        bar = figure.colorbar(image, ax=axes, pad=0.01, aspect=8)
        bar.ax.tick_params(labelsize="xx-small" if tight else "x-small")
        few_ticks(bar, 2 if tight else 3)
    last = grid[-1, 0]
    if beneath and gates.inputs is not None:
        values = gates.inputs[part].reshape(count, -1)
        last.plot(np.arange(count), values[:, :MOST_FEATURES], linewidth=1.2)
        write_title(last, "input", size)
        last.tick_params(labelsize="x-small")
    if gates.words is not None:
        write_words(last, gates.words[part])
    else:
        write_steps(last, gates.steps[part].tolist())
    return figure


def _heat_map(figure: Any, axes: Any, values: np.ndarray, gate: bool) -> Any:
    if gate:
        colors, low, high = rising(figure), 0.0, 1.0
    else:
        high = float(np.abs(values).max(initial=1e-9))
        colors, low = diverging(figure), -high
    return axes.imshow(
        values, cmap=colors, vmin=low, vmax=high, aspect="auto", interpolation="nearest"
    )
