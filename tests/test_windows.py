"""Windows over packed rows against the reference's list of positions."""

import itertools

import numpy as np
import pytest
from packed_batches import Packed
from reference.windows import window_positions

from sunhwan import _core
from sunhwan._engine.layout import Layout
from sunhwan._engine.windows import Windows

BATCHES = {
    "dense": {"lengths": [11] * 3},
    "shared": {"lengths": [11] * 6, "starts": [0, 1, 5, 10, 11, 11]},
    "ragged": {"lengths": [11, 6, 5, 5], "ragged": True},
}
WINDOWS = [
    Windows(size, stride, dilation, padding)
    for size, stride, dilation, padding in itertools.product(
        [1, 2, 5], [1, 2, 3, 7], [1, 3], ["valid", "same", "causal"]
    )
]


def entry_of(position, start, offset):
    """What a map holds for an absolute position of a row."""
    if position is None:
        return _core.NOTHING
    return -1 - position if position < start else offset + position - start


@pytest.mark.parametrize("kind", BATCHES)
@pytest.mark.parametrize("windows", WINDOWS, ids=str)
def test_every_window_reads_its_positions(windows, kind):
    layout = Packed(np.random.default_rng(1), **BATCHES[kind]).layout
    extents = layout.width if layout.extents is None else layout.extents
    if windows.padding == "valid" and np.min(extents) < windows.span:
        with pytest.raises(ValueError, match="layer 'tower': a window of"):
            windows.output(layout, "tower")
        return
    output = windows.output(layout, "tower")
    entries = windows.map(layout, output)
    run = windows.run_map(layout, output)
    assert output.width == windows.count(layout.width)
    assert output.ragged == layout.ragged
    np.testing.assert_array_equal(output.order, layout.order)
    for n in range(layout.rows):
        extent = int(np.broadcast_to(extents, layout.rows)[n])
        start, offset = layout.starts[n], layout.offsets[n]
        positions = window_positions(
            extent, windows.size, windows.stride, windows.padding, windows.dilation
        )
        assert len(positions) == windows.count(extent)
        expected = np.array([[entry_of(q, start, offset) for q in window] for window in positions])
        first, last = output.offsets[n : n + 2]
        assert output.starts[n] + last - first == len(positions)
        assert output.starts[n] <= output.shared
        np.testing.assert_array_equal(entries[first:last], expected[output.starts[n] :])
        np.testing.assert_array_equal(run[: output.starts[n]], expected[: output.starts[n]])
        # What the row owns begins with the first window that reads beyond the shared run.
        own = entries[first:last].reshape(-1, windows.size)
        if len(own):
            assert own[0].max() >= offset or None in positions[output.starts[n]]


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_slices_share_the_run_of_the_batch(padding):
    layout = Packed(np.random.default_rng(2), **BATCHES["shared"]).layout
    windows = Windows(3, 2, 1, padding)
    whole = windows.output(layout, "tower")
    part = windows.output(layout.slice(0, 2), "tower")
    assert part.shared == whole.shared
    np.testing.assert_array_equal(part.starts, whole.starts[:2])


def test_tokens_stand_for_their_steps():
    rng = np.random.default_rng(3)
    batch = Packed(rng, [9, 9, 9], [2, 4, 9], tokens=6)
    layout, windows = batch.layout, Windows(3, 1, 2, "same")
    output = windows.output(layout, "tower")
    plain = windows.map(layout, output)
    run_index = rng.integers(0, 6, layout.shared).astype(np.int32)
    tokens = windows.map(layout, output, batch.batch.index, run_index)
    np.testing.assert_array_equal(tokens[plain >= 0], batch.batch.index[plain[plain >= 0]])
    in_run = (plain < 0) & (plain != _core.NOTHING)
    np.testing.assert_array_equal(tokens[in_run], run_index[-1 - plain[in_run]])
    np.testing.assert_array_equal(tokens == _core.NOTHING, plain == _core.NOTHING)
    run = windows.run_map(layout, output)
    run_tokens = windows.run_map(layout, output, run_index)
    np.testing.assert_array_equal(run_tokens[run < 0] >= 0, run[run < 0] != _core.NOTHING)


def test_bad_arguments_are_named():
    zero, two = np.zeros(1, np.int64), np.array([0, 2])

    def run(**changed):
        arguments = {
            "offsets": two,
            "starts": zero,
            "extents": zero + 2,
            "paddings": zero,
            "out_offsets": two,
            "out_starts": zero,
            "stride": 1,
            "dilation": 1,
            "index": None,
            "run_index": None,
            "map": np.empty((2, 1), np.int32),
        }
        _core.window_map(**{**arguments, **changed})

    run()
    with pytest.raises(ValueError, match="stride must be a positive integer, got 0"):
        run(stride=0)
    with pytest.raises(ValueError, match="out_offsets must rise from 0 to 2"):
        run(out_offsets=np.array([0, 1]))
    with pytest.raises(ValueError, match="row 0 must own the steps from its start to its extent"):
        run(extents=zero + 3)
    with pytest.raises(ValueError, match=r"index must have shape \(2,\), got \(1,\)"):
        run(index=np.zeros(1, np.int32))
    with pytest.raises(ValueError, match="starts must be at most 1, got 2"):
        run(starts=zero + 2, extents=zero + 4, run_index=np.zeros(1, np.int32))


def test_the_windows_of_a_layout_are_found_once():
    layout = Layout.dense(3, 9)
    output = Windows(3).output(layout, "a")
    assert Windows(3).output(layout, "b") is output
    assert Windows(3, stride=2).output(layout, "a").width == 4
