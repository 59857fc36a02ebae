"""Runs a recorded case of one layer with this package and compares all that came out."""

from typing import Any

import numpy as np
from reference.check import assert_close

from golden.fixture import Case
from golden.specs import build
from sunhwan import layers
from sunhwan._engine.call import Trial, try_layer


def replay(case: Case) -> tuple[Any, Trial]:
    """Build the case's layer, give it its weights, and run it forward and backward."""
    layer = build(case.about["layers"][0], layers)
    x, weights, states = case.arrays["x"], case.group("w"), case.group("s")
    layer.ensure_built((None, *x.shape[1:]))
    if weights:
        layer.set_weights(weights)
    dys = case.group("dy")
    how = {"mask": case.arrays.get("mask"), "training": case.about["call"]["training"]}
    how |= {"initial_state": states} if states else {}
    return layer, try_layer(layer, x, dys[0] if len(dys) == 1 else dys, **how)


def compare(case: Case, tolerance: float) -> None:
    """Compare outputs, states and every gradient of `case`, by the largest number of each."""
    layer, trial = replay(case)
    output = trial.output if isinstance(trial.output, list) else [trial.output]
    outputs = [*output, *trial.states]
    assert len(outputs) == len(case.group("y"))
    for index, y in enumerate(case.group("y")):
        close(outputs[index], y, tolerance, f"y{index}")
    if "dx" in case.arrays:
        close(trial.dx, case.arrays["dx"], tolerance, "dx")
    for index, (variable, gradient) in enumerate(
        zip(layer.variables, trial.gradients, strict=True)
    ):
        if variable.trainable:
            close(gradient, case.arrays[f"dw{index}"], tolerance, f"dw{index}")
    for index, dstate in enumerate(case.group("ds")):
        close(trial.dstates[index], dstate, tolerance, f"ds{index}")
    weights = case.group("w")
    for index, weight in enumerate(layer.get_weights()):
        expected = case.arrays.get(f"after{index}", weights[index])
        close(weight, expected, tolerance, f"weight {index} after")


def close(actual: Any, expected: np.ndarray, tolerance: float, what: str) -> None:
    """Compare within `tolerance` of the array's largest number, or of 1 if that is more."""
    size = max(1.0, float(np.abs(expected).max(initial=0)))
    try:
        assert_close(np.asarray(actual) / size, expected / size, tolerance)
    except AssertionError as error:
        raise AssertionError(f"{what}: {error}") from None
