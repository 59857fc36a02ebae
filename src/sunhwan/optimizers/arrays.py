"""An optimizer on a list of arrays, as in Keras's `apply_gradients`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sunhwan._engine.changes import Watched


@dataclass(eq=False)
class Place(Watched):
    """Where one array lies in the flat block."""

    start: int
    stop: int
    name: str
    variable: Any
    trainable: bool = True

    def __post_init__(self) -> None:
        self.watch()


class VariableList:
    """Arrays and their gradients, copied into flat blocks for a step and back after it.

    Raises:
        TypeError: a variable is no float32 array that can be written to.
    """

    def __init__(self, variables: Sequence[Any]) -> None:
        self.ranges: list[Place] = []
        place = 0
        for index, variable in enumerate(variables):
            array = _array(variable)
            name = str(getattr(variable, "path", f"variable_{index}"))
            self.ranges.append(Place(place, place + array.size, name, variable))
            place += array.size
        self.values = np.zeros(place, np.float32)
        self.gradients = np.zeros(place, np.float32)

    def read(self, pairs: Sequence[tuple[Any, Any]], scale: float) -> None:
        """Copy values and gradients, divided by `scale`, into the blocks.

        Raises:
            ValueError: the variables are not those of the first call, or a gradient has another
                shape than its variable.
        """
        same = len(pairs) == len(self.ranges) and all(
            place.variable is variable
            for place, (_, variable) in zip(self.ranges, pairs, strict=True)
        )
        if not same:
            raise ValueError(
                "an optimizer works on the variables of its first step; make a new one for others"
            )
        for place, (gradient, variable) in zip(self.ranges, pairs, strict=True):
            array = _array(variable)
            self.values[place.start : place.stop] = array.reshape(-1)
            place.trainable = gradient is not None
            if gradient is None:
                continue
            if np.shape(gradient) != array.shape:
                raise ValueError(
                    f"the gradient of {place.name} must have its shape {array.shape}, "
                    f"got {np.shape(gradient)}"
                )
            self.gradients[place.start : place.stop] = np.reshape(gradient, -1)
            self.gradients[place.start : place.stop] /= np.float32(scale)

    def write(self) -> None:
        """Copy the values back."""
        for place in self.ranges:
            array = _array(place.variable)
            array[...] = self.values[place.start : place.stop].reshape(array.shape)


def _array(variable: Any) -> np.ndarray:
    array = getattr(variable, "value", variable)
    if not isinstance(array, np.ndarray) or array.dtype != np.float32 or not array.flags.writeable:
        raise TypeError(
            f"a variable must be a float32 array that can be written to, "
            f"got {type(array).__name__} of dtype {getattr(array, 'dtype', None)}"
        )
    return array
