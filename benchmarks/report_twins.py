"""The document's part on what is learned."""

from __future__ import annotations

from typing import Any

from benchmarks.report_setting import setting
from benchmarks.table import table
from benchmarks.twins.measuring import TWINS

_HEAD = """\
## What is learned

Example programs beside the same model in PyTorch: first weights, data, rows a batch, optimizer and
epochs are the same. A number for each seed; in brackets how far apart they may be.
"""


def section(entries: dict[str, Any]) -> str:
    """The table of twins."""
    rows = []
    for twin in TWINS:
        if twin.name not in entries:
            continue
        ours, theirs = (entries[twin.name][package] for package in ("sunhwan", "pytorch"))
        for score, values in ours.items():
            title = f"{twin.title}: {score} ({twin.apart:g})"
            rows.append([title, _shown(values), _shown(theirs[score])])
    return f"{_HEAD}\n{setting(entries)}\n{table(['program', 'sunhwan', 'PyTorch'], rows)}\n"


def _shown(values: list[float]) -> str:
    return ", ".join(f"{value:.4g}" for value in values)
