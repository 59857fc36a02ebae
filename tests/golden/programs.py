"""The programs whose first hundred losses are compared: models, data and first weights.

Pure NumPy: the recorder runs them with Keras, the tests with this package. Data and first weights
come from seeded generators by the recipes below; a fixture holds their checksums.
"""

import zlib
from typing import Any

import numpy as np

from golden.specs import spec

STEPS = 100


def ids_of(seed: int, rows: int, steps: int, words: int, classes: int) -> tuple[Any, Any]:
    """Return padded ids (zeros in front, the label leans on the ids) and labels."""
    rng = np.random.default_rng(seed)
    x = rng.integers(1, words, (rows, steps)).astype("int32")
    lengths = rng.integers(steps // 4, steps + 1, rows)
    x[np.arange(steps) < (steps - lengths)[:, None]] = 0
    label = (x.sum(1) + rng.integers(0, 2, rows)) % classes
    return x, label.astype("float32" if classes == 2 else "int32")


def product_of(seed: int, rows: int, steps: int) -> tuple[Any, Any]:
    """Return samples of `steps` (mark, number), two marks each, and the product of those two."""
    rng = np.random.default_rng(seed)
    x = np.zeros((rows, steps, 2), "float32")
    x[:, :, 1] = rng.random((rows, steps))
    marked = np.argsort(rng.random((rows, steps)), 1)[:, :2]
    np.put_along_axis(x[:, :, 0], marked, 1, 1)
    return x, np.take_along_axis(x[:, :, 1], marked, 1).prod(1, keepdims=True)


def cosine_of(rows: int) -> tuple[Any, Any]:
    """Return windows of ten of the noisy cosine, and the value that follows each."""
    t = np.arange(361)
    m = (t % 30) / 30
    noise = np.random.RandomState(111).random_sample(361)
    series = 20 * np.where(m < 0.5, np.cos(2 * np.pi * m), np.cos(2 * np.pi * m) + noise)
    windows = np.lib.stride_tricks.sliding_window_view(series, 11).astype("float32")
    return windows[:rows, :10, None].copy(), windows[:rows, 10:].copy()


def rows_of(seed: int, rows: int, steps: int, features: int, classes: int) -> tuple[Any, Any]:
    """Return pictures read row by row, each class a faint pattern under noise."""
    rng = np.random.default_rng(seed)
    patterns = rng.random((classes, steps, features))
    label = rng.integers(0, classes, rows).astype("int32")
    return (0.5 * patterns[label] + 0.5 * rng.random((rows, steps, features))).astype(
        "float32"
    ), label


def first_weights(shapes: list[tuple[int, ...]], seed: int) -> list[np.ndarray]:
    """Return first weights in the order of `get_weights`: normal, 0.05 to 0.6 / sqrt(rows)."""
    rng = np.random.default_rng(seed)
    weights = []
    for shape in shapes:
        rows = int(np.prod(shape[:-1])) if len(shape) > 1 else 144
        scale = 0.6 / np.sqrt(min(rows, 144))
        weights.append((rng.standard_normal(shape) * scale).astype("float32"))
    return weights


def batches(x: np.ndarray, y: np.ndarray, size: int, count: int = STEPS) -> Any:
    """Yield `count` batches in plain order; each pass ends with what is left over."""
    start = 0
    for _ in range(count):
        yield x[start : start + size], y[start : start + size]
        start = 0 if start + size >= len(x) else start + size


def checksum(*arrays: np.ndarray) -> int:
    """Return a checksum of the bytes of `arrays`."""
    value = 0
    for array in arrays:
        value = zlib.crc32(np.ascontiguousarray(array).tobytes(), value)
    return value


def words(model: list[dict[str, Any]], **how: Any) -> dict[str, Any]:
    """Name a program on ids, two classes."""
    start = spec("Embedding", input_dim=40, output_dim=4, mask_zero=how.pop("mask_zero", False))
    end = spec("Dense", units=1, activation="sigmoid")
    common = {"loss": "binary_crossentropy", "batch": 16, "data": ["ids", 3, 160, 24, 40, 2]}
    common["optimizer"] = ["RMSprop", {"learning_rate": 0.01}]
    return common | {"layers": [start, *model, end]} | how


def convolutions(filters: int, sizes: tuple[int, int], pools: tuple[int, int]) -> list[dict]:
    """Name the Conv1D stack of the examples' size or smaller, without its last pooling."""
    relu = {"filters": filters, "activation": "relu"}
    return [
        spec("Conv1D", kernel_size=sizes[0], **relu),
        spec("MaxPooling1D", pool_size=pools[0]),
        spec("Conv1D", kernel_size=sizes[1], **relu),
        spec("MaxPooling1D", pool_size=pools[1]),
    ]


def two(kind: str, first: int, second: int, units: int = 1) -> list[dict[str, Any]]:
    """Name two recurrent layers and a Dense."""
    lower = spec(kind, units=first, return_sequences=True)
    return [lower, spec(kind, units=second), spec("Dense", units=units)]


def regression(layers: list[dict[str, Any]], data: list[Any], batch: int) -> dict[str, Any]:
    """Name a program that learns numbers with Adam."""
    common = {"optimizer": ["Adam", {}], "loss": "mean_squared_error"}
    return common | {"layers": layers, "data": data, "batch": batch}


def classes(
    layers: list[dict[str, Any]], data: list[Any], batch: int, units: int
) -> dict[str, Any]:
    """Name a program that learns labels with Adam."""
    end = spec("Dense", units=units, activation="softmax")
    common = {"optimizer": ["Adam", {}], "loss": "sparse_categorical_crossentropy"}
    return common | {"layers": [*layers, end], "data": data, "batch": batch}


DATA = {"ids": ids_of, "product": product_of, "cosine": cosine_of, "rows": rows_of}
