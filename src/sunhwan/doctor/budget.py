"""How often the doctor may look and examine: as sizes allow, not the clock."""

from __future__ import annotations

from typing import Any

from sunhwan.layers.over_steps import OverSteps

# Microseconds: what a step takes at least, and a parameter in it for each row and time; an
# examination, and each epoch in it; the look at the data, and one at a step, besides half of what
# a step takes.
STEP = 7.0
PRODUCT = 6e-5
EXAMINATION = 80.0
EPOCH = 2.5
DATA = 350.0
LOOKING = 1000.0
SHORT = 10  # steps of rows whose lengths differ
# Of the training's time, what the doctor may take.
SHARE = 0.004
SHARE_OF_LOOKS = 0.006
SHARE_AT_END = 0.01  # of one examination at the end, that there be one


class Budget:
    """What a training's time allows.

    The time is estimated from sizes, so that the same training is told the same.

    Args:
        model: what is trained, built.
        source: the training rows, or `None`.
        batch_size: rows a step.

    Attributes:
        step: microseconds that a step takes.
    """

    def __init__(self, model: Any, source: Any, batch_size: int) -> None:
        self.step = STEP + PRODUCT * batch_size * _products(model, source)
        self._steps = self._epochs = 0
        self._examinations = self._looks = 0.0  # microseconds that may be spent
        self._an_epoch = 0.0

    def spend(self, steps: int, epochs: int) -> None:
        """Steps were made in so many epochs."""
        self._steps += steps
        self._epochs += epochs
        self._examinations += SHARE * steps * self.step
        self._looks += SHARE_OF_LOOKS * steps * self.step
        self._an_epoch = steps * self.step / epochs

    def examination(self, with_data: bool) -> bool:
        """Whether an examination is due; if so, it is paid."""
        if self._examinations < self._price(with_data):
            return False
        self._examinations = 0.0
        return True

    def look(self) -> bool:
        """Whether a look at a step is due; if so, it is paid."""
        if self._looks < LOOKING + 0.5 * self.step:
            return False
        self._looks = 0.0
        return True

    @property
    def last_examination(self) -> bool:
        """Whether the training was long enough for an examination at its end."""
        return SHARE_AT_END * self.step * self._steps >= self._price(with_data=False)

    def idle(self, with_data: bool) -> int:
        """Epochs, as long as the last ones, until something more is due."""
        if not self._an_epoch:
            return 0
        to_examine = (self._price(with_data) - self._examinations) / SHARE
        to_look = (LOOKING + 0.5 * self.step - self._looks) / SHARE_OF_LOOKS
        return max(0, int(min(to_examine, to_look) / self._an_epoch))

    def _price(self, with_data: bool) -> float:
        return EXAMINATION + EPOCH * self._epochs + (DATA if with_data else 0.0)


def _products(model: Any, source: Any) -> float:
    """How many parameters one row is multiplied with, at least: recurrent ones at each step."""
    shape = getattr(getattr(source, "feed", None), "shape", (None, None))
    steps = float(shape[1] or SHORT)
    total = 0.0
    for layer in model.layers:
        if not getattr(layer, "reads_ids", False):
            size = sum(variable.value.size for variable in layer.variables)
            total += size * (steps if isinstance(layer, OverSteps) else 1.0)
    return total
