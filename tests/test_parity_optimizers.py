"""Ten steps of each optimizer against Keras's and PyTorch's recorded weights."""

from __future__ import annotations

import numpy as np
import pytest
from golden.fixture import load

from sunhwan import optimizers
from sunhwan._engine.block import Block
from sunhwan._engine.variable import Variable

CASES = [*load("optimizers"), *load("torch_optimizers")]
# The peers computed in float64 on weights of about 1; ours are ten steps in float32.
TOLERANCE = 2e-6


def make(kind, arguments):
    rate = arguments["learning_rate"]
    if isinstance(rate, dict):
        rate = getattr(optimizers.schedules, rate["schedule"])(**rate["arguments"])
    return getattr(optimizers, kind)(**{**arguments, "learning_rate": rate})


def dense(x, y, weights):
    """The loss of a Dense layer under the mean squared error, and its gradients."""
    kernel, bias = (w.astype(np.float64) for w in weights)
    error = x @ kernel + bias - y
    derror = 2 * error / error.size
    return (error**2).mean(), [x.T @ derror, derror.sum(axis=0)]


def embedding(x, y, weights):
    table, kernel, bias = (w.astype(np.float64) for w in weights)
    error = table[x] @ kernel + bias - y
    derror = 2 * error / error.size
    dtable = np.zeros_like(table)
    np.add.at(dtable, x, derror @ kernel.T)
    flat = derror.reshape(-1, derror.shape[-1])
    return (error**2).mean(), [dtable, table[x].reshape(len(flat), -1).T @ flat, flat.sum(axis=0)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_ten_steps(case):
    optimizer = make(case.about["optimizer"], case.about["arguments"])
    block = Block([Variable(f"w{i}", w) for i, w in enumerate(case.group("w"))])
    weights = [entry.variable.value for entry in block.ranges]
    model = {"dense": dense, "embedding": embedding}[case.about["model"]]
    x, y, paths = case.arrays["x"], case.arrays["y"], case.group("path")
    for number in range(len(x)):
        loss, gradients = model(x[number], y[number], weights)
        assert loss == pytest.approx(case.about["losses"][number], rel=TOLERANCE)
        for entry, gradient in zip(block.ranges, gradients, strict=True):
            entry.variable.grad[...] = gradient
        optimizer.apply(block.values, block.gradients, block.ranges)
        for weight, path in zip(weights, paths, strict=True):
            np.testing.assert_allclose(weight, path[number], rtol=TOLERANCE, atol=TOLERANCE)
