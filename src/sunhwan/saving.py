"""Models in files, and the classes and functions of your own that the files name."""

from sunhwan._engine.absent import absent_names
from sunhwan._engine.custom_objects import (
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from sunhwan.models.saving import load_model, load_weights, save_model, save_weights

CustomObjectScope = custom_object_scope

__all__ = [
    "CustomObjectScope",
    "custom_object_scope",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "load_model",
    "load_weights",
    "register_keras_serializable",
    "save_model",
    "save_weights",
]

__getattr__ = absent_names(__name__, __all__)
