"""Gates and states of a recurrent layer through time, for one row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sunhwan._engine.arguments import check_count

from .notes import Notes, Run, recurrent_layers
from .opened import Opened, open_row
from .reading import Reading
from .running import run
from .words import words_of


@dataclass(frozen=True, repr=False)
class Gates:
    """What a recurrent layer computed at each step of a row.

    Args:
        values: layer -> name -> `(steps, units)`: `"state"` h; of an LSTM `"cell"` c, `"input"`,
            `"forget"`, `"candidate"` and `"output"`; of a GRU `"update"`, `"reset"` and
            `"candidate"`; of a cell written in NumPy its states, `"state"`, `"state 2"`, and so on.
            A `Bidirectional` has two layers.
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
            TypeError: `steps` is no slice.
            ValueError: `steps` leaves nothing.
        """
        from .gates_picture import draw

        return draw(self, figure, steps)


def gates(
    model: Any, x: Any, *, layer: str | None = None, words: Any = None, call: int = 0
) -> Gates:
    """The gates and states of a recurrent layer through time, as the layer itself computed them.

    Args:
        model: the model.
        x: one row: ids `(steps,)`, numbers `(steps, features)`, a text where the model takes
            texts, or a batch of one row. Of a model with several inputs as in `predict`.
        layer: name of the recurrent layer; default the last one.
        words: what stands beneath the steps: the row's words, a dictionary id -> word (or word ->
            id), or a function from an id to its word; default the words of the model's own
            vocabulary, else the ids, else the values.
        call: which call of a layer that the model calls several times, from 0.

    Raises:
        TypeError: `model` is no model, or `words` are none.
        ValueError: there is no recurrent layer or no such call, there are several rows, no step,
            or not as many words as steps.

    >>> import numpy as np, sunhwan as sh
    >>> model = sh.Sequential([sh.layers.LSTM(4, name="lstm"), sh.layers.Dense(1)])
    >>> found = gates(model, np.ones((9, 1)))
    >>> found
    <Gates of 9 steps; lstm: state cell input forget candidate output>
    >>> found.values["lstm"]["forget"].shape
    (9, 4)
    """
    return seen(model, x, layer, words, call, "gates")


def seen(model: Any, x: Any, layer: str | None, words: Any, call: int, owner: str) -> Gates:
    """What `gates` gives; `owner` is the name of the function, for errors."""
    opened = open_row(model, x, owner)
    wanted = recurrent_layers(opened, layer, owner)
    call = check_count("call", call, least=0)
    runs = _runs(opened, wanted, call, owner)
    if not len(runs[0].times):
        raise ValueError(f"{owner}: the row leaves layer {wanted[0].name!r} no step")
    steps, reading = _steps_of(opened, runs[0], call)
    kept = np.isin(runs[0].times, steps)
    values = {
        each.layer.name: {name: array[kept] for name, array in each.values.items()} for each in runs
    }
    if reading is None:
        return Gates(values, steps, _given(words, len(steps), owner))
    named = words_of(reading, words, owner)
    inputs = None if reading.numbers is None else reading.numbers[steps]
    return Gates(values, steps, None if named is None else [named[t] for t in steps], inputs)


def _runs(opened: Opened, wanted: list[Any], call: int, owner: str) -> list[Run]:
    """The runs of the layers on the one row, with all values, in one call of these layers."""
    notes = Notes(wanted, values=True)
    run(opened.model, opened.plan, opened.batch, notes)
    calls = len(notes.runs) // len(wanted)
    if call >= calls:
        raise ValueError(
            f"{owner}: call must be below {calls}, as often as the model calls layer "
            f"{wanted[0].name!r}, got {call}"
        )
    return notes.runs[call * len(wanted) : (call + 1) * len(wanted)]


def _steps_of(opened: Opened, run: Run, call: int) -> tuple[np.ndarray, Reading | None]:
    """Which steps of a run are shown, and what the model reads there.

    That is known where the layer has the steps of the input that it comes from, so that no
    convolution, pooling or the like stands between; else all steps are shown.
    """
    reading = opened.reading(opened.taken_by(run.layer, call))
    if reading is None or reading.present.sum() != len(run.times):
        return run.times, None
    if run.times[-1] >= reading.steps:
        return run.times, None
    return run.times[reading.own[run.times]], reading


def _given(words: Any, steps: int, owner: str) -> list[str] | None:
    """The words where the layer's steps are none of the row's: they must be its own."""
    if words is None:
        return None
    if isinstance(words, str) or not hasattr(words, "__len__") or len(words) != steps:
        raise ValueError(
            f"{owner}: the layer has {steps} steps of its own, so words must be a list of as many, "
            f"got {words!r}"
        )
    return [str(word) for word in words]
