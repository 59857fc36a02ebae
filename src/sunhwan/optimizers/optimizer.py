"""The base of all optimizers, and their registry."""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from sunhwan import _core
from sunhwan._engine.arguments import check_flag
from sunhwan._engine.block import aligned_zeros
from sunhwan._engine.changes import Changes
from sunhwan._engine.config import Configured, config_of, plain, unknown_argument
from sunhwan._engine.names import unique_name
from sunhwan._engine.registry import Registry
from sunhwan.optimizers import options, schedules
from sunhwan.optimizers.arrays import VariableList
from sunhwan.optimizers.step import Piece, Range, Step, merge

Rate = float | schedules.LearningRateSchedule | Callable[[], float]


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
            raise TypeError(unknown_argument(type(self), next(iter(unknown))))
        if isinstance(learning_rate, Mapping):
            learning_rate = schedules.deserialize(learning_rate)
        if not callable(learning_rate):
            learning_rate = options.check_rate(learning_rate)
        self._learning_rate = learning_rate
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
        self.slots: dict[str, np.ndarray] = {}
        self.built = False
        self._calls = 0
        self._ranges: list[Range] = []
        self._checked: Sequence[Range] | None = None  # the ranges of the last step
        self._undecayed_variables: list[Any] = []
        self._undecayed_names: re.Pattern[str] | None = None
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
        self.slots = {name: aligned_zeros(size) for name in names}
        for name, initial in names.items():
            self.slots[name][...] = initial
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
            self._check_places(ranges)
            self._checked, self._kept_steps = ranges, None
        collected: np.ndarray | None = gradients
        if self.gradient_accumulation_steps:
            collected = self._accumulate(gradients, _trainable(ranges))
        if collected is not None:
            rate, number = self.learning_rate, self.iterations + 1
            limit = self.clipvalue or math.inf
            for step in self._steps(values, collected, ranges, rate):
                step.learning_rate, step.number, step.limit = rate, number, limit
                self.update(step)
            if self.gradient_accumulation_steps:
                collected[...] = 0.0
        if self.use_ema:
            self._average(values, _trainable(ranges))
        self._calls += 1

    def finalize(self, values: np.ndarray) -> None:
        """Replace the trainable parameters by their moving average, if there is one."""
        if self.use_ema and self._calls:
            for entry in self._checked or self._ranges:
                if entry.trainable:
                    values[entry.start : entry.stop] = self.slots["average"][
                        entry.start : entry.stop
                    ]

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
        if set(slots) != set(self.slots):
            raise ValueError(f"{self.name} has the slots {sorted(self.slots)}, got {sorted(slots)}")
        for name, slot in self.slots.items():
            saved = np.asarray(slots[name])
            if saved.shape != slot.shape:
                raise ValueError(
                    f"slot {name!r} of {self.name} must have the shape {slot.shape}, "
                    f"got {saved.shape}"
                )
            slot[...] = saved
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
        rate = self._learning_rate
        if isinstance(rate, schedules.LearningRateSchedule):
            return float(rate(self._calls))
        return float(rate()) if callable(rate) else rate

    @learning_rate.setter
    def learning_rate(self, value: Rate) -> None:
        if callable(value):
            self._learning_rate = value
        elif isinstance(self._learning_rate, schedules.LearningRateSchedule):
            raise TypeError(
                f"the learning rate of {self.name} follows {self._learning_rate!r} and cannot be "
                f"set; make the optimizer with a number to set it later"
            )
        else:
            self._learning_rate = options.check_rate(value)

    def exclude_from_weight_decay(
        self, var_list: Iterable[Any] | None = None, var_names: Iterable[str] | None = None
    ) -> None:
        """Let `weight_decay` pass over variables.

        Args:
            var_list: variables.
            var_names: regular expressions; a variable is passed over if its path has one in it.
        """
        self._undecayed_variables = list(var_list or ())
        self._undecayed_names = re.compile("|".join(var_names)) if var_names else None

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
        varies = self.clipnorm or self.global_clipnorm or self.weight_decay
        if not varies and self._kept_steps is not None:
            changes, arrays, steps = self._kept_steps
            if changes == Changes.count and arrays[0] is values and arrays[1] is gradients:
                return steps
        steps = []
        for piece in merge(self._pieces(gradients, _trainable(ranges), rate)):
            span = slice(piece.start, piece.stop)
            slots = {name: slot[span] for name, slot in self.slots.items()}
            parts = values[span], gradients[span], slots
            steps.append(Step(*parts, rate, 0, piece.scale, math.inf, piece.decay))
        self._kept_steps = None if varies else (Changes.count, (values, gradients), steps)
        return steps

    def _pieces(
        self, gradients: np.ndarray, trainable: Sequence[Range], rate: float
    ) -> list[Piece]:
        """Return each range with what clipping and decay make of it."""
        decay = (self.weight_decay or 0.0) * rate
        pieces = [
            Piece(entry.start, entry.stop, 1.0, 0.0 if self._is_undecayed(entry) else decay)
            for entry in trainable
        ]
        if self.clipnorm or self.global_clipnorm:
            squares = [_core.sum_of_squares(gradients[p.start : p.stop]) for p in pieces]
            if self.global_clipnorm:
                scale = options.clip_scale(math.sqrt(sum(squares)), self.global_clipnorm)
                scales = [scale] * len(pieces)
            else:
                scales = [options.clip_scale(math.sqrt(s), self.clipnorm or 0.0) for s in squares]
            for piece, scale in zip(pieces, scales, strict=True):
                piece.scale = scale
        return pieces

    def _is_undecayed(self, entry: Range) -> bool:
        names, variable = self._undecayed_names, getattr(entry, "variable", entry)
        if names is not None and names.search(entry.name) is not None:
            return True
        return any(excluded is variable for excluded in self._undecayed_variables)

    def _check_places(self, ranges: Sequence[Range]) -> None:
        """Raise a ValueError where `ranges` are not those, or the first of those, of `build`."""
        known = [(entry.name, entry.start, entry.stop) for entry in self._ranges]
        given = [(entry.name, entry.start, entry.stop) for entry in ranges]
        if given != known[: len(given)]:
            new = next((name for name, *_ in given if name not in {n for n, *_ in known}), None)
            raise ValueError(
                f"optimizer {self.name!r} keeps state for the weights that it trained first, got "
                + (f"the new weight {new!r}" if new else "others in their place")
                + ": compile the model with a new optimizer"
            )

    def _accumulate(self, gradients: np.ndarray, trainable: Sequence[Range]) -> np.ndarray | None:
        """Return the gradients to update by, or `None` where this step only collects them."""
        steps = self.gradient_accumulation_steps or 1
        total = self.slots["accumulated_gradient"]
        for entry in trainable:
            _core.add_into(total[entry.start : entry.stop], gradients[entry.start : entry.stop])
        if (self._calls + 1) % steps:
            return None
        _core.scale(total, 1.0 / steps, total)
        return total

    def _average(self, values: np.ndarray, trainable: Sequence[Range]) -> None:
        share = 1.0 - self.ema_momentum if self.iterations else 1.0
        average = self.slots["average"]
        for piece in merge([Piece(entry.start, entry.stop) for entry in trainable]):
            span = slice(piece.start, piece.stop)
            _core.average(values[span], share, average[span])
            every = self.ema_overwrite_frequency
            if every and (self.iterations + 1) % every == 0:
                values[span] = average[span]


def _trainable(ranges: Sequence[Range]) -> list[Range]:
    return [entry for entry in ranges if entry.trainable]


OPTIMIZERS = Registry("optimizer", Optimizer, snake=False)
