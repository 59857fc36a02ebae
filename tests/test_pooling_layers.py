"""The pooling layers on every kind of batch against the float64 reference."""

import itertools

import numpy as np
import pytest
from packed_batches import Packed, Run
from reference.check import assert_close
from reference.pooling import (
    average_pool_backward,
    average_pool_forward,
    global_average_pool_backward,
    global_average_pool_forward,
    global_max_pool_backward,
    global_max_pool_forward,
    max_pool_backward,
    max_pool_forward,
)

from sunhwan import layers
from sunhwan._engine.call import try_layer

TOLERANCE = 2e-6  # of float32 means of at most 30 values of about 1, and sums of their gradients

WINDOWED = [
    (layers.MaxPooling1D, max_pool_forward, max_pool_backward),
    (layers.AveragePooling1D, average_pool_forward, average_pool_backward),
]
GLOBAL = [
    (layers.GlobalMaxPooling1D, global_max_pool_forward, global_max_pool_backward),
    (layers.GlobalAveragePooling1D, global_average_pool_forward, global_average_pool_backward),
]
# Lengths and starts of rows; one row is all padding, one begins with the first step of its own.
BATCHES = {
    "dense": {"lengths": [13] * 4},
    "shared": {"lengths": [13] * 7, "starts": [0, 1, 4, 9, 12, 13, 13]},
    "only padding": {"lengths": [13] * 2, "starts": [13, 13]},
    "ragged": {"lengths": [13, 9, 8, 7, 7], "ragged": True},
    "tokens": {"lengths": [13] * 4, "tokens": 5},
    "shared tokens": {"lengths": [13] * 5, "starts": [2, 3, 3, 8, 13], "tokens": 4},
}


def built(layer, features):
    layer.ensure_built((None, None, features))
    return layer


def check(layer, batch, forward, backward, rng, cuts=()):
    """Outputs and gradients of `layer` on a packed batch, and of the same rows dense."""
    expected, drows, dys = [], [], []
    for row in batch.rows:
        y, cache = forward(row[None])
        dy = rng.standard_normal(y.shape)
        expected.append(y[0])
        dys.append(dy[0])
        drows.append(backward(cache, dy)[0])
    runs = [Run([layer], batch.batch, dys, cuts), Run([layer], batch.dense(), dys)]
    dvalues, dhead = batch.collected(drows)
    gradients = [(dvalues, dhead), (np.concatenate(drows), None)]
    for run, (own, head) in zip(runs, gradients, strict=True):
        for actual, y in zip(run.outputs, expected, strict=True):
            assert_close(actual, y, TOLERANCE)
        if own is not None:
            assert_close(run.dvalues, own, TOLERANCE)
        if head is not None and len(head):
            assert_close(run.dhead, head, TOLERANCE)


@pytest.mark.parametrize("kind", BATCHES)
@pytest.mark.parametrize(("layer", "forward", "backward"), WINDOWED)
def test_windows(layer, forward, backward, kind):
    rng = np.random.default_rng(1)
    for size, strides, padding in itertools.product(
        [1, 2, 3, 5], [None, 1, 2, 7], ["valid", "same"]
    ):
        options = {"pool_size": size, "strides": strides, "padding": padding}
        batch = Packed(rng, **BATCHES[kind], features=int(rng.integers(1, 20)))
        for cuts in [(), (1,), (2, 3)] if len(batch.rows) > 3 else [(), (1,)]:
            check(
                built(layer(**options), batch.values.shape[1]),
                batch,
                lambda x, options=options: forward(x, **options),
                backward,
                rng,
                cuts,
            )


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("kind", BATCHES)
@pytest.mark.parametrize(("layer", "forward", "backward"), GLOBAL)
def test_rows(layer, forward, backward, kind, keepdims):
    rng = np.random.default_rng(2)

    def kept(x):
        y, cache = forward(x)
        return (y[:, None] if keepdims else y), cache

    for features in [1, 7, 16, 33]:
        batch = Packed(rng, **BATCHES[kind], features=features)
        for cuts in [(), (1,)]:
            check(
                built(layer(keepdims=keepdims), features),
                batch,
                kept,
                lambda cache, dy: backward(cache, dy.reshape(1, -1)),
                rng,
                cuts,
            )


@pytest.mark.parametrize("layer", [layers.GlobalMaxPooling1D, layers.GlobalAveragePooling1D])
def test_a_ragged_row_without_steps_gives_zeros(layer):
    rng = np.random.default_rng(3)
    batch = Packed(rng, lengths=[4, 0], features=3, ragged=True)
    run = Run([built(layer(), 3)], batch.batch, np.ones((2, 3)))
    np.testing.assert_array_equal(run.outputs[1], np.zeros(3))
    assert np.isfinite(run.dvalues).all()


def test_the_mean_leaves_masked_steps_out():
    rng = np.random.default_rng(4)
    x = rng.standard_normal((5, 9, 7)).astype(np.float32)
    mask = rng.random((5, 9)) < 0.5
    mask[0], mask[1] = True, np.arange(9) >= 6
    dy = rng.standard_normal((5, 7)).astype(np.float32)
    trial = try_layer(layers.GlobalAveragePooling1D(), x, dy, mask=mask)
    y, cache = global_average_pool_forward(x.astype(float), mask)
    assert_close(trial.output, y, TOLERANCE)
    assert_close(trial.dx, global_average_pool_backward(cache, dy.astype(float)), TOLERANCE)


