"""Are two arrays close, and does a gradient belong to its function?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .activations import Array

STEP = 1e-4  # in units of a direction whose entries are about 1
# Fourth-order differences of values of about 1: the truncation is below STEP**4 times a fifth
# derivative, the rounding about 1e-16 / STEP.
TOLERANCE = 1e-8


def assert_close(actual: Array, expected: Array, tolerance: float) -> None:
    """`|actual - expected| <= tolerance * (1 + |expected|)` everywhere, and the same shape."""
    assert np.shape(actual) == np.shape(expected), (
        f"expected the shape {np.shape(expected)}, got {np.shape(actual)}"
    )
    np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance)


def directional_check(
    function: Callable[..., float],
    gradient: Callable[..., Mapping[str, Array]],
    arrays: Mapping[str, Array],
    seed: int,
    *,
    step: float = STEP,
    tolerance: float = TOLERANCE,
    directions: int = 2,
) -> float:
    """Check `gradient` of each array by the slope of `function` along random directions.

    `function(**arrays)` is a number and `gradient(**arrays)` its gradient of each array, by name.
    Each array is moved alone, so that a large gradient hides no small one. The arrays are not
    changed. Returns the largest error found, relative to the length of the gradient's terms.

    Raises AssertionError, naming the array, when a gradient is missing, has another shape than its
    array, or departs from the slope by more than `tolerance`.
    """
    random = np.random.default_rng(seed)
    analytic = gradient(**arrays)
    worst = 0.0
    for name, array in arrays.items():
        assert name in analytic, f"gradient must have an entry for {name!r}, got {list(analytic)}"
        d_array = analytic[name]
        assert d_array.shape == array.shape, (
            f"the gradient of {name!r} must have its shape {array.shape}, got {d_array.shape}"
        )
        for _ in range(directions):
            direction = random.standard_normal(array.shape)

            def value(distance: float, name=name, array=array, direction=direction) -> float:
                return float(function(**{**arrays, name: array + distance * direction}))

            near = value(step) - value(-step)
            far = value(2 * step) - value(-2 * step)
            slope = (8.0 * near - far) / (12.0 * step)
            terms = d_array * direction
            scale = max(abs(slope), float(np.sqrt((terms**2).sum())), 1.0)
            error = abs(slope - float(terms.sum())) / scale
            assert error <= tolerance, (
                f"the gradient of {name!r} must give the slope {slope:.12g} within {tolerance:g}, "
                f"got {float(terms.sum()):.12g}, a relative error of {error:.3g}"
            )
            worst = max(worst, error)
    return worst


def check_layer(
    forward: Callable[..., tuple[Any, Any]],
    backward: Callable[[Any, Array], Mapping[str, Array]],
    arrays: Mapping[str, Array],
    seed: int = 1,
) -> float:
    """`directional_check` of a layer, through a random weighted sum of its output.

    `forward(**arrays)` gives the output and a cache, `backward(cache, dy)` the gradients by name.
    """
    y, _ = forward(**arrays)
    dy = np.random.default_rng(seed + 1000).standard_normal(y.shape)
    return directional_check(
        lambda **values: float((forward(**values)[0] * dy).sum()),
        lambda **values: backward(forward(**values)[1], dy),
        arrays,
        seed,
    )


def named(gradients: Any) -> dict[str, Array]:
    """The fields dx, dkernel, ... of a named tuple as x, kernel, ...; not those that are None."""
    fields = gradients._asdict().items()
    return {name.removeprefix("d"): d for name, d in fields if d is not None}
