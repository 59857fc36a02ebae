"""Learning rates that change from step to step, with Keras's names and arguments."""

from sunhwan._engine.registry import deserializer, serialize
from sunhwan.optimizers.schedules.cosine import CosineDecay, CosineDecayRestarts
from sunhwan.optimizers.schedules.decay import (
    ExponentialDecay,
    InverseTimeDecay,
    PiecewiseConstantDecay,
    PolynomialDecay,
)
from sunhwan.optimizers.schedules.schedule import SCHEDULES, LearningRateSchedule

deserialize = deserializer(SCHEDULES)

__all__ = [
    "CosineDecay",
    "CosineDecayRestarts",
    "ExponentialDecay",
    "InverseTimeDecay",
    "LearningRateSchedule",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
    "deserialize",
    "serialize",
]
