"""The machine: what it is, and what it can do at most, measured anew when asked."""

from __future__ import annotations

import functools
import json
import os
import platform
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

_SOURCE = Path(__file__).with_name("peak.cpp")
_PORTS = 2  # that multiply and add vectors, in nearly every core of these years


def peak(threads: int, seconds: float = 0.3) -> dict[str, float]:
    """Measure GFLOP/s, GB/s and GHz.

    Returns:
        ``gflops`` of fused multiply-adds in float32 on all threads, ``gbytes`` a second of memory,
        ``gigahertz`` of one core, its ``lanes``, and ``expected``, the GFLOP/s that clock, lanes
        and two ports make.
    """
    command = [str(_program()), str(threads), str(seconds)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    found["expected"] = 2 * _PORTS * found["lanes"] * found["gigahertz"] * threads
    return found


def description() -> dict[str, Any]:
    """What the machine is called."""
    processor = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        processor = next(line.split(":")[1] for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return {
        "processor": processor.strip(),
        "processors": len(os.sched_getaffinity(0)),
        "system": f"{platform.system()} {platform.release()}",
    }


@functools.cache
def _program() -> Path:
    """Compile the native part for this machine.

    Raises:
        FileNotFoundError: there is no C++ compiler.
    """
    names = [os.environ.get("CXX", ""), "c++", "g++", "clang++"]
    compiler = next((name for name in names if name and shutil.which(name)), None)
    if compiler is None:
        raise FileNotFoundError("no C++ compiler; set CXX to one")
    program = Path(tempfile.mkdtemp(prefix="sunhwan-peak-")) / "peak"
    options = ["-std=c++20", "-O3", "-march=native", "-pthread"]
    subprocess.run([compiler, *options, "-o", str(program), str(_SOURCE)], check=True)
    return program
