"""Sunhwan: recurrent neural networks, fast on the CPU that you already have."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from sunhwan import (
    activations,
    callbacks,
    constraints,
    initializers,
    layers,
    losses,
    metrics,
    models,
    optimizers,
    preprocessing,
    regularizers,
    saving,
    utils,
)
from sunhwan._core import num_threads
from sunhwan._engine.threads import set_num_threads
from sunhwan.initializers import Initializer
from sunhwan.interop.torch_weights import load_torch
from sunhwan.layers import Input, Layer
from sunhwan.losses import Loss
from sunhwan.metrics import Metric
from sunhwan.models import Model, Sequential, load_model
from sunhwan.optimizers import Optimizer
from sunhwan.regularizers import Regularizer

if TYPE_CHECKING:
    from sunhwan import backend, board, datasets, decode, doctor, explain, testing, tuning, watching
    from sunhwan.tuning import search

__version__ = "0.1.0"

__all__ = [
    "Initializer",
    "Input",
    "Layer",
    "Loss",
    "Metric",
    "Model",
    "Optimizer",
    "Regularizer",
    "Sequential",
    "__version__",
    "activations",
    "backend",
    "board",
    "callbacks",
    "constraints",
    "datasets",
    "decode",
    "doctor",
    "explain",
    "initializers",
    "layers",
    "load_model",
    "load_torch",
    "losses",
    "metrics",
    "models",
    "num_threads",
    "optimizers",
    "preprocessing",
    "regularizers",
    "saving",
    "search",
    "set_num_threads",
    "testing",
    "tuning",
    "utils",
    "watching",
]


# What a program does without need not be loaded.
_LATER = (
    "backend",
    "board",
    "datasets",
    "decode",
    "doctor",
    "explain",
    "testing",
    "tuning",
    "watching",
)


def __getattr__(name: str) -> Any:
    if name == "search":
        return importlib.import_module("sunhwan.tuning").search
    if name in _LATER:
        return importlib.import_module(f"sunhwan.{name}")
    from sunhwan._engine.absent import absent

    raise absent(__name__, name, __all__)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
