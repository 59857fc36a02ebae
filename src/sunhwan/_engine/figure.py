"""The matplotlib figure that a picture is drawn into."""

from __future__ import annotations

from typing import Any

from .extras import require


def figure_of(figure: Any, width: float, height: float) -> Any:
    """The given figure as it is, or a new one of this size in inches.

    Raises:
        ImportError: matplotlib is missing; `pip install 'sunhwan[plot]'` brings it.
        TypeError: what was given is no figure.
    """
    if figure is not None:
        if not hasattr(figure, "subplots"):
            raise TypeError(f"figure must be a matplotlib figure, got {figure!r}")
        return figure
    pyplot = require("matplotlib.pyplot", "plot")
    return pyplot.figure(figsize=(width, height), layout="constrained")
