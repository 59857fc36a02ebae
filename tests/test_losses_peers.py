"""Losses against Keras's recorded numbers."""

from __future__ import annotations

import numpy as np
import pytest
from golden.fixture import load

from sunhwan import losses

CASES = load("losses")
# Keras's numbers are float64 rounded to float32 (its edges float32), so this is our own rounding.
TOLERANCE = 3e-6


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_value_and_gradient(case):
    loss = getattr(losses, case.about["loss"])(**case.about["arguments"])
    y_pred, weight = case.arrays["y_pred"], case.arrays.get("weight")
    value = np.asarray(loss(case.arrays["y_true"], y_pred, weight))
    np.testing.assert_allclose(value, case.arrays["value"], rtol=TOLERANCE, atol=TOLERANCE)
    targets = loss.check_targets(case.arrays["y_true"], y_pred.shape)
    if loss.reduction == "none":
        weights = 1.0 if weight is None else weight[..., None]
        gradient = loss.gradient(targets, y_pred) * weights
    else:
        denominator = loss.denominator(targets, weight)
        _, gradient = loss.value_and_gradient(targets, y_pred, weight, denominator)
    expected = case.arrays["dpred"]
    scale = max(1.0, float(np.abs(expected).max()))
    np.testing.assert_allclose(gradient, expected, rtol=TOLERANCE, atol=TOLERANCE * scale)
