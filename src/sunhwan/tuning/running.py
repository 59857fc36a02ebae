"""A search that runs."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import optuna

from sunhwan.board.process import this_process
from sunhwan.callbacks.progress import Progress

from ._study import PROCESS, REPEATED, end_lost_trials, open_study, quiet
from .budget import Budget
from .objective import GONE, INTERRUPTED, TIME_WAS_UP, Best, Plan, SearchError, TrialError, Watcher
from .result import SearchResult, Trial, shown
from .space import Space

FAILURES = 10  # trials of a process that may fail before any came to something
REPEATS = 30  # choices in a row that were made before: the space is exhausted
_CUT_SHORT = (INTERRUPTED, TIME_WAS_UP, GONE)
_STATES = {"COMPLETE": "complete", "PRUNED": "stopped", "FAIL": "failed", "RUNNING": "running"}


class Run:
    """One process's part in a search.

    Args:
        plan: how each trial goes.
        space: what is tried.
        budget: when it ends.
        storage, name: where the trials are kept, see `search`.
        board: a folder, or `None`.
        verbose: as in `search`.
    """

    def __init__(
        self,
        plan: Plan,
        space: Space,
        budget: Budget,
        storage: Any,
        name: str,
        board: Any,
        verbose: Any,
    ) -> None:
        self._plan, self._space, self._budget = plan, space, budget
        self._name, self._board = name, board
        self._progress = Progress(verbose)
        self._best = Best()
        self._failures: list[BaseException] = []
        self._repeated = 0  # choices in a row that had been made before
        self._taken = False  # whether another process said that the last trial's was gone
        self._mode = "max" if plan.monitor.sign > 0 else "min"
        mark = {
            "space": space.describe(),
            "monitor": plan.monitor.name,
            "mode": self._mode,
            "epochs": plan.epochs,
            "seed": plan.seed,
        }
        self._study = open_study(storage, name, mark, self._mode, plan.seed, plan.epochs)
        local = isinstance(storage, (str, os.PathLike)) and "://" not in os.fspath(storage)
        self._files = Path(storage) if local else None

    def result(self) -> SearchResult:
        """Search until the budget is spent.

        Raises:
            RuntimeError: no trial came to anything.
            KeyboardInterrupt: from Ctrl-C before there was any.
        """
        progress = self._progress
        progress.set_params({"steps": self._budget.trials})
        progress.open("Search")
        interrupted = False
        try:
            with quiet():
                while self._goes_on():
                    self._one()
        except KeyboardInterrupt:
            if not any(trial.value is not None for trial in self.trials()):
                raise
            interrupted = True
        finally:
            progress.close()
        return self._found(interrupted)

    def trials(self) -> list[Trial]:
        """All trials of the search, by number, but for those that would have repeated others."""
        trials = self._study.get_trials(deepcopy=False)
        return [_told(trial) for trial in trials if REPEATED not in trial.user_attrs]

    def _one(self) -> None:
        """One trial, from its choice to its end."""
        self._taken = False
        try:
            self._study.optimize(self._try, n_trials=1, catch=(TrialError,))
        except ValueError:  # Optuna's, where it cannot be told how the trial ended
            if not self._taken:
                raise

    def _goes_on(self) -> bool:
        end_lost_trials(self._study)
        if len(self._failures) >= FAILURES and self._best.number < 0:
            raise RuntimeError(
                f"the first {FAILURES} trials failed, the first with: {self._failures[0]}"
            ) from self._failures[0]
        if self._budget.is_over and (self._best.number >= 0 or self._failures):
            return False
        if self._repeated >= REPEATS:
            self._progress.say("Search: all that the space holds seems to have been tried")
            return False
        limit = self._budget.trials
        return limit is None or len(self.trials()) < limit

    def _try(self, trial: Any) -> float:
        """One trial, as Optuna calls it."""
        self._set(trial, PROCESS, this_process())
        parameters = self._space.sample(trial)
        if self._was_tried(trial):
            self._repeated += 1
            trial.set_user_attr(REPEATED, True)
            raise optuna.TrialPruned
        self._repeated = 0
        trial.set_user_attr("parameters", {name: _plain(one) for name, one in parameters.items()})
        name = f"Trial {trial.number}"

        def tell(epoch: int, value: float) -> None:
            words = f"epoch {epoch + 1}/{self._plan.epochs}"
            self._progress.show(f"{name} {words}, {self._plan.monitor.name} {value:.5g}")

        watcher = Watcher(trial, self._plan.monitor, self._budget, self._best, tell)
        problem = INTERRUPTED
        try:
            self._plan.train(parameters, [*self._boards(trial.number), watcher], self._plan.epochs)
            problem = watcher.stopped
            if watcher.value is None:
                problem = "no epoch was trained"
                raise TrialError(problem)
        except SearchError:
            raise
        except optuna.exceptions.UpdateFinishedTrialError:
            problem = "another process took it for lost"
            raise self._noted(TrialError(problem)) from None
        except TrialError as error:
            problem = str(error)
            raise self._noted(error) from None
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"
            raise self._noted(TrialError(problem)) from error
        finally:
            self._note(trial, watcher, problem)
            self._say(name, parameters, watcher, problem)
        self._keep(trial.number)
        if watcher.stopped:
            raise optuna.TrialPruned(watcher.stopped)
        return watcher.value

    def _was_tried(self, trial: Any) -> bool:
        """Whether another trial had the same parameters: with the same seed it is the same."""
        for other in self._study.get_trials(deepcopy=False):
            again = REPEATED in other.user_attrs or _told(other).problem in _CUT_SHORT
            if other.number != trial.number and other.params == trial.params and not again:
                return True
        return False

    def _noted(self, error: TrialError) -> TrialError:
        self._failures.append(error)
        return error

    def _boards(self, number: int) -> list[Any]:
        if self._board is None:
            return []
        from sunhwan.callbacks import Board

        return [Board(self._board, name=run_name(self._name, number))]

    def _note(self, trial: Any, watcher: Watcher, problem: str) -> None:
        """Write down what became of a trial."""
        for key, value in (
            ("value", watcher.value),
            ("epoch", watcher.epoch),
            ("epochs", watcher.epochs),
            ("seconds", round(watcher.seconds, 3)),
            ("problem", problem),
        ):
            self._set(trial, key, value)

    def _set(self, trial: Any, key: str, value: Any) -> None:
        """Note something, unless another process has ended the trial."""
        try:
            trial.set_user_attr(key, value)
        except optuna.exceptions.UpdateFinishedTrialError:
            self._taken = True

    def _say(self, name: str, parameters: dict[str, Any], watcher: Watcher, problem: str) -> None:
        words = [name] if watcher.value is None else [f"{name}: {watcher.value:.5g}"]
        words += [f"{key} {shown(value)}" for key, value in parameters.items()]
        words += [f"{watcher.epochs} epochs", f"{watcher.seconds:.1f}s"]
        words += [problem] if problem else []
        self._progress.say(" - ".join(words))
        best = {} if self._best.number < 0 else {"best": self._best.value}
        self._progress.advance(best)

    # The best model.

    def _keep(self, number: int) -> None:
        """Write the weights of a trial that is the best of all so far, for other processes."""
        if self._files is None or self._best.number != number:
            return
        ended = [one for one in self.trials() if one.value is not None and one.state != "running"]
        sign = self._plan.monitor.sign
        if any(sign * (one.value - self._best.value) > 0 for one in ended if one.value is not None):
            return
        from sunhwan.models.model_file import FORMAT, FORMAT_VERSION, write

        arrays = {f"weight/{n}": weight for n, weight in enumerate(self._best.weights)}
        names = [""] * len(arrays)
        description = {"format": FORMAT, "version": FORMAT_VERSION, "weights": names}
        write(self._file(number), arrays, description)
        for one in ended:
            self._file(one.number).unlink(missing_ok=True)

    def _file(self, number: int) -> Path:
        assert self._files is not None
        return self._files.with_name(f"{self._files.stem}-{self._name}-{number}.safetensors")

    def _found(self, interrupted: bool) -> SearchResult:
        trials = self.trials()
        ended = [one for one in trials if one.value is not None and one.state != "running"]
        if not ended:
            first = f", the first failed with: {self._failures[0]}" if self._failures else ""
            raise RuntimeError(f"no trial came to an end of an epoch{first}")
        sign = self._plan.monitor.sign
        best = max(ended, key=lambda one: (sign * (one.value or 0.0), -one.number))
        model = self._model(best)
        monitor = self._plan.monitor.name
        words = "Search, interrupted" if interrupted else "Search"
        self._progress.say(f"{words}: {len(trials)} trials - best {monitor}: {best.value:.5g}")
        return SearchResult(model, best, trials, monitor, self._mode, self._study)

    def _model(self, best: Trial) -> Any:
        """The model of a trial with the weights of its best epoch."""
        plan = self._plan
        if self._best.number == best.number:
            model = self._best.model
            model.set_weights(self._best.weights)
            return model
        params = self._study.get_trials(deepcopy=False)[best.number].params
        parameters = self._space.sample(optuna.trial.FixedTrial(params))
        if self._files is not None:
            model = plan.make(parameters)
            model._open(plan.data[0])  # builds it
            with suppress(FileNotFoundError):  # another process may have found a better one
                model.load_weights(self._file(best.number))
                return model
        assert best.epoch is not None
        self._progress.say(f"Training the model of trial {best.number}, of another process, anew")
        return plan.train(parameters, [], best.epoch + 1)


def run_name(search: str, number: int) -> str:
    """What a trial is called on the board."""
    return f"{search}-{number:04d}"


def _plain(value: Any) -> Any:
    simple = value is None or isinstance(value, (bool, int, float, str))
    return value if simple else repr(value)


def _told(trial: Any) -> Trial:
    """A trial of Optuna as one of ours."""
    about = trial.user_attrs
    lost = trial.state.name == "FAIL" and "problem" not in about
    return Trial(
        number=trial.number,
        state=_STATES.get(trial.state.name, "waiting"),
        value=about.get("value"),
        epoch=about.get("epoch"),
        epochs=about.get("epochs", 0),
        seconds=about.get("seconds", 0.0),
        parameters=about.get("parameters", {}),
        problem=GONE if lost else about.get("problem", ""),
    )
