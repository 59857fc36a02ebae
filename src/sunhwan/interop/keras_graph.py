"""Keras's functional configs as our graphs: which call reads what.

    Keras 3   {"args": [tensor or [tensors], ...], "kwargs": {...}}
    Keras 2   [[layer, call, output, kwargs], ...]
    ours      see `sunhwan.models.graph_config`

To a recurrent layer that is called with states Keras 3 passes no mask, so that such a call gets its
input by way of a layer that takes the mask off.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .keras_layers import ATTENTION, RECURRENT, KerasLayer
from .keras_masks import Masks
from .keras_tensors import Tensor, as_list, history, is_tensor

_MERGING = (
    *("Concatenate", "Dot", "Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"),
)


def call_of(layer: KerasLayer, node: Any, masks: Masks) -> dict[str, Any]:
    """One call of a layer, in our words; its tensors still have Keras's numbers.

    Raises:
        ValueError: the call has an argument that is not known here.
    """
    where = f"layer {layer.name!r} ({layer.kind})"
    args, kwargs = _given(layer, node, where)
    options = _attention(layer, args, kwargs) if layer.kind in ATTENTION else {}
    if not args:
        raise ValueError(f"{where}: a call has no inputs")
    states = args[1:] + as_list(kwargs.pop("initial_state", None))
    states = [state for one in states for state in as_list(one)]
    if states and layer.kind not in (*RECURRENT, "Bidirectional"):
        raise ValueError(f"{where} is called with {len(args)} arguments, which is not known here")
    for argument in ("mask", "query_mask", "value_mask", "key_mask"):
        if not masks.goes_along(kwargs.pop(argument, None)):
            raise ValueError(f"{where}: a {argument!r} passed to a call is not known here")
    training = kwargs.pop("training", None)
    for argument, value in kwargs.items():
        if value is not None:
            raise ValueError(f"{where}: argument {argument!r} of a call is not known here")
    listed = isinstance(args[0], list) and not is_tensor(args[0])
    return {
        "inputs": [history(one) for one in (args[0] if listed else args[:1])],
        "states": [history(one) for one in states],
        "list": listed,
        "training": training,
        "options": options,
    }


def _given(layer: KerasLayer, node: Any, where: str) -> tuple[list[Any], dict[str, Any]]:
    """The arguments of a call, by place and by name."""
    if isinstance(node, Mapping):
        args, kwargs = list(node.get("args") or ()), dict(node.get("kwargs") or {})
        kwargs.pop("training", None)  # which Keras 3 sets anew at each call of the model
        return args, kwargs
    if not isinstance(node, list) or not node:
        raise ValueError(f"{where}: a call must be an object or a list, got {node!r}")
    kwargs = dict(node[0][3]) if len(node[0]) > 3 else {}
    several = len(node) > 1 and layer.kind not in RECURRENT and layer.kind != "Bidirectional"
    return [node] if several or layer.kind in _MERGING else list(node), kwargs


def _attention(layer: KerasLayer, args: list[Any], kwargs: dict[str, Any]) -> dict[str, bool]:
    """What an attention layer is told in a call; its inputs become one list, in `args`."""
    named = [kwargs.pop(name, None) for name in ("inputs", "query", "value", "key")]
    inputs = [*args, *(one for one in named if one is not None)]
    told = {
        "scores": bool(kwargs.pop("return_attention_scores", False)),
        "causal": bool(kwargs.pop("use_causal_mask", False)) or layer.causal,
    }
    if layer.kind == "MultiHeadAttention" and is_tensor(kwargs.get("attention_mask")):
        told["mask"] = True
        inputs = [*[*inputs, *inputs[1:2]][:3], kwargs.pop("attention_mask")]
    args[:] = [inputs[0] if len(inputs) == 1 else inputs]
    return told


def loses_mask(call: Mapping[str, Any], node: Any, masks: Masks) -> bool:
    """Whether Keras computes a call without the mask that would go along with its input here."""
    if not isinstance(node, Mapping) or not masks.known:
        return False
    return bool(call["states"]) and (node.get("kwargs") or {}).get("mask") is None


def without_mask(name: str, call: dict[str, Any]) -> dict[str, Any]:
    """A layer of the name that takes the mask off a call's input; the call reads that instead."""
    (source,) = call["inputs"]
    call["inputs"] = [(name, 0, 0)]
    taken = {"inputs": [source], "states": [], "list": False, "training": None, "options": {}}
    config = {"padding": 0, "name": name}
    return {"class_name": "ZeroPadding1D", "config": config, "calls": [taken]}


def ends(value: Any, placed: Callable[[Tensor], Any]) -> Any:
    """`input_layers` or `output_layers` in our words; `placed` gives each tensor's place."""
    if isinstance(value, list) and len(value) == 1:
        return ends(value[0], placed)
    return _end(value, placed)


def _end(value: Any, placed: Callable[[Tensor], Any]) -> Any:
    if isinstance(value, list) and not is_tensor(value):
        return {"list": [_end(one, placed) for one in value]}
    if isinstance(value, Mapping) and not is_tensor(value):
        return {"dict": {key: _end(one, placed) for key, one in value.items()}}
    return placed(history(value))
