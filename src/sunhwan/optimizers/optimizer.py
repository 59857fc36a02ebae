"""The base of all optimizers, and their registry."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from sunhwan import _core
from sunhwan._engine.arguments import check_flag
from sunhwan._engine.changes import Changes
from sunhwan._engine.config import Configured, config_of, plain
from sunhwan._engine.names import unique_name
from sunhwan._engine.registry import Registry
from sunhwan.optimizers import options
from sunhwan.optimizers.arrays import VariableList
from sunhwan.optimizers.places import check_places, trainable, trainable_spans
from sunhwan.optimizers.rate import Rate, as_rate, changed, rate_at
from sunhwan.optimizers.slots import Slots, make_slots, restore_slots
from sunhwan.optimizers.step import Range, Step, merge
from sunhwan.optimizers.treatment import Undecayed, pieces_of


class Optimizer(Configured, ABC):
    """Changes parameters by their gradients.

    Everything works on flat float32 arrays: parameters, gradients, and *slots*, the optimizer's
    own arrays of the same places. An optimizer of your own says what slots it has and writes
    `update`:

    >>> class Signs(Optimizer):
    ...     def slot_values(self):
    ...         return {}
    ...     def update(self, step):
    ...         step.values -= step.learning_rate * np.sign(step.prepare())
    >>> w = np.ones(2, np.float32)
    >>> Signs(0.5).apply_gradients([(np.array([3.0, -2.0]), w)])
    1
    >>> w
    array([0.5, 1.5], dtype=float32)

    Args:
        learning_rate: a number of zero or more, a `schedules.LearningRateSchedule`, or a function
            without arguments that returns a number.
        weight_decay: before each update ``w -= w * weight_decay * learning_rate``. Default none.
        clipnorm: the gradient of each variable is scaled down to this norm.
        clipvalue: each number of the gradients is clipped to ``[-clipvalue, clipvalue]``.
        global_clipnorm: all gradients together are scaled down to this norm.
        use_ema: keep a moving average of the parameters, which takes their place after training.
        ema_momentum: ``average = ema_momentum * average + (1 - ema_momentum) * w``. Default 0.99.
        ema_overwrite_frequency: every so many steps the average replaces the parameters.
        loss_scale_factor: `apply_gradients` divides gradients by it; `fit`, which computes in
            float32, does not scale its loss and does not need it.
        gradient_accumulation_steps: update once in so many steps (2 or more), by the mean gradient.
        name: by default the class's in snake case, numbered from the second on.

    Raises:
        ValueError: an argument is out of its range, or more than one way of clipping is given.
    """

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        **unknown: Any,
    ) -> None:
        if unknown:
            raise TypeError(options.unknown(type(self), learning_rate, unknown))
        self._learning_rate = as_rate(learning_rate)
        self.weight_decay = options.check_optional(weight_decay, "weight_decay")
        self.clipnorm = options.check_optional(clipnorm, "clipnorm")
        self.clipvalue = options.check_optional(clipvalue, "clipvalue")
        self.global_clipnorm = options.check_optional(global_clipnorm, "global_clipnorm")
        options.check_one_clip(clipnorm, clipvalue, global_clipnorm)
        self.use_ema = check_flag("use_ema", use_ema)
        self.ema_momentum = options.check_share(ema_momentum, "ema_momentum")
        self.ema_overwrite_frequency = options.check_count(
            ema_overwrite_frequency, "ema_overwrite_frequency", 1
        )
        self.loss_scale_factor = loss_scale_factor
        self.gradient_accumulation_steps = options.check_count(
            gradient_accumulation_steps, "gradient_accumulation_steps", 2
        )
        self.name = name or unique_name(type(self).__name__)
        self.slots: Slots = {}
        self.built = False
        self._calls = 0
        self._ranges: list[Range] = []
        self._checked: Sequence[Range] | None = None  # the ranges of the last step
        self._undecayed = Undecayed()
        self._variables: VariableList | None = None
        self._kept_steps: Any = None  # with what they are for

    # What an optimizer declares.

    @abstractmethod
    def slot_values(self) -> dict[str, float]:
        """Return the names of the slots and what they are filled with at first."""

    @abstractmethod
    def update(self, step: Step) -> None:
        """Change ``step.values`` and ``step.slots`` in place by ``step.gradients``."""

    # What the engine calls.

    def build(self, ranges: Sequence[Range]) -> None:
        """Make the slots for variables at `ranges` of the flat arrays."""
        self._ranges = list(ranges)
        size = max((entry.stop for entry in ranges), default=0)
        names = dict(self.slot_values())
        if self.use_ema:
            names["average"] = 0.0
        if self.gradient_accumulation_steps:
            names["accumulated_gradient"] = 0.0
        self._kept_steps = None
        self.slots = make_slots(size, names)
        self.built = True

    def apply(self, values: np.ndarray, gradients: np.ndarray, ranges: Sequence[Range]) -> None:
        """Do one step on the trainable ranges of a flat block.

        Args:
            values: the parameters, flat float32; changed in place.
            gradients: their gradients, of the same length.
            ranges: the variables' places, with `start`, `stop`, `trainable`, `name`.

        Raises:
            ValueError: the ranges are not those of the steps before.
        """
        if not self.built:
            self.build(ranges)
        if ranges is not self._checked:
            check_places(ranges, self._ranges, self.name)
            self._checked, self._kept_steps = ranges, None
        collected: np.ndarray | None = gradients
        if self.gradient_accumulation_steps:
            collected = self._accumulate(gradients, ranges)
        if collected is not None:
            rate, number = self.learning_rate, self.iterations + 1
            limit = self.clipvalue or math.inf
            for step in self._steps(values, collected, ranges, rate):
                step.learning_rate, step.number, step.limit = rate, number, limit
                self.update(step)
            if self.gradient_accumulation_steps:
                collected[...] = 0.0
        if self.use_ema:
            self._average(values, ranges)
        self._calls += 1

    def finalize(self, values: np.ndarray) -> None:
        """Replace the trainable parameters by their moving average, if there is one."""
        if self.use_ema and self._calls:
            for span in trainable_spans(self._checked or self._ranges):
                values[span] = self.slots["average"][span]

    def state_numbers(self) -> dict[str, int | float]:
        """Return what must be saved beside the slots."""
        return {"calls": self._calls}

    def restore(
        self,
        ranges: Sequence[Range],
        slots: Mapping[str, np.ndarray],
        state: Mapping[str, int | float],
    ) -> None:
        """Take up saved slots and numbers.

        Raises:
            ValueError: the slots are not those of this optimizer on these variables.
        """
        self.build(ranges)
        restore_slots(self.slots, slots, self.name)
        self._calls = int(state["calls"])

    # What users call.

    @property
    def iterations(self) -> int:
        """How many updates were made."""
        return self._calls // (self.gradient_accumulation_steps or 1)

    @iterations.setter
    def iterations(self, value: int) -> None:
        self._calls = int(value) * (self.gradient_accumulation_steps or 1)

    @property
    def learning_rate(self) -> Any:
        """The rate of the next step, a float; a float, schedule or function may be assigned.

        Raises:
            TypeError: a number is assigned where a schedule decides.
        """
        return rate_at(self._learning_rate, self._calls)

    @learning_rate.setter
    def learning_rate(self, value: Rate) -> None:
        self._learning_rate = changed(self._learning_rate, value, self.name)

    lr = learning_rate  # as Keras 2 called it

    def exclude_from_weight_decay(
        self, var_list: Iterable[Any] | None = None, var_names: Iterable[str] | None = None
    ) -> None:
        """Let `weight_decay` pass over variables.

        Args:
            var_list: variables.
            var_names: regular expressions; a variable is passed over if its path has one in it.
        """
        self._undecayed = Undecayed(list(var_list or ()), tuple(var_names or ()))

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Any]]) -> int:
        """Do one step on arrays, and return how many were done.

        Args:
            grads_and_vars: pairs of a gradient (or `None`: left alone) and a float32 array or
                layer's variable, which is changed in place; the same variables at every call.
        """
        pairs = list(grads_and_vars)
        if self._variables is None:
            self._variables = VariableList([variable for _, variable in pairs])
        block = self._variables
        block.read(pairs, self.loss_scale_factor or 1.0)
        self.apply(block.values, block.gradients, block.ranges)
        block.write()
        return self._calls

    def get_config(self) -> dict[str, Any]:
        """Return the arguments; a learning rate that is a number is the present one."""
        return {**config_of(self), "learning_rate": plain(self._learning_rate)}

    def __getstate__(self) -> dict[str, Any]:
        # What is kept holds views, which a copy's own arrays would not be seen through.
        return {**self.__dict__, "_kept_steps": None}

    # Parts of a step.

    def _steps(
        self, values: np.ndarray, gradients: np.ndarray, ranges: Sequence[Range], rate: float
    ) -> list[Step]:
        """Return the updates to do; the same ones again where nothing varies but the rate."""
        clips = {"clipnorm": self.clipnorm, "global_clipnorm": self.global_clipnorm}
        decay = (self.weight_decay or 0.0) * rate
        varies = self.clipnorm or self.global_clipnorm or self.weight_decay
        if not varies and self._kept_steps is not None:
            changes, arrays, steps = self._kept_steps
            if changes == Changes.count and arrays[0] is values and arrays[1] is gradients:
                return steps
        steps = []
        pieces = pieces_of(
            gradients, trainable(ranges), decay=decay, undecayed=self._undecayed, **clips
        )
        for piece in merge(pieces):
            span = slice(piece.start, piece.stop)
            slots = {name: slot[span] for name, slot in self.slots.items()}
            parts = values[span], gradients[span], slots
            steps.append(Step(*parts, rate, 0, piece.scale, math.inf, piece.decay))
        self._kept_steps = None if varies else (Changes.count, (values, gradients), steps)
        return steps

    def _accumulate(self, gradients: np.ndarray, ranges: Sequence[Range]) -> np.ndarray | None:
        """Return the gradients to update by, or `None` where this step only collects them."""
        steps = self.gradient_accumulation_steps or 1
        total = self.slots["accumulated_gradient"]
        for span in trainable_spans(ranges):
            _core.add_into(total[span], gradients[span])
        if (self._calls + 1) % steps:
            return None
        _core.scale(total, 1.0 / steps, total)
        return total

    def _average(self, values: np.ndarray, ranges: Sequence[Range]) -> None:
        share = 1.0 - self.ema_momentum if self.iterations else 1.0
        average = self.slots["average"]
        every = self.ema_overwrite_frequency
        for span in trainable_spans(ranges):
            _core.average(values[span], share, average[span])
            if every and (self.iterations + 1) % every == 0:
                values[span] = average[span]


OPTIMIZERS = Registry("optimizer", Optimizer, snake=False)
