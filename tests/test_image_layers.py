"""Layers of images against the float64 reference: outputs, every gradient, odd sizes."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from reference import images
from reference.check import assert_close, check_layer, named

import sunhwan as sh
from sunhwan import layers
from sunhwan._engine.call import try_layer

TOLERANCE = 1e-5  # sums of up to 9 * 17 products of values of about 1, and over 200 windows
WINDOWS = [
    {"size": size, "strides": strides, "dilation": dilation, "padding": padding}
    for (size, dilation), strides, padding in itertools.product(
        [((1, 1), (1, 1)), ((3, 2), (1, 1)), ((2, 3), (2, 1)), ((3, 3), (1, 2))],
        [(1, 1), (2, 2), (1, 3), (3, 2)],
        ["valid", "same"],
    )
]


def normal(rng, *shape):
    return rng.standard_normal(shape).astype(np.float32)


def convolution(rng, channels, **options):
    layer = layers.Conv2D(**options)
    layer.ensure_built((None, None, None, channels))
    layer.set_weights([normal(rng, *v.shape) for v in layer.variables])
    return layer


def expected_of(layer, x, dy_of):
    """The reference's output and gradients, group by group."""
    kernel, *bias = [weight.astype(float) for weight in layer.get_weights()]
    inputs, filters = kernel.shape[2], layer.filters // layer.groups
    options = {
        "strides": layer.strides,
        "padding": layer.padding,
        "dilation_rate": layer.dilation_rate,
        "activation": layer.activation.__name__,
    }
    runs, outputs = [], []
    for group in range(layer.groups):
        own = slice(group * filters, (group + 1) * filters)
        part = x[..., group * inputs : (group + 1) * inputs].astype(float)
        own_bias = bias[0][own] if bias else None
        y, cache = images.conv2d_forward(part, kernel[..., own], own_bias, **options)
        outputs.append(y)
        runs.append((cache, own))
    y = np.concatenate(outputs, axis=-1)
    dy = dy_of(y.shape)
    gradients = [images.conv2d_backward(cache, dy[..., own].astype(float)) for cache, own in runs]
    dx, dkernel = (
        np.concatenate([getattr(one, name) for one in gradients], axis=-1)
        for name in ("dx", "dkernel")
    )
    dbias = np.concatenate([one.dbias for one in gradients]) if bias else None
    return SimpleNamespace(y=y, dy=dy, dx=dx, gradients=[dkernel, *([dbias] if bias else [])])


def check(layer, x, rng):
    expected = expected_of(layer, x, lambda shape: normal(rng, *shape))
    trial = try_layer(layer, x, expected.dy)
    assert_close(trial.output, expected.y, TOLERANCE)
    assert_close(trial.dx, expected.dx, TOLERANCE)
    for actual, gradient in zip(trial.gradients, expected.gradients, strict=True):
        assert_close(actual, gradient, TOLERANCE)
    assert layer.compute_output_shape((None, *x.shape[1:])) == (None, *expected.y.shape[1:])


@pytest.mark.parametrize("windows", WINDOWS, ids=str)
def test_convolution(windows):
    rng = np.random.default_rng(1)
    for height, width in [(7, 9), (5, 5), (8, 16)]:
        channels, filters = (int(size) for size in rng.integers(1, 18, 2))
        layer = convolution(
            rng,
            channels,
            filters=filters,
            kernel_size=windows["size"],
            strides=windows["strides"],
            dilation_rate=windows["dilation"],
            padding=windows["padding"],
        )
        check(layer, normal(rng, 3, height, width, channels), rng)


@pytest.mark.parametrize("activation", ["relu", "gelu", "softmax", "tanh"])
def test_activations_and_groups(activation):
    rng = np.random.default_rng(2)
    for groups, use_bias in itertools.product([1, 3], [True, False]):
        layer = convolution(
            rng,
            6,
            filters=9,
            kernel_size=3,
            activation=activation,
            groups=groups,
            use_bias=use_bias,
        )
        if activation == "softmax" and groups > 1:
            continue  # the reference activates each group alone
        check(layer, normal(rng, 2, 6, 5, 6), rng)


@pytest.mark.parametrize("kind", ["max", "mean"])
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_pooling(kind, padding):
    rng = np.random.default_rng(3)
    cls = layers.MaxPooling2D if kind == "max" else layers.AveragePooling2D
    for size, strides in [((2, 2), None), ((3, 2), (1, 2)), ((2, 3), (3, 1)), ((1, 1), (2, 2))]:
        for channels in (1, 8, 17):
            x = normal(rng, 3, 7, 9, channels)
            x[0, :2, :2] = 1.0  # equal values
            layer = cls(size, strides, padding)
            options = {"pool_size": size, "strides": strides or size, "padding": padding}
            y, cache = images.image_pool_forward(x.astype(float), kind, **options)
            dy = normal(rng, *y.shape)
            trial = try_layer(layer, x, dy)
            assert_close(trial.output, y, TOLERANCE)
            assert_close(trial.dx, images.image_pool_backward(cache, dy.astype(float)), TOLERANCE)


