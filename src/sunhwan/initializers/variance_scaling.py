"""Initializers whose spread follows from a weight's shape."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import DTypeLike

from sunhwan._engine.arguments import check_positive
from sunhwan.initializers.initializer import INITIALIZERS, RandomInitializer, as_float, as_shape
from sunhwan.initializers.random import truncated_normal

# The standard deviation of a standard normal variable that is cut off at two:
# sqrt(1 - 4 pdf(2) / (cdf(2) - cdf(-2))).
TRUNCATED_STDDEV = math.sqrt(
    1.0 - 4.0 * math.exp(-2.0) / math.sqrt(2.0 * math.pi) / math.erf(math.sqrt(2.0))
)
_MODES = ("fan_in", "fan_out", "fan_avg")
_DISTRIBUTIONS = ("truncated_normal", "untruncated_normal", "uniform")

Axes = Sequence[int] | None


@INITIALIZERS.register()
class VarianceScaling(RandomInitializer):
    """Values with mean 0 and the variance ``scale / fan``, exactly, also for the truncated normal.

    Args:
        scale: a positive number. Default 1.
        mode: the fan: ``"fan_in"`` (default), ``"fan_out"`` or ``"fan_avg"``, their mean. A fan
            below 1 counts as 1.
        distribution: ``"truncated_normal"`` (default; ``"normal"`` means the same),
            ``"untruncated_normal"`` or ``"uniform"``.
        seed: see `RandomInitializer`.
        input_axes, output_axes: the axes whose product is the fan in and out; by default see
            `compute_fans`.

    Raises:
        ValueError: `scale` is not positive; `mode` or `distribution` is unknown.

    >>> round(float(np.var(VarianceScaling(2.0, seed=0)((400, 400)))), 4)
    0.005
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: int | None = None,
        input_axes: Axes = None,
        output_axes: Axes = None,
    ) -> None:
        super().__init__(seed)
        if mode not in _MODES:
            raise ValueError(f"mode must be one of {', '.join(_MODES)}, got {mode!r}")
        distribution = str(distribution).lower()
        if distribution == "normal":
            distribution = "truncated_normal"
        if distribution not in _DISTRIBUTIONS:
            raise ValueError(
                f"distribution must be one of {', '.join(_DISTRIBUTIONS)}, got {distribution!r}"
            )
        self.scale = check_positive("scale", scale)
        self.mode = mode
        self.distribution = distribution
        self.input_axes = input_axes
        self.output_axes = output_axes

    def __call__(self, shape: Sequence[int], dtype: DTypeLike | None = None) -> np.ndarray:
        shape = as_shape(shape)
        fan_in, fan_out = compute_fans(shape, self.input_axes, self.output_axes)
        fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        stddev = math.sqrt(self.scale / max(1.0, fan))
        generator = self.generator()
        if self.distribution == "uniform":
            limit = math.sqrt(3.0) * stddev
            return as_float(generator.uniform(-limit, limit, shape), dtype)
        if self.distribution == "untruncated_normal":
            return as_float(stddev * generator.standard_normal(shape), dtype)
        return as_float(stddev / TRUNCATED_STDDEV * truncated_normal(generator, shape), dtype)


@INITIALIZERS.register()
class GlorotUniform(VarianceScaling):
    """Uniform within ``sqrt(6 / (fan_in + fan_out))`` of 0: the default of kernels.

    Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks"
    (2010).

    Args:
        seed: see `RandomInitializer`.
        input_axes, output_axes: see `VarianceScaling`.

    >>> bool((abs(GlorotUniform(seed=1)((3, 3))) <= 1.0).all())
    True
    """

    def __init__(
        self, seed: int | None = None, input_axes: Axes = None, output_axes: Axes = None
    ) -> None:
        super().__init__(1.0, "fan_avg", "uniform", seed, input_axes, output_axes)


