"""The pictures' files."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sunhwan.cli.picture_curves import draw_curves
from sunhwan.cli.picture_lengths import draw_lengths
from sunhwan.cli.results import Results

DOTS_PER_INCH = 120


def write_pictures(results: Results, folder: Path) -> list[str]:
    """Draw what there is to draw into `folder`; returns the names of the files."""
    draws: dict[str, Callable[[Any], None]] = {}
    if None not in results.data:
        draws["lengths.png"] = lambda figure: draw_lengths(figure, results)
    else:
        draws["curves.png"] = lambda figure: draw_curves(figure, results)
        draw = results.task.draw
        if draw is not None:
            predictions = {one.name: one.predictions for one in results.trained}
            data, baseline = results.data[None], results.task.baseline
            draws["predictions.png"] = lambda figure: draw(figure, data, baseline, predictions)
    for name, draw_into in draws.items():
        _write(folder / name, draw_into)
    return list(draws)


def _write(path: Path, draw_into: Callable[[Any], None]) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(layout="constrained", dpi=DOTS_PER_INCH)
    FigureCanvasAgg(figure)  # a canvas of its own: no window, no global state
    draw_into(figure)
    beside = path.with_name(f".{path.name}.part")
    try:
        figure.savefig(beside, format="png")
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
