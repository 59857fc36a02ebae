"""BatchNormalization against the float64 reference, on batches of every kind."""

import numpy as np
import pytest
from packed_batches import Packed, Run
from reference import (
    Statistics,
    assert_close,
    batch_normalization_backward,
    batch_normalization_forward,
)
from steps_layer_case import KINDS, Masked, check_everywhere

from sunhwan import layers
from sunhwan._engine.call import try_layer

SIZES = [1, 2, 7, 8, 9, 15, 16, 17, 31, 33]
TOLERANCE = 1e-5  # differences from a mean, times up to 1 / sqrt(epsilon)


def built(rng, shape, **arguments):
    layer = layers.BatchNormalization(**arguments)
    layer.ensure_built(shape)
    for variable in layer.variables:
        variable.value[...] = rng.standard_normal(variable.shape)
    layer.moving_variance.value[...] = rng.uniform(0.5, 2, layer.moving_variance.shape)
    return layer


def value(variable):
    return None if variable is None else variable.value.astype(float)


def reference(layer, x, training, mask=None):
    moving = Statistics(value(layer.moving_mean), value(layer.moving_variance))
    return batch_normalization_forward(
        x,
        value(layer.gamma),
        value(layer.beta),
        moving,
        training=training,
        momentum=layer.momentum,
        epsilon=layer.epsilon,
        mask=mask,
    )


@pytest.mark.parametrize("affine", [False, True])
@pytest.mark.parametrize("features", SIZES)
@pytest.mark.parametrize("rows", [2, 7, 33, 300])
def test_training_on_arrays(rows, features, affine):
    rng = np.random.default_rng(1)
    layer = built(rng, (None, features), center=affine, scale=affine, epsilon=0.01)
    x, dy = rng.standard_normal((2, rows, features)).astype(np.float32)
    y, moving, cache = reference(layer, x.astype(float), training=True)
    gradients = batch_normalization_backward(cache, dy.astype(float))
    trial = try_layer(layer, x, dy, training=True)
    assert_close(trial.output, y, TOLERANCE)
    assert_close(trial.dx, gradients.dx, 10 * TOLERANCE)
    if affine:
        assert_close(trial.gradients[0], gradients.dgamma, 10 * TOLERANCE)
        assert_close(trial.gradients[1], gradients.dbeta, 10 * TOLERANCE)
    assert_close(layer.moving_mean.value, moving.mean, TOLERANCE)
    assert_close(layer.moving_variance.value, moving.variance, TOLERANCE)


@pytest.mark.parametrize("frozen", [False, True])
def test_outside_training_every_kind_of_batch(frozen):
    rng = np.random.default_rng(2)
    layer = built(rng, (None, None, 5))
    if frozen:
        layer.trainable = False
    before = layer.get_weights()
    check = check_array_and_batches if frozen else check_arrays
    check(layer, rng)
    for weight, expected in zip(layer.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, expected)


def check_array_and_batches(layer, rng):
    """What is not trainable uses the moving statistics in training too, and has no gradient."""

    def forward(x):
        y, _, cache = reference(layer, x, training=False)
        return y, cache

    def backward(cache, dy):
        none = [np.zeros(variable.shape) for variable in layer.variables]
        return batch_normalization_backward(cache, dy).dx, none

    check_everywhere(layer, 5, forward, backward, TOLERANCE, rng)


def check_arrays(layer, rng):
    x, dy = rng.standard_normal((2, 9, 4, 5)).astype(np.float32)
    y, _, cache = reference(layer, x.astype(float), training=False)
    gradients = batch_normalization_backward(cache, dy.astype(float))
    trial = try_layer(layer, x, dy)
    assert_close(trial.output, y, TOLERANCE)
    assert_close(trial.dx, gradients.dx, TOLERANCE)
    assert_close(trial.gradients[0], gradients.dgamma, TOLERANCE)
    assert_close(trial.gradients[1], gradients.dbeta, TOLERANCE)


@pytest.mark.parametrize("kind", KINDS)
def test_training_on_every_kind_of_batch(kind):
    rng = np.random.default_rng(3)
    layer = built(rng, (None, None, 5), epsilon=0.01)
    batch = Packed(rng, features=5, **KINDS[kind])
    lengths = np.cumsum([len(row) for row in batch.rows])[:-1]
    dys = [rng.standard_normal(row.shape) for row in batch.rows]
    y, moving, cache = reference(layer, np.concatenate(batch.rows), training=True)
    gradients = batch_normalization_backward(cache, np.concatenate(dys))
    run = Run([layer], batch.batch, dys)
    for actual, expected in zip(run.outputs, np.split(y, lengths), strict=True):
        assert_close(actual, expected, TOLERANCE)
    own, head = batch.collected(np.split(gradients.dx, lengths))
    if own is not None:
        assert_close(run.dvalues, own, 10 * TOLERANCE)
    if head is not None and len(head):
        assert_close(run.dhead, head, 100 * TOLERANCE)
    assert_close(run.gradients[0], gradients.dgamma, 10 * TOLERANCE)
    assert_close(run.gradients[1], gradients.dbeta, 10 * TOLERANCE)
    assert_close(layer.moving_mean.value, moving.mean, TOLERANCE)
    assert_close(layer.moving_variance.value, moving.variance, TOLERANCE)


