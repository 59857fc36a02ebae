"""`.keras` files: zip archives, of which a few members are read and nothing is unpacked."""

from __future__ import annotations

import json
import zipfile
import zlib
from pathlib import Path
from typing import Any

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
VOCABULARY = "/vocabulary.txt"
_LARGEST_TEXT = 16 << 20  # bytes: a config of thousands of layers
_LARGEST_GROWTH = 8  # how many times larger packed weights may be than their place in the file


def read_archive(path: Path) -> tuple[Any, Any, bytes, dict[str, str]]:
    """The config, the metadata, the bytes of the weights and the vocabularies of a `.keras` file.

    Raises:
        ValueError: it is no such archive, a broken one, or one that holds more than it should.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_names(archive, path)
            config = json.loads(_member(archive, CONFIG, path))
            metadata = json.loads(_member(archive, METADATA, path))
            names = [name for name in archive.namelist() if name.endswith(VOCABULARY)]
            texts = {name: _member(archive, name, path).decode("utf-8") for name in names}
            return config, metadata, _member(archive, WEIGHTS, path), texts
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise ValueError(f"{path} is no '.keras' file that can be read: {error}") from error
    except (RuntimeError, RecursionError, UnicodeError, json.JSONDecodeError) as error:
        raise ValueError(f"{path} is no '.keras' file that can be read: {error}") from error


def _check_names(archive: zipfile.ZipFile, path: Path) -> None:
    names = archive.namelist()
    for name in names:
        if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/"):
            raise ValueError(f"{path} holds the path {name!r}, which leads out of the archive")
    if len(set(names)) < len(names):
        raise ValueError(f"{path} holds members of one name twice")


def _member(archive: zipfile.ZipFile, name: str, path: Path) -> bytes:
    if name not in archive.namelist():
        raise ValueError(f"{path} is no '.keras' file: it has no {name!r}")
    about = archive.getinfo(name)
    limit = min(path.stat().st_size, about.compress_size) * _LARGEST_GROWTH + 4096
    if name != WEIGHTS:
        limit = _LARGEST_TEXT
    if about.file_size > limit:
        raise ValueError(
            f"{path}: {name!r} would unpack to {about.file_size} bytes, more than the {limit} that "
            "are read"
        )
    return archive.read(name)
