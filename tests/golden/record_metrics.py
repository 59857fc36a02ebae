"""Metrics: the result after each of two batches."""

from typing import Any

import keras
import numpy as np

from golden.fixture import Recording
from golden.numbers import generator

REGRESSION = [
    "MeanSquaredError",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "RootMeanSquaredError",
    "LogCoshError",
    "CosineSimilarity",
    "R2Score",
    "Hinge",
    "SquaredHinge",
]
OPERATING_POINTS = {
    "PrecisionAtRecall": "recall",
    "RecallAtPrecision": "precision",
    "SensitivityAtSpecificity": "specificity",
    "SpecificityAtSensitivity": "sensitivity",
}


def record_metrics(to: Recording) -> None:
    """Record every metric on random batches and on edge cases."""
    for kind in REGRESSION:
        for shape in ((6, 1), (5, 3)):
            rng = generator(f"{kind} {shape}")
            pairs = [(rng.normal(0, 2, shape), rng.normal(0, 2, shape)) for _ in range(2)]
            _record(to, f"{kind}/{shape[-1]}", kind, {}, pairs)
    for kind in ("MeanSquaredLogarithmicError", "Poisson", "KLDivergence"):
        rng = generator(kind)
        pairs = [(rng.uniform(0, 1, (5, 3)), rng.uniform(0.1, 1, (5, 3))) for _ in range(2)]
        _record(to, kind, kind, {}, pairs)
    _record_binary(to)
    _record_classes(to)


def _record_binary(to: Recording) -> None:
    rng = generator("binary")
    pairs = [(rng.integers(0, 2, (40, 1)), rng.uniform(0, 1, (40, 1))) for _ in range(2)]
    rough = [(y, np.round(p * 8) / 8) for y, p in pairs]  # many ties, many at a threshold
    ones = [(np.ones((5, 1)), p[:5]) for _, p in pairs]
    for where, data in {"random": pairs, "ties": rough, "one_class": ones}.items():
        for kind in ("BinaryAccuracy", "BinaryCrossentropy", "Precision", "Recall", "AUC"):
            _record(to, f"{kind}/{where}", kind, {}, data)
        for how in (
            {"curve": "PR"},
            {"num_thresholds": 7},
            {"summation_method": "minoring"},
            {"curve": "PR", "summation_method": "majoring"},
            {"thresholds": [0.2, 0.35, 0.8]},
        ):
            ending = "_".join(map(str, how.values()))
            _record(to, f"AUC/{where}_{ending}", "AUC", how, data)
        for kind in ("Precision", "Recall"):
            _record(to, f"{kind}/{where}_0.3", kind, {"thresholds": 0.3}, data)
            _record(to, f"{kind}/{where}_many", kind, {"thresholds": [0.25, 0.5, 0.9]}, data)
        for kind, demanded in OPERATING_POINTS.items():
            for value, thresholds in ((0.6, 200), (0.8, 9), (0.5, 1)):
                about = {demanded: value, "num_thresholds": thresholds}
                _record(to, f"{kind}/{where}_{value}", kind, about, data)
        _record(to, f"BinaryAccuracy/{where}_0.3", "BinaryAccuracy", {"threshold": 0.3}, data)
        _record(to, f"F1Score/{where}", "F1Score", {"threshold": 0.5}, data)
    logits = [(y, 6 * p - 3) for y, p in pairs]
    _record(to, "AUC/logits", "AUC", {"from_logits": True}, logits)
    _record(to, "BinaryCrossentropy/logits", "BinaryCrossentropy", {"from_logits": True}, logits)
    labels = [(rng.integers(0, 2, (9, 3)), rng.uniform(0, 1, (9, 3))) for _ in range(2)]
    for kind in ("BinaryAccuracy", "AUC", "Precision", "Recall"):
        _record(to, f"{kind}/many_labels", kind, {}, labels)
    _record(to, "AUC/multi_label", "AUC", {"multi_label": True}, labels, weighted=False)


def _record_classes(to: Recording) -> None:
    rng = generator("classes")
    for where, shape in {"rows": (9, 7), "steps": (4, 3, 7)}.items():
        sparse = [(rng.integers(0, 7, shape[:-1]), _chances(rng, shape)) for _ in range(2)]
        tied = [(y, np.round(p * 4) / 4) for y, p in sparse]
        for ending, data in {"": sparse, "_ties": tied}.items():
            hot = [(np.eye(7)[y], p) for y, p in data]
            _record(
                to,
                f"SparseCategoricalAccuracy/{where}{ending}",
                "SparseCategoricalAccuracy",
                {},
                data,
            )
            _record(to, f"CategoricalAccuracy/{where}{ending}", "CategoricalAccuracy", {}, hot)
            for k in (1, 3):
                about = {"k": k}
                for kind, pairs in (("", hot), ("Sparse", data)):
                    name = f"{kind}TopKCategoricalAccuracy"
                    _record(to, f"{name}/{where}{ending}_{k}", name, about, pairs)
        hot = [(np.eye(7)[y], p) for y, p in sparse]
        _record(to, f"CategoricalCrossentropy/{where}", "CategoricalCrossentropy", {}, hot)
        kind = "SparseCategoricalCrossentropy"
        _record(to, f"{kind}/{where}", kind, {}, sparse)
        if where == "rows":
            for average in (None, "micro", "macro", "weighted"):
                _record(to, f"F1Score/{average}", "F1Score", {"average": average}, hot)
            _record(to, "FBetaScore", "FBetaScore", {"beta": 2.0, "average": "macro"}, hot)
            _record(to, "Precision/class", "Precision", {"class_id": 2, "thresholds": 0.2}, hot)
            about = {"recall": 0.5, "class_id": 2}
            _record(to, "PrecisionAtRecall/class", "PrecisionAtRecall", about, hot)
            _record(to, "Recall/top_k", "Recall", {"top_k": 3}, hot)
    same = [(rng.integers(0, 3, (6, 1)), rng.integers(0, 3, (6, 1))) for _ in range(2)]
    _record(to, "Accuracy", "Accuracy", {}, same)


def _chances(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    values = rng.uniform(0, 1, shape) ** 2 + 0.01
    return values / values.sum(-1, keepdims=True)


def _record(
    to: Recording,
    name: str,
    kind: str,
    arguments: dict[str, Any],
    pairs: list[tuple[np.ndarray, np.ndarray]],
    weighted: bool = True,
) -> None:
    rng = generator(name)
    data = [(np.asarray(y, "float32"), np.asarray(p, "float32")) for y, p in pairs]
    weights = [rng.uniform(0, 2, y.shape[:1]).astype("float32") for y, _ in data]
    for ending, used in (("", None), ("_weighted", weights)):
        if used is not None and (not weighted or data[0][1].ndim > 2):
            continue
        metric = getattr(keras.metrics, kind)(**arguments)
        arrays = {}
        for i, (y, p) in enumerate(data):
            weight = None if used is None else used[i]
            metric.update_state(y, p, sample_weight=weight)
            arrays |= {f"y_true{i}": y, f"y_pred{i}": p}
            arrays |= {} if weight is None else {f"weight{i}": weight}
            arrays[f"result{i}"] = np.array(metric.result())
        to.add(name + ending, {"metric": kind, "arguments": arguments}, **arrays)
