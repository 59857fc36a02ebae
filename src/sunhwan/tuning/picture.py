"""The trials of a search, drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from sunhwan._engine.figure import figure_of

COLUMNS = 3
OPEN = {"complete": "full", "stopped": "none"}  # fill of the marks


def draw(trials: Sequence[Any], monitor: str, mode: str, figure: Any = None) -> Any:
    """Values as they came, with the best so far, and over each parameter; see `SearchResult.plot`.

    Args:
        trials: of a `SearchResult`.
        monitor: the name of the values.
        mode: `"min"` or `"max"`.
        figure: a matplotlib figure to draw into, or `None`.
    """
    known = [trial for trial in trials if trial.value is not None]
    names = [
        name
        for name in dict.fromkeys(name for trial in known for name in trial.parameters)
        if len({repr(trial.parameters.get(name)) for trial in known}) > 1
    ]
    rows = math.ceil((1 + len(names)) / COLUMNS)
    columns = min(COLUMNS, 1 + len(names))
    figure = figure_of(figure, 3.6 * columns, 3.0 * rows)
    axes = figure.subplots(rows, columns, squeeze=False, sharey=True).ravel()
    best = np.minimum if mode == "min" else np.maximum
    _dots(axes[0], known, [trial.number for trial in known])
    so_far = best.accumulate([trial.value for trial in known])
    axes[0].step([trial.number for trial in known], so_far, where="post", color="C1", label="best")
    axes[0].set_xlabel("trial")
    axes[0].xaxis.get_major_locator().set_params(integer=True)
    for place, name in zip(axes[1:], names, strict=False):
        some = [trial for trial in known if name in trial.parameters]
        values = [trial.parameters[name] for trial in some]
        if all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values):
            _dots(place, some, values)
            if min(values) > 0 and max(values) >= 20 * min(values):
                place.set_xscale("log")
            elif all(isinstance(value, int) for value in values):
                place.xaxis.get_major_locator().set_params(integer=True)
        else:
            labels = [str(value) for value in values]
            kinds = sorted(set(labels))
            _dots(place, some, [kinds.index(label) for label in labels])
            place.set_xticks(range(len(kinds)), kinds)
            place.set_xlim(-0.5, len(kinds) - 0.5)
        place.set_xlabel(name)
    for place in axes[1 + len(names) :]:
        place.set_visible(False)
    for first in axes[::columns]:
        first.set_ylabel(monitor)
    for place in axes:
        place.grid(alpha=0.3)
    axes[0].legend()
    _leave_out_outliers(axes[0], known, mode)
    return figure


def _dots(axes: Any, trials: Sequence[Any], places: Sequence[Any]) -> None:
    """A mark for each trial: full where it was completed, hollow where it was stopped."""
    for state, fill in OPEN.items():
        chosen = [
            n for n, trial in enumerate(trials) if (trial.state == "complete") == (fill == "full")
        ]
        if chosen:
            axes.plot(
                [places[n] for n in chosen],
                [trials[n].value for n in chosen],
                "o",
                color="C0",
                fillstyle=fill,
                markersize=5,
                label=state,
            )


def _leave_out_outliers(axes: Any, trials: Sequence[Any], mode: str) -> None:
    """Show the better part large, where few trials are far worse than all others."""
    values = np.sort([trial.value if mode == "min" else -trial.value for trial in trials])
    low, middle, high = values[0], values[int(0.75 * (len(values) - 1))], values[-1]
    if high - low > 5 * (middle - low) > 0:
        edges = low - 0.3 * (middle - low), low + 2 * (middle - low)
        axes.set_ylim(*(edges if mode == "min" else (-edges[1], -edges[0])))
