"""What the tests of recorded steps share."""

import sunhwan as sh
from sunhwan import layers
from sunhwan._engine.recorded import Recorded

ROWS, STEPS, FEATURES = 7, 9, 3


def recordings_of(model):
    return [r for r in model.stepper()._recorder._known.values() if type(r) is Recorded]


def make(stack, seed=3, **compiled):
    sh.utils.set_random_seed(seed)
    model = sh.Sequential([layers.Input((STEPS, FEATURES)), *stack()])
    arguments = {"optimizer": "adam", "loss": "mse", "metrics": ["mae"]}
    model.compile(**{**arguments, **compiled})
    return model
