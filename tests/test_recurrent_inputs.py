"""Pre-activations that the recurrent loop makes itself: the bits of a product made before."""

from __future__ import annotations

import numpy as np
import pytest
from recurrent_case import CELLS, Case

from sunhwan import _core


def with_inputs(case: Case, features: int, has_bias: bool) -> Case:
    """The case with inputs `(P, I)`, whose product is its `xp` now."""
    random = np.random.default_rng(features)
    steps = len(case.xp)
    values = random.standard_normal((steps, features)).astype(np.float32)
    kernel = random.standard_normal((features, case.columns)).astype(np.float32)
    kernel /= np.float32(np.sqrt(features))
    bias = random.standard_normal(case.columns).astype(np.float32) if has_bias else None
    _core.product(values, kernel, case.xp, bias=bias)
    case.inputs = values, kernel, bias
    return case


def check(case: Case) -> None:
    within = case.run()
    case.inputs = ()
    for name, array in case.run().items():
        np.testing.assert_array_equal(within[name], array, err_msg=name)


@pytest.mark.parametrize("features", [1, 2, 17, 64])
@pytest.mark.parametrize("units", [1, 7, 16, 33, 70])
@pytest.mark.parametrize("cell", CELLS)
def test_sizes(cell, units, features):
    case = Case(cell, units, [5, 4, 4, 2, 1, 0], initial_states=True, seed=units)
    check(with_inputs(case, features, has_bias=features != 2))


@pytest.mark.parametrize("options", [{"reverse": True}, {"hidden_mask": True}])
@pytest.mark.parametrize("cell", CELLS)
def test_options(cell, options):
    check(with_inputs(Case(cell, 19, [6, 5, 5, 1], **options), 9, has_bias=True))


@pytest.mark.parametrize("cell", CELLS)
def test_many_rows(cell):
    check(with_inputs(Case(cell, 130, [4] * 60 + [3] * 23), 28, has_bias=True))


def test_bad_arguments():
    def run(*inputs: np.ndarray | None, case: Case | None = None) -> None:
        case = case or Case("lstm", 4, [3, 2])
        case.inputs = inputs
        case.run()

    def floats(*shape: int) -> np.ndarray:
        return np.zeros(shape, np.float32)

    run(floats(5, 3), floats(3, 16), None)
    with pytest.raises(ValueError, match="xp, or inputs and input_kernel"):
        run(floats(5, 3), None, None)
    with pytest.raises(ValueError, match=r"inputs must have shape \(5, 3\), got \(4, 3\)"):
        run(floats(4, 3), floats(3, 16), None)
    with pytest.raises(ValueError, match="input_kernel must have shape"):
        run(floats(5, 3), floats(2, 16), None)
    with pytest.raises(ValueError, match="input_bias must have shape"):
        run(floats(5, 3), floats(3, 16), floats(15))
    with pytest.raises(ValueError, match="at least one column"):
        run(floats(5, 0), floats(0, 16), None)
    with pytest.raises(ValueError, match="xindex must be None"):
        run(floats(5, 3), floats(3, 16), None, case=Case("lstm", 4, [3, 2], tokens=2))
