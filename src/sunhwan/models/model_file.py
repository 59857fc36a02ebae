"""The file of a model: one `.safetensors` file, arrays and a description in JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sunhwan._engine.arguments import check_path

FORMAT = "sunhwan"
FORMAT_VERSION = 1
KERAS_SUFFIXES = (".keras", ".h5", ".hdf5")  # read by `sunhwan.interop`, never written

_FOREIGN = (*KERAS_SUFFIXES, ".ckpt", ".tf", ".pt", ".pth", ".onnx", ".pkl")


def checked_path(filepath: Any, overwrite: bool) -> Path:
    """Where a model can be saved.

    Raises:
        ValueError: the name asks for another format.
        FileExistsError: the file exists and `overwrite` is false.
        FileNotFoundError: the folder does not exist.
    """
    path = check_path("filepath", filepath)
    if path.suffix != ".safetensors":
        raise ValueError(f"filepath {wrong_ending(str(path))}")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {str(path.parent)!r} to save {path.name!r} in")
    if path.exists() and not overwrite:
        raise FileExistsError(f"{path} exists; pass overwrite=True to replace it")
    return path


def wrong_ending(filepath: str) -> str:
    """What to say of a name that does not end in `.safetensors`.

    >>> wrong_ending("best.weights.h5")
    "must end in '.safetensors', got 'best.weights.h5': write 'best.safetensors'"
    """
    stem = filepath
    for suffix in (".weights.h5", *_FOREIGN):
        stem = stem.removesuffix(suffix)
    return f"must end in '.safetensors', got {filepath!r}: write {f'{stem}.safetensors'!r}"


def write(path: Path, arrays: Mapping[str, np.ndarray], description: Any) -> None:
    """Write beside and rename, so that the file is whole or as it was.

    Raises:
        OSError: it could not be written.
    """
    import tempfile  # like the others, where a file is written or read: it slows the start

    from safetensors import SafetensorError
    from safetensors.numpy import save_file

    metadata = {FORMAT: json.dumps(description)}
    handle, beside = tempfile.mkstemp(prefix=path.name, suffix=".part", dir=path.parent)
    os.close(handle)
    try:
        save_file(dict(arrays), beside, metadata)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(beside, 0o666 & ~umask)
        with open(beside, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(beside, path)
        _make_safe(path.parent)
    except BaseException as error:
        Path(beside).unlink(missing_ok=True)
        if isinstance(error, SafetensorError):
            raise OSError(f"{path} could not be written: {error}") from error
        raise


def _make_safe(folder: Path) -> None:
    """Have the names in a folder written to the disk, where the system can."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def read(path: Path) -> tuple[dict[str, np.ndarray], Any]:
    """The arrays of a file, and its description.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no file of ours, or one of a newer version.
    """
    from safetensors import SafetensorError, safe_open

    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}")
    if path.suffix in _FOREIGN:
        raise ValueError(
            f"{path} is not in our format: models are '.safetensors' files (load_torch reads the "
            "weights of PyTorch)"
        )
    try:
        with safe_open(path, "np") as file:
            metadata = file.metadata() or {}
            description = json.loads(metadata[FORMAT])
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, KeyError, ValueError, TypeError, RecursionError) as error:
        raise ValueError(f"{path} is no model that this package saved: {error}") from None
    if not isinstance(description, dict) or not isinstance(description.get("version"), int):
        raise ValueError(f"{path} is no model that this package saved: it has no description")
    if description["version"] > FORMAT_VERSION:
        raise ValueError(
            f"{path} was saved by a newer version (format {description['version']}, "
            f"this one reads {FORMAT_VERSION})"
        )
    return arrays, description
