"""The layers, by name."""

from __future__ import annotations

from sunhwan._engine.config import serialize
from sunhwan._engine.registry import Registry, deserializer

LAYERS = Registry("layer")

get = LAYERS.get
deserialize = deserializer(LAYERS)

__all__ = ["LAYERS", "deserialize", "get", "serialize"]
