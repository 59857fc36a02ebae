"""Which number of a model's outputs is explained."""

from __future__ import annotations

from typing import Any

import numpy as np

from sunhwan._engine.arguments import check_count
from sunhwan._engine.layout import Layout
from sunhwan._engine.sequences import Sequences


class Target:
    """One number of each row's outputs, and its gradient.

    Args:
        model: whose output it is.
        output: name or number of the output, of a model with several; default the first.
        unit: which number of the output; default the largest of each row: the class that is
            predicted.
        step: which step, where there is an output at each; -1 is the last that no mask leaves out.
        owner: name of the function, for errors.

    Attributes:
        number: of the output.
        count: how many numbers the output has, where one was seen.
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
            if not isinstance(output, (str, int, np.integer)) or output not in known:
                raise ValueError(f"{owner}: output must be one of {names}, got {output!r}")
            self.number = known[output]
        if unit is not None:
            unit = check_count("unit", unit, least=0)
        if isinstance(step, bool) or not isinstance(step, (int, np.integer)):
            raise ValueError(f"step must be an integer, -1 for the last, got {step!r}")
        self._unit, self._step, self._owner = unit, int(step), owner
        self.count = 0
        self.values: list[float] = []
        self.units: list[int] = []

    @property
    def unit(self) -> int:
        """The unit that is taken of every row, or was taken of the first."""
        return self.units[0] if self._unit is None else self._unit

    def settle(self) -> None:
        """From now on take of every row the unit that was taken of the first."""
        self._unit = self.unit

    def gradients(self, outputs: Any, masks: list[Any]) -> Any:
        """The gradients of all outputs of a slice: one where the number stands, else zero.

        Args:
            outputs: of the slice; a tuple of several.
            masks: of each output where the steps stand that its mask leaves, or `None`.
        """
        parts = outputs if isinstance(outputs, tuple) else (outputs,)
        gradients = [np.zeros_like(_array(part)) for part in parts]
        chosen, gradient = parts[self.number], gradients[self.number]
        array = _array(chosen)
        places = self._places(chosen, masks[self.number])
        self.count = array.shape[-1]
        flat, dflat = array.reshape(-1, self.count), gradient.reshape(-1, self.count)
        if self._unit is not None and self._unit >= self.count:
            raise ValueError(
                f"{self._owner}: unit must be below {self.count}, the numbers of the output, "
                f"got {self._unit}"
            )
        if not np.isfinite(flat[places]).all():
            raise ValueError(
                f"{self._owner}: the output must be finite, got {flat[places].ravel()[:4]}: the "
                "model's weights are not finite, or too large"
            )
        for place in places:
            unit = int(flat[place].argmax()) if self._unit is None else self._unit
            dflat[place, unit] = 1.0
            self.values.append(float(flat[place, unit]))
            self.units.append(unit)
        return tuple(gradients) if isinstance(outputs, tuple) else gradients[0]

    def _places(self, output: Any, mask: Any) -> np.ndarray:
        """Of each row that has steps the place of its step among all entries of the output."""
        layout = self._layout(output, mask)
        rows = np.repeat(np.arange(layout.rows), layout.lengths)
        if isinstance(output, Sequences):
            entries = np.arange(layout.steps)
        else:
            entries = rows * int(np.prod(output.shape[1:-1])) + layout.times
        if self._step < 0:
            there = layout.lengths >= -self._step
            found = entries[layout.offsets[1:][there] + self._step]
        else:
            hits = layout.times == self._step
            there = np.isin(np.arange(layout.rows), rows[hits])
            found = entries[hits]
        missing = ~there & (layout.lengths > 0)
        if missing.any():
            least = layout.lengths[missing].min()
            within = f"within the {least} steps of the output"
            if layout.masked and least < layout.width:
                within = f"one of the {least} steps of the output that are not masked"
            raise ValueError(f"{self._owner}: step must be {within}, got {self._step}")
        return found

    @staticmethod
    def _layout(output: Any, mask: Any) -> Layout:
        """Where the steps stand at which there is an output."""
        if isinstance(output, Sequences):
            return output.layout
        return mask or Layout.dense(len(output), int(np.prod(output.shape[1:-1])))


def _array(output: Any) -> np.ndarray:
    return output.values if isinstance(output, Sequences) else output
