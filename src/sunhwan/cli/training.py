"""Train one model and judge it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import sunhwan as sh
from sunhwan.callbacks import Callback
from sunhwan.cli.data import Data
from sunhwan.cli.task import Recipe, Task

SCORED_AT_ONCE = 256  # rows of a batch when the parts are scored; it changes no result


@dataclass
class Trained:
    """A finished model.

    Attributes:
        name: of the model.
        length: steps of its sequences, where lengths are compared.
        parameters: how many numbers it learned.
        seconds: of training, validation included.
        epochs, batch_size: as trained.
        scores: part -> score.
        history: name -> one value an epoch.
        file: the saved model's name.
        predictions: part -> what it says of that part's rows.
    """

    name: str
    length: int | None
    parameters: int
    seconds: float
    epochs: int
    batch_size: int
    scores: dict[str, float]
    history: dict[str, list[float]]
    file: str
    predictions: dict[str, np.ndarray] = field(repr=False)


@dataclass(frozen=True)
class Choice:
    """What the user wants other than the recipe says; `None` leaves the recipe."""

    seed: int
    epochs: int | None = None
    batch_size: int | None = None


def train(
    name: str,
    task: Task,
    data: Data,
    choice: Choice,
    callbacks: list[Callback],
    folder: Path,
    length: int | None = None,
) -> Trained:
    """Train the task's model `name`, score it on each part and save it in `folder`."""
    recipe = task.models[name]
    epochs = choice.epochs or recipe.epochs
    batch_size = choice.batch_size or recipe.batch_size
    sh.utils.set_random_seed(choice.seed)  # so that no model depends on which others there are
    model = compiled(recipe, task, data)
    began = time.perf_counter()
    history = model.fit(
        data.train.x,
        data.train.y,
        epochs=epochs,
        batch_size=batch_size,
        validation_data=(data.validation.x, data.validation.y),
        callbacks=callbacks,
        verbose=0,
    )
    seconds = time.perf_counter() - began
    predictions = {
        part: model.predict(rows.x, batch_size=SCORED_AT_ONCE, callbacks=callbacks, verbose=0)
        for part, rows in data.parts.items()
    }
    file = f"{name}.safetensors" if length is None else f"{name}-{length}.safetensors"
    model.save(folder / file)
    return Trained(
        name=name,
        length=length,
        parameters=model.count_params(),
        seconds=seconds,
        epochs=epochs,
        batch_size=batch_size,
        scores={
            part: task.score.measure(rows.y, predictions[part]) for part, rows in data.parts.items()
        },
        history={key: [float(value) for value in row] for key, row in history.history.items()},
        file=file,
        predictions=predictions,
    )


def compiled(recipe: Recipe, task: Task, data: Data) -> Any:
    """A model of the task, ready to be trained on such data."""
    model = sh.Sequential([sh.layers.Input(data.train.x.shape[1:]), *recipe.layers()])
    optimizer = recipe.optimizer if isinstance(recipe.optimizer, str) else recipe.optimizer()
    model.compile(optimizer=optimizer, loss=task.loss, metrics=list(task.metrics))
    return model
