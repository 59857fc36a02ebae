"""What tests of the README and of docs/ share: pages, the code on them, and how it is run."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
WITHOUT_MATPLOTLIB = """
import importlib.util, sunhwan
if importlib.util.find_spec("matplotlib") is None:
    drawn = [sunhwan.callbacks.History]
    drawn += [thing for thing in vars(sunhwan.explain).values() if hasattr(thing, "plot")]
    for kind in drawn:
        kind.plot = lambda self, *arguments: None
"""


def text_of(page):
    return page.read_text(encoding="utf-8")


def code_of(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", text_of(page), re.DOTALL | re.MULTILINE)


def write_reviews(path):
    """A file as Keras's, with a few short reviews."""
    random = np.random.default_rng(11)
    arrays = {}
    for part, count in (("train", 15), ("test", 5)):
        reviews = np.empty(count, object)
        reviews[:] = [random.integers(1, 9000, n).tolist() for n in random.integers(1, 33, count)]
        arrays |= {f"x_{part}": reviews, f"y_{part}": random.integers(0, 2, count)}
    np.savez(path, **arrays)


def run(code, folder):
    """Run a program in a folder that holds the data; return what it printed."""
    write_reviews(folder / "imdb.npz")
    (folder / "imdb_word_index.json").write_text('{"the": 1, "and": 2}', encoding="utf-8")
    environment = {**os.environ, "SUNHWAN_DATA": str(folder), "MPLBACKEND": "Agg"}
    program = WITHOUT_MATPLOTLIB + code
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
