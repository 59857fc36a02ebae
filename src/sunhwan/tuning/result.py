"""What a search found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .picture import draw


@dataclass(frozen=True)
class Trial:
    """One trial of a search.

    Args:
        number: counted from 0.
        state: `"complete"`, `"stopped"` (early, it was worse than half of the others, or time was
            up), `"failed"`, or `"running"` (in another process).
        value: of the best epoch, `None` where there was none.
        epoch: the best one, from 0.
        epochs: how many were trained.
        seconds: how long that took.
        parameters: what `build` and `fit` got.
        problem: why it failed, or was stopped.

    >>> Trial(0, "complete", 0.25, 3, 5, 1.5, {"units": 32}).value
    0.25
    """

    number: int
    state: str
    value: float | None = None
    epoch: int | None = None
    epochs: int = 0
    seconds: float = 0.0
    parameters: dict[str, Any] = field(default_factory=dict)
    problem: str = ""


class SearchResult:
    """What a search found; `print` shows a table of the trials, the best first.

    Args:
        model: the model of the best trial, with the weights of its best epoch.
        best: that trial.
        trials: all, by number.
        monitor: the name of the value.
        mode: `"min"` or `"max"`: which values are good.
        study: the study of Optuna, for its own tools.

    Attributes:
        parameters: those of the best trial.
        value: of the best trial.

    >>> trials = [Trial(0, "complete", 0.5, 2, 3, 1.0, {"units": 8}), Trial(1, "failed")]
    >>> result = SearchResult(None, trials[0], trials, "val_loss", "min", None)
    >>> result.parameters, result.value
    ({'units': 8}, 0.5)
    """

    def __init__(
        self, model: Any, best: Trial, trials: list[Trial], monitor: str, mode: str, study: Any
    ) -> None:
        self.model = model
        self.best = best
        self.trials = trials
        self.monitor = monitor
        self.mode = mode
        self.study = study

    @property
    def parameters(self) -> dict[str, Any]:
        """Those of the best trial."""
        return dict(self.best.parameters)

    @property
    def value(self) -> float:
        """The best trial's."""
        assert self.best.value is not None
        return self.best.value

    def plot(self, figure: Any = None) -> Any:
        """Draw the trials' values as they came, and over each parameter.

        Args:
            figure: a matplotlib figure to draw into; default a new one.

        Returns:
            The matplotlib figure.

        Raises:
            ImportError: matplotlib is missing; `pip install 'sunhwan[plot]'` brings it.
        """
        return draw(self.trials, self.monitor, self.mode, figure)

    def table(self) -> str:
        """The trials as text, the best first."""
        names = list(dict.fromkeys(name for trial in self.trials for name in trial.parameters))
        rows = [["trial", self.monitor, "epoch", "seconds", "state", *names, ""]]
        for trial in sorted(self.trials, key=self._rank):
            rows.append(
                [
                    str(trial.number),
                    "" if trial.value is None else f"{trial.value:.5g}",
                    "" if trial.epoch is None else f"{trial.epoch + 1}/{trial.epochs}",
                    f"{trial.seconds:.1f}",
                    trial.state,
                    *(shown(trial.parameters.get(name, "")) for name in names),
                    trial.problem,
                ]
            )
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
        return "\n".join(lines)

    def _rank(self, trial: Trial) -> tuple[bool, float, int]:
        value = 0.0 if trial.value is None else trial.value
        return trial.value is None, value if self.mode == "min" else -value, trial.number

    def __repr__(self) -> str:
        return f"<SearchResult {self.monitor}={self.value:.5g}, {len(self.trials)} trials>"

    def __str__(self) -> str:
        return self.table()


def shown(value: Any) -> str:
    """A parameter's value in few letters."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)
