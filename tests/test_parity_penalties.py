"""Regularizers and constraints against Keras."""

import numpy as np
import pytest
from golden.fixture import load
from reference.check import assert_close

from sunhwan import constraints, regularizers

TOLERANCE = 1e-6


@pytest.mark.parametrize("case", load("penalties"), ids=lambda case: case.name)
def test_penalty(case):
    w = case.arrays["w"]
    if "constraint" in case.about:
        constraint = getattr(constraints, case.about["constraint"])(**case.about["arguments"])
        assert_close(constraint(w), case.arrays["y"], TOLERANCE)
        return
    regularizer = getattr(regularizers, case.about["regularizer"])(**case.about["arguments"])
    assert_close(regularizer(w), case.about["value"], TOLERANCE)
    dw = np.ones_like(w)
    regularizer.add_gradient(w, dw)
    assert_close(dw - 1, case.arrays["dw"], TOLERANCE)
