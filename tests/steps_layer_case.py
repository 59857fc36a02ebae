"""Layers that treat every step alike, on batches of every kind, against one function of a step."""

from __future__ import annotations

import numpy as np
from packed_batches import Packed, Run
from reference import assert_close

from sunhwan._engine.call import try_layer
from sunhwan._engine.packing import pack_steps, take_batch

# Lengths and starts of rows; one row is all padding, one begins with the first step of its own.
KINDS = {
    "dense": {"lengths": [13] * 4},
    "shared": {"lengths": [13] * 7, "starts": [0, 1, 4, 9, 12, 13, 13]},
    "only padding": {"lengths": [13] * 2, "starts": [13, 13]},
    "ragged": {"lengths": [13, 9, 8, 7, 7, 0], "ragged": True},
    "tokens": {"lengths": [13] * 4, "tokens": 5},
    "shared tokens": {"lengths": [13] * 5, "starts": [2, 3, 3, 8, 13], "tokens": 4},
}


class Masked:
    """A batch with masked steps that read one row; like `Packed`."""

    def __init__(self, rng, features):
        mask = rng.random((6, 9)) < 0.6
        mask[0], mask[1] = True, False
        dense = rng.standard_normal((6, 9, features)).astype(np.float32)
        constant = rng.standard_normal(features).astype(np.float32)
        dense[~mask] = constant
        self.batch = take_batch(pack_steps(dense, mask), np.arange(6))
        self.batch.head.rows[...] = constant
        self.layout = self.batch.layout
        self.mask = mask[self.layout.order]
        self.rows = list(dense[self.layout.order].astype(float))

    def collected(self, drows):
        drows = np.stack(drows)
        return drows[self.mask], drows[~self.mask].sum(axis=0)[None]


def batches(rng, features):
    """Batches of every kind, by name."""
    for name, arguments in KINDS.items():
        yield name, Packed(rng, features=features, **arguments)
    yield "masked", Masked(rng, features)


def check_everywhere(layer, features, forward, backward, tolerance, rng, kinds=None):
    """Outputs and every gradient of a layer on every kind of batch.

    Args:
        layer: is built for `features`.
        features: of the input.
        forward: of a row `(T, features)` float64: the output and a cache.
        backward: of the cache and the output's gradient: the input's and a list of the variables'.
        tolerance: see `assert_close`.
        rng: a generator.
        kinds: names of the kinds of batches to try, all by default.
    """
    layer.ensure_built((None, None, features))
    for name, batch in batches(rng, features):
        if kinds is None or name in kinds:
            check_batch(layer, batch, forward, backward, tolerance, rng)
    for shape in [(1, features), (17, features), (0, features), (3, 4, features)]:
        check_array(layer, shape, forward, backward, tolerance, rng)


def check_batch(layer, batch, forward, backward, tolerance, rng):
    expected, drows, dys = [], [], []
    gradients = [np.zeros(variable.shape) for variable in layer.variables]
    for row in batch.rows:
        y, cache = forward(row)
        dys.append(rng.standard_normal(y.shape))
        dx, dvariables = backward(cache, dys[-1])
        expected.append(y)
        drows.append(dx)
        for total, gradient in zip(gradients, dvariables, strict=True):
            np.add(total, gradient, out=total)
    cuts = (1,) if len(batch.rows) > 1 else ()
    for run in (Run([layer], batch.batch, dys), Run([layer], batch.batch, dys, cuts)):
        for actual, y in zip(run.outputs, expected, strict=True):
            assert_close(actual, y, tolerance)
        own, head = batch.collected(drows)
        if own is not None:
            assert_close(run.dvalues, own, tolerance)
        if head is not None and len(head):
            assert_close(run.dhead, head, 20 * tolerance)
        for actual, gradient in zip(run.gradients, gradients, strict=True):
            assert_close(actual, gradient, 20 * tolerance)


def check_array(layer, shape, forward, backward, tolerance, rng):
    x = rng.standard_normal(shape).astype(np.float32)
    y, cache = forward(x.astype(float))
    dy = rng.standard_normal(y.shape)
    trial = try_layer(layer, x, dy)
    dx, gradients = backward(cache, dy)
    assert_close(trial.output, y, tolerance)
    assert_close(trial.dx, dx, tolerance)
    for actual, gradient in zip(trial.gradients, gradients, strict=True):
        assert_close(actual, gradient, 20 * tolerance)
