"""From what users pass as `x` and `y` to batches of a model."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from sunhwan._engine.inputs import without_frame

from .class_weights import apply_class_weight
from .data import Examples, examples, is_iterable_of_batches, items_of, unpack_batch
from .feed import Feed, JoinedFeed, open_feed
from .lists_of_one import input_in_list, is_list_of_one, targets_in_list
from .shapes import of_rank

BATCH_SIZE = 32


class Sources:
    """What the loops of a model share; the model has the attributes."""

    name: str
    optimizer: Any
    history: Any
    stop_training: bool
    _course: Any
    layers: Any
    ports: Any
    built: Any
    input_shape: Any
    input_structure: Any
    output_structure: Any
    output_shapes: Any
    metrics_names: Any
    build_for: Any
    meet: Any
    stepper: Any
    _stepper: Any
    _seed: int
    _objective: Any
    _measures: Any

    def _open(self, x: Any, names: Any = ()) -> Any:
        """The user's data `x` in batches; `names` is what errors call the inputs."""
        self.meet(x)
        ports = self.ports
        if not self.layers:
            raise ValueError(f"model {self.name!r} has no layers")
        parts = [without_frame(part) for part in self._inputs_of(x)]
        if self.built:
            parts = list(map(of_rank, parts, self._shapes_taken()))
        if not names:
            inputs = self.input_structure.names
            names = ["x"] if len(parts) == 1 else [f"x[{name!r}]" for name in inputs]
        prepared: dict[tuple[int, int], Any] = {}
        feeds: list[Feed] = []
        for number, preparation, reader in ports:
            key = number, id(preparation)
            if key not in prepared:
                part = parts[number]
                prepared[key] = part if preparation is None else preparation(part)
            feeds.append(open_feed(prepared[key], reader, names[number]))
        shapes: dict[int, Any] = {
            port.input: feed.shape for port, feed in zip(ports, feeds, strict=True)
        }
        self.build_for([shapes[number] for number in range(len(parts))])
        for port, feed in zip(ports, feeds, strict=True):
            if feed.rows != feeds[0].rows:
                raise ValueError(
                    f"{names[ports[0].input]} has {feeds[0].rows} rows, but {names[port.input]} "
                    f"has {feed.rows}"
                )
        return feeds[0] if len(feeds) == 1 else JoinedFeed(feeds)

    def _inputs_of(self, x: Any) -> list[Any]:
        """What the user passed for each input."""
        structure = self.input_structure
        one = len(structure.names) == 1 and structure.kind in ("single", "list")
        if one and is_list_of_one(x):
            shape = getattr(self, "input_shape", None)  # none yet of what is not built
            if shape is not None and structure.kind == "list":
                (shape,) = shape
            steps = getattr(self.ports[0].reader, "takes", "array") == "sequences"
            return [input_in_list(x, shape and len(shape), 3 if steps else 2)]
        return structure.split(x, "x")

    def _shapes_taken(self) -> list[Any]:
        """The shape of each input of a built model."""
        shape = self.input_shape
        if len(self.input_structure.names) > 1:
            return self.input_structure.split(shape, "input_shape")
        while not isinstance(shape, tuple):
            (shape,) = shape.values() if isinstance(shape, Mapping) else shape
        return [shape]

    def _source(self, x: Any, y: Any, sample_weight: Any) -> Any:
        if is_iterable_of_batches(x):
            if y is not None or sample_weight is not None:
                raise ValueError("y and sample_weight come in the batches when x is an iterable")
            return x if self._objective is not None else self._met(x)
        if y is None:
            raise ValueError("y must be given: the targets of x")
        return self._examples(x, y, sample_weight, "y")

    def _met(self, batches: Any) -> Any:
        """The same batches, with the model built for the first of them."""
        first = next(items_of(batches), None)
        if first is None:
            raise ValueError("x must give at least one batch, got none")
        self._open(unpack_batch(first)[0])
        return itertools.chain([first], batches) if isinstance(batches, Iterator) else batches

    def _validation_source(self, data: Any) -> Any:
        if is_iterable_of_batches(data):
            return data
        x, y, weight = unpack_batch(data)
        if y is None:
            raise ValueError("validation_data must hold x and y, (x, y), got x alone")
        return self._examples(x, y, weight, "y of validation_data")

    def _opened(self, items: Iterable[Any], class_weight: Any = None) -> Iterator[Any]:
        """The batches that a user's iterable gave, each checked."""
        for item in items:
            x, y, weight = unpack_batch(item)
            part = self._examples(x, y, weight, "y")
            if class_weight is not None:
                part = apply_class_weight(part, class_weight, self._rank)
            yield from part.batches(part.rows)

    def _examples(self, x: Any, y: Any, weight: Any, name: str) -> Examples:
        """The examples with their targets as the loss takes them."""
        feed, outputs = self._open(x), self.output_structure
        if len(outputs.names) == 1:
            entries = self.output_shapes[0][:-1]
            y = self._of_one(y, feed.rows, [self.output_shapes[0], entries, (*entries, 1)])
            weight = self._of_one(weight, feed.rows, [entries[:1], entries])
        else:
            y = tuple(outputs.split(y, name))
            if isinstance(weight, (Mapping, list, tuple)) and not _is_row_weights(weight):
                weight = tuple(outputs.split(weight, "sample_weight"))
        source = examples(feed, y, weight, name)
        return replace(source, y=self._objective.prepare(source.y, self.output_shapes))

    def _of_one(self, values: Any, rows: int, shapes: list[Any]) -> Any:
        """What is passed for the one output, by its name, in a list or as it is."""
        if isinstance(values, Mapping):
            return self.output_structure.split(values, "y or sample_weight")[0]
        values = targets_in_list(values, rows, shapes)
        return list(values) if isinstance(values, tuple) else values

    @property
    def _rank(self) -> int:
        """Axes of the first output."""
        return len(self.output_shapes[0])

    def _returned(self, logs: dict[str, float], return_dict: bool) -> Any:
        if return_dict:
            return dict(sorted(logs.items()))
        values = [logs[name] for name in self.metrics_names]
        return values if len(values) > 1 else values[0]

    def _require_compiled(self, what: str) -> None:
        if self.optimizer is None:
            raise RuntimeError(f"model {self.name!r} must be compiled before {what}: call compile")


def _is_row_weights(weight: Any) -> bool:
    """Whether a list holds the weights of rows, and not those of outputs."""
    return (
        not isinstance(weight, Mapping)
        and np.ndim(weight[0] if len(weight) else 0) == 0
        and (weight[0] is not None)
    )
