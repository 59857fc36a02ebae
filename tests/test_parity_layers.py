"""The layers around the recurrent ones against Keras: outputs and every gradient."""

import pytest
from golden.fixture import load
from golden.replay import compare

# Sums of up to 150 products in float32, of the size of the array's largest number.
TOLERANCE = 5e-6
THEMES = ["convolution", "pooling", "dense", "normalizing"]
CASES = [(theme, case) for theme in THEMES for case in load(theme) if "adapt" not in case.about]


@pytest.mark.parametrize(("theme", "case"), CASES, ids=lambda value: getattr(value, "name", value))
def test_keras(theme, case):
    compare(case, TOLERANCE)
