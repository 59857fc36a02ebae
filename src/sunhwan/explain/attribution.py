"""Which tokens or steps moved a prediction."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from sunhwan._engine.arguments import optional_count

from .integrating import integrate, ways_of
from .opened import open_row
from .target import Target
from .words import words_of

FIRST_POINTS, MOST_POINTS = 32, 512
CLOSE = 1e-3  # a gap is no more than this share of the output's change, if more points help
FAR = 0.05  # a gap of more than this share is warned of


@dataclass(frozen=True)
class Part:
    """What one input's steps have moved; `attribution` gives one for each input.

    Args:
        name: of the input.
        values: `(steps,)`: how much of the output's change each step made; the sum over its
            features. Masked steps have none.
        features: `(steps, features)`, or the shape of an array's row: of each number.
        own: `(steps,)` bool, which steps are no padding.
        words: one for each step, or `None`.
        inputs: `(steps, ...)` what was read, where these are numbers.

    >>> Part("x", np.zeros(2), np.zeros((2, 1)), np.ones(2, bool), None, np.ones((2, 1))).named
    ['0', '1']
    """

    name: str
    values: np.ndarray
    features: np.ndarray
    own: np.ndarray
    words: list[str] | None
    inputs: np.ndarray | None

    @property
    def named(self) -> list[str]:
        """The words, or else the numbers of the steps."""
        return self.words or [str(step) for step in range(len(self.values))]


@dataclass(frozen=True, repr=False)
class Attribution:
    """The shares that tokens or steps have in a prediction.

    Args:
        parts: what each input's steps have moved; most models have one input.
        prediction: the number that is explained.
        baseline: the same number for the baseline.
        unit: which number of the output it is.
        outputs: how many numbers the output has.
        gap: by how much the parts' sum misses `prediction - baseline`: zero if the integral were
            exact.
        points: at how many points the gradient was taken.

    >>> shares = np.array([0.5, 0.25])
    >>> part = Part("x", shares, shares[:, None], np.ones(2, bool), ["very", "good"], None)
    >>> Attribution([part], 0.8, baseline=0.05, unit=0, outputs=1, gap=0.0, points=32).values
    array([0.5 , 0.25])
    """

    parts: list[Part]
    prediction: float
    baseline: float
    unit: int
    outputs: int
    gap: float
    points: int

    @property
    def values(self) -> np.ndarray:
        """`(steps,)` of the one input, or of the first."""
        return self.parts[0].values

    @property
    def words(self) -> list[str] | None:
        """Of the one input, or of the first."""
        return self.parts[0].words

    @property
    def most(self) -> float:
        """The largest share of any step, which has the full colour."""
        return max((float(np.abs(part.values).max(initial=0)) for part in self.parts), default=0.0)

    def __repr__(self) -> str:
        shares = "; ".join(
            " ".join(
                f"{word} {share:+.3f}"
                for word, share, own in zip(part.named, part.values, part.own, strict=True)
                if own
            )
            for part in self.parts
        )
        return f"<Attribution of {self.prediction:.3f}: {shares}>"

    def plot(self, figure: Any = None) -> Any:
        """Draw the words in colour, or the values over the steps with their shares beneath.

        Args:
            figure: a matplotlib figure to draw into, which keeps its size; default a new one.

        Returns:
            The matplotlib figure. Orange raised the prediction, blue lowered it.

        Raises:
            ImportError: matplotlib is missing; `pip install 'sunhwan[plot]'` brings it.
        """
        from .attribution_picture import draw

        return draw(self, figure)

    def _repr_html_(self) -> str:
        """The words in colour, for notebooks."""
        from .attribution_page import page

        return page(self)


def attribution(
    model: Any,
    x: Any,
    *,
    words: Any = None,
    output: Any = None,
    unit: int | None = None,
    step: int = -1,
    baseline: Any = None,
    points: int | None = None,
) -> Attribution:
    """Which tokens or steps moved a prediction: integrated gradients.

        share[i] = (x[i] - b[i]) * integral of d output / d x[i] at b + a (x - b), a from 0 to 1
        sum of share = output(x) - output(b)

    x are the vectors of the tokens, or the numbers; b is the baseline.

    Args:
        model: the model.
        x: one row, as in `gates`.
        words: as in `gates`; of several inputs also a dictionary input -> words.
        output: of a model with several outputs its name or number, default the first.
        unit: which number of the output; default the largest, the class that is predicted.
        step: which step of the output, where there is one at each; default the last.
        baseline: where the way begins: a number, or an array of the shape of the row's vectors or
            numbers; default what id 0, the padding, reads, and zero of numbers.
        points: at how many points the gradient is taken; default 32, and more, to 512, until the
            shares add up to the output's change but for a thousandth.

    Warns:
        RuntimeWarning: the shares miss more than a twentieth of the output's change.

    Raises:
        TypeError: `model` is no model, or `words` are none.
        ValueError: there are several rows, no such output, unit or step, or the baseline or the
            words do not fit.

    Source: Sundararajan, Taly and Yan, "Axiomatic attribution for deep networks" (2017).

    >>> import numpy as np, sunhwan as sh
    >>> model = sh.Sequential([sh.layers.Flatten(), sh.layers.Dense(1, kernel_initializer="ones")])
    >>> found = attribution(model, np.array([[[1.0], [2.0], [3.0]]]))
    >>> found.prediction, found.parts[0].features.ravel().round(4).tolist()
    (6.0, [1.0, 2.0, 3.0])
    """
    points = optional_count("points", points)
    opened = open_row(model, x, "attribution")
    readings = opened.readings()
    plan, ways = ways_of(opened, baseline)
    target = Target(model, output, unit, step, "attribution")
    integral = integrate(opened, plan, ways, target, points or FIRST_POINTS)
    change = abs(integral.end_value - integral.start_value)
    while (
        points is None
        and integral.points < MOST_POINTS
        and abs(integral.gap) > CLOSE * change + integral.rounding
    ):
        integral = integrate(opened, plan, ways, target, 2 * integral.points)
    if abs(integral.gap) > FAR * change + integral.rounding:
        warnings.warn(
            f"the shares add up to {integral.gap + integral.end_value - integral.start_value:.4g}, "
            f"but the output changed by {integral.end_value - integral.start_value:.4g}: take more "
            f"points than {integral.points}, or another baseline",
            RuntimeWarning,
            stacklevel=2,
        )
    parts = []
    for way, features in zip(ways, integral.parts, strict=True):
        reading = readings[way.reading]
        values = features.reshape(len(features), -1).sum(axis=1)
        named = words_of(reading, words, "attribution")
        parts.append(Part(reading.name, values, features, reading.own, named, reading.numbers))
    return Attribution(
        parts,
        integral.end_value,
        integral.start_value,
        target.unit,
        target.count,
        integral.gap,
        integral.points,
    )
