"""Raw results on disk: one JSON file for each command, an entry for each thing measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.environments import ROOT

FOLDER = ROOT / "benchmarks" / "results"


def read(path: Path) -> dict[str, Any]:
    """The entries of a file; none if it does not exist."""
    return json.loads(path.read_text()) if path.exists() else {}


def keep(path: Path, name: str, entry: Any) -> None:
    """Put one entry into a file; the others stay."""
    path.parent.mkdir(parents=True, exist_ok=True)
    entries = read(path) | {name: entry}
    path.write_text(json.dumps(_short(entries), indent=1) + "\n")


def _short(value: Any) -> Any:
    """Numbers with five digits."""
    if isinstance(value, dict):
        return {key: _short(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_short(part) for part in value]
    return float(f"{value:.5g}") if isinstance(value, float) else value
