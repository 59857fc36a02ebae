"""`timeseries_windows`: shapes, each window against its definition, bad input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sunhwan.preprocessing import timeseries_windows


def test_the_cosine_shapes():
    x, y = timeseries_windows(np.arange(361.0), lookback=10, horizon=1)
    assert x.shape == (351, 10, 1)
    assert y.shape == (351, 1)
    np.testing.assert_array_equal(x[350, :, 0], np.arange(350.0, 360.0))
    assert y[350, 0] == 360.0


@given(
    steps=st.integers(2, 40),
    lookback=st.integers(1, 12),
    horizon=st.integers(1, 5),
    stride=st.integers(1, 7),
    features=st.sampled_from([None, 1, 3]),
)
def test_every_window_is_the_slice_that_the_definition_names(
    steps, lookback, horizon, stride, features
):
    shape = (steps,) if features is None else (steps, features)
    series = np.random.default_rng(steps).normal(size=shape)
    if steps < lookback + horizon:
        with pytest.raises(ValueError, match=f"lookback \\+ horizon = {lookback + horizon} steps"):
            timeseries_windows(series, lookback, horizon, stride)
        return
    x, y = timeseries_windows(series, lookback, horizon, stride)
    starts = range(0, steps - lookback - horizon + 1, stride)
    assert x.shape == (len(starts), lookback, features or 1)
    assert y.shape == (len(starts), horizon, *shape[1:])
    for i, start in enumerate(starts):
        past = series[start : start + lookback]
        np.testing.assert_array_equal(x[i], past.reshape(lookback, -1))
        np.testing.assert_array_equal(y[i], series[start + lookback :][:horizon])


def test_windows_are_copies_of_the_dtype_that_came():
    series = np.arange(6, dtype=np.float32)
    x, y = timeseries_windows(series, 2)
    assert x.dtype == y.dtype == np.float32
    x[:] = -1.0
    y[:] = -1.0
    np.testing.assert_array_equal(series, np.arange(6))
    assert x.flags.c_contiguous
    assert y.flags.c_contiguous


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"lookback": 0}, ValueError, "lookback must be 1 or more, got 0"),
        ({"lookback": 2, "horizon": -1}, ValueError, "horizon must be 1 or more, got -1"),
        ({"lookback": 2, "stride": 0}, ValueError, "stride must be 1 or more, got 0"),
        ({"lookback": 2.0}, TypeError, "lookback must be an integer, got 2.0"),
        ({"lookback": True}, TypeError, "lookback must be an integer, got True"),
    ],
)
def test_bad_counts(arguments, error, message):
    with pytest.raises(error, match=message):
        timeseries_windows(np.zeros(9), **arguments)


@pytest.mark.parametrize("shape", [(), (4, 2, 2)])
def test_bad_rank(shape):
    with pytest.raises(ValueError, match="series must have the shape"):
        timeseries_windows(np.zeros(shape), 1)
