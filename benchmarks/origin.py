"""Where a result comes from: machine, threads, rounds, commit and run."""

from __future__ import annotations

import datetime
import subprocess
from pathlib import Path
from typing import Any

from benchmarks import machine
from benchmarks.environments import ROOT

_WRITTEN = ("benchmarks/results", "docs/performance.md", "docs/performance.svg")  # by measuring


def of(threads: int, rounds: int) -> dict[str, Any]:
    """What every entry of the results says of itself beside what was measured.

    Returns:
        ``machine``, ``threads``, ``rounds``, ``date``; and of the run, which tells entries of one
        table from those of several, ``started`` and ``commit``.
    """
    return {
        "machine": machine.description(),
        "threads": threads,
        "rounds": rounds,
        "date": datetime.date.today().isoformat(),
        "started": STARTED,
        "commit": COMMIT,
    }


def commit(folder: Path = ROOT) -> str:
    """The checkout's commit, with `-dirty` if files differ from it; `unknown` without git.

    What measuring itself writes may differ.
    """
    try:
        name = _git(folder, "rev-parse", "--short", "HEAD").stdout.strip()
        others = [f":(exclude){path}" for path in _WRITTEN]
        differs = _git(folder, "diff", "--quiet", "HEAD", "--", ".", *others).returncode
    except OSError:
        return "unknown"
    return f"{name}-dirty" if name and differs else name or "unknown"


def _git(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = ["git", "-C", str(folder), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


# As they are when the program begins: a run takes long, and files are edited meanwhile.
STARTED = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
COMMIT = commit()
