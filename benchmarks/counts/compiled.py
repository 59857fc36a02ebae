"""The native parts of counting, compiled when they are needed."""

from __future__ import annotations

import subprocess
from pathlib import Path


def shared_library(name: str, folder: Path) -> Path:
    """Compile `name`.cpp of this folder into a shared library in `folder`.

    Raises:
        FileNotFoundError: there is no C++ compiler.
    """
    source, library = Path(__file__).with_name(f"{name}.cpp"), folder / f"{name}.so"
    subprocess.run(["c++", "-O1", "-shared", "-fPIC", "-o", library, source], check=True)
    return library
