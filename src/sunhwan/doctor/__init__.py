"""What is wrong with a training, in words: warnings during `fit`, and `history.diagnose()`.

>>> import warnings, sunhwan as sh
>>> warnings.filterwarnings("ignore", category=sh.doctor.Overfitting)
>>> warnings.filterwarnings("default", category=sh.doctor.TrainingWarning, append=True)
"""

from .diagnosis import Diagnosis
from .findings import (
    DeadFilters,
    DominatingClass,
    DyingGradients,
    ExplodingGradients,
    InputsNotNormalized,
    LearningRateTooHigh,
    LearningRateTooLow,
    NoBetterThanGuessing,
    NotFinite,
    Overfitting,
    SaturatedGates,
    TooManyParameters,
)
from .language import language
from .training_warning import TrainingWarning

__all__ = [
    "DeadFilters",
    "Diagnosis",
    "DominatingClass",
    "DyingGradients",
    "ExplodingGradients",
    "InputsNotNormalized",
    "LearningRateTooHigh",
    "LearningRateTooLow",
    "NoBetterThanGuessing",
    "NotFinite",
    "Overfitting",
    "SaturatedGates",
    "TooManyParameters",
    "TrainingWarning",
    "language",
]
