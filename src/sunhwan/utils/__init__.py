"""Small functions that programs written for Keras look for under this name."""

from sunhwan.preprocessing.sequence import pad_sequences
from sunhwan.utils.one_hot import to_categorical
from sunhwan.utils.random_seed import set_random_seed

__all__ = ["pad_sequences", "set_random_seed", "to_categorical"]
