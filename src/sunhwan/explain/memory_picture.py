"""The picture of `memory`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sunhwan._engine.extras import require
from sunhwan._engine.figure import figure_of

from .drawing import font, plain
from .memory import in_words

if TYPE_CHECKING:
    from .memory import Memory

LEAST = 1e-9  # what is smaller is not drawn


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
    axes.set_xlabel("steps back")
    axes.set_ylabel("gradient, last step = 1")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.grid(alpha=0.3)
    axes.legend(title="half-life", title_fontsize="small", prop={"size": "small", **font(labels)})
    return figure


def _drawn(memory: Memory, label: str, share: float) -> np.ndarray:
    values = memory.quantile(label, share)
    return np.where(values < LEAST, np.nan, values)
