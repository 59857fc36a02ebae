"""Activations against Keras: values and derivatives, also at the kinks."""

import numpy as np
import pytest
from golden.fixture import load

from sunhwan import activations
from sunhwan.activations.rule import rule_of

# The kernels' bound on exp and tanh, of the value's size; where a function is a difference of
# larger numbers, of the size of these.
TOLERANCE = 5e-7
# Derivatives come from the output: 1 - y * y doubles y's rounding of 6e-8, and dy is up to 4.
DERIVATIVE_TOLERANCE = 1e-6


@pytest.mark.parametrize("case", load("activations"), ids=lambda case: case.name)
def test_values_and_derivatives(case):
    x, dy = case.arrays["x"], case.arrays["dy"]
    y = getattr(activations, case.name)(x)
    np.testing.assert_allclose(y, case.arrays["y"], rtol=TOLERANCE, atol=TOLERANCE)
    rule = rule_of(activations.get(case.name))
    dx = np.empty_like(x)
    rule.backward(x if rule.needs_input else None, y, dy, dx)
    np.testing.assert_allclose(dx, case.arrays["dx"], rtol=TOLERANCE, atol=DERIVATIVE_TOLERANCE)
