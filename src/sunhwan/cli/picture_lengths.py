"""How learning falls as sequences grow."""

from __future__ import annotations

from typing import Any

from sunhwan.cli.colors import BASELINE, COLORS
from sunhwan.cli.results import Results


def draw_lengths(figure: Any, results: Results) -> None:
    """The test score over the length of the sequences, a line for each model."""
    figure.set_size_inches(7.2, 4.6)
    axes = figure.subplots()
    score = results.task.score
    lengths = sorted(length for length in results.baselines if length is not None)
    for name in dict.fromkeys(one.name for one in results.trained):
        own = {one.length: one.scores["test"] for one in results.trained if one.name == name}
        there = [length for length in lengths if length in own]
        values = [own[length] for length in there]
        axes.plot(there, values, "o-", color=COLORS[name], label=name)
    trivial = [results.baselines[length]["test"] for length in lengths]
    label = results.task.baseline.name
    axes.plot(lengths, trivial, "s:", color=BASELINE, label=label, markersize=4)
    axes.set_xscale("log")
    axes.set_xticks(lengths, [str(length) for length in lengths])
    axes.minorticks_off()
    axes.set_ylim(-0.03, 1.03)
    axes.set_xlabel("steps in a sequence")
    axes.set_ylabel(f"{score.name}, test")
    axes.set_title(f"{results.data_set}: learning as sequences grow")
    axes.grid(alpha=0.3)
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), frameon=False)
