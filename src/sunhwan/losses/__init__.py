"""What training makes small, with Keras's names, arguments and reductions.

A loss gives its value and its gradient; there is no automatic differentiation. A loss of your own
is a function that returns both (`FunctionLoss`) or a subclass of `Loss`.
"""

from __future__ import annotations

from typing import Any

from sunhwan._engine.absent import absent_names
from sunhwan._engine.registry import deserializer, serialize
from sunhwan.losses.categorical_focal import CategoricalFocalCrossentropy
from sunhwan.losses.crossentropy import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    SparseCategoricalCrossentropy,
)
from sunhwan.losses.divergence import KLDivergence, Poisson
from sunhwan.losses.focal import BinaryFocalCrossentropy
from sunhwan.losses.function import FunctionLoss
from sunhwan.losses.functional_classification import (
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_hinge,
    hinge,
    kl_divergence,
    poisson,
    sparse_categorical_crossentropy,
    squared_hinge,
)
from sunhwan.losses.functional_regression import (
    cosine_similarity,
    huber,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
)
from sunhwan.losses.hinge import CategoricalHinge, Hinge, SquaredHinge
from sunhwan.losses.loss import LOSSES, Loss
from sunhwan.losses.regression import (
    CosineSimilarity,
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
)
from sunhwan.losses.resolve import resolve

mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error
mape = MAPE = mean_absolute_percentage_error
msle = MSLE = mean_squared_logarithmic_error
bce = BCE = binary_crossentropy
kld = KLD = kl_divergence
logcosh = log_cosh

deserialize = deserializer(LOSSES)


def get(identifier: Any) -> Any:
    """Return the loss or function that `identifier` means, as Keras's `losses.get` does.

    Args:
        identifier: a name, a config, a class, a loss or a function. Names in snake case (and
            ``"mse"`` and so on) mean functions, names of classes instances.

    Raises:
        ValueError: the name is unknown or the identifier means no loss.

    >>> get("mse").__name__, get("Huber").delta
    ('mean_squared_error', 1.0)
    """
    return LOSSES.get(identifier)


__all__ = [
    "BCE",
    "KLD",
    "MAE",
    "MAPE",
    "MSE",
    "MSLE",
    "BinaryCrossentropy",
    "BinaryFocalCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy",
    "CategoricalHinge",
    "CosineSimilarity",
    "FunctionLoss",
    "Hinge",
    "Huber",
    "KLDivergence",
    "LogCosh",
    "Loss",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Poisson",
    "SparseCategoricalCrossentropy",
    "SquaredHinge",
    "bce",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_hinge",
    "cosine_similarity",
    "deserialize",
    "get",
    "hinge",
    "huber",
    "kl_divergence",
    "kld",
    "log_cosh",
    "logcosh",
    "mae",
    "mape",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "mse",
    "msle",
    "poisson",
    "resolve",
    "serialize",
    "sparse_categorical_crossentropy",
    "squared_hinge",
]

__getattr__ = absent_names(__name__, __all__)
