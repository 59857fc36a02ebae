"""Conv1DTranspose: the gradient of a convolution, which the float64 reference gives; and Keras."""

import itertools

import numpy as np
import pytest
from golden.fixture import load
from golden.replay import compare
from reference.check import assert_close
from reference.convolution import conv1d_backward, conv1d_forward

import sunhwan as sh
from sunhwan import layers
from sunhwan._engine.call import try_layer

TOLERANCE = 1e-5  # sums of up to 7 * 5 products of values of about 1, and gradients over 40 steps
KERAS_TOLERANCE = 5e-6
HOW = [
    {"kernel_size": size, "strides": strides, "dilation_rate": dilation, "padding": padding}
    for size, strides, dilation, padding in itertools.product(
        [1, 2, 3, 7], [1, 2, 5], [1, 2], ["valid", "same"]
    )
    if strides == 1 or dilation == 1
]


def normal(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def expected(layer, x, dy):
    """The output and all gradients: those of the convolution that goes the other way."""
    kernel, bias = (weight.astype(float) for weight in layer.get_weights())
    how = {name: getattr(layer, name)[0] for name in ("strides", "dilation_rate")}
    how["padding"] = layer.padding
    y, cache = conv1d_forward(dy.astype(float), kernel, None, **how)
    assert y.shape == x.shape
    gradients = conv1d_backward(cache, x.astype(float))
    return gradients.dx + bias, y, gradients.dkernel, dy.sum(axis=(0, 1))


@pytest.mark.parametrize("how", HOW, ids=str)
def test_it_is_the_gradient_of_a_convolution(how):
    layer = layers.Conv1DTranspose(5, **how, bias_initializer="normal")
    x = normal(3, 8, 4)
    dy = normal(*layer.compute_output_shape(x.shape), seed=1)
    trial = try_layer(layer, x, dy)
    y, dx, dkernel, dbias = expected(layer, x, dy)
    assert_close(trial.output, y, TOLERANCE)
    assert_close(trial.dx, dx, TOLERANCE)
    assert_close(trial.gradients[0], dkernel, 10 * TOLERANCE)
    assert_close(trial.gradients[1], dbias, 10 * TOLERANCE)


@pytest.mark.parametrize("activation", ["relu", "tanh", "gelu"])
def test_activations(activation):
    sh.utils.set_random_seed(1)
    layer = layers.Conv1DTranspose(3, 3, strides=2, padding="same", activation=activation)
    sh.testing.check_gradients(layer, normal(2, 5, 4))


@pytest.mark.parametrize("case", load("transposed"), ids=lambda case: case.name)
def test_against_keras(case):
    compare(case, KERAS_TOLERANCE)


def test_rows_of_different_lengths_go_by_their_own():
    sh.utils.set_random_seed(2)
    model = sh.Sequential(
        [
            sh.Input((None, 2)),
            layers.Conv1DTranspose(3, 4, strides=2, padding="same"),
            layers.GRU(4),
        ]
    )
    rows = [normal(length, 2, seed=length) for length in (4, 9, 5)]
    alone = np.concatenate([model.predict(row[None], verbose=0) for row in rows])
    assert_close(model.predict(rows, verbose=0), alone, 1e-6)
    model.compile("sgd", "mse")
    model.train_on_batch(rows, normal(3, 4))


def test_an_autoencoder_learns_and_is_saved(tmp_path):
    """The weights are read anew in each step, also where steps are replayed."""
    sh.utils.set_random_seed(3)
    x = np.sin(np.arange(16)[None, :, None] / 3 + np.arange(64)[:, None, None])
    model = sh.Sequential(
        [
            sh.Input((16, 1)),
            layers.Conv1D(8, 5, strides=2, padding="same", activation="relu"),
            layers.Conv1DTranspose(8, 5, strides=2, padding="same", activation="relu"),
            layers.Conv1DTranspose(1, 5, padding="same"),
        ]
    )
    assert model.output_shape == (None, 16, 1)
    model.compile(sh.optimizers.Adam(0.01), "mse")
    losses = model.fit(x, x, epochs=20, batch_size=32, verbose=0, doctor=False).history["loss"]
    assert losses[-1] < 0.1 * losses[0]
    model.save(tmp_path / "model.safetensors")
    again = sh.load_model(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(model.predict(x, verbose=0), again.predict(x, verbose=0))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.Conv1DTranspose(0, 2), "filters must be a positive integer, got 0"),
        (lambda: layers.Conv1DTranspose(1, 2, padding="causal"), "padding must be 'valid' or"),
        (lambda: layers.Conv1DTranspose(1, 2, strides=2, dilation_rate=2), "not both be above 1"),
        (lambda: layers.Conv1DTranspose(1, 2, output_padding=1), "less than strides, 1, got 1"),
        (lambda: layers.Conv1DTranspose(1, 2)(np.zeros((3, 4))), "must have shape"),
    ],
)
def test_wrong_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()