@pytest.mark.parametrize(("layer", "forward"), [(each[0], each[1]) for each in WINDOWED])
def test_other_layers_ignore_a_mask(layer, forward):
    rng = np.random.default_rng(5)
    x = rng.standard_normal((3, 9, 7)).astype(np.float32)
    y = layer(pool_size=2)(x, mask=rng.random((3, 9)) < 0.5)
    assert_close(y, forward(x.astype(float), pool_size=2)[0], TOLERANCE)


@pytest.mark.parametrize("layer", [each[0] for each in [*WINDOWED, *GLOBAL]])
def test_bits_depend_neither_on_threads_nor_on_neighbours(layer, threads):
    rng = np.random.default_rng(6)
    options = (
        {"pool_size": 3, "strides": 2, "padding": "same"} if "Global" not in str(layer) else {}
    )
    batch = Packed(rng, lengths=[40] * 6, starts=[0, 2, 9, 30, 40, 40], features=19)
    pooling = built(layer(**options), 19)
    y = pooling(np.stack(batch.rows))
    dys = rng.standard_normal(y.shape)
    runs = []
    for count in (1, 2, 3):
        threads(count)
        runs.append(Run([pooling], batch.batch, dys))
        for actual, expected in zip(runs[-1].outputs, y, strict=True):
            np.testing.assert_array_equal(actual, expected)
    for run in runs[1:]:
        np.testing.assert_array_equal(run.dvalues, runs[0].dvalues)
        np.testing.assert_array_equal(run.dhead, runs[0].dhead)
    alone = Run([pooling], batch.batch, cuts=range(1, 6))
    for actual, expected in zip(alone.outputs, y, strict=True):
        np.testing.assert_array_equal(actual, expected)


def test_shapes():
    pool = layers.MaxPooling1D(5)
    assert pool.compute_output_shape((None, 494, 32)) == (None, 98, 32)
    assert pool.compute_output_shape((None, None, 32)) == (None, None, 32)
    same = layers.AveragePooling1D(3, strides=2, padding="same")
    assert same.compute_output_shape((4, 10, 2)) == (4, 5, 2)
    assert layers.GlobalMaxPooling1D().compute_output_shape((None, 13, 32)) == (None, 32)
    kept = layers.GlobalAveragePooling1D(keepdims=True)
    assert kept.compute_output_shape((None, 13, 32)) == (None, 1, 32)


def test_configs():
    config = layers.MaxPooling1D(3, name="pool").get_config()
    assert config["pool_size"] == [3]
    assert config["strides"] == [3]
    assert config["padding"] == "valid"
    assert config["data_format"] == "channels_last"
    for layer in [
        layers.MaxPooling1D(3, strides=(2,), padding="SAME"),
        layers.AveragePooling1D([4]),
        layers.GlobalMaxPooling1D(keepdims=True),
        layers.GlobalAveragePooling1D("channels_last"),
    ]:
        again = type(layer).from_config(layer.get_config())
        assert again.get_config() == layer.get_config()


def test_masks_go_into_the_mean_alone():
    mask = np.ones((2, 3), bool)
    assert layers.GlobalAveragePooling1D().supports_masking
    assert not layers.MaxPooling1D().supports_masking
    assert layers.GlobalAveragePooling1D().compute_mask(None, mask) is None
    assert layers.MaxPooling1D().compute_mask(None, mask) is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"pool_size": 0}, "pool_size must be a positive integer, got 0"),
        ({"pool_size": (2, 2)}, r"pool_size must be a positive integer, got \(2, 2\)"),
        ({"pool_size": 2.5}, "pool_size must be a positive integer, got 2.5"),
        ({"strides": True}, "strides must be a positive integer, got True"),
        ({"padding": "causal"}, "padding must be 'valid' or 'same', got 'causal'"),
        ({"data_format": "channels_first"}, "data_format 'channels_first' is not supported"),
        ({"data_format": "NCW"}, "data_format must be 'channels_last' or 'channels_first', got"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        layers.MaxPooling1D(**arguments)


def test_rows_shorter_than_a_window_are_named():
    rng = np.random.default_rng(7)
    pool = layers.MaxPooling1D(5, name="pool")
    message = (
        "layer 'pool': a window of 5 steps needs rows of at least 5 steps without padding, got"
    )
    with pytest.raises(ValueError, match=f"{message} rows of 4"):
        pool.compute_output_shape((None, 4, 3))
    with pytest.raises(ValueError, match=f"{message} rows of 4"):
        pool(np.zeros((2, 4, 3), np.float32))
    batch = Packed(rng, lengths=[7, 6, 4], ragged=True)
    with pytest.raises(ValueError, match=f"{message} row {batch.layout.order[2]} of 4"):
        Run([built(layers.MaxPooling1D(5, name="pool"), 3)], batch.batch)


@pytest.mark.parametrize("layer", [layers.MaxPooling1D, layers.GlobalAveragePooling1D])
def test_the_wrong_rank_is_named(layer):
    with pytest.raises(ValueError, match=r"must have shape \(rows, steps, features\)"):
        layer(name="pool")(np.zeros((2, 4), np.float32))
    message = r"layer 'pool' needs input of shape \(rows, steps, features\), got \(None, 4\)"
    with pytest.raises(ValueError, match=message):
        layer(name="pool").compute_output_shape((None, 4))
