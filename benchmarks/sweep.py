"""Sixty shapes drawn from a fixed seed: is any of them slower than the best peer?"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.comparison import compare, shown
from benchmarks.operations import operations, padded_extent
from benchmarks.report_setting import setting
from benchmarks.statistics import spread
from benchmarks.table import table
from benchmarks.workload import Data, Workload, dense, stacked

SEED, COUNT = 20261121, 60
_CELLS = ("SimpleRNN", "LSTM", "GRU")
_MOST_OPERATIONS = 20e9  # a training step
_LIMITS = {"units": 1024, "steps": 2000, "rows": 512, "inputs": 512}


def shapes() -> list[Workload]:
    """The workloads: sizes log-uniform from 1, cells in turn, one layer or two.

    A draw of more than 20 GFLOP a step is drawn anew.
    """
    random = np.random.default_rng(SEED)
    found: list[Workload] = []
    while len(found) < COUNT:
        logs = random.uniform(0.0, np.log(list(_LIMITS.values())))
        layers = int(random.integers(1, 3))
        units, steps, rows, inputs = (round(value) for value in np.exp(logs))
        kind = _CELLS[len(found) % len(_CELLS)]
        workload = _workload(kind, layers, units, steps, rows, inputs)
        if operations(workload, (steps, inputs), padded_extent(rows, steps)) <= _MOST_OPERATIONS:
            found.append(workload)
    return found


def _workload(kind: str, layers: int, units: int, steps: int, rows: int, inputs: int) -> Workload:
    stack = f"{kind} {units}" if layers == 1 else f"2 x {kind} {units}"
    return Workload(
        f"{kind}-{layers}x{units}-steps{steps}-rows{rows}-inputs{inputs}",
        f"{stack}, {steps} steps, {rows} rows, {inputs} inputs",
        "fit",
        Data("normal", 1, {"steps": steps, "inputs": inputs}),
        rows,
        (*stacked(kind, *[units] * layers), dense(1)),
    )


def section(entries: dict[str, Any]) -> str:
    """The document's part: every shape that is slower, then all of them."""
    workloads = {workload.name: workload for workload in shapes()}
    rows = {name: compare(entry) for name, entry in entries.items() if name in workloads}
    compared = {name: row for name, row in rows.items() if row.ratio is not None}
    slower = {n: row for n, row in compared.items() if row.ratio and row.ratio.median < 1}
    medians = [row.ratio.median for row in compared.values() if row.ratio]
    head = ["shape", "us, ms", "best peer, ms", "peer", "ratio", "of peak"]

    def lines(chosen: dict[str, Any]) -> str:
        ordered = sorted(chosen.items(), key=lambda pair: pair[1].ratio.median)
        return table(
            head,
            [
                [
                    workloads[name].title,
                    shown(row.times[row.ours]),
                    shown(row.times[row.peer]),
                    row.peer,
                    shown(row.ratio),
                    f"{100 * row.share.median:.0f} %",
                ]
                for name, row in ordered
            ],
        )

    said = (
        f"{COUNT} shapes drawn log-uniformly with the seed {SEED}: 1 to 1,024 units, 1 to 2,000 "
        "steps, 1 to 512 rows, 1 to 512 inputs, at most 20 GFLOP a step, cells in turn, one layer "
        f"or two. Measured: {len(compared)}; slower than the best peer: {len(slower)}.\n"
    )
    parts = ["## The sweep\n", said, setting(entries)]
    if medians:
        middle = spread(medians)
        least, most = min(medians), max(medians)
        parts.append(f"Ratios: {shown(middle)}, from {least:.2f} to {most:.1f}.\n")
    if slower:
        parts.append(f"### Slower than the best peer\n\n{lines(slower)}\n")
    faster = {name: row for name, row in compared.items() if name not in slower}
    if faster:
        parts.append(f"### Faster\n\n{lines(faster)}\n")
    return "\n".join(parts)
