"""The reference's learning-rate schedules against Keras's own numbers."""

import pytest
from reference import schedules

STEPS = (0, 1, 3, 4, 7, 10)
RECORDED_DIGITS = 1e-10

# What Keras 3.15.1 gives at STEPS, in float64, to ten decimals.
KERAS = [
    (schedules.exponential_decay, (0.1, 3, 0.5),
     [0.1, 0.0793700526, 0.05, 0.0396850263, 0.0198425131, 0.0099212566]),
    (schedules.exponential_decay, (0.1, 3, 0.5, True), [0.1, 0.1, 0.05, 0.05, 0.025, 0.0125]),
    (schedules.inverse_time_decay, (0.1, 3, 0.5),
     [0.1, 0.0857142857, 0.0666666667, 0.06, 0.0461538462, 0.0375]),
    (schedules.inverse_time_decay, (0.1, 3, 0.5, True),
     [0.1, 0.1, 0.0666666667, 0.0666666667, 0.05, 0.04]),
    (schedules.piecewise_constant_decay, ([3, 7], [1.0, 0.5, 0.1]),
     [1.0, 1.0, 1.0, 0.5, 0.5, 0.1]),
    (schedules.polynomial_decay, (0.1, 5), [0.1, 0.08002, 0.04006, 0.02008, 0.0001, 0.0001]),
    (schedules.polynomial_decay, (0.1, 5, 0.01, 2.0, True),
     [0.1, 0.0676, 0.0244, 0.0136, 0.0181, 0.01]),
    (schedules.cosine_decay, (0.1, 7, 0.2),
     [0.1, 0.0960387547, 0.0689008374, 0.0510991626, 0.02, 0.02]),
    (schedules.cosine_decay, (0.1, 7, 0.2, 0.5, 4),
     [0.1, 0.2, 0.4, 0.5, 0.3445041868, 0.1198062264]),
    (schedules.cosine_decay_restarts, (0.1, 3, 2.0, 0.8, 0.1),
     [0.1, 0.0775, 0.082, 0.0771769145, 0.028, 0.0666186638]),
    (schedules.cosine_decay_restarts, (0.1, 4, 1.0, 0.8, 0.1),
     [0.1, 0.0868198052, 0.0231801948, 0.082, 0.0205441559, 0.0388]),
]  # fmt: skip


@pytest.mark.parametrize(("schedule", "arguments", "expected"), KERAS)
def test_schedule_is_keras(schedule, arguments, expected):
    rates = [schedule(step, *arguments) for step in STEPS]
    assert rates == pytest.approx(expected, rel=0, abs=RECORDED_DIGITS)
