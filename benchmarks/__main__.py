"""``python -m benchmarks``: see README.md here."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from benchmarks import environments, report, results
from benchmarks.comparison import line
from benchmarks.measure import Bench
from benchmarks.workloads import WORKLOADS, chosen


def main(words: list[str] | None = None) -> None:
    """Do what the command line says."""
    words = sys.argv[1:] if words is None else words
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    setup = commands.add_parser("setup", help="make the peers' environments")
    setup.add_argument("packages", nargs="*", choices=[[], *environments.PACKAGES])
    setup.add_argument("--use", action="append", default=[], metavar="PACKAGE=PYTHON")
    setup.set_defaults(run=_setup)

    run = commands.add_parser("run", help="measure workloads (the default)")
    run.add_argument("workloads", nargs="*", help="names or patterns; default all")
    run.add_argument("--rounds", type=int, default=5)
    run.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    run.add_argument("--peers", default=",".join(environments.PEERS), help="comma-separated")
    run.add_argument("--seconds", type=float, default=0.2, help="a measurement's least difference")
    run.add_argument("--json", type=Path, default=results.FOLDER / "workloads.json")
    run.set_defaults(run=_run)

    commands.add_parser("list", help="list the workloads").set_defaults(run=_list)

    commands.add_parser("report", help="write docs/performance.md").set_defaults(run=_report)

    if not words or words[0] not in (*commands.choices, "-h", "--help"):
        words = ["run", *words]
    arguments = parser.parse_args(words)
    arguments.run(arguments)


def _setup(arguments: argparse.Namespace) -> None:
    use = dict(pair.split("=", 1) for pair in arguments.use)
    environments.setup(arguments.packages or list(environments.PACKAGES), use)


def _list(arguments: argparse.Namespace) -> None:
    for workload in WORKLOADS:
        print(f"{workload.name:26} {workload.title}")


def _report(arguments: argparse.Namespace) -> None:
    for path in report.write():
        print(path)


def _run(arguments: argparse.Namespace) -> None:
    packages = ["sunhwan", *(name for name in arguments.peers.split(",") if name)]
    with tempfile.TemporaryDirectory(prefix="sunhwan-bench-") as folder:
        bench = Bench(packages, arguments.threads, Path(folder), arguments.seconds, print)
        try:
            for workload in chosen(arguments.workloads):
                result = bench.measure(workload, arguments.rounds)
                results.keep(arguments.json, workload.name, result)
                print(line(workload, result), flush=True)
        finally:
            bench.close()


if __name__ == "__main__":
    main()
