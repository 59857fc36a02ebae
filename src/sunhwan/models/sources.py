"""From what users pass as `x` and `y` to batches of a model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from .class_weights import apply_class_weight
from .data import Examples, examples, is_iterable_of_batches, iterate, unpack_batch
from .feed import Feed, open_feed

BATCH_SIZE = 32


class Sources:
    """What the loops of a model share; the model has the attributes."""

    name: str
    optimizer: Any
    history: Any
    stop_training: bool
    computing_layers: Any
    preparation: Any
    output_shape: Any
    metrics_names: Any
    build_for: Any
    stepper: Any
    _stepper: Any
    _seed: int
    _objective: Any
    _measures: Any

    def _open(self, x: Any) -> Feed:
        layers = self.computing_layers
        if not layers:
            raise ValueError(f"model {self.name!r} has no layers")
        if self.preparation is not None:
            x = self.preparation(x)
        feed = open_feed(x, layers[0], "x")
        self.build_for(feed.shape)
        return feed

    def _source(self, x: Any, y: Any, sample_weight: Any) -> Any:
        if is_iterable_of_batches(x):
            if y is not None or sample_weight is not None:
                raise ValueError("y and sample_weight come in the batches when x is an iterable")
            return x
        if y is None:
            raise ValueError("y must be given: the targets of x")
        return self._prepared(examples(self._open(x), y, sample_weight))

    def _validation_source(self, data: Any) -> Any:
        if is_iterable_of_batches(data):
            return data
        x, y, weight = unpack_batch(data)
        if y is None:
            raise ValueError("validation_data must hold x and y, (x, y), got x alone")
        return self._prepared(examples(self._open(x), y, weight, "y of validation_data"))

    def _opened(self, source: Any, class_weight: Any) -> Iterator[Any]:
        """The batches of a user's iterable, each checked."""
        for item in iterate(source):
            x, y, weight = unpack_batch(item)
            part = self._prepared(examples(self._open(x), y, weight))
            if class_weight is not None:
                part = apply_class_weight(part, class_weight)
            yield from part.batches(part.rows)

    def _prepared(self, source: Examples) -> Examples:
        """The examples with their targets as the loss takes them."""
        return replace(source, y=self._objective.prepare(source.y, self.output_shape))

    def _returned(self, logs: dict[str, float], return_dict: bool) -> Any:
        if return_dict:
            return dict(sorted(logs.items()))
        values = [logs[name] for name in self.metrics_names]
        return values if len(values) > 1 else values[0]

    def _require_compiled(self, what: str) -> None:
        if self._objective is None:
            raise RuntimeError(f"model {self.name!r} must be compiled before {what}: call compile")
