"""Keras's layers, as its configs tell of them, as ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sunhwan._engine.config import argument_names
from sunhwan._engine.custom_objects import find
from sunhwan._engine.registry import snake_case
from sunhwan.layers.registry import LAYERS

from .cudnn import gru_weights, lstm_weights
from .hard_sigmoid import hard_sigmoid_scales
from .keras_forms import check_origin, is_custom, translated

Conversion = Callable[[list[np.ndarray]], list[np.ndarray]]

RECURRENT = ("SimpleRNN", "LSTM", "GRU", "CuDNNLSTM", "CuDNNGRU")
ATTENTION = ("Attention", "AdditiveAttention", "MultiHeadAttention")
_WRAPPED = {
    "Bidirectional": {"layer": "forward_layer", "backward_layer": "backward_layer"},
    "TimeDistributed": {"layer": "layer"},
    "RNN": {"cell": "cell"},
}
_CUDNN: dict[str, tuple[str, Conversion]] = {
    "CuDNNLSTM": ("LSTM", lstm_weights),
    "CuDNNGRU": ("GRU", gru_weights),
}
_RENAMED = {"LeakyReLU": {"alpha": "negative_slope"}}  # arguments of Keras 2
_PROJECTIONS = ("query_dense", "key_dense", "value_dense", "output_dense")

# Arguments that we have not, with the values that change nothing; `ANY` where all do not.
ANY = object()
_WITHOUT_EFFECT: dict[str, tuple[Any, ...]] = {
    "activity_regularizer": (None,),
    "autocast": (ANY,),
    "batch_input_shape": (ANY,),  # the model's input shape
    "batch_size": (ANY,),
    "data_format": (None, "channels_last"),
    "dynamic": (False,),
    "fused": (ANY,),
    "groups": (1,),
    "implementation": (ANY,),
    "keepdims": (False,),
    "key_shape": (ANY,),
    "lora_alpha": (None,),
    "lora_rank": (None,),
    "noise_shape": (None,),
    "num_constants": (None,),
    "quantization_config": (None,),
    "query_shape": (ANY,),
    "ragged": (False,),
    "renorm": (False,),
    "renorm_clipping": (ANY,),
    "renorm_momentum": (ANY,),
    "reverse_state_order": (False,),
    "rms_scaling": (False,),
    "sparse": (False,),
    "sliding_window": (None,),
    "time_major": (False,),
    "use_gate": (False,),
    "value_shape": (ANY,),
    "virtual_batch_size": (None,),
    "vocabulary_size": (ANY,),
}


@dataclass
class KerasLayer:
    """A layer of a file.

    Attributes:
        kind: Keras's name of its class.
        name: its name in the file.
        form: the serialized form of ours.
        parts: the layers that it wraps, by their names in files' groups.
        layers: of a model, its layers; else `None`.
        causal: of an attention layer, whether all calls see no later steps, as Keras 2 had it.
        conversions: what its weights go through, in order.
    """

    kind: str
    name: str
    form: dict[str, Any]
    parts: dict[str, KerasLayer] = field(default_factory=dict)
    causal: bool = False
    conversions: list[Conversion] = field(default_factory=list)
    layers: list[KerasLayer] | None = None

    @property
    def converts(self) -> bool:
        """Whether its weights are others than the file's."""
        inner = [*self.parts.values(), *(self.layers or ())]
        return bool(self.conversions) or any(one.converts for one in inner)


