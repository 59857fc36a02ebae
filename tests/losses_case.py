"""The losses with their options, and targets and predictions that are for them."""

import numpy as np

from sunhwan import losses

# Inputs are float32, so the reference sees the same numbers; what is left is float32 arithmetic:
# a few roundings of an element, and of sums over a row.
TOLERANCE = 3e-6
CASES = {
    "mean_squared_error": [{}],
    "mean_absolute_error": [{}],
    "mean_absolute_percentage_error": [{}],
    "mean_squared_logarithmic_error": [{}],
    "huber": [{}, {"delta": 0.4}],
    "log_cosh": [{}],
    "poisson": [{}],
    "cosine_similarity": [{}],
    "binary_crossentropy": [
        {},
        {"label_smoothing": 0.2},
        {"from_logits": True},
        {"from_logits": True, "label_smoothing": 0.3},
    ],
    "categorical_crossentropy": [
        {},
        {"label_smoothing": 0.2},
        {"from_logits": True},
        {"from_logits": True, "label_smoothing": 0.3},
    ],
    "categorical_focal_crossentropy": [
        {},
        {"gamma": 0.0, "alpha": 2.0},
        {"gamma": 0.5, "label_smoothing": 0.2},
        {"from_logits": True, "gamma": 3.0},
    ],
    "sparse_categorical_crossentropy": [{}, {"from_logits": True}],
    "kl_divergence": [{}],
    "hinge": [{}],
    "squared_hinge": [{}],
    "categorical_hinge": [{}],
}
CLASSES = {
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "sparse_categorical_crossentropy",
}
VARIANTS = [(name, options) for name, each in CASES.items() for options in each]


def ids(value):
    if isinstance(value, dict):
        return "-".join(f"{key}={item}" for key, item in value.items()) or "plain"
    return str(value)


def make(name, options, **arguments):
    classes = {function.__name__: cls for function, cls in losses.functional.CLASSES.items()}
    return classes[name](**options, **arguments)


def sample(rng, name, options, shape):
    """Targets and predictions of the kind that the loss is for."""
    logits = options.get("from_logits", False)
    scores = (3 * rng.normal(size=shape)).astype(np.float32)
    chances = rng.uniform(0.02, 0.98, shape).astype(np.float32)
    if name == "binary_crossentropy":
        soft = rng.random(shape)
        targets = np.where(rng.random(shape) < 0.5, np.round(soft), soft)
        return targets.astype(np.float32), scores if logits else chances
    if name in CLASSES:
        labels = rng.integers(0, shape[-1], shape[:-1]).astype(np.int32)
        if name.startswith("sparse"):
            return labels, scores if logits else chances
        soft = rng.dirichlet(np.ones(shape[-1]), shape[:-1])
        hot = np.eye(shape[-1])[labels]
        return np.where(rng.random((*shape[:-1], 1)) < 0.5, hot, soft).astype(
            np.float32
        ), scores if logits else chances
    if name == "kl_divergence":
        return rng.dirichlet(np.ones(shape[-1]), shape[:-1]).astype(np.float32), chances
    if name.endswith("hinge"):
        hot = rng.integers(0, 2, shape)
        return (hot if name.startswith("cat") else 2 * hot - 1).astype(np.float32), scores
    if name == "poisson":
        return rng.poisson(2.0, shape).astype(np.float32), np.exp(scores / 2)
    if name == "mean_squared_logarithmic_error":
        return (
            rng.uniform(-0.3, 4.0, shape).astype(np.float32),
            rng.uniform(-0.3, 4.0, shape).astype(np.float32),
        )
    return (2 * rng.normal(size=shape)).astype(np.float32), scores


def shapes_of(name, columns):
    least = 2 if name in CLASSES else 1
    return max(columns, least)


def close(actual, expected, scale=1.0):
    np.testing.assert_allclose(actual, expected, rtol=TOLERANCE, atol=TOLERANCE * scale)


def double(*arrays):
    return [a.astype(np.float64) if a.dtype == np.float32 else a for a in arrays]
