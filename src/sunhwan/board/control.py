"""What the page asks of a training: files in the run's folder that the training looks for."""

from __future__ import annotations

import json
import math
import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from sunhwan._engine.arguments import check_number

STOP = "stop.asked"
RATE = "learning_rate.asked"


class Asked(NamedTuple):
    """What was asked.

    Args:
        stop: whether the training is to end after the running step.
        learning_rate: the new one, or `None`.
    """

    stop: bool
    learning_rate: float | None


def ask_to_stop(folder: Path) -> None:
    """Have the training in `folder` end after its step."""
    (folder / STOP).touch()


def ask_for_rate(folder: Path, rate: float) -> float:
    """Have the training in `folder` go on with another learning rate; returns it.

    Raises:
        ValueError: it is no number above 0.
    """
    expected = "a number above 0"
    rate = check_number(
        "learning_rate", rate, expected, lambda number: number > 0 and math.isfinite(number)
    )
    beside = folder / f"{RATE}.new"
    beside.write_text(json.dumps(rate), encoding="utf-8")
    beside.replace(folder / RATE)
    return rate


def take_asked(folder: Path) -> Asked:
    """What was asked since the last time."""
    stop, rate = False, None
    try:
        there = os.listdir(folder)  # quicker than to ask for each
    except FileNotFoundError:
        there = []
    if STOP in there:
        (folder / STOP).unlink(missing_ok=True)
        stop = True
    if RATE in there:
        path = folder / RATE
        with suppress(FileNotFoundError, ValueError):
            text = path.read_text(encoding="utf-8")
            path.unlink()
            rate = float(json.loads(text))
    return Asked(stop, rate)
