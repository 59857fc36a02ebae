"""TimeDistributed: a layer applied to every step alone."""

from __future__ import annotations

from typing import Any, Literal, final

import numpy as np

from sunhwan._engine.context import Context
from sunhwan._engine.form import ARRAY, Form
from sunhwan._engine.layout import Layout
from sunhwan._engine.plan import chain
from sunhwan._engine.seeds import derive
from sunhwan._engine.sequences import Head, Sequences
from sunhwan._engine.wiring import Wiring

from .layer import Layer, Shape
from .registry import LAYERS, deserialize, serialize


@final
@LAYERS.register()
class TimeDistributed(Layer):
    """Applies one layer or model, with the same weights, to every step of every row.

        y[n, t] = layer(x[n, t])

    Inputs `(rows, steps, *features)` give `(rows, steps, *output)`. A mask goes through: what a
    masked step holds does not matter to layers that skip it. A layer that looks at the whole
    batch, such as `BatchNormalization`, sees the steps of all rows as one batch.

    Args:
        layer: a layer, or a model of one input and output, which takes inputs
            `(rows, *features)`.
        kwargs: arguments of `Layer`, `name` and `input_shape` among them.

    Raises:
        ValueError: `layer` is none, or takes ids or texts; or the input has less than three axes.

    >>> import numpy as np
    >>> from sunhwan.layers import LSTM
    >>> TimeDistributed(LSTM(4))(np.zeros((2, 3, 5, 6))).shape
    (2, 3, 4)
    """

    def __init__(self, layer: Any, **kwargs: Any) -> None:
        if not isinstance(layer, Layer):
            raise ValueError(f"layer must be a layer such as Dense(32), got {layer!r}")
        if hasattr(layer, "reads_ids") or hasattr(layer, "prepares"):
            raise ValueError(f"layer must take numbers, not ids or texts, got {layer!r}")
        if len(getattr(layer, "output_names", "1")) > 1 or layer.joins:
            raise ValueError(f"layer must have one input and one output, got {layer!r}")
        super().__init__(**kwargs)
        self.layer = layer

    def get_config(self) -> dict[str, Any]:
        names = ("name", "trainable", "dtype", "input_shape")
        return {name: getattr(self, name) for name in names} | {"layer": serialize(self.layer)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> TimeDistributed:
        return cls(**{**config, "layer": deserialize(config["layer"])})

    @property
    def takes(self) -> Literal["steps", "sequences"]:
        return "steps" if self._alike else "sequences"

    @property
    def _alike(self) -> bool:
        """Whether the layer treats every step alike anyway, and does all itself."""
        return self.layer.takes == "steps"

    @property
    def couples_rows(self) -> bool:
        return self.layer.couples_rows

    @property
    def children(self) -> list[Layer]:
        return [self.layer]

    def build(self, input_shape: Shape) -> None:
        self.layer.ensure_built(self._child_shape(input_shape))
        for port in getattr(self.layer, "ports", ()):
            if port.preparation is not None or hasattr(port.reader, "reads_ids"):
                raise ValueError(
                    f"layer {self.name!r} needs a model of numbers, not of ids or texts, got "
                    f"{self.layer!r}"
                )
        for variable in self.layer.variables:
            variable.path = f"{self.name}/{variable.path}"

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        rows, *output = self.layer.compute_output_shape(self._child_shape(input_shape))
        return (rows, input_shape[1], *output)

    def _child_shape(self, input_shape: Shape) -> Shape:
        if len(input_shape) < 3:
            raise ValueError(
                f"layer {self.name!r} needs an input of at least three axes, "
                f"(rows, steps, *features), got shape {tuple(input_shape)}"
            )
        return (input_shape[0], *input_shape[2:])

    @property
    def saved_floats(self) -> int:
        shape = self.layer.build_shape or ()
        inner = shape[1] if len(shape) > 2 else 1
        return self.layer.saved_floats * (inner or 1)

    @property
    def supports_masking(self) -> bool:
        return True

    def keeps(self, training: bool) -> frozenset[str]:
        return self.layer.keeps(training) if self._alike else frozenset({"mask"})

    def output_form(self, form: Form) -> Form:
        return form

    @property
    def keeps_steps(self) -> bool:
        return True

    def output_layout(self, layout: Layout) -> Layout:
        return layout

    def forward_head(self, head: Head | None, context: Context) -> Head | None:
        if self._alike:
            return self.layer.forward_head(head, context)
        context.head_saved = None
        if head is None or head.rows is None:
            return None
        run = context.head_saved = _Run(self.layer, context)
        return Head(rows=run.forward(head.rows, -1 - np.arange(len(head.rows))))

    def backward_head(self, dhead: Head | None, context: Context) -> None:
        if self._alike:
            self.layer.backward_head(dhead, context)
        elif context.head_saved is not None and dhead is not None:
            drows = context.head_saved.backward(dhead.rows)
            if context.dhead is not None and drows is not None:
                context.dhead.rows += drows

    def forward(self, x: Any, context: Context) -> Any:
        if self._alike:
            return self.layer.forward(x, context)
        assert isinstance(x, Sequences)
        assert x.values is not None
        context.saved = run = _Run(self.layer, context)
        places = x.layout.step_rows * x.layout.width + x.layout.times
        return Sequences(x.layout, run.forward(x.values, places))

    def backward(self, dy: np.ndarray, context: Context) -> np.ndarray | None:
        return self.layer.backward(dy, context) if self._alike else context.saved.backward(dy)


class _Run:
    """A layer or model on steps as rows, with the adapters that it needs.

    Args:
        layer: the layer.
        context: of the node; each use of it is a run of its own.
    """

    def __init__(self, layer: Any, context: Context) -> None:
        plan = layer.computed()[0] if hasattr(layer, "plan") else chain([layer])
        forms = [ARRAY] * plan.inputs  # one for each way in which a model reads its input
        wiring = Wiring(
            plan,
            forms,
            context.arena,
            context.training,
            context.differentiable,
            context.wants_dx,
        )
        self._inputs = [wiring.edges[number] for number in range(plan.inputs)]
        (output,) = plan.outputs
        self._output = wiring.as_array(wiring.edges[output], len(plan.calls))
        self._nodes, self._context = wiring.nodes, context

    def forward(self, values: np.ndarray, places: np.ndarray) -> np.ndarray:
        """The outputs `(R, ...)`; `places (R,)` int64 number the steps, for random numbers."""
        step, key = self._context.step, self._context.key
        places = places.astype(np.int64)
        for edge in self._inputs:
            edge.value = values
        for node in self._nodes:
            node.lay_out()
            node.begin(len(values), step, derive(key, node.number))
            node.forward(places)
        return self._output.value

    def backward(self, dy: np.ndarray) -> Any:
        """The gradient of the values, `None` unless wanted."""
        arena = self._context.arena
        self._output.add(dy, arena.empty)
        for node in reversed(self._nodes):
            if node.wanted:
                node.backward(arena)
                node.end()
        first, *others = self._inputs
        for edge in others:
            first.add(edge.take_gradient(), arena.empty)
        return first.take_gradient()
