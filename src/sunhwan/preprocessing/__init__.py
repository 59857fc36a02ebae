"""From raw sequences to arrays: padding, windows over series, text."""

from sunhwan._engine.absent import absent_names
from sunhwan.preprocessing import sequence, text
from sunhwan.preprocessing.batches import Batches
from sunhwan.preprocessing.text_files import text_dataset_from_directory
from sunhwan.preprocessing.timeseries import timeseries_dataset_from_array
from sunhwan.preprocessing.windows import timeseries_windows

__all__ = [
    "Batches",
    "sequence",
    "text",
    "text_dataset_from_directory",
    "timeseries_dataset_from_array",
    "timeseries_windows",
]

__getattr__ = absent_names(__name__, __all__)
