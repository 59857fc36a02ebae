"""Does a gradient belong to its function? Asked by small steps along random directions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from sunhwan._engine.arguments import check_count, check_number
from sunhwan._engine.call import Trial, try_layer
from sunhwan.layers.layer import Layer
from sunhwan.losses.loss import Loss

# Steps relative to the size of what is moved. The layers compute in float32: a shorter step drowns
# in rounding, a longer one meets curvature and kinks. The best of them counts.
_STEPS = (3e-2, 1e-2, 3e-3)
_ROUNDING = 1e-6  # of a weighted sum of float32 outputs, relative to its terms' norm

Arrays = dict[str, np.ndarray]
Gradients = dict[str, np.ndarray | None]


def check_gradients(
    subject: Layer | Loss | Callable[..., Any],
    x: Any,
    y_pred: Any = None,
    *,
    mask: Any = None,
    initial_state: Any = None,
    training: bool = False,
    directions: int = 3,
    tolerance: float = 0.01,
    seed: int = 0,
) -> dict[str, float]:
    """Check the gradients of a layer or a loss of your own by central differences.

    The outputs are summed with random weights; then the input, each weight and each initial state
    is moved alone, back and forth along random directions, and the slope of the sum is compared
    with what `backward` (or the loss's gradient) says. The weights of a layer are as before
    afterwards.

    Args:
        subject: a layer, a loss, or a function `(y_true, y_pred) -> (value, gradient)`.
        x: the layer's input `(N, ...)`, of several inputs a list; for a loss the targets.
        y_pred: for a loss the predictions `(N, ..., C)`; not taken for a layer.
        mask: `(N, T)` bool, for layers of sequences; for attention a list.
        initial_state: for recurrent layers, a state `(N, units)` or a list of them.
        training: whether dropout and the like are on; their random numbers are the same each time.
        directions: random directions for each array.
        tolerance: the greatest relative error allowed. In float32, 0.01 is far above rounding and
            far below the error of a forgotten factor; functions with kinks or of large curvature
            may need more.
        seed: of the directions.

    Returns:
        The greatest relative error of each array, by name: `input` (of several `input[0]`, ...),
        the weights' names, `initial_state`, or `y_pred`.

    Raises:
        AssertionError: a gradient is missing, has another shape than its array, or is wrong; the
            message names the array, what was expected and what came.
        ValueError: an argument is none that this subject takes.

    >>> import numpy as np
    >>> import sunhwan as sh
    >>> errors = check_gradients(sh.layers.Dense(3, activation="tanh"), np.ones((2, 5)))
    >>> sorted(errors), max(errors.values()) < 0.01
    (['bias', 'input', 'kernel'], True)

    >>> def forgetful(y_true, y_pred):
    ...     return ((y_pred - y_true) ** 2).sum(), y_pred - y_true
    >>> check_gradients(forgetful, np.zeros((2, 1)), np.ones((2, 1)))
    Traceback (most recent call last):
    AssertionError: forgetful: the gradient of y_pred along a random direction must be ...
    """
    directions = check_count("directions", directions)
    tolerance = check_number("tolerance", tolerance, "above 0", lambda number: number > 0)
    random = np.random.default_rng(seed)
    if isinstance(subject, Layer):
        if y_pred is not None:
            raise ValueError(f"y_pred is for losses, got it for layer {subject.name!r}")
        checked: _Checked = _Layer(subject, x, mask, initial_state, training, random)
    elif callable(subject):
        if y_pred is None:
            raise ValueError("y_pred must be given to check a loss")
        checked = _Loss(subject, x, y_pred)
    else:
        raise ValueError(f"subject must be a layer, a loss or a function, got {subject!r}")
    with checked:
        return {
            name: _check_array(checked, name, random, directions, tolerance)
            for name in checked.arrays
        }


class _Checked(ABC):
    """A function of named arrays, and its gradient.

    Attributes:
        name: what messages call it.
        arrays: what it depends on; they are moved in place.
        gradients: what it says its gradients are.
        size: norm of the terms that the value sums.
    """

    name: str
    arrays: Arrays
    gradients: Gradients
    size: float

    @abstractmethod
    def value(self) -> float:
        """The value for the arrays as they are now."""

    def __enter__(self) -> None:
        return

    def __exit__(self, *_: object) -> None:
        return


class _Layer(_Checked):
    """A weighted sum of a layer's outputs."""

    def __init__(
        self,
        layer: Layer,
        x: Any,
        mask: Any,
        initial_state: Any,
        training: bool,
        random: np.random.Generator,
    ) -> None:
        self.name = f"layer {layer.name!r}"
        self._layer, self._mask, self._training = layer, mask, False
        self._held = getattr(layer, "states", None)  # by a stateful layer, from batch to batch
        reads_ids = getattr(layer, "reads_ids", False)
        if layer.joins and isinstance(x, (list, tuple)):
            self._x: Any = [np.array(part, np.float32) for part in x]
        else:
            self._x = np.array(x, None if reads_ids else np.float32)
        self._states = None
        if initial_state is not None:
            given = initial_state if isinstance(initial_state, (list, tuple)) else [initial_state]
            self._states = [np.array(state, np.float32) for state in given]
        output = self._run().output  # builds the layer
        self._before = [variable.value.copy() for variable in layer.variables]
        self._training = training
        outputs = output if isinstance(output, list) else [output]
        self._weights = [random.standard_normal(part.shape).astype(np.float32) for part in outputs]
        dy = self._weights if isinstance(output, list) else self._weights[0]
        try:
            trial = self._run(dy)
        except Exception as error:
            raise AssertionError(f"{self.name}: backward failed: {error!r}") from error
        self.size = float(np.sqrt(sum(((w * y) ** 2).sum() for w, y in self._terms(trial))))
        self.arrays, self.gradients = {}, {}
        if isinstance(self._x, list):
            for number, (part, dpart) in enumerate(zip(self._x, trial.dx, strict=True)):
                self.arrays[f"input[{number}]"], self.gradients[f"input[{number}]"] = part, dpart
        elif not reads_ids:
            self.arrays["input"], self.gradients["input"] = self._x, trial.dx
        for variable, gradient in zip(layer.variables, trial.gradients, strict=True):
            if variable.learned:
                name = variable.path.split("/", 1)[-1]
                self.arrays[name], self.gradients[name] = variable.value, gradient
        for number, state in enumerate(self._states or ()):
            name = "initial_state" if len(self._states or ()) == 1 else f"initial_state[{number}]"
            self.arrays[name] = state
            self.gradients[name] = dict(enumerate(trial.dstates)).get(number)

    def _run(self, dy: Any = None) -> Trial:
        if getattr(self._layer, "stateful", False):
            self._layer.reset_states()  # pyright: ignore[reportAttributeAccessIssue]
        return try_layer(
            self._layer,
            self._x,
            dy,
            mask=self._mask,
            training=self._training,
            initial_state=self._states,
        )

    def _terms(self, trial: Trial) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        outputs = trial.output if isinstance(trial.output, list) else [trial.output]
        for weights, output in zip(self._weights, outputs, strict=True):
            yield weights.astype(np.float64), output

    def value(self) -> float:
        return float(sum((w * y).sum() for w, y in self._terms(self._run())))

    def __exit__(self, *_: object) -> None:
        for variable, value in zip(self._layer.variables, self._before, strict=True):
            variable.value[...] = value
            variable.grad[...] = 0
        if self._held is not None:
            self._layer.states = self._held


class _Loss(_Checked):
    """The value of a loss."""

    def __init__(self, loss: Any, y_true: Any, y_pred: Any) -> None:
        self.name = loss.name if isinstance(loss, Loss) else getattr(loss, "__name__", repr(loss))
        self._loss, self._y_true = loss, np.asarray(y_true)
        self.arrays = {"y_pred": np.array(y_pred, np.float32)}
        if isinstance(loss, Loss):
            self._y_true = loss.check_targets(y_true, self.arrays["y_pred"].shape, "y_true")
        value, gradient = self._run()
        self.gradients = {"y_pred": None if gradient is None else np.asarray(gradient)}
        self.size = abs(value)

    def _run(self) -> tuple[float, Any]:
        y_pred = self.arrays["y_pred"]
        if isinstance(self._loss, Loss):
            return self._loss.value_and_gradient(self._y_true, y_pred, None, 1.0)
        found = self._loss(self._y_true, y_pred)
        if not isinstance(found, tuple) or len(found) != 2:
            raise ValueError(
                f"{self.name} must return a value and a gradient, got {type(found).__name__}"
            )
        return float(found[0]), found[1]

    def value(self) -> float:
        return self._run()[0]


def _check_array(
    checked: _Checked, name: str, random: np.random.Generator, directions: int, tolerance: float
) -> float:
    array, gradient = checked.arrays[name], checked.gradients[name]
    if gradient is None:
        raise AssertionError(f"{checked.name}: the gradient of {name} is missing")
    if gradient.shape != array.shape:
        raise AssertionError(
            f"{checked.name}: the gradient of {name} must have its shape {array.shape}, "
            f"got {gradient.shape}"
        )
    worst = 0.0
    for _ in range(directions):
        direction = random.standard_normal(array.shape).astype(np.float32)
        terms = direction.astype(np.float64) * gradient
        told = float(terms.sum())
        errors = []
        for step in _STEPS:
            found, rounding = _slope(checked, array, direction, step)
            scale = max(abs(found), float(np.sqrt((terms**2).sum())), np.finfo(np.float32).tiny)
            errors.append((max(0.0, abs(told - found) - rounding) / scale, found))
        error, found = min(errors, key=lambda pair: np.nan_to_num(pair[0], nan=np.inf))
        if not error <= tolerance:
            raise AssertionError(
                f"{checked.name}: the gradient of {name} along a random direction must be "
                f"{found:.6g}, got {told:.6g}: a relative error of {error:.2g}, where "
                f"{tolerance:g} is allowed"
            )
        worst = max(worst, error)
    return worst


def _slope(
    checked: _Checked, array: np.ndarray, direction: np.ndarray, step: float
) -> tuple[float, float]:
    """Slope of the value along `direction` at `array`, and how far rounding may have moved it."""
    step *= float(np.sqrt(np.mean(np.square(array, dtype=np.float64)))) or 1.0
    before = array.copy()
    try:
        array[...] = before + step * direction
        above = checked.value()
        array[...] = before - step * direction
        below = checked.value()
    finally:
        array[...] = before
    return (above - below) / (2 * step), _ROUNDING * checked.size / step
