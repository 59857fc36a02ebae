"""All of a model that training changes: taken out, and put back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .model import Model


def training_state(model: Model) -> dict[str, Any]:
    """Weights, optimizer, seed and the states of stateful layers, as plain data.

    The arrays are those of the model, not copies.
    """
    optimizer: Any = model.optimizer
    return {
        "weights": [variable.value for variable in model.variables],
        "trainable": [variable.trainable for variable in model.variables],
        "seed": model._seed,
        "slots": dict(optimizer.slots),
        "optimizer": {"built": optimizer.built, **optimizer.state_numbers()},
        "learning_rate": _rate(optimizer),
        "states": [layer.states for layer in _stateful(model)],
    }


def restore_training(model: Model, state: dict[str, Any]) -> None:
    """Put a state back into a compiled and built model of the same layers.

    Raises:
        ValueError: the state is that of other weights or of another optimizer.
    """
    optimizer: Any = model.optimizer
    if model._seed != state["seed"]:
        model._seed = state["seed"]
        model._forget_compiled_steps()
    model.set_weights(state["weights"])
    for variable, trainable in zip(model.variables, state["trainable"], strict=True):
        variable.trainable = trainable
    if state["optimizer"]["built"]:
        optimizer.restore(model.stepper().block.ranges, state["slots"], state["optimizer"])
    if state["learning_rate"] is not None and _rate(optimizer) is not None:
        optimizer.learning_rate = state["learning_rate"]
    for layer, states in zip(_stateful(model), state["states"], strict=True):
        layer.states = None if states is None else [array.copy() for array in states]


def _rate(optimizer: Any) -> float | None:
    """The learning rate where it is a number."""
    rate = optimizer._learning_rate
    return None if callable(rate) else float(rate)


def _stateful(model: Any) -> list[Any]:
    """The layers that keep states of their own between batches, wherever they are nested."""
    found: dict[int, Any] = {}

    def look(thing: Any) -> None:
        if "states" in vars(thing):
            found[id(thing)] = thing
        for child in thing.children:
            look(child)

    look(model)
    return list(found.values())
