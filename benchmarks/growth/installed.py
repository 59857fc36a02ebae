"""The size of a package on disk, with all that it requires."""

from __future__ import annotations

import importlib.util
import re
from importlib import metadata
from pathlib import Path

_ROOTS = {
    "sunhwan": ("sunhwan",),
    "keras-tensorflow": ("keras", "tensorflow-cpu", "tensorflow"),
    "keras-jax": ("keras", "jax"),
    "pytorch": ("torch",),
    "onnxruntime": ("onnxruntime",),
}


def size(peer: str) -> int:
    """Bytes, compiled Python aside."""
    files: set[Path] = set()
    for name in _closure(_ROOTS[peer]):
        for file in metadata.distribution(name).files or ():
            files.add(Path(str(file.locate())).resolve())
    if peer == "sunhwan":
        files |= _own_files()
    return sum(file.stat().st_size for file in files if file.is_file() and file.suffix != ".pyc")


def _closure(roots: tuple[str, ...]) -> set[str]:
    """The installed distributions among `roots`, and those they require."""
    found: set[str] = set()
    open_names = list(roots)
    while open_names:
        name = re.sub(r"[-_.]+", "-", open_names.pop()).lower()
        if name in found:
            continue
        try:
            required = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        found.add(name)
        plain = (text for text in required if "extra ==" not in text)
        open_names += [re.split(r"[^A-Za-z0-9._-]", text, maxsplit=1)[0] for text in plain]
    return found


def _own_files() -> set[Path]:
    """Our files, which an editable install leaves in the checkout."""
    spec = importlib.util.find_spec("sunhwan")
    assert spec is not None
    folders = spec.submodule_search_locations or []
    return {file.resolve() for folder in folders for file in Path(folder).rglob("*")}
