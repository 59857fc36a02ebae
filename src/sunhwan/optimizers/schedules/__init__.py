"""Learning rates that change from step to step: Keras's, and `Warmup` and `OneCycle`."""

from sunhwan._engine.absent import absent_names
from sunhwan._engine.registry import deserializer, serialize
from sunhwan.optimizers.schedules.cosine import CosineDecay, CosineDecayRestarts
from sunhwan.optimizers.schedules.decay import (
    ExponentialDecay,
    InverseTimeDecay,
    PiecewiseConstantDecay,
    PolynomialDecay,
)
from sunhwan.optimizers.schedules.one_cycle import OneCycle
from sunhwan.optimizers.schedules.schedule import SCHEDULES, LearningRateSchedule
from sunhwan.optimizers.schedules.warmup import Warmup

deserialize = deserializer(SCHEDULES)

__all__ = [
    "CosineDecay",
    "CosineDecayRestarts",
    "ExponentialDecay",
    "InverseTimeDecay",
    "LearningRateSchedule",
    "OneCycle",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
    "Warmup",
    "deserialize",
    "serialize",
]

__getattr__ = absent_names(__name__, __all__)
