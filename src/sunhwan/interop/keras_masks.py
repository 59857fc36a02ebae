"""The masks in the graphs of Keras 3: which only say what goes along by itself here too.

Keras 3 writes the masks that went along by themselves as operations, and as arguments `mask`:
`NotEqual` for `Embedding`, and `Any` behind it for `Masking`, and what merging layers make of
those of their inputs. They go along here too, and are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .keras_tensors import Tensor, history, is_tensor, tensors_in

_SOURCES = ("NotEqual", "Any")
_COMBINATIONS = (
    *("All", "Concatenate", "ConvertToTensor", "ExpandDims", "LogicalOr"),
    *("OnesLike", "Squeeze", "ZerosLike"),
)


@dataclass
class Masks:
    """The operations of a graph that make masks.

    Attributes:
        known: what layers of the graph mask by themselves: the tensor whose steps they look at,
            what marks the absent ones, and whether it does in all features of a step.
        operations: the kind of each operation.
        marked: of each `NotEqual`, in these words, what it looks at.
        along: of each operation that makes a mask, whether this one goes along by itself.
    """

    known: set[tuple[Tensor, float, bool]] = field(default_factory=set)
    operations: dict[str, str] = field(default_factory=dict)
    marked: dict[str, tuple[Tensor, float]] = field(default_factory=dict)
    along: dict[str, bool] = field(default_factory=dict)

    def read(self, forms: list[Any]) -> None:
        """Note the layers of a graph that mask, and the operations, each behind what it reads."""
        for form in forms:
            kind, config = form.get("class_name"), form.get("config") or {}
            for args in _calls(form):
                if kind == "Embedding" and config.get("mask_zero") and is_tensor(args[0]):
                    self.known.add((history(args[0]), 0.0, False))
                elif kind == "Masking" and is_tensor(args[0]):
                    self.known.add((history(args[0]), float(config.get("mask_value", 0.0)), True))
        for form in filter(is_mask_operation, forms):
            for args in _calls(form):
                self._read_operation(str(form.get("name")), str(form["class_name"]), args)

    def _read_operation(self, name: str, kind: str, args: list[Any]) -> None:
        self.operations[name] = kind
        sources = [history(tensor) for tensor in tensors_in(args)]
        masks = [source for source, _, _ in sources if source in self.along]
        if kind == "NotEqual":
            if len(args) == 2 and isinstance(args[1], (int, float)) and sources:
                self.marked[name] = sources[0], float(args[1])
                self.along[name] = (*self.marked[name], False) in self.known
        elif kind == "Any" and masks and masks[0] in self.marked:
            self.along[name] = (*self.marked[masks[0]], True) in self.known
        elif masks:
            self.along[name] = all(self.along[one] for one in masks)

    def goes_along(self, mask: Any) -> bool:
        """Whether a mask that a call was given is one that goes along by itself."""
        if mask is None:
            return True
        if isinstance(mask, list) and not is_tensor(mask):
            return all(self.goes_along(one) for one in mask)
        return is_tensor(mask) and self.along.get(history(mask)[0], False)


def _calls(form: Mapping[str, Any]) -> Iterator[list[Any]]:
    """The arguments of each call of a layer, as Keras 3 writes them."""
    for node in form.get("inbound_nodes") or ():
        args = node.get("args") if isinstance(node, Mapping) else None
        if isinstance(args, list) and args:
            yield args


def is_mask_operation(form: Mapping[str, Any]) -> bool:
    """Whether a form is of an operation that makes masks; such a thing is never trained."""
    made = form.get("class_name") in (*_SOURCES, *_COMBINATIONS)
    return made and "trainable" not in (form.get("config") or {})
