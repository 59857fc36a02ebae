"""Optuna's side of a search: its study, and how it chooses."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import optuna
from optuna.samplers import BaseSampler, RandomSampler, TPESampler

from sunhwan._engine.seeds import derive
from sunhwan.board.process import has_ended

STARTUP = 8  # trials that are chosen at random, before anything is known
PROCESS = "process"  # whose trial it is, see `this_process`
REPEATED = "repeats"  # marks a trial that had the parameters of another, and was not trained
HEARTBEAT, GRACE = 20, 60  # seconds after which a trial whose process is gone counts as failed


class SeededSampler(BaseSampler):
    """A tree-structured Parzen estimator that begins anew for each trial.

    What it chooses follows from the seed, the trial's number and the trials before, so that a
    search that goes on chooses as one that was never interrupted, and no two processes choose
    alike. Watanabe, "Tree-structured Parzen estimator" (2023).
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._samplers: dict[int, BaseSampler] = {}

    def _of(self, study: Any, trial: Any) -> BaseSampler:
        if trial.number not in self._samplers:
            seed = derive(self._seed, trial.number) % 2**32
            before = study.get_trials(deepcopy=False)[: trial.number][-1:]
            if before and REPEATED in before[0].user_attrs:  # then anything but the same again
                self._samplers = {trial.number: RandomSampler(seed)}
                return self._samplers[trial.number]
            sampler = TPESampler(
                seed=seed,
                n_startup_trials=STARTUP,
                multivariate=True,
                group=True,
                constant_liar=True,
            )
            self._samplers = {trial.number: sampler}
        return self._samplers[trial.number]

    def infer_relative_search_space(self, study: Any, trial: Any) -> dict[str, Any]:
        return self._of(study, trial).infer_relative_search_space(study, trial)

    def sample_relative(self, study: Any, trial: Any, search_space: Any) -> dict[str, Any]:
        return self._of(study, trial).sample_relative(study, trial, search_space)

    def sample_independent(self, study: Any, trial: Any, name: str, distribution: Any) -> Any:
        return self._of(study, trial).sample_independent(study, trial, name, distribution)


def open_study(
    storage: Any, name: str, mark: dict[str, Any], mode: str, seed: int, epochs: int
) -> optuna.Study:
    """The study of a search, begun or gone on with.

    Args:
        storage: `None`, the path of an SQLite file, an address `dialect://...`, or a storage.
        name: the study's name in the storage.
        mark: what must be the same where a search goes on: its space and the like.
        mode: `"min"` or `"max"`.
        seed: of the choices.
        epochs: of a trial; in the first quarter of them none is stopped early.

    Raises:
        ValueError: the storage holds a search of that name with another mark.
    """
    with quiet():
        study = optuna.create_study(
            storage=_storage(storage),
            sampler=SeededSampler(seed),
            pruner=optuna.pruners.MedianPruner(
                n_startup_trials=4, n_warmup_steps=max(1, epochs // 4)
            ),
            study_name=name,
            direction="minimize" if mode == "min" else "maximize",
            load_if_exists=True,
        )
        ours = json.dumps(mark, sort_keys=True)
        theirs = study.user_attrs.get("sunhwan")
        if theirs is None:
            study.set_user_attr("sunhwan", ours)
        elif theirs != ours:
            raise ValueError(_what_differs(name, json.loads(theirs), mark))
    return study


def end_lost_trials(study: optuna.Study) -> None:
    """Tell a study that trials have failed whose processes are gone from this machine.

    Optuna itself waits for their heartbeats, which a journal has not. A trial in which no process
    has named itself was killed as it began.
    """
    begun = datetime.now() - timedelta(seconds=GRACE)
    for trial in study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.RUNNING,)):
        process, start = trial.user_attrs.get(PROCESS), trial.datetime_start
        nameless = process is None and start is not None and start < begun
        if nameless or has_ended(process or {}):
            with suppress(optuna.exceptions.UpdateFinishedTrialError):  # another was quicker
                failed = optuna.trial.TrialState.FAIL
                study.tell(trial.number, state=failed, skip_if_finished=True)


@contextmanager
def quiet() -> Iterator[None]:
    """Let Optuna say nothing by itself."""
    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            yield
    finally:
        optuna.logging.set_verbosity(level)


def _storage(storage: Any) -> Any:
    if storage is None or isinstance(storage, optuna.storages.BaseStorage):
        return storage
    if not isinstance(storage, (str, os.PathLike)):
        raise ValueError(
            "storage must be the path of a file, an address such as 'mysql://...' or a storage of "
            f"Optuna, got {storage!r}"
        )
    address = os.fspath(storage)
    options: dict[str, Any] = {}
    if "://" not in address:
        _check_file(Path(address))
        address = f"sqlite:///{address}"
        options = {"connect_args": {"timeout": 60}}  # seconds to wait for another process
    return optuna.storages.RDBStorage(
        address, engine_kwargs=options, heartbeat_interval=HEARTBEAT, grace_period=GRACE
    )


def _check_file(path: Path) -> None:
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {str(path.parent)!r} to keep the search in")
    if path.is_dir():
        raise ValueError(f"storage must be the path of a file, got the folder {str(path)!r}")
    if path.exists() and path.stat().st_size:
        with path.open("rb") as file:
            if file.read(16) != b"SQLite format 3\0":
                raise ValueError(
                    "storage must be a new file or one that an earlier search made, got "
                    f"{str(path)!r}, which is no SQLite file (a journal is opened by Optuna's "
                    "JournalStorage)"
                )


def _what_differs(name: str, theirs: dict[str, Any], ours: dict[str, Any]) -> str:
    part = next(key for key in [*theirs, *ours] if theirs.get(key) != ours.get(key))
    return (
        f"the storage holds a search {name!r} whose {part} is {theirs.get(part)!r}, this one's is "
        f"{ours.get(part)!r}: give it another name, or another storage"
    )
