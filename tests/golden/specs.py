"""Layers named in JSON, and built from Keras's module or from ours alike."""

from types import ModuleType
from typing import Any


def spec(name: str, layer: dict[str, Any] | None = None, **arguments: Any) -> dict[str, Any]:
    """Name a layer: `name` is its class, `layer` the one that it wraps, the rest its arguments."""
    named: dict[str, Any] = {"class": name, "arguments": arguments}
    return named if layer is None else named | {"layer": layer}


def build(named: dict[str, Any], layers: ModuleType, **extra: Any) -> Any:
    """Build the layer that `named` names from the module `layers`; `extra` goes to every layer."""
    arguments = {key: _tuples(value) for key, value in named["arguments"].items()} | extra
    if "layer" in named:
        arguments["layer"] = build(named["layer"], layers, **extra)
    return getattr(layers, named["class"])(**arguments)


def _tuples(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
