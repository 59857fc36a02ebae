"""Record model files: `cd tests && python -m golden.record_files keras` (or tf_keras, torch).

Each file goes to `golden/files/`, beside an `.npz` with inputs `x`, targets `target`, predictions
`y`, and the predictions `after` one more step of training. `keras` needs Keras 3, `tf_keras` the
packages tensorflow-cpu 2.15 and tf_keras 2.15, each in an environment of its own.
"""

import importlib
import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from golden.file_models import (
    attention,
    cells,
    frames,
    graph,
    images,
    looking,
    randomize,
    series,
    shapes,
    texts,
)
from golden.numbers import generator, normal

FOLDER = Path(__file__).parent / "files"
MODELS = {"texts": texts, "series": series, "shapes": shapes, "images": images, "cells": cells}
ALSO_3 = {"frames": frames}


def trained(keras: Any, name: str) -> tuple[Any, dict[str, np.ndarray]]:
    """Return a model after two steps of training, and the arrays of its case."""
    model, x, target = (MODELS | ALSO_3)[name](keras)
    model.predict(x, verbose=0)  # builds it
    randomize(model, name)
    for _ in range(2):
        model.train_on_batch(x, target)
    return model, {"x": x, "target": target, "y": model.predict(x, verbose=0)}


def record_words(keras: Any) -> None:
    """Write a model that begins with texts, and what it gives for some."""
    given = ["a bee, a sea", "A letter", "b bee zebra"]
    words = keras.layers.TextVectorization(max_tokens=7, output_sequence_length=4)
    words.adapt(["a bee a sea a tea", "a bee, a letter", "a bee"])
    model = keras.Sequential([keras.Input((), dtype="string"), words, keras.layers.Embedding(7, 3)])
    randomize(model, "words")
    tensor = importlib.import_module("tensorflow").constant(given)
    model.save(FOLDER / "words_3.keras")
    finish("words_3", model, {"x": np.array(given), "y": np.array(model(tensor))})


def record_graph(keras: Any, make: Any, stem: str) -> None:
    """Write the files of a graph, and its arrays `x0`, `x1`, `target0`, `y0`, `after0`, ..."""
    model, x, target = make(keras)
    randomize(model, make.__name__)
    for _ in range(2):
        model.train_on_batch(x, target)
    arrays = {f"x{i}": one for i, one in enumerate(x)}
    arrays |= {f"target{i}": one for i, one in enumerate(target)}
    arrays |= {f"y{i}": one for i, one in enumerate(_listed(model.predict(x, verbose=0)))}
    for suffix in (".keras", ".h5"):
        model.save(FOLDER / f"{stem}{suffix}")
    model.train_on_batch(x, target)
    arrays |= {f"after{i}": one for i, one in enumerate(_listed(model.predict(x, verbose=0)))}
    np.savez_compressed(FOLDER / f"{stem}.npz", allow_pickle=False, **arrays)


def _listed(outputs: Any) -> list[Any]:
    return outputs if isinstance(outputs, list) else [outputs]


def finish(stem: str, model: Any, arrays: dict[str, np.ndarray]) -> None:
    """Train one step more and write the case's arrays."""
    if "target" in arrays:
        model.train_on_batch(arrays["x"], arrays["target"])
        arrays["after"] = model.predict(arrays["x"], verbose=0)
    np.savez_compressed(FOLDER / f"{stem}.npz", allow_pickle=False, **arrays)


def record_keras() -> None:
    """Write what Keras 3 writes: `.keras`, `.h5` and `.weights.h5`."""
    os.environ |= {"KERAS_BACKEND": "tensorflow"}
    keras = importlib.import_module("keras")
    for name in MODELS | ALSO_3:
        model, arrays = trained(keras, name)
        model.save(FOLDER / f"{name}_3.keras")
        if name in ("texts", "shapes", "frames"):
            model.save(FOLDER / f"{name}_3.h5")
        if name == "texts":
            bare = keras.Sequential(model.layers)
            bare.build((None, None))
            bare.save_weights(FOLDER / f"{name}_3.weights.h5")
        finish(f"{name}_3", model, arrays)
    record_graph(keras, graph, "graph_3")
    record_graph(keras, attention, "attention_3")
    record_graph(keras, looking, "looking_3")
    record_words(keras)
    code = keras.Sequential([keras.Input((2,)), keras.layers.Lambda(_code())])
    code.save(FOLDER / "lambda_3.keras")


