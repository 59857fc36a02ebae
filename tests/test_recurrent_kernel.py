"""The native recurrent loop against the float64 reference: outputs and every gradient."""

from __future__ import annotations

import math

import numpy as np
import pytest
from recurrent_case import ACTIVATIONS, CELLS, Case
from reference import assert_close

from sunhwan import _core

# Sums of some hundred terms of about 1 in float32, carried through at most 9 steps.
TOLERANCE = 2e-5
UNITS = (1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 128)


def check(case: Case, tolerance: float = TOLERANCE) -> None:
    actual, expected = case.run(), case.expected()
    assert actual.keys() == expected.keys()
    for name, array in actual.items():
        try:
            assert_close(array, expected[name], tolerance)
        except AssertionError as error:
            raise AssertionError(f"{name} of {case.cell}, {case.units} units: {error}") from None


def bits_equal(actual: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> None:
    for name, array in actual.items():
        np.testing.assert_array_equal(array, expected[name], err_msg=name)


@pytest.mark.parametrize("units", UNITS)
@pytest.mark.parametrize("cell", CELLS)
def test_sizes(cell, units):
    check(Case(cell, units, [5, 4, 4, 2, 1, 0], initial_states=True, seed=units))


@pytest.mark.parametrize("rows", [1, 2, 3, 7, 8, 9, 17, 21])
@pytest.mark.parametrize("cell", CELLS)
def test_numbers_of_rows(cell, rows):
    lengths = sorted(np.random.default_rng(rows).integers(0, 7, rows).tolist(), reverse=True)
    check(Case(cell, 19, lengths, seed=rows))
    check(Case(cell, 66, [3] * rows, initial_states=True, seed=rows))


@pytest.mark.parametrize("units", [7, 16, 33])
@pytest.mark.parametrize("hidden_mask", [False, True])
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("initial_states", [False, True])
@pytest.mark.parametrize("tokens", [0, 3])
@pytest.mark.parametrize("cell", CELLS)
def test_options(cell, units, hidden_mask, reverse, initial_states, tokens):
    check(
        Case(
            cell, units, [6, 6, 3, 3, 1, 0, 0], reverse=reverse, hidden_mask=hidden_mask,
            initial_states=initial_states, tokens=tokens, seed=units,
        )
    )  # fmt: skip


@pytest.mark.parametrize("function", ACTIVATIONS)
@pytest.mark.parametrize(
    ("cell", "name"),
    [(cell, "activation") for cell in CELLS]
    + [(cell, "recurrent_activation") for cell in CELLS if cell != "simple_rnn"],
)
def test_activations(cell, name, function):
    # An exponential state grows beyond what float32 can follow unless it begins small.
    scale = 0.2 if function == "exponential" else 0.5
    check(
        Case(cell, 18, [4, 3, 3, 1], scale=scale, initial_states=True, seed=1, **{name: function})
    )


@pytest.mark.parametrize("cell", CELLS)
def test_two_other_activations(cell):
    check(Case(cell, 9, [4, 2], activation="gelu", recurrent_activation="silu", scale=0.5))


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("lengths", [[], [0], [0, 0, 0]])
def test_no_steps(cell, lengths):
    case = Case(cell, 5, lengths, initial_states=True)
    results = case.run()
    np.testing.assert_array_equal(results["last_h"], case.h0)
    np.testing.assert_array_equal(results["dh0"], case.dlast_h)
    np.testing.assert_array_equal(results["dkernel"], 0.0)
    assert results["out"].shape == (0, 5)


@pytest.mark.parametrize("reverse", [False, True])
def test_gradient_of_each_steps_c(reverse):
    """dc of step t is the gradient of the last c of the rows cut after t."""
    case = Case("lstm", 6, [4, 4, 2], reverse=reverse, initial_states=True)
    without = case.run()
    case.dc = np.random.default_rng(1).standard_normal(case.dout.shape).astype(np.float32)
    with_dc = case.run()

    own = case.own_steps()
    forward, backward, options = case.reference()
    x, dc = case.padded(case.xp), np.nan_to_num(case.padded(case.dc))
    expected = np.zeros_like(x)
    for t in range(own.shape[1]):
        cut = own.copy()
        cut[:, t + 1 :] = False
        if reverse:
            cut = own.copy()
            cut[:, :t] = False
        _, cache = forward(x, mask=cut, **options)
        # Rows that are over before t do not end there.
        d_c = np.where(own[:, t, None], dc[:, t], 0.0)
        expected += backward(cache, d_states=[np.zeros_like(d_c), d_c]).dx
    assert_close(with_dc["dxp"] - without["dxp"], expected[own], TOLERANCE)


@pytest.mark.parametrize("units", [5, 32, 70])
@pytest.mark.parametrize("cell", CELLS)
def test_a_rows_bits_do_not_depend_on_the_batch(cell, units):
    lengths = [9] * 11 + [7, 7, 5, 1, 0]
    case = Case(cell, units, lengths, hidden_mask=True, initial_states=True, seed=3)
    whole = case.run()
    for rows in ([0], [10], [3, 12], [11, 13, 14, 15]):
        alone = case.rows(rows).run()
        steps = np.concatenate([np.arange(case.offsets[n], case.offsets[n + 1]) for n in rows])
        for name in ("out", "dxp"):
            np.testing.assert_array_equal(alone[name], whole[name][steps], err_msg=name)
        for name in ("last_h", "dh0", "last_c", "dc0"):
            if name in alone:
                np.testing.assert_array_equal(alone[name], whole[name][rows], err_msg=name)


@pytest.mark.parametrize("lengths", [[60] + [1] * 70 + [0] * 30, [5] * 130, [40, 40, 3], [0] * 40])
@pytest.mark.parametrize("cell", CELLS)
def test_bits_do_not_depend_on_how_the_rows_are_shared_out(cell, lengths, threads):
    case = Case(cell, 32, lengths, hidden_mask=True, initial_states=True, seed=7)
    threads(1)
    expected = case.run()
    for count in (2, 3, 7):
        threads(count)
        for name, values in case.run().items():
            np.testing.assert_array_equal(values, expected[name], err_msg=name)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_rows_in_any_order(cell, reverse):
    lengths = [3, 0, 9, 9, 1, 7, 0, 8, 2, 2, 9, 4, 5, 6, 1, 3, 9, 0, 7]
    case = Case(
        cell, 9, lengths, reverse=reverse, hidden_mask=True, initial_states=True, tokens=4, seed=6
    )
    check(case)
    # The same bits as in the order of their lengths.
    rows = np.argsort(-np.array(lengths), kind="stable").tolist()
    ordered, results = case.rows(rows).run(), case.run()
    steps = np.concatenate([np.arange(case.offsets[n], case.offsets[n + 1]) for n in rows])
    for name in ("out", "dxp"):
        np.testing.assert_array_equal(ordered[name], results[name][steps], err_msg=name)
    for name in ("last_h", "dh0"):
        np.testing.assert_array_equal(ordered[name], results[name][rows], err_msg=name)


@pytest.fixture
def bits_of_threads(threads):
    """A check that a case has the same bits under one thread and under several."""

    def check_bits(case: Case) -> None:
        threads(1)
        one = case.run()
        for count in (2, 3):
            threads(count)
            for _ in range(2):
                bits_equal(case.run(), one)

    return check_bits


@pytest.mark.parametrize("cell", CELLS)
def test_bits_do_not_depend_on_the_number_of_threads(cell, bits_of_threads):
    bits_of_threads(Case(cell, 20, [60] * 20 + [31] * 9, seed=5))


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("lengths", [[4], [2, 4, 0, 3, 3, 3, 1, 4]])
@pytest.mark.parametrize("cell", CELLS)
def test_few_rows_of_many_units(cell, lengths, reverse, bits_of_threads):
    """Threads share out the units of a step, here not in even parts, the last vector not whole."""
    units = 1 + math.isqrt(2**18 // Case(cell, 1, [1]).gates)
    case = Case(
        cell, units, lengths, reverse=reverse, hidden_mask=True, initial_states=True, seed=8
    )
    bits_of_threads(case)
    check(case, tolerance=2e-4)
    before = _core.counters()["shared_jobs"]
    case.run()
    shared = _core.counters()["shared_jobs"] - before
    assert shared >= 2 * max(lengths), "the steps are not shared out"


@pytest.mark.parametrize("cell", CELLS)
def test_kernel_gradient_over_many_steps(cell):
    """More steps, of all rows together, than one piece of the product over them holds."""
    for units in (7, 32, 150):
        case = Case(cell, units, [12] * 90 + [8, 3], scale=0.7, seed=units)
        check(case, tolerance=2e-4)


@pytest.mark.parametrize("initial_states", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_one_step(cell, initial_states):
    check(Case(cell, 33, [1] * 15 + [0] * 2, initial_states=initial_states, seed=3))


@pytest.mark.parametrize("cell", CELLS)
def test_more_terms_than_the_cache_holds(cell):
    gates = Case(cell, 1, [1]).gates
    case = Case(cell, 1 + 1024 // gates, [2] * 70 + [1] * 3, initial_states=True, seed=7)
    check(case, tolerance=1e-4)


@pytest.mark.parametrize("cell", ["simple_rnn", "lstm"])
def test_saved_gates_may_take_the_place_of_xp(cell):
    case = Case(cell, 19, [5, 3])
    rows, steps, kinds = 2, 8, (1, 2)
    last_h = np.empty((rows, 19), np.float32)
    last_c, saved_c = (np.empty((n, 19), np.float32) if case.has_c else None for n in (rows, steps))
    saved_h = np.empty((steps, 19), np.float32)
    xp = case.xp.copy()
    expected = case.run()
    _core.recurrent_forward(
        cell, *kinds, case.offsets, xp, None, case.kernel, None, None, None, None, False,
        None, last_h, last_c, saved_h, xp, saved_c,
    )  # fmt: skip
    np.testing.assert_array_equal(last_h, expected["last_h"])
    _core.recurrent_backward(
        cell, *kinds, case.offsets, case.kernel, None, None, None, False, None, saved_h, xp,
        saved_c, case.dout, case.dlast_h, case.dlast_c, None, xp, xp, None, None,
    )  # fmt: skip
    np.testing.assert_array_equal(xp, expected["dxp"])


def test_bad_arguments():
    def run(**changes):
        case = Case("lstm", 4, [3, 2])
        for name, value in changes.items():
            assert hasattr(case, name)
            setattr(case, name, value)
        return case.run()

    def offsets(*values):
        return np.array(values, np.int64)

    floats = np.zeros((5, 16), np.float32)
    run()
    for changes, words in [
        ({"cell": "mgu"}, "cell must be .* got 'mgu'"),
        ({"offsets": offsets()}, "at least one value"),
        ({"offsets": offsets(1, 5)}, "offsets must rise from 0, got 1 to 5"),
        ({"offsets": offsets(0, 5, 3)}, "offsets must rise from 0, got 0 to 3"),
        ({"offsets": offsets(0, 3, 6)}, r"xp must have shape \(6, 16\), got \(5, 16\)"),
        ({"xp": floats[:, :15].copy()}, "xp must have shape"),
        ({"xp": floats[:4]}, "xp must have shape"),
        ({"kernel": np.zeros((4, 15), np.float32)}, "recurrent_kernel must have shape"),
        ({"kernel": np.zeros((0, 0), np.float32)}, "at least one row"),
        ({"xindex": np.array([0, 1, 2, 3, 5], np.int32)}, r"xindex .*\[0, 5\), got 5 at 4"),
        ({"xindex": np.array([0, -1, 2, 3, 4], np.int32)}, r"xindex .*\[0, 5\), got -1 at 1"),
        ({"xindex": np.zeros(4, np.int32)}, "xindex must have shape"),
        ({"bias": np.zeros(16, np.float32)}, "recurrent_bias must be None"),
        ({"h0": np.zeros((3, 4), np.float32)}, "h0 must have shape"),
        ({"dout": np.zeros((5, 3), np.float32)}, "dout must have shape"),
    ]:
        with pytest.raises(ValueError, match=words):
            run(**changes)
    for changes in ({"xp": floats.astype(np.float64)}, {"offsets": np.array([0, 3, 5], np.int32)}):
        with pytest.raises(TypeError):
            run(**changes)