def translate_layer(form: Any, generation: int) -> KerasLayer:
    """What a file says of a layer, as ours.

    Args:
        form: the serialized form.
        generation: 2 or 3, Keras's first number.

    Raises:
        ValueError: we have no such layer, or it has an argument that we have not.
    """
    from .keras_structure import translate_part

    if not isinstance(form, Mapping) or not isinstance(form.get("config"), Mapping):
        raise ValueError(f"a layer must be an object with 'class_name' and 'config', got {form!r}")
    kind, config = str(form.get("class_name")), dict(form["config"])
    name = str(config.get("name"))
    where = f"layer {name!r} ({kind})"
    check_origin(form, where)
    if ".ops" in str(form.get("module")):
        raise not_a_layer(name, kind)
    if is_custom(form):
        return KerasLayer(kind, name, _custom_form(form, config, where))
    ours, convert = _CUDNN.get(kind, (kind, None))
    if ours not in LAYERS.names():
        raise ValueError(f"{where}: there is no such layer here, and none among custom_objects")
    layer = KerasLayer(kind, name, {"class_name": ours}, conversions=[convert] if convert else [])
    if kind == "InputLayer":
        return _input(layer, config, where)
    config = _without_dtype(config, where)
    for argument, part in _WRAPPED.get(kind, {}).items():
        inner = config.get(argument) or config.get("layer")
        layer.parts[part] = translate_part(inner, generation)
        if config.get(argument) is not None:
            config[argument] = layer.parts[part].form
    if kind == "StackedRNNCells":
        config["cells"] = _cells(layer, config.get("cells"), generation)
    if kind == "MultiHeadAttention":
        hidden = "_" if generation == 2 else ""
        layer.parts = {
            f"{hidden}{part}": KerasLayer("EinsumDense", part, {}) for part in _PROJECTIONS
        }
    if kind in ATTENTION:
        layer.causal = bool(config.pop("causal", False))
    for old, now in _RENAMED.get(kind, {}).items():
        if old in config:
            config[now] = config.pop(old)
    done = {*_WRAPPED.get(kind, ()), "cells"}
    cls = LAYERS.lookup(ours)
    known = argument_names(getattr(cls, "layer_class", cls))  # a native cell has its layer's
    config = _arguments(config, known, where, done)
    if isinstance(config.get("vocabulary"), str):
        raise ValueError(f"{where}: argument 'vocabulary' names a file, which is not read")
    if ours in ("GRU", "GRUCell"):
        config.setdefault("reset_after", kind == "CuDNNGRU")
    if ours == "BatchNormalization" and isinstance(config.get("axis"), list):
        (config["axis"],) = config["axis"]
    if generation == 2:
        scale = hard_sigmoid_scales(ours, config, where)
        layer.conversions += [scale] if scale else []
    config["name"] = name.replace("/", "_")
    layer.form["config"] = config
    return layer


def not_a_layer(name: str, kind: str) -> ValueError:
    """The error for an operation on tensors."""
    return ValueError(
        f"layer {name!r} ({kind}) is an operation, not a layer; there is no such layer here"
    )


def _cells(layer: KerasLayer, forms: Any, generation: int) -> list[dict[str, Any]]:
    """The forms of stacked cells, which become the layer's parts."""
    if not isinstance(forms, list):
        raise ValueError(f"layer {layer.name!r}: 'cells' must be a list, got {forms!r}")
    seen: Counter[str] = Counter()
    for form in forms:
        cell = translate_layer(form, generation)
        name = snake_case(cell.kind)
        layer.parts[f"cells/{name}_{seen[name]}" if seen[name] else f"cells/{name}"] = cell
        seen[name] += 1
    return [cell.form for cell in layer.parts.values()]


def _input(layer: KerasLayer, config: dict[str, Any], where: str) -> KerasLayer:
    """The entrance of a graph."""
    shape = config.pop("batch_shape", None) or config.pop("batch_input_shape", None)
    ours = {"batch_shape": shape, "dtype": config.pop("dtype", None)}
    _arguments(config, ["name", "optional"], where, set())
    if config.get("optional"):
        raise ValueError(f"{where}: argument 'optional' is not known here, got True")
    layer.form["config"] = {**ours, "name": layer.name.replace("/", "_")}
    return layer


def _arguments(
    config: Mapping[str, Any], known: list[str], where: str, done: set[str]
) -> dict[str, Any]:
    """The arguments that ours takes; `ValueError` for one that it does not and that matters."""
    ours = {}
    for argument, value in config.items():
        place = f"{where}: argument {argument!r}"
        if argument in known:
            ours[argument] = value if argument in done else translated(value, place)
            continue
        harmless = _WITHOUT_EFFECT.get(argument, ())
        if ANY not in harmless and not any(value is one or value == one for one in harmless):
            raise ValueError(f"{place} is not known here, got {value!r}")
    return ours


def _without_dtype(config: dict[str, Any], where: str) -> dict[str, Any]:
    """The config without its dtype, which must be the one that we compute in."""
    dtype = config.pop("dtype", None)
    if isinstance(dtype, Mapping):
        inside = dtype.get("config")
        dtype = inside.get("name") if isinstance(inside, Mapping) else dtype
    if dtype not in (None, "float32", "string"):
        raise ValueError(f"{where}: argument 'dtype' must be 'float32', got {dtype!r}")
    return config


def _custom_form(form: Mapping[str, Any], config: dict[str, Any], where: str) -> dict[str, Any]:
    """The form of a layer of the user, whose own `from_config` reads its arguments."""
    name = form.get("registered_name")
    return {
        "class_name": form.get("class_name"),
        "config": _without_dtype(config, where),
        "registered_name": name if find(name) is not None else None,
    }
