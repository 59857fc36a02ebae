"""The picture of `states`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sunhwan._engine.figure import figure_of

from .drawing import (
    breadth,
    diverging,
    few_ticks,
    font,
    plain,
    write_steps,
    write_title,
    write_words,
)

if TYPE_CHECKING:
    from .states import States

LETTER, LINE = 0.016, 0.05  # shares of the projection's width and height that a name takes


def draw(states: States, figure: Any) -> Any:
    """Of each layer its units over the steps, and their projection; see `States.plot`."""
    figure = figure_of(figure, 9.6, 3.6 * len(states.values))
    grid = figure.subplots(len(states.values), 2, squeeze=False, width_ratios=(1.25, 1))
    for (left, right), layer in zip(grid, states.values, strict=True):
        _draw_units(states, figure, left, layer)
        _draw_way(states, right, layer)
    return figure


def _draw_units(states: States, figure: Any, axes: Any, layer: str) -> None:
    values = states.values[layer].T
    most = float(np.abs(values).max(initial=1e-9))
    image = axes.imshow(
        values,
        cmap=diverging(figure),
        vmin=-most,
        vmax=most,
        aspect="auto",
        interpolation="nearest",
    )
    write_title(axes, f"{layer}: state h")
    axes.set_ylabel("units")
    axes.yaxis.get_major_locator().set_params(integer=True)
    bar = figure.colorbar(image, ax=axes, pad=0.01, aspect=25)
    bar.ax.tick_params(labelsize="small")
    few_ticks(bar)
    if states.words is not None:
        write_words(axes, states.words, most=40)
    else:
        write_steps(axes, states.steps.tolist())


def _draw_way(states: States, axes: Any, layer: str) -> None:
    x, y = states.projection[layer].T
    shares = states.explained[layer]
    axes.plot(x, y, "-", alpha=0.35, linewidth=1)
    axes.scatter(x, y, c=np.arange(len(x)), cmap="viridis", s=16, zorder=2)
    color = axes.xaxis.label.get_color()
    for place, marker in ((0, "o"), (-1, "s")):
        axes.plot(x[place], y[place], marker, mfc="none", mec=color, markersize=9)
    axes.margins(x=0.12)
    axes.set_xlabel(f"first component, {shares[0]:.0%}")
    axes.set_ylabel(f"second, {shares[1]:.0%}")
    axes.grid(alpha=0.3)
    names = [plain(name) for name in states.words or map(str, states.steps.tolist())]
    chosen = font(names)
    for place in _apart(axes, states.projection[layer], names):
        axes.annotate(
            names[place],
            (x[place], y[place]),
            xytext=(3, 3),
            textcoords="offset points",
            fontsize="x-small",
            **chosen,
        )


def _apart(axes: Any, points: np.ndarray, names: Sequence[str]) -> Iterator[int]:
    """The points whose names do not cover one another; the last and the first come first."""
    axes.autoscale_view()
    places = axes.transLimits.transform(points)
    taken: list[tuple[float, float, float]] = []
    for number in dict.fromkeys([len(names) - 1, *range(len(names))]):
        left, bottom = places[number]
        right = left + LETTER * breadth(names[number])
        if all(
            abs(bottom - height) > LINE or left > end or right < start
            for start, end, height in taken
        ):
            taken.append((left, right, bottom))
            yield number
