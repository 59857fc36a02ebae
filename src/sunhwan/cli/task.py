"""What there is to learn, and which models try."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sunhwan.cli.baselines import Baseline
from sunhwan.cli.data import Data
from sunhwan.cli.scores import Score


@dataclass(frozen=True)
class Recipe:
    """One model and how it is trained.

    Args:
        layers: makes the layers that follow the input.
        epochs: how often the rows are gone through.
        batch_size: rows in a step.
        optimizer: makes the optimizer, or its name.
    """

    layers: Callable[[], list[Any]]
    epochs: int
    batch_size: int
    optimizer: Callable[[], Any] | str = "adam"


@dataclass(frozen=True)
class Task:
    """A data set, its models, and how they are judged.

    Args:
        load: the data, from a seed for what is random in it.
        models: the models by name.
        loss: what training lowers.
        score: what the table shows.
        baseline: the trivial rival.
        metrics: what is measured in each epoch besides the loss.
        draw: draws the predictions over the truth, `(figure, data, baseline, name ->
            predictions of each part)`; `None` where there is nothing to draw.
        load_length: the data with a given number of steps, where the task has lengths.
    """

    load: Callable[[int], Data]
    models: Mapping[str, Recipe]
    loss: str
    score: Score
    baseline: Baseline
    metrics: tuple[str, ...] = ()
    draw: Callable[..., None] | None = None
    load_length: Callable[[int, int], Data] | None = None
