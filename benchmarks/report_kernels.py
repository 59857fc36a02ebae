"""The document's part on the kernels."""

from __future__ import annotations

from typing import Any

from benchmarks.comparison import shown
from benchmarks.kernels.case import share
from benchmarks.report_setting import setting
from benchmarks.statistics import spread
from benchmarks.table import table

_HEAD = """\
## Each kernel alone

Share of the machine's fused multiply-adds where a kernel has products (only these are counted: a
recurrent loop also has its nonlinearities), else of the bandwidth of memory, which arrays that fit
a cache exceed. Arrays are the same in every call, so that small ones are in cache.
"""


def section(entries: dict[str, Any]) -> str:
    """The table of kernels."""
    rows = [line(name, entry) for name, entry in entries.items()]
    head = ["kernel", "microseconds", "GFLOP/s or GB/s", "share", "of"]
    return f"{_HEAD}\n{setting(entries)}\n{table(head, rows)}\n"


def line(name: str, entry: dict[str, Any]) -> list[str]:
    """A row of the table."""
    speed, part, what = share(entry)
    return [name, shown(spread(entry["microseconds"])), f"{speed:.0f}", f"{100 * part:.0f} %", what]
