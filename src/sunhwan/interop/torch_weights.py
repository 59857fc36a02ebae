"""The weights of PyTorch's modules into a model of ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sunhwan._engine.finite_weights import warn_unless_finite
from sunhwan.models.weights import Weights

from .torch_layers import KINDS, arrays_for, check_layer
from .torch_modules import Module, modules_in, read_state


def load_torch(model: Any, state: Any, names: Sequence[str] | None = None) -> None:
    """Read the weights of PyTorch modules into a model of the same layers; PyTorch is not needed.

    `nn.RNN`, `nn.LSTM` and `nn.GRU` (stacked, in both ways, with and without biases),
    `nn.Embedding`, `nn.Linear`, `nn.Conv1d`, `nn.Conv2d`, `nn.LayerNorm`, `nn.BatchNorm1d` and
    `nn.BatchNorm2d` fill `SimpleRNN`, `LSTM`, `GRU`, `Bidirectional`, `Embedding`, `Dense`,
    `Conv1D`, `Conv2D`, `LayerNormalization` and `BatchNormalization`, also inside
    `TimeDistributed`, and in models within the model. Each layer of a stack is a layer of its own
    here. Gates and biases are brought into our layout. Of NaN and infinities among the weights a
    warning tells.

    A state dict does not say in which order its modules are used. Each layer of the model takes the
    first module that is left and fits by kind and shape. Files do not keep the modules' order, so
    where two of theirs fit one layer, `names` must say which comes first.

    Args:
        model: a built model; layers of a model in it count where that model stands.
        state: a state dict (key -> tensor or array), or the path of a `.safetensors` file. Files of
            `torch.save` are pickles and are not opened.
        names: the modules in the model's order, such as `["embedding", "lstm", "fc"]`.

    Raises:
        FileNotFoundError: there is no such file.
        TypeError: `model` is no model, or `state` is neither a dict nor a path.
        ValueError: a layer finds no module, or more than one; a module is left; the model is not
            built. The message names keys, layers and shapes. The model is then as it was.

    >>> import numpy as np
    >>> import sunhwan as sh
    >>> model = sh.Sequential([sh.layers.Input((2,)), sh.layers.Dense(1)])
    >>> load_torch(model, {"fc.weight": np.array([[3.0, 4.0]]), "fc.bias": np.array([0.5])})
    >>> model.predict(np.array([[1.0, 1.0]]), verbose=0)
    array([[7.5]], dtype=float32)
    """
    if not isinstance(model, Weights):
        raise TypeError(f"model must be a model, got {model!r}")
    model._require_built("load_torch")
    arrays, ordered = read_state(state)
    left = modules_in(arrays)
    if names is not None:
        left, ordered = _sorted(left, names), True
    elif not ordered:
        left, ordered = _numbered(left)
    plan, layers = [], _leaves(model)
    for place, layer in enumerate(layers):
        if not layer.variables:
            continue
        if type(layer).__name__ not in KINDS:
            raise ValueError(f"layer {layer.name!r} has weights that no module of PyTorch has")
        check_layer(layer.layer if type(layer).__name__ == "TimeDistributed" else layer)
        channels = _channels(layers[:place])
        module, weights = _choose(layer, left, channels, ordered, names is not None)
        left.remove(module)
        plan.append((layer, module, weights))
    if left:
        raise ValueError(f"no layer of model {model.name!r} takes " + " or ".join(map(str, left)))
    for layer, _, weights in plan:
        layer.set_weights(weights)
    warn_unless_finite(
        (variable, f"of module {module.name!r}")
        for layer, module, _ in plan
        for variable in layer.variables
    )


def _choose(
    layer: Any, left: list[Module], channels: Any, ordered: bool, strict: bool
) -> tuple[Module, list[np.ndarray]]:
    """The module that a layer takes, with its arrays in the layer's layout."""
    fitting, reasons = [], []
    lowest = {module.name: module for module in reversed(left)}  # of each stack
    for module in list(lowest.values())[::-1]:
        try:
            fitting.append((module, _fitted(layer, module, channels)))
        except ValueError as error:
            reasons.append(f"{module}: {error}")
        if strict:
            break
    if not fitting:
        tried = "; ".join(reasons) or "no module is left"
        raise ValueError(f"layer {layer.name!r} finds no module that fits: {tried}")
    if len(fitting) > 1 and not ordered:
        found = " and ".join(repr(module.name) for module, _ in fitting)
        raise ValueError(
            f"layer {layer.name!r} could take {found}: pass names=[...], all modules in the order "
            "of the model"
        )
    return fitting[0]


def _fitted(layer: Any, module: Module, channels: Any) -> list[np.ndarray]:
    with np.errstate(invalid="ignore"):  # of infinities the user is told when they are read
        weights = arrays_for(layer, module, channels)
    wanted = [variable.shape for variable in layer.variables]
    given = [array.shape for array in weights]
    if wanted != given:
        raise ValueError(f"the layer's weights have the shapes {wanted}, these would have {given}")
    return weights


def _sorted(modules: list[Module], names: Sequence[str]) -> list[Module]:
    known = {module.name for module in modules}
    if isinstance(names, str) or set(names) != known or len(set(names)) < len(names):
        raise ValueError(f"names must be all of {sorted(known)} in order, got {names!r}")
    return sorted(modules, key=lambda module: (list(names).index(module.name), module.level or 0))


def _numbered(modules: list[Module]) -> tuple[list[Module], bool]:
    """Modules of an `nn.Sequential` by their numbers, and whether all are of one."""
    heads = {module.name.rpartition(".")[0] for module in modules}
    tails = [module.name.rpartition(".")[2] for module in modules]
    if len(heads) != 1 or not all(tail.isdecimal() for tail in tails):
        return modules, False
    number = [int(tail) for tail in tails]
    return [modules[i] for i in sorted(range(len(number)), key=number.__getitem__)], True


def _leaves(model: Any) -> list[Any]:
    """The layers of a model, and in place of the models among them, also in wrappers, theirs."""
    found: dict[int, Any] = {}
    for layer in model.layers:
        inner = layer.layer if type(layer).__name__ == "TimeDistributed" else layer
        leaves = _leaves(inner) if hasattr(inner, "layers") else [layer]
        found |= {id(leaf): leaf for leaf in leaves}
    return list(found.values())


def _channels(before: list[Any]) -> tuple[int, ...] | None:
    """What a Flatten as the last of these layers flattens, if a convolution made it."""
    if not before or type(before[-1]).__name__ != "Flatten":
        return None
    kinds = [type(layer).__name__ for layer in before if layer.variables]
    kinds = [kind for kind in kinds if kind != "BatchNormalization"]
    if not kinds or kinds[-1] not in ("Conv1D", "Conv2D"):
        return None
    shape = before[-1].build_shape[1:]
    return None if None in shape else tuple(shape)
