"""The table of workloads."""

from __future__ import annotations

from fnmatch import fnmatch

from benchmarks.workload import Workload
from benchmarks.workloads_prediction import PREDICTION
from benchmarks.workloads_training import TRAINING

WORKLOADS = TRAINING + PREDICTION


def chosen(patterns: list[str]) -> list[Workload]:
    """The workloads whose names match one of `patterns`."""
    return [w for w in WORKLOADS if any(fnmatch(w.name, pattern) for pattern in patterns)]
