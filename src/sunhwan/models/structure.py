"""How a user holds several arrays: one alone, a list, or a dictionary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sunhwan._engine.symbolic import KerasTensor


class Structure:
    """The form of a model's inputs or outputs.

    Args:
        kind: `"single"`, `"list"`, `"dict"` or `"nested"`, lists and dictionaries in one another.
        names: of the parts; a dictionary's are its keys, in sorted order.
        form: of what is nested, the form itself, with the numbers of the parts in their places.

    >>> pair = Structure("list", ["a", "b"])
    >>> pair.split({"b": 2, "a": 1}, "x"), pair.pack([1, 2])
    ([1, 2], [1, 2])
    """

    def __init__(self, kind: str, names: Sequence[str], form: Any = None) -> None:
        self.kind, self.names, self.form = kind, list(names), form

    @staticmethod
    def of(tensors: Any, what: str) -> tuple[Structure, list[KerasTensor]]:
        """The form of symbolic tensors, and these in order.

        Raises:
            ValueError: there is something else among them; `what` says which argument.
        """
        flat: list[KerasTensor] = []
        form = _numbered(tensors, flat, what)
        if not flat:
            raise ValueError(f"{what} must hold at least one tensor, got none")
        names = [tensor.name for tensor in flat]
        if isinstance(form, int):
            return Structure("single", names), flat
        parts = form.values() if isinstance(form, dict) else form
        if not all(isinstance(part, int) for part in parts):
            return Structure("nested", names, form), flat
        if isinstance(form, dict):
            return Structure("dict", list(form)), flat
        return Structure("list", names), flat

    def split(self, values: Any, what: str, of_each: bool = False) -> list[Any]:
        """The parts of what a user passed, in order.

        Args:
            values: parts in a list or dictionary; of one part the part itself too.
            what: what to call it in errors.
            of_each: whether a single thing stands for each part.

        Raises:
            ValueError: they are not as many, or have other names.
        """
        count = len(self.names)
        if self.form is not None and not self._is_flat(values, of_each):
            return _parts_of(self.form, values, what)
        if isinstance(values, Mapping):
            if set(values) != set(self.names):
                raise ValueError(
                    f"{what} must have the keys {self.names}, got {sorted(map(str, values))}"
                )
            return [values[name] for name in self.names]
        if count == 1:
            return [values]
        if isinstance(values, (list, tuple)):
            if len(values) == count:
                return list(values)
            got = f"a list of {len(values)}"
        elif of_each:
            return [values] * count
        else:
            got = f"one of shape {np.shape(values)}" if hasattr(values, "shape") else repr(values)
        raise ValueError(
            f"{what} must be a list of {count}, or a dictionary with the keys {self.names}, "
            f"got {got}"
        )

    def _is_flat(self, values: Any, of_each: bool) -> bool:
        """Whether the parts of what is nested were passed side by side, or one for all."""
        if isinstance(values, Mapping):
            return set(values) == set(self.names)
        if isinstance(values, (list, tuple)):
            return len(values) == len(self.names) != len(self.form)
        return of_each

    def pack(self, parts: Sequence[Any]) -> Any:
        """The parts as the user has them."""
        if self.form is not None:
            return placed(self.form, parts)
        if self.kind == "dict":
            return dict(zip(self.names, parts, strict=True))
        return parts[0] if self.kind == "single" else list(parts)


def _numbered(tensors: Any, flat: list[KerasTensor], what: str) -> Any:
    """The form of symbolic tensors, their numbers in their places; `flat` gets the tensors."""
    if isinstance(tensors, Mapping):
        return {key: _numbered(tensors[key], flat, what) for key in sorted(tensors)}
    if isinstance(tensors, (list, tuple)):
        return [_numbered(tensor, flat, what) for tensor in tensors]
    if not isinstance(tensors, KerasTensor):
        raise ValueError(
            f"{what} must be symbolic tensors, as Input and calls of layers give them, "
            f"alone, in lists or in dictionaries; got {tensors!r}"
        )
    flat.append(tensors)
    return len(flat) - 1


def placed(form: Any, parts: Sequence[Any]) -> Any:
    """The parts in the places of their numbers."""
    if isinstance(form, int):
        return parts[form]
    if isinstance(form, Mapping):
        return {key: placed(inner, parts) for key, inner in form.items()}
    return [placed(inner, parts) for inner in form]


def _parts_of(form: Any, values: Any, what: str) -> list[Any]:
    """What stands in the places of numbers, in order; `ValueError` if the forms differ."""
    if isinstance(form, int):
        return [values]
    keys: Any = list(form) if isinstance(form, Mapping) else range(len(form))
    alike = set(values) == set(keys) if isinstance(values, Mapping) else False
    if not isinstance(form, Mapping):
        alike = isinstance(values, (list, tuple)) and len(values) == len(form)
    if not alike:
        expected = f"a list of {len(form)}"
        if isinstance(form, Mapping):
            expected = f"a dictionary with the keys {keys}"
        sized = hasattr(values, "__len__")
        got = f"{type(values).__name__} of {len(values)}" if sized else repr(values)
        if isinstance(values, Mapping):
            got = f"one with the keys {sorted(map(str, values))}"
        raise ValueError(f"{what} must hold {expected} where the model does, got {got}")
    return [part for key in keys for part in _parts_of(form[key], values[key], what)]
