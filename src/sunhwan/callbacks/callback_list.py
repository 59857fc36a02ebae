"""Several callbacks, told as one."""

from __future__ import annotations

import inspect
from typing import Any

from .backup_and_restore import BackupAndRestore
from .callback import Callback
from .history import History
from .progress import Progress


class CallbackList(Callback):
    """The user's callbacks, then history, progress display, doctor and checkpoints.

    Callbacks may add to an epoch's `logs`, so the history, and the display's epoch line, must see
    them last; a checkpoint keeps what all of these remember.

    Args:
        callbacks: a callback, a list of them, or `None`.
        history: records the epochs, or `None`.
        model: the model.
        verbose: 0, 1, 2 or `"auto"`, see `Progress`.
        params: told to each.
        doctor: told after these, or `None`.

    Raises:
        TypeError: one is no callback.
        ValueError: there are several `BackupAndRestore`.

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
        doctor: Any = None,
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
        keepers = [one for one in self.callbacks if isinstance(one, BackupAndRestore)]
        if len(keepers) > 1:
            raise ValueError(f"callbacks must hold one BackupAndRestore, got {len(keepers)}")
        self.keeper = keepers[0] if keepers else None
        self._progress = Progress(verbose)
        self._history = history
        self._doctor = doctor
        if doctor is not None:
            doctor.others = self
        self._hooks: dict[str, list[Any]] = {}
        for one in self._all():
            one.set_params(params)
            one.set_model(model)

    def close(self) -> None:
        """Take down the display, what the doctor watches and the keeper's lock, in any case."""
        self._progress.close()
        if self._doctor is not None:
            self._doctor.close()
        if self.keeper is not None:
            self.keeper.close()

    def _all(self) -> list[Any]:
        callbacks = [one for one in self.callbacks if one is not self.keeper]
        history = [] if self._history is None else [self._history]
        progress = [self._progress] if self._progress.verbose else []
        doctor = [] if self._doctor is None else [self._doctor]
        keeper = [] if self.keeper is None else [self.keeper]
        return [*callbacks, *history, *progress, *doctor, *keeper]

    def states(self) -> dict[str, Any]:
        """What each remembers, by its class and its place among those of its class."""
        return {name: one.get_state() for name, one in self._named() if hasattr(one, "get_state")}

    def go_on(self, states: dict[str, Any], batch: int) -> None:
        """The epoch that has just begun goes on behind so many batches; take up the states."""
        for name, one in self._named():
            if name in states:
                one.set_state(states[name])
        self._progress.go_on(batch)

    def resume(self, states: dict[str, Any]) -> None:
        """In place of `on_train_begin`: training goes on from a checkpoint with these states."""
        for name, one in self._named():
            if name in states:
                one.resume(states[name])
            else:
                one.on_train_begin()

    def _named(self) -> list[tuple[str, Any]]:
        counts: dict[str, int] = {}
        named = []
        for one in self._all():
            kind = type(one).__name__
            counts[kind] = counts.get(kind, 0) + 1
            named.append((f"{kind} {counts[kind]}", one))
        return named

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
    wanted = len(inspect.signature(getattr(Callback, name)).parameters) - 1

    def tell(self: CallbackList, *arguments: Any) -> None:
        hooks = self.hooks(name)
        if hooks and len(arguments) < wanted:
            arguments = (*arguments, {})  # logs, which functions of the user's take too
        for hook in hooks:
            hook(*arguments)

    tell.__name__ = name
    tell.__doc__ = f"Call `{name}` of each."
    return tell


for _name in [name for name in vars(Callback) if name.startswith("on_")]:
    setattr(CallbackList, _name, _tell_all(_name))
