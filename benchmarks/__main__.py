"""``python -m benchmarks``: see README.md here."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from pathlib import Path

from benchmarks import environments, results
from benchmarks.process import FailedError

_NEEDS_NOTHING = ("setup", "list")  # nothing above imports NumPy or Sunhwan
_MEASURING = {  # where the results go, and what is done
    "run": ("workloads", "measure workloads (the default)"),
    "sweep": ("sweep", "measure sixty shapes drawn from a seed"),
    "kernels": ("kernels", "measure each native kernel alone"),
    "accuracy": ("accuracy", "measure the time to a given accuracy"),
    "twins": ("twins", "train example programs here and in PyTorch"),
    "profile": ("profile", "time each kernel within a step"),
    "growth": ("growth", "measure cost as the work grows"),
}


def main(words: list[str] | None = None) -> None:
    """Do what the command line says."""
    words = sys.argv[1:] if words is None else words
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    subparsers = parser.add_subparsers(dest="command", required=True)
    setup = subparsers.add_parser("setup", help="make the peers' environments")
    setup.add_argument("packages", nargs="*", help=f"of {', '.join(environments.PACKAGES)}")
    setup.add_argument("--use", action="append", default=[], metavar="PACKAGE=PYTHON")
    said = "instead of the version pinned: jax==0.11.0, or jax for the newest"
    setup.add_argument("--require", action="append", default=[], metavar="VERSION", help=said)
    setup.set_defaults(run=_setup)
    for name, (kept, said) in _MEASURING.items():
        measuring = subparsers.add_parser(name, help=said)
        _add_options(measuring, results.FOLDER / f"{kept}.json")
        measuring.set_defaults(run=_measure)
    counting = subparsers.add_parser("count", help="count instructions, calls and allocations")
    counting.add_argument("names", nargs="*", help="names or patterns; default all")
    counting.add_argument("--record", action="store_true", help="expect these counts from now on")
    counting.set_defaults(run=_measure, missing=False)
    subparsers.add_parser("list", help="list the workloads").set_defaults(run=_list)
    subparsers.add_parser("report", help="write docs/performance.md").set_defaults(run=_report)

    if not words or words[0] not in (*subparsers.choices, "-h", "--help"):
        words = ["run", *words]
    arguments = parser.parse_args(words)
    if arguments.command not in _NEEDS_NOTHING:
        _run_beside_sunhwan(words, "numpy" if arguments.command == "report" else "sunhwan")
    try:
        arguments.run(arguments)
    except (ValueError, FileNotFoundError, RuntimeError, FailedError) as error:
        parser.error(str(error))


def _add_options(parser: argparse.ArgumentParser, path: Path) -> None:
    parser.add_argument("names", nargs="*", help="names or patterns; default all")
    parser.add_argument("--rounds", type=_positive, default=5)
    parser.add_argument("--threads", type=_positive, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--peers", default=",".join(environments.PEERS), help="comma-separated")
    parser.add_argument("--seconds", type=float, default=0.2, help="by which two calls differ")
    parser.add_argument("--missing", action="store_true", help="only what has no result yet")
    parser.add_argument("--json", type=Path, default=path, help="where results are kept")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected at least 1, got {text}")
    return number


def _run_beside_sunhwan(words: list[str], needed: str) -> None:
    """Run again in Sunhwan's own environment where what is needed is not importable here."""
    if importlib.util.find_spec(needed) is not None:
        return
    own = environments.interpreters().get("sunhwan")
    if own is None:
        raise SystemExit(f"{needed} is not importable: python -m benchmarks setup sunhwan")
    os.execv(own, [str(own), "-m", "benchmarks", *words])


def _measure(arguments: argparse.Namespace) -> None:
    from benchmarks.commands import COMMANDS

    COMMANDS[arguments.command](arguments)


def _setup(arguments: argparse.Namespace) -> None:
    use = dict(pair.partition("=")[::2] for pair in arguments.use)
    packages = arguments.packages or list(environments.PACKAGES)
    environments.setup(packages, use, arguments.require)


def _list(arguments: argparse.Namespace) -> None:
    from benchmarks.workloads import WORKLOADS

    for workload in WORKLOADS:
        print(f"{workload.name:26} {workload.title}")


def _report(arguments: argparse.Namespace) -> None:
    from benchmarks import report

    for path in report.write():
        print(path)


if __name__ == "__main__":
    main()
