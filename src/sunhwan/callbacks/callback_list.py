"""Several callbacks, told as one."""

from __future__ import annotations

from typing import Any

from .callback import Callback
from .history import History
from .progress import Progress


class CallbackList(Callback):
    """The user's callbacks, and after them the history and the progress display.

    Callbacks may add to an epoch's `logs`, so the history, and the display's epoch line, must see
    them last.

    Args:
        callbacks: a callback, a list of them, or `None`.
        history: records the epochs, or `None`.
        model: the model.
        verbose: 0, 1, 2 or `"auto"`, see `Progress`.
        params: told to each.

    Raises:
        TypeError: one is no callback.

    >>> from sunhwan.callbacks import LambdaCallback
    >>> told = CallbackList(LambdaCallback(on_train_begin=print), None, None, 0, {})
    >>> told.on_train_begin("begins")
    begins
    """

    def __init__(
        self,
        callbacks: Any,
        history: History | None,
        model: Any,
        verbose: Any,
        params: dict[str, Any],
    ) -> None:
        super().__init__()
        if isinstance(callbacks, CallbackList):
            callbacks = callbacks.callbacks
        chosen = list(callbacks) if isinstance(callbacks, (list, tuple)) else [callbacks]
        self.callbacks: list[Any] = [one for one in chosen if one is not None]
        for one in self.callbacks:
            if isinstance(one, type) or not hasattr(one, "set_model"):
                raise TypeError(
                    f"callbacks must hold Callback instances, got {one!r} of type "
                    f"{type(one).__name__}"
                )
        self._progress = Progress(verbose)
        self._history = history
        self._hooks: dict[str, list[Any]] = {}
        for one in self._all():
            one.set_params(params)
            one.set_model(model)

    def close(self) -> None:
        """Take the display down, whatever happened."""
        self._progress.close()

    def _all(self) -> list[Any]:
        history = [] if self._history is None else [self._history]
        progress = [self._progress] if self._progress.verbose else []
        return [*self.callbacks, *history, *progress]

    def hooks(self, name: str) -> list[Any]:
        """The methods `name` of those that have one of their own, found at the first use."""
        if name not in self._hooks:
            self._hooks[name] = [getattr(one, name) for one in self._all() if _listens(one, name)]
        return self._hooks[name]


def _listens(one: Any, name: str) -> bool:
    """Whether the method `name` of a callback may do anything."""
    if getattr(getattr(one, name), "__func__", None) is not getattr(Callback, name):
        return True
    old_name = name.replace("_train_batch_", "_batch_")
    return old_name != name and _listens(one, old_name)


def _tell_all(name: str) -> Any:
    def tell(self: CallbackList, *arguments: Any) -> None:
        for hook in self.hooks(name):
            hook(*arguments)

    tell.__name__ = name
    tell.__doc__ = f"Call `{name}` of each."
    return tell


for _name in [name for name in vars(Callback) if name.startswith("on_")]:
    setattr(CallbackList, _name, _tell_all(_name))
