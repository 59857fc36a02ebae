"""Dropout, SpatialDropout1D and GaussianNoise: what is drawn, where, and what goes back."""

import numpy as np
import pytest
from packed_batches import Packed, Run
from steps_layer_case import KINDS, Masked, check_everywhere

from sunhwan import layers
from sunhwan._engine.call import try_layer

RATES = [0.1, 0.5, 0.8]
LAYERS = [
    lambda: layers.Dropout(0.5),
    lambda: layers.SpatialDropout1D(0.5),
    lambda: layers.GaussianNoise(0.5),
]


def ones(*shape):
    return np.ones(shape, np.float32)


@pytest.mark.parametrize("make", [*LAYERS, lambda: layers.Dropout(0.0)])
def test_outside_training_nothing_changes(make):
    layer, x = make(), np.random.default_rng(1).standard_normal((3, 4, 5)).astype(np.float32)
    trial = try_layer(layer, x, x)
    np.testing.assert_array_equal(trial.output, x)
    np.testing.assert_array_equal(trial.dx, x)


def test_without_noise_every_kind_of_batch_goes_through():
    rng = np.random.default_rng(2)
    layer = layers.Dropout(0.0)
    check_everywhere(layer, 3, lambda x: (x, None), lambda _, dy: (dy, []), 1e-7, rng)


@pytest.mark.parametrize("rate", RATES)
def test_share_and_size_of_what_is_kept(rate):
    y = try_layer(layers.Dropout(rate), ones(1000, 100), training=True).output
    np.testing.assert_allclose(np.unique(y), [0, 1 / (1 - rate)], rtol=2e-7)
    # Five standard deviations of the share of 100,000 independent ones.
    assert abs((y == 0).mean() - rate) < 5 * np.sqrt(rate * (1 - rate) / y.size)
    # Rows, columns and neighbours are independent: their shares vary as those of coins do.
    for axis, size in ((0, 1000), (1, 100)):
        spread = (y == 0).mean(axis=axis).std()
        assert 0.7 < spread / np.sqrt(rate * (1 - rate) / size) < 1.3


def test_rate_one_drops_everything():
    trial = try_layer(layers.Dropout(1.0), ones(3, 4), ones(3, 4), training=True)
    assert not np.any(trial.output)
    assert not np.any(trial.dx)


@pytest.mark.parametrize("make", LAYERS[:2])
@pytest.mark.parametrize("shape", [(8, 9, 10), (33, 31, 17)])
def test_gradient_goes_where_values_went(make, shape):
    rng = np.random.default_rng(3)
    x, dy = rng.standard_normal((2, *shape)).astype(np.float32)
    trial = try_layer(make(), x, dy, training=True)
    np.testing.assert_allclose(trial.dx, dy * (trial.output / x), rtol=1e-6)
    assert np.any(trial.dx == 0)
    assert np.any(trial.dx != 0)


def test_gaussian_noise():
    x = np.random.default_rng(4).standard_normal((200, 500)).astype(np.float32)
    trial = try_layer(layers.GaussianNoise(0.25), x, x, training=True)
    noise = (trial.output - x) / 0.25
    np.testing.assert_array_equal(trial.dx, x)
    # Five standard deviations of the moments of 100,000 normal numbers.
    assert abs(noise.mean()) < 5 / np.sqrt(noise.size)
    assert abs((noise**2).mean() - 1) < 5 * np.sqrt(2 / noise.size)
    assert abs((noise**4).mean() - 3) < 5 * np.sqrt(96 / noise.size)


def test_spatial_dropout_is_the_same_at_every_step():
    y = try_layer(layers.SpatialDropout1D(0.5), ones(50, 7, 40), training=True).output
    np.testing.assert_array_equal(y, np.broadcast_to(y[:, :1], y.shape))
    assert 0.4 < (y[:, 0] == 0).mean() < 0.6
    assert len(np.unique(y[:, 0], axis=0)) == 50


@pytest.mark.parametrize(
    ("noise_shape", "axis"), [((None, 1, None), 1), ((50, 7, 1), 2), ((1, None, None), 0)]
)
def test_noise_shape(noise_shape, axis):
    y = try_layer(layers.Dropout(0.5, noise_shape), ones(50, 7, 40), training=True).output
    first = np.take(y, [0], axis=axis)
    np.testing.assert_array_equal(y, np.broadcast_to(first, y.shape))
    assert 0.3 < (first == 0).mean() < 0.7


