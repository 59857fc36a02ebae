"""Measure workloads: every package in turn, round after round."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import agreement, inputs, machine, operations
from benchmarks.comparison import OURS
from benchmarks.environments import interpreters
from benchmarks.process import FailedError, Process, UnsupportedError
from benchmarks.rounds import undisturbed
from benchmarks.shapes import weights_of
from benchmarks.statistics import slope
from benchmarks.workload import Workload

_TRIES = 3
_SLOW = 3.0  # times its package's best way: rounds of the same way scatter by two and more


@dataclass
class Competitor:
    """A package fed in one way, with its milliseconds a step, round by round."""

    process: Process
    way: str
    steps: int = 0
    times: list[float] = field(default_factory=list)

    def measure(self) -> None:
        """Measure a round, again if noise was larger than what was to be measured.

        Raises:
            FailedError: it was so three times, or the process failed.
        """
        for _ in range(_TRIES):
            short, long = self.process.ask("measure", way=self.way)
            milliseconds = slope(short, long, self.steps)
            if milliseconds > 0:
                self.times.append(milliseconds)
                return
        raise FailedError(f"{self.name}: a long call took no longer than a short one")

    @property
    def name(self) -> str:
        """The package, and the way if there are several."""
        return self.process.name if self.way == "padded" else f"{self.process.name} ({self.way})"


class Bench:
    """The processes of all packages, and a folder for arrays.

    Args:
        packages: which ones; of those installed.
        threads: for each.
        folder: where arrays are written.
        seconds: by which a call and one of three times as many steps should differ.
        say: gets a line for each thing done.
    """

    def __init__(
        self,
        packages: list[str],
        threads: int,
        folder: Path,
        seconds: float,
        say: Callable[[str], None],
    ) -> None:
        self.threads, self.folder, self.seconds, self.say = threads, folder, seconds, say
        self.paths = {name: path for name, path in interpreters().items() if name in packages}
        self.processes: dict[str, Process] = {}

    def close(self) -> None:
        """End all processes."""
        for process in self.processes.values():
            process.close()

    def measure(self, workload: Workload, rounds: int) -> dict[str, Any]:
        """Measure one workload.

        Returns:
            What `results.py` keeps: times by competitor, peaks by round, how many rounds were
            repeated, operations, versions; and why the missing ones are missing.
        """
        path = inputs.write(workload, self.folder)
        with np.load(path) as found:
            arrays = dict(found)
        width = arrays["x"].shape[1:]
        weights = self.folder / "weights.npz"
        np.savez(weights, *weights_of(list(workload.layers), width))
        missing: dict[str, str] = {}
        competitors = self._load(workload, str(path), str(weights), missing)
        if OURS in missing:
            raise FailedError(f"{workload.name}: {missing[OURS]}")
        peaks: list[dict[str, float]] = []

        def measure(turn: int) -> float:
            _take_turns(competitors, turn, missing)
            if turn == 0:
                _leave_slow_ways(competitors, missing)
            peaks.append(machine.peak(self.threads))
            return peaks[-1]["gflops"]

        kept, repeated = undisturbed(measure, rounds)
        for process in self.processes.values():
            if process.alive:
                process.ask("drop")
        needed, dense = operations.needed_and_dense(workload, arrays)
        return {
            "times": {
                competitor.name: [competitor.times[turn] for turn in kept]
                for competitor in competitors
            },
            "missing": missing,
            "peaks": [peaks[turn] for turn in kept],
            "repeated": repeated,
            "dense": dense,
            "needed": needed,
            "versions": {name: process.versions for name, process in self.processes.items()},
        }

    def _load(
        self, workload: Workload, arrays: str, weights: str, missing: dict[str, str]
    ) -> list[Competitor]:
        """Load and warm up the workload wherever it runs; all must predict and train the same."""
        given = {"workload": workload.to_json(), "arrays": arrays, "weights": weights}
        steps = agreement.steps_of(workload) if len(self.paths) > 1 else 0
        competitors, expected = [], None
        for name in sorted(self.paths, key=lambda name: name != OURS):  # ours is what is expected
            if name in workload.without:
                missing[name] = workload.without[name]
                continue
            for way in workload.ways.get(name, ("padded",)):
                try:
                    process = self._process(name)
                    said = process.ask("load", **given, way=way, steps=steps)
                    competitor = Competitor(process, way)
                    competitor.steps = process.ask("warm", way=way, seconds=self.seconds)
                except (FailedError, UnsupportedError) as error:
                    missing[name] = str(error)
                    if isinstance(error, FailedError):
                        self.say(f"  {error}")
                    continue
                expected = said if expected is None else expected
                agreement.check(workload, competitor.name, said, expected)
                competitors.append(competitor)
        return competitors

    def _process(self, name: str) -> Process:
        process = self.processes.get(name)
        if process is None or not process.alive:
            process = self.processes[name] = Process(name, self.paths[name], self.threads)
        return process


def _take_turns(competitors: list[Competitor], turn: int, missing: dict[str, str]) -> None:
    """Measure a round of all; who fails competes no longer."""
    first = turn % max(1, len(competitors))  # nobody always follows the same one
    for competitor in competitors[first:] + competitors[:first]:
        try:
            competitor.measure()
        except FailedError as error:
            missing[competitor.name] = str(error)
            competitors.remove(competitor)


def _leave_slow_ways(competitors: list[Competitor], missing: dict[str, str]) -> None:
    """After the first round, go without ways that are far slower than others of their package."""
    for competitor in list(competitors):
        ways = [other for other in competitors if other.process is competitor.process]
        best = min(ways, key=lambda way: way.times[0])
        if competitor.times[0] > _SLOW * best.times[0]:
            competitors.remove(competitor)
            missing[competitor.name] = (
                f"{competitor.times[0]:.4g} ms in the first round, {best.times[0]:.4g} by "
                "the best way: not measured again"
            )
