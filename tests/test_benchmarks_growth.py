"""Cost as the work grows: what is measured in which order; no time decides anything here."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks import report_growth
from benchmarks.growth.probes import forget_peak, random_lengths_of, resident
from benchmarks.growth.scaling import in_turn
from benchmarks.workload import Data, Workload


class Bench:
    """Takes as many milliseconds as it measured before; disturbed in its second round."""

    def __init__(self, threads, order):
        self.threads, self.order = threads, order

    def measure(self, workload, rounds):
        assert rounds == 1
        self.order.append((workload.name, self.threads))
        calls = self.order.count(self.order[-1])
        peak = 100.0 if workload.name == "b" and calls == 2 else 200.0
        return {
            "times": {"sunhwan (ragged)": [float(len(self.order))]},
            "peaks": [{"gflops": peak * self.threads}],
        }


def test_every_round_visits_every_size():
    order = []
    workloads = [Workload(name, name, "fit", Data("normal", 1), 1, ()) for name in "ab"]
    times, repeated = in_turn(workloads, [Bench(1, order), Bench(2, order)], rounds=3)
    assert order == [("a", 1), ("a", 2), ("b", 1), ("b", 2)] * 4
    assert times == [[first, first + 8, first + 12] for first in (1, 2, 3, 4)]
    assert repeated == 1


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="needs Linux")
def test_the_peak_is_that_since_it_was_forgotten():
    large = np.ones(50_000_000, np.uint8)
    high = resident("VmHWM")
    del large
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        pytest.skip("the kernel lets nobody reset the peak")
    forget_peak()
    assert resident("VmHWM") < high - 40
    assert resident() == pytest.approx(resident("VmHWM"), abs=5)


def test_many_lengths_are_told_with_their_calls():
    found = random_lengths_of(20)
    assert found["calls"] == 20
    assert len(found["megabytes"]) == 10
    text = report_growth.section({"random-lengths": {"calls": 30_000, "megabytes": [60, 61, 62]}})
    assert "30,000 calls" in text
    assert "every 10,000 calls: 60, 61, 62." in text
    assert "10,000 calls" in report_growth.section({"random-lengths": [60.0] * 10})