@INITIALIZERS.register()
class GlorotNormal(VarianceScaling):
    """Truncated normal with the variance ``2 / (fan_in + fan_out)``. Source: see `GlorotUniform`.

    Args:
        seed: see `RandomInitializer`.
        input_axes, output_axes: see `VarianceScaling`.

    >>> GlorotNormal(seed=1)((3, 4)).shape
    (3, 4)
    """

    def __init__(
        self, seed: int | None = None, input_axes: Axes = None, output_axes: Axes = None
    ) -> None:
        super().__init__(1.0, "fan_avg", "truncated_normal", seed, input_axes, output_axes)


@INITIALIZERS.register()
class LecunUniform(VarianceScaling):
    """Uniform within ``sqrt(3 / fan_in)`` of 0. LeCun et al., "Efficient BackProp" (1998).

    Args:
        seed: see `RandomInitializer`.
        input_axes, output_axes: see `VarianceScaling`.

    >>> bool((abs(LecunUniform(seed=1)((3, 3))) <= 1.0).all())
    True
    """

    def __init__(
        self, seed: int | None = None, input_axes: Axes = None, output_axes: Axes = None
    ) -> None:
        super().__init__(1.0, "fan_in", "uniform", seed, input_axes, output_axes)


@INITIALIZERS.register()
class LecunNormal(VarianceScaling):
    """Truncated normal with the variance ``1 / fan_in``: what the activation `selu` wants.

    LeCun et al., "Efficient BackProp" (1998).

    Args:
        seed: see `RandomInitializer`.
        input_axes, output_axes: see `VarianceScaling`.

    >>> LecunNormal(seed=1)((3, 4)).shape
    (3, 4)
    """

    def __init__(
        self, seed: int | None = None, input_axes: Axes = None, output_axes: Axes = None
    ) -> None:
        super().__init__(1.0, "fan_in", "truncated_normal", seed, input_axes, output_axes)


@INITIALIZERS.register()
class HeUniform(VarianceScaling):
    """Uniform within ``sqrt(6 / fan_in)`` of 0. He et al., "Delving deep into rectifiers" (2015).

    Args:
        seed: see `RandomInitializer`.
        input_axes, output_axes: see `VarianceScaling`.

    >>> bool((abs(HeUniform(seed=1)((6, 3))) <= 1.0).all())
    True
    """

    def __init__(
        self, seed: int | None = None, input_axes: Axes = None, output_axes: Axes = None
    ) -> None:
        super().__init__(2.0, "fan_in", "uniform", seed, input_axes, output_axes)


@INITIALIZERS.register()
class HeNormal(VarianceScaling):
    """Truncated normal with the variance ``2 / fan_in``: what the activation `relu` wants.

    He et al., "Delving deep into rectifiers" (2015).

    Args:
        seed: see `RandomInitializer`.
        input_axes, output_axes: see `VarianceScaling`.

    >>> HeNormal(seed=1)((3, 4)).shape
    (3, 4)
    """

    def __init__(
        self, seed: int | None = None, input_axes: Axes = None, output_axes: Axes = None
    ) -> None:
        super().__init__(2.0, "fan_in", "truncated_normal", seed, input_axes, output_axes)


def compute_fans(
    shape: tuple[int, ...], input_axes: Axes = None, output_axes: Axes = None
) -> tuple[int, int]:
    """Return how many inputs an output of a weight has, and how many outputs an input.

    The last two axes are inputs and outputs; axes before them (a convolution's window) count
    in both.

    >>> compute_fans((5, 32, 64)), compute_fans((7,))
    ((160, 320), (7, 7))
    """
    if input_axes is not None and output_axes is not None:
        return math.prod(shape[a] for a in input_axes), math.prod(shape[a] for a in output_axes)
    if len(shape) < 2:
        fan = shape[0] if shape else 1
        return fan, fan
    window = math.prod(shape[:-2])
    return window * shape[-2], window * shape[-1]
