"""ONNX Runtime: prediction alone, one `run` a batch."""
# pyright: reportMissingImports=false

from __future__ import annotations

import os

import numpy as np
import onnxruntime

from benchmarks.peers.onnx_model import model_of
from benchmarks.peers.runner import Call, Runner, UnsupportedError


class OnnxRunner(Runner):
    """A session with all optimizations, on as many threads as the others."""

    def build(self) -> None:
        if self.task == "fit":
            raise UnsupportedError("ONNX Runtime does not train")
        if self.way != "padded":
            raise UnsupportedError(f"ONNX Runtime has no way called {self.way}")
        ids = self.x.ndim == 2
        model = model_of(self.workload["layers"], self.weights, ids, self.x.shape[-1])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = int(os.environ["OMP_NUM_THREADS"])
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        self.session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        self.prepared = [self.x[self.batch_at(place)] for place in range(self.batches)]

    def predictions(self) -> np.ndarray:
        return self.session.run(None, {"x": self.x[: self.batch]})[0]

    def call(self, repeats: int) -> Call:
        batches = self.prepared * repeats

        def ask_all() -> None:
            for x in batches:
                self.session.run(None, {"x": x})

        return ask_all
