"""What is a formula: activations, regularizers, constraints, initializers, pad_sequences."""

import math
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from golden.fixture import Recording
from golden.numbers import generator, normal
from golden.record_recurrent import ACTIVATIONS

INITIALIZERS: dict[str, dict[str, Any]] = {
    "glorot_uniform": {"class": "GlorotUniform"},
    "glorot_normal": {"class": "GlorotNormal"},
    "he_uniform": {"class": "HeUniform"},
    "he_normal": {"class": "HeNormal"},
    "lecun_uniform": {"class": "LecunUniform"},
    "lecun_normal": {"class": "LecunNormal"},
    "random_normal": {"class": "RandomNormal", "mean": 0.5, "stddev": 2.0},
    "random_uniform": {"class": "RandomUniform", "minval": -1.0, "maxval": 3.0},
    "truncated_normal": {"class": "TruncatedNormal", "stddev": 0.3},
    "scaling_out": {"class": "VarianceScaling", "scale": 3.0, "mode": "fan_out"},
    "scaling_plain": {"class": "VarianceScaling", "distribution": "untruncated_normal"},
    "orthogonal": {"class": "Orthogonal", "gain": 1.5},
    "identity": {"class": "Identity", "gain": 2.0},
    "constant": {"class": "Constant", "value": 0.25},
    "zeros": {"class": "Zeros"},
    "ones": {"class": "Ones"},
}


REGULARIZERS: list[tuple[str, dict[str, Any]]] = [
    ("L1", {}),
    ("L1", {"l1": 0.3}),
    ("L2", {}),
    ("L2", {"l2": 0.3}),
    ("L1L2", {}),
    ("L1L2", {"l1": 0.1, "l2": 0.2}),
]
CONSTRAINTS: list[tuple[str, dict[str, Any]]] = [
    ("MaxNorm", {}),
    ("MaxNorm", {"max_value": 0.7, "axis": 1}),
    ("NonNeg", {}),
    ("UnitNorm", {}),
    ("UnitNorm", {"axis": 1}),
    ("MinMaxNorm", {"min_value": 0.5}),
    ("MinMaxNorm", {"min_value": 0.5, "max_value": 1.2, "rate": 0.4, "axis": 1}),
]


def record_activations(to: Recording) -> None:
    """Record values and derivatives over [-30, 30], more densely around 0, and at the kinks."""
    wide, narrow = np.linspace(-30, 30, 61), np.linspace(-4, 4, 65)
    x = np.unique(np.concatenate([wide, narrow, [1e-4, -1e-4]]).astype("float32"))
    for kind in [*ACTIVATIONS, "silu", "softmax"]:
        given = tf.constant((x.reshape(1, -1) if kind == "softmax" else x).astype("float64"))
        dy = normal(generator(kind), *given.shape)
        with tf.GradientTape() as tape:
            tape.watch(given)
            y = getattr(keras.activations, kind)(given)
            total = tf.reduce_sum(y * dy.astype("float64"))
        gradient = tape.gradient(total, given)
        arrays = {"x": given.numpy(), "y": y.numpy(), "dy": dy, "dx": gradient.numpy()}
        to.add(kind, {"activation": kind}, **arrays)


def record_penalties(to: Recording) -> None:
    """Record regularizers (value and gradient) and constraints."""
    w = normal(generator("penalties"), 5, 4)
    w[2, 1], w[:, 3] = 0, 0
    for number, (kind, arguments) in enumerate(REGULARIZERS):
        given = tf.constant(w.astype("float64"))
        with tf.GradientTape() as tape:
            tape.watch(given)
            value = getattr(keras.regularizers, kind)(**arguments)(given)
        gradient = tape.gradient(value, given)
        dw = np.zeros(w.shape) if gradient is None else gradient.numpy()
        about = {"regularizer": kind, "arguments": arguments, "value": float(value)}
        to.add(f"{kind}/{number}", about, w=w, dw=dw)
    for number, (kind, arguments) in enumerate(CONSTRAINTS):
        y = getattr(keras.constraints, kind)(**arguments)(tf.constant(w.astype("float64")))
        to.add(f"{kind}/{number}", {"constraint": kind, "arguments": arguments}, w=w, y=np.array(y))


def record_initializers(to: Recording) -> None:
    """Record what can be compared of random numbers: mean, deviation, least and greatest."""
    for name, about in INITIALIZERS.items():
        arguments = {key: value for key, value in about.items() if key != "class"}
        for shape in ((300, 200), (60, 240), (5, 40, 60)):
            if name == "identity" and len(shape) > 2:
                continue
            keras.utils.set_random_seed(7)
            values = np.array(getattr(keras.initializers, about["class"])(**arguments)(shape))
            flat = values.astype("float64")
            told = {
                "initializer": about["class"],
                "arguments": arguments,
                "shape": shape,
                "mean": float(flat.mean()),
                "stddev": float(flat.std()),
                "least": float(flat.min()),
                "greatest": float(flat.max()),
                "standard_error": float(flat.std() / math.sqrt(flat.size)),
            }
            to.add(f"{name}/{'x'.join(map(str, shape))}", told)


def record_padding(to: Recording) -> None:
    """Record pad_sequences and to_categorical."""
    lists = {
        "mixed": [[1, 2, 3, 4], [5], [], [6, 7]],
        "long": [list(range(1, 10)), [3, 1]],
        "floats": [[0.5, 1.5], [2.5, -1.25, 3.75]],
        "vectors": [[[1, 2], [3, 4]], [[5, 6]], [[7, 8], [9, 10], [11, 12]]],
        "empty": [[], []],
    }
    for name, rows in lists.items():
        for padding in ("pre", "post"):
            for truncating in ("pre", "post"):
                for maxlen in (None, 3):
                    how = {"padding": padding, "truncating": truncating, "maxlen": maxlen}
                    how |= {"dtype": "float32", "value": -1.5} if name == "floats" else {}
                    result = keras.utils.pad_sequences(rows, **how)
                    about = {"call": "pad_sequences", "rows": rows, "arguments": how}
                    to.add(f"{name}/{padding}_{truncating}_{maxlen}", about, result=result)
    for name, labels, classes in [
        ("flat", [0, 2, 1], None),
        ("wide", [0, 2, 1], 5),
        ("column", [[1], [0]], None),
        ("square", [[1, 0], [2, 2]], None),
    ]:
        result = keras.utils.to_categorical(labels, classes)
        about = {"call": "to_categorical", "labels": labels, "classes": classes}
        to.add(f"categorical/{name}", about, result=result)
