"""What fit, evaluate and predict report: keys, order and numbers."""

from typing import Any

import keras
import numpy as np

from golden.fixture import Recording
from golden.numbers import generator, normal
from golden.record_trained import compute_in
from golden.specs import build, spec

SOFTMAX = spec("Dense", units=3, activation="softmax")
SIGMOID = spec("Dense", units=1, activation="sigmoid")
LINEAR = spec("Dense", units=2)
STEPS = [spec("SimpleRNN", units=3, return_sequences=True), spec("Dense", units=1)]
CASES: dict[str, dict[str, Any]] = {
    "regression": {"layers": [LINEAR], "loss": "mse", "metrics": ["mae", "mean_squared_error"]},
    "binary": {
        "layers": [SIGMOID],
        "loss": "binary_crossentropy",
        "metrics": ["accuracy", "acc", "auc", "Precision"],
    },
    "sparse": {
        "layers": [SOFTMAX],
        "loss": "sparse_categorical_crossentropy",
        "metrics": ["accuracy"],
    },
    "categorical": {
        "layers": [SOFTMAX],
        "loss": "categorical_crossentropy",
        "metrics": ["acc", "categorical_crossentropy"],
    },
    "class_weight": {
        "layers": [SIGMOID],
        "loss": "binary_crossentropy",
        "metrics": ["accuracy"],
        "weighted_metrics": ["accuracy"],
        "fit": {"class_weight": [[0, 0.5], [1, 2.0]]},
    },
    "sample_weight": {
        "layers": [LINEAR],
        "loss": "mse",
        "metrics": ["mae"],
        "weighted_metrics": ["mae"],
        "weighted": True,
    },
    "regularized": {
        "layers": [spec("Dense", units=2, kernel_regularizer="l2", bias_regularizer="l1")],
        "loss": "mse",
    },
    "masked_steps": {
        "layers": [spec("Masking"), *STEPS],
        "loss": "mse",
        "metrics": ["mae", "mse"],
        "steps": True,
    },
    "steps": {"layers": STEPS, "loss": "huber", "metrics": ["mae"], "steps": True},
    "saturated": {
        "layers": [SIGMOID],
        "loss": "binary_crossentropy",
        "scale": 60.0,
    },
    "saturated_softmax": {
        "layers": [SOFTMAX],
        "loss": "sparse_categorical_crossentropy",
        "scale": 60.0,
    },
}


def record_history(to: Recording) -> None:
    """Record three epochs of fit, without shuffling, and what evaluate and predict say after."""
    for name, about in CASES.items():
        rng = generator(name)
        x, y = _data(rng, about)
        weight = rng.uniform(0, 2, len(x)).astype("float32") if "weighted" in about else None
        keras.utils.clear_session()
        compute_in("float64")
        model = keras.Sequential([build(layer, keras.layers) for layer in about["layers"]])
        model.build((None, *x.shape[1:]))
        weights = [normal(rng, *w.shape, scale=about.get("scale", 0.5)) for w in model.weights]
        model.set_weights(weights)
        asked = {key: about[key] for key in ("metrics", "weighted_metrics") if key in about}
        model.compile("sgd", about["loss"], jit_compile=False, **asked)
        how = {key: dict(value) for key, value in about.get("fit", {}).items()}
        how |= {} if weight is None else {"sample_weight": weight}
        history = model.fit(x, y, 4, 3, verbose=0, shuffle=False, validation_split=0.25, **how)
        told = model.evaluate(x, y, 5, verbose=0, return_dict=True)
        listed = np.atleast_1d(model.evaluate(x, y, 5, verbose=0)).tolist()
        results = {"history": history.history, "params": history.params, "epoch": history.epoch}
        results |= {"evaluate": told, "evaluate_list": listed}
        arrays = {f"w{i}": w for i, w in enumerate(weights)} | {"x": x, "y": y}
        arrays |= {} if weight is None else {"weight": weight}
        arrays |= {f"after{i}": w for i, w in enumerate(model.get_weights())}
        to.add(name, about | results, **arrays, predicted=model.predict(x, 4, verbose=0))
    compute_in("float32")


def _data(rng: np.random.Generator, about: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    if "steps" in about:
        x, y = normal(rng, 13, 4, 2), normal(rng, 13, 4, 1)
        x[::3, 2:] = 0
        return x, y
    x = normal(rng, 13, 3)
    label = rng.integers(0, 3, 13)
    if about["loss"] == "sparse_categorical_crossentropy":
        return x, label.astype("int32")
    if about["loss"] == "categorical_crossentropy":
        return x, np.eye(3, dtype="float32")[label]
    if about["loss"] == "binary_crossentropy":
        return x, (label > 0).astype("float32")[:, None]
    return x, normal(rng, 13, 2)
