"""Conv1D on every kind of batch against the float64 reference."""

import itertools

import numpy as np
import pytest
from packed_batches import Packed, Run
from reference.check import assert_close
from reference.convolution import conv1d_backward, conv1d_forward

from sunhwan import layers
from sunhwan._engine.call import try_layer

# Sums of up to 7 * 12 products of values of about 1, and of their gradients over 100 windows.
TOLERANCE = 1e-5
# Through five layers, sums over all steps of terms of up to 20, of which some cancel.
STACK_TOLERANCE = 1e-4

BATCHES = {
    "dense": {"lengths": [13] * 4},
    "shared": {"lengths": [13] * 7, "starts": [0, 1, 4, 9, 12, 13, 13]},
    "only padding": {"lengths": [13] * 2, "starts": [13, 13]},
    "ragged": {"lengths": [17, 13, 9, 8, 7], "ragged": True},
    "tokens": {"lengths": [13] * 4, "tokens": 5},
    "shared tokens": {"lengths": [13] * 5, "starts": [2, 3, 3, 8, 13], "tokens": 4},
    "ragged tokens": {"lengths": [12, 9, 7], "ragged": True, "tokens": 6},
}
WINDOWS = [
    {"kernel_size": size, "strides": strides, "dilation_rate": dilation, "padding": padding}
    for (size, dilation), strides, padding in itertools.product(
        [(1, 1), (2, 1), (3, 1), (7, 1), (2, 3), (3, 2)], [1, 2, 5], ["valid", "same", "causal"]
    )
]


def random_layer(rng, features, **options):
    layer = layers.Conv1D(**options, bias_initializer="normal")
    layer.ensure_built((None, None, features))
    layer.set_weights([rng.standard_normal(v.shape) for v in layer.variables])
    return layer


class Expected:
    """The reference's outputs and gradients for each row of a batch, group by group."""

    def __init__(self, rng, layer, rows):
        weights = [weight.astype(float) for weight in layer.get_weights()]
        kernel, bias = weights[0], weights[1] if layer.use_bias else None
        options = {
            "strides": layer.strides[0],
            "padding": layer.padding,
            "dilation_rate": layer.dilation_rate[0],
            "activation": layer.activation.__name__,
        }
        inputs, filters = kernel.shape[1], layer.filters // layer.groups
        self.outputs, self.dys, self.drows = [], [], []
        self.dkernel = np.zeros(kernel.shape)
        self.dbias = None if bias is None else np.zeros(bias.shape)
        for row in rows:
            parts = []
            drow = np.zeros(row.shape)
            for group in range(layer.groups):
                i = slice(group * inputs, (group + 1) * inputs)
                f = slice(group * filters, (group + 1) * filters)
                part_bias = None if bias is None else bias[f]
                y, cache = conv1d_forward(row[None, :, i], kernel[:, :, f], part_bias, **options)
                dy = rng.standard_normal(y.shape)
                gradients = conv1d_backward(cache, dy)
                parts.append((y[0], dy[0]))
                drow[:, i] = gradients.dx[0]
                self.dkernel[:, :, f] += gradients.dkernel
                if bias is not None:
                    self.dbias[f] += gradients.dbias
            self.outputs.append(np.concatenate([y for y, _ in parts], axis=1))
            self.dys.append(np.concatenate([dy for _, dy in parts], axis=1))
            self.drows.append(drow)


def check(layer, batch, rng, cuts=()):
    """Outputs and gradients of `layer` on a packed batch, and of the same rows dense."""
    expected = Expected(rng, layer, batch.rows)
    runs = [
        (Run([layer], batch.batch, expected.dys, cuts), *batch.collected(expected.drows)),
        (Run([layer], batch.dense(), expected.dys), np.concatenate(expected.drows), None),
    ]
    for run, own, head in runs:
        for actual, y in zip(run.outputs, expected.outputs, strict=True):
            assert_close(actual, y, TOLERANCE)
        if own is not None:
            assert_close(run.dvalues, own, TOLERANCE)
        if head is not None and len(head):
            assert_close(run.dhead, head, TOLERANCE)
        assert_close(run.gradients[0], expected.dkernel, TOLERANCE)
        if layer.use_bias:
            assert_close(run.gradients[1], expected.dbias, TOLERANCE)


@pytest.mark.parametrize("kind", BATCHES)
def test_windows(kind):
    rng = np.random.default_rng(1)
    for windows in WINDOWS:
        features, filters = (int(size) for size in rng.integers(1, 12, 2))
        batch = Packed(rng, **BATCHES[kind], features=features)
        layer = random_layer(rng, features, filters=filters, **windows)
        if windows["padding"] == "valid" and layer.windows.span > len(batch.rows[-1]):
            continue
        check(layer, batch, rng)
        check(layer, batch, rng, cuts=(1,))


