"""Train an example program and its twin, and compare their scores."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from benchmarks.environments import ROOT, interpreters
from benchmarks.process import FailedError
from benchmarks.twins.characters import Characters
from benchmarks.twins.translation import Translation
from benchmarks.twins.twin import Scores, Twin

TWINS: tuple[Twin, ...] = (Translation("de"), Translation("fr"), Characters())


def measure(twin: Twin, rounds: int, threads: int, folder: Path) -> dict[str, Any]:
    """Train both from as many seeds as there are rounds.

    Returns:
        The scores of ``sunhwan`` and ``pytorch`` by name, a number for each seed.
    """
    from sunhwan import _core

    _core.set_num_threads(threads)
    found: dict[str, dict[str, list[float]]] = {"sunhwan": {}, "pytorch": {}}
    for seed in range(rounds):
        both = {"sunhwan": twin.train(seed), "pytorch": _of_twin(twin, seed, threads, folder)}
        for package, scores in both.items():
            for name, value in scores.items():
                found[package].setdefault(name, []).append(value)
    return found


def _of_twin(twin: Twin, seed: int, threads: int, folder: Path) -> Scores:
    """The twin's scores.

    Raises:
        FailedError: PyTorch has no environment, or its program ended with an error.
    """
    interpreter = interpreters().get("pytorch")
    if interpreter is None:
        raise FailedError("PyTorch has no environment: python -m benchmarks setup pytorch")
    given, results = folder / f"{twin.name}.npz", folder / f"{twin.name}.json"
    twin.hand_over(given, seed, threads)
    variables = os.environ | {"OMP_NUM_THREADS": str(threads), "PYTHONPATH": str(ROOT)}
    words = [str(interpreter), "-m", twin.module, str(given), str(results)]
    if subprocess.run(words, env=variables, cwd=ROOT, check=False).returncode:
        raise FailedError(f"the twin of {twin.name} ended with an error")
    return twin.judge(json.loads(results.read_text()))
