"""How far back a network remembers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sunhwan._engine.batch import rows_of

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

        `inf` where it does not fall, NaN where there is no gradient at all.
        """
        return {label: _half_life(median) for label, median in self.median.items()}

    def __repr__(self) -> str:
        lives = ", ".join(f"{label} {in_words(steps)}" for label, steps in self.half_life.items())
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

    The state is h, of an LSTM h and c together, of a cell written in NumPy all its states. What is
    differentiated is one number of each row's output. Steps that a mask leaves out, and the zeros
    that rows of ids begin with, do not count; where a layer goes backwards, the last step is a
    row's first.

    Args:
        models: a model, or several to be laid side by side: a dictionary label -> model, or a list,
            whose labels are the kinds of the layers.
        x: rows, as in `predict`.
        layer: name of the recurrent layer; default the last one.
        before: what `memory` gave earlier, before training for instance, to be drawn along.
        output: of a model with several outputs its name or number, default the first.
        unit: which number of the output; default the largest of each row, the class predicted.
        step: which step of the output, where there is one at each; default the last that no mask
            leaves out.

    Raises:
        TypeError: a model is none, or `before` is no `Memory`.
        ValueError: there is no model, no row, no recurrent layer, or no such output, unit or step;
            or the output does not depend on the layer.

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
        found = _norms(opened, layer, target)
        for kind, values in found:
            whole = f"{label} ({kind})" if label and len(found) > 1 else label or kind
            norms[_new_label(whole, norms)] = values
    return Memory(norms, before)


def in_words(half_life: float) -> str:
    """A half-life as the pictures say it."""
    if np.isnan(half_life):
        return "no gradient"
    return "does not fall" if np.isinf(half_life) else f"{half_life:.1f} steps"


def _labelled(models: Any) -> list[tuple[str, Any]]:
    if isinstance(models, (Mapping, Sequence)) and not models:
        raise ValueError("models must hold at least one model, got none")
    if isinstance(models, Mapping):
        return [(str(label), model) for label, model in models.items()]
    if isinstance(models, Sequence):
        return [("", model) for model in models]
    return [("", models)]


def _new_label(label: str, known: Mapping[str, Any]) -> str:
    """A label that no curve has yet."""
    number, fresh = 1, label
    while fresh in known:
        number += 1
        fresh = f"{label} {number}"
    return fresh


def _norms(opened: Opened, layer: str | None, target: Target) -> list[tuple[str, np.ndarray]]:
    whole = layer is not None
    wanted = recurrent_layers(opened if whole else opened.before(target.number), layer, "memory")
    notes = Notes(wanted)
    run(opened.model, opened.plan, opened.batch, notes, target.gradients)
    return [
        (
            f"{each.kind}, {each.layer.name}" if len(wanted) > 1 else each.kind,
            _by_distance(opened, each, number // len(wanted)),
        )
        for number, each in enumerate(notes.runs)
    ]


def _by_distance(opened: Opened, run: Run, call: int) -> np.ndarray:
    """The norms by how many steps of the row follow, `(rows, steps)`, NaN where there is none."""
    if not run.norms:
        gives = (
            "gives outputs that are its first state, and that" if run.is_numpy else "is one that"
        )
        raise ValueError(
            f"memory needs a layer that {gives} the output depends on, got {run.layer.name!r}"
        )
    norms = run.norms_of(rows_of(opened.batch))
    padding = opened.padding(opened.taken_by(run.layer, call))
    if padding is not None and padding.shape[1] >= norms.shape[1]:
        norms[padding[:, : norms.shape[1]]] = np.nan
    if not run.layer.go_backwards:
        norms = norms[:, ::-1]
    order = np.argsort(np.isnan(norms), axis=1, kind="stable")
    ordered = np.take_along_axis(norms, order, axis=1)
    return ordered[:, : int((~np.isnan(ordered)).sum(axis=1).max(initial=0))]


def _relative(norms: np.ndarray) -> np.ndarray:
    """Each row's norms divided by that at its last step; rows without gradient are left out."""
    if not norms.shape[1]:
        return norms
    first = norms[:, :1]
    good = np.isfinite(first[:, 0]) & (first[:, 0] > 0)
    return norms[good] / first[good]


def _half_life(median: np.ndarray) -> float:
    good = median > LEAST
    if not good.any():
        return float("nan")
    if good.sum() < 2:
        return 0.0
    (k,) = np.nonzero(good)
    slope = np.polyfit(k, np.log2(median[good]), 1)[0]
    return float(-1 / slope) if slope < -1e-12 else float("inf")
