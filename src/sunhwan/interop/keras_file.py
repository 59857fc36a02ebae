"""The files that Keras writes, as one kind of thing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .archive import read_archive
from .hdf5 import Hdf5, open_hdf5

_TREES = ("layers", "_layer_checkpoint_dependencies")  # the second: Keras 2.11 and 2.12


@dataclass
class KerasFile:
    """What is in a file of Keras.

    Attributes:
        name: of the file, in messages.
        generation: 2 or 3, Keras's first number.
        model: the model's serialized form, or `None` in a file of weights alone.
        training: the arguments of `compile`, or `None`.
        store: the HDF5 file with the weights.
        tree: the group whose members are the layers' own groups, or `None` where the weights of a
            layer are one list.
        flat: the group whose attribute `layer_names` orders the layers' lists, or `None`.
        texts: vocabularies, by their names in the archive.
    """

    name: str
    generation: int
    model: dict[str, Any] | None
    training: dict[str, Any] | None
    store: Hdf5
    tree: str | None
    flat: str | None
    texts: dict[str, str] = field(default_factory=dict)


@contextmanager
def open_keras(path: Path) -> Iterator[KerasFile]:
    """Open a `.keras`, `.h5` or `.hdf5` file of Keras 2 or 3.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no such file, or one of Keras 1.
    """
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}")
    if path.suffix == ".keras":
        config, metadata, weights, texts = read_archive(path)
        if not isinstance(config, dict) or not isinstance(metadata, dict):
            raise ValueError(f"{path} is no '.keras' file: its config must be an object")
        with open_hdf5(weights, f"{path}/model.weights.h5") as store:
            generation = _generation(metadata.get("keras_version"), path)
            training = config.get("compile_config")
            yield KerasFile(
                str(path), generation, config, training, store, _tree(store), None, texts
            )
        return
    with open_hdf5(path, str(path)) as store:
        generation = _generation(store.text("/", "keras_version"), path)
        model, training = _json(store, "model_config"), _json(store, "training_config")
        group = "/model_weights" if model is not None else "/"
        if model is not None and generation == 2 and store.has(group):
            generation = _generation(store.text(group, "keras_version") or "2", path)
        flat = group if store.has(group) and store.texts(group, "layer_names") is not None else None
        tree = None if flat else _tree(store)
        if flat is None and tree is None:
            raise ValueError(f"{path} is no file of Keras: it holds neither a model nor weights")
        yield KerasFile(str(path), generation, model, training, store, tree, flat)


def _tree(store: Hdf5) -> str | None:
    return next((name for name in _TREES if store.has(name)), None)


def _generation(version: Any, path: Path) -> int:
    """Keras's first number; files without one are older than 2.1."""
    first = "2" if version is None else str(version).partition(".")[0]
    if first not in ("2", "3"):
        raise ValueError(f"{path} was written by Keras {version}; files of Keras 2 and 3 are read")
    return int(first)


def _json(store: Hdf5, attribute: str) -> Any:
    text = store.text("/", attribute)
    if text is None:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{store.name}: its {attribute} is no JSON: {error}") from error
    if not isinstance(value, dict):
        raise ValueError(f"{store.name}: its {attribute} must be an object, got {value!r}")
    return value
