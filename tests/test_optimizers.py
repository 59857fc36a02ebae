"""Optimizers against the float64 reference, on blocks and on arrays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from optimizers_case import SHAPES, VARIANTS, block_of, name_of, step, variables
from reference.optimizers import OPTIMIZERS as REFERENCE

from sunhwan import optimizers

# Twenty steps of some ten roundings each, on parameters and updates of about 1.
TOLERANCE = 2e-5
STEPS = 20
PREPARATIONS = [
    {},
    {"clipnorm": 0.7},
    {"clipvalue": 0.3},
    {"global_clipnorm": 1.5},
    {"weight_decay": 0.2},
    {"weight_decay": 0.2, "clipnorm": 0.7},
    {"clipnorm": 1e6},
]


@pytest.mark.parametrize("added", PREPARATIONS, ids=name_of)
@pytest.mark.parametrize(("name", "options"), VARIANTS, ids=name_of)
def test_steps_are_the_reference_s(name, options, added):
    rng = np.random.default_rng(1)
    options = {**options, **added}
    arrays = variables(rng)
    block, optimizer = block_of(arrays), type(optimizers.get(name))(**options)
    reference = REFERENCE[name](**options)
    expected = [array.astype(np.float64) for array in arrays]
    for number in range(STEPS):
        gradients = variables(rng)
        if number == 3:
            gradients[2][...] = 0.0
        step(optimizer, block, gradients)
        expected = reference.step(expected, [g.astype(np.float64) for g in gradients])
        for entry, array in zip(block.ranges, expected, strict=True):
            np.testing.assert_allclose(
                entry.variable.value, array, rtol=TOLERANCE, atol=TOLERANCE, err_msg=str(number)
            )
    assert optimizer.iterations == STEPS
    for slot in optimizer.slots.values():
        assert slot.shape == (block.ranges[-1].stop,)
        assert slot.dtype == np.float32


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(VARIANTS),
    st.lists(st.integers(1, 70), min_size=1, max_size=6),
    st.integers(0, 2**32 - 1),
)
def test_any_sizes(variant, sizes, seed):
    name, options = variant
    rng = np.random.default_rng(seed)
    arrays = variables(rng, [(size,) for size in sizes])
    block, optimizer = block_of(arrays), type(optimizers.get(name))(**options)
    reference = REFERENCE[name](**options)
    expected = [array.astype(np.float64) for array in arrays]
    for _ in range(3):
        gradients = variables(rng, [(size,) for size in sizes])
        step(optimizer, block, gradients)
        expected = reference.step(expected, [g.astype(np.float64) for g in gradients])
    for entry, array in zip(block.ranges, expected, strict=True):
        np.testing.assert_allclose(entry.variable.value, array, rtol=TOLERANCE, atol=TOLERANCE)
    between = np.ones(block.values.size, bool)
    for entry in block.ranges:
        between[entry.start : entry.stop] = False
    assert (block.values[between] == 0).all()


@pytest.mark.parametrize("every", [None, 3])
def test_moving_averages(every):
    rng = np.random.default_rng(6)
    block = block_of(variables(rng))
    optimizer = optimizers.SGD(0.1, use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=every)
    average = None
    values = block.values.astype(np.float64)
    for number in range(1, 8):
        gradients = variables(rng)
        step(optimizer, block, gradients)
        values -= 0.1 * block.gradients.astype(np.float64)
        average = values.copy() if average is None else 0.8 * average + 0.2 * values
        if every and number % every == 0:
            values = average.copy()
        np.testing.assert_allclose(block.values, values, atol=TOLERANCE)
    optimizer.finalize(block.values)
    np.testing.assert_allclose(block.values, average, atol=TOLERANCE)


def test_no_averages_nothing_to_finalize():
    block = block_of([np.ones(3, np.float32)])
    optimizer = optimizers.SGD(0.1)
    step(optimizer, block, [np.ones(3)])
    before = block.values.copy()
    optimizer.finalize(block.values)
    np.testing.assert_array_equal(block.values, before)


@pytest.mark.parametrize(("name", "options"), VARIANTS, ids=name_of)
def test_accumulated_gradients_are_their_mean(name, options):
    rng = np.random.default_rng(7)
    arrays = variables(rng)
    block, plain = block_of(arrays), block_of(arrays)
    cls = type(optimizers.get(name))
    collecting, one = cls(**options, gradient_accumulation_steps=3), cls(**options)
    for _ in range(4):
        total = [np.zeros(shape) for shape in SHAPES]
        for _ in range(3):
            gradients = variables(rng)
            total = [t + g for t, g in zip(total, gradients, strict=True)]
            step(collecting, block, gradients)
        step(one, plain, [t / 3 for t in total])
        np.testing.assert_allclose(block.values, plain.values, atol=TOLERANCE, rtol=TOLERANCE)
    assert collecting.iterations == one.iterations == 4


def test_weight_decay_passes_over_what_is_excluded():
    arrays = [np.ones(4, np.float32) for _ in range(3)]
    block = block_of(arrays)
    optimizer = optimizers.AdamW(0.5, weight_decay=0.2)
    optimizer.exclude_from_weight_decay([block.ranges[0].variable], ["v2$"])
    step(optimizer, block, [np.zeros(4)] * 3)
    ends = [float(entry.variable.value[0]) for entry in block.ranges]
    np.testing.assert_allclose(ends, [1.0, 0.9, 1.0], rtol=1e-6)


@pytest.mark.parametrize("clip", ["clipnorm", "global_clipnorm"])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_norm_that_is_not_finite_shows(clip, bad):
    block = block_of([np.ones(4, np.float32)])
    step(optimizers.SGD(0.1, **{clip: 1.0}), block, [np.array([1.0, bad, 0.0, 0.0])])
    assert np.isnan(block.ranges[0].variable.value).all()


@pytest.mark.parametrize("name", ["sgd", "adam", "rmsprop"])
def test_learning_rates_change_while_training(name):
    cls, reference = type(optimizers.get(name)), REFERENCE[name]
    rng = np.random.default_rng(8)
    arrays = variables(rng)
    rates = [0.1, 0.1, 0.02, 0.3]
    block, optimizer = block_of(arrays), cls(0.1)
    scheduled = block_of(arrays)
    schedule = optimizers.schedules.PiecewiseConstantDecay([1, 2], [0.1, 0.02, 0.3])
    with_schedule, called = cls(schedule), block_of(arrays)
    current = iter(rates)
    with_function = cls(lambda: next(current))
    expected, exact = [a.astype(np.float64) for a in arrays], reference(lambda i: rates[i])
    for rate in rates:
        optimizer.learning_rate = rate
        assert optimizer.learning_rate == rate
        assert with_schedule.learning_rate == rate
        gradients = variables(rng)
        step(optimizer, block, gradients)
        step(with_schedule, scheduled, gradients)
        step(with_function, called, gradients)
        expected = exact.step(expected, [g.astype(np.float64) for g in gradients])
    np.testing.assert_array_equal(block.values, scheduled.values)
    np.testing.assert_array_equal(block.values, called.values)
    for entry, array in zip(block.ranges, expected, strict=True):
        np.testing.assert_allclose(entry.variable.value, array, rtol=TOLERANCE, atol=TOLERANCE)
    with pytest.raises(TypeError, match="follows PiecewiseConstantDecay"):
        with_schedule.learning_rate = 0.1
    with_schedule.learning_rate = schedule
    optimizer.learning_rate = lambda: 0.25
    assert optimizer.learning_rate == 0.25
