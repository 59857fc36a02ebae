"""What goes to a twin's process and comes back, in files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np


def hand_over(
    path: Path, settings: dict[str, Any], arrays: dict[str, np.ndarray], weights: list[np.ndarray]
) -> None:
    """Write settings, data and first weights; `read` reads them."""
    parts: dict[str, Any] = {f"weight{place:03}": each for place, each in enumerate(weights)}
    np.savez(path, settings=json.dumps(settings), **arrays, **parts)


def read(path: str) -> tuple[dict[str, Any], dict[str, np.ndarray], list[np.ndarray]]:
    """Settings, data, first weights."""
    with np.load(path) as found:
        arrays = {name: found[name] for name in found.files}
    settings = json.loads(str(arrays.pop("settings")))
    weights = [arrays.pop(name) for name in sorted(arrays) if name.startswith("weight")]
    return settings, arrays, weights


def write(path: str, results: dict[str, Any]) -> None:
    """Write the results as JSON."""
    Path(path).write_text(json.dumps(results))