def test_training_on_masked_steps():
    rng = np.random.default_rng(4)
    layer = built(rng, (None, None, 5), epsilon=0.01)
    batch = Masked(rng, 5)
    x = np.stack(batch.rows)
    y, moving, cache = reference(layer, x, training=True, mask=batch.mask)
    dy = rng.standard_normal(x.shape)
    gradients = batch_normalization_backward(cache, dy)
    run = Run([layer], batch.batch, list(dy))
    assert_close(np.stack(run.outputs), y, TOLERANCE)
    own, head = batch.collected(list(gradients.dx))
    assert_close(run.dvalues, own, 10 * TOLERANCE)
    assert_close(run.dhead, head, 10 * TOLERANCE)
    assert_close(run.gradients[0], gradients.dgamma, 10 * TOLERANCE)
    assert_close(run.gradients[1], gradients.dbeta, 10 * TOLERANCE)
    assert_close(layer.moving_mean.value, moving.mean, TOLERANCE)
    assert_close(layer.moving_variance.value, moving.variance, TOLERANCE)


@pytest.mark.parametrize("kind", ["shared", "only padding", "shared tokens"])
def test_training_between_other_layers_shares_the_padding(kind):
    rng = np.random.default_rng(6)
    chain = [layers.Dense(6, "tanh"), layers.BatchNormalization(), layers.Dense(4, "tanh")]
    for layer, features in zip(chain, (5, 6, 6), strict=True):
        layer.ensure_built((None, None, features))
    batch = Packed(rng, features=5, **KINDS[kind])
    dys = [rng.standard_normal((len(row), 4)) for row in batch.rows]
    packed, dense = Run(chain, batch.batch, dys), Run(chain, batch.dense(), dys)
    assert_close(np.stack(packed.outputs), np.stack(dense.outputs), TOLERANCE)
    own, head = batch.collected(np.split(dense.dvalues, len(batch.rows)))
    if own is not None:
        assert_close(packed.dvalues, own, 10 * TOLERANCE)
    assert_close(packed.dhead, head, 100 * TOLERANCE)
    for actual, expected in zip(packed.gradients, dense.gradients, strict=True):
        assert_close(actual, expected, 100 * TOLERANCE)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("axis", [1, -2])
def test_another_axis(axis, training):
    rng = np.random.default_rng(5)
    layer = built(rng, (None, 4, 6), axis=axis)
    x, dy = rng.standard_normal((2, 9, 4, 6)).astype(np.float32)
    y, _, cache = reference(layer, x.astype(float).transpose(0, 2, 1), training=training)
    gradients = batch_normalization_backward(cache, dy.astype(float).transpose(0, 2, 1))
    trial = try_layer(layer, x, dy, training=training)
    assert_close(trial.output, y.transpose(0, 2, 1), TOLERANCE)
    assert_close(trial.dx, gradients.dx.transpose(0, 2, 1), 10 * TOLERANCE)
    assert_close(trial.gradients[0], gradients.dgamma, 10 * TOLERANCE)


def test_declaration_and_config():
    layer = layers.BatchNormalization(momentum=0.9, center=False)
    layer.ensure_built((None, 7, 4))
    assert [v.name for v in layer.weights] == ["gamma", "moving_mean", "moving_variance"]
    assert [v.name for v in layer.trainable_weights] == ["gamma"]
    assert layer.count_params() == 12
    np.testing.assert_array_equal(np.stack(layer.get_weights()), [[1] * 4, [0] * 4, [1] * 4])
    again = layers.deserialize(layers.serialize(layer))
    assert again.get_config() == layer.get_config()


def test_bad_input():
    with pytest.raises(ValueError, match="axis must be an integer, got"):
        layers.BatchNormalization(axis=[1, 2])
    with pytest.raises(ValueError, match="axis of layer 'n' must name"):
        layers.BatchNormalization(axis=3, name="n")(np.ones((2, 3)))
    with pytest.raises(ValueError, match="layer 'n' needs a fixed length"):
        layers.BatchNormalization(name="n").ensure_built((None, None))
