"""How far back a gradient comes, and how it grows: from norms that are known."""

import numpy as np
import pytest

from sunhwan._engine.layout import Layout
from sunhwan.doctor.way_back import WayBack

STEPS, UNITS, ROWS = 12, 5, 3


def gradients(factors, outside, reverse=False):
    """Each step's gradient, `factors` times the next one's and what comes from outside."""
    given = outside[::-1] if reverse else outside
    whole = np.zeros((STEPS, UNITS))
    before = np.zeros(UNITS)
    for back in range(STEPS):
        before = whole[STEPS - 1 - back] = factors[back] * before + given[STEPS - 1 - back]
    return (whole[::-1] if reverse else whole).astype(np.float32)


def way_back(whole, outside=None, reverse=False):
    rows = [np.tile(array, (ROWS, 1)) for array in (whole, outside) if array is not None]
    way = WayBack()
    way.add(Layout.dense(ROWS, STEPS), {"state": rows[0]}, *rows[1:], reverse=reverse)
    return way.reach


def test_a_gradient_that_comes_in_at_the_last_step():
    outside = np.zeros((STEPS, UNITS))
    outside[-1] = 1
    reach = way_back(gradients(np.full(STEPS, 0.5), outside))
    assert (reach.steps, reach.length, reach.growth, reach.at) == (7, STEPS, 1, 0)
    factors = np.where(np.arange(STEPS) < 6, 3, 0.5)
    reach = way_back(gradients(factors, outside))
    assert (reach.steps, reach.growth, reach.at) == (STEPS, pytest.approx(3**5), 5)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("factor", [0.3, 1.0, 2.0])
def test_what_comes_from_outside_is_no_growth(factor, reverse):
    outside = np.random.default_rng(0).normal(size=(STEPS, UNITS)).astype(np.float32)
    last = 0 if reverse else -1
    outside[last] *= 1e-4
    whole = gradients(np.full(STEPS, factor), outside, reverse)
    reach = way_back(whole, outside, reverse)
    assert reach.growth == pytest.approx(max(1, factor ** (STEPS - 1)), rel=0.02)
    assert reach.steps == STEPS
    assert way_back(whole, None, reverse).growth > 1000


def test_a_rest_that_rounding_left_is_no_growth():
    outside = np.ones((STEPS, UNITS), np.float32)
    outside[-1] = 1e-12
    whole = outside.copy()
    whole[:-1] *= 1 + 1e-7
    assert way_back(whole, outside).growth == 1


def test_rows_of_other_lengths_join():
    way = WayBack("LSTM")
    for steps in (3, 7):
        outside = np.zeros((steps, UNITS), np.float32)
        outside[-1] = 1
        state = np.cumprod(np.full((steps, UNITS), 2.0, np.float32), axis=0)[::-1] / 2
        way.add(Layout.dense(1, steps), {"state": np.ascontiguousarray(state)}, outside)
    reach = way.reach
    assert (reach.length, reach.growth, reach.at, reach.kind) == (7, pytest.approx(64), 6, "LSTM")


def test_no_gradient_at_all():
    assert WayBack().reach is None
    assert way_back(np.zeros((STEPS, UNITS), np.float32)) is None
    broken = np.ones((STEPS, UNITS), np.float32)
    broken[2] = np.inf
    assert way_back(broken, broken) is None
