"""The layers around the recurrent ones against Keras: outputs and every gradient."""

import pytest
from golden.fixture import load
from golden.replay import close, compare
from golden.specs import build

from sunhwan import layers

# Sums of up to 150 products in float32, of the size of the array's largest number.
TOLERANCE = 5e-6
# Of two nearly equal features the difference, from which all is computed, has fewer digits.
NORMALIZING_TOLERANCE = 2e-5
# Called by itself, BatchNormalization takes no mask: masked steps hold numbers of their own, which
# no packed batch has. In a model they hold one constant row; test_parity_models.py has that.
LEFT_OUT = "batch/mask_training_True"

NORMALIZING = {case.name: case for case in load("normalizing")}
ADAPTED = [case for case in NORMALIZING.values() if "adapt" in case.about]
LEARNED = [case for case in NORMALIZING.values() if "adapt" not in case.about]


def name_of(case):
    return case.name


@pytest.mark.parametrize("case", load("convolution"), ids=name_of)
def test_convolution(case):
    compare(case, TOLERANCE)


@pytest.mark.parametrize("case", load("images"), ids=name_of)
def test_images(case):
    compare(case, TOLERANCE)


@pytest.mark.parametrize("case", load("moved_steps"), ids=name_of)
def test_moved_steps(case):
    compare(case, TOLERANCE)


@pytest.mark.parametrize("case", load("pooling"), ids=name_of)
def test_pooling(case):
    compare(case, TOLERANCE)


@pytest.mark.parametrize("case", load("dense"), ids=name_of)
def test_dense_and_shaping(case):
    compare(case, TOLERANCE)


@pytest.mark.parametrize("case", [c for c in LEARNED if c.name != LEFT_OUT], ids=name_of)
def test_normalizing(case):
    compare(case, NORMALIZING_TOLERANCE)


@pytest.mark.parametrize("case", ADAPTED, ids=name_of)
def test_adapted(case):
    layer = build(case.about["layers"][0], layers)
    layer.adapt(case.arrays["x"])
    close(layer(case.arrays["x"]), case.arrays["y0"], TOLERANCE, "y0")
