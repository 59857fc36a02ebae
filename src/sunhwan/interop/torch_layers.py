"""The weights of PyTorch's modules in our layers' layouts.

RNN, LSTM   weight_ih (G*H, I), weight_hh (G*H, H) -> kernel (I, G*H), recurrent (H, G*H);
            the two biases (G*H,) -> their sum; gates i, f, g, o are our i, f, c, o
GRU         likewise, gates r, z, n -> z, r, h; the two biases -> (2, 3*H)
Linear      weight (out, in) -> (in, out)
Conv1d      weight (out, in, taps) -> (taps, in, out), and so on in two dimensions
Embedding   as it is
LayerNorm, BatchNorm   weight, bias, running_mean, running_var: gamma, beta, mean, variance
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sunhwan import activations

from .torch_modules import Module

_GATES = {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}


def arrays_for(layer: Any, module: Module, channels: tuple[int, ...] | None) -> list[np.ndarray]:
    """A module's arrays as the weights of a layer, of whatever shapes they are.

    Args:
        layer: ours.
        module: PyTorch's.
        channels: for a Dense on flattened images or sequences that a convolution made, their shape
            `(..., C)`, since PyTorch flattens the channels first; else `None`.

    Raises:
        ValueError: the module is of another kind than the layer.
    """
    kind = type(layer).__name__
    if kind == "TimeDistributed":
        return arrays_for(layer.layer, module, channels)
    if kind == "Bidirectional":
        forward = _recurrent(layer.forward_layer, module, "")
        return [*forward, *_recurrent(layer.backward_layer, module, "_reverse")]
    if kind in _GATES:
        if any(key.endswith("_reverse") for key in module.arrays):
            raise ValueError("it goes both ways, for which Bidirectional is wanted")
        return _recurrent(layer, module, "")
    return _PLAIN[kind](layer, module, channels)


def check_layer(layer: Any) -> None:
    """Raise a `ValueError` where PyTorch has no module that computes what a layer does."""
    kind = type(layer).__name__
    if kind == "Bidirectional":
        if layer.merge_mode != "concat":
            raise ValueError(
                f"layer {layer.name!r}: PyTorch's modules concatenate the two ways, "
                f"got merge_mode={layer.merge_mode!r}"
            )
        for child in layer.children:
            check_layer(child)
    if kind == "GRU" and not layer.reset_after:
        raise ValueError(f"layer {layer.name!r}: PyTorch's GRU is one with reset_after=True")
    if kind in ("LSTM", "GRU"):
        names = [
            activations.serialize(getattr(layer, argument))
            for argument in ("activation", "recurrent_activation")
        ]
        if names != ["tanh", "sigmoid"]:
            raise ValueError(
                f"layer {layer.name!r}: PyTorch's {kind} computes with tanh and sigmoid, "
                f"got {names[0]} and {names[1]}"
            )


def _recurrent(layer: Any, module: Module, way: str) -> list[np.ndarray]:
    kind = type(layer).__name__
    keys = [f"{part}_{side}{way}" for part in ("weight", "bias") for side in ("ih", "hh")]
    if not layer.use_bias:
        keys = keys[:2]
    arrays = [_of(module, key) for key in keys]
    units, gates = arrays[1].shape[-1], _GATES[kind]
    if arrays[1].shape != (gates * units, units):
        raise ValueError(f"weight_hh{way} of shape {arrays[1].shape} is none of a {kind}")
    if kind == "GRU":
        arrays = [_update_first(array) for array in arrays]
    weights = [arrays[0].T, arrays[1].T]
    if layer.use_bias:
        if len({bias.shape for bias in arrays[2:]}) > 1:
            raise ValueError("its two biases must be of one shape")
        biases = np.stack(arrays[2:])
        weights.append(biases if kind == "GRU" else biases.sum(axis=0))
    elif f"bias_ih{way}" in module.arrays:
        raise ValueError("it has biases, but the layer has use_bias=False")
    return weights


def _update_first(array: np.ndarray) -> np.ndarray:
    """Gates r, z, n as z, r, n."""
    reset, update, new = np.split(array, 3)
    return np.concatenate([update, reset, new])


def _embedding(layer: Any, module: Module, channels: Any) -> list[np.ndarray]:
    return [_of(module, "weight")]


def _dense(layer: Any, module: Module, channels: tuple[int, ...] | None) -> list[np.ndarray]:
    weight = _of(module, "weight")
    if weight.ndim == 2 and channels is not None and weight.shape[1] == np.prod(channels):
        images = weight.reshape(len(weight), channels[-1], *channels[:-1])
        weight = np.moveaxis(images, 1, -1).reshape(weight.shape)
    return [weight.T, *_bias(layer, module)]


def _convolution(layer: Any, module: Module, channels: Any) -> list[np.ndarray]:
    weight = _of(module, "weight")
    axes = (*range(2, weight.ndim), *range(min(weight.ndim, 2))[::-1])
    return [weight.transpose(axes), *_bias(layer, module)]


def _norm(layer: Any, module: Module, channels: Any) -> list[np.ndarray]:
    return [
        _of(module, key) for key, own in (("weight", layer.scale), ("bias", layer.center)) if own
    ]


def _batch_norm(layer: Any, module: Module, channels: Any) -> list[np.ndarray]:
    averages = [_of(module, key) for key in ("running_mean", "running_var")]
    return [*_norm(layer, module, channels), *averages]


def _bias(layer: Any, module: Module) -> list[np.ndarray]:
    if not layer.use_bias and "bias" in module.arrays:
        raise ValueError("it has a bias, but the layer has use_bias=False")
    return [_of(module, "bias")] if layer.use_bias else []


def _of(module: Module, key: str) -> np.ndarray:
    if key not in module.arrays:
        raise ValueError(f"it has no {key!r}")
    return module.arrays[key]


_PLAIN: dict[str, Callable[[Any, Module, Any], list[np.ndarray]]] = {
    "Embedding": _embedding,
    "Dense": _dense,
    "Conv1D": _convolution,
    "Conv2D": _convolution,
    "LayerNormalization": _norm,
    "BatchNormalization": _batch_norm,
}

KINDS = frozenset((*_GATES, *_PLAIN, "Bidirectional", "TimeDistributed"))
