"""The picture of `gates`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sunhwan._engine.figure import figure_of

from .drawing import diverging, rising, write_words

if TYPE_CHECKING:
    from .gates import Gates

GATES = ("input", "forget", "output", "update", "reset")  # from 0, closed, to 1, open
ORDER = ("input", "forget", "output", "update", "reset", "candidate", "cell", "state")
TITLES = {"cell": "cell state c", "state": "state h", "candidate": "candidate"}
MOST_FEATURES = 8  # of the inputs that are drawn as lines


def draw(gates: Gates, figure: Any, steps: slice | None) -> Any:
    """Heat maps one above the other; see `Gates.plot`."""
    part = steps or slice(None)
    count = len(gates.steps[part])
    if not count:
        raise ValueError(f"steps must leave at least one of {len(gates.steps)}, got {steps!r}")
    panels = [
        (layer, name) for layer, values in gates.values.items() for name in ORDER if name in values
    ]
    beneath = gates.inputs is not None and gates.words is None
    heights = [1.0] * len(panels) + [0.9] * beneath
    width = min(12.0, max(6.4, 0.17 * count + 1.6))
    figure = figure_of(figure, width, 0.95 * len(heights) + (0.4 if beneath else 1.0))
    grid = figure.subplots(len(heights), 1, sharex=True, squeeze=False, height_ratios=heights)
    several = len(gates.values) > 1
    for axes, (layer, name) in zip(grid[:, 0], panels, strict=False):
        values = gates.values[layer][name][part].T
        image = _heat_map(figure, axes, values, name in GATES and values.max() <= 1.0)
        title = TITLES.get(name, f"{name} gate")
        axes.set_title(f"{layer}: {title}" if several else title, loc="left", fontsize="small")
        axes.set_yticks([])
        axes.set_ylabel("units", fontsize="x-small")
        bar = figure.colorbar(image, ax=axes, pad=0.01, aspect=8)
        bar.ax.tick_params(labelsize="x-small")
        bar.locator = _three_ticks()
        bar.update_ticks()
    last = grid[-1, 0]
    if beneath and gates.inputs is not None:
        values = gates.inputs[part].reshape(count, -1)
        last.plot(np.arange(count), values[:, :MOST_FEATURES], linewidth=1.2)
        last.set_title("input", loc="left", fontsize="small")
        last.tick_params(labelsize="x-small")
    if gates.words is not None:
        write_words(last, gates.words[part])
    else:
        places = np.unique(np.linspace(0, count - 1, min(count, 8)).astype(int))
        last.set_xticks(places, labels=[str(gates.steps[part][p]) for p in places])
        last.set_xlabel("step")
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


def _three_ticks() -> Any:
    from matplotlib.ticker import LinearLocator

    return LinearLocator(3)
