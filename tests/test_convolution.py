"""The convolution kernels against float64 NumPy, through random window maps."""

import itertools

import numpy as np
import pytest
from window_maps import (
    INSTRUCTION_SIZES,
    add_back,
    assert_within,
    random_floats,
    random_map,
    read,
)

from sunhwan import _core

SHAPES = [
    # windows, steps, head rows, taps, inputs, filters, groups
    *[(13, 17, 3, 3, size, 5, 1) for size in INSTRUCTION_SIZES],
    *[(13, 17, 3, 2, 5, size, 1) for size in INSTRUCTION_SIZES],
    *[(size, 2 * size + 1, 2, 3, 4, 6, 1) for size in INSTRUCTION_SIZES],
    (40, 41, 5, 7, 1, 33, 1),
    (1, 1, 0, 1, 1, 1, 1),
    (9, 0, 4, 3, 6, 7, 1),
    (9, 11, 0, 9, 6, 4, 2),
    (33, 47, 70, 3, 12, 9, 3),
    (30, 31, 130, 5, 66, 34, 2),
    (700, 900, 3, 2, 70, 40, 1),
    (9000, 9100, 150, 3, 5, 8, 1),
]


class Case:
    """Random arrays of one shape, and the exact results."""

    def __init__(self, windows, steps, head_rows, taps, inputs, filters, groups, step=1):
        rng = np.random.default_rng(taps + step)
        self.groups, self.step = groups, step
        self.map = random_map(rng, windows, taps, steps, head_rows)
        if step > 1:  # tap k reads own steps whose place is k modulo step
            own = self.map >= 0
            others = (self.map - np.arange(taps)) % step != 0
            self.map[own & others] = _core.NOTHING
        self.values = random_floats(rng, steps, inputs)
        self.head = random_floats(rng, head_rows, inputs) if head_rows else None
        self.kernel = random_floats(rng, taps, inputs // groups, filters)
        self.bias = random_floats(rng, filters)
        self.dout = random_floats(rng, windows, filters)

    def exact(self, absolute=False):
        """out, dvalues, dhead, dkernel; with `absolute`, of absolute values."""
        sign = np.abs if absolute else np.asarray
        kernel, dout = sign(self.kernel).astype(float), sign(self.dout).astype(float)
        rows = 0 if self.head is None else len(self.head)
        patches = sign(read(self.map, self.values, self.head))  # (P, K, I)
        out = np.tile(sign(self.bias).astype(float), (len(self.map), 1))
        dpatches, dkernel = np.zeros_like(patches), np.zeros(kernel.shape)
        inputs, filters = kernel.shape[1], kernel.shape[2] // self.groups
        for g in range(self.groups):
            i = slice(g * inputs, (g + 1) * inputs)
            f = slice(g * filters, (g + 1) * filters)
            out[:, f] += np.einsum("pki,kif->pf", patches[:, :, i], kernel[:, :, f])
            dpatches[:, :, i] = np.einsum("pf,kif->pki", dout[:, f], kernel[:, :, f])
            dkernel[:, :, f] = np.einsum("pki,pf->kif", patches[:, :, i], dout[:, f])
        return (out, *add_back(self.map, dpatches, len(self.values), rows), dkernel)

    def run(self):
        out = np.full_like(self.dout, np.nan)
        _core.convolution(
            self.map, self.values, self.head, self.kernel, self.bias, self.groups, out
        )
        dvalues = np.full_like(self.values, np.nan)
        dhead = None if self.head is None else np.zeros_like(self.head)
        _core.convolution_inputs(
            self.map, self.kernel, self.groups, self.step, self.dout, dvalues, dhead
        )
        dkernel = np.zeros_like(self.kernel)
        _core.convolution_weights(self.map, self.values, self.head, self.groups, self.dout, dkernel)
        return out, dvalues, np.zeros((0, 1)) if dhead is None else dhead, dkernel


@pytest.mark.parametrize("step", [1, 2, 3, 5])
@pytest.mark.parametrize("shape", SHAPES)
def test_forward_and_backward(shape, step):
    case = Case(*shape, step)
    windows, _, _, taps, inputs, filters, groups = shape
    terms = (
        taps * inputs // groups + 1,
        taps * filters // groups,
        taps * filters // groups + windows * taps,
        windows,
    )
    for actual, expected, size, count in zip(
        case.run(), case.exact(), case.exact(absolute=True), terms, strict=True
    ):
        if expected.size:
            assert_within(actual, expected, size, count)


def test_head_and_kernel_gradients_are_added():
    case = Case(20, 22, 3, 3, 4, 5, 1)
    dhead, dkernel = np.ones_like(case.head), np.ones_like(case.kernel)
    _core.convolution_inputs(case.map, case.kernel, 1, 1, case.dout, None, dhead)
    _core.convolution_weights(case.map, case.values, case.head, 1, case.dout, dkernel)
    _, _, expected_dhead, expected_dkernel = case.run()
    np.testing.assert_allclose(dhead, 1 + expected_dhead, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(dkernel, 1 + expected_dkernel, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("shape", [(9000, 9100, 150, 3, 5, 8, 1), (600, 700, 9, 7, 66, 34, 2)])
def test_bits_do_not_depend_on_threads(shape, threads):
    case = Case(*shape)
    results = []
    for count in (1, 2, 5):
        threads(count)
        results.append(case.run())
    for result in results[1:]:
        for actual, expected in zip(result, results[0], strict=True):
            np.testing.assert_array_equal(actual, expected)


@pytest.mark.parametrize(("inputs", "filters"), [(1, 1), (5, 8), (32, 32), (33, 17)])
def test_bits_of_a_window_do_not_depend_on_its_neighbours(inputs, filters):
    case = Case(400, 500, 9, 5, inputs, filters, 1)
    whole = case.run()[0]
    for first, last in itertools.pairwise([0, 1, 3, 17, 144, 400]):
        part = np.empty((last - first, filters), np.float32)
        entries = case.map[first:last]
        _core.convolution(entries, case.values, case.head, case.kernel, case.bias, 1, part)
        np.testing.assert_array_equal(part, whole[first:last])


def test_bad_arguments_are_named():
    case = Case(5, 6, 2, 3, 4, 6, 2)
    out = np.empty_like(case.dout)

    def run(**changed):
        arguments = {
            "map": case.map,
            "values": case.values,
            "head": case.head,
            "kernel": case.kernel,
            "bias": case.bias,
            "groups": 2,
            "out": out,
        }
        _core.convolution(**{**arguments, **changed})

    run()
    with pytest.raises(ValueError, match=r"map must name steps below 2, got"):
        run(values=case.values[:2])
    with pytest.raises(ValueError, match=r"map must name head rows below 0, got"):
        run(head=None)
    with pytest.raises(ValueError, match=r"values must have shape \(6, 4\), got \(6, 3\)"):
        run(values=np.ascontiguousarray(case.values[:, :3]))
    with pytest.raises(ValueError, match=r"kernel must have shape \(3, 2, 6\), got \(2, 2, 6\)"):
        run(kernel=case.kernel[:2])
    with pytest.raises(ValueError, match=r"bias must have shape \(6,\), got \(5,\)"):
        run(bias=case.bias[:5])
    with pytest.raises(ValueError, match=r"out must have shape \(5, 6\), got \(4, 6\)"):
        run(out=out[:4])
    with pytest.raises(ValueError, match="groups must divide the filters, 6, got 4"):
        run(groups=4)
    with pytest.raises(TypeError):
        run(values=case.values.astype(np.float64))
