"""The picture of `attribution`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sunhwan._engine.figure import figure_of

from .drawing import HIGH, LOW, diverging, font, plain, readable, write_title

if TYPE_CHECKING:
    from .attribution import Attribution, Part

NARROW = 5.0  # inches: a figure in which the summary takes two lines
LINE, SIZE = 0.29, 10  # of a line of words, in inches, and of its letters, in points
SCALES = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)  # of words that must fit into a figure of the user's
WIDTH, SERIES = 7.0, 2.4  # inches: of a new figure, and how high values are drawn


def draw(found: Attribution, figure: Any) -> Any:
    """Words, or values over steps, of each input; see `Attribution.plot`."""
    own = figure is None
    figure = figure_of(figure, WIDTH, SERIES * len(found.parts))
    narrow = figure.get_size_inches()[0] < NARROW
    told = summary(found).replace("; ", ";\n") if narrow else summary(found)
    figure.suptitle(told, fontsize="small" if narrow else "medium", x=0.01, ha="left")
    written = [
        None if part.words is None else _Line.all(figure, part, found.most) for part in found.parts
    ]
    if own:
        width = (WIDTH - 0.2) * figure.dpi
        heights = [SERIES if w is None else LINE * _lines(w, width) + 0.15 for w in written]
        heights = [height + 0.25 * (len(heights) > 1) for height in heights]
        figure.set_size_inches(WIDTH, sum(heights) + 0.4)
    else:
        heights = [1.0] * len(found.parts)
    grid = figure.subplots(len(found.parts), 1, squeeze=False, height_ratios=heights)
    for axes, part, words in zip(grid[:, 0], found.parts, written, strict=True):
        if len(found.parts) > 1:
            write_title(axes, part.name, "small")
        if words is not None:
            axes.set_axis_off()
        elif part.inputs is not None and part.inputs.ndim == 2:
            _draw_series(axes, part)
        else:
            _bars(axes, np.arange(len(part.values)), part.values)
    figure.draw_without_rendering()  # so that the axes have their places
    for axes, words in zip(grid[:, 0], written, strict=True):
        if words is not None:
            _place(axes, words)
    return figure


def summary(found: Attribution) -> str:
    """One line on what the shares add up to."""
    name = "output" if found.outputs == 1 else f"unit {found.unit} of the output:"
    return (
        f"{name} {found.prediction:.3f}, of the baseline {found.baseline:.3f}; "
        f"the shares miss their difference by {abs(found.gap):.1g}"
    )


class _Line(NamedTuple):
    """A word as a text, and how wide it is with its colour, in pixels."""

    text: Any
    width: float

    @staticmethod
    def all(figure: Any, part: Part, most: float) -> list[_Line]:
        """The words that are no padding, each on its colour."""
        assert part.words is not None
        colors, chosen = diverging(figure), font(tuple(part.words))
        lines = []
        for word, value, own in zip(part.words, part.values, part.own, strict=True):
            if not own:
                continue
            color = colors(0.5 + 0.5 * value / max(most, 1e-12))
            box = {"boxstyle": "round,pad=0.18", "facecolor": color, "linewidth": 0}
            text = figure.text(
                0, 0, plain(word), color=readable(color[:3]), fontsize=SIZE, bbox=box, **chosen
            )
            text.set(va="center", in_layout=False)
            lines.append(_Line(text, text.get_window_extent().width + 0.16 * figure.dpi))
        return lines


def _lines(words: list[_Line], width: float) -> int:
    """How many lines of this width, in pixels, the words take."""
    return max((line for line, _ in _places(words, width)), default=0) + 1


def _places(words: list[_Line], width: float) -> Iterator[tuple[int, float]]:
    """Line and first pixel of each word."""
    line, x = 0, 0.0
    for word in words:
        if x and x + word.width > width:
            line, x = line + 1, 0.0
        yield line, x
        x += word.width


def _place(axes: Any, words: list[_Line]) -> None:
    """Put the words line after line into the place of the axes; what has no place is left out."""
    box, dpi = axes.get_window_extent(), axes.figure.dpi
    whole, line_height = axes.figure.bbox, LINE * axes.figure.dpi
    scale, most = SCALES[-1], 0
    for scale in SCALES:
        most = int(box.height / (scale * line_height) + 0.3)
        if _lines(words, box.width / scale) <= most:
            break
    for word, (line, x) in zip(words, _places(words, box.width / scale), strict=True):
        left = box.x0 + scale * (x + 0.08 * dpi)
        middle = box.y1 - scale * (line + 0.5) * line_height
        word.text.set_fontsize(scale * SIZE)
        word.text.set_position((left / whole.width, middle / whole.height))
        word.text.set_visible(line < max(most, 1))


def _draw_series(axes: Any, part: Part) -> None:
    """The inputs as lines, the steps' shares as bars behind them."""
    steps = np.flatnonzero(part.own)
    _bars(axes, steps, part.values[part.own])
    above = axes.twinx()
    assert part.inputs is not None
    above.plot(steps, part.inputs[part.own][:, :8], linewidth=1.2)
    above.set_ylabel("input")


def _bars(axes: Any, steps: np.ndarray, values: np.ndarray) -> None:
    colors = [HIGH if value > 0 else LOW for value in values]
    axes.bar(steps, values, width=1.0, color=colors, alpha=0.75)
    most = float(np.abs(values).max(initial=1e-12))
    axes.set_ylim(-1.15 * most, 1.15 * most)
    axes.axhline(0, color=axes.xaxis.label.get_color(), linewidth=0.6)
    axes.set_xlabel("step")
    axes.set_ylabel("share in the output")
