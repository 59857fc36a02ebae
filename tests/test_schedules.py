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
    schedules.Warmup(0.1, 8, 0.02),
    schedules.OneCycle(0.1, 40, 0.4, 8.0, 50.0),
    schedules.Warmup(schedules.ExponentialDecay(0.1, 7, 0.6), 5),
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
        reference.warmup(step, 0.1, 8, 0.02),
        reference.one_cycle(step, 0.1, 40, 0.4, 8.0, 50.0),
    ]
    rates = [schedule(step) for schedule in ALL[: len(expected)]]
    assert rates == pytest.approx(expected, rel=TOLERANCE)


# What PyTorch 2.13's OneCycleLR(max_lr=0.2, total_steps=17, pct_start=0.45, div_factor=10,
# final_div_factor=100, cycle_momentum=False) gives at each step.
ONE_CYCLE = [
    0.0200000000, 0.0298577254, 0.0572714628, 0.0962359433, 0.1382155859, 0.1740143063,
    0.1957900165, 0.1993100025, 0.1898976984, 0.1704426581, 0.1431206817, 0.1109873864,
    0.0776364748, 0.0467978242, 0.0219203474, 0.0057862754, 0.0002000000,
]  # fmt: skip


def test_one_cycle_is_pytorch_s():
    schedule = schedules.OneCycle(0.2, 17, 0.45, 10, 100)
    rates = [schedule(step) for step in range(17)]
    assert rates == pytest.approx(ONE_CYCLE, rel=0, abs=1e-10)
    assert schedule(18) == schedule(16)


@pytest.mark.parametrize("total", [1, 2, 3])
@pytest.mark.parametrize("share", [0, 0.3, 1])
def test_a_cycle_of_few_steps_ends_low(total, share):
    schedule = schedules.OneCycle(0.2, total, share)
    assert all(0 < schedule(step) <= 0.2 for step in range(total))
    assert schedule(total) == pytest.approx(0.2 / 25 / 1e4, rel=TOLERANCE)


def test_a_schedule_follows_a_warm_up_from_its_beginning():
    after = schedules.ExponentialDecay(0.1, 7, 0.6)
    schedule = schedules.Warmup(after, 5)
    assert [schedule(step) for step in range(5, 30)] == [after(step) for step in range(25)]
    assert schedule(4) == pytest.approx(0.08, rel=TOLERANCE)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: schedules.Warmup(lambda step: 0.1, 3), "schedule must be a number of zero or mo"),
        (lambda: schedules.Warmup(0.1, 0), "warmup_steps must be a number above 0, got 0"),
        (lambda: schedules.OneCycle(-0.1, 9), "max_learning_rate must be a number of zero or"),
        (lambda: schedules.OneCycle(0.1, "9"), "total_steps must be a number above 0, got '9'"),
        (lambda: schedules.OneCycle(0.1, 9, 1.5), "warmup_share must be a number from 0 to 1"),
        (lambda: schedules.OneCycle(0.1, 9, div_factor=0), "div_factor must be a positive number"),
    ],
)
def test_wrong_arguments_are_named(make, words):
    with pytest.raises(ValueError, match=words):
        make()


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
