"""Predictions over the truth of a series."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sunhwan.cli.baselines import Baseline
from sunhwan.cli.colors import BASELINE, COLORS
from sunhwan.cli.data import Data

CLOSE = 60  # steps of training that are shown beside the test in the lower part


def draw_series(
    figure: Any,
    data: Data,
    baseline: Baseline,
    predictions: Mapping[str, Mapping[str, np.ndarray]],
) -> None:
    """All models' predictions over the series: the whole above, its end in close-up below."""
    figure.set_size_inches(11, 7)
    truth = np.concatenate([data.train.y, data.test.y]).reshape(-1)
    split = len(data.train.y)
    trivial = baseline.predict(data.train, np.concatenate([data.train.x, data.test.x]))
    steps = np.arange(len(truth))
    whole, close = figure.subplots(2, 1)
    for axes, first, width in ((whole, 0, 1.0), (close, max(0, split - CLOSE), 1.6)):
        part = slice(first, None)
        axes.plot(steps[part], truth[part], color="black", linewidth=width + 0.8, label="truth")
        axes.plot(steps[part], trivial[part], ":", color=BASELINE, label=baseline.name)
        for name, said in predictions.items():
            values = np.concatenate([said["train"], said["test"]]).reshape(-1)
            axes.plot(steps[part], values[part], color=COLORS[name], linewidth=width, label=name)
        axes.axvspan(split - 0.5, len(truth) - 0.5, color="0.92", zorder=0)
        axes.set_xlim(first, len(truth) - 0.5)
        axes.set_ylabel("value")
        axes.grid(alpha=0.3)
    whole.set_title("the whole series; the test on grey")
    close.set_title("its end")
    close.set_xlabel("window")
    handles, labels = close.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), frameon=False)
