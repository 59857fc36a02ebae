"""How far back a network remembers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .notes import Notes, Run, recurrent_layers
from .opened import Opened, open_model
from .running import run
from .target import Target

LEAST = 1e-12  # medians below it have no part in a half-life


@dataclass(frozen=True, repr=False)
class Memory:
    """The gradient of outputs with respect to the state at each past step.

    Args:
        norms: label -> `(rows, steps)`: the norm of the gradient with respect to the state that
            `k` further steps of the row follow, in column `k`; NaN where a row has no such step.
        before: the same of an earlier time, to compare with, or `None`.

    >>> memory = Memory({"LSTM": np.array([[1.0, 0.5, 0.25, 0.125]])})
    >>> memory.half_life
    {'LSTM': 1.0}
    >>> memory
    <Memory, half-life: LSTM 1.0 steps>
    """

    norms: dict[str, np.ndarray]
    before: Memory | None = None

    @property
    def median(self) -> dict[str, np.ndarray]:
        """Label -> `(steps,)`: the median of the rows' norms, each divided by the row's first."""
        return {label: self.quantile(label, 0.5) for label in self.norms}

    def quantile(self, label: str, share: float) -> np.ndarray:
        """What a share of the rows is below, as `median`; NaN where no row has such a step."""
        relative = _relative(self.norms[label])
        known = ~np.isnan(relative).all(axis=0)
        result = np.full(relative.shape[1], np.nan)
        result[known] = np.nanquantile(relative[:, known], share, axis=0) if known.any() else 0
        return result

    @property
    def half_life(self) -> dict[str, float]:
        """Label -> over how many steps the median halves, by a straight line through its logarithm.

        `inf` where it does not fall.
        """
        return {label: _half_life(median) for label, median in self.median.items()}

    def __repr__(self) -> str:
        lives = ", ".join(f"{label} {steps:.1f} steps" for label, steps in self.half_life.items())
        return f"<Memory, half-life: {lives}>"

    def plot(self, figure: Any = None) -> Any:
        """Draw the medians on a log scale, with the middle half of the rows as a band.

        Args:
            figure: a matplotlib figure to draw into, which keeps its size; default a new one.

        Returns:
            The matplotlib figure. Curves of `before` are dashed.

        Raises:
            ImportError: matplotlib is missing; `pip install 'sunhwan[plot]'` brings it.
        """
        from .memory_picture import draw

        return draw(self, figure)


def memory(
    models: Any,
    x: Any,
    *,
    layer: str | None = None,
    before: Memory | None = None,
    output: Any = None,
    unit: int | None = None,
    step: int = -1,
) -> Memory:
    """How far back networks remember: the vanishing gradient, made visible.

        norm[k] = |d output / d state[T - 1 - k]|        k = 0 is the last step of T

    The state is h, of an LSTM h and c together. What is differentiated is one number of each row's
    output. Steps that a mask leaves out, and the padding that rows begin with, do not count; where
    a layer goes backwards, the last step is a row's first.

    Args:
        models: a model, or several to be laid side by side: a dictionary label -> model, or a list,
            whose labels are the kinds of the layers.
        x: rows, as in `predict`.
        layer: name of the recurrent layer; default the last one.
        before: what `memory` gave earlier, before training for instance, to be drawn along.
        output: of a model with several outputs its name or number, default the first.
        unit: which number of the output; default the largest of each row, the class predicted.
        step: which step of the output, where there is one at each; default the last.

    Raises:
        TypeError: a model is none, or `before` is no `Memory`.
        ValueError: there is no model, no row, no recurrent layer, or no such output, unit or step.

    Source: Hochreiter, "Untersuchungen zu dynamischen neuronalen Netzen" (1991); Pascanu, Mikolov
    and Bengio, "On the difficulty of training recurrent neural networks" (2013).

    >>> import numpy as np, sunhwan as sh
    >>> layers = [sh.layers.SimpleRNN(4), sh.layers.Dense(1)]
    >>> memory(sh.Sequential(layers), np.ones((2, 9, 1))).norms["SimpleRNN"].shape
    (2, 9)
    """
    if before is not None and not isinstance(before, Memory):
        raise TypeError(f"before must be what memory gave, got {before!r}")
    norms: dict[str, np.ndarray] = {}
    for label, model in _labelled(models):
        opened = open_model(model, x, "memory")
        target = Target(model, output, unit, step, "memory")
        for kind, values in _norms(opened, layer, target):
            norms[_new_label(label or kind, kind if label else "", norms)] = values
    return Memory(norms, before)


def _labelled(models: Any) -> list[tuple[str, Any]]:
    if isinstance(models, (Mapping, Sequence)) and not models:
        raise ValueError("models must hold at least one model, got none")
    if isinstance(models, Mapping):
        return [(str(label), model) for label, model in models.items()]
    if isinstance(models, Sequence):
        return [("", model) for model in models]
    return [("", models)]


def _new_label(label: str, kind: str, known: Mapping[str, Any]) -> str:
    """A label that no curve has yet."""
    if label in known and kind:
        label = f"{label} ({kind})"
    number, fresh = 1, label
    while fresh in known:
        number += 1
        fresh = f"{label} {number}"
    return fresh


def _norms(opened: Opened, layer: str | None, target: Target) -> list[tuple[str, np.ndarray]]:
    wanted = recurrent_layers(opened.model, opened.plan.layers, layer, "memory")
    notes = Notes(wanted)
    run(opened.model, opened.plan, opened.batch, notes, target.gradients)
    return [(_kind(each.layer, len(wanted)), _joined(each)) for each in notes.runs]


def _kind(layer: Any, count: int) -> str:
    name = type(layer).__name__
    return f"{name}, {layer.name}" if count > 1 else name


def _joined(run: Run) -> np.ndarray:
    """The slices' norms in the order of the rows."""
    rows = sum(len(places) for places, _ in run.norms)
    width = max((norms.shape[1] for _, norms in run.norms), default=0)
    whole = np.full((rows, width), np.nan)
    for places, norms in run.norms:
        whole[places, : norms.shape[1]] = norms
    return whole


def _relative(norms: np.ndarray) -> np.ndarray:
    """Each row's norms divided by that at its last step; rows without gradient are left out."""
    first = norms[:, :1]
    good = np.isfinite(first[:, 0]) & (first[:, 0] > 0)
    return norms[good] / first[good]


def _half_life(median: np.ndarray) -> float:
    good = median > LEAST
    if good.sum() < 2:
        return 0.0
    (k,) = np.nonzero(good)
    slope = np.polyfit(k, np.log2(median[good]), 1)[0]
    return float(-1 / slope) if slope < -1e-12 else float("inf")
