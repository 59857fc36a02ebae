"""All that was found, for people's eyes and for programs."""

from __future__ import annotations

import json
import math
import os
import platform
import tempfile
from dataclasses import dataclass, field, fields
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np

import sunhwan
from sunhwan import _core
from sunhwan.cli.data import Data
from sunhwan.cli.task import Task
from sunhwan.cli.training import Trained

FORMAT = 1


@dataclass
class Results:
    """What a comparison has found so far.

    Attributes:
        data_set: its name.
        task: the task.
        options: what the user chose, as JSON can hold it.
        data: the parts, by length (`None` where lengths are not compared).
        baselines: part -> score of the trivial rival, by length.
        trained: the finished models.
        pictures: names of the pictures' files.
        complete: whether all that was asked for is there.
    """

    data_set: str
    task: Task
    options: dict[str, Any]
    data: dict[int | None, Data] = field(default_factory=dict)
    baselines: dict[int | None, dict[str, float]] = field(default_factory=dict)
    trained: list[Trained] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    complete: bool = False
    started: datetime = field(default_factory=lambda: datetime.now(timezone.utc))

    def add_data(self, length: int | None, data: Data) -> None:
        """Take in the data of a length, and judge the trivial rival on them."""
        self.data[length] = data
        predict, measure = self.task.baseline.predict, self.task.score.measure
        self.baselines[length] = {
            part: measure(rows.y, predict(data.train, rows.x)) for part, rows in data.parts.items()
        }

    def describe(self) -> dict[str, Any]:
        """The results as JSON can hold them; numbers that are not finite are `None`."""
        score = self.task.score
        described = {
            "format": FORMAT,
            "sunhwan": sunhwan.__version__,
            "data_set": self.data_set,
            "complete": self.complete,
            "started": self.started.isoformat(timespec="seconds"),
            "machine": {
                "instruction_set": _core.isa(),
                "threads": _core.num_threads(),
                "system": platform.system(),
                "processor": platform.machine(),
                "python": platform.python_version(),
                "numpy": np.__version__,
            },
            "options": self.options,
            "score": {"name": score.name, "higher_is_better": score.higher_is_better},
            "baseline": {
                "name": self.task.baseline.name,
                "scores": [
                    {**_length(length), **scores} for length, scores in self.baselines.items()
                ],
            },
            "rows": [
                {**_length(length), **{part: len(rows.y) for part, rows in data.parts.items()}}
                for length, data in self.data.items()
            ],
            "models": [_model(one) for one in self.trained],
            "pictures": self.pictures,
        }
        return _finite(described)

    def write(self, path: Path) -> None:
        """Write the description beside `path` and rename it, so that it is never half there."""
        text = json.dumps(self.describe(), indent=2, allow_nan=False) + "\n"
        handle, beside = tempfile.mkstemp(prefix=path.name, suffix=".part", dir=path.parent)
        try:
            with open(handle, "w", encoding="utf-8") as file:
                file.write(text)
            os.chmod(beside, 0o644)
            os.replace(beside, path)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise


def _length(length: int | None) -> dict[str, int]:
    return {} if length is None else {"length": length}


def _model(trained: Trained) -> dict[str, Any]:
    left_out = {"predictions"} | ({"length"} if trained.length is None else set())
    return {
        entry.name: getattr(trained, entry.name)
        for entry in fields(trained)
        if entry.name not in left_out
    }


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
