"""Bidirectional against Keras: every way to merge, masks, states, every gradient."""

import pytest
from golden.fixture import load
from golden.replay import compare

TOLERANCE = 3e-6  # as of the layers alone


@pytest.mark.parametrize("case", load("bidirectional"), ids=lambda case: case.name)
def test_keras(case):
    compare(case, TOLERANCE)
