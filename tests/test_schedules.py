"""Learning-rate schedules against Keras's recorded rates and the float64 reference."""

from __future__ import annotations

import pytest
from golden.fixture import load
from reference import schedules as reference

from sunhwan.optimizers import schedules

KERAS_TOLERANCE = 1e-6  # of the first rate, 0.1 or so: Keras computes rates in float32
TOLERANCE = 1e-12
STEPS = [0, 1, 2, 6, 7, 8, 14, 15, 30, 31, 100, 1000, 12345]
ALL = [
    schedules.ExponentialDecay(0.1, 7, 0.6),
    schedules.ExponentialDecay(0.1, 7, 0.6, staircase=True),
    schedules.InverseTimeDecay(0.1, 4, 0.5),
    schedules.InverseTimeDecay(0.1, 4, 0.5, staircase=True),
    schedules.PiecewiseConstantDecay([3, 8, 20], [0.1, 0.05, 0.02, 0.01]),
    schedules.PolynomialDecay(0.1, 15, power=2.0),
    schedules.PolynomialDecay(0.1, 15, 0.03, 0.5, cycle=True),
    schedules.CosineDecay(0.1, 15, 0.1),
    schedules.CosineDecay(0.1, 15, 0.1, warmup_target=0.3, warmup_steps=6),
    schedules.CosineDecayRestarts(0.1, 5),
    schedules.CosineDecayRestarts(0.1, 7, 1.5, 0.8, 0.05),
    schedules.CosineDecayRestarts(0.1, 5, 1.0, 0.9),
]


@pytest.mark.parametrize("case", load("schedules"), ids=lambda case: case.name)
def test_rates_are_keras_s(case):
    schedule = getattr(schedules, case.about["schedule"])(**case.about["arguments"])
    rates = [schedule(step) for step in range(len(case.about["values"]))]
    assert rates == pytest.approx(case.about["values"], rel=0, abs=0.1 * KERAS_TOLERANCE)


@pytest.mark.parametrize("step", STEPS)
def test_rates_are_the_reference_s(step):
    expected = [
        reference.exponential_decay(step, 0.1, 7, 0.6),
        reference.exponential_decay(step, 0.1, 7, 0.6, True),
        reference.inverse_time_decay(step, 0.1, 4, 0.5),
        reference.inverse_time_decay(step, 0.1, 4, 0.5, True),
        reference.piecewise_constant_decay(step, [3, 8, 20], [0.1, 0.05, 0.02, 0.01]),
        reference.polynomial_decay(step, 0.1, 15, power=2.0),
        reference.polynomial_decay(step, 0.1, 15, 0.03, 0.5, True),
        reference.cosine_decay(step, 0.1, 15, 0.1),
        reference.cosine_decay(step, 0.1, 15, 0.1, 0.3, 6),
    ]
    rates = [schedule(step) for schedule in ALL[: len(expected)]]
    assert rates == pytest.approx(expected, rel=TOLERANCE)


def test_restarts_start_again_at_whole_lengths():
    schedule = schedules.CosineDecayRestarts(0.1, 5, t_mul=2.0, m_mul=0.5)
    for restart, step in enumerate([0, 5, 15, 35, 75]):
        assert schedule(step) == pytest.approx(0.1 * 0.5**restart, rel=TOLERANCE)
        middle = step + 5 * 2**restart / 2
        assert schedule(middle) == pytest.approx(0.05 * 0.5**restart, rel=TOLERANCE)


@pytest.mark.parametrize("schedule", ALL, ids=repr)
def test_configs_round_trip(schedule):
    again = schedules.deserialize(schedules.serialize(schedule))
    assert type(again) is type(schedule)
    assert again.get_config() == schedule.get_config()
    assert [again(step) for step in STEPS] == [schedule(step) for step in STEPS]


def test_a_schedule_of_the_user_s():
    class Half(schedules.LearningRateSchedule):
        def __init__(self, start):
            self.start = start

        def __call__(self, step):
            return self.start * 0.5**step

    again = schedules.deserialize(schedules.serialize(Half(0.4)), {"Half": Half})
    assert again(2) == 0.1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: schedules.ExponentialDecay(0.1, 0, 0.5), "decay_steps must be a number above 0"),
        (lambda: schedules.CosineDecayRestarts(0.1, -1), "first_decay_steps must be .*, got -1"),
        (lambda: schedules.CosineDecayRestarts(0.1, 1, 0.5), "t_mul must be a number of 1 or more"),
        (lambda: schedules.PiecewiseConstantDecay([1], [0.1]), "values must be one more than"),
        (lambda: schedules.PiecewiseConstantDecay([2, 1], [1, 2, 3]), r"must rise, got \[2, 1\]"),
    ],
)
def test_bad_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()
