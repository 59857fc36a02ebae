"""Masking: which steps stay, what stands in place of the others, and what goes back."""

import numpy as np
import pytest
from packed_batches import Packed, Run
from reference import masking_backward, masking_forward
from steps_layer_case import Masked

from sunhwan import layers
from sunhwan._engine.arena import Arena
from sunhwan._engine.batch import form_of
from sunhwan._engine.call import try_layer
from sunhwan._engine.packing import pack_ragged, pack_steps, take_batch
from sunhwan._engine.path import Path


def data(rng, mask_value, shape=(7, 9, 3)):
    x = rng.standard_normal(shape).astype(np.float32)
    mask = rng.random(shape[:2]) < 0.6
    mask[0], mask[1] = True, False
    x[~mask] = mask_value
    x[0, 0, 0] = mask_value  # one feature alone masks nothing
    return x, mask


def forward(layer, batch):
    path = Path([layer], form_of(batch), Arena(), as_array=False)
    path.begin(batch)
    return path.forward(batch, batch.layout.order)


@pytest.mark.parametrize("mask_value", [0.0, -1.0])
def test_dense_view_and_gradient(mask_value):
    rng = np.random.default_rng(1)
    x, mask = data(rng, mask_value)
    dy = rng.standard_normal(x.shape).astype(np.float32)
    y, kept = masking_forward(x, mask_value)
    np.testing.assert_array_equal(kept, mask)
    trial = try_layer(layers.Masking(mask_value), x, dy)
    np.testing.assert_array_equal(trial.output, y)
    np.testing.assert_array_equal(trial.dx, masking_backward(kept, dy))


@pytest.mark.parametrize("mask_value", [0.0, -1.0])
def test_masked_steps_are_not_packed(mask_value):
    rng = np.random.default_rng(2)
    x, mask = data(rng, mask_value)
    layer = layers.Masking(mask_value)
    layer.ensure_built((None, None, 3))
    y = forward(layer, take_batch(pack_steps(x), np.arange(7)))
    order = y.layout.order
    assert y.layout.masked
    np.testing.assert_array_equal(y.layout.lengths, mask[order].sum(axis=1))
    np.testing.assert_array_equal(y.layout.times, np.nonzero(mask[order])[1])
    np.testing.assert_array_equal(y.values, x[order][mask[order]])
    np.testing.assert_array_equal(y.head.rows, np.zeros((1, 3)))


def test_ragged_rows():
    rng = np.random.default_rng(3)
    rows = [rng.standard_normal((length, 3)).astype(np.float32) for length in (5, 2, 0)]
    rows[0][[1, 4]] = 0
    layer = layers.Masking()
    layer.ensure_built((None, None, 3))
    y = forward(layer, take_batch(pack_ragged(rows), np.arange(3)))
    assert y.layout.ragged
    assert y.layout.lengths.tolist() == [3, 2, 0]
    assert y.layout.times.tolist() == [0, 2, 3, 0, 1]
    np.testing.assert_array_equal(y.layout.extents, [5, 2, 0])


def test_a_mask_before_it_stays():
    rng = np.random.default_rng(4)
    batch = Masked(rng, 3)
    batch.batch.values[::2] = 0
    dys = [rng.standard_normal(row.shape) for row in batch.rows]
    layer = layers.Masking()
    layer.ensure_built((None, None, 3))
    run = Run([layer], batch.batch, dys)
    kept = batch.mask.copy()
    kept[np.nonzero(kept)[0][::2], np.nonzero(kept)[1][::2]] = False
    expected = np.where(kept[..., None], np.stack(batch.rows), 0)
    np.testing.assert_allclose(np.stack(run.outputs), expected, rtol=1e-6)
    dx = np.where(kept[..., None], np.stack(dys), 0)[batch.mask]
    np.testing.assert_allclose(run.dvalues, dx, rtol=1e-6)
    assert not np.any(run.dhead)


def test_nothing_to_mask():
    rng = np.random.default_rng(5)
    batch = Packed(rng, lengths=[4, 4, 4])
    layer = layers.Masking()
    layer.ensure_built((None, None, 3))
    run = Run([layer], batch.batch, batch.rows)
    np.testing.assert_allclose(np.stack(run.outputs), np.stack(batch.rows), rtol=1e-6)


def test_compute_mask():
    x = np.array([[[1, 0], [0, 0], [0, 2]]])
    layer = layers.Masking()
    assert layer.compute_mask(x).tolist() == [[True, False, True]]
    assert layer.supports_masking
    assert layer.compute_output_shape((None, 3, 2)) == (None, 3, 2)


def test_config_and_bad_input():
    layer = layers.Masking(-1, name="m")
    again = layers.deserialize(layers.serialize(layer))
    assert again.get_config() == layer.get_config()
    assert again.mask_value == -1.0
    with pytest.raises(ValueError, match="layer 'm' needs an input of 3 axes"):
        layer.ensure_built((None, 4))
