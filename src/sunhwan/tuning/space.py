"""What a search may try, in plain terms."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np


class Entry(ABC):
    """What one parameter may be."""

    @abstractmethod
    def sample(self, name: str, trial: Any) -> dict[str, Any]:
        """Let a trial of Optuna choose; returns the parameter's value, and what hangs on it."""

    @abstractmethod
    def describe(self) -> Any:
        """The entry as JSON can hold it."""


class Fixed(Entry):
    """One value."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def sample(self, name: str, trial: Any) -> dict[str, Any]:
        return {name.rpartition("/")[2]: self.value}

    def describe(self) -> Any:
        return repr(self.value)


class Range(Entry):
    """Numbers between two, both included; whole ones if the bounds are."""

    def __init__(self, low: Any, high: Any, step: Any = None, log: bool = False) -> None:
        self.whole = isinstance(low, (int, np.integer)) and isinstance(high, (int, np.integer))
        kind = int if self.whole else float
        self.low, self.high, self.log = kind(low), kind(high), log
        self.step = None if step is None else kind(step)
        if self.step:  # up to the last that can be reached
            steps = int((self.high - self.low) / self.step + 1e-9)
            self.high = kind(self.low + steps * self.step)

    def sample(self, name: str, trial: Any) -> dict[str, Any]:
        if self.whole:
            step = 1 if self.step is None else self.step
            value = trial.suggest_int(name, self.low, self.high, step=step, log=self.log)
        else:
            value = trial.suggest_float(name, self.low, self.high, step=self.step, log=self.log)
        return {name.rpartition("/")[2]: value}

    def describe(self) -> Any:
        return ["range", self.low, self.high, self.step, self.log]


class Choice(Entry):
    """One of several values."""

    def __init__(self, values: list[Any]) -> None:
        kinds = (bool, int, float, str, type(None))  # of labels that Optuna takes
        plain = all(type(value) in kinds for value in values) and len(set(values)) == len(values)
        labels = values if plain else [f"{n}: {value!r}" for n, value in enumerate(values)]
        self.values = dict(zip(labels, values, strict=True))

    def sample(self, name: str, trial: Any) -> dict[str, Any]:
        return {
            name.rpartition("/")[2]: self.values[trial.suggest_categorical(name, list(self.values))]
        }

    def describe(self) -> Any:
        return ["choice", *self.values]


class Branches(Entry):
    """One of several names, each with a space of its own that comes with it."""

    def __init__(self, branches: dict[str, Space]) -> None:
        self.branches = branches

    def sample(self, name: str, trial: Any) -> dict[str, Any]:
        chosen = trial.suggest_categorical(name, list(self.branches))
        further = self.branches[chosen].sample(trial, f"{name}={chosen}/")
        return {name.rpartition("/")[2]: chosen, **further}

    def describe(self) -> Any:
        return {key: space.describe() for key, space in self.branches.items()}


class Space:
    """What each parameter of a search may be.

    Args:
        space: name -> a tuple `(low, high)`, `(low, high, step)` or `(low, high, "log")`, a range
            of numbers, of whole ones where both bounds are; a list, one of its values; a
            dictionary, one of its keys, with a space of further parameters as its value, which are
            there only where that key is chosen; anything else is taken as it is.
        owner: what to call it in errors.

    Raises:
        ValueError: an entry is none of these; the message names it.

    >>> Space({"units": (8, 64, "log"), "cell": {"LSTM": {}, "Conv1D": {"width": [3, 5]}}}).names
    ['units', 'cell', 'width']
    """

    def __init__(self, space: Any, owner: str = "space") -> None:
        if not isinstance(space, Mapping):
            raise ValueError(
                f"{owner} must be a dictionary of parameters, such as {{'units': (8, 64)}}, "
                f"got {space!r}"
            )
        self.entries: dict[str, Entry] = {}
        for name, value in space.items():
            if not isinstance(name, str) or not name.isidentifier():
                raise ValueError(f"{owner} must have names of arguments as its keys, got {name!r}")
            self.entries[name] = _entry(value, f"{owner}[{name!r}]")

    @property
    def names(self) -> list[str]:
        """All parameters, those in branches among them, each once."""
        return list(dict.fromkeys(name for name, _ in self._walk()))

    @property
    def ranges(self) -> dict[str, Entry]:
        """The entry of each parameter, by name; of one that is in several branches the first."""
        return dict(reversed(list(self._walk())))

    def sample(self, trial: Any, prefix: str = "") -> dict[str, Any]:
        """Let a trial of Optuna choose a value for each."""
        chosen: dict[str, Any] = {}
        for name, entry in self.entries.items():
            chosen.update(entry.sample(prefix + name, trial))
        return chosen

    def describe(self) -> dict[str, Any]:
        """The space as JSON can hold it."""
        return {name: entry.describe() for name, entry in self.entries.items()}

    def _walk(self) -> Iterator[tuple[str, Entry]]:
        for name, entry in self.entries.items():
            yield name, entry
            if isinstance(entry, Branches):
                for branch in entry.branches.values():
                    yield from branch._walk()


def _entry(value: Any, name: str) -> Entry:
    if isinstance(value, tuple):
        return _range(value, name)
    if isinstance(value, Mapping):
        if not value or not all(isinstance(key, str) for key in value):
            raise ValueError(
                f"{name}, as a dictionary, must have strings as its keys, got {value!r}"
            )
        return Branches(
            {key: Space(further or {}, f"{name}[{key!r}]") for key, further in value.items()}
        )
    if isinstance(value, list):
        if not value:
            raise ValueError(f"{name} must have at least one value to choose from, got []")
        return Choice(value)
    return Fixed(value)


def _range(value: tuple[Any, ...], name: str) -> Range:
    log = value[2:] == ("log",)
    numbers = list(value[:2] if log else value)
    if len(numbers) not in (2, 3) or not all(map(_is_number, numbers)):
        raise ValueError(
            f"{name}, as a tuple, must be (low, high), (low, high, step) or (low, high, 'log'); a "
            f"list is one of several values. Got {value!r}"
        )
    low, high = numbers[:2]
    step: Any = numbers[2] if len(numbers) == 3 else None
    if not low <= high:
        raise ValueError(f"{name} must be a range from low to high, got {value!r}")
    if log and not low > 0:
        raise ValueError(f"{name} must have a low above 0 for 'log', got {value!r}")
    if step is not None and not step > 0:
        raise ValueError(f"{name} must have a step above 0, got {value!r}")
    return Range(low, high, step, log)


def _is_number(value: Any) -> bool:
    real = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    return real and bool(np.isfinite(value))
