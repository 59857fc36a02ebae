"""How long a search may take."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import Any

from sunhwan._engine.arguments import check_count

SECONDS = {"d": 86400.0, "h": 3600.0, "min": 60.0, "m": 60.0, "s": 1.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(days?|d|hours?|h|minutes?|mins?|m|seconds?|secs?|s)\s*")


@dataclass
class Budget:
    """What a search may spend, from when this is made.

    Args:
        seconds: of time, or `None`.
        trials: in all, those of other processes and of earlier runs among them, or `None`.

    >>> Budget.of("1h30min").seconds, Budget.of(20).trials
    (5400.0, 20)
    """

    seconds: float | None = None
    trials: int | None = None
    _begun: float = field(default_factory=time.monotonic)

    @staticmethod
    def of(value: Any) -> Budget:
        """Read a time such as `"10min"`, a number of trials, or a list of both.

        Raises:
            ValueError: it is none of these.
        """
        if isinstance(value, (list, tuple)) and len(value) == 2:
            parts = [Budget.of(part) for part in value]
            seconds = [part.seconds for part in parts if part.seconds is not None]
            trials = [part.trials for part in parts if part.trials is not None]
            if len(seconds) == len(trials) == 1:
                return Budget(seconds[0], trials[0])
        elif isinstance(value, str):
            return Budget(seconds=_seconds(value))
        elif isinstance(value, int):
            return Budget(trials=check_count("budget, as a number of trials,", value))
        raise ValueError(
            "budget must be a time such as '10min' or '1h30min', a number of trials, or both, "
            f"('10min', 50), got {value!r}"
        )

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return self.seconds is not None and time.monotonic() - self._begun >= self.seconds


def _seconds(text: str) -> float:
    total, place = 0.0, 0
    words = text.strip().lower()
    while match := _PART.match(words, place):
        unit = match[2]
        total += float(match[1]) * (SECONDS["min"] if unit.startswith("min") else SECONDS[unit[0]])
        place = match.end()
    if place != len(words) or not total:
        raise ValueError(
            f"budget must be a time such as '90s', '10min', '2h' or '1h30min', got {text!r}"
        )
    return total
