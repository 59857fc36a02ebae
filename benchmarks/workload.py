"""What is measured: a model, its data, and what of it is timed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Task = Literal["fit", "predict", "predict_on_batch", "predict_call", "greedy"]
Layer = dict[str, Any]  # "kind", and the arguments that the layer of Keras has


@dataclass(frozen=True)
class Data:
    """Which arrays: a maker of `inputs.py`, its arguments, and how many batches of them."""

    maker: str
    batches: int
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Workload:
    """One row of the table.

    Args:
        name: how the command line names it.
        title: how the document names it.
        task: `fit` (a training step) or one of the three ways to predict: `predict` (a batch of a
            long `predict`), `predict_on_batch` (a call with one batch in memory), `predict_call`
            (a whole call of `predict`); `greedy` (translation of a batch of sentences).
        data: its arrays.
        batch: rows a batch.
        layers: the model.
        loss: of Keras's names; not used by predictions.
        optimizer: of Keras's names, with its default arguments.
        must: the least ratio best peer / us.
        aim: the ratio hoped for.
        then: what the best peer took on the machine that the first figures come from.
        ways: how each peer may be fed: the best one counts. `padded` where nothing is said.
        without: peers that cannot run it, and why.
        enough: share of the peak that is enough whatever the ratio.
    """

    name: str
    title: str
    task: Task
    data: Data
    batch: int
    layers: tuple[Layer, ...]
    loss: str = "mse"
    optimizer: str = "adam"
    must: float | None = 1.0
    aim: float | None = None
    then: str = "measure"
    ways: dict[str, tuple[str, ...]] = field(default_factory=dict)
    without: dict[str, str] = field(default_factory=dict)
    enough: float | None = None

    def to_json(self) -> dict[str, Any]:
        """The workload as a worker reads it."""
        return asdict(self)


def embedding(words: int, width: int, mask: bool = False) -> Layer:
    """An Embedding."""
    return {"kind": "Embedding", "input_dim": words, "output_dim": width, "mask_zero": mask}


def translator(words: int, units: int, **arguments: Any) -> Layer:
    """The model of `translator.py`."""
    return {"kind": "Translator", "words": words, "units": units, **arguments}


def recurrent(kind: str, units: int, **arguments: Any) -> Layer:
    """A SimpleRNN, LSTM or GRU."""
    return {"kind": kind, "units": units, **arguments}


def stacked(kind: str, *units: int) -> tuple[Layer, ...]:
    """Recurrent layers on one another; all but the last return sequences."""
    last = len(units) - 1
    return tuple(recurrent(kind, n, return_sequences=i < last) for i, n in enumerate(units))


def bidirectional(layer: Layer) -> Layer:
    """A Bidirectional around a recurrent layer."""
    return {"kind": "Bidirectional", "layer": layer}


def convolution(filters: int, width: int) -> Layer:
    """A Conv1D with relu."""
    return {"kind": "Conv1D", "filters": filters, "kernel_size": width, "activation": "relu"}


def dense(units: int, activation: str | None = None) -> Layer:
    """A Dense."""
    return {"kind": "Dense", "units": units, "activation": activation}
