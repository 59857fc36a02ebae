"""``python -m benchmarks.growth.fresh WHAT ARGUMENTS``: one probe in a process of its own.

ARGUMENTS are JSON; what the probe found is the last line of standard output, as JSON.
"""

from __future__ import annotations

from time import perf_counter

_START = perf_counter()  # before NumPy or any package is imported

import json  # noqa: E402
import sys  # noqa: E402
from collections.abc import Callable  # noqa: E402
from typing import Any  # noqa: E402


def first_step(peer: str, workload: dict[str, Any], arrays: str, weights: str) -> float:
    """Seconds from before any import to the end of the first training step."""
    import numpy as np

    from benchmarks.peers.serve import PEERS

    make, _ = PEERS[peer]()
    with np.load(arrays) as found, np.load(weights) as own:
        runner = make(workload, dict(found), [own[name] for name in own.files], "padded")
    runner.call(1)()
    return perf_counter() - _START


def install_size(peer: str) -> float:
    """Megabytes of the package and all that it requires."""
    from benchmarks.growth.installed import size

    return size(peer) / 1e6


def memory(layers: list[dict[str, Any]], shape: list[int], words: int, batch: int) -> dict:
    """Megabytes before `fit` and at the peak of it; without the data.

    Args:
        layers: the model.
        shape: of the data.
        words: ids are below it; 0 for random numbers instead.
        batch: rows a step.
    """
    from benchmarks.growth.probes import memory_of

    return memory_of(layers, shape, words, batch)


def tiny_states(rounds: int) -> dict[str, list[float]]:
    """Milliseconds a step of an LSTM, usual and with states of 1e-40, in turn."""
    from benchmarks.growth.probes import tiny_states_of

    return tiny_states_of(rounds)


def random_lengths(calls: int) -> dict[str, Any]:
    """Megabytes in use, measured ten times during calls with rows of random lengths."""
    from benchmarks.growth.probes import random_lengths_of

    return random_lengths_of(calls)


PROBES: dict[str, Callable[..., Any]] = {
    probe.__name__: probe
    for probe in (first_step, install_size, memory, tiny_states, random_lengths)
}

if __name__ == "__main__":
    print("\n" + json.dumps(PROBES[sys.argv[1]](**json.loads(sys.argv[2]))))
