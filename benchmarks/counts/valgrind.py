"""Instructions of one step, counted by valgrind's callgrind."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.counts.compiled import shared_library
from benchmarks.counts.expected import Counts
from benchmarks.environments import ROOT

_ISA = "avx2"  # the widest that callgrind knows
_PROCESSES = 2  # wherever it runs: what a process did before a case changes its count a little


def count(names: list[str]) -> Counts:
    """Instructions of one step of each case, on one thread under AVX2.

    Args:
        names: of cases; they are shared out to two processes.

    Raises:
        FileNotFoundError: valgrind or a C++ compiler is not installed.
        RuntimeError: a process failed.
    """
    shares = [share for n in range(_PROCESSES) if (share := names[n::_PROCESSES])]
    with tempfile.TemporaryDirectory(prefix="sunhwan-counts-") as folder:
        requests = shared_library("requests", Path(folder))
        with ThreadPoolExecutor(_PROCESSES) as pool:
            found = [pool.submit(_count, share, requests) for share in shares]
            counts = {name: cost for each in found for name, cost in each.result().items()}
    return {name: {_ISA: counts[name]} for name in names}


def _count(names: list[str], requests: Path) -> dict[str, dict[str, float]]:
    """The counts of cases that run one after the other in one process."""
    with tempfile.TemporaryDirectory(prefix="sunhwan-counts-") as folder:
        command = ["valgrind", "--tool=callgrind", "--instr-atstart=no"]
        command += [f"--callgrind-out-file={folder}/part", sys.executable]
        command += ["-m", "benchmarks.counts.marked", str(requests), *names]
        fixed = {"SUNHWAN_ISA": _ISA, "SUNHWAN_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        fixed |= {"OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT)}
        run = subprocess.run(
            command, env=os.environ | fixed, cwd=ROOT, capture_output=True, text=True, check=False
        )
        if run.returncode:
            raise RuntimeError(f"counting failed:\n{run.stdout}{run.stderr}")
        parts = _parts(Path(folder))
    found = {}
    for place, (name, differ) in enumerate(zip(names, run.stdout.split(), strict=True)):
        short, long = parts[2 * place], parts[2 * place + 1]
        found[name] = {"instructions": (long - short) / int(differ)}
    return found


def _parts(folder: Path) -> list[int]:
    paths = sorted(folder.glob("part.[0-9]*"), key=lambda path: int(path.suffix[1:]))
    return [read_part(path.read_text()) for path in paths]


def read_part(text: str) -> int:
    r"""The instructions that one file of callgrind's counts.

    >>> read_part("fn=(1) f\n1 5\ncfn=(2) g\ncalls=3 0\n1 70\ntotals: 75")
    75
    """
    totals = [line for line in text.splitlines() if line.startswith("totals:")]
    return int(totals[-1].split()[1])
