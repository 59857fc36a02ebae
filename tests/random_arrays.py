"""Arrays of random numbers."""

import numpy as np


def numbers(*shape, seed=0):
    """Normal numbers, float32."""
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)
