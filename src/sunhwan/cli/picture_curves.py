"""The curves of training: each measure over the epochs, all models in one picture."""

from __future__ import annotations

from typing import Any

from sunhwan.cli.colors import BASELINE, COLORS
from sunhwan.cli.results import Results
from sunhwan.cli.scores import squared_error

FEW = 3  # epochs; so few points are marked, since one alone makes no line


def draw_curves(figure: Any, results: Results) -> None:
    """One part of the picture for each measure; training solid, validation dashed."""
    from matplotlib.ticker import LogLocator

    names = ["loss", *results.task.metrics]
    figure.set_size_inches(5.6 * len(names) if len(names) > 1 else 7.2, 4.6)
    figure.suptitle(f"{results.data_set}: training (solid) and validation (dashed)")
    for axes, name in zip(figure.subplots(1, len(names), squeeze=False)[0], names, strict=True):
        for one in results.trained:
            for key, style in ((name, "-"), (f"val_{name}", "--")):
                values = one.history[key]
                axes.plot(
                    range(1, len(values) + 1),
                    values,
                    style,
                    color=COLORS[one.name],
                    label=one.name if style == "-" else None,
                    marker="o" if len(values) <= FEW else None,
                    linewidth=1.5,
                    markersize=4,
                )
        trivial = _trivial(results, name)
        if trivial is not None:
            label = results.task.baseline.name
            axes.axhline(trivial, color=BASELINE, linestyle=":", label=label)
        squared = name == "loss" and results.task.loss == "mse"
        if squared:
            axes.set_yscale("log")
            axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axes.yaxis.set_major_formatter("{x:g}")
            axes.yaxis.set_minor_formatter("")
        axes.set_ylabel("mean squared error" if squared else name)
        axes.set_xlabel("epoch")
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.grid(alpha=0.3)
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), frameon=False)


def _trivial(results: Results, measure: str) -> float | None:
    """What the trivial rival reaches on the validation rows, where it has such a measure."""
    task, data = results.task, results.data[None]
    if measure == task.score.name:
        return results.baselines[None]["validation"]
    if measure == "loss" and task.loss == "mse":
        rows = data.validation
        return squared_error(rows.y, task.baseline.predict(data.train, rows.x))
    return None
