"""Which learning rate? A short training whose rate rises from step to step."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from sunhwan._engine.arguments import check_count, check_positive
from sunhwan._engine.figure import figure_of
from sunhwan._engine.seeds import seeds_again
from sunhwan.callbacks import Callback
from sunhwan.callbacks.progress import Progress

LEAST_STEPS = 20
WIDTH = 0.3  # of the window of smoothing: its standard deviation, in powers of ten of the rate
CEILING = 1.5  # what a loss counts at most in smoothing, times that of the first window
EXPLODED = 4.0  # the test ends where the moving mean of the losses is so many times its least
MEMORY = 0.9  # of that moving mean
BOTTOM = 0.95  # of the way down to the least loss, whose own place is left to chance
SHARE = 0.1  # of the rate there: what is suggested
NOISE = 3.0  # standard errors by which the loss must fall


class RateSweep:
    """What a learning-rate range test saw; `Model.find_learning_rate` makes it.

    From step to step the rate is the same factor higher. While it is too low the loss stays, then
    it falls, and where the rate is too high it grows. The suggestion is a tenth of the rate at
    which the smoothed loss has all but reached its least (95 % of the way down).
    Smith, "Cyclical learning rates for training neural networks" (2015).

    Args:
        rates: the rate of each step, `(steps,)`.
        losses: the loss of each step's batch, before the step, `(steps,)`.

    Attributes:
        smoothed: the losses' weighted mean around each step, `(steps,)`.
        suggestion: a rate to train with; `None` where the loss never fell by more than its noise.

    >>> rates = np.geomspace(1e-6, 10, 200)
    >>> sweep = RateSweep(rates, 1 - 0.5 / (1 + 0.01 / rates) + rates)
    >>> round(sweep.suggestion, 3)
    0.003
    """

    def __init__(self, rates: np.ndarray, losses: np.ndarray) -> None:
        self.rates = rates
        self.losses = losses
        self.smoothed = _smoothed(rates, losses)
        self.suggestion = _suggested(rates, losses, self.smoothed)

    def __repr__(self) -> str:
        words = "none" if self.suggestion is None else f"{self.suggestion:.2g}"
        span = f"{self.rates[0]:.2g} to {self.rates[-1]:.2g}"
        return f"<RateSweep suggestion={words}, {len(self.rates)} rates from {span}>"

    def plot(self, figure: Any = None) -> Any:
        """Draw the loss over the rate, and the suggestion.

        Args:
            figure: a matplotlib figure to draw into; default a new one.

        Returns:
            The matplotlib figure.

        Raises:
            ImportError: matplotlib is missing; `pip install 'sunhwan[plot]'` brings it.
        """
        figure = figure_of(figure, 6.4, 3.8)
        axes = figure.subplots()
        axes.set_xscale("log")
        axes.plot(self.rates, self.losses, ".", color="C0", alpha=0.4, markersize=4, label="batch")
        axes.plot(self.rates, self.smoothed, color="C0", linewidth=2, label="smoothed")
        if self.suggestion is not None:
            label = f"suggestion {self.suggestion:.2g}"
            axes.axvline(self.suggestion, color="C1", linestyle="--", label=label)
        low, high = self.smoothed.min(), self.smoothed.max()
        room = 0.25 * (high - low) or 1.0
        axes.set_ylim(low - room, high + room)
        axes.set_xlabel("learning rate")
        axes.set_ylabel("loss")
        axes.grid(alpha=0.3)
        axes.legend()
        return figure


def sweep_rates(
    model: Any,
    x: Any,
    y: Any,
    given: dict[str, Any],
    span: tuple[float, float],
    steps: int,
    verbose: Any,
) -> RateSweep:
    """Train a copy of a compiled model with rising rates; see `Model.find_learning_rate`.

    Args:
        model: stays as it is.
        x, y: data.
        given: further arguments of `fit`.
        span: the first and the last rate.
        steps: how many rates.
        verbose: as in `fit`.

    Raises:
        ValueError: the rates do not rise, there are too few, a generator ends before they do, or
            the first loss is no number.
    """
    low, high = check_positive("low", span[0]), check_positive("high", span[1])
    if not low < high:
        raise ValueError(f"high must be above low, got low={low:g} and high={high:g}")
    steps = check_count("steps", steps, least=LEAST_STEPS)
    test = _Test(np.geomspace(low, high, steps), Progress(verbose))
    trial = copy.deepcopy(model)
    try:
        with seeds_again():
            while test.goes_on:
                trial.fit(x, y, verbose=0, callbacks=[test], doctor=False, **given)
                if test.goes_on and isinstance(x, Iterator):
                    raise ValueError(
                        f"x must give a batch for each of {steps} rates, got {len(test.losses)}"
                    )
    finally:
        test.progress.close()
    sweep = RateSweep(test.rates[: len(test.losses)], np.array(test.losses))
    words = "none" if sweep.suggestion is None else f"{sweep.suggestion:.2g}"
    test.progress.finish(f"Learning rates (suggestion {words})", None)
    return sweep


class _Test(Callback):
    """Gives each step its rate and notes its loss."""

    def __init__(self, rates: np.ndarray, progress: Progress) -> None:
        super().__init__()
        self.rates = rates
        self.losses: list[float] = []
        self.goes_on = True
        self.progress = progress
        progress.set_params({"steps": len(rates)})
        progress.open("Learning rates")
        self._mean = 0.0
        self._least = math.inf

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Set the rate, whatever decided it before."""
        self.model.reset_metrics()
        self.model.optimizer._learning_rate = float(self.rates[len(self.losses)])

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Note the loss, and stop when there is nothing more to see."""
        loss = float((logs or {})["loss"])
        if not math.isfinite(loss):
            self._stop()
            if not self.losses:
                raise ValueError(f"the loss must be a number at first, got {loss}")
            return
        self.losses.append(loss)
        self.progress.advance(None)
        self._mean = MEMORY * self._mean + (1 - MEMORY) * loss
        mean = self._mean / (1 - MEMORY ** len(self.losses))
        self._least = min(self._least, mean)
        if len(self.losses) == len(self.rates) or mean > EXPLODED * self._least > 0:
            self._stop()

    def _stop(self) -> None:
        self.goes_on = False
        self.model.stop_training = True


def _smoothed(rates: np.ndarray, losses: np.ndarray) -> np.ndarray:
    places = np.log10(rates)
    weights = np.exp(-0.5 * ((places[:, None] - places) / WIDTH) ** 2)
    weights /= weights.sum(1, keepdims=True)
    first = float(weights[0] @ losses)
    return weights @ np.minimum(losses, CEILING * first if first > 0 else math.inf)


def _suggested(rates: np.ndarray, losses: np.ndarray, smoothed: np.ndarray) -> float | None:
    best = int(smoothed.argmin())
    fall = smoothed[0] - smoothed[best]
    window = np.abs(np.log10(rates / rates[0])) < 2 * WIDTH
    noise = float(losses[window].std()) / math.sqrt(window.sum())
    if best == 0 or fall <= NOISE * noise:
        return None
    return float(SHARE * rates[np.argmax(smoothed <= smoothed[0] - BOTTOM * fall)])
