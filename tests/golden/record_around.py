"""The layers around the recurrent ones."""

from itertools import product

import keras
import numpy as np

from golden.fixture import Recording
from golden.numbers import generator, normal
from golden.record_layer import record_layer
from golden.record_recurrent import ACTIVATIONS, values
from golden.specs import build, spec

MASK = np.array([[1, 1, 0, 1, 0], [1, 0, 0, 0, 0], [1, 1, 1, 1, 1]], bool)


def record_convolution(to: Recording) -> None:
    """Record Conv1D: paddings, strides, dilations, odd sizes, kernels as long as the rows."""
    for padding, size, step in product(["valid", "same", "causal"], [1, 2, 3, 5], [1, 2, 3]):
        for strides, dilation in {(step, 1), (1, step)}:
            if padding == "valid" and (size - 1) * dilation + 1 > 9:
                continue
            name = f"{padding}/kernel_{size}_strides_{strides}_dilation_{dilation}"
            how = {"strides": strides, "dilation_rate": dilation, "padding": padding}
            layer = spec("Conv1D", filters=2, kernel_size=size, **how)
            record_layer(to, name, layer, values(name, 2, 9, 3))
    for t, i, f, size in [(7, 1, 1, 7), (1, 2, 3, 1), (8, 9, 17, 3), (33, 2, 7, 31), (16, 5, 8, 2)]:
        name = f"sizes/{t}_{i}_{f}_{size}"
        layer = spec("Conv1D", filters=f, kernel_size=size, activation="relu")
        record_layer(to, name, layer, values(name, 3, t, i))
    name = "no_bias"
    record_layer(to, name, spec("Conv1D", filters=2, kernel_size=3, use_bias=False), values(name))


def record_transposed(to: Recording) -> None:
    """Record Conv1DTranspose: paddings, strides, output paddings."""
    for padding, size, strides in product(["valid", "same"], [1, 2, 3, 5], [1, 2, 3]):
        name = f"{padding}/kernel_{size}_strides_{strides}"  # TensorFlow knows no dilation here
        how = {"strides": strides, "padding": padding}
        layer = spec("Conv1DTranspose", filters=2, kernel_size=size, **how)
        record_layer(to, name, layer, values(name, 2, 6, 3))
    for padding, size in product(["valid", "same"], [2, 3]):
        name = f"{padding}/kernel_{size}_output_padding"
        how = {"strides": 2, "padding": padding, "output_padding": 1, "activation": "relu"}
        layer = spec("Conv1DTranspose", filters=2, kernel_size=size, **how)
        record_layer(to, name, layer, values(name, 2, 6, 3))


def record_pooling(to: Recording) -> None:
    """Record max, average and global pooling."""
    for kind, padding, size, strides, t in product(
        ["Max", "Average"], ["valid", "same"], [1, 2, 3, 5], [None, 1, 2, 4], [5, 8, 9]
    ):
        name = f"{kind}/{padding}_{size}_{strides}_{t}"
        layer = spec(f"{kind}Pooling1D", pool_size=size, strides=strides, padding=padding)
        record_layer(to, name, layer, values(name, 2, t, 3))
    for kind, keepdims in product(["Max", "Average"], [False, True]):
        name = f"Global{kind}/keepdims_{keepdims}"
        layer = spec(f"Global{kind}Pooling1D", keepdims=keepdims)
        record_layer(to, name, layer, values(name))
        if kind == "Average":
            record_layer(to, f"{name}_mask", layer, values(name), mask=MASK)
    ties = np.array([[[1], [2], [2], [0], [2]], [[3], [3], [3], [3], [1]]], "float32")
    record_layer(to, "Max/ties", spec("MaxPooling1D", pool_size=3, strides=2), ties)
    record_layer(to, "GlobalMax/ties", spec("GlobalMaxPooling1D"), ties)


