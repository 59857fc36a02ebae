"""How a user holds several arrays: one alone, a list, or a dictionary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sunhwan._engine.symbolic import KerasTensor


class Structure:
    """The form of a model's inputs or outputs.

    Args:
        kind: `"single"`, `"list"` or `"dict"`.
        names: of the parts; a dictionary's are its keys, in sorted order.

    >>> pair = Structure("list", ["a", "b"])
    >>> pair.split({"b": 2, "a": 1}, "x"), pair.pack([1, 2])
    ([1, 2], [1, 2])
    """

    def __init__(self, kind: str, names: Sequence[str]) -> None:
        self.kind, self.names = kind, list(names)

    @staticmethod
    def of(tensors: Any, what: str) -> tuple[Structure, list[KerasTensor]]:
        """The form of symbolic tensors, and these in order.

        Raises:
            ValueError: there is something else among them; `what` says which argument.
        """
        kind, flat, keys = "single", [tensors], None
        if isinstance(tensors, Mapping):
            keys = sorted(tensors)
            kind, flat = "dict", [tensors[key] for key in keys]
        elif isinstance(tensors, (list, tuple)):
            kind, flat = "list", list(tensors)
        for tensor in flat:
            if not isinstance(tensor, KerasTensor):
                raise ValueError(
                    f"{what} must be symbolic tensors, as Input and calls of layers give them, "
                    f"alone, in a list or in a dictionary; got {tensor!r}"
                )
        if not flat:
            raise ValueError(f"{what} must hold at least one tensor, got none")
        return Structure(kind, keys or [tensor.name for tensor in flat]), flat

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
            got = f"{len(values)}"
        elif of_each:
            return [values] * count
        else:
            got = f"one of shape {np.shape(values)}" if hasattr(values, "shape") else repr(values)
        raise ValueError(f"{what} must be a list or dictionary of {count}, {self.names}, got {got}")

    def pack(self, parts: Sequence[Any]) -> Any:
        """The parts as the user has them."""
        if self.kind == "dict":
            return dict(zip(self.names, parts, strict=True))
        return parts[0] if self.kind == "single" else list(parts)