@pytest.mark.parametrize("keepdims", [False, True])
def test_global_pooling(keepdims):
    rng = np.random.default_rng(4)
    for channels in (1, 7, 33):
        x, dy = normal(rng, 3, 5, 4, channels), normal(rng, 3, channels)
        x[0, :2, 1] = 9.0  # equal maxima share the gradient
        given = dy.reshape(3, 1, 1, channels) if keepdims else dy
        mean = try_layer(layers.GlobalAveragePooling2D(keepdims=keepdims), x, given)
        assert_close(mean.output.reshape(dy.shape), x.mean(axis=(1, 2)), TOLERANCE)
        assert_close(mean.dx, np.broadcast_to(dy[:, None, None] / 20, x.shape), TOLERANCE)
        largest = try_layer(layers.GlobalMaxPooling2D(keepdims=keepdims), x, given)
        maxima = x.max(axis=(1, 2), keepdims=True)
        assert_close(largest.output.reshape(dy.shape), maxima[:, 0, 0], TOLERANCE)
        equal = x == maxima
        share = equal / equal.sum(axis=(1, 2), keepdims=True)
        assert_close(largest.dx, share * dy[:, None, None], TOLERANCE)


def test_bits_depend_neither_on_threads_nor_on_neighbours(threads):
    rng = np.random.default_rng(5)
    x = normal(rng, 9, 17, 16, 5)
    stack = [
        convolution(rng, 5, filters=21, kernel_size=3, strides=2, padding="same"),
        layers.MaxPooling2D(2),
        layers.AveragePooling2D(2, padding="same"),
        layers.GlobalMaxPooling2D(),
    ]
    for layer in stack:
        dy = normal(rng, *layer(x).shape)
        trials = []
        for count in (1, 2, 3):
            threads(count)
            trials.append(try_layer(layer, x, dy))
        for trial in trials[1:]:
            np.testing.assert_array_equal(trial.output, trials[0].output)
            np.testing.assert_array_equal(trial.dx, trials[0].dx)
            for actual, expected in zip(trial.gradients, trials[0].gradients, strict=True):
                np.testing.assert_array_equal(actual, expected)
        np.testing.assert_array_equal(layer(x[4:5])[0], trials[0].output[4])
        x = trials[0].output


def test_weights_that_are_not_trained_get_no_gradient():
    layer = convolution(np.random.default_rng(6), 2, filters=3, kernel_size=2, trainable=False)
    x = np.ones((1, 3, 3, 2), np.float32)
    trial = try_layer(layer, x, np.ones((1, 2, 2, 3), np.float32))
    assert not any(gradient.any() for gradient in trial.gradients)
    assert trial.dx.any()


def test_a_model_of_images():
    sh.utils.set_random_seed(1)
    model = sh.Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Conv2D(8, 3, activation="relu", padding="same"),
            layers.MaxPooling2D(),
            layers.Conv2D(8, (2, 3), strides=2),
            layers.GlobalAveragePooling2D(),
            layers.Dense(2, activation="softmax"),
        ]
    )
    assert [layer.count_params() for layer in model.layers] == [80, 0, 392, 0, 18]
    assert model.layer_shapes[:3] == [(None, 8, 8, 8), (None, 4, 4, 8), (None, 2, 1, 8)]
    rng = np.random.default_rng(7)
    x, y = normal(rng, 64, 8, 8, 1), rng.integers(0, 2, 64)
    x[y == 1, 2:6, 3] += 2.0  # an upright line
    model.compile(sh.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, epochs=15, batch_size=16, verbose=0).history
    assert history["accuracy"][-1] > 0.9
    again = sh.Sequential.from_config(model.get_config())
    again.set_weights(model.get_weights())
    np.testing.assert_array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.Conv2D(3, (1, 2, 3)), "kernel_size must be an integer or two of them"),
        (lambda: layers.Conv2D(3, 0), "kernel_size must be a positive integer, got 0"),
        (lambda: layers.Conv2D(3, 2, padding="causal"), "padding must be 'valid' or 'same'"),
        (lambda: layers.Conv2D(4, 2, groups=3), "groups must divide the filters, 4, got 3"),
        (lambda: layers.Conv2D(3, 2, data_format="channels_first"), "must be 'channels_last'"),
        (lambda: layers.MaxPooling2D(data_format="first"), "must be 'channels_last'"),
        (lambda: layers.Conv2D(3, 4)(np.zeros((1, 3, 5, 1))), r"windows that span \(4, 4\) pixels"),
        (lambda: layers.Conv2D(3, 2)(np.zeros((1, 3, 5))), "height, width, channels"),
        (lambda: layers.Conv2D(2, 2, groups=2)(np.zeros((1, 3, 5, 3))), "must divide the channels"),
        (lambda: layers.GlobalMaxPooling2D()(np.zeros((1, 3, 5))), "height, width, channels"),
    ],
)
def test_wrong_arguments_and_shapes(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(
    ("strides", "dilation"), [((1, 1), (1, 1)), ((2, 1), (1, 1)), ((1, 1), (2, 1))]
)
def test_the_reference_s_convolution(strides, dilation, padding):
    rng = np.random.default_rng(8)
    shapes = {"x": (2, 5, 6, 2), "kernel": (2, 3, 2, 3), "bias": (3,)}
    arrays = {name: rng.standard_normal(shape) for name, shape in shapes.items()}

    def forward(x, kernel, bias):
        options = {"strides": strides, "dilation_rate": dilation, "padding": padding}
        return images.conv2d_forward(x, kernel, bias, **options, activation="tanh")

    check_layer(forward, lambda cache, dy: named(images.conv2d_backward(cache, dy)), arrays)


@pytest.mark.parametrize("kind", ["max", "mean"])
def test_the_reference_s_pooling(kind):
    def forward(x):
        options = {"pool_size": (2, 3), "strides": (1, 2), "padding": "same"}
        return images.image_pool_forward(x, kind, **options)

    def backward(cache, dy):
        return {"x": images.image_pool_backward(cache, dy)}

    check_layer(forward, backward, {"x": np.random.default_rng(9).standard_normal((2, 5, 4, 3))})
