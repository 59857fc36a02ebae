"""The interpreters of the peers: one virtual environment each, unless one is pointed elsewhere."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = {
    "keras-tensorflow": ("keras>=3", "tensorflow-cpu"),
    "keras-jax": ("keras>=3", "jax"),
    "pytorch": ("torch==2.13.0", "numpy"),
    "onnxruntime": ("onnxruntime", "onnx", "numpy"),
    "sunhwan": (f"{ROOT}[plot]",),
}
PEERS = tuple(peer for peer in PACKAGES if peer != "sunhwan")


def folder() -> Path:
    """Where the environments are: ``SUNHWAN_BENCH_ENVS``, else the user's cache."""
    own = os.environ.get("SUNHWAN_BENCH_ENVS")
    if own:
        return Path(own).expanduser()
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(cache).expanduser() / "sunhwan" / "benchmarks"


def interpreters() -> dict[str, Path]:
    """The interpreter of each package that is there: Sunhwan's, and those of installed peers."""
    pointed = _pointed()
    found = {}
    for package in PACKAGES:
        path = Path(pointed.get(package, _own(package)))
        if path.exists():
            found[package] = path
    if importlib.util.find_spec("sunhwan") is not None:
        found["sunhwan"] = Path(sys.executable)
    return found


def setup(packages: list[str], use: dict[str, str]) -> None:
    """Make the environments that are missing.

    Args:
        packages: which ones.
        use: interpreters that serve for a package instead of an environment of its own; remembered
            in ``interpreters.json`` in the folder.

    Raises:
        ValueError: an interpreter of `use` does not exist, or its package is unknown.
    """
    folder().mkdir(parents=True, exist_ok=True)
    for package, path in use.items():
        if package not in PACKAGES or not Path(path).exists():
            raise ValueError(
                f"expected one of {', '.join(PACKAGES)} and its interpreter, got {package}={path}"
            )
    pointed = _pointed() | use
    _list().write_text(json.dumps(pointed, indent=2) + "\n")
    for package in packages:
        if package in interpreters():
            print(f"{package}: {interpreters()[package]}")
            continue
        print(f"{package}: installing {' '.join(PACKAGES[package])} into {folder() / package}")
        venv.create(folder() / package, with_pip=True)
        install = [str(_own(package)), "-m", "pip", "install", "-q"]
        subprocess.run([*install, *PACKAGES[package]], check=True)


def _own(package: str) -> Path:
    inside = "Scripts/python.exe" if os.name == "nt" else "bin/python"
    return folder() / package / inside


def _list() -> Path:
    return folder() / "interpreters.json"


def _pointed() -> dict[str, str]:
    return json.loads(_list().read_text()) if _list().exists() else {}
