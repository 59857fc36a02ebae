"""What the pointwise layers of several inputs compute, in plain NumPy."""

import numpy as np

POINTWISE = {
    "Add": sum,
    "Subtract": lambda x: x[0] - x[1],
    "Multiply": lambda x: np.prod(np.stack(np.broadcast_arrays(*x)), axis=0),
    "Average": lambda x: sum(x) / len(x),
    "Maximum": lambda x: np.max(np.stack(np.broadcast_arrays(*x)), axis=0),
    "Minimum": lambda x: np.min(np.stack(np.broadcast_arrays(*x)), axis=0),
}
