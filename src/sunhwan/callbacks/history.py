"""What happened, epoch by epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sunhwan._engine.figure import figure_of

from .callback import Callback

if TYPE_CHECKING:
    from sunhwan.doctor import Diagnosis


class History(Callback):
    """Records the values at the end of each epoch; `fit` returns one.

    Attributes:
        history: name -> list of values, one an epoch; names in alphabetical order.
        epoch: the epochs recorded, from 0.
        params: `{"epochs", "steps", "verbose"}`.
        evidence: what the doctor knows of the training, `None` where it was not let in.

    >>> import numpy as np, sunhwan as sh
    >>> model = sh.Sequential([sh.layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> history = model.fit(np.zeros((4, 2)), np.zeros(4), epochs=2, verbose=0)
    >>> history.epoch, history.history
    ([0, 1], {'loss': [0.0, 0.0]})
    """

    def __init__(self) -> None:
        super().__init__()
        self.history: dict[str, list[Any]] = {}
        self.epoch: list[int] = []
        self.evidence: Any = None

    def on_train_begin(self, logs: Any = None) -> None:
        """Start an empty record."""
        self.history, self.epoch = {}, []

    def get_state(self) -> dict[str, Any]:
        """The record."""
        return {"history": self.history, "epoch": self.epoch}

    def set_state(self, state: dict[str, Any]) -> None:
        """Take up a record."""
        self.history, self.epoch = state["history"], state["epoch"]

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Record the epoch's values."""
        self.epoch.append(epoch)
        for name, value in sorted((logs or {}).items()):
            self.history.setdefault(name, []).append(value)

    def diagnose(self) -> Diagnosis:
        """What is wrong with the training, in words with figures and what to try.

        The same that the doctor says during `fit` (see `sunhwan.doctor`), with what it did not say
        there because a callback takes care of it.

        Returns:
            A list of warnings, which prints as text.

        Raises:
            ValueError: nothing was recorded.
        """
        from sunhwan.doctor.examination import diagnose

        if not self.epoch:
            raise ValueError("there is nothing to diagnose: no epoch was recorded")
        return diagnose(self.evidence, self.history, self.epoch[0])

    def plot(self, figure: Any = None) -> Any:
        """Draw the loss and each metric, training and validation, over the epochs from 1.

        Args:
            figure: a matplotlib figure to draw into; default a new one.

        Returns:
            The matplotlib figure, one picture for each measure.

        Raises:
            ImportError: matplotlib is missing; `pip install 'sunhwan[plot]'` brings it.
            ValueError: nothing was recorded.
        """
        if not self.epoch:
            raise ValueError("there is nothing to plot: no epoch was recorded")
        names = [name for name in self.history if not name.startswith("val_")]
        names.sort(key=lambda name: name != "loss")
        epochs = [epoch + 1 for epoch in self.epoch]
        figure = figure_of(figure, max(6.4, 4.8 * len(names)), 3.8)
        for axes, name in zip(figure.subplots(1, len(names), squeeze=False)[0], names, strict=True):
            for key, label, style in (
                (name, "training", "o-"),
                (f"val_{name}", "validation", "s--"),
            ):
                values = self.history.get(key)
                if values is not None:
                    axes.plot(epochs[-len(values) :], values, style, label=label, markersize=3.5)
            axes.set_xlabel("epoch")
            axes.set_title(name.replace("_", " "))
            axes.xaxis.get_major_locator().set_params(integer=True)
            axes.grid(alpha=0.3)
            axes.legend()
        return figure