def record_tf_keras() -> None:
    """Write what Keras 2 writes, with its old optimizers, its hard sigmoid and its cuDNN layers."""
    keras = importlib.import_module("tf_keras")
    for name in MODELS:
        model, arrays = trained(keras, name)
        model.save(FOLDER / f"{name}_2.h5")
        if name == "texts":
            model.save(FOLDER / f"{name}_2.keras")
            bare = keras.Sequential(model.layers)
            bare.save_weights(FOLDER / f"{name}_2.weights.h5")
            bare.save_weights(FOLDER / f"{name}_2_weights.h5")
        finish(f"{name}_2", model, arrays)
    record_graph(keras, graph, "graph_2")
    record_graph(keras, attention, "attention_2")
    _record_hard_sigmoid(keras)
    _record_legacy_optimizer(keras)
    _record_cudnn(keras)
    code = keras.Sequential([keras.layers.Lambda(_code(), input_shape=(2,))])
    code.save(FOLDER / "lambda_2.h5")


def _record_hard_sigmoid(keras: Any) -> None:
    make, gates = keras.layers, {"recurrent_activation": "hard_sigmoid", "return_sequences": True}
    model = keras.Sequential(
        [
            make.LSTM(3, **gates, input_shape=(5, 2)),
            make.Bidirectional(make.GRU(2, reset_after=False, **gates)),
            make.GRU(3, activation="hard_sigmoid", **gates),
            make.SimpleRNN(3, activation="hard_sigmoid"),
            make.Dense(2, activation="hard_sigmoid"),
        ]
    )
    randomize(model, "hard_sigmoid")
    x = normal_inputs("hard_sigmoid", 4, 5, 2)
    model.save(FOLDER / "hard_sigmoid_2.h5")
    finish("hard_sigmoid_2", model, {"x": x, "y": model.predict(x, verbose=0)})


def _record_legacy_optimizer(keras: Any) -> None:
    make = keras.layers
    model = keras.Sequential([make.LSTM(3, input_shape=(None, 2)), make.Dense(1)])
    model.compile(keras.optimizers.legacy.Adam(0.01, decay=0.1, amsgrad=True), loss="mse")
    randomize(model, "legacy")
    x, target = normal_inputs("legacy", 4, 5, 2), normal_inputs("legacy target", 4, 1)
    for _ in range(2):
        model.train_on_batch(x, target)
    arrays = {"x": x, "target": target, "y": model.predict(x, verbose=0)}
    model.save(FOLDER / "legacy_2.h5")
    finish("legacy_2", model, arrays)


def _record_cudnn(keras: Any) -> None:
    """Write cuDNN layers, which need a GPU to run; Keras's LSTM and GRU load and run them."""
    h5py = importlib.import_module("h5py")
    old = importlib.import_module("tf_keras.src.layers.rnn.cudnn_lstm").CuDNNLSTM
    gru = importlib.import_module("tf_keras.src.layers.rnn.cudnn_gru").CuDNNGRU
    formats = importlib.import_module("tf_keras.src.saving.legacy.hdf5_format")
    make = keras.layers
    lstm = old(4, return_sequences=True, batch_input_shape=(None, 5, 3), name="first")
    layers = [lstm, gru(3, name="second"), make.Dense(2, name="third")]
    for layer, width in zip(layers, (3, 4, 3), strict=True):
        layer.build((None, 5, width) if layer is not layers[-1] else (None, width))
        randomize(layer, layer.name)
    forms = [{"class_name": type(one).__name__, "config": one.get_config()} for one in layers]
    config = {"class_name": "Sequential", "config": {"name": "cudnn", "layers": forms}}
    path = FOLDER / "cudnn_2.h5"
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = keras.__version__
        file.attrs["model_config"] = json.dumps(config)
        stands_for = SimpleNamespace(
            layers=layers, _trainable_weights=[], _non_trainable_weights=[]
        )
        formats.save_weights_to_hdf5_group(file.create_group("model_weights"), stands_for)
    runs = keras.Sequential(
        [
            make.LSTM(4, return_sequences=True, input_shape=(5, 3), name="first"),
            make.GRU(3, name="second"),
            make.Dense(2, name="third"),
        ]
    )
    runs.load_weights(path)
    x = normal_inputs("cudnn", 4, 5, 3)
    finish("cudnn_2", runs, {"x": x, "y": runs.predict(x, verbose=0)})


def _code() -> Any:
    """Return a function whose code names no file of this machine."""
    return eval(compile("lambda x: x + 1", "lambda.py", "eval"))


def normal_inputs(name: str, *shape: int) -> np.ndarray:
    """Return the normal numbers that follow from a name."""
    return normal(generator(name), *shape)


def record_torch() -> None:
    """Write state dicts of PyTorch as `.safetensors`, and what the modules compute."""
    importlib.import_module("golden.record_state_dicts").record(FOLDER)


if __name__ == "__main__":
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
    FOLDER.mkdir(exist_ok=True)
    for which in sys.argv[1:]:
        {"keras": record_keras, "tf_keras": record_tf_keras, "torch": record_torch}[which]()
