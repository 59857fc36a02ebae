"""What optimizers remember: the slots of frozen variables, of a restored one, of a copy."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from optimizers_case import VARIANTS, block_of, name_of, step, variables

from sunhwan import optimizers


@pytest.mark.parametrize(("name", "options"), VARIANTS, ids=name_of)
def test_frozen_variables_and_their_slots_stay(name, options):
    rng = np.random.default_rng(2)
    block, optimizer = block_of(variables(rng)), type(optimizers.get(name))(**options)
    optimizer.build(block.ranges)
    before = block.values.copy()
    slots = {key: slot.copy() for key, slot in optimizer.slots.items()}
    for index in (0, 3):
        block.ranges[index].variable.trainable = False
    for _ in range(3):
        step(optimizer, block, variables(rng))
    for index, entry in enumerate(block.ranges):
        span = slice(entry.start, entry.stop)
        same = np.array_equal(block.values[span], before[span])
        assert same == (index in (0, 3))
        for key, slot in slots.items():
            assert np.array_equal(optimizer.slots[key][span], slot[span]) == (index in (0, 3))


@pytest.mark.parametrize(("name", "options"), VARIANTS, ids=name_of)
def test_frozen_variables_do_not_count_in_the_global_norm(name, options):
    rng = np.random.default_rng(3)
    arrays, gradients = variables(rng), variables(rng)
    options = {**options, "global_clipnorm": 0.5}
    block = block_of(arrays)
    block.ranges[3].variable.trainable = False
    step(type(optimizers.get(name))(**options), block, gradients)
    fewer = block_of(arrays[:3] + arrays[4:])
    step(type(optimizers.get(name))(**options), fewer, gradients[:3] + gradients[4:])
    kept = [entry.variable.value for i, entry in enumerate(block.ranges) if i != 3]
    for value, entry in zip(kept, fewer.ranges, strict=True):
        np.testing.assert_array_equal(value, entry.variable.value)


@pytest.mark.parametrize(("name", "options"), VARIANTS, ids=name_of)
def test_the_same_bits_on_any_number_of_threads(name, options, threads):
    results = set()
    for count in (1, 2, 3):
        threads(count)
        rng = np.random.default_rng(4)
        block = block_of(variables(rng, [(30_001,), (250, 99)]))
        optimizer = type(optimizers.get(name))(**{**options, "global_clipnorm": 3.0})
        for _ in range(2):
            step(optimizer, block, variables(rng, [(30_001,), (250, 99)]))
        results.add(block.values.tobytes())
    assert len(results) == 1


@pytest.mark.parametrize("steps", [1, 4])
@pytest.mark.parametrize("added", [{}, {"use_ema": True}, {"gradient_accumulation_steps": 3}])
@pytest.mark.parametrize(("name", "options"), VARIANTS, ids=name_of)
def test_a_restored_optimizer_goes_on_with_the_same_bits(name, options, added, steps):
    rng = np.random.default_rng(5)
    cls, options = type(optimizers.get(name)), {**options, **added}
    block, optimizer = block_of(variables(rng)), cls(**options)
    for _ in range(steps):
        step(optimizer, block, variables(rng))
    other = block_of([entry.variable.value for entry in block.ranges])
    again = optimizers.deserialize(optimizers.serialize(optimizer))
    slots = {key: slot.copy() for key, slot in optimizer.slots.items()}
    again.restore(other.ranges, slots, optimizer.state_numbers())
    assert again.iterations == optimizer.iterations
    for _ in range(3):
        gradients = variables(rng)
        step(optimizer, block, gradients)
        step(again, other, gradients)
    np.testing.assert_array_equal(block.values, other.values)
    optimizer.finalize(block.values)
    again.finalize(other.values)
    np.testing.assert_array_equal(block.values, other.values)


def test_restoring_the_wrong_slots():
    block = block_of([np.ones(3, np.float32)])
    optimizer = optimizers.Adam()
    with pytest.raises(ValueError, match=r"adam.* has the slots .*'velocity'\], got \[\]"):
        optimizer.restore(block.ranges, {}, {"calls": 1})
    slots = dict.fromkeys(("momentum", "velocity"), np.zeros(2, np.float32))
    with pytest.raises(ValueError, match=r"must have the shape \(3,\), got \(2,\)"):
        optimizer.restore(block.ranges, slots, {"calls": 1})


def test_a_copy_steps_on_its_own_arrays():
    optimizer, w = optimizers.Adam(0.1), np.ones(3, np.float32)
    for _ in range(2):
        optimizer.apply_gradients([(np.ones(3), w)])
    twin = copy.deepcopy(optimizer)
    optimizer.apply_gradients([(np.ones(3), w)])
    values = twin._variables.values
    twin.apply(values, np.ones(3, np.float32), twin._variables.ranges)
    np.testing.assert_array_equal(values, w)
    for name, slot in optimizer.slots.items():
        np.testing.assert_array_equal(twin.slots[name], slot)
