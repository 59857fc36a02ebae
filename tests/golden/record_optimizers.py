"""Optimizers: the weights after each of ten steps; schedules: their values."""

from typing import Any

import keras
import numpy as np

from golden.fixture import Recording
from golden.numbers import generator, normal
from golden.record_trained import Trained, compute_in, with_exact_betas

STEPS = 10
VARIANTS: dict[str, list[dict[str, Any]]] = {
    "SGD": [
        {"learning_rate": 0.1},
        {"learning_rate": 0.1, "momentum": 0.8},
        {"learning_rate": 0.1, "momentum": 0.8, "nesterov": True},
    ],
    "RMSprop": [
        {"learning_rate": 0.02},
        {"learning_rate": 0.02, "momentum": 0.5},
        {"learning_rate": 0.02, "centered": True},
        {"learning_rate": 0.02, "rho": 0.7, "momentum": 0.5, "centered": True, "epsilon": 1e-3},
    ],
    "Adagrad": [{"learning_rate": 0.1}, {"learning_rate": 0.1, "initial_accumulator_value": 1e-3}],
    "Adadelta": [{"learning_rate": 1.0}, {"learning_rate": 0.5, "rho": 0.8, "epsilon": 1e-4}],
    "Adam": [
        {"learning_rate": 0.05},
        {"learning_rate": 0.05, "amsgrad": True},
        {"learning_rate": 0.05, "beta_1": 0.7, "beta_2": 0.9, "epsilon": 1e-2},
    ],
    "AdamW": [{"learning_rate": 0.05}, {"learning_rate": 0.05, "weight_decay": 0.3}],
    "Adamax": [{"learning_rate": 0.05}, {"learning_rate": 0.05, "epsilon": 1e-2}],
    "Nadam": [{"learning_rate": 0.05}, {"learning_rate": 0.05, "beta_1": 0.7}],
}
ADDED: list[dict[str, Any]] = [
    {"clipnorm": 0.3},
    {"clipvalue": 0.05},
    {"global_clipnorm": 0.3},
    {"weight_decay": 0.2},
    {"weight_decay": 0.2, "clipnorm": 0.3},
]
SCHEDULES: dict[str, dict[str, Any]] = {
    "ExponentialDecay": {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.6},
    "PiecewiseConstantDecay": {"boundaries": [3, 8, 20], "values": [0.1, 0.05, 0.02, 0.01]},
    "PolynomialDecay": {"initial_learning_rate": 0.1, "decay_steps": 15, "power": 2.0},
    "InverseTimeDecay": {"initial_learning_rate": 0.1, "decay_steps": 4, "decay_rate": 0.5},
    "CosineDecay": {"initial_learning_rate": 0.1, "decay_steps": 15, "alpha": 0.1},
    "CosineDecayRestarts": {"initial_learning_rate": 0.1, "first_decay_steps": 5},
}
MORE = {
    "ExponentialDecay": [{"staircase": True}],
    "InverseTimeDecay": [{"staircase": True}],
    "PolynomialDecay": [{"cycle": True}, {"power": 0.5, "end_learning_rate": 0.03}],
    "CosineDecay": [{"warmup_target": 0.3, "warmup_steps": 6}, {"alpha": 0.0}],
    "CosineDecayRestarts": [{"t_mul": 1.5, "m_mul": 0.8, "alpha": 0.05}, {"t_mul": 1.0}],
}


def record_optimizers(to: Recording) -> None:
    """Record ten steps of a Dense layer, and of an Embedding whose rows are not all in a batch."""
    compute_in("float64")
    for kind, variants in VARIANTS.items():
        for number, arguments in enumerate(variants):
            _record_dense(to, f"{kind}/{number}", kind, arguments)
            _record_embedding(to, f"{kind}/{number}_embedding", kind, arguments)
        for added in ADDED:
            arguments = variants[0] | added
            _record_dense(to, f"{kind}/{'_'.join(added)}", kind, arguments)
        for name, schedule in SCHEDULES.items():
            given = {"schedule": name, "arguments": schedule}
            if name in ("ExponentialDecay", "PiecewiseConstantDecay"):
                _record_dense(to, f"{kind}/{name}", kind, {"learning_rate": given})
    compute_in("float32")


def record_schedules(to: Recording) -> None:
    """Record each schedule at the steps 0 to 39."""
    for name, arguments in SCHEDULES.items():
        for number, more in enumerate([{}, *MORE.get(name, [])]):
            schedule = getattr(keras.optimizers.schedules, name)(**arguments | more)
            values = [float(schedule(step)) for step in range(40)]
            about = {"schedule": name, "arguments": arguments | more, "values": values}
            to.add(f"{name}/{number}", about)


def _optimizer(kind: str, arguments: dict[str, Any]) -> Any:
    rate = arguments["learning_rate"]
    if isinstance(rate, dict):
        rate = getattr(keras.optimizers.schedules, rate["schedule"])(**rate["arguments"])
    return with_exact_betas(getattr(keras.optimizers, kind)(**arguments | {"learning_rate": rate}))


def _record_dense(to: Recording, name: str, kind: str, arguments: dict[str, Any]) -> None:
    rng = generator("dense")
    x, y = normal(rng, STEPS, 8, 3), normal(rng, STEPS, 8, 4)
    weights = [normal(rng, 3, 4), normal(rng, 4)]
    model = Trained([keras.Input((3,)), keras.layers.Dense(4)])
    _record_steps(to, name, "dense", kind, arguments, model, x, y, weights)


def _record_embedding(to: Recording, name: str, kind: str, arguments: dict[str, Any]) -> None:
    rng = generator("embedding")
    x, y = rng.integers(0, 6, (STEPS, 3, 2)).astype("int32"), normal(rng, STEPS, 3, 2, 4)
    x[:, :, 0] = np.arange(STEPS)[:, None] % 3
    weights = [normal(rng, 6, 3), normal(rng, 3, 4), normal(rng, 4)]
    layers = [keras.layers.Embedding(6, 3), keras.layers.Dense(4)]
    model = Trained([keras.Input((2,), dtype="int32"), *layers])
    _record_steps(to, name, "embedding", kind, arguments, model, x, y, weights)


def _record_steps(
    to: Recording,
    name: str,
    model_name: str,
    kind: str,
    arguments: dict[str, Any],
    model: Any,
    x: np.ndarray,
    y: np.ndarray,
    weights: list[np.ndarray],
) -> None:
    model.set_weights(weights)
    model.compile(_optimizer(kind, arguments), "mean_squared_error", jit_compile=False)
    losses, path = [], []
    for step in range(STEPS):
        losses.append(float(model.train_on_batch(x[step], y[step])))
        path.append(model.get_weights())
    about = {"optimizer": kind, "arguments": arguments, "model": model_name, "losses": losses}
    arrays = {f"w{i}": weight for i, weight in enumerate(weights)} | {"x": x, "y": y}
    arrays |= {f"path{i}": np.stack([step[i] for step in path]) for i in range(len(weights))}
    to.add(name, about, **arrays)