@pytest.mark.parametrize("kind", ["shared", "shared tokens", "ragged"])
@pytest.mark.parametrize("activation", ["relu", "gelu", "softmax", "tanh"])
def test_activations(activation, kind):
    rng = np.random.default_rng(2)
    for filters in (1, 7, 17):
        batch = Packed(rng, **BATCHES[kind], features=5)
        layer = random_layer(
            rng, 5, filters=filters, kernel_size=3, activation=activation, padding="same"
        )
        check(layer, batch, rng, cuts=(2,))


@pytest.mark.parametrize("kind", ["shared", "shared tokens", "ragged"])
@pytest.mark.parametrize("groups", [2, 3])
def test_groups(groups, kind):
    rng = np.random.default_rng(3)
    for strides, use_bias in itertools.product([1, 2], [False, True]):
        batch = Packed(rng, **BATCHES[kind], features=6)
        layer = random_layer(
            rng,
            6,
            filters=12,
            kernel_size=4,
            groups=groups,
            strides=strides,
            use_bias=use_bias,
            padding="causal",
        )
        check(layer, batch, rng, cuts=(1, 2))


@pytest.mark.parametrize("padding", ["valid", "same", "causal"])
@pytest.mark.parametrize("kind", ["shared", "shared tokens"])
def test_a_stack_gives_what_dense_rows_give(kind, padding):
    rng = np.random.default_rng(4)
    lengths, starts = [60] * 6, [0, 7, 30, 59, 60, 60]
    tokens = 6 if "tokens" in kind else 0
    batch = Packed(rng, lengths, starts, features=5, tokens=tokens)
    for strides, last in itertools.product([1, 2], ["GlobalMaxPooling1D", "MaxPooling1D"]):
        stack = [
            random_layer(rng, 5, filters=8, kernel_size=5, padding=padding, activation="tanh"),
            layers.MaxPooling1D(3, padding="same" if padding == "same" else "valid"),
            random_layer(rng, 8, filters=7, kernel_size=3, padding=padding, strides=strides),
            layers.AveragePooling1D(2, strides=1),
            getattr(layers, last)(),
        ]
        for layer, features in zip(stack, [5, 8, 8, 7, 7], strict=True):
            layer.ensure_built((None, None, features))
        outputs = Run(stack, batch.dense()).outputs
        dys = [rng.standard_normal(y.shape) for y in outputs]
        dense = Run(stack, batch.dense(), dys)
        own, head = batch.collected(np.split(dense.dvalues, len(lengths)))
        for cuts in [(), (2, 3), (1, 2, 3, 4, 5)]:
            run = Run(stack, batch.batch, dys, cuts)
            for actual, expected in zip(run.outputs, outputs, strict=True):
                assert_close(actual, expected, STACK_TOLERANCE)
            for actual, expected in zip(run.gradients, dense.gradients, strict=True):
                assert_close(actual, expected, STACK_TOLERANCE)
            if own is not None:
                assert_close(run.dvalues, own, STACK_TOLERANCE)
            assert_close(run.dhead, head, STACK_TOLERANCE)


@pytest.mark.parametrize("kind", ["shared", "tokens", "shared tokens", "ragged"])
def test_bits_depend_neither_on_threads_nor_on_neighbours(kind, threads):
    rng = np.random.default_rng(5)
    options = {**BATCHES[kind], "lengths": [length * 9 for length in BATCHES[kind]["lengths"]]}
    if "starts" in options:
        options["starts"] = [start * 9 for start in options["starts"]]
    batch = Packed(rng, **options, features=19)
    layer = random_layer(rng, 19, filters=21, kernel_size=5, padding="same", activation="relu")
    outputs = Run([layer], batch.batch).outputs
    dys = [rng.standard_normal(y.shape) for y in outputs]
    runs = []
    for count in (1, 2, 3):
        threads(count)
        runs.append(Run([layer], batch.batch, dys))
        alone = Run([layer], batch.batch, cuts=range(1, len(outputs)))
        for run in (runs[-1], alone):
            for actual, expected in zip(run.outputs, outputs, strict=True):
                np.testing.assert_array_equal(actual, expected)
    for run in runs[1:]:
        np.testing.assert_array_equal(run.dvalues, runs[0].dvalues)
        np.testing.assert_array_equal(run.dhead, runs[0].dhead)
        for actual, expected in zip(run.gradients, runs[0].gradients, strict=True):
            np.testing.assert_array_equal(actual, expected)


def test_on_an_array():
    rng = np.random.default_rng(6)
    x = rng.standard_normal((3, 10, 4)).astype(np.float32)
    layer = layers.Conv1D(5, 3, activation="relu")
    y = layer(x)
    assert y.shape == (3, 8, 5)
    expected, cache = conv1d_forward(
        x.astype(float), *(w.astype(float) for w in layer.get_weights()), activation="relu"
    )
    assert_close(y, expected, TOLERANCE)
    dy = rng.standard_normal(y.shape)
    gradients = conv1d_backward(cache, dy)
    trial = try_layer(layer, x, dy)
    assert_close(trial.dx, gradients.dx, TOLERANCE)
    assert_close(trial.gradients[0], gradients.dkernel, TOLERANCE)
    assert_close(trial.gradients[1], gradients.dbias, TOLERANCE)
