"""The picture of `memory`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sunhwan._engine.extras import require
from sunhwan._engine.figure import figure_of

from .drawing import breadth, font, plain
from .memory import in_words

if TYPE_CHECKING:
    from .memory import Memory

LEAST = 1e-9  # what is smaller is not drawn
NARROW = 5.0  # inches


def draw(memory: Memory, figure: Any) -> Any:
    """A curve for each label; see `Memory.plot`."""
    figure = figure_of(figure, 6.4, 4.0)
    axes = figure.subplots()
    cycle = require("matplotlib", "plot").rcParams["axes.prop_cycle"].by_key()
    colors = cycle.get("color", ["C0"])
    labels = list(dict.fromkeys([*memory.norms, *(memory.before.norms if memory.before else ())]))
    lowest = 1.0
    for number, label in enumerate(labels):
        color = colors[number % len(colors)]
        for source, style, when in ((memory.before, "--", ", before"), (memory, "-", "")):
            if source is None or label not in source.norms:
                continue
            low, median, high = (_drawn(source, label, share) for share in (0.25, 0.5, 0.75))
            k = np.arange(len(median))
            half = in_words(source.half_life[label])
            told = plain(f"{label}{when}: {half}")
            axes.plot(k, median, style, color=color, label=told, linewidth=1.8)
            if style == "-" and len(source.norms[label]) > 1:
                axes.fill_between(k, low, high, color=color, alpha=0.18, linewidth=0)
            lowest = min(lowest, np.nanmin(median, initial=1.0))
    axes.set_yscale("log")
    axes.set_ylim(bottom=max(LEAST, lowest / 3))
    narrow = figure.get_size_inches()[0] < NARROW
    axes.set_xlabel("steps back", fontsize="small" if narrow else "medium")
    axes.set_ylabel(
        "gradient" if narrow else "gradient, last step = 1",
        fontsize="small" if narrow else "medium",
    )
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.grid(alpha=0.3)
    _write_legend(figure, axes, narrow, font(labels))
    return figure


def _write_legend(figure: Any, axes: Any, narrow: bool, chosen: dict[str, Any]) -> None:
    """The half-lives; beneath the axes where they would cover the curves."""
    size = "x-small" if narrow else "small"
    told = {"title": "half-life", "title_fontsize": size, "prop": {"size": size, **chosen}}
    handles, labels = axes.get_legend_handles_labels()
    engine = type(figure.get_layout_engine()).__name__
    if len(labels) > (1 if narrow else 4) and engine == "ConstrainedLayoutEngine":
        columns = 1 if narrow and max(map(breadth, labels)) > 24 else 2
        figure.legend(handles, labels, loc="outside lower center", ncols=columns, **told)
    else:
        axes.legend(**told)


def _drawn(memory: Memory, label: str, share: float) -> np.ndarray:
    values = memory.quantile(label, share)
    return np.where(values < LEAST, np.nan, values)
