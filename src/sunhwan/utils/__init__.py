"""Small functions that programs written for Keras look for under this name."""

from sunhwan._engine.absent import absent_names
from sunhwan._engine.custom_objects import (
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from sunhwan._engine.names import clear_session
from sunhwan.preprocessing.py_dataset import PyDataset
from sunhwan.preprocessing.sequence import pad_sequences
from sunhwan.preprocessing.text_files import text_dataset_from_directory
from sunhwan.preprocessing.timeseries import timeseries_dataset_from_array
from sunhwan.utils.get_file import get_file
from sunhwan.utils.normalize import normalize
from sunhwan.utils.one_hot import to_categorical
from sunhwan.utils.random_seed import set_random_seed

CustomObjectScope = custom_object_scope
Sequence = PyDataset

__all__ = [
    "CustomObjectScope",
    "PyDataset",
    "Sequence",
    "clear_session",
    "custom_object_scope",
    "get_custom_objects",
    "get_file",
    "get_registered_name",
    "get_registered_object",
    "normalize",
    "pad_sequences",
    "register_keras_serializable",
    "set_random_seed",
    "text_dataset_from_directory",
    "timeseries_dataset_from_array",
    "to_categorical",
]


__getattr__ = absent_names(__name__, __all__)
