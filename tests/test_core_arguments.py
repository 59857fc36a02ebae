"""Native functions refuse what does not fit: none ends the process or leaves its arrays."""

import numpy as np
import pytest
from core_calls import CALLS, floats, whole

from sunhwan import _core

# What takes no arrays, and is tested where it is used.
_OTHERS = {"isa", "num_threads", "set_num_threads", "counters", "control_group_quota"}
# Functions that take numbers of any kind, and say no in other ways.
_OF_ANY_KIND = {"copy_checked", "take_runs"}

_NUMBERS = [-1, 0, 2**31, 2**62, -(2**63), float("nan"), float("inf"), "x", None]


def changed_arrays(array):
    """The array in other forms, and whether these must be refused as of a wrong type."""
    yield array.astype(np.float64 if array.dtype == np.float32 else np.int16), True
    yield array.astype(array.dtype.newbyteorder()), True
    if array.shape[-1] > 1:
        yield np.repeat(array, 2, axis=-1)[..., ::2], True  # not contiguous
    yield array.tolist(), True
    for axis in range(array.ndim):
        yield np.concatenate([array, array.take([0], axis)], axis), False
        yield array.take(range(1, array.shape[axis]), axis), False
        yield array.take([], axis), False
    yield array[None], False
    if array.dtype != np.float32:
        limits = np.iinfo(array.dtype)
        for number in (-1, 1, limits.min, limits.min + 1, limits.max, 2**30):
            yield np.full_like(array, number), False
            last = array.copy()
            last.flat[-1] = number
            yield last, False


def outcome(name, given):
    """The error that a call ends with, `None` if it is made; no other error may come."""
    try:
        getattr(_core, name)(**given)
    except (TypeError, ValueError) as error:
        return type(error)


def test_each_function_has_a_call():
    functions = {name for name in dir(_core) if type(getattr(_core, name)).__name__ == "nb_func"}
    assert functions - _OTHERS == set(CALLS)


@pytest.mark.parametrize("name", CALLS)
def test_the_call_is_made(name):
    assert outcome(name, CALLS[name]()) is None


@pytest.mark.parametrize("name", CALLS)
def test_other_arguments_are_taken_or_refused(name):
    for argument, value in CALLS[name]().items():
        others = [(None, False), ("x", not isinstance(value, str))]
        if isinstance(value, np.ndarray):
            others += changed_arrays(value)
        elif isinstance(value, (int, float)):
            others += [(number, False) for number in _NUMBERS]
        for other, is_wrong_type in others:
            error = outcome(name, {**CALLS[name](), argument: other})
            if is_wrong_type and name not in _OF_ANY_KIND:
                assert error is TypeError, (argument, other)


@pytest.mark.parametrize("name", CALLS)
def test_all_arrays_at_once_may_be_small(name):
    for size in (0, 1):
        given = CALLS[name]()
        for key, value in given.items():
            if isinstance(value, np.ndarray):
                given[key] = value[(slice(size),) * value.ndim].copy()
        outcome(name, given)


@pytest.mark.parametrize("name", CALLS)
def test_what_is_written_may_not_be_read_only(name):
    given = CALLS[name]()
    before = {key: value.copy() for key, value in given.items() if isinstance(value, np.ndarray)}
    getattr(_core, name)(**given)
    for key, value in before.items():
        if not np.array_equal(value, given[key], equal_nan=True):
            fixed = CALLS[name]()
            fixed[key].flags.writeable = False
            assert outcome(name, fixed) is TypeError, key


def test_the_search_refuses_what_does_not_fit():
    def search(**changes):
        given = {
            "prefixes": [[1], [2, 3]], "slots": 2, "beams": 2, "stop": 0, "most": 3,
            "length_penalty": 1.0, "draws": False, "top_k": 0, "top_p": 1.0, "seed": 0,
        }  # fmt: skip
        return _core.Search(**{**given, **changes})

    for changes in (
        {"prefixes": []},
        {"prefixes": [[], [1]]},
        {"slots": 0},
        {"slots": 3},
        {"beams": 0},
        {"most": 0},
    ):
        with pytest.raises(ValueError, match=r"must|empty"):
            search(**changes)
    with pytest.raises(TypeError):
        search(prefixes=[[2**31]])
    for source in (-1, 2, 2**62):
        with pytest.raises(ValueError, match=r"source must be in \[0, 2\), got"):
            search().found(source)
    for changes in (
        {"scores": floats(3, 5)},
        {"scores": floats(4, 0)},
        {"ids": whole(0, 0)},
        {"parents": whole(0)},
    ):
        given = {"scores": floats(4, 5), "ids": whole(*[0] * 4), "parents": whole(*[0] * 4)}
        with pytest.raises(ValueError, match=r"must have shape|no scores"):
            search().advance(**{**given, **changes})
