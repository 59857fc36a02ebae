"""Draws the pictures of tuning.md beside it: `python docs/tuning_pictures.py`."""

from pathlib import Path

import matplotlib as mpl

mpl.use("agg")
import matplotlib.pyplot as plt

import sunhwan as sh
from sunhwan import layers
from sunhwan.datasets import cosine
from sunhwan.optimizers import schedules

HERE = Path(__file__).parent


def draw_schedules() -> None:
    """The four schedules of the page."""
    steps = 1570
    chosen = {
        "slow_start": schedules.Warmup(1e-3, 200),
        "cosine": schedules.CosineDecay(0.0, steps - 200, warmup_target=1e-3, warmup_steps=200),
        "cycle": schedules.OneCycle(5e-3, steps),
        "both": schedules.Warmup(schedules.ExponentialDecay(1e-3, 500, 0.8), 200),
    }
    figure, axes = plt.subplots(figsize=(6.4, 3.2), layout="constrained")
    for name, schedule in chosen.items():
        axes.plot([schedule(step) for step in range(steps)], label=name)
    axes.set_xlabel("step")
    axes.set_ylabel("learning rate")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(HERE / "tuning-schedules.svg")


def draw_sweep() -> None:
    """The range test of the page."""
    sh.utils.set_random_seed(0)
    (x, y), _ = cosine.load_data()
    model = sh.Sequential([layers.Input((10, 1)), layers.GRU(30), layers.Dense(1)])
    model.compile("adam", "mse")
    sweep = model.find_learning_rate(x, y, batch_size=12, verbose=0)
    print(sweep)
    sweep.plot().savefig(HERE / "tuning-sweep.svg")


def draw_search() -> None:
    """A search as the page shows it, on made data."""
    (x, y), _ = cosine.load_data()

    def build(units: int, rate: float, cell: str) -> sh.Model:
        layer = layers.GRU(units) if cell == "GRU" else layers.SimpleRNN(units)
        model = sh.Sequential([layers.Input((10, 1)), layer, layers.Dense(1)])
        model.compile(sh.optimizers.Adam(rate), "mse")
        return model

    space = {"units": (4, 64), "rate": (1e-4, 1e-1, "log"), "cell": ["GRU", "SimpleRNN"]}
    found = sh.search(build, x, y, space, budget=40, epochs=20, batch_size=12, verbose=0)
    print(found)
    found.plot().savefig(HERE / "tuning-search.svg")


if __name__ == "__main__":
    mpl.rcParams["svg.hashsalt"] = "sunhwan"  # the same file from the same numbers
    draw_schedules()
    draw_sweep()
    draw_search()
