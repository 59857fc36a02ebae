"""The document's part on the time to a given accuracy."""

from __future__ import annotations

from typing import Any

from benchmarks.accuracy.programs import PROGRAMS, Program
from benchmarks.comparison import shown
from benchmarks.report_setting import setting
from benchmarks.statistics import spread
from benchmarks.table import table

_HEAD = """\
## Time to a given accuracy

Seconds from the call of `fit` to the end of the first epoch whose validation reached the target,
compiling included, imports and reading of data aside; in brackets the epochs that it took. Each
package starts from the same weights and shuffles by itself. Where there are several numbers of
epochs, as many seeds were trained, and the seconds are median and quartiles.
"""
_PEERS = ("sunhwan", "keras-tensorflow", "keras-jax", "pytorch")


def section(entries: dict[str, Any]) -> str:
    """The table of programs."""
    rows = [_row(program, entries[program.name]) for program in PROGRAMS if program.name in entries]
    head = ["program", "target", *_PEERS]
    return f"{_HEAD}\n{setting(entries)}\n{table(head, rows)}\n"


def _row(program: Program, entry: dict[str, Any]) -> list[str]:
    sign = "at most" if program.measure == "loss" else "at least"
    cells = [_cell(entry, package) for package in _PEERS]
    return [program.name, f"{program.measure} {sign} {program.target:g}", *cells]


def _cell(entry: dict[str, Any], package: str) -> str:
    seconds = entry["seconds"].get(package)
    if not seconds:
        return "-"
    reached = [value for value in seconds if value is not None]
    epochs = f"({', '.join(map(str, entry['epochs'][package]))})"
    if not reached:
        return f"not reached {epochs}"
    missed = "" if len(reached) == len(seconds) else f", {len(seconds) - len(reached)} missed"
    seconds = shown(spread(reached))
    return f"{seconds if len(reached) > 1 else seconds.split()[0]} {epochs}{missed}"
