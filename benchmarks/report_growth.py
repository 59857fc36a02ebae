"""The document's part on cost as the work grows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.comparison import shown
from benchmarks.report_setting import setting
from benchmarks.statistics import ratios, spread
from benchmarks.table import table


def section(entries: dict[str, Any]) -> str:
    """A paragraph or table for each thing measured."""
    parts = ["## Cost as the work grows\n", setting(entries)]
    parts += [_PARTS[name](entry) for name, entry in entries.items() if name in _PARTS]
    return "\n".join(parts)


def _scaling(title: str) -> Callable[[dict[str, Any]], str]:
    def part(entry: dict[str, Any]) -> str:
        rows = []
        for size in entry["sizes"]:
            times = spread(size["times"])
            each = 1e6 / (size["rows"] * size["steps"])  # ms a step to ns a row and step
            rows.append(
                [f"{size['rows']} x {size['steps']}", shown(times), shown(times.scaled(each))]
            )
        head = ["rows x steps", "ms a training step", "ns a row and step"]
        said = f"Embedding 32, LSTM 32, no padding; {entry['threads']} threads."
        return f"### {title}\n\n{said}\n\n{table(head, rows)}\n"

    return part


def _threads(entry: dict[str, Any]) -> str:
    rows = []
    many = str(entry["threads"])
    for name, times in entry["times"].items():
        gain = spread(ratios(times[many], times["1"]))
        rows.append([name, shown(spread(times["1"])), shown(spread(times[many])), shown(gain)])
    head = ["workload", "1 thread, ms", f"{many} threads, ms", "ratio (must 1.8)"]
    return f"### Threads\n\n{table(head, rows)}\n"


def _memory(entry: dict[str, Any]) -> str:
    rows = []
    for name, batches in entry.get("models", entry).items():
        small, large = batches["128"], batches["4096"]
        own = [batch["peak"] - batch["before"] for batch in (small, large)]
        rows.append(
            [
                name,
                f"{small['peak']:.0f} MB",
                f"{large['peak']:.0f} MB",
                f"{large['peak'] / small['peak']:.2f}",
                f"{own[0]:.0f} MB",
                f"{own[1]:.0f} MB",
            ]
        )
    head = ["model", "peak, batch 128", "batch 4,096", "ratio (most 1.3)"]
    head += ["of it in `fit`, 128", "in `fit`, 4,096"]
    return (
        "### Memory of training\n\nResident memory of the process without the data, "
        "measured once.\n\n"
        f"{table(head, rows)}\n"
    )


def _first_step(entry: dict[str, Any]) -> str:
    rows = [
        [
            name,
            shown(spread(entry["seconds"][name])) if name in entry["seconds"] else "-",
            f"{size:.0f}",
        ]
        for name, size in entry["megabytes"].items()
    ]
    head = ["package", "seconds, `import` to the end of the first step", "MB installed"]
    said = "The LSTM of IMDB. Installed: the package and all that it requires."
    return f"### The first step, and the install\n\n{said}\n\n{table(head, rows)}\n"


def _tiny_states(entry: dict[str, list[float]]) -> str:
    usual, tiny = spread(entry["usual"]), spread(entry["tiny"])
    ratio = shown(spread(ratios(entry["usual"], entry["tiny"])))
    return (
        "### Tiny states\n\n"
        f"LSTM 32, 100 steps, batch 128: {shown(usual)} ms a training step, with states of 1e-40 "
        f"{shown(tiny)} ms: {ratio} times as long (most 1.2).\n"
    )


def _random_lengths(entry: dict[str, Any] | list[float]) -> str:
    if isinstance(entry, list):  # as results were kept once
        entry = {"calls": 10_000, "megabytes": entry}
    calls, megabytes = entry["calls"], entry["megabytes"]
    listed = ", ".join(f"{value:.0f}" for value in megabytes)
    return (
        f"### Many lengths\n\nMB in use during {calls:,} calls, made once, with 1 to 32 rows of "
        f"random lengths, every {calls // len(megabytes):,} calls: {listed}.\n"
    )


_PARTS: dict[str, Callable[[Any], str]] = {
    "rows": _scaling("Rows"),
    "steps": _scaling("Steps"),
    "threads": _threads,
    "memory": _memory,
    "first-step": _first_step,
    "tiny-states": _tiny_states,
    "random-lengths": _random_lengths,
}
