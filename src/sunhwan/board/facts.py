"""What a record says of the model and of how it is trained."""

from __future__ import annotations

from typing import Any

from .graph import graph_of


def facts_of(model: Any, params: dict[str, Any]) -> dict[str, Any]:
    """Model, optimizer, loss, epochs and versions, as JSON."""
    from sunhwan import __version__, _core

    optimizer = model.optimizer
    return {
        "model": graph_of(model),
        "optimizer": type(optimizer).__name__,
        "loss": _name(getattr(model, "loss", None)),
        "epochs": params.get("epochs"),
        "steps_per_epoch": params.get("steps"),
        "threads": _core.num_threads(),
        "instructions": _core.isa(),
        "sunhwan": __version__,
    }


def _name(thing: Any) -> str:
    if isinstance(thing, str):
        return thing
    if isinstance(thing, (list, tuple)):
        return ", ".join(map(_name, thing))
    if isinstance(thing, dict):
        return ", ".join(f"{key}: {_name(value)}" for key, value in thing.items())
    return getattr(thing, "name", None) or getattr(thing, "__name__", None) or str(thing)
