"""Who watches a training."""

from __future__ import annotations

from .snapshot import Message, Snapshot, Steps


class Watcher:
    """The base of those who watch; override what you need.

    Attributes:
        every: a snapshot is made of each step whose number this divides; `None` (default): of the
            first, a few early ones, and then as often as watching takes half a percent of the time.

    >>> import sunhwan as sh
    >>> from sunhwan.watching import watch
    >>> class Updates(sh.callbacks.Callback, Watcher):
    ...     every = 100
    ...     def on_train_begin(self, logs=None):
    ...         watch(self.model, self)
    ...     def on_snapshot(self, snapshot):
    ...         for path, parameter in snapshot.parameters.items():
    ...             print(f"{path} moves by {100 * parameter.ratio:.1f} % of its size")
    >>> dense = sh.layers.Dense(1, kernel_initializer="ones", use_bias=False, name="dense")
    >>> model = sh.Sequential([dense])
    >>> model.compile(sh.optimizers.SGD(0.1), "mae")
    >>> history = model.fit([[1.0], [3.0]], [0.0, 0.0], verbose=0, callbacks=[Updates()])
    dense/kernel moves by 25.0 % of its size
    """

    every: int | None = None

    def on_steps(self, steps: Steps) -> None:
        """Told about twice a second, before each snapshot, and at the end."""

    def on_snapshot(self, snapshot: Snapshot) -> None:
        """Told after a step that was looked at closely."""

    def on_message(self, message: Message) -> None:
        """Told what somebody, as the doctor, has to say: by `model.watching.tell(message)`."""

    def on_watch_end(self, error: BaseException | None) -> None:
        """Told when `fit` ends, by itself (`None`) or by an exception."""
