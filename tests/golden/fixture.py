"""A fixture: cases of one theme, each with a description (JSON) and arrays (one packed block)."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parent / "fixtures"


@dataclass
class Case:
    """One recorded case: `about` says what was called, `arrays` hold what went in and came out."""

    name: str
    about: dict[str, Any]
    arrays: dict[str, np.ndarray] = field(default_factory=dict)

    def group(self, letter: str) -> list[np.ndarray]:
        """Return the arrays `letter0`, `letter1`, ... in order, as far as they go."""
        found = []
        while f"{letter}{len(found)}" in self.arrays:
            found.append(self.arrays[f"{letter}{len(found)}"])
        return found


class Recording:
    """Collects the cases of one theme and writes them as `<theme>.json` and `<theme>.npz`.

    Float64 arrays are rounded to float32, so that a fixture is the correctly rounded result of a
    computation in float64. All arrays of a case are one block of bytes; the JSON has their names,
    dtypes and shapes.
    """

    def __init__(self, theme: str) -> None:
        self.theme = theme
        self.cases: dict[str, dict[str, Any]] = {}
        self.blocks: dict[str, np.ndarray] = {}

    def add(self, name: str, about: dict[str, Any], **arrays: np.ndarray) -> None:
        """Add the case `name`; its name must be new."""
        if name in self.cases:
            raise ValueError(f"the case {name!r} is in {self.theme!r} already")
        rounded = {}
        for key, value in arrays.items():
            array = np.asarray(value)
            rounded[key] = array.astype("float32") if array.dtype == np.float64 else array
        self.cases[name] = about | {
            "arrays": {key: [value.dtype.str, *value.shape] for key, value in rounded.items()}
        }
        block = b"".join(np.ascontiguousarray(value).tobytes() for value in rounded.values())
        self.blocks[name] = np.frombuffer(block, np.uint8)

    def save(self, made_with: dict[str, str]) -> int:
        """Write both files and return their size in bytes."""
        FOLDER.mkdir(exist_ok=True)
        lines = [f"{json.dumps(name)}: {json.dumps(about)}" for name, about in self.cases.items()]
        head = f'{{"made_with": {json.dumps(made_with)},\n"cases": {{\n'
        text, block = FOLDER / f"{self.theme}.json", FOLDER / f"{self.theme}.npz"
        text.write_text(head + ",\n".join(lines) + "\n}}\n")
        if any(len(value) for value in self.blocks.values()):
            np.savez_compressed(block, allow_pickle=False, **self.blocks)
            return text.stat().st_size + block.stat().st_size
        return text.stat().st_size


def load(theme: str) -> list[Case]:
    """Read the cases of `theme`, with their arrays."""
    cases = json.loads((FOLDER / f"{theme}.json").read_text())["cases"]
    path = FOLDER / f"{theme}.npz"
    blocks = {}
    if path.exists():
        with np.load(path, allow_pickle=False) as stored:
            blocks = {name: stored[name].tobytes() for name in stored.files}
    return [
        Case(name, about, _unpack(about, blocks.get(name, b""))) for name, about in cases.items()
    ]


def _unpack(about: dict[str, Any], block: bytes) -> dict[str, np.ndarray]:
    arrays, start = {}, 0
    for name, (dtype, *shape) in about["arrays"].items():
        count = int(np.prod(shape))
        array = np.frombuffer(block, dtype, count, start)
        arrays[name] = array.reshape(shape).copy()
        start += array.nbytes
    return arrays
