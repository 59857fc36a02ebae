"""Which adapters stand on an edge."""

from __future__ import annotations

from typing import Any

from sunhwan._engine.adapters import Fill, Gather
from sunhwan._engine.array_adapters import Pack, ToArray, ToMaskedArray, ToSequences
from sunhwan._engine.form import Form
from sunhwan.layers.layer import Layer


def adapters_for(layer: Layer, form: Form, training: bool, has_states: bool = False) -> list[Any]:
    """What must stand between an edge of kind `form` and `layer`, which may get initial states."""
    if layer.takes == "array":
        return to_array(form, f"layer {layer.name!r}")
    keeps = layer.keeps(training) - ({"shared"} if has_states else set())
    if not form.sequences:
        if layer.takes == "steps":
            return []
        masked = form.masked and "mask" in keeps
        return to_packed(form._replace(masked=masked), layer.build_shape)
    chain: list[Any] = []
    if (form.shared and "shared" not in keeps) or (form.masked and "mask" not in keeps):
        chain.append(Fill())
    if form.tokens and "tokens" not in keeps:
        chain.append(Gather())
    return chain


def to_packed(form: Form, shape: Any) -> list[Any]:
    """What makes an edge of kind `form`, which carries such a `shape`, values of own steps."""
    if not form.sequences and form.masked:
        return [Pack(tuple(size or 1 for size in shape[2:]))]
    if not form.sequences:
        return [ToSequences()]
    return [*([Fill()] if form.shared else []), *([Gather()] if form.tokens else [])]


def to_array(form: Form, consumer: str, with_mask: bool = False) -> list[Any]:
    """What makes an edge of kind `form` a dense array, which may go on carrying its mask."""
    if not form.sequences:
        return []
    if form.masked and with_mask:
        return [*([Gather()] if form.tokens else []), ToMaskedArray(consumer)]
    chain: list[Any] = [Fill()] if form.shared or form.masked else []
    if form.tokens:
        chain.append(Gather())
    return [*chain, ToArray(consumer)]


def to_output(form: Form, packed: bool = False) -> list[Any]:
    """What makes an edge of kind `form` what a model gives: a dense array, or ragged rows.

    Where `packed`, masked rows stay packed too.
    """
    if form.ragged or (packed and form.sequences and form.masked and not form.shared):
        return [Gather()] if form.tokens else []
    return to_array(form, "the model's output")
