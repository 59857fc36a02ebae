"""An optimizer's own arrays, as long as the parameters' flat block."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sunhwan._engine.block import aligned_zeros

Slots = dict[str, np.ndarray]


def make_slots(size: int, first_values: Mapping[str, float]) -> Slots:
    """Return an array of `size` for each name, filled with its first value."""
    slots = {name: aligned_zeros(size) for name in first_values}
    for name, value in first_values.items():
        slots[name][...] = value
    return slots


def restore_slots(slots: Slots, saved: Mapping[str, np.ndarray], optimizer: str) -> None:
    """Copy saved arrays into `slots`.

    Raises:
        ValueError: their names or shapes are others.
    """
    if set(saved) != set(slots):
        raise ValueError(f"{optimizer} has the slots {sorted(slots)}, got {sorted(saved)}")
    for name, slot in slots.items():
        values = np.asarray(saved[name])
        if values.shape != slot.shape:
            raise ValueError(
                f"slot {name!r} of {optimizer} must have the shape {slot.shape}, got {values.shape}"
            )
        slot[...] = values
