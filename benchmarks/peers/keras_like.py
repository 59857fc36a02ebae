"""Keras and Sunhwan: one program for both, since their names are the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.peers.learning import Curve, keras_curve
from benchmarks.peers.runner import Call, Runner, UnsupportedError


def keras_runner(package: Any) -> Callable[..., Runner]:
    """The runner of `keras` or of `sunhwan`."""

    class KerasLike(Runner):
        def build(self) -> None:
            if self.way in ("packed", "packed buckets"):
                raise UnsupportedError(f"Keras has no way called {self.way}")
            layers = [layer_of(package, layer) for layer in self.workload["layers"]]
            steps = None if self.way in ("buckets", "ragged") else self.x.shape[1]
            inputs = package.layers.Input((steps, *self.x.shape[2:]))
            self.model = package.Sequential([inputs, *layers])
            self.model.compile(
                optimizer=self.workload["optimizer"],
                loss=self.workload["loss"],
                **compiled_with(self.settings),
            )
            self.model.set_weights(self.weights)

        def close(self) -> None:
            if hasattr(package.utils, "clear_session"):  # Sunhwan keeps nothing
                package.utils.clear_session()

        def predictions(self) -> np.ndarray:
            return np.asarray(self.model.predict_on_batch(self.arrays["x"][: self.batch]))

        def call(self, repeats: int) -> Call:
            return getattr(self, f"_{self.task}")(repeats)

        def learn(self, seed: int) -> Curve:
            package.utils.set_random_seed(seed)
            return keras_curve(package, self.model, self.workload, self.arrays)

        def _fit(self, repeats: int) -> Call:
            fixed = {"epochs": 1, "shuffle": False, "verbose": 0}
            if self.way == "buckets":
                blocks = blocks_of(package, self, repeats)
                return lambda: self.model.fit(blocks, **fixed)
            x, y = self._data(repeats), np.concatenate([self.y] * repeats)
            return lambda: self.model.fit(x, y, batch_size=self.batch, **fixed)

        def _predict(self, repeats: int) -> Call:
            x = self._data(repeats)
            return lambda: self.model.predict(x, batch_size=self.batch, verbose=0)

        def _predict_on_batch(self, repeats: int) -> Call:
            return self._many(repeats, self.model.predict_on_batch)

        def _predict_call(self, repeats: int) -> Call:
            return self._many(repeats, lambda x: self.model.predict(x, verbose=0))

        def _many(self, repeats: int, ask: Callable[[np.ndarray], object]) -> Call:
            batches = [self.x[self.batch_at(place)] for place in range(self.batches)] * repeats

            def ask_all() -> None:
                for batch in batches:
                    ask(batch)

            return ask_all

        def _data(self, repeats: int) -> Any:
            if self.way != "ragged":
                return np.concatenate([self.x] * repeats)
            steps = self.x.shape[1]
            rows = [row[steps - n :] for row, n in zip(self.x, self.lengths, strict=True)]
            return rows * repeats

    return KerasLike


def compiled_with(settings: list[str]) -> dict[str, Any]:
    """Arguments of Keras's `compile`.

    >>> compiled_with(["XLA", "8 steps a call"])
    {'jit_compile': True, 'steps_per_execution': 8}
    """
    found: dict[str, Any] = {}
    for setting in settings:
        if setting == "XLA":
            found["jit_compile"] = True
        else:
            found["steps_per_execution"] = int(setting.removesuffix(" steps a call"))
    return found


def layer_of(package: Any, layer: dict[str, Any]) -> Any:
    """Make a layer from its description."""
    arguments = {name: value for name, value in layer.items() if name != "kind"}
    if layer["kind"] == "Bidirectional":
        arguments["layer"] = layer_of(package, arguments["layer"])
    return getattr(package.layers, layer["kind"])(**arguments)


def blocks_of(keras: Any, runner: Runner, repeats: int) -> Any:
    """Batches of rows of like length, each as wide as its longest row, `repeats` times over."""
    places = range(runner.batches)
    batches = [(runner.bucket(n, front=True), runner.y[runner.batch_at(n)]) for n in places]

    class Blocks(keras.utils.PyDataset):
        def __len__(self) -> int:
            return len(batches) * repeats

        def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
            return batches[index % len(batches)]

    return Blocks()
