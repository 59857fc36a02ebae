"""The interpreters of the peers: one virtual environment each, unless one is pointed elsewhere."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES: dict[str, tuple[str, ...]] = {  # the versions that the published table holds
    "keras-tensorflow": ("keras==3.15.1", "tensorflow-cpu==2.21.0"),
    "keras-jax": ("keras==3.15.1", "jax==0.10.2"),
    "pytorch": ("torch==2.13.0", "numpy"),
    "onnxruntime": ("onnxruntime==1.31.1", "onnx", "numpy"),
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


def setup(packages: list[str], use: dict[str, str], require: Sequence[str] = ()) -> None:
    """Make the environments that are missing.

    Args:
        packages: which ones.
        use: interpreters that serve for a package instead of an environment of its own; remembered
            in ``interpreters.json`` in the folder.
        require: pip's requirements, each instead of the one with its name in `PACKAGES`.

    Raises:
        ValueError: an interpreter of `use` does not exist, or a package or a requirement's name is
            unknown.
        RuntimeError: pip failed; nothing is left of that environment.
    """
    for package in packages:
        if package not in PACKAGES:
            raise ValueError(f"expected one of {', '.join(PACKAGES)}, got {package}")
    for package, path in use.items():
        if package not in PACKAGES or not Path(path).is_file():
            raise ValueError(
                f"expected one of {', '.join(PACKAGES)} and its interpreter, got {package}={path}"
            )
    wanted = {package: requirements(package, require) for package in packages}
    _refuse_unknown(require)
    folder().mkdir(parents=True, exist_ok=True)
    pointed = _pointed() | use
    _list().write_text(json.dumps(pointed, indent=2) + "\n")
    for package in packages:
        if package in interpreters():
            print(f"{package}: {interpreters()[package]}")
        else:
            print(f"{package}: installing {' '.join(wanted[package])} into {folder() / package}")
            _install(package, wanted[package])


def requirements(package: str, require: Sequence[str] = ()) -> list[str]:
    """What pip installs for a package.

    >>> requirements("pytorch", ["torch==2.14.0", "jax"])
    ['torch==2.14.0', 'numpy']
    """
    instead: dict[str, str] = {_name(requirement): requirement for requirement in require}
    return [instead.get(_name(requirement), requirement) for requirement in PACKAGES[package]]


def _refuse_unknown(require: Sequence[str]) -> None:
    names = {_name(one) for of_package in PACKAGES.values() for one in of_package}
    for requirement in require:
        if _name(requirement) not in names:
            known = ", ".join(sorted(name for name in names if "/" not in name))
            raise ValueError(f"expected a version of one of {known}, got {requirement!r}")


def _name(requirement: str) -> str:
    return re.split(r"[<>=!~\[ ]", requirement, maxsplit=1)[0].lower()


def _install(package: str, wanted: list[str]) -> None:
    """Make one environment, or none."""
    try:
        venv.create(folder() / package, with_pip=True, clear=True)
        install = [str(_own(package)), "-m", "pip", "install", "-q", *wanted]
        failed = subprocess.run(install, check=False).returncode
        if failed:
            raise RuntimeError(f"{package}: pip could not install {' '.join(wanted)}")
    except BaseException:  # an interruption too
        shutil.rmtree(folder() / package, ignore_errors=True)
        raise


def _own(package: str) -> Path:
    inside = "Scripts/python.exe" if os.name == "nt" else "bin/python"
    return folder() / package / inside


def _list() -> Path:
    return folder() / "interpreters.json"


def _pointed() -> dict[str, str]:
    return json.loads(_list().read_text()) if _list().exists() else {}
