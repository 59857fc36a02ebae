"""`directional_check` accepts right gradients and rejects wrong ones."""

import numpy as np
import pytest
from reference.check import directional_check


def value(a, b):
    return float((np.sin(a) @ b).sum())


def right(a, b):
    return {"a": np.cos(a) * b.sum(axis=1), "b": np.repeat(np.sin(a).sum(axis=0)[:, None], 2, 1)}


@pytest.fixture
def arrays():
    random = np.random.default_rng(3)
    return {"a": random.standard_normal((7, 9)), "b": random.standard_normal((9, 2))}


def test_accepts_the_right_gradient(arrays):
    directional_check(value, right, arrays, seed=1)


def test_rejects_one_wrong_entry(arrays):
    def wrong(a, b):
        gradients = right(a, b)
        gradients["b"][8, 1] += 1e-4
        return gradients

    with pytest.raises(AssertionError, match="gradient of 'b' must give the slope"):
        directional_check(value, wrong, arrays, seed=1)


def test_rejects_a_wrong_shape(arrays):
    def wrong(a, b):
        return {**right(a, b), "a": np.zeros((9, 7))}

    with pytest.raises(AssertionError, match=r"'a' must have its shape \(7, 9\), got \(9, 7\)"):
        directional_check(value, wrong, arrays, seed=1)


def test_rejects_a_missing_gradient(arrays):
    with pytest.raises(AssertionError, match="must have an entry for 'a'"):
        directional_check(value, lambda a, b: {"b": right(a, b)["b"]}, arrays, seed=1)
