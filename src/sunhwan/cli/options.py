"""What the user chose."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """The arguments of `sunhwan compare`; `None` leaves a choice to the task.

    Attributes:
        name: of the data set.
        models: names of the models, in the order in which they train.
        epochs, batch_size: in place of the task's own.
        seed: of the first weights, the shuffles, and of data that are made.
        threads: how many the kernels may use.
        rows: at most so many rows of each part.
        lengths: steps of the sequences to compare, or `None`.
        output: the folder of the files.
        pictures: whether to draw.
    """

    name: str
    models: tuple[str, ...]
    epochs: int | None
    batch_size: int | None
    seed: int
    threads: int | None
    rows: int | None
    lengths: tuple[int, ...] | None
    output: str
    pictures: bool
