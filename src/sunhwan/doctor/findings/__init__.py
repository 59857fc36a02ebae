"""What the doctor can find, one file each."""

from .dead_filters import DeadFilters
from .dominating_class import DominatingClass
from .dying_gradients import DyingGradients
from .exploding_gradients import ExplodingGradients
from .inputs_not_normalized import InputsNotNormalized
from .learning_rate_too_high import LearningRateTooHigh
from .learning_rate_too_low import LearningRateTooLow
from .no_better_than_guessing import NoBetterThanGuessing
from .not_finite import NotFinite
from .overfitting import Overfitting
from .saturated_gates import SaturatedGates
from .single_class import SingleClass
from .too_many_parameters import TooManyParameters

# In the order in which they are looked for: a cause before what comes of it.
FINDINGS = (
    NotFinite,
    InputsNotNormalized,
    SingleClass,
    DominatingClass,
    LearningRateTooHigh,
    LearningRateTooLow,
    ExplodingGradients,
    DyingGradients,
    SaturatedGates,
    DeadFilters,
    TooManyParameters,
    NoBetterThanGuessing,
    Overfitting,
)

__all__ = [
    "DeadFilters",
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
    "SingleClass",
    "TooManyParameters",
]
