"""Disturbed rounds are measured again; with a machine and packages that are made up."""

from pathlib import Path

import pytest

from benchmarks import measure
from benchmarks.kernels import case
from benchmarks.measure import Bench, Competitor
from benchmarks.process import FailedError
from benchmarks.rounds import undisturbed
from benchmarks.workload import Data, Workload, dense, recurrent

TINY = Workload(
    "tiny",
    "Tiny",
    "fit",
    Data("normal", 1, {"steps": 3, "inputs": 2}),
    2,
    (recurrent("GRU", 3), dense(1)),
)


@pytest.mark.parametrize(
    ("peaks", "rounds", "kept", "repeated"),
    [
        ([500, 490, 460], 3, [0, 1, 2], 0),
        ([500, 250, 490, 495], 3, [0, 2, 3], 1),
        ([500, 250, 490, 240, 495], 3, [0, 2, 4], 2),
        ([500, 250, 490, 240, 260], 3, [0, 2, 4], 2),
        ([500, 500, 500, 100, 150, 200, 300, 400], 5, [0, 1, 2, 6, 7], 3),
        ([300], 1, [0], 0),
    ],
)
def test_a_disturbed_round_is_measured_again(peaks, rounds, kept, repeated):
    turns = iter(enumerate(peaks))

    def one(turn):
        expected, peak = next(turns)
        assert turn == expected
        return peak

    assert undisturbed(one, rounds) == (kept, repeated)
    assert next(turns, None) is None


class Package:
    """A process whose steps take 1, 2, 3 ... ms."""

    alive = True
    versions: dict[str, str] = {}  # noqa: RUF012

    def __init__(self, name, last):
        self.name, self.last, self.rounds = name, last, 0

    def ask(self, what, **arguments):
        if what == "measure":
            self.rounds += 1
            if self.rounds > self.last:
                raise FailedError("out of memory")
        return 0.0, 2e-3 * self.rounds


def test_the_rounds_kept_are_the_same_for_all(tmp_path: Path, monkeypatch):
    peaks = iter([500.0, 200.0, 510.0, 505.0])
    monkeypatch.setattr(measure.machine, "peak", lambda threads: {"gflops": next(peaks)})
    packages = {name: Package(name, last) for name, last in (("sunhwan", 9), ("jax", 9), ("x", 2))}
    bench = Bench([], 1, tmp_path, 0.1, print)
    bench.processes |= packages  # pyright: ignore
    competitors = [Competitor(package, "padded", 1) for package in packages.values()]  # pyright: ignore
    monkeypatch.setattr(bench, "_load", lambda *given: competitors)
    found = bench.measure(TINY, 3)
    assert found["times"] == {name: pytest.approx([1.0, 3.0, 4.0]) for name in ("sunhwan", "jax")}
    assert [peak["gflops"] for peak in found["peaks"]] == [500.0, 510.0, 505.0]
    assert found["missing"] == {"x": "out of memory"}
    assert found["repeated"] == 1


def test_a_far_slower_way_is_measured_once():
    jax, ours = Package("jax", 9), Package("sunhwan", 9)
    first = {("padded", jax): 9.0, ("buckets", jax): 2.0, ("XLA", jax): 5.0, ("padded", ours): 0.1}
    competitors = [Competitor(process, way, 1, [t]) for (way, process), t in first.items()]  # pyright: ignore
    missing: dict[str, str] = {}
    measure._leave_slow_ways(competitors, missing)
    assert [competitor.name for competitor in competitors] == [
        "jax (buckets)",
        "jax (XLA)",
        "sunhwan",
    ]
    said = "9 ms in the first round, 2 by the best way: not measured again"
    assert missing == {"jax": said}


def test_rounds_of_a_kernel_are_repeated_too(monkeypatch):
    peaks = iter([500.0, 510.0, 300.0, 505.0])
    monkeypatch.setattr(case.machine, "peak", lambda *given: {"gflops": next(peaks)})
    kernel = case.Kernel("sum", lambda: lambda: sum(range(50)), bytes=8.0)
    found = case.measure(kernel, 3, 1, seconds=1e-4)
    assert [peak["gflops"] for peak in found["peaks"]] == [500.0, 510.0, 505.0]
    assert len(found["microseconds"]) == 3
    assert found["repeated"] == 1
