"""Losses against Keras: values, gradients, weights of samples, reductions, edges."""

import pytest
from golden.fixture import load
from reference.check import assert_close

from sunhwan import losses

# Sums of up to 24 terms in float32; Keras's values of the edges are themselves float32.
TOLERANCE = 2e-6


@pytest.mark.parametrize("case", load("losses"), ids=lambda case: case.name)
def test_value_and_gradient(case):
    loss = getattr(losses, case.about["loss"])(**case.about["arguments"])
    y_true, y_pred = case.arrays["y_true"], case.arrays["y_pred"]
    weight = case.arrays.get("weight")
    assert_close(loss(y_true, y_pred, sample_weight=weight), case.arrays["value"], TOLERANCE)
    y_true = loss.check_targets(y_true, y_pred.shape)
    plain = loss.reduction == "none"
    denominator = 1.0 if plain else loss.denominator(y_true, weight)
    _, gradient = loss.value_and_gradient(y_true, y_pred, weight, denominator)
    assert_close(gradient, case.arrays["dpred"], TOLERANCE)
