"""Metrics against Keras: the result after each of two batches."""

import pytest
from golden.fixture import load
from reference.check import assert_close

from sunhwan import metrics

TOLERANCE = 1e-6  # Keras gathers in float32


@pytest.mark.parametrize("case", load("metrics"), ids=lambda case: case.name)
def test_results(case):
    metric = getattr(metrics, case.about["metric"])(**case.about["arguments"])
    for batch, expected in enumerate(case.group("result")):
        y_true, y_pred = case.arrays[f"y_true{batch}"], case.arrays[f"y_pred{batch}"]
        metric.update_state(y_true, y_pred, case.arrays.get(f"weight{batch}"))
        assert_close(metric.result(), expected, TOLERANCE)
