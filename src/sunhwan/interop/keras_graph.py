"""Keras's functional configs as our graphs: which call reads what.

    Keras 3   {"args": [tensor or [tensors], ...], "kwargs": {...}}, where a tensor is
              {"class_name": "__keras_tensor__", "config": {"keras_history": [layer, call, output]}}
    Keras 2   [[layer, call, output, kwargs], ...]
    ours      see `sunhwan.models.graph_config`

Keras 3 writes the masks that went along by themselves as operations (`NotEqual`, `Any`) and as
arguments `mask`. Those of `Embedding` and `Masking` go along here too, and are left out. To a
recurrent layer that is called with states Keras 3 passes no mask, so that such a call gets its
input by way of a layer that takes the mask off.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .keras_layers import RECURRENT, KerasLayer

Tensor = tuple[str, int, int]
_MERGING = (
    *("Concatenate", "Dot", "Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"),
)
_MASK_OPERATIONS = ("NotEqual", "Any")


@dataclass
class Masks:
    """The operations of a graph that make masks.

    Attributes:
        origins: of each operation, the tensor whose steps it looks at and what marks the absent.
        whole: of each operation, whether it looks at all features of a step.
        known: what layers of the graph mask by themselves, in the same words.
    """

    origins: dict[str, tuple[Tensor, float]] = field(default_factory=dict)
    whole: dict[str, bool] = field(default_factory=dict)
    known: set[tuple[Tensor, float, bool]] = field(default_factory=set)

    def read(self, forms: list[Any]) -> None:
        """Note the operations among a graph's layers, and the layers that mask."""
        for form in forms:
            kind, config = form.get("class_name"), form.get("config") or {}
            for node in form.get("inbound_nodes") or ():
                args = node.get("args") if isinstance(node, Mapping) else None
                if not args or not _is_tensor(args[0]):
                    continue
                source = _history(args[0])
                if kind == "NotEqual" and len(args) == 2 and isinstance(args[1], (int, float)):
                    self.origins[form["name"]] = source, float(args[1])
                    self.whole[form["name"]] = False
                elif kind == "Any" and source[0] in self.origins:
                    self.origins[form["name"]] = self.origins[source[0]]
                    self.whole[form["name"]] = True
                elif kind == "Embedding" and config.get("mask_zero"):
                    self.known.add((source, 0.0, False))
                elif kind == "Masking":
                    self.known.add((source, float(config.get("mask_value", 0.0)), True))

    def goes_along(self, mask: Any) -> bool:
        """Whether a mask that a call was given is one that goes along by itself."""
        if mask is None:
            return True
        if isinstance(mask, list):
            return all(self.goes_along(one) for one in mask)
        name = _history(mask)[0] if _is_tensor(mask) else ""
        return name in self.origins and (*self.origins[name], self.whole[name]) in self.known


def is_mask_operation(form: Mapping[str, Any]) -> bool:
    """Whether a form is of an operation that only makes a mask."""
    return form.get("class_name") in _MASK_OPERATIONS


def call_of(layer: KerasLayer, node: Any, masks: Masks) -> dict[str, Any]:
    """One call of a layer, in our words; its tensors still have Keras's numbers.

    Raises:
        ValueError: the call has an argument that is not known here.
    """
    where = f"layer {layer.name!r} ({layer.kind})"
    if isinstance(node, Mapping):
        args, kwargs = list(node.get("args") or ()), dict(node.get("kwargs") or {})
        kwargs.pop("training", None)  # which Keras 3 sets anew at each call of the model
    elif isinstance(node, list) and node:
        kwargs = dict(node[0][3]) if len(node[0]) > 3 else {}
        several = len(node) > 1 and layer.kind not in RECURRENT and layer.kind != "Bidirectional"
        args = [node] if several or layer.kind in _MERGING else list(node)
    else:
        raise ValueError(f"{where}: a call must be an object or a list, got {node!r}")
    if not args:
        raise ValueError(f"{where}: a call has no inputs")
    states = args[1:] + _as_list(kwargs.pop("initial_state", None))
    states = [state for one in states for state in _as_list(one)]
    if states and layer.kind not in (*RECURRENT, "Bidirectional"):
        raise ValueError(f"{where} is called with {len(args)} arguments, which is not known here")
    if not masks.goes_along(kwargs.pop("mask", None)):
        raise ValueError(f"{where}: a 'mask' passed to a call is not known here")
    training = kwargs.pop("training", None)
    for argument, value in kwargs.items():
        if value is not None:
            raise ValueError(f"{where}: argument {argument!r} of a call is not known here")
    listed = isinstance(args[0], list) and not _is_tensor(args[0])
    return {
        "inputs": [_history(one) for one in (args[0] if listed else args[:1])],
        "states": [_history(one) for one in states],
        "list": listed,
        "training": training,
    }


def loses_mask(call: Mapping[str, Any], node: Any, masks: Masks) -> bool:
    """Whether Keras computes a call without the mask that would go along with its input here."""
    if not isinstance(node, Mapping) or not masks.known:
        return False
    return bool(call["states"]) and (node.get("kwargs") or {}).get("mask") is None


def without_mask(name: str, call: dict[str, Any]) -> dict[str, Any]:
    """A layer of the name that takes the mask off a call's input; the call reads that instead."""
    (source,) = call["inputs"]
    call["inputs"] = [(name, 0, 0)]
    taken = {"inputs": [source], "states": [], "list": False, "training": None}
    config = {"padding": 0, "name": name}
    return {"class_name": "ZeroPadding1D", "config": config, "calls": [taken]}


def ends(value: Any) -> Any:
    """`input_layers` or `output_layers` in our words."""
    if isinstance(value, Mapping):
        return {"dict": {key: _history(one) for key, one in value.items()}}
    if _is_tensor(value):
        return _history(value)
    tensors = [_history(one) for one in value]
    return tensors[0] if len(tensors) == 1 else {"list": tensors}


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) and not _is_tensor(value) else [value]


def _is_tensor(value: Any) -> bool:
    """Whether a value stands for what a call gives."""
    if isinstance(value, Mapping):
        return value.get("class_name") == "__keras_tensor__"
    return isinstance(value, list) and len(value) > 2 and isinstance(value[0], str)


def _history(value: Any) -> Tensor:
    """The layer, the number of its call and that of the output."""
    if not _is_tensor(value):
        raise ValueError(f"what a layer gives must be told by layer and numbers, got {value!r}")
    if isinstance(value, Mapping):
        value = value["config"]["keras_history"]
    name, call, output = value[:3]
    return str(name), int(call), int(output)
