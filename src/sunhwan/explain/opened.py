"""A model and data for it, opened to be explained."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sunhwan._engine.batch import Batch, parts_of
from sunhwan._engine.layout import Layout
from sunhwan._engine.plan import Plan
from sunhwan._engine.sequences import Head, Sequences
from sunhwan.layers import Flatten, Permute, RepeatVector, Reshape
from sunhwan.models import Model
from sunhwan.models.graph import Port

from .reading import Reading, read
from .running import with_children


class Opened(NamedTuple):
    """A model's plan and a batch of what it takes.

    Attributes:
        model: the model, built.
        plan: what it computes.
        ports: how the plan's inputs are read.
        batch: of all rows.
    """

    model: Any
    plan: Plan
    ports: list[Port]
    batch: Batch

    def before(self, output: int) -> Opened:
        """What one of the results depends on alone."""
        wanted, calls = {self.plan.outputs[output]}, []
        for call in reversed(self.plan.calls):
            if wanted.intersection(call.outputs):
                wanted.update((*call.inputs, *call.states))
                calls.append(call)
        return self._replace(plan=self.plan._replace(calls=tuple(reversed(calls))))

    def taken_by(self, layer: Any, call: int = 0) -> int:
        """The edge that a layer reads in one of its calls."""
        calls = [
            each
            for each in self.plan.calls
            if any(inner is layer for inner in with_children([each.layer]))
        ]
        return calls[call].inputs[0]

    def source(self, edge: int) -> int | None:
        """The input of the plan whose steps are those of an edge, as far as layers tell.

        `None` where a layer between makes steps of another meaning, or turns them around.
        """
        makers = {output: call for call in self.plan.calls for output in call.outputs}
        turned = False
        while edge in makers:
            layer = makers[edge].layer
            if isinstance(layer, (Flatten, Permute, RepeatVector, Reshape)):
                return None
            turned ^= getattr(layer, "go_backwards", False)
            edge = makers[edge].inputs[0]
        return None if turned else edge

    def reading(self, edge: int) -> Reading | None:
        """What the one row brings at the steps of an edge, where that is known."""
        source = self.source(edge)
        if source is None:
            return None
        found = self.readings()[source]
        return found if found.steps else None

    def padding(self, edge: int) -> np.ndarray | None:
        """The zeros that rows begin with at the steps of an edge, `(rows, T)` bool, or `None`."""
        source = self.source(edge)
        part = None if source is None else parts_of(self.batch)[source]
        if not isinstance(part, Sequences) or part.index is None:
            return None
        assert part.head is not None
        layout = part.layout
        ids = np.zeros((layout.rows, layout.width), np.int32)
        ids[layout.step_rows, layout.times] = part.head.tokens[part.index]
        words = np.cumsum(ids != 0, axis=1)
        return (words == 0) & (words[:, -1:] > 0)

    def readings(self) -> list[Reading]:
        """What the one row brings, input by input of the plan."""
        names = self.model.input_structure.names
        return [
            read(names[port.input], port, part)
            for port, part in zip(self.ports, parts_of(self.batch), strict=True)
        ]


def open_model(model: Any, x: Any, owner: str) -> Opened:
    """A model with all rows of `x`; `TypeError` unless it is one, `ValueError` without rows.

    Args:
        model: the model; it is built where it was not.
        x: as in `predict`.
        owner: name of the function, for errors.
    """
    feed = _feed(model, x, owner)
    if not feed.rows:
        raise ValueError(f"{owner} needs at least one row, got none")
    plan, ports = model.computed()
    parts = [_unshared(part) for part in parts_of(feed.batch(np.arange(feed.rows)))]
    return Opened(model, plan, ports, tuple(parts) if len(parts) > 1 else parts[0])


def open_row(model: Any, x: Any, owner: str) -> Opened:
    """A model with one row: alone (`(steps,)`, `(steps, features)`, a text), or a batch of one.

    Raises:
        TypeError: `model` is no model.
        ValueError: there are several rows, or none.
    """
    _check_model(model, owner)
    feed = _feed(model, _as_batch(model, x), owner)
    if feed.rows != 1:
        raise ValueError(
            f"{owner} explains one row at a time, got {feed.rows}: pass one of them, x[i]"
        )
    if 0 in getattr(feed, "shape", ()):
        raise _no_step(owner)
    plan, ports = model.computed()
    opened = Opened(model, plan, ports, feed.row(0))
    if any(each.present is not None and not each.present.any() for each in opened.readings()):
        raise _no_step(owner)
    return opened


def _no_step(owner: str) -> ValueError:
    return ValueError(f"{owner} needs a row with at least one step that is not masked, got none")


def _unshared(part: Any) -> Any:
    """Ids of which each row has all as its own, but for the zeros that rows begin with."""
    if not isinstance(part, Sequences) or part.index is None or not part.layout.shared:
        return part
    layout, head = part.layout, part.head
    assert head is not None
    first = head.row_index[0]
    if head.tokens[first] == 0:
        return part
    index = np.full((layout.rows, layout.width), first, np.int32)
    index[np.repeat(np.arange(layout.rows), layout.lengths), layout.times] = part.index
    return Sequences(
        Layout.dense(layout.rows, layout.width, layout.order),
        index=index.reshape(-1),
        head=Head(tokens=head.tokens, row_index=np.zeros(0, np.int32)),
    )


def _feed(model: Any, x: Any, owner: str) -> Any:
    _check_model(model, owner)
    return model._open(x)


def _check_model(model: Any, owner: str) -> None:
    if not isinstance(model, Model):
        raise TypeError(f"{owner} needs a Sequential or a Model, got {model!r}")


def _as_batch(model: Any, x: Any) -> Any:
    """A row alone as a batch of one row; what is no row alone as it is."""
    ports = model.ports if model.layers else []
    structure = model.input_structure
    if len({port.input for port in ports}) < 2:
        return _row_of(x, ports[0], _shape(model, 0)) if ports else x
    parts = structure.split(x, "x")
    own = {port.input: port for port in ports}
    rows = [_row_of(part, own[n], _shape(model, n)) for n, part in enumerate(parts)]
    return structure.pack(rows)


def _shape(model: Any, number: int) -> Any:
    """The shape of an input, `None` where it is not known yet."""
    shapes = getattr(model, "input_shape", None)
    if isinstance(shapes, dict):
        shapes = [shapes[name] for name in model.input_structure.names]
    return shapes[number] if isinstance(shapes, list) else shapes


def _row_of(x: Any, port: Port, shape: Any) -> Any:
    reader = port.reader
    if port.preparation is not None or isinstance(x, str):
        return [x] if isinstance(x, str) else x
    if getattr(reader, "reads_ids", False):
        rank = 2
    elif shape is None and reader is not None and reader.takes == "sequences":
        rank = 3
    else:
        rank = None if shape is None else len(shape)
    try:
        return [x] if np.ndim(x) + 1 == rank else x
    except ValueError:  # rows of different lengths
        return x
