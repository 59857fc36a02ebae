"""The search for good hyperparameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from sunhwan._engine.arguments import check_count
from sunhwan._engine.config import nearest
from sunhwan._engine.extras import require
from sunhwan._engine.seeds import check_seed
from sunhwan.callbacks import BackupAndRestore
from sunhwan.callbacks.monitor import Monitor
from sunhwan.models import Model
from sunhwan.models.data import is_iterable_of_batches

from .budget import Budget
from .objective import Plan, SearchError
from .result import SearchResult
from .space import Space

_OURS = ("x", "y", "epochs", "callbacks", "verbose", "initial_epoch", "self")


def search(
    build: Callable[..., Any],
    x: Any,
    y: Any = None,
    space: Mapping[str, Any] | None = None,
    budget: Any = "10min",
    *,
    epochs: int = 10,
    monitor: str = "val_loss",
    mode: str = "auto",
    storage: Any = None,
    name: str = "search",
    seed: int = 0,
    callbacks: Any = None,
    board: Any = None,
    verbose: Any = "auto",
    **fit: Any,
) -> SearchResult:
    """Try hyperparameters, and return the best model with all that was tried.

    Optuna chooses the parameters (a tree-structured Parzen estimator). A trial is stopped early
    where it is worse than the median of the others at the same epoch. One that fails, or whose loss
    is no number, is noted and does not end the search; Ctrl-C ends it with the best so far. The
    doctor (`sunhwan.doctor`) is silent, unless `doctor=True` is among the arguments of `fit`.

    Args:
        build: called with a value for each parameter by keyword; returns a compiled model.
        x, y: the training data, as `fit` takes them.
        space: parameter -> what it may be: `(16, 128)`, `(1e-4, 1e-1, "log")`, `["tanh", "relu"]`,
            or `{"LSTM": {}, "Conv1D": {"width": (3, 9, 2)}}`, one of the keys with further
            parameters; see `Space`. What `build` does not take and `fit` does, such as
            `batch_size`, goes to `fit`.
        budget: a time, `"90s"`, `"10min"`, `"1h30min"`, whose last trial ends with its epoch; or a
            number of trials in all; or both, `("10min", 50)`.
        epochs: of a trial at most.
        monitor: the value that tells the best epoch of a trial and the best trial.
        mode: `"min"`, `"max"`, or `"auto"`: by the name of the value.
        storage: where trials are kept, so that the search can be gone on with and several processes
            or machines can take part: a file (SQLite), an address of a data base such as
            `"mysql://..."`, or a storage of Optuna. Default: in memory.
        name: of the search in its storage.
        seed: of the choices; and each trial begins with it, so that trials differ by their
            parameters alone.
        callbacks: a list of callbacks, of which each trial has copies.
        board: the folder of a board in which each trial is recorded.
        verbose: 0 silent, 1 or `"auto"` a progress bar on a terminal, and a line a trial.
        fit: further arguments of `fit`: `batch_size`, `validation_data`, ... Where no validation
            is asked for, `validation_split` is 0.2.

    Returns:
        The best trial's `model` with the weights of its best epoch, `parameters`, `value`, all
        `trials`, `table()` and `plot()`.

    Raises:
        ImportError: Optuna is missing; `pip install 'sunhwan[search]'` brings it.
        ValueError: an argument is wrong, or the storage holds another search of that name.
        RuntimeError: no trial came to anything.

    >>> import numpy as np, sunhwan as sh
    >>> x = np.random.default_rng(0).normal(size=(64, 4, 1))
    >>> def build(units, rate):
    ...     model = sh.Sequential([sh.layers.GRU(units), sh.layers.Dense(1)])
    ...     model.compile(sh.optimizers.Adam(rate), "mse")
    ...     return model
    >>> space = {"units": (2, 8), "rate": (1e-3, 1e-1, "log")}
    >>> found = sh.search(build, x, x.sum(1), space, budget=3, epochs=2, verbose=0)
    >>> len(found.trials), sorted(found.parameters)
    (3, ['rate', 'units'])
    """
    if not callable(build) or isinstance(build, Model):
        raise ValueError(f"build must be a function that returns a compiled model, got {build!r}")
    options = Space({} if space is None else space)
    if not options.entries:
        raise ValueError("space must have at least one parameter, got none")
    spent = Budget.of(budget)
    watched = Monitor(monitor, mode, 0.0, "search")
    if not any(name in fit for name in ("validation_data", "validation_split")):
        if is_iterable_of_batches(x) and monitor.startswith("val_"):
            raise ValueError("validation_data must be given where x is an iterable of batches")
        fit = {**fit, "validation_split": 0.2} if monitor.startswith("val_") else fit
    own = _parameters_of_fit(build, options, fit)
    watching = list(callbacks) if isinstance(callbacks, (list, tuple)) else [callbacks]
    if any(isinstance(one, BackupAndRestore) for one in watching):
        raise ValueError(
            "callbacks must not hold BackupAndRestore: a search goes on from its storage, such as "
            "storage='search.db'"
        )
    plan = Plan(
        build=build,
        data=(x, y),
        fitted=fit,
        own=own,
        epochs=check_count("epochs", epochs),
        monitor=watched,
        seed=check_seed(seed),
        callbacks=watching,
    )
    require("optuna", "search")
    from .running import Run, run_name  # need Optuna

    if board is not None:
        from sunhwan.board.record import check_name

        check_name(run_name(name, 0))

    return Run(plan, options, spent, storage, name, board, verbose).result()


def _parameters_of_fit(build: Any, space: Space, fitted: Mapping[str, Any]) -> list[str]:
    """The parameters of the space that `fit` takes.

    Raises:
        ValueError: one is taken by neither, or `build` needs one that is not there.
    """
    accepted = [one for one in inspect.signature(Model.fit).parameters if one not in _OURS]
    for one in fitted:
        if one not in accepted:
            close = nearest(one, [*accepted, *inspect.signature(search).parameters])
            hint = f": did you mean {close[0]!r}?" if close else ""
            raise SearchError(f"search got an unknown argument {one!r}{hint}")
    taken = inspect.signature(build).parameters.values()
    kinds = inspect.Parameter
    named = [
        one.name for one in taken if one.kind in (kinds.POSITIONAL_OR_KEYWORD, kinds.KEYWORD_ONLY)
    ]
    anything = any(one.kind is kinds.VAR_KEYWORD for one in taken)
    own = [one for one in space.names if one not in named and one in accepted]
    for one in space.names:
        if one not in named and one not in own and not anything:
            close = nearest(one, [*named, *accepted])
            hint = f": did you mean {close[0]!r}?" if close else f", which takes {', '.join(named)}"
            raise SearchError(f"space has {one!r}, which is no argument of build{hint}")
        if one in own and one in fitted:
            raise SearchError(f"{one!r} is in the space and among the arguments of fit too")
    for one in taken:
        required = one.default is kinds.empty and one.kind not in (
            kinds.VAR_KEYWORD,
            kinds.VAR_POSITIONAL,
        )
        if required and one.name not in space.names:
            raise SearchError(f"build needs {one.name!r}, which is not in the space")
    return own
