"""The figure: how many times as fast as the best peer, workload by workload."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.comparison import compare
from benchmarks.workloads import WORKLOADS


def draw(entries: dict[str, Any], path: Path) -> None:
    """Draw the ratios with their quartiles, and what each must reach.

    Args:
        entries: results by workload.
        path: the picture to write.
    """
    import matplotlib as mpl

    mpl.use("agg")
    mpl.rcParams["svg.hashsalt"] = "sunhwan"  # the same picture for the same numbers
    import matplotlib.pyplot as plt

    rows = [(w, compare(entries[w.name])) for w in WORKLOADS if w.name in entries]
    rows = [(workload, row) for workload, row in rows if row.ratio is not None][::-1]
    figure, axes = plt.subplots(figsize=(9, 0.6 + 0.24 * len(rows)), layout="constrained")
    for place, (workload, row) in enumerate(rows):
        ratio = row.ratio
        assert ratio is not None
        axes.plot([ratio.low, ratio.high], [place, place], color="#1f5a99", linewidth=4, alpha=0.5)
        axes.plot(ratio.median, place, "o", color="#1f5a99", markersize=5)
        if workload.must is not None:
            axes.plot(workload.must, place, "|", color="#b03030", markersize=10)
    axes.axvline(1, color="0.5", linewidth=0.8)
    axes.set_xscale("log")
    ticks = (0.5, 1, 2, 3, 5, 10, 20, 40)
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.set_yticks(range(len(rows)), [workload.name for workload, _ in rows], fontsize=8)
    axes.set_ylim(-1, len(rows))
    axes.set_xlabel("best peer / us: median and quartiles; red: must")
    axes.grid(axis="x", alpha=0.3)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
