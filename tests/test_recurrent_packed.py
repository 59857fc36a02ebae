"""The recurrent layers on packed batches: ragged, masked, of tokens, with a shared run."""

from __future__ import annotations

import numpy as np
import pytest
from packed_batches import Packed, Run
from recurrent_layers import (
    BATCHES,
    FEATURES,
    KINDS,
    ROWS,
    STEPS,
    TOLERANCE,
    UNITS,
    Expected,
    check_packed,
    make,
    masks,
    normal,
)
from reference import assert_close

from sunhwan import layers
from sunhwan._engine.packing import pack_steps


@pytest.mark.parametrize("go_backwards", [False, True])
@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("kind", KINDS)
def test_packed_batches(kind, batch, return_sequences, go_backwards):
    layer = make(
        kind, UNITS, FEATURES, return_sequences=return_sequences, go_backwards=go_backwards
    )
    packed = Packed(np.random.default_rng(3), features=FEATURES, **BATCHES[batch])
    check_packed([layer], packed)
    rows = len(packed.rows)
    check_packed([layer], packed, cuts=[rows // 3, rows - 1] if rows > 2 else [1])
    for row, y in zip(packed.rows, Run([layer], packed.batch).outputs, strict=True):
        assert_close(y, Expected(layer, row[None]).output[0], TOLERANCE)


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("kind", KINDS)
def test_stacked(kind, batch):
    stack = [make(kind, UNITS, FEATURES, return_sequences=True), make(kind, 4, UNITS, weights=1)]
    packed = Packed(np.random.default_rng(4), features=FEATURES, **BATCHES[batch])
    check_packed(stack, packed, cuts=[1])


@pytest.mark.parametrize("kind", KINDS)
def test_dropout_on_a_shared_run_computes_each_row(kind):
    layer = make(kind, UNITS, FEATURES, dropout=0.5, recurrent_dropout=0.5)
    assert layer.keeps(training=False) == {"tokens", "shared", "mask"}
    assert layer.keeps(training=True) == {"tokens", "mask"}
    packed = Packed(np.random.default_rng(5), features=FEATURES, **BATCHES["shared tokens"])
    dys = normal(len(packed.rows), UNITS)
    run, dense = (Run([layer], batch, dys, [2]) for batch in (packed.batch, packed.dense()))
    assert_close(np.stack(run.outputs), np.stack(dense.outputs), TOLERANCE)
    drows = np.split(dense.dvalues, np.cumsum([len(row) for row in packed.rows])[:-1])
    assert_close(run.dhead, packed.collected(drows)[1], TOLERANCE)
    for actual, gradient in zip(run.gradients, dense.gradients, strict=True):
        assert_close(actual, gradient, TOLERANCE)


@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_masking_within_a_chain_leaves_rows_in_any_order(kind, return_sequences):
    layer = make(kind, UNITS, FEATURES, return_sequences=return_sequences)
    masking = layers.Masking()
    masking.ensure_built((None, STEPS, FEATURES))
    x, mask = normal(ROWS, STEPS, FEATURES), masks()
    x[~mask] = 0.0
    expected = Expected(layer, x, mask=mask)
    dys = normal(*expected.output.shape, seed=1)
    run = Run([masking, layer], pack_steps(x), list(dys))
    assert_close(np.stack(run.outputs), expected.output, TOLERANCE)
    _, gradients, _ = expected.backward(dys)
    for actual, gradient in zip(run.gradients, gradients, strict=True):
        assert_close(actual, gradient, TOLERANCE)
