"""What is seen of a training: its steps, and snapshots of some of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from .summary import Summary


@dataclass(frozen=True)
class Steps:
    """Some steps of a training, one after the other.

    Args:
        first: number of the first; the first step of a new optimizer is 0.
        losses: the loss of each batch, regularization included.
        milliseconds: how long a step took on average, without what watching took; `None` where
            all of these steps were watched.

    >>> Steps(40, [0.7, 0.6], 1.5).losses[-1]
    0.6
    """

    first: int
    losses: Sequence[float]
    milliseconds: float | None


@dataclass(frozen=True)
class Message:
    """What somebody has to say about a training, for people to read.

    Args:
        name: of the kind of message: `"overfitting"`.
        words: the text, by language: `"en"`, and `"ko"` where it is known.
        layer: the layer that it is about, if any.
        level: `"warning"` or `"note"`.

    >>> Message("dead_units", {"en": "a quarter of the filters are dead"}, "conv1d").level
    'warning'
    """

    name: str
    words: Mapping[str, str]
    layer: str | None = None
    level: str = "warning"


@dataclass(frozen=True)
class ParameterStatistics:
    """One variable at one step.

    Args:
        path: `"lstm/recurrent_kernel"`.
        layer: name of the model's layer that has it.
        name: within its own layer: `"kernel"`, `"recurrent_kernel"`, `"bias"`, `"embeddings"`.
        value: after the step.
        gradient: what the optimizer got, before it clipped.
        update: what the step added to the value.

    >>> import numpy as np
    >>> value, update = (Summary.of(np.full(4, x, np.float32)) for x in (2.0, 0.25))
    >>> ParameterStatistics("dense/kernel", "dense", "kernel", value, value, update).ratio
    0.125
    """

    path: str
    layer: str
    name: str
    value: Summary
    gradient: Summary
    update: Summary

    @property
    def ratio(self) -> float:
        """Mean of |update| by mean of |value|; infinite where all values are zero."""
        return ratio(self.update.size, self.value.size)


@dataclass(frozen=True)
class GateStatistics:
    """One gate of a recurrent layer, over units, and steps of a sample of the batch.

    Args:
        mean: of its activation.
        low: share of its activations near the lower end of its range, below 0.1 of a sigmoid and
            -0.9 of tanh (Karpathy, Johnson and Fei-Fei, 2015); 0 where its function has no ends.
        high: likewise above 0.9.

    >>> GateStatistics(0.9, low=0.0, high=0.75).saturated
    0.75
    """

    mean: float
    low: float
    high: float

    @property
    def saturated(self) -> float:
        """Share of the activations at either end."""
        return self.low + self.high


@dataclass(frozen=True)
class LayerStatistics:
    """What a layer computed in one step, in a sample of the batch's steps.

    Args:
        name: of the model's layer.
        activation: its output, of the last layer the model's output.
        silent: share of its units that were zero, to the bit, everywhere in the sample.
        off: the numbers of these units.
        gates: of each recurrent layer in it (`""` itself, `"forward_lstm"` of a `Bidirectional`)
            name -> statistics: LSTM `input`, `forget`, `candidate`, `output`; GRU `update`,
            `reset`, `candidate`; SimpleRNN `state`.
        reach: of each recurrent layer in it the norm of the gradient of the batch's loss with
            respect to the state, `(distance,)`: at the last step of a row, one step before, and so
            on; mean over the rows. Of one snapshot in ten, else empty.

    >>> import numpy as np
    >>> output = Summary.of(np.zeros(3, np.float32))
    >>> LayerStatistics("relu", output, silent=1.0, gates={}).silent
    1.0
    """

    name: str
    activation: Summary
    silent: float
    gates: Mapping[str, Mapping[str, GateStatistics]]
    reach: Mapping[str, np.ndarray] = field(default_factory=dict)
    off: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Snapshot:
    """A step that was looked at closely.

    Args:
        step: its number.
        loss: of its batch, regularization included.
        learning_rate: of the step.
        memory: bytes that the process holds; 0 where the system does not tell.
        parameters: path -> statistics, of each trainable variable, in the order of the weights.
        layers: name -> statistics, of each layer, in the order of the computation.
        seconds: what it took to make.

    >>> seen = Snapshot(0, 0.7, 0.001, 10**8, {}, {}, 0.001)
    >>> seen.ratio("dense") is None
    True
    """

    step: int
    loss: float
    learning_rate: float
    memory: int
    parameters: Mapping[str, ParameterStatistics]
    layers: Mapping[str, LayerStatistics]
    seconds: float

    def ratio(self, layer: str) -> float | None:
        """Mean of |update| by mean of |value| over a layer's variables; `None` if it has none."""
        own = [each for each in self.parameters.values() if each.layer == layer]
        if not own:
            return None
        updates = sum(each.update.size * each.update.count for each in own)
        return ratio(updates, sum(each.value.size * each.value.count for each in own))


def ratio(update: float, value: float) -> float:
    """`update / value`; 0 where nothing was updated, infinite where all values are zero."""
    if value:
        return update / value
    return float("inf") if update else 0.0
