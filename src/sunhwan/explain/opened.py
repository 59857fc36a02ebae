"""A model and data for it, opened to be explained."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sunhwan._engine.batch import Batch, parts_of
from sunhwan._engine.plan import Plan
from sunhwan._engine.sequences import Sequences
from sunhwan.models import Model
from sunhwan.models.graph import Port


class Reading(NamedTuple):
    """What one row brings to one input of a model.

    Attributes:
        name: of the input.
        ids: `(T,)`, zero at masked steps; `None` where the input are numbers.
        numbers: `(T, ...)`, zero at masked steps, or any shape of an array; `None` of ids.
        present: `(T,)` bool, the steps that no mask leaves out; `None` of an array without steps.
        vocabulary: id -> token, where the model itself makes ids of texts.
    """

    name: str
    ids: Any
    numbers: Any
    present: Any
    vocabulary: list[str] | None

    @property
    def steps(self) -> int:
        return 0 if self.present is None else len(self.present)

    @property
    def own(self) -> np.ndarray:
        """Which steps are no padding, `(T,)` bool: neither masked nor zeros at the row's ends."""
        own = self.present.copy()
        if self.ids is not None and (self.ids != 0).any():
            (places,) = np.nonzero(self.ids)
            own[: places[0]] = own[places[-1] + 1 :] = False
        return own


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

    def readings(self) -> list[Reading]:
        """What the one row brings, input by input of the plan."""
        names = self.model.input_structure.names
        return [
            _reading(names[port.input], port, part)
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
    return Opened(model, plan, ports, feed.batch(np.arange(feed.rows)))


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
        raise ValueError(f"{owner} needs a row with at least one step that is not masked, got none")
    plan, ports = model.computed()
    return Opened(model, plan, ports, feed.row(0))


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
    elif reader is not None and reader.takes == "sequences":
        rank = 3
    else:
        rank = None if shape is None else len(shape)
    try:
        return [x] if np.ndim(x) + 1 == rank else x
    except ValueError:  # rows of different lengths
        return x


def _reading(name: str, port: Port, part: Any) -> Reading:
    vocabulary = None
    if port.preparation is not None:
        vocabulary = port.preparation.get_vocabulary()
    if not isinstance(part, Sequences):
        return Reading(name, None, part[0], None, vocabulary)
    layout = part.layout
    width = int(layout.width if layout.extents is None else layout.extents[0])
    present = np.zeros(width, bool)
    present[layout.times] = True
    if part.index is None:
        numbers = np.zeros((width, *part.values.shape[1:]), np.float32)
        numbers[layout.times] = part.values
        return Reading(name, None, numbers, present, vocabulary)
    assert part.head is not None
    ids = np.zeros(width, np.int32)
    ids[layout.times] = part.head.tokens[part.index]
    return Reading(name, ids, None, present, vocabulary)
