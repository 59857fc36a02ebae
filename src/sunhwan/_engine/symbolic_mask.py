"""Masks of symbolic tensors: which one goes along with a tensor by itself.

Masks travel with the data. Programs that pass them on by hand, as `layer(x, mask=mask)` with a mask
that a layer's `compute_mask` gave, are understood where it is the one that goes along anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class SymbolicMask:
    """Which steps a layer leaves, of data to come.

    Args:
        layer: an `Embedding` or a `Masking`.
        tensor: what it is called on.
    """

    def __init__(self, layer: Any, tensor: Any) -> None:
        self.layer, self.tensor = layer, tensor

    def __eq__(self, other: object) -> bool:
        alike = isinstance(other, SymbolicMask)
        return alike and self.layer is other.layer and self.tensor is other.tensor

    def __hash__(self) -> int:
        return hash((id(self.layer), id(self.tensor)))

    def __repr__(self) -> str:
        return f"<the mask of layer {self.layer.name!r}>"


def mask_after(layer: Any, tensors: Sequence[Any]) -> SymbolicMask | None:
    """The mask that goes along with what a layer gives for tensors; `None` if none is known."""
    masks = [tensor.mask for tensor in tensors]
    if layer.joins:
        if not layer.keeps_mask([mask is not None for mask in masks]):
            return None
        first_alone = layer.keeps_mask([True, *[False] * (len(masks) - 1)])
        return masks[0] if first_alone or len(set(masks)) == 1 else None
    if hasattr(layer, "pack") or hasattr(layer, "reads_ids"):
        return layer.compute_mask(tensors[0])
    turned = getattr(layer, "go_backwards", False)
    return masks[0] if layer.supports_masking and not turned else None


def check_mask(layer: Any, mask: Any, tensors: Sequence[Any]) -> None:
    """Raise a `ValueError` unless `mask`, for several tensors a list, goes along by itself."""
    given = mask if isinstance(mask, (list, tuple)) else [mask]
    if len(given) > len(tensors):
        raise ValueError(
            f"layer {layer.name!r} takes a mask for each of its inputs, {len(tensors)}, "
            f"got {len(given)}"
        )
    for one, tensor in zip(given, tensors, strict=False):
        symbolic = isinstance(one, SymbolicMask)
        if one is not None and not (symbolic and one == tensor.mask):
            along = "none does" if tensor.mask is None else f"that is {tensor.mask!r}"
            got = repr(one) if symbolic else type(one).__name__
            raise ValueError(
                f"layer {layer.name!r} takes only the mask that goes along with its input anyway "
                f"({along}), got {got}: leave it out; masks begin in Masking and in "
                "Embedding(mask_zero=True)"
            )
