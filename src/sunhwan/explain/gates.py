"""Gates and states of a recurrent layer through time, for one row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .notes import Notes, Run, recurrent_layers
from .opened import Opened, Reading, open_row
from .running import run, with_children
from .words import words_of


@dataclass(frozen=True, repr=False)
class Gates:
    """What a recurrent layer computed at each step of a row.

    Args:
        values: layer -> name -> `(steps, units)`: `"state"` h; of an LSTM `"cell"` c, `"input"`,
            `"forget"`, `"candidate"` and `"output"`; of a GRU `"update"`, `"reset"` and
            `"candidate"`. A `Bidirectional` has two layers.
        steps: `(steps,)`, where these stand in the row: masked steps and padding are left out.
        words: one for each of these steps, or `None`.
        inputs: `(steps, features)`, what the model read at these steps, where it reads numbers.

    >>> Gates({"rnn": {"state": np.zeros((9, 4))}}, steps=np.arange(9))
    <Gates of 9 steps; rnn: state>
    """

    values: dict[str, dict[str, np.ndarray]]
    steps: np.ndarray
    words: list[str] | None = None
    inputs: np.ndarray | None = None

    def __repr__(self) -> str:
        named = ", ".join(f"{layer}: {' '.join(values)}" for layer, values in self.values.items())
        return f"<Gates of {len(self.steps)} steps; {named}>"

    def plot(self, figure: Any = None, steps: slice | None = None) -> Any:
        """Draw each gate and state as a heat map of units over steps, words or values beneath.

        Args:
            figure: a matplotlib figure to draw into, which keeps its size; default a new one.
            steps: the part to draw, such as `slice(0, 20)` or `slice(-20, None)`; default all.

        Returns:
            The matplotlib figure. Gates go from the ground (0, closed) to blue (1, open); states
            and candidates from blue (negative) to orange.

        Raises:
            ImportError: matplotlib is missing; `pip install 'sunhwan[plot]'` brings it.
            ValueError: `steps` leaves nothing.
        """
        from .gates_picture import draw

        return draw(self, figure, steps)


def gates(model: Any, x: Any, *, layer: str | None = None, words: Any = None) -> Gates:
    """The gates and states of a recurrent layer through time, as the layer itself computed them.

    Args:
        model: the model.
        x: one row: ids `(steps,)`, numbers `(steps, features)`, a text where the model takes
            texts, or a batch of one row. Of a model with several inputs as in `predict`.
        layer: name of the recurrent layer; default the last one.
        words: what stands beneath the steps: the row's words, a dictionary id -> word (or word ->
            id), or a function from an id to its word; default the words of the model's own
            vocabulary, else the ids, else the values.

    Raises:
        TypeError: `model` is no model, or `words` are none.
        ValueError: there is no recurrent layer, there are several rows, no step, or not as many
            words as steps.

    >>> import numpy as np, sunhwan as sh
    >>> model = sh.Sequential([sh.layers.LSTM(4, name="lstm"), sh.layers.Dense(1)])
    >>> found = gates(model, np.ones((9, 1)))
    >>> found
    <Gates of 9 steps; lstm: state cell input forget candidate output>
    >>> found.values["lstm"]["forget"].shape
    (9, 4)
    """
    opened = open_row(model, x, "gates")
    wanted = recurrent_layers(model, opened.plan.layers, layer, "gates")
    runs = observed(opened, wanted)
    if not len(runs[0].times):
        raise ValueError("gates needs a row with at least one step that is not masked, got none")
    steps, reading = steps_of(opened, runs[0])
    kept = np.isin(runs[0].times, steps)
    values = {
        each.layer.name: {name: array[kept] for name, array in each.values.items()} for each in runs
    }
    if reading is None:
        return Gates(values, steps, _given(words, len(steps)))
    named = words_of(reading, words, "gates")
    inputs = None if reading.numbers is None else reading.numbers[steps]
    return Gates(values, steps, None if named is None else [named[t] for t in steps], inputs)


def observed(opened: Opened, wanted: list[Any]) -> list[Run]:
    """The runs of the layers on the one row, with all values."""
    notes = Notes(wanted, values=True)
    run(opened.model, opened.plan, opened.batch, notes)
    return notes.runs


def steps_of(opened: Opened, seen: Run) -> tuple[np.ndarray, Reading | None]:
    """Which steps of a run are shown, and what the model reads there.

    That is known where the layer has the steps of the input that it comes from, so that no
    convolution, pooling or the like stands between; else all steps are shown.
    """
    reading = source(opened, seen.layer)
    if reading is None or reading.steps == 0:
        return seen.times, None
    if len(seen.times) and seen.times[-1] >= reading.steps:
        return seen.times, None
    if reading.present.sum() != len(seen.times):
        return seen.times, None
    return seen.times[reading.own[seen.times]], reading


def source(opened: Opened, layer: Any) -> Reading | None:
    """What comes in at the input from which a layer's steps come."""
    makers = {edge: call for call in opened.plan.calls for edge in call.outputs}
    call = next(
        each
        for each in opened.plan.calls
        if any(inner is layer for inner in with_children([each.layer]))
    )
    edge = call.inputs[0]
    while edge in makers:
        edge = makers[edge].inputs[0]
    return opened.readings()[edge]


def _given(words: Any, steps: int) -> list[str] | None:
    """The words where the layer's steps are none of the row's: they must be its own."""
    if words is None:
        return None
    if isinstance(words, str) or not hasattr(words, "__len__") or len(words) != steps:
        raise ValueError(
            f"gates: the layer has {steps} steps of its own, so words must be a list of as many, "
            f"got {words!r}"
        )
    return [str(word) for word in words]
