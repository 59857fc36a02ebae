"""Which number of a model's outputs is explained."""

from __future__ import annotations

from typing import Any

import numpy as np

from sunhwan._engine.arguments import check_count
from sunhwan._engine.sequences import Sequences


class Target:
    """One number of each row's outputs, and its gradient.

    Args:
        model: whose output it is.
        output: name or number of the output, of a model with several; default the first.
        unit: which number of the output; default the largest of each row: the class that is
            predicted.
        step: which step, where there is an output at each; default the last.
        owner: name of the function, for errors.

    Attributes:
        number: of the output.
        values: of the rows seen so far, in the order in which they came.
        units: which unit was taken, likewise.

    Raises:
        ValueError: there is no such output, unit or step.
    """

    def __init__(self, model: Any, output: Any, unit: int | None, step: int, owner: str) -> None:
        names = model.output_structure.names
        self.number = 0
        if output is not None:
            known = {
                **{name: i for i, name in enumerate(names)},
                **{i: i for i in range(len(names))},
            }
            if output not in known:
                raise ValueError(f"{owner}: output must be one of {names}, got {output!r}")
            self.number = known[output]
        if unit is not None:
            unit = check_count("unit", unit, least=0)
        if isinstance(step, bool) or not isinstance(step, (int, np.integer)):
            raise ValueError(f"step must be an integer, -1 for the last, got {step!r}")
        self._unit, self._step, self._owner = unit, int(step), owner
        self.values: list[float] = []
        self.units: list[int] = []

    @property
    def unit(self) -> int:
        """The unit that is taken of every row, or was taken of the first."""
        return self.units[0] if self._unit is None else self._unit

    def settle(self) -> None:
        """From now on take of every row the unit that was taken of the first."""
        self._unit = self.unit

    def gradients(self, outputs: Any, rows: np.ndarray) -> Any:
        """The gradients of all outputs of a slice: one where the number stands, else zero."""
        parts = outputs if isinstance(outputs, tuple) else (outputs,)
        gradients = [np.zeros_like(_array(part)) for part in parts]
        chosen, gradient = parts[self.number], gradients[self.number]
        array = _array(chosen)
        places = self._places(chosen)
        flat, dflat = array.reshape(-1, array.shape[-1]), gradient.reshape(-1, array.shape[-1])
        if self._unit is not None and self._unit >= flat.shape[1]:
            raise ValueError(
                f"{self._owner}: unit must be below {flat.shape[1]}, the numbers of the output, "
                f"got {self._unit}"
            )
        for place in places:
            unit = int(flat[place].argmax()) if self._unit is None else self._unit
            dflat[place, unit] = 1.0
            self.values.append(float(flat[place, unit]))
            self.units.append(unit)
        return tuple(gradients) if isinstance(outputs, tuple) else gradients[0]

    def _places(self, output: Any) -> np.ndarray:
        """Of each row the place of its step among all entries of the output."""
        if isinstance(output, Sequences):
            lengths, firsts = output.layout.lengths, output.layout.offsets[:-1]
        else:
            steps = int(np.prod(output.shape[1:-1]))
            lengths = np.full(len(output), steps)
            firsts = np.arange(len(output)) * steps
        step = np.where(self._step < 0, lengths + self._step, self._step)
        if ((step < 0) | (step >= lengths)).any():
            raise ValueError(
                f"{self._owner}: step must be within the {int(lengths.min())} steps of the "
                f"output, got {self._step}"
            )
        return firsts + step


def _array(output: Any) -> np.ndarray:
    return output.values if isinstance(output, Sequences) else output
