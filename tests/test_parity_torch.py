"""Layers against PyTorch, in this package's layouts: outputs and every gradient."""

import pytest
from golden.fixture import load
from golden.replay import compare

TOLERANCE = 5e-6  # as against Keras
CASES = load("torch_layers")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_torch(case):
    compare(case, TOLERANCE)
