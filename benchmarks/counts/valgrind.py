"""Instructions of one step, counted by valgrind's callgrind."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.environments import ROOT

_REQUESTS = ROOT / "benchmarks" / "counts" / "requests.cpp"
_PROCESSES = 2  # wherever it runs: what a process did before a case changes its count a little
_MEMORY = ("malloc", "calloc", "realloc", "aligned_alloc", "memalign", "posix_memalign")
_NAMED = re.compile(r"c?fn=\((\d+)\) (.+)")
_CALLED = re.compile(r"cfn=\((\d+)\)")


def count(names: list[str]) -> dict[str, dict[str, float]]:
    """Instructions and allocations of one step of each case, on one thread under AVX2.

    Args:
        names: of cases; they are shared out to two processes.

    Raises:
        FileNotFoundError: valgrind or a C++ compiler is not installed.
        RuntimeError: a process failed.
    """
    shares = [share for n in range(_PROCESSES) if (share := names[n::_PROCESSES])]
    with tempfile.TemporaryDirectory(prefix="sunhwan-counts-") as folder:
        requests = Path(folder) / "requests.so"
        subprocess.run(["c++", "-O1", "-shared", "-fPIC", "-o", requests, _REQUESTS], check=True)
        with ThreadPoolExecutor(_PROCESSES) as pool:
            found = [pool.submit(_count, share, requests) for share in shares]
            counts = {name: cost for each in found for name, cost in each.result().items()}
    return {name: counts[name] for name in names}


def _count(names: list[str], requests: Path) -> dict[str, dict[str, float]]:
    """The counts of cases that run one after the other in one process."""
    with tempfile.TemporaryDirectory(prefix="sunhwan-counts-") as folder:
        command = ["valgrind", "--tool=callgrind", "--instr-atstart=no"]
        command += [f"--callgrind-out-file={folder}/part", sys.executable]
        command += ["-m", "benchmarks.counts.marked", str(requests), *names]
        fixed = {"SUNHWAN_ISA": "avx2", "SUNHWAN_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
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
        found[name] = {key: (long[key] - short[key]) / int(differ) for key in long}
    return found


def _parts(folder: Path) -> list[dict[str, int]]:
    paths = sorted(folder.glob("part.[0-9]*"), key=lambda path: int(path.suffix[1:]))
    names: dict[str, str] = {}  # a name is written out the first time only, in whichever file
    return [read_part(path.read_text(), names) for path in paths]


def read_part(text: str, names: dict[str, str]) -> dict[str, int]:
    r"""What one file of callgrind's says.

    Args:
        text: the file.
        names: of the functions, by their numbers; those that the file tells are added.

    >>> text = "fn=(1) f\n1 5\ncfn=(2) malloc\ncalls=3 0\n1 70\ncfn=(1)\ncalls=9 0\ntotals: 75"
    >>> read_part(text, {})
    {'instructions': 75, 'mallocs': 3}
    """
    instructions = mallocs = 0
    called = ""
    for line in text.splitlines():
        if named := _NAMED.match(line):
            names[named[1]] = named[2]
        if callee := _CALLED.match(line):
            called = names.get(callee[1], "")
        elif line.startswith("calls=") and called in _MEMORY:
            mallocs += int(line[len("calls=") :].split()[0])
        elif line.startswith("totals:"):
            instructions = int(line.split()[1])
    return {"instructions": instructions, "mallocs": mallocs}
