"""Which learning rate a model should train with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .fitting import Fitting

if TYPE_CHECKING:
    from .rate_sweep import RateSweep


class FindingRate(Fitting):
    """`find_learning_rate`, beside what can be fitted."""

    def find_learning_rate(
        self,
        x: Any,
        y: Any = None,
        batch_size: int | None = None,
        *,
        low: float = 1e-5,
        high: float = 10.0,
        steps: int = 300,
        sample_weight: Any = None,
        class_weight: dict[int, float] | None = None,
        verbose: Any = "auto",
    ) -> RateSweep:
        """Try rising learning rates on a copy of the model, one a step; see `RateSweep`.

        The model itself stays as it is, to the bit, however the test ends.

        Args:
            x, y, sample_weight, class_weight: as in `fit`.
            batch_size: as in `fit`; a rate is good for one batch size.
            low, high: the first and the last rate; each is the same factor higher than the last.
            steps: how many; the test ends before where the loss explodes.
            verbose: 0 silent, 1 or `"auto"` a progress bar on a terminal, 2 a line.

        Returns:
            The rates, their losses, a suggestion, and `plot()`.

        Raises:
            RuntimeError: the model is not compiled.
            ValueError: the data do not fit the model, or the rates do not rise.

        >>> import numpy as np, sunhwan as sh
        >>> x = np.linspace(-1, 1, 64)[:, None]
        >>> model = sh.Sequential([sh.layers.Input((1,)), sh.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> sweep = model.find_learning_rate(x, 3 * x, verbose=0)
        >>> 0.01 < sweep.suggestion < 1
        True
        """
        from .rate_sweep import sweep_rates

        self._require_compiled("find_learning_rate")
        given = {"batch_size": batch_size, "sample_weight": sample_weight}
        given["class_weight"] = class_weight
        return sweep_rates(self, x, y, given, (low, high), steps, verbose)
