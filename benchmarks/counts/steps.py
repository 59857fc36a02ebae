"""A case made ready in this process, and what its calls cost beside time."""

from __future__ import annotations

import ctypes
import gc
import json
import os
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import numpy as np

import sunhwan
from benchmarks.counts.compiled import shared_library
from benchmarks.counts.expected import Counts
from benchmarks.environments import ROOT
from benchmarks.inputs import arrays_of
from benchmarks.peers.keras_like import keras_runner
from benchmarks.shapes import weights_of
from benchmarks.workload import Workload
from sunhwan import _core

_SETS = ("baseline", "avx2", "avx512", "neon")
Calls = tuple[Callable[[], object], Callable[[], object]]


def prepare(case: Workload) -> tuple[Calls, int]:
    """Make the calls of a case, run in.

    Returns:
        Two calls, one of `n` steps and one of three times as many, and `2n`: by how many steps
        they differ.
    """
    arrays = arrays_of(case)
    way = case.ways.get("sunhwan", ("padded",))[0]
    sunhwan.utils.set_random_seed(0)
    weights = weights_of(list(case.layers), arrays["x"].shape[1:])
    runner = keras_runner(sunhwan)(case.to_json(), arrays, weights, way)
    calls = _undiagnosed(runner.call(1)), _undiagnosed(runner.call(3))
    for _ in range(3):  # a step is recorded the third time, if it can be
        calls[0]()
    gc.collect()
    return calls, 2 * case.data.batches


def counted(case: Workload) -> dict[str, float]:
    """Kernel calls, jobs for several threads, allocations and memory of one step.

    Returns:
        `kernel_calls` and `shared_jobs` with two threads; with one `scratch` (blocks asked of the
        system by kernels), and where allocations.cpp is loaded before all else `mallocs` (all
        that is asked of it); and `kilobytes`, the most that Python and NumPy hold at once beyond
        what they held before, in a call of several steps.
    """
    threads = _core.num_threads()
    try:
        _core.set_num_threads(2)
        calls, steps = prepare(case)
        calls[1]()
        short, long = (_counters(call) for call in calls)
        found = {
            name: (long[name] - short[name]) / steps for name in ("kernel_calls", "shared_jobs")
        }
        _core.set_num_threads(1)
        calls[1]()
        found["scratch"] = _counters(calls[1])["allocations"] / steps
        if so_far := getattr(ctypes.CDLL(None), "allocations_so_far", None):
            short, long = (_mallocs(call, so_far) for call in calls)
            found["mallocs"] = (long - short) / steps
        found["kilobytes"] = _kilobytes(calls[1])
        return found
    finally:
        _core.set_num_threads(threads)


def instruction_sets() -> list[str]:
    """Those that this processor runs."""
    return [isa for isa in _SETS if _run(isa, "").returncode == 0]


def counted_under(isa: str, names: list[str]) -> Counts:
    """What `counted` says of cases under an instruction set, in a process of its own."""
    wanted = f"[case for case in cases() if case.name in {names}]"
    with tempfile.TemporaryDirectory(prefix="sunhwan-counts-") as folder:
        allocations = shared_library("allocations", Path(folder))
        program = f"print(json.dumps({{case.name: counted(case) for case in {wanted}}}))"
        run = _run(isa, program, LD_PRELOAD=str(allocations), PYTHONHASHSEED="0")
    if run.returncode:
        raise RuntimeError(f"counting under {isa} failed:\n{run.stderr}")
    return {name: {isa: counts} for name, counts in json.loads(run.stdout).items()}


def _run(isa: str, program: str, **variables: str) -> subprocess.CompletedProcess[str]:
    imports = "import json; from benchmarks.counts.cases import cases\n"
    imports += "from benchmarks.counts.steps import counted\n"
    return subprocess.run(
        [sys.executable, "-c", imports + program],
        env=os.environ | {"SUNHWAN_ISA": isa, "PYTHONPATH": str(ROOT)} | variables,
        check=False,
        capture_output=True,
        text=True,
    )


def _undiagnosed(call: Callable[[], object]) -> Callable[[], object]:
    """Without the doctor, who looks at the data once in a `fit`: no part of a step."""

    def alone() -> None:
        with mock.patch.dict(os.environ, SUNHWAN_DOCTOR="0"):
            call()

    return alone


def _counters(call: Callable[[], object]) -> dict[str, int]:
    before = _core.counters()
    call()
    after = _core.counters()
    return {name: after[name] - before[name] for name in after}


def _mallocs(call: Callable[[], object], so_far: Callable[[], int]) -> int:
    gc.disable()  # it would come at another place each time a line of code is added
    try:
        before = so_far()
        call()
        return so_far() - before
    finally:
        gc.enable()


def _kilobytes(call: Callable[[], object]) -> float:
    tracemalloc.start()
    try:
        call()
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        call()
        return float(np.ceil((tracemalloc.get_traced_memory()[1] - before) / 1024))
    finally:
        tracemalloc.stop()
