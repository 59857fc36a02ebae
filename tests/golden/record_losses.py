"""Losses: values, gradients, weights of samples, reductions; and the edges of probability."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from golden.fixture import Recording
from golden.numbers import generator

PLAIN = [
    "MeanSquaredError",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "Huber",
    "LogCosh",
    "CosineSimilarity",
    "Hinge",
]
SHAPES = {"one": (7, 1), "many": (5, 3), "steps": (3, 4, 2)}


def record_losses(to: Recording) -> None:
    """Record every loss, each with and without weights, in two dimensions and in three."""
    for shape_name, shape in SHAPES.items():
        for kind in PLAIN:
            rng = generator(f"{kind} {shape_name}")
            y, p = rng.normal(0, 2, shape), rng.normal(0, 2, shape)
            _record(to, f"{kind}/{shape_name}", kind, {}, y, p)
        rng = generator(f"positive {shape_name}")
        y, p = rng.uniform(0, 3, shape), rng.uniform(0.1, 3, shape)
        for kind in ("MeanSquaredLogarithmicError", "Poisson"):
            _record(to, f"{kind}/{shape_name}", kind, {}, y, p)
        signs, p = rng.integers(0, 2, shape), rng.normal(0, 1.5, shape)
        for kind in ("Hinge", "SquaredHinge", "CategoricalHinge"):
            _record(to, f"{kind}/{shape_name}_zero_one", kind, {}, signs, p)
            _record(to, f"{kind}/{shape_name}_signs", kind, {}, 2 * signs - 1, p)
        _record_entropies(to, shape_name, shape)
    rng = generator("huber")
    y, p = rng.normal(0, 2, (5, 3)), rng.normal(0, 2, (5, 3))
    _record(to, "Huber/delta", "Huber", {"delta": 0.4}, y, p)
    for reduction in ("sum", "none", "mean", "mean_with_sample_weight"):
        about = {"reduction": reduction}
        _record(to, f"MeanSquaredError/{reduction}", "MeanSquaredError", about, y, p)
    _record_edges(to)


def _record_entropies(to: Recording, shape_name: str, shape: tuple[int, ...]) -> None:
    rng = generator(f"entropies {shape_name}")
    for kind, target in {
        "hard": rng.integers(0, 2, shape),
        "soft": rng.uniform(0, 1, shape),
    }.items():
        for logits in (False, True):
            p = rng.normal(0, 3, shape) if logits else rng.uniform(0.01, 0.99, shape)
            for smoothing in (0.0, 0.2):
                about = {"from_logits": logits, "label_smoothing": smoothing}
                name = f"BinaryCrossentropy/{shape_name}_{kind}_{logits}_{smoothing}"
                _record(to, name, "BinaryCrossentropy", about, target, p)
    if shape[-1] == 1:
        return
    classes = rng.integers(0, shape[-1], shape[:-1])
    one_hot = np.eye(shape[-1])[classes]
    chances = rng.uniform(0.05, 1, shape)
    chances /= chances.sum(-1, keepdims=True)
    for logits in (False, True):
        p = rng.normal(0, 3, shape) if logits else rng.uniform(0.05, 1, shape)
        p = p if logits else p / p.sum(-1, keepdims=True)
        about = {"from_logits": logits}
        name = f"SparseCategoricalCrossentropy/{shape_name}_{logits}"
        _record(to, name, "SparseCategoricalCrossentropy", about, classes, p)
        for smoothing, target in ((0.0, one_hot), (0.2, one_hot), (0.0, chances)):
            kind = "soft" if target is chances else "hard"
            name = f"CategoricalCrossentropy/{shape_name}_{kind}_{logits}_{smoothing}"
            how = about | {"label_smoothing": smoothing}
            _record(to, name, "CategoricalCrossentropy", how, target, p)
        for target, arguments in (
            (one_hot, {}),
            (chances, {"gamma": 0.5, "label_smoothing": 0.2}),
            (one_hot, {"alpha": [0.1, 0.5, 2.0][: shape[-1]], "gamma": 3.0}),
        ):
            kind = "soft" if target is chances else "hard"
            name = f"CategoricalFocalCrossentropy/{shape_name}_{kind}_{logits}_{len(arguments)}"
            _record(to, name, "CategoricalFocalCrossentropy", about | arguments, target, p)
    _record(to, f"KLDivergence/{shape_name}", "KLDivergence", {}, chances, p * 0 + chances[::-1])


def _record_edges(to: Recording) -> None:
    """Probabilities of exactly 0 and 1, in float32, where the clipping shows."""
    edges = np.array([[0, 1, 0, 1], [1, 0, 0.5, 1e-9]], "float32")
    target = np.array([[0, 1, 1, 0], [0, 1, 1, 1]], "float32")
    _record(to, "BinaryCrossentropy/edges", "BinaryCrossentropy", {}, target, edges, "float32")
    large = np.array([[-90, 90, 0, 40], [120, -120, 1e-3, 17]], "float32")
    about = {"from_logits": True}
    _record(to, "BinaryCrossentropy/large", "BinaryCrossentropy", about, target, large, "float32")
    sure = np.array([[1, 0, 0], [0, 1, 0], [0.5, 0.5, 0], [0, 0, 1]], "float32")
    right = np.array([0, 2, 2, 2])
    for kind, y in {"Sparse": right, "": np.eye(3)[right]}.items():
        name = f"{kind}CategoricalCrossentropy"
        _record(to, f"{name}/edges", name, {}, y, sure, "float32")
        high = np.array([[90, -90, 0], [300, 0, 1], [0, 0, 0], [-5, 5, 100]], "float32")
        _record(to, f"{name}/large", name, about, y, high, "float32")
    _record(to, "KLDivergence/edges", "KLDivergence", {}, np.eye(3)[right], sure, "float32")
    zeros = np.zeros((2, 3), "float32")
    _record(to, "CosineSimilarity/edges", "CosineSimilarity", {}, zeros + 1, zeros, "float32")


def _record(
    to: Recording,
    name: str,
    kind: str,
    arguments: dict[str, Any],
    y: np.ndarray,
    p: np.ndarray,
    dtype: str = "float64",
) -> None:
    rng = generator(name)
    loss = getattr(keras.losses, kind)(**arguments, dtype=dtype)
    y, p = np.asarray(y, "float32"), np.asarray(p, "float32")
    weights = rng.uniform(0, 2, p.shape[:-1]).astype("float32")
    for ending, weight in (("", None), ("_weighted", weights)):
        prediction = tf.constant(p.astype(dtype))
        with tf.GradientTape() as tape:
            tape.watch(prediction)
            value = loss(y, prediction, sample_weight=weight)
            total = tf.reduce_sum(value)
        given = {"y_true": y, "y_pred": p} | ({} if weight is None else {"weight": weight})
        gradient = tape.gradient(total, prediction)
        about = {"loss": kind, "arguments": arguments, "computed_in": dtype}
        to.add(name + ending, about, **given, value=value.numpy(), dpred=gradient.numpy())
