"""Small functions that programs written for Keras look for under this name."""

from sunhwan._engine.custom_objects import (
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from sunhwan.preprocessing.sequence import pad_sequences
from sunhwan.utils.one_hot import to_categorical
from sunhwan.utils.random_seed import set_random_seed

CustomObjectScope = custom_object_scope

__all__ = [
    "CustomObjectScope",
    "custom_object_scope",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "pad_sequences",
    "register_keras_serializable",
    "set_random_seed",
    "to_categorical",
]
