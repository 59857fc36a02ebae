"""The losses of the first hundred training steps against Keras, on made and on real data."""

import os

import numpy as np
import pytest
from golden.fixture import load
from golden.programs import DATA, STEPS, batches, checksum, first_weights
from golden.real_programs import read
from golden.specs import build

import sunhwan as sh

# Of the loss, or of 1 if that is more: rounding in float32 over a hundred steps. Where Keras's own
# float32 strays further from its float64, so may we. Two stacks of SimpleRNN, whose gradients grow
# from step to step, go 2 and 6 times Keras's way; all other programs stay within it.
TOLERANCE = 2e-6
STRAY = 10


def compare(case, x, y):
    about = case.about
    assert checksum(x) == about["checksums"][0], "the recipe gives other inputs than were recorded"
    assert checksum(y) == about["checksums"][1], "the recipe gives other targets"
    model = sh.Sequential([build(layer, sh.layers) for layer in about["layers"]])
    model.build((None, *x.shape[1:]))
    shapes = [tuple(weight.shape) for weight in model.get_weights()]
    assert shapes == [tuple(shape) for shape in about["shapes"]]
    weights = first_weights(shapes, about["seed"])
    names = [variable.name for variable in model.weights]
    weights = [
        np.ones_like(weight) if name == "moving_variance" else weight
        for name, weight in zip(names, weights, strict=True)
    ]
    assert checksum(*weights) == about["checksums"][2], "the recipe gives other first weights"
    model.set_weights(weights)
    kind, arguments = about["optimizer"]
    model.compile(getattr(sh.optimizers, kind)(**arguments), about["loss"])
    losses = [model.train_on_batch(*batch) for batch in batches(x, y, about["batch"])]
    assert len(losses) == STEPS
    expected, single = np.array(about["float64"]), np.array(about["float32"])
    size = max(1.0, float(expected.max()))
    strayed = np.maximum.accumulate(np.abs(single - expected))
    allowed = TOLERANCE * size + STRAY * strayed
    away = np.abs(losses - expected)
    worst = int(np.argmax(away / allowed))
    assert away[worst] <= allowed[worst], (
        f"step {worst}: {losses[worst]} for {expected[worst]}, {away[worst]:.1e} away, "
        f"{allowed[worst]:.1e} allowed"
    )


@pytest.mark.parametrize("case", load("training_small"), ids=lambda case: case.name)
def test_made_data(case):
    kind, *arguments = case.about["data"]
    compare(case, *DATA[kind](*arguments))


@pytest.mark.slow
@pytest.mark.skipif("SUNHWAN_DATA" not in os.environ, reason="SUNHWAN_DATA names no folder")
@pytest.mark.parametrize("case", load("training_real"), ids=lambda case: case.name)
def test_real_data(case):
    compare(case, *read(case.about["data"]))
