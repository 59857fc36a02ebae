"""A worker: ``python -m benchmarks.peers.serve PEER`` answers requests, a line of JSON each.

A request is ``{"do": NAME, ...}``; the answer ``{"ok": ...}``, ``{"unsupported": WHY}`` or
``{"error": WHAT}``. What the packages print goes to standard error.
"""
# pyright: reportMissingImports=false

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers.learning import Curve
from benchmarks.peers.runner import Call, Runner, UnsupportedError
from benchmarks.peers.timing import calibrated, timed


def chosen(layers: Callable[..., Runner], translation: Callable[..., Runner]) -> Any:
    """The runner of a workload: of layers in a row, or of the translation model."""

    def make(workload: dict[str, Any], *given: Any) -> Runner:
        translates = workload["layers"][0]["kind"] == "Translator"
        return (translation if translates else layers)(workload, *given)

    return make


def sunhwan() -> tuple[Callable[..., Runner], dict[str, str]]:
    """Ours."""
    import sunhwan as package
    from benchmarks.peers.keras_like import keras_runner
    from benchmarks.peers.translation_keras import translation_runner
    from sunhwan import _core

    make = chosen(keras_runner(package), translation_runner(package))
    return make, {"sunhwan": package.__version__, "ISA": _core.isa()}


def keras(backend: str) -> tuple[Callable[..., Runner], dict[str, str]]:
    """Keras 3 on one of its backends."""
    os.environ["KERAS_BACKEND"] = backend
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    if backend == "tensorflow":
        import tensorflow as engine

        threads = int(os.environ["OMP_NUM_THREADS"])
        engine.config.threading.set_intra_op_parallelism_threads(threads)
    else:
        import jax as engine
    import keras as package

    from benchmarks.peers.keras_like import keras_runner
    from benchmarks.peers.translation_keras import translation_runner

    versions = {"keras": package.__version__, backend: engine.__version__}
    return chosen(keras_runner(package), translation_runner(package)), versions


def pytorch() -> tuple[Callable[..., Runner], dict[str, str]]:
    """PyTorch."""
    import torch

    from benchmarks.peers.torch_peer import TorchRunner
    from benchmarks.peers.translation_torch import TranslationRunner

    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    return chosen(TorchRunner, TranslationRunner), {"torch": torch.__version__}


def onnx() -> tuple[Callable[..., Runner], dict[str, str]]:
    """ONNX Runtime."""
    import onnxruntime

    from benchmarks.peers.onnx_peer import OnnxRunner

    return OnnxRunner, {"onnxruntime": onnxruntime.__version__}


PEERS: dict[str, Callable[[], tuple[Callable[..., Runner], dict[str, str]]]] = {
    "sunhwan": sunhwan,
    "keras-tensorflow": lambda: keras("tensorflow"),
    "keras-jax": lambda: keras("jax"),
    "pytorch": pytorch,
    "onnxruntime": onnx,
}


def _some(values: np.ndarray) -> list[float]:
    """At most 511 of them, from all over."""
    return values[:: max(1, len(values) // 256)].tolist()


class Worker:
    """Holds what is loaded between requests: a workload, fed in one way or several."""

    def __init__(self, peer: str) -> None:
        self.make, self.versions = PEERS[peer]()
        self.runners: dict[str, Runner] = {}
        self.calls: dict[str, tuple[Call, Call]] = {}
        self.pairs: dict[str, int] = {}

    def hello(self) -> dict[str, str]:
        """The versions that run here."""
        return self.versions | {"Python": sys.version.split()[0], "NumPy": np.__version__}

    def load(
        self, workload: dict[str, Any], arrays: str, weights: str, way: str, steps: int
    ) -> list[list[float]]:
        """Make the model; answer some of its predictions, fresh and after `steps` of training."""
        with np.load(arrays) as found, np.load(weights) as own:
            values = [own[name] for name in own.files]
            runner = self.runners[way] = self.make(workload, dict(found), values, way)
        said = [runner.predictions()]
        if steps:
            said.append(runner.trained(steps))
        return [_some(values.ravel()) for values in said]

    def warm(self, way: str, seconds: float) -> int:
        """Run until all is compiled; choose how many steps a measured call makes."""
        runner = self.runners[way]
        repeats, self.pairs[way] = calibrated(runner, seconds)
        self.calls[way] = runner.call(repeats), runner.call(3 * repeats)
        return repeats * runner.batches

    def measure(self, way: str) -> tuple[float, float]:
        """Seconds of the chosen steps and of three times as many; medians of the pairs.

        The process was stopped before, so that one call goes ahead untimed.
        """
        self.calls[way][0]()
        pairs = [tuple(timed(call) for call in self.calls[way]) for _ in range(self.pairs[way])]
        short, long = np.median(pairs, axis=0)
        return float(short), float(long)

    def learn(self, workload: dict[str, Any], arrays: str, weights: str, seed: int) -> Curve:
        """Train to the target; answer the curve."""
        with np.load(arrays) as found, np.load(weights) as own:
            values = [own[name] for name in own.files]
            runner = self.make(workload, dict(found), values, "padded")
        return runner.learn(seed)

    def drop(self) -> None:
        """Forget the workload."""
        for runner in self.runners.values():
            runner.close()
        self.runners, self.calls, self.pairs = {}, {}, {}


def main() -> None:
    """Answer requests until the input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    worker = Worker(sys.argv[1])
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer: dict[str, Any] = {"ok": getattr(worker, request.pop("do"))(**request)}
        except UnsupportedError as error:
            answer = {"unsupported": str(error)}
        except Exception as error:
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