def test_noise_shape_on_sequences_is_that_of_the_dense_input():
    rng = np.random.default_rng(5)
    for noise_shape, axis in [((None, 1, None), 0), ((None, None, 1), 1)]:
        batch = Packed(rng, lengths=[9, 7, 4], ragged=True, features=20)
        run = Run([layers.Dropout(0.5, noise_shape)], batch.batch, batch.rows)
        for y, row in zip(run.outputs, batch.rows, strict=True):
            kept = y != 0
            np.testing.assert_array_equal(kept, np.broadcast_to(np.take(kept, [0], axis), y.shape))
            np.testing.assert_allclose(y[kept], 2 * row[kept], rtol=1e-6)


@pytest.mark.parametrize("make", LAYERS)
@pytest.mark.parametrize("kind", KINDS)
def test_noise_does_not_depend_on_how_the_batch_is_packed_or_cut(make, kind):
    rng = np.random.default_rng(6)
    batch = Packed(rng, features=20, **KINDS[kind])
    dys = [rng.standard_normal(row.shape) for row in batch.rows]
    layer = make()
    layer.ensure_built((None, None, 20))
    whole = Run([layer], batch.batch, dys)
    others = [Run([layer], batch.dense(), dys), Run([layer], batch.batch, dys, cuts=(1,))]
    assert not np.array_equal(whole.outputs[0], batch.rows[0])
    for other in others:
        for y, expected in zip(other.outputs, whole.outputs, strict=True):
            np.testing.assert_array_equal(y, expected)


def test_masked_steps_read_what_stands_there_undisturbed():
    rng = np.random.default_rng(7)
    batch = Masked(rng, 20)
    dys = [rng.standard_normal(row.shape) for row in batch.rows]
    run = Run([layers.Dropout(0.5)], batch.batch, dys)
    own, head = batch.collected(dys)
    y = np.stack(run.outputs)
    np.testing.assert_allclose(y[~batch.mask], np.stack(batch.rows)[~batch.mask], rtol=1e-6)
    assert 0.3 < (y[batch.mask] == 0).mean() < 0.7
    kept = y[batch.mask] != 0
    np.testing.assert_allclose(run.dvalues, np.where(kept, 2 * own, 0), rtol=1e-6)
    np.testing.assert_allclose(run.dhead, head, rtol=1e-5)


def test_seed_fixes_the_noise():
    for make in (layers.Dropout, layers.SpatialDropout1D, layers.GaussianNoise):
        draws = [
            try_layer(make(0.5, seed=seed), ones(5, 6, 7), training=True, key=key).output
            for seed, key in ((1, 0), (1, 9), (2, 0))
        ]
        np.testing.assert_array_equal(draws[0], draws[1])
        assert not np.array_equal(draws[0], draws[2])


def test_another_step_another_noise():
    layer = layers.Dropout(0.5)
    draws = [try_layer(layer, ones(5, 6), training=True, key=key).output for key in (1, 2)]
    assert not np.array_equal(*draws)


def test_config_and_bad_input():
    for layer in (
        layers.Dropout(0.3, (None, 1, None), seed=4),
        layers.SpatialDropout1D(0.3, seed=4),
        layers.GaussianNoise(0.3, seed=4),
    ):
        again = type(layer).from_config(layer.get_config())
        assert again.get_config() == layer.get_config()
        assert layer.get_config()["seed"] == 4
    for make, name in (
        (layers.Dropout, "rate"),
        (layers.SpatialDropout1D, "rate"),
        (layers.GaussianNoise, "stddev"),
    ):
        for bad in (-0.1, 1.1, "0.5", None, float("nan")):
            with pytest.raises(ValueError, match=f"{name} must be a number from 0 to 1, got"):
                make(bad)
        with pytest.raises(ValueError, match="seed must not be negative"):
            make(0.5, seed=-1)
    with pytest.raises(ValueError, match=r"layer 'drop' needs an input of 3 axes"):
        layers.SpatialDropout1D(0.5, name="drop")(ones(2, 3))
    with pytest.raises(ValueError, match=r"noise_shape of layer 'drop' must have 2 axes"):
        layers.Dropout(0.5, (1, 2, 3), name="drop")(ones(2, 3), training=True)
