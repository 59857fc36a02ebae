"""Layers on one another against Keras: masks and shared padding that travel between them."""

import numpy as np
import pytest
from golden.fixture import load
from golden.replay import close
from golden.specs import build

import sunhwan as sh

# Sums over four layers and six steps in float32, of the size of the array's largest number; the
# gradients are differences of weights of about 1.
# Without fused multiply-adds (baseline) the products of a stack round twice as often.
TOLERANCE = 1e-5


class Given(sh.losses.Loss):
    """`sum(y_pred * y_true)`, so that the targets are the gradient of the predictions."""

    def call(self, y_true, y_pred):
        return (y_pred * y_true).sum(axis=-1)

    def gradient(self, y_true, y_pred):
        return y_true


@pytest.mark.parametrize("case", load("stacks"), ids=lambda case: case.name)
def test_outputs_and_gradients(case):
    model = sh.Sequential([build(layer, sh.layers) for layer in case.about["layers"]])
    x, weights = case.arrays["x"], case.group("w")
    model.build((None, *x.shape[1:]))
    model.set_weights(weights)
    training = case.about["call"]["training"]
    if not training:
        close(model.predict(x, verbose=0), case.arrays["y0"], TOLERANCE, "predicted")
    close(model(x, training=training), case.arrays["y0"], TOLERANCE, "called")
    model.set_weights(weights)
    model.compile(sh.optimizers.SGD(1.0), Given(reduction="sum"))
    model.train_on_batch(x, case.arrays["dy0"])
    for index, (before, after) in enumerate(zip(weights, model.get_weights(), strict=True)):
        if f"dw{index}" in case.arrays:
            close(before - after, case.arrays[f"dw{index}"], TOLERANCE, f"dw{index}")
        else:
            close(after, case.arrays.get(f"after{index}", before), TOLERANCE, f"after{index}")
    assert np.isfinite(model.get_weights()[0]).all()
