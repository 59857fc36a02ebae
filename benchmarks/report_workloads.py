"""The document's part on the workloads."""

from __future__ import annotations

from typing import Any

from benchmarks.comparison import Comparison, compare, shown
from benchmarks.report_setting import setting
from benchmarks.table import table
from benchmarks.workload import Workload
from benchmarks.workloads import WORKLOADS
from benchmarks.workloads_prediction import PREDICTION
from benchmarks.workloads_training import TRAINING

_MARKS = {
    "aim": "aim reached",
    "must": "must reached",
    "share": "must reached, by share of peak",
    "missed": "**missed**",
    "-": "-",
}
_COUNTED = """\
`ratio` is best peer / us, computed within each round. `of peak` is our share of what the machine's
fused multiply-adds can do, the median of the rounds. Operations counted are those of the matrix
products that are left when nothing is computed twice: masked steps not at all, shared padding once
a batch, a token's first product once a batch; no gradients of the model's input, no activations.
"""


def section(entries: dict[str, Any]) -> str:
    """The tables of training and prediction, and every competitor's time."""
    measured = {w.name: compare(entries[w.name]) for w in WORKLOADS if w.name in entries}
    parts = [setting(entries), _held(measured)]
    for title, workloads in (("Training, a step", TRAINING), ("Prediction, a call", PREDICTION)):
        rows = [_row(w, measured[w.name]) for w in workloads if w.name in measured]
        if rows:
            parts.append(f"## {title}\n\n{table(_COLUMNS, rows)}\n")
    parts += [_COUNTED, "![Ratios of best peer to Sunhwan](performance.svg)\n"]
    every = [_every(w, measured[w.name]) for w in WORKLOADS if w.name in measured]
    head = ["workload", *_PEERS]
    parts.append(f"## Every competitor, milliseconds\n\n{table(head, every)}\n")
    parts.append(_missing(entries))
    return "\n".join(parts)


_COLUMNS = ["workload", "us, ms", "best peer, ms", "peer", "ratio", "must", "aim", "", "of peak"]
_PEERS = ("sunhwan", "keras-tensorflow", "keras-jax", "pytorch", "onnxruntime")


def _held(measured: dict[str, Comparison]) -> str:
    """How many of the musts hold."""
    verdicts = [
        measured[w.name].verdict(w.must, w.aim, w.enough) for w in WORKLOADS if w.name in measured
    ]
    compared = [verdict for verdict in verdicts if verdict != "-"]
    missed = compared.count("missed")
    return (
        f"Of {len(compared)} workloads, {len(compared) - missed} reach what they must, "
        f"{compared.count('aim')} of them the aim; {missed} do not.\n"
    )


def _row(workload: Workload, row: Comparison) -> list[str]:
    peer = shown(row.times[row.peer]) if row.peer else "-"
    verdict = row.verdict(workload.must, workload.aim, workload.enough)
    return [
        workload.title,
        shown(row.times[row.ours]),
        peer,
        row.peer or "-",
        shown(row.ratio) if row.ratio else "-",
        _figure(workload.must),
        _figure(workload.aim),
        _MARKS[_how(workload, row, verdict)],
        f"{100 * row.share.median:.0f} %",
    ]


def _how(workload: Workload, row: Comparison, verdict: str) -> str:
    """The verdict, or `share` where it is the share of the peak that reaches the must."""
    if verdict != "must" or row.ratio is None or workload.must is None:
        return verdict
    return "must" if row.ratio.median >= workload.must else "share"


def _every(workload: Workload, row: Comparison) -> list[str]:
    cells = []
    for package in _PEERS:
        own = [
            f"{name.removeprefix(package).strip()} {shown(times)}".strip()
            for name, times in row.times.items()
            if name.split(" (")[0] == package
        ]
        cells.append("<br>".join(own) or "-")
    return [workload.name, *cells]


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"


def _missing(entries: dict[str, Any]) -> str:
    """Who is missing where, and why; that ONNX Runtime does not train goes without saying."""
    lines = [
        f"- {name}: {package}: {why}"
        for name, entry in entries.items()
        for package, why in entry["missing"].items()
        if why != "ONNX Runtime does not train"
    ]
    return "Missing above:\n\n" + "\n".join(lines) + "\n" if lines else ""
