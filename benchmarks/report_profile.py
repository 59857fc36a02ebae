"""The document's part on where the time of a step goes."""

from __future__ import annotations

from typing import Any

from benchmarks.report_setting import setting
from benchmarks.table import table
from benchmarks.workloads import WORKLOADS

_LEAST = 0.03  # of a step's time, for a part to be named
_HEAD = """\
## Where the time goes

A step of ours alone, no other package on the machine: the parts that take 3 % or more. Everything
that is called through Python is timed, so nothing is recorded and replayed here as it is elsewhere.
"""


def section(entries: dict[str, Any]) -> str:
    """The table of profiled workloads."""
    rows = [_row(w.name, entries[w.name]) for w in WORKLOADS if w.name in entries]
    return f"{_HEAD}\n{setting(entries)}\n{table(['workload', 'ms', 'of them'], rows)}\n"


def _row(name: str, found: dict[str, Any]) -> list[str]:
    total = found["milliseconds"]
    parts = [(kernel, times[0]) for kernel, times in found["kernels"].items()]
    parts.append(("Python", total - sum(time for _, time in parts)))
    named = [f"{part} {time:.3g}" for part, time in parts if time >= _LEAST * total]
    return [name, f"{total:.3g}", ", ".join(named)]
