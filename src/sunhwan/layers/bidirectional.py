"""Bidirectional: a recurrent layer forwards and one backwards over the same rows."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, final

import numpy as np

from sunhwan import _core
from sunhwan._engine.context import Context
from sunhwan._engine.form import ARRAY, Form
from sunhwan._engine.layout import Layout
from sunhwan._engine.sequences import Head, Sequences

from .layer import Layer, Shape
from .merge import MERGES, merge_backward, merge_forward
from .over_steps import OverSteps
from .registry import LAYERS, deserialize, serialize


@final
@LAYERS.register()
class Bidirectional(Layer):
    """Runs a recurrent layer over each row in both directions (Schuster and Paliwal, 1997).

        y[t] = merge(forward(x)[t], backward(x)[t])      with return_sequences
        y = merge(forward(x), backward(x))               the last output of each direction, else

    The layers are made anew from the config of the one given: `forward_layer`, `backward_layer`.
    The weights are the forward layer's, then the backward layer's. At masked steps both give zeros.

    Args:
        layer: a `SimpleRNN`, `LSTM`, `GRU` or `RNN`.
        merge_mode: `"concat"` (default), `"sum"`, `"mul"`, `"ave"`, or `None`: the two outputs as a
            list.
        weights: weights to begin with, the forward layer's, then the backward layer's.
        backward_layer: a recurrent layer of its own for the way back, with `go_backwards`; by
            default a copy of `layer`.
        kwargs: arguments of `Layer`, `name` and `input_shape` among them.

    Raises:
        ValueError: a layer is not recurrent, the merge mode is unknown, or the two layers do not
            go together.

    >>> import numpy as np
    >>> from sunhwan.layers import LSTM
    >>> layer = Bidirectional(LSTM(4, return_sequences=True))
    >>> layer(np.zeros((2, 3, 5))).shape, layer.count_params()
    ((2, 3, 8), 320)
    """

    takes = "sequences"

    def __init__(
        self,
        layer: Any,
        merge_mode: str | None = "concat",
        weights: Any = None,
        backward_layer: Any = None,
        **kwargs: Any,
    ) -> None:
        for argument, value in (("layer", layer), ("backward_layer", backward_layer)):
            if not isinstance(value, OverSteps) and (value is not None or argument == "layer"):
                raise ValueError(
                    f"{argument} must be a recurrent layer such as LSTM(32), got {value!r}"
                )
        if merge_mode not in MERGES:
            raise ValueError(f"merge_mode must be one of {MERGES}, got {merge_mode!r}")
        kwargs.setdefault("input_shape", layer.input_shape)
        super().__init__(**kwargs)
        self.merge_mode = merge_mode
        self.forward_layer = _copy(layer, "forward_")
        if backward_layer is None:
            backward_layer = _copy(layer, "backward_", go_backwards=True)
        self.backward_layer = backward_layer
        self._check_pair()
        self.return_sequences = layer.return_sequences
        self.return_state = layer.return_state
        self.stateful = layer.stateful
        for child in self.children:
            child.give_zeros(self.return_sequences)
        self._first_weights = weights

    def _check_pair(self) -> None:
        forward, backward = self.forward_layer, self.backward_layer
        if forward.go_backwards == backward.go_backwards:
            raise ValueError(
                "layer and backward_layer must differ in go_backwards, "
                f"got {forward.go_backwards} for both"
            )
        names = ["return_sequences", "return_state", "stateful"]
        if self.merge_mode not in (None, "concat"):
            names.append("output_size")
        for name in names:
            told = "units" if name == "output_size" else name
            values = getattr(forward, name), getattr(backward, name)
            if values[0] != values[1]:
                raise ValueError(
                    f"layer and backward_layer must have the same {told}, "
                    f"got {values[0]} and {values[1]}"
                )

    def get_config(self) -> dict[str, Any]:
        config = {
            name: getattr(self, name)
            for name in ("name", "trainable", "dtype", "input_shape", "merge_mode")
        }
        return {
            **config,
            "layer": serialize(self.forward_layer),
            "backward_layer": serialize(self.backward_layer),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Bidirectional:
        config = dict(config)
        for name in ("layer", "backward_layer"):
            if config.get(name) is not None:
                config[name] = deserialize(config[name])
        return cls(**config)

    @property
    def children(self) -> list[OverSteps]:
        return [self.forward_layer, self.backward_layer]

    @property
    def state_sizes(self) -> list[int]:
        """How many numbers each state of a row has, the forward layer's states first."""
        return [size for child in self.children for size in child.state_sizes]

    def build(self, input_shape: Shape) -> None:
        for child in self.children:
            child.ensure_built(input_shape)
            for variable in child.variables:
                variable.path = f"{self.name}/{variable.path}"
        if self._first_weights is not None:
            self.set_weights(self._first_weights)

    def compute_output_shape(self, input_shape: Shape) -> Any:
        outputs: list[Any] = []
        states: list[Any] = []
        for child in self.children:
            shapes = child.compute_output_shape(input_shape)
            outputs.append(shapes[0] if self.return_state else shapes)
            states += shapes[1:] if self.return_state else ()
        if self.merge_mode is not None:
            last = outputs[0][-1]
            merged = last + outputs[1][-1] if self.merge_mode == "concat" else last
            outputs = [(*outputs[0][:-1], merged)]
        shapes: Any = (*outputs, *states)
        return shapes if len(shapes) > 1 else shapes[0]

    @property
    def saved_floats(self) -> int:
        return sum(child.saved_floats + child.output_size for child in self.children)

    @property
    def least_rows(self) -> int:
        return max(child.least_rows for child in self.children)

    @property
    def supports_masking(self) -> bool:
        return True

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        mask = previous_mask if self.return_sequences else None
        return mask if self.merge_mode else [mask, mask]

    def keeps(self, training: bool) -> frozenset[str]:
        return self.forward_layer.keeps(training) & self.backward_layer.keeps(training)

    def replays(self, training: bool) -> bool:
        sizes = {child.output_size for child in self.children}
        alike = self.merge_mode != "concat" or len(sizes) == 1
        return alike and all(child.replays(training) for child in self.children)

    def output_form(self, form: Form) -> Form:
        return ARRAY if self.merge_mode is None else self.forward_layer.output_form(form)

    @property
    def keeps_steps(self) -> bool:
        return True

    def output_layout(self, layout: Layout) -> Layout:
        return self.forward_layer.aligned_layout(layout)

    def forward_head(self, head: Head | None, context: Context) -> Head | None:
        context.head_saved = children = [context.child(number) for number in range(2)]
        for child, own in zip(self.children, children, strict=True):
            own.layout, own.head, own.dhead = context.layout, context.head, context.dhead
            own.training, own.batch_rows = context.training, context.batch_rows
            child.forward_head(head, own)
        if context.layout is None or not context.layout.masked or not self.return_sequences:
            return None
        sizes = [child.output_size for child in self.children]
        width = sum(sizes) if self.merge_mode == "concat" else sizes[0]
        return Head(rows=context.zeros((1, width)))

    def backward_head(self, dhead: Head | None, context: Context) -> None:
        for child, own in zip(self.children, context.head_saved, strict=True):
            child.backward_head(None, own)

    def forward(self, x: Sequences, context: Context) -> Any:
        outputs, states = [], context.initial_states
        context.final_states = []
        for number, child in enumerate(self.children):
            own: Context = context.head_saved[number]
            own.rows, own.layout = context.rows, x.layout
            if states is not None:
                half = len(states) // 2
                own.initial_states = states[half:] if number else states[:half]
            outputs.append(child.forward_aligned(x, own))
            context.final_states += own.final_states
        context.saved = SimpleNamespace(outputs=outputs, layout=x.layout)
        if self.merge_mode is None:
            if self.return_sequences:
                outputs = [_dense(x.layout, output, context) for output in outputs]
            return outputs
        merged = merge_forward(self.merge_mode, outputs, context)
        return Sequences(self.output_layout(x.layout), merged) if self.return_sequences else merged

    def backward(self, dy: Any, context: Context) -> np.ndarray | None:
        saved = context.saved
        if self.merge_mode is not None:
            parts = merge_backward(self.merge_mode, saved.outputs, dy, context)
        elif self.return_sequences:
            parts = [_of_steps(saved.layout, part, context) for part in dy]
        else:
            parts = dy
        dx = None
        context.dinitial_states = []
        dstates = context.dfinal_states
        half = len(dstates or ()) // 2
        for number, own in enumerate(context.head_saved):
            own.dfinal_states = dstates and (dstates[half:] if number else dstates[:half])
        for child, part, own in zip(self.children, parts, context.head_saved, strict=True):
            dpart = child.backward_aligned(part, own)
            context.dinitial_states += own.dinitial_states
            if dx is None or dpart is None:
                dx = dpart
            else:
                _core.add_into(dx, dpart)
        return dx

    @property
    def states(self) -> list[np.ndarray] | None:
        """The states kept between batches, of both layers; `None` without."""
        kept = [child.states for child in self.children]
        return None if None in kept else [state for states in kept for state in states or ()]

    def reset_states(self) -> None:
        """Forget the states of the batch before."""
        for child in self.children:
            child.reset_states()

    reset_state = reset_states


def _copy(layer: OverSteps, prefix: str, **changes: Any) -> Any:
    """A layer of the same config and no weights yet."""
    name = prefix + layer.name.removeprefix(prefix)
    return layer.copied(name=name, **changes)


def _dense(layout: Layout, values: np.ndarray, context: Context) -> np.ndarray:
    """Values of own steps as an array `(N, T, H)`, zero where there are none."""
    dense = context.empty((layout.filled.steps, values.shape[1]))
    zero = context.zeros((layout.shared + 1, values.shape[1]))
    source = layout.with_absent("constant").filling
    _core.gather_rows(values, zero, source, dense)
    return dense.reshape(layout.rows, -1, values.shape[1])


def _of_steps(layout: Layout, dense: np.ndarray, context: Context) -> np.ndarray:
    """The gradients of own steps from those of `_dense`."""
    values = context.zeros((layout.steps, dense.shape[-1]))
    source = layout.with_absent("constant").filling
    _core.scatter_rows(dense.reshape(-1, dense.shape[-1]), source, values, None)
    return values
