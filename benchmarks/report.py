"""``docs/performance.md`` and its figure, from the raw results."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import (
    report_accuracy,
    report_growth,
    report_kernels,
    report_profile,
    report_twins,
    report_workloads,
    results,
    sweep,
)
from benchmarks.environments import ROOT
from benchmarks.figure import draw

_HEAD = """# Performance

<!-- Written by `python -m benchmarks report` from `benchmarks/results/`; do not edit. -->

Sunhwan beside Keras 3 on TensorFlow and on JAX, PyTorch, and for predictions ONNX Runtime: the same
model with the same weights, the same data and batch, warmed up, measured in one run, in turn, each
in a process of its own of which only one runs at a time. A number is the median of the rounds, in
brackets its quartiles. How to repeat it: [benchmarks/README.md](../benchmarks/README.md).
"""

_NOTES = ROOT / "benchmarks" / "notes.md"

SECTIONS: dict[str, Callable[[dict[str, Any]], str]] = {
    "workloads": report_workloads.section,
    "sweep": sweep.section,
    "kernels": report_kernels.section,
    "profile": report_profile.section,
    "accuracy": report_accuracy.section,
    "twins": report_twins.section,
    "growth": report_growth.section,
}


def render(read: Callable[[str], dict[str, Any]], notes: str = "") -> str:
    """The document, of the results that there are.

    Args:
        read: gives the entries of a file of results, by name; none where there are none.
        notes: what people found out about the figures; the last part.
    """
    parts = [_HEAD]
    for name, section in SECTIONS.items():
        entries = read(name)
        if entries:
            parts.append(section(entries))
    return "\n".join([*parts, notes])


def write() -> list[Path]:
    """Write document and, where Matplotlib is installed, figure.

    Returns:
        What was written.
    """

    def read(name: str) -> dict[str, Any]:
        return results.read(results.FOLDER / f"{name}.json")

    document, picture = ROOT / "docs" / "performance.md", ROOT / "docs" / "performance.svg"
    notes = _NOTES.read_text() if _NOTES.exists() else ""
    document.write_text(render(read, notes))
    if importlib.util.find_spec("matplotlib") is None:
        print(f"without Matplotlib {picture.name} stays what it is: pip install matplotlib")
        return [document]
    draw(read("workloads"), picture)
    return [document, picture]
