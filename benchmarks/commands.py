"""The commands of ``python -m benchmarks`` that measure."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from benchmarks import origin, report_kernels, results, sweep
from benchmarks.comparison import line
from benchmarks.measure import Bench
from benchmarks.process import FailedError
from benchmarks.workload import Workload
from benchmarks.workloads import WORKLOADS

Arguments = argparse.Namespace


def run(arguments: Arguments) -> None:
    """The table of workloads."""
    _measure_workloads(wanted(WORKLOADS, arguments), arguments)


def sweep_shapes(arguments: Arguments) -> None:
    """The sixty shapes."""
    _measure_workloads(wanted(sweep.shapes(), arguments), arguments)


def kernels(arguments: Arguments) -> None:
    """Each kernel alone."""
    from benchmarks.kernels import kernels as all_kernels
    from benchmarks.kernels.case import measure
    from sunhwan import _core

    _core.set_num_threads(arguments.threads)
    for kernel in wanted(all_kernels(), arguments):
        result = measure(kernel, arguments.rounds, arguments.threads)
        _keep(arguments, kernel.name, result)
        name, *cells = report_kernels.line(kernel.name, result)
        print(f"{name:60} {'  '.join(cells)}", flush=True)


def growth(arguments: Arguments) -> None:
    """Cost as the work grows."""
    from benchmarks.growth.measuring import MEASURES

    with _folder() as folder:
        for name in _matching(list(MEASURES), arguments, lambda name: name):
            found = MEASURES[name](arguments.rounds, arguments.threads, folder)
            _keep(arguments, name, found)
            print(name, found, flush=True)


def profile(arguments: Arguments) -> None:
    """Where a step's time goes."""
    from benchmarks import profiling

    with _folder() as folder:
        for workload in wanted(WORKLOADS, arguments):
            found = profiling.measure(workload, arguments.threads, folder)
            _keep(arguments, workload.name, found)
            print(profiling.shown(workload.name, found), flush=True)


def accuracy(arguments: Arguments) -> None:
    """Time to a given accuracy."""
    from benchmarks.accuracy.measuring import PROGRAMS, measure

    with _folder() as folder:
        for program in wanted(PROGRAMS, arguments):
            found = measure(
                program, arguments.rounds, arguments.threads, _packages(arguments), folder
            )
            _keep(arguments, program.name, found)
            print(program.name, found, flush=True)


def twins(arguments: Arguments) -> None:
    """What example programs learn, beside PyTorch."""
    from benchmarks.twins.measuring import TWINS, measure

    with _folder() as folder:
        for twin in wanted(TWINS, arguments):
            found = measure(twin, arguments.rounds, arguments.threads, folder)
            _keep(arguments, twin.name, found)
            print(twin.name, found, flush=True)


def count(arguments: Arguments) -> None:
    """Cost without a clock, beside what is expected.

    Raises:
        ValueError: something costs more than expected.
    """
    from benchmarks.counts import expected, valgrind
    from benchmarks.counts.cases import cases
    from benchmarks.counts.steps import counted_under, instruction_sets

    names = [case.name for case in _matching(cases(), arguments, lambda case: case.name)]
    found: expected.Counts = {}
    for isa in instruction_sets():
        found = expected.merge(found, counted_under(isa, names))
    found = expected.merge(found, valgrind.count(names))
    for name, of_case in found.items():
        for isa, counts in of_case.items():
            told = "  ".join(f"{number:.6g} {what}" for what, number in counts.items())
            print(f"{name:20} {isa:8} {told}")
    if arguments.record:
        expected.write(expected.merge(expected.read(), found))
    elif lines := expected.beyond(found, expected.read()):
        raise ValueError("\n  ".join(["more than expected:", *lines]))


COMMANDS: dict[str, Callable[[Arguments], None]] = {
    "run": run,
    "sweep": sweep_shapes,
    "kernels": kernels,
    "accuracy": accuracy,
    "twins": twins,
    "profile": profile,
    "growth": growth,
    "count": count,
}


def _measure_workloads(workloads: list[Workload], arguments: Arguments) -> None:
    """Measure one after the other.

    Raises:
        FailedError: at the end, where packages differed in some, which are not kept.
    """
    failed = []
    with _folder() as folder:
        bench = Bench(_packages(arguments), arguments.threads, folder, arguments.seconds, print)
        try:
            for workload in workloads:
                try:
                    result = bench.measure(workload, arguments.rounds)
                except FailedError as error:
                    failed.append(str(error))
                    print(error, flush=True)
                    continue
                _keep(arguments, workload.name, result)
                print(line(workload, result), flush=True)
        finally:
            bench.close()
    if failed:
        raise FailedError("\n  ".join(["not kept:", *failed]))


def _keep(arguments: Arguments, name: str, found: dict[str, Any]) -> None:
    """Put an entry into the results, with its origin."""
    results.keep(arguments.json, name, origin.of(arguments.threads, arguments.rounds) | found)


def _packages(arguments: Arguments) -> list[str]:
    return ["sunhwan", *(name for name in arguments.peers.split(",") if name)]


def wanted(things: Iterable[Any], arguments: Arguments) -> list[Any]:
    """Choose things by the names on the command line; see `_matching`."""
    return _matching(list(things), arguments, lambda thing: thing.name)


def _matching(things: list[Any], arguments: Arguments, name_of: Callable[[Any], str]) -> list[Any]:
    """What the names and patterns of the command line choose; what is measured already, not again.

    Raises:
        ValueError: a pattern matches no name.
    """
    for pattern in arguments.names:
        if not any(fnmatch(name_of(thing), pattern) for thing in things):
            names = ", ".join(name_of(thing) for thing in things)
            raise ValueError(f"nothing is called {pattern}; there are {names}")
    done = results.read(arguments.json) if arguments.missing else {}
    patterns = arguments.names or ["*"]
    return [
        thing
        for thing in things
        if name_of(thing) not in done and any(fnmatch(name_of(thing), p) for p in patterns)
    ]


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="sunhwan-bench-") as folder:
        yield Path(folder)
