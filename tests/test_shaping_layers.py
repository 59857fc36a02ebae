"""Flatten, Reshape, Permute and RepeatVector against the float64 reference."""

import itertools

import numpy as np
import pytest
from packed_batches import Packed, Run
from reference import (
    permute_backward,
    permute_forward,
    repeat_vector_backward,
    repeat_vector_forward,
    reshape_backward,
    reshape_forward,
)
from steps_layer_case import KINDS, Masked

from sunhwan import layers
from sunhwan._engine.call import try_layer


def numbers(*shapes):
    rng = np.random.default_rng(1)
    return [rng.standard_normal(shape).astype(np.float32) for shape in shapes]


@pytest.mark.parametrize("shape", [(5,), (5, 7), (5, 7, 3), (0, 7, 3), (2, 3, 4, 5)], ids=str)
def test_flatten(shape):
    layer = layers.Flatten()
    y, cache = reshape_forward(*numbers(shape), (int(np.prod(shape[1:])),))
    x, dy = numbers(shape, y.shape)
    trial = try_layer(layer, x, dy)
    np.testing.assert_array_equal(trial.output, x.reshape(y.shape))
    np.testing.assert_array_equal(trial.dx, reshape_backward(cache, dy))
    assert layer.compute_output_shape(shape) == y.shape


@pytest.mark.parametrize("target", [(6, 2), (-1,), (3, -1), (2, 2, -1), (12,)], ids=str)
def test_reshape(target):
    layer = layers.Reshape(target)
    x = numbers((5, 4, 3))[0]
    expected, cache = reshape_forward(x, target)
    dy = numbers(expected.shape)[0]
    trial = try_layer(layer, x, dy)
    np.testing.assert_array_equal(trial.output, expected)
    np.testing.assert_array_equal(trial.dx, reshape_backward(cache, dy))
    assert layer.compute_output_shape((None, 4, 3)) == (None, *expected.shape[1:])


@pytest.mark.parametrize("dims", list(itertools.permutations((1, 2, 3))), ids=str)
def test_permute(dims):
    layer = layers.Permute(dims)
    x = numbers((5, 2, 3, 4))[0]
    expected = permute_forward(x, dims)
    dy = numbers(expected.shape)[0]
    trial = try_layer(layer, x, dy)
    np.testing.assert_array_equal(trial.output, expected)
    np.testing.assert_array_equal(trial.dx, permute_backward(dims, dy))
    assert trial.output.flags.c_contiguous
    assert layer.compute_output_shape((None, 2, 3, 4)) == (None, *expected.shape[1:])


@pytest.mark.parametrize("n", [1, 2, 17])
def test_repeat_vector(n):
    layer = layers.RepeatVector(n)
    x, dy = numbers((5, 7), (5, n, 7))
    trial = try_layer(layer, x, dy)
    np.testing.assert_array_equal(trial.output, repeat_vector_forward(x, n))
    np.testing.assert_allclose(trial.dx, repeat_vector_backward(dy.astype(float)), atol=1e-5)
    assert layer.compute_output_shape((None, 7)) == (None, n, 7)


@pytest.mark.parametrize("kind", ["dense", "shared", "tokens", "shared tokens", "masked"])
def test_flatten_sees_the_padded_rows(kind):
    rng = np.random.default_rng(2)
    batch = Masked(rng, 3) if kind == "masked" else Packed(rng, features=3, **KINDS[kind])
    rows = np.stack(batch.rows)
    dys = [rng.standard_normal(row.size) for row in rows]
    run = Run([layers.Flatten()], batch.batch, dys)
    np.testing.assert_array_equal(np.stack(run.outputs), rows.reshape(len(rows), -1))
    own, head = batch.collected([dy.reshape(rows[0].shape) for dy in dys])
    if own is not None:
        np.testing.assert_allclose(run.dvalues, own, rtol=1e-6)
    if head is not None and len(head):
        np.testing.assert_allclose(run.dhead, head, rtol=1e-5, atol=1e-5)


def test_flatten_needs_rows_of_one_length():
    rng = np.random.default_rng(3)
    batch = Packed(rng, lengths=[5, 4], ragged=True)
    with pytest.raises(ValueError, match=r"layer 'f' needs rows of one length, got .* 4 to 5"):
        Run([layers.Flatten(name="f")], batch.batch)


def test_unknown_lengths():
    assert layers.Flatten().compute_output_shape((None, None, 3)) == (None, None)
    assert layers.Reshape((-1, 3)).compute_output_shape((None, None, 6)) == (None, None, 3)


def test_configs():
    for layer in (
        layers.Flatten(),
        layers.Reshape([2, -1]),
        layers.Permute([2, 1]),
        layers.RepeatVector(3),
    ):
        again = layers.deserialize(layers.serialize(layer))
        assert again.get_config() == layer.get_config()


def test_bad_input():
    x = np.ones((2, 4, 3), np.float32)
    with pytest.raises(ValueError, match="data_format must be 'channels_last'"):
        layers.Flatten("channels_first")
    for target in [(-1, -1), (0,), (2.5,), (-2,)]:
        with pytest.raises(ValueError, match="target_shape must hold positive integers"):
            layers.Reshape(target)
    for target in [(5, -1), (11,)]:
        with pytest.raises(ValueError, match=r"layer 'r' cannot give rows of shape \(4, 3\)"):
            layers.Reshape(target, name="r")(x)
    for dims in [(0, 1), (1, 3), (1, 1)]:
        with pytest.raises(ValueError, match=r"dims must be a tuple of 1 to 2 in some order"):
            layers.Permute(dims)
    with pytest.raises(ValueError, match=r"layer 'p' needs an input of 4 axes, got .*\(2, 4, 3\)"):
        layers.Permute((1, 2, 3), name="p")(x)
    with pytest.raises(ValueError, match="n must be a positive integer, got 0"):
        layers.RepeatVector(0)
    with pytest.raises(ValueError, match=r"layer 'v' needs an input of 2 axes"):
        layers.RepeatVector(2, name="v")(x)
