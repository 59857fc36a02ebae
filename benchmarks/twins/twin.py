"""An example program and its twin: the same model in PyTorch."""

from __future__ import annotations

import importlib.util
import sys
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from benchmarks.environments import ROOT

Scores = dict[str, float]


class Twin(ABC):
    """Both have the first weights, the data, the batch, the optimizer and the epochs in common.

    Attributes:
        name: on the command line.
        title: in the document.
        apart: how far our scores may be from the twin's.
        module: the twin's program, called with the files that it reads and writes.
    """

    name: str
    title: str
    apart: float
    module: str

    @abstractmethod
    def hand_over(self, path: Path, seed: int, threads: int) -> None:
        """Write what the twin needs to a file; `saved.read` reads it."""

    @abstractmethod
    def train(self, seed: int) -> Scores:
        """Our scores, by the example program."""

    @abstractmethod
    def judge(self, results: dict[str, Any]) -> Scores:
        """The twin's scores, from what it wrote."""


def example(name: str) -> Any:
    """The program of that name in `examples/`, as a module."""
    if name not in sys.modules:
        path = ROOT / "examples" / f"{name}.py"
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules[name]
