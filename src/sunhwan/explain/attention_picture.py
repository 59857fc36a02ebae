"""The picture of `attention`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sunhwan._engine.figure import figure_of

from .drawing import few_ticks, readable, rising, write_title, write_words

if TYPE_CHECKING:
    from .attention import Attention

MOST_NUMBERED = 12  # steps of a small map, in whose cells the weights are written
MOST_COLUMNS, LEAST_WIDTH = 3, 1.6  # maps beside each other, and inches of each in a given figure
CELL = 0.22  # inches: a cell that is narrower has no number


def draw(found: Attention, figure: Any, heads: bool) -> Any:
    """A heat map for each layer or head; see `Attention.plot`."""
    maps = [
        (name, f"{name}, head {head + 1}" if heads and len(weights) > 1 else name, part)
        for name, weights in found.weights.items()
        for head, part in enumerate(weights if heads else weights.mean(axis=0)[None])
    ]
    tall, wide = np.max([part.shape for _, _, part in maps], axis=0)
    size = min(7.0, max(3.2, 0.32 * wide + 1.6)), min(6.0, max(2.4, 0.32 * tall + 1.2))
    columns = min(len(maps), MOST_COLUMNS)
    if figure is not None:
        given = figure_of(figure, *size).get_size_inches()[0]
        columns = max(1, min(columns, int(given / LEAST_WIDTH)))
    rows = -(-len(maps) // columns)
    figure = figure_of(figure, columns * size[0], rows * size[1])
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.ravel()[len(maps) :]:
        axes.set_axis_off()
    most = max(float(part.max(initial=0)) for _, _, part in maps)
    for number, (axes, (name, title, part)) in enumerate(zip(grid.ravel(), maps, strict=False)):
        image = axes.imshow(part, cmap=rising(figure), vmin=0, vmax=most, aspect="auto")
        write_title(axes, title, "medium" if columns * size[0] < 1.5 * _width(figure) else "small")
        last_of_column = number + columns >= len(maps)
        _write(axes, "x", found.sources[name], "source" if last_of_column else "")
        _write(axes, "y", found.targets[name], "target" if number % columns == 0 else "")
        if max(part.shape) <= MOST_NUMBERED and _width(figure) / columns > 1 + CELL * part.shape[1]:
            _write_numbers(axes, part, image)
        few_ticks(figure.colorbar(image, ax=axes, pad=0.02, aspect=25))
    return figure


def _width(figure: Any) -> float:
    return figure.get_size_inches()[0]


def _write(axes: Any, along: str, words: list[str] | None, label: str) -> None:
    if words is not None:
        write_words(axes, words, along)
    getattr(axes, f"set_{along}label")(label if words or not label else f"{label} step")


def _write_numbers(axes: Any, part: np.ndarray, image: Any) -> None:
    """The weights in the cells of a small map."""
    for target, row in enumerate(part):
        for place, weight in enumerate(row):
            color = readable(image.cmap(image.norm(weight)))
            text = f"{weight:.2f}"
            axes.text(place, target, text, ha="center", va="center", color=color, fontsize=6)
