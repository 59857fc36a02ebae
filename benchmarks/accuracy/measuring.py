"""Train every package to the target, in turn, each from the same weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.accuracy.programs import PROGRAMS, Program
from benchmarks.environments import interpreters
from benchmarks.peers.learning import is_reached
from benchmarks.process import FailedError, Process
from benchmarks.shapes import weights_of

__all__ = ["PROGRAMS", "measure"]


def measure(
    program: Program, rounds: int, threads: int, packages: list[str], folder: Path
) -> dict[str, Any]:
    """Measure one program, from as many initial weights as there are rounds.

    A process is new for each training, since the time includes whatever the package compiles; not
    the import, nor reading the data.

    Returns:
        By package and round the ``seconds`` to the target, none where the epochs did not suffice,
        and the ``epochs``; with versions.
    """
    path = folder / f"{program.name}.npz"
    if not path.exists():
        np.savez(path, **program.data())  # pyright: ignore[reportArgumentType]
    with np.load(path) as found:
        width = found["x"].shape[1:]
    paths = {name: path for name, path in interpreters().items() if name in packages}
    paths.pop("onnxruntime", None)
    seconds: dict[str, list[float | None]] = {name: [] for name in paths}
    epochs: dict[str, list[int]] = {name: [] for name in paths}
    versions: dict[str, dict[str, str]] = {}
    for seed in range(rounds):
        weights = folder / "weights.npz"
        np.savez(weights, *weights_of(list(program.layers), width, seed, fresh=True))
        for name, interpreter in paths.items():
            process = Process(name, interpreter, threads)
            versions[name] = process.versions
            try:
                curve = process.ask(
                    "learn",
                    workload=program.to_json(),
                    arrays=str(path),
                    weights=str(weights),
                    seed=seed,
                )
            except FailedError as error:
                print(f"  {error}")
                continue
            finally:
                process.close()
            reached = is_reached(program.to_json(), curve[-1][1])
            seconds[name].append(curve[-1][0] if reached else None)
            epochs[name].append(len(curve))
    return {
        "seconds": seconds,
        "epochs": epochs,
        "versions": versions,
    }
