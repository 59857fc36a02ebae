"""Predictions over the truth, where rows have no order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sunhwan.cli.baselines import Baseline
from sunhwan.cli.colors import BASELINE, COLORS
from sunhwan.cli.data import Data


def draw_scatter(
    figure: Any,
    data: Data,
    baseline: Baseline,
    predictions: Mapping[str, Mapping[str, np.ndarray]],
) -> None:
    """For each model, what it says of each test row over what is true."""
    count = len(predictions)
    figure.set_size_inches(max(5.0, 3.1 * count), 3.8)
    figure.suptitle("test rows: prediction over truth")
    truth = data.test.y.reshape(-1)
    trivial = float(np.mean(baseline.predict(data.train, data.test.x)))
    values = [part["test"].reshape(-1) for part in predictions.values()]
    ends = [min(map(np.min, [truth, *values])), max(map(np.max, [truth, *values]))]
    all_axes = figure.subplots(1, count, sharex=True, sharey=True, squeeze=False)[0]
    for axes, (name, part) in zip(all_axes, predictions.items(), strict=True):
        axes.plot(ends, ends, color="black", linewidth=0.8, label="right")
        axes.axhline(trivial, color=BASELINE, linestyle=":", label=baseline.name)
        axes.scatter(truth, part["test"].reshape(-1), s=7, alpha=0.6, color=COLORS[name])
        axes.set_title(name)
        axes.set_xlabel("truth")
        axes.grid(alpha=0.3)
    all_axes[0].set_ylabel("prediction")
    handles, labels = all_axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), frameon=False)
