"""SimpleRNN, LSTM and GRU against Keras and PyTorch: outputs, states and every gradient."""

import pytest
from golden.fixture import load
from golden.replay import compare

# Sums of up to 33 products and 9 steps in float32, of the size of the array's largest number.
TOLERANCE = 3e-6


@pytest.mark.parametrize("case", load("recurrent"), ids=lambda case: case.name)
def test_keras(case):
    compare(case, TOLERANCE)
