"""What the doctor knows of a training."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .facts import Facts, Scale
from .look import Look, Silent
from .way_back import Reach

__all__ = ["Evidence", "Facts", "Look", "Reach", "Scale", "Silent"]


MOST_LOOKS = 40


@dataclass
class Evidence:
    """What was seen of a training so far; what the findings are found in.

    Args:
        history: name -> values, one an epoch, as `History` keeps them.
        epochs: number, from 1, of the last that is planned.
        first: number, from 0, of the first in `history`.
        steps: how many were made.
        learning_rate: the last, `None` where it is not known.
        ended: whether the training is over.
        facts: of the data and the model, `None` where they were not looked at.
        penalties: the regularizers' share of the loss at the end of epochs, by their number from 0.
        keeps_best: whether a callback stops training by a validation value or keeps its best
            weights.
        clips: whether the optimizer clips gradients.
        looks: at steps, at most `MOST_LOOKS`, spread over the training.
        not_finite: what is known of a loss or gradient that was none, or `None`.
        found: names of the findings so far.
    """

    history: Mapping[str, Sequence[Any]]
    epochs: int = 0
    first: int = 0
    steps: int = 0
    learning_rate: float | None = None
    ended: bool = True
    facts: Facts | None = None
    penalties: dict[int, float] = field(default_factory=dict)
    keeps_best: bool = False
    clips: bool = False
    looks: list[Look] = field(default_factory=list)
    not_finite: dict[str, Any] | None = None
    found: set[str] = field(default_factory=set)

    @property
    def seen(self) -> int:
        """How many epochs were seen."""
        return len(self.history.get("loss", ()))

    @property
    def epoch(self) -> int:
        """The number, from 1, of the last epoch seen."""
        return self.first + self.seen

    @property
    def planned(self) -> int:
        """How many epochs are planned."""
        return self.epochs - self.first

    def add(self, look: Look) -> None:
        """Add a look; where there are too many, every second one goes."""
        self.looks.append(look)
        if len(self.looks) > MOST_LOOKS:
            del self.looks[1:-1:2]

    @property
    def loss(self) -> np.ndarray:
        """Training loss of each epoch, without the regularizers' penalties."""
        return self._curve("loss")

    @property
    def val_loss(self) -> np.ndarray | None:
        """Validation loss of each epoch likewise; `None` unless every epoch has one."""
        values = self._curve("val_loss")
        return values if len(values) and len(values) == self.seen else None

    def _curve(self, name: str) -> np.ndarray:
        values = np.array(self.history.get(name, ()), np.float64)
        if self.penalties:
            known = sorted(self.penalties)
            amounts = [self.penalties[epoch] for epoch in known]
            values = values - np.interp(np.arange(len(values)), known, amounts)
        return values

    @property
    def finite(self) -> bool:
        """Whether all losses are numbers."""
        names = ("loss", "val_loss")
        return all(np.isfinite(np.array(self.history.get(n, ()), np.float64)).all() for n in names)


def median(values: Iterable[float]) -> float:
    """The median of a few numbers. NumPy's loads a further part of NumPy when it is first called.

    >>> median([3.0, 1.0, 2.0]), median([1.0, 2.0])
    (2.0, 1.5)
    """
    ordered = sorted(values)
    middle = len(ordered) // 2
    return float(ordered[middle] + ordered[~middle]) / 2
