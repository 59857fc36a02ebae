"""The translation model in Keras and Sunhwan, whose names are the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.peers.runner import Call, Runner, UnsupportedError
from benchmarks.translator import START, STOP


def translation_runner(package: Any) -> Callable[..., Runner]:
    """The runner of `keras` or of `sunhwan`."""
    layers = package.layers

    class Translation(Runner):
        def build(self) -> None:
            if self.task == "greedy" and package.__name__ != "sunhwan":
                raise UnsupportedError("Keras has no loop that decodes")
            about = self.workload["layers"][0]
            words, units = about["words"], about["units"]
            source = layers.Input((None,), dtype="int32")
            table = layers.Embedding(words, units, mask_zero=True, name="source")
            reading = layers.GRU(units, return_sequences=True, return_state=True, name="reading")
            read, state = reading(table(source))
            own = {
                "table": layers.Embedding(words, units, mask_zero=True, name="target"),
                "writing": layers.GRU(
                    units, return_sequences=True, return_state=True, name="writing"
                ),
                "attend": getattr(layers, about["attention"])(name="attend"),
                "mix": layers.Dense(units, activation="tanh", name="mix"),
                "scores": layers.Dense(words, activation="softmax", name="scores"),
            }
            self.reader = package.Model(source, [read, state])

            def written(before: Any, state: Any, read: Any) -> list[Any]:
                d, after = own["writing"](own["table"](before), initial_state=state)
                mixed = own["attend"]([d, read])
                return [own["scores"](own["mix"](layers.Concatenate()([mixed, d]))), after]

            before = layers.Input((None,), dtype="int32")
            self.model = package.Model([source, before], written(before, state, read)[0])
            self.model.compile(optimizer=self.workload["optimizer"], loss=self.workload["loss"])
            parts = [table, own["table"], reading, own["writing"], own["mix"], own["scores"]]
            parts.append(own["attend"])
            left = list(self.weights)
            for part in parts:
                count = len(part.get_weights())
                part.set_weights(left[:count])
                left = left[count:]
            if self.task == "greedy":
                ids, state = layers.Input((1,), dtype="int32"), layers.Input((units,))
                read = layers.Input((None, units))
                self.writer = package.Model([ids, state, read], written(ids, state, read))

        def close(self) -> None:
            if hasattr(package.utils, "clear_session"):  # Sunhwan keeps nothing
                package.utils.clear_session()

        def predictions(self) -> np.ndarray:
            if self.task == "greedy":
                return np.array([len(row) for row in self._greedy()], np.float32)
            rows = slice(self.batch)
            given = [self.arrays[name][rows] for name in ("x", "before")]
            return np.asarray(self.model.predict_on_batch(given))[self.arrays["y"][rows] != 0]

        def call(self, repeats: int) -> Call:
            if self.task == "greedy":
                return lambda: [self._greedy() for _ in range(repeats)]
            fixed = {"epochs": 1, "shuffle": False, "verbose": 0}
            before = self.arrays["before"]
            if self.way == "buckets":
                before = before[self.arrays["blocks"]]
            data = [self.x, before, self.y]
            if self.way == "buckets":
                blocks = self._blocks(data, repeats)
                return lambda: self.model.fit(blocks, **fixed)
            if self.way == "ragged":
                data = [[row[row != 0] for row in part] * repeats for part in data]
            else:
                data = [np.concatenate([part] * repeats) for part in data]
            return lambda: self.model.fit(data[:2], data[2], batch_size=self.batch, **fixed)

        def _blocks(self, data: list[np.ndarray], repeats: int) -> Any:
            """Batches of rows of like length, each part as wide as its longest row."""
            batches = []
            for place in range(self.batches):
                cut = [part[self.batch_at(place)] for part in data]
                cut = [part[:, : np.count_nonzero(part, axis=1).max()] for part in cut]
                batches.append(((cut[0], cut[1]), cut[2]))
            steps = len(batches) * repeats

            class Blocks(package.utils.PyDataset):
                def __len__(self) -> int:
                    return steps

                def __getitem__(self, index: int) -> Any:
                    return batches[index % len(batches)]

            return Blocks()

        def _greedy(self) -> list[np.ndarray]:
            rows = [row[row != 0] for row in self.arrays["x"]]
            read, state = self.reader.predict(rows, batch_size=256, verbose=0)
            state[:, 0] = self.arrays["code"]
            return package.decode.greedy(
                self.writer, START, STOP, states=state, context=[read], max_steps=50
            )

    return Translation
