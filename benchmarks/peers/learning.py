"""Training until a validation reaches its target."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

Curve = list[tuple[float, float]]  # after each epoch: seconds since the start, what was measured


class Clock:
    """Keeps the curve of a training, and says when the target is reached.

    Args:
        program: its ``measure`` and ``target``.
    """

    def __init__(self, program: dict[str, Any]) -> None:
        self.program, self.curve = program, []
        self.start = perf_counter()

    def epoch(self, value: float) -> bool:
        """Note the validation of an epoch; say whether training may stop."""
        self.curve.append((perf_counter() - self.start, float(value)))
        return is_reached(self.program, value)


def is_reached(program: dict[str, Any], value: float) -> bool:
    """Whether a validation reached the target.

    >>> is_reached({"measure": "loss", "target": 0.5}, 0.4)
    True
    >>> is_reached({"measure": "accuracy", "target": 0.5}, 0.4)
    False
    """
    if program["measure"] == "loss":
        return value <= program["target"]
    return value >= program["target"]


def keras_curve(package: Any, model: Any, program: dict[str, Any], arrays: Any) -> Curve:
    """Train a model of Keras or Sunhwan by one call of `fit`."""
    rates = {"adam": package.optimizers.Adam, "rmsprop": package.optimizers.RMSprop}
    optimizer = rates[program["optimizer"]](learning_rate=program["rate"])
    metrics = ["accuracy"] if program["measure"] == "accuracy" else []
    model.compile(optimizer=optimizer, loss=program["loss"], metrics=metrics)
    clock = Clock(program)

    def note(epoch: int, logs: Any = None) -> None:
        model.stop_training = clock.epoch(logs[f"val_{program['measure']}"])

    model.fit(
        arrays["x"],
        arrays["y"],
        batch_size=program["batch"],
        epochs=program["epochs"],
        validation_data=(arrays["x_val"], arrays["y_val"]),
        callbacks=[package.callbacks.LambdaCallback(on_epoch_end=note)],
        verbose=0,
    )
    return clock.curve


def plain_curve(
    program: dict[str, Any], train: Callable[[], object], validate: Callable[[], float]
) -> Curve:
    """Train by a loop over epochs."""
    clock = Clock(program)
    for _ in range(program["epochs"]):
        train()
        if clock.epoch(validate()):
            break
    return clock.curve