def record_dense(to: Recording) -> None:
    """Record Dense, Embedding, Activation and what only moves numbers."""
    for n, i, units in [(1, 1, 1), (2, 7, 9), (15, 16, 17), (3, 33, 8)]:
        name = f"dense/2d_{n}_{i}_{units}"
        record_layer(to, name, spec("Dense", units=units), normal(generator(name), n, i))
        name = f"dense/3d_{n}_{i}_{units}"
        record_layer(to, name, spec("Dense", units=units), values(name, n, 3, i))
    for kind in [*ACTIVATIONS, "softmax", "silu"]:
        name = f"dense/activation_{kind}"
        record_layer(to, name, spec("Dense", units=5, activation=kind), values(name))
        record_layer(to, f"activation/{kind}", spec("Activation", activation=kind), values(name))
    record_layer(to, "dense/no_bias", spec("Dense", units=3, use_bias=False), values("no_bias"))
    ids = generator("ids").integers(0, 11, (3, 5)).astype("int32")
    record_layer(to, "embedding", spec("Embedding", input_dim=11, output_dim=3), ids)
    record_layer(to, "flatten", spec("Flatten"), values("flatten"))
    record_layer(to, "reshape", spec("Reshape", target_shape=[2, -1]), values("reshape", 3, 4, 3))
    record_layer(to, "permute", spec("Permute", dims=[2, 1]), values("permute"))
    record_layer(to, "repeat", spec("RepeatVector", n=4), normal(generator("repeat"), 3, 5))
    for inner in (spec("Dense", units=4, activation="tanh"), spec("LayerNormalization")):
        layer = spec("TimeDistributed", layer=inner)
        record_layer(to, f"time_distributed/{inner['class']}", layer, values("time"))
    inner = spec("Conv1D", filters=2, kernel_size=3)
    x = normal(generator("four"), 2, 3, 6, 2)
    record_layer(to, "time_distributed/Conv1D", spec("TimeDistributed", layer=inner), x)
    inner = spec("LSTM", units=3)
    record_layer(to, "time_distributed/LSTM", spec("TimeDistributed", layer=inner), x)


def record_normalizing(to: Recording) -> None:
    """Record LayerNormalization, BatchNormalization and Normalization."""
    for n, t, f in [(2, 3, 1), (3, 5, 2), (4, 2, 17), (9, 1, 33)]:
        name = f"layer/sizes_{n}_{t}_{f}"
        record_layer(to, name, spec("LayerNormalization"), values(name, n, t, f))
        for training in (False, True):
            name = f"batch/sizes_{n}_{t}_{f}_training_{training}"
            layer = spec("BatchNormalization")
            record_layer(to, name, layer, values(name, n, t, f), training=training)
            name = f"batch/flat_{n * t}_{f}_training_{training}"
            x = normal(generator(name), n * t, f)
            record_layer(to, name, layer, x, training=training)
    for how in ({"center": False}, {"scale": False}, {"epsilon": 0.1}):
        key = next(iter(how))
        record_layer(to, f"layer/{key}", spec("LayerNormalization", **how), values(key))
        layer = spec("BatchNormalization", **how)
        record_layer(to, f"batch/{key}", layer, values(key), training=True)
    layer = spec("BatchNormalization", momentum=0.7)
    record_layer(to, "batch/momentum", layer, values("momentum"), training=True)
    for training in (False, True):
        name = f"batch/mask_training_{training}"
        record_layer(to, name, layer, values("mask"), mask=MASK, training=training)
    record_layer(to, "layer/2d", spec("LayerNormalization"), normal(generator("2d"), 4, 5))
    for name, how in {
        "fixed": {"mean": 2.0, "variance": 4.0},
        "invert": {"mean": 2.0, "variance": 4.0, "invert": True},
    }.items():
        record_layer(to, f"normalization/{name}", spec("Normalization", **how), values(name))
    for axis in (-1, None):
        named = spec("Normalization", axis=axis)
        layer = build(named, keras.layers)
        x = values(f"axis {axis}", 7, 5, 3) * np.float32(3) + np.float32(2)
        x[:, :, 1] = 4.0  # a feature without variance
        layer.adapt(x)
        about = {"layers": [named], "adapt": True, "call": {}}
        to.add(f"normalization/adapt_{axis}", about, x=x, y0=np.array(layer(x)))
