"""What is measured of Sunhwan in a process of its own."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.peers.keras_like import layer_of
from benchmarks.statistics import slope


def resident(line: str = "VmRSS") -> float:
    """Megabytes that this process has in memory.

    Args:
        line: of the kernel's, `VmRSS` for now or `VmHWM` for the most since `forget_peak`.
    """
    found = re.search(rf"{line}:\s+(\d+)", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) * 1024 / 1e6


def forget_peak() -> None:
    """Let the most be what it is now; where that is forbidden, it is that of the whole process.

    `ru_maxrss` would not do: a process starts with that of its parent.
    """
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def memory_of(
    layers: list[dict[str, Any]], shape: list[int], words: int, batch: int
) -> dict[str, float]:
    """See `fresh.memory`."""
    import sunhwan

    random = np.random.default_rng(0)
    if words:
        x = random.integers(1, words, shape, dtype=np.int32)
    else:
        x = random.standard_normal(shape, dtype=np.float32)
    y = np.zeros((shape[0], 1), np.float32)
    model = sunhwan.Sequential([layer_of(sunhwan, layer) for layer in layers])
    model.compile(optimizer="adam", loss="mse")
    before = resident()
    forget_peak()
    model.fit(x, y, batch_size=batch, epochs=1, shuffle=False, verbose=0)
    data = (x.nbytes + y.nbytes) / 1e6
    return {"before": before - data, "peak": resident("VmHWM") - data}


def tiny_states_of(rounds: int) -> dict[str, list[float]]:
    """See `fresh.tiny_states`."""
    import sunhwan

    rows, steps, repeats = 128, 100, 20
    usual = np.random.default_rng(0).standard_normal((rows, steps, 16), dtype=np.float32)
    models = {}
    for name, x in (("usual", usual), ("tiny", usual * np.float32(1e-40))):
        model = sunhwan.Sequential(
            [sunhwan.layers.Input((steps, 16)), sunhwan.layers.LSTM(32), sunhwan.layers.Dense(1)]
        )
        # A rate of 0 keeps the biases at zero, and so the states tiny.
        model.compile(optimizer=sunhwan.optimizers.SGD(learning_rate=0.0), loss="mse")
        weights = model.get_weights()
        weights[2][...] = 0.0
        model.set_weights(weights)
        short = np.concatenate([x] * repeats)
        models[name] = model, short, np.concatenate([short] * 3)
    times: dict[str, list[float]] = {name: [] for name in models}
    for _ in range(rounds + 1):
        for name, (model, *sizes) in models.items():
            seconds = [_fit_seconds(model, x, rows) for x in sizes]
            times[name].append(slope(seconds[0], seconds[1], repeats))
    return {name: found[1:] for name, found in times.items()}


def _fit_seconds(model: Any, x: np.ndarray, batch: int) -> float:
    y = np.zeros((len(x), 1), np.float32)
    start = perf_counter()
    model.fit(x, y, batch_size=batch, epochs=1, shuffle=False, verbose=0)
    return perf_counter() - start


def random_lengths_of(calls: int) -> dict[str, Any]:
    """See `fresh.random_lengths`."""
    import sunhwan

    model = sunhwan.Sequential(
        [
            sunhwan.layers.Input((None, 8)),
            sunhwan.layers.LSTM(32, return_sequences=True),
            sunhwan.layers.LSTM(16),
            sunhwan.layers.Dense(1),
        ]
    )
    model.compile(optimizer="adam", loss="mse")
    random = np.random.default_rng(0)
    values = random.standard_normal((300, 8), dtype=np.float32)
    found = []
    for call in range(1, calls + 1):
        rows = [values[:length] for length in random.integers(1, 300, random.integers(1, 33))]
        if call % 2:
            model.train_on_batch(rows, np.zeros((len(rows), 1), np.float32))
        else:
            model.predict_on_batch(rows)
        if call % (calls // 10) == 0:
            found.append(resident())
    return {"calls": calls, "megabytes": found}
