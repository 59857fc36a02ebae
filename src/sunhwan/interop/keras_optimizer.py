"""Keras's optimizers and their state, as ours."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sunhwan._engine.config import argument_names
from sunhwan.optimizers.optimizer import OPTIMIZERS, Optimizer

from .keras_file import KerasFile
from .keras_forms import check_origin, is_custom, translated

if TYPE_CHECKING:
    from sunhwan.models.model import Model

_IGNORED = ("jit_compile", "is_legacy_optimizer")
_NADAM_DECAY = 0.004  # of Keras 2's Nadam, the only one that is known

# Arrays of these lie side by side for each weight; others come weight after weight.
_SIDE_BY_SIDE = (
    ["momentum", "velocity"],
    ["accumulated_grad", "accumulated_delta_var"],
    ["momentum", "norm"],
)


def optimizer_of(form: Any) -> tuple[Optimizer, bool]:
    """The optimizer that a form describes, and whether it is one of Keras before 2.11.

    Raises:
        ValueError: there is no such optimizer, or it has an argument that we have not.
    """
    if isinstance(form, str):
        return OPTIMIZERS.get(form), False
    if not isinstance(form, Mapping) or not isinstance(form.get("config"), Mapping):
        raise ValueError(f"an optimizer must be an object with 'class_name', got {form!r}")
    name = str(form.get("class_name"))
    form = {**form, "class_name": name.removeprefix("Custom>")}
    where = f"optimizer {name!r}"
    check_origin({**form, "registered_name": None}, where)
    cls = OPTIMIZERS.lookup(form["class_name"])
    config = dict(form["config"])
    legacy = "decay" in config or "lr" in config
    if "lr" in config:
        config["learning_rate"] = config.pop("lr")
    if decay := config.pop("decay", 0.0):
        config["learning_rate"] = _decaying(config.get("learning_rate"), decay)
    if config.get("schedule_decay") == _NADAM_DECAY:
        del config["schedule_decay"]
    arguments = {}
    for argument, value in config.items():
        if inspect.isclass(cls) and not is_custom(form) and argument not in argument_names(cls):
            if value is None or argument in _IGNORED:
                continue
            raise ValueError(f"{where}: argument {argument!r} is not known here, got {value!r}")
        arguments[argument] = translated(value, f"{where}: argument {argument!r}")
    return OPTIMIZERS.get({"class_name": form["class_name"], "config": arguments}), legacy


def _decaying(rate: Any, decay: float) -> Any:
    """The schedule of the old argument `decay`: `rate / (1 + decay * step)`."""
    config = {"initial_learning_rate": rate, "decay_steps": 1, "decay_rate": decay}
    return {"class_name": "InverseTimeDecay", "config": config}


def restore_state(model: Model, file: KerasFile, layers: Sequence[Any], legacy: bool) -> None:
    """Give a compiled model's optimizer the state in the file, if there is one.

    Raises:
        ValueError: the arrays are not those of this optimizer on these weights.
    """
    arrays = _arrays(file)
    if not arrays:
        return
    steps = int(arrays[0])
    arrays = [array for array in arrays if array.ndim]
    optimizer, ranges = model.optimizer, model.stepper().block.ranges
    optimizer.build(ranges)
    own = {id(entry.variable): entry for entry in ranges if entry.trainable}
    variables = [variable for layer in layers for variable in layer.variables]
    trained = [own[id(variable)] for variable in variables if id(variable) in own]
    places = [
        (slot, entry)
        for together in _passes(list(optimizer.slots), legacy)
        for entry in trained
        for slot in together
    ]
    while len(arrays) > len(places) and arrays[-1].shape == (1,):
        arrays.pop()  # old Adam without amsgrad keeps one zero for each weight
    slots = {name: slot.copy() for name, slot in optimizer.slots.items()}
    if places and len(places) != len(arrays):
        raise ValueError(
            f"the state of {optimizer.name!r} must have {len(places)} arrays, got {len(arrays)}"
        )
    for (slot, entry), array in zip(places, arrays, strict=False):
        if array.shape != entry.variable.shape:
            raise ValueError(
                f"{slot!r} of weight {entry.name!r} must have the shape {entry.variable.shape}, "
                f"got {array.shape}"
            )
        slots[slot][entry.start : entry.stop] = array.ravel()
    optimizer.restore(ranges, slots, {**optimizer.state_numbers(), "calls": steps})


def _arrays(file: KerasFile) -> list[np.ndarray]:
    """The optimizer's arrays in the file's order; the first counts its steps."""
    store = file.store
    if store.has("optimizer/vars"):
        count = len(store.names("optimizer/vars"))
        return [store.array(f"optimizer/vars/{number}") for number in range(count)]
    if not store.has("optimizer_weights"):
        return []
    names = store.texts("optimizer_weights", "weight_names") or []
    return [store.array(f"optimizer_weights/{name}") for name in names]


def _passes(slots: Sequence[str], legacy: bool) -> list[list[str]]:
    """In which groups the slots go over the weights, in order."""
    first = [name for name in ("average", "accumulated_gradient") if name in slots]
    own = [name for name in slots if name not in first]
    if legacy or own[:2] not in _SIDE_BY_SIDE:
        return [[name] for name in [*first, *own]]
    return [*[[name] for name in first], own[:2], *[[name] for name in own[2:]]]
