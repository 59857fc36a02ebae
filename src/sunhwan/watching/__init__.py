"""Watching a training: numbers about its steps, for those who show them or judge them."""

from .snapshot import (
    GateStatistics,
    LayerStatistics,
    Message,
    ParameterStatistics,
    Snapshot,
    Steps,
)
from .summary import Summary
from .watch import watch
from .watcher import Watcher

__all__ = [
    "GateStatistics",
    "LayerStatistics",
    "Message",
    "ParameterStatistics",
    "Snapshot",
    "Steps",
    "Summary",
    "Watcher",
    "watch",
]
