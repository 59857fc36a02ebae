"""Activations with arguments of their own, as layers: ReLU, LeakyReLU, ELU, Softmax."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from sunhwan import activations
from sunhwan._engine.arguments import check_integer, check_not_negative, check_number

from .activating import Activating
from .layer import Shape
from .registry import LAYERS


@final
@LAYERS.register()
class ReLU(Activating):
    """A rectifier as a layer.

        y = min(x, max_value)                    where x > threshold
        y = negative_slope * (x - threshold)     elsewhere

    Args:
        max_value: the largest output; default `None`, no limit.
        negative_slope: default 0.
        threshold: default 0.
        kwargs: arguments of `Layer`, `name` and `input_shape` among them.

    Raises:
        ValueError: an argument is negative.

    >>> ReLU(max_value=1.0, negative_slope=0.5)([[-1.0, 0.5, 2.0]])
    array([[-0.5,  0.5,  1. ]], dtype=float32)
    """

    def __init__(
        self,
        max_value: float | None = None,
        negative_slope: float = 0.0,
        threshold: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.max_value = None if max_value is None else check_not_negative("max_value", max_value)
        self.negative_slope = check_not_negative("negative_slope", negative_slope)
        self.threshold = check_not_negative("threshold", threshold)

    @property
    def function(self) -> Any:
        most, slope, threshold = self.max_value, self.negative_slope, self.threshold
        if slope == threshold == 0 and most in (None, 6.0):
            return activations.relu if most is None else activations.relu6

        def bent(x: np.ndarray) -> np.ndarray:
            return activations.relu(x, slope, most, threshold)

        def gradient(x: np.ndarray, y: np.ndarray, dy: np.ndarray) -> np.ndarray:
            above = (x > threshold) if most is None else (x > threshold) & (x < most)
            return dy * np.where(above, 1, np.where(x < threshold, slope, 0)).astype(np.float32)

        bent.__dict__["gradient"] = gradient
        return bent


@final
@LAYERS.register()
class LeakyReLU(Activating):
    """A rectifier that lets a part of what is negative through: ``y = max(x, negative_slope * x)``.

    Args:
        negative_slope: default 0.3 (0.2 in the function `leaky_relu`), as in Keras; Keras 2's name
            for it, `alpha`, is taken too.
        kwargs: arguments of `Layer`, `name` and `input_shape` among them.

    Raises:
        ValueError: `negative_slope` is negative.

    >>> LeakyReLU(0.5)([[-1.0, 2.0]])
    array([[-0.5,  2. ]], dtype=float32)
    """

    def __init__(self, negative_slope: float = 0.3, **kwargs: Any) -> None:
        negative_slope = kwargs.pop("alpha", negative_slope)
        super().__init__(**kwargs)
        self.negative_slope = check_not_negative("negative_slope", negative_slope)

    @property
    def function(self) -> Any:
        slope = self.negative_slope
        if slope == 0.2:
            return activations.leaky_relu

        def leaky(x: np.ndarray) -> np.ndarray:
            return activations.leaky_relu(x, slope)

        def gradient(x: np.ndarray, y: np.ndarray, dy: np.ndarray) -> np.ndarray:
            return dy * np.where(x > 0, np.float32(1), np.float32(slope))

        leaky.__dict__["gradient"] = gradient
        return leaky


@final
@LAYERS.register()
class ELU(Activating):
    """An exponential linear unit: ``y = x if x > 0 else alpha * (exp(x) - 1)``.

    Clevert et al., "Fast and accurate deep network learning by exponential linear units" (2015).

    Args:
        alpha: default 1.
        kwargs: arguments of `Layer`, `name` and `input_shape` among them.

    Raises:
        ValueError: `alpha` is no finite number.

    >>> ELU()([[-50.0, 2.0]])
    array([[-1.,  2.]], dtype=float32)
    """

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alpha = check_number("alpha", alpha)

    @property
    def function(self) -> Any:
        alpha = self.alpha
        if alpha == 1:
            return activations.elu

        def scaled(x: np.ndarray) -> np.ndarray:
            return activations.elu(x, alpha)

        def gradient(x: np.ndarray, y: np.ndarray, dy: np.ndarray) -> np.ndarray:
            return dy * np.where(x > 0, np.float32(1), y + np.float32(alpha))

        scaled.__dict__["gradient"] = gradient
        return scaled


@final
@LAYERS.register()
class Softmax(Activating):
    """Shares that sum to 1 along the last axis: ``y = exp(x) / sum(exp(x))``.

    Args:
        axis: must be the last one; default -1.
        kwargs: arguments of `Layer`, `name` and `input_shape` among them.

    Raises:
        ValueError: `axis` is another: put `Permute` before and after the layer.

    >>> Softmax()([[0.0, 0.0]])
    array([[0.5, 0.5]], dtype=float32)
    """

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = check_integer("axis", axis)

    def build(self, input_shape: Shape) -> None:
        if self.axis not in (-1, len(input_shape) - 1):
            raise ValueError(
                f"layer {self.name!r}: axis must be the last, -1, got {self.axis} for inputs of "
                f"shape {tuple(input_shape)}; put Permute before and after the layer"
            )

    @property
    def function(self) -> Any:
        return activations.softmax
