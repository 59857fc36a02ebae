"""Tensors without numbers: what a layer gives when it is called on the shape of data to come."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from sunhwan._engine.symbolic_mask import SymbolicMask, check_mask, mask_after
from sunhwan._engine.unknown_length import UnknownLengthError

Shape = tuple["int | None", ...]

_counter = itertools.count()
_FEW = 32


class KerasTensor:
    """The output of a layer's call, known by its shape; made by `Input` and by calls on such.

    Args:
        shape: with the batch axis, `None` for an axis of any length.
        dtype: of the numbers to come.
        use: the call that gives it.
        index: which of the call's outputs it is.

    Attributes:
        mask: the one that goes along with it, where that is known.

    >>> import sunhwan as sh
    >>> x = sh.Input((None, 8))
    >>> sh.layers.LSTM(4)(x)
    <KerasTensor shape=(None, 4), dtype=float32, from layer 'lstm...'>
    """

    def __init__(self, shape: Shape, dtype: str, use: Use, index: int) -> None:
        self.shape = tuple(shape)
        self.dtype = dtype
        self.use = use
        self.index = index
        self.mask: SymbolicMask | None = None

    @property
    def name(self) -> str:
        """The name of the layer that gives it."""
        return self.use.layer.name

    @property
    def ndim(self) -> int:
        """Its number of axes."""
        return len(self.shape)

    def __repr__(self) -> str:
        return f"<KerasTensor shape={self.shape}, dtype={self.dtype}, from layer {self.name!r}>"

    def _no_numbers(self, *_: Any) -> Any:
        raise TypeError(
            f"{self!r} holds no numbers: use layers on it, such as layers.Add, and a Model for data"
        )

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __getitem__ = _no_numbers
    __truediv__ = __matmul__ = __neg__ = __len__ = __iter__ = __array__ = __float__ = _no_numbers


class _WhileTraining:
    """Stands for `training` where a `call` is traced: whether it is will be told to the layers."""

    def __bool__(self) -> bool:
        raise TypeError(
            "call must not ask whether it is training: it is traced once. Pass `training` on, or "
            "leave it out: layers such as Dropout know by themselves"
        )

    def __repr__(self) -> str:
        return "training"


WHILE_TRAINING = _WhileTraining()


class Use:
    """One call of a layer or model on symbolic tensors.

    Args:
        layer: what was called.
        inputs, states: on what, and with which initial states.
        joins: whether the inputs came as a list.
        training: whether dropout and the like are on, where the call fixed that.
        options: what the layer was told in this call besides.

    Attributes:
        number: later calls have higher ones.
        outputs: what it gave: outputs, then states.
    """

    def __init__(
        self,
        layer: Any,
        inputs: list[KerasTensor],
        states: list[KerasTensor] | None = None,
        joins: bool = False,
        training: bool | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self.options = dict(options or {})
        self.layer, self.inputs, self.states = layer, inputs, states or []
        self.joins, self.training = joins, None if training is WHILE_TRAINING else training
        self.number = next(_counter)
        self.outputs: list[KerasTensor] = []

    def give(self, shapes: Any, dtype: str = "float32") -> list[KerasTensor]:
        """Make the outputs of these shapes."""
        self.outputs = [KerasTensor(shape, dtype, self, i) for i, shape in enumerate(shapes)]
        self.layer.uses.append(self)
        return self.outputs


def is_symbolic(values: Any) -> bool:
    """Whether `values` is a symbolic tensor, or has one in its lists and dictionaries."""
    if isinstance(values, KerasTensor):
        return True
    if isinstance(values, Mapping):
        return any(map(is_symbolic, values.values()))
    if not isinstance(values, (list, tuple)):
        return False
    few = (list, tuple, Mapping)  # longer lists in lists are rows of data
    return any(
        isinstance(value, KerasTensor)
        or (isinstance(value, few) and len(value) <= _FEW and is_symbolic(value))
        for value in values
    )


def call_layer_symbolically(
    layer: Any,
    inputs: Any,
    mask: Any = None,
    training: bool | None = None,
    states: Any = None,
    options: Mapping[str, Any] | None = None,
) -> Any:
    """What `layer(inputs, ...)` gives for symbolic `inputs`.

    Raises:
        ValueError: the layer cannot take them; the message names the layer and the shapes.
    """
    joins = isinstance(inputs, (list, tuple))
    tensors = list(inputs) if joins else [inputs]
    states = _as_list(states)
    if joins and not layer.joins:
        if hasattr(layer, "reset_states") and not states:
            states = tensors[1:]  # Keras's `layer([x, *states])`
            del tensors[1:]
        if len(tensors) != 1:
            raise ValueError(f"layer {layer.name!r} takes one input, got a list of {len(tensors)}")
        joins = False
    elif layer.joins and not joins:
        raise ValueError(f"layer {layer.name!r} takes a list of inputs, got one")
    for tensor in (*tensors, *states):
        if not isinstance(tensor, KerasTensor):
            raise ValueError(
                f"layer {layer.name!r} was called on symbolic tensors and on a "
                f"{type(tensor).__name__} at once: numbers come into a graph by an Input, and with "
                "the data"
            )
    if mask is not None:
        check_mask(layer, mask, tensors)
    _check_states(layer, states)
    shapes = [tensor.shape for tensor in tensors]
    shape: Any = shapes if joins else shapes[0]
    check_built(layer, shape)
    try:
        layer.ensure_built(shape)
    except UnknownLengthError as error:
        raise ValueError(f"{error}; give Input a shape without None there") from None
    given = layer.shapes_with(shape, options) if options else layer.compute_output_shape(shape)
    several = bool(given) and isinstance(given[0], (tuple, list))
    use = Use(layer, tensors, states, joins, training, options)
    dtype = "int32" if getattr(layer, "prepares", False) else "float32"
    outputs = use.give(given if several else [given], dtype)
    outputs[0].mask = mask_after(layer, tensors)
    return outputs if several else outputs[0]


def _as_list(states: Any) -> list[Any]:
    if states is None:
        return []
    return list(states) if isinstance(states, (list, tuple)) else [states]


def _check_states(layer: Any, states: list[KerasTensor]) -> None:
    if not states:
        return
    if not hasattr(layer, "state_sizes"):
        raise ValueError(f"layer {layer.name!r} takes no initial_state, got one")
    given = [state.shape[1:] for state in states]
    expected = [(size,) for size in layer.state_sizes]
    if given != expected:
        raise ValueError(
            f"initial_state of layer {layer.name!r} must have shapes "
            f"{[(None, *shape) for shape in expected]}, got {[state.shape for state in states]}"
        )


def check_built(layer: Any, shape: Any) -> None:
    """Check that a layer with weights is called on features of the number it was built for."""
    built = layer.build_shape
    if built is None or not layer.variables or getattr(layer, "reads_ids", False):
        return
    if layer.joins:
        same = layer.is_built_for(shape)
    else:
        same = len(built) == len(shape) and (not built or built[-1] in (None, shape[-1]))
    if not same:
        raise ValueError(f"layer {layer.name!r} was built for inputs of shape {built}, got {shape}")
