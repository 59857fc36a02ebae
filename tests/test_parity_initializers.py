"""Initializers against Keras: moments and limits of a large draw."""

import numpy as np
import pytest
from golden.fixture import load

from sunhwan import initializers

ERRORS = 5.0  # of two draws, in standard errors
LARGEST = 5.0  # a normal draw reaches about this many standard deviations


@pytest.mark.parametrize("case", load("initializers"), ids=lambda case: case.name)
def test_moments(case):
    about = case.about
    arguments = dict(about["arguments"])
    if "seed" in initializers.RandomNormal().get_config() and about["stddev"]:
        arguments |= {} if about["initializer"] in ("Identity", "Constant") else {"seed": 5}
    values = getattr(initializers, about["initializer"])(**arguments)(tuple(about["shape"]))
    assert values.dtype == np.float32
    assert values.shape == tuple(about["shape"])
    values = values.astype(float)
    error = about["standard_error"]
    assert abs(values.mean() - about["mean"]) <= ERRORS * np.sqrt(2) * error
    # The error of a standard deviation is about that of the mean over sqrt(2).
    assert abs(values.std() - about["stddev"]) <= ERRORS * error
    bounded = about["initializer"] not in ("RandomNormal", "Orthogonal") and (
        about["arguments"].get("distribution") != "untruncated_normal"
    )
    if bounded:  # the limits are reached closely, and the same
        reach = about["greatest"] - about["least"]
        assert abs(values.min() - about["least"]) <= 1e-3 * reach
        assert abs(values.max() - about["greatest"]) <= 1e-3 * reach
    else:
        assert np.abs(values - values.mean()).max() <= LARGEST * values.std()


@pytest.mark.parametrize("case", load("initializers"), ids=lambda case: case.name)
def test_orthogonal_is_one_matrix(case):
    if case.about["initializer"] != "Orthogonal":
        return
    shape = tuple(case.about["shape"])
    gain = case.about["arguments"]["gain"]
    w = initializers.Orthogonal(gain, seed=3)(shape).astype(float).reshape(-1, shape[-1])
    w = w if w.shape[0] >= w.shape[1] else w.T
    np.testing.assert_allclose(w.T @ w, gain**2 * np.eye(w.shape[1]), atol=2e-5)
