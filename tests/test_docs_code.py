"""The programs on the pages of docs/ run as they are printed, each page from top to bottom."""

import pytest
from pages import ROOT, code_of, run

# What a page takes as given: data and a model small enough for a test, and shorter trainings.
GIVEN = {
    "doctor.md": """
import numpy as np, warnings, sunhwan
warnings.simplefilter("ignore", sunhwan.doctor.TrainingWarning)
random = np.random.default_rng(0)
x_train, y_train = random.normal(size=(60, 5, 2)), random.integers(0, 2, 60)
model = sunhwan.Sequential([sunhwan.layers.GRU(4), sunhwan.layers.Dense(1, "sigmoid")])
model.compile("adam", "binary_crossentropy")
""",
    "tuning.md": """
import numpy as np, sunhwan as sh
from sunhwan import layers
random = np.random.default_rng(0)
x_train, y_train = random.integers(1, 10000, (64, 12)), random.integers(0, 2, 64)
x, y = x_train[:32], y_train[:32]
model = sh.Sequential([layers.Embedding(10000, 4), layers.GRU(4), layers.Dense(1, "sigmoid")])
model.compile("adam", "binary_crossentropy")
_search = sh.search
sh.search = lambda *given, **named: _search(*given, **{**named, "budget": 2, "epochs": 1})
""",
}
SKETCHES = ["architecture.md"]  # of interfaces, no programs
NAMES = [
    page.name
    for page in sorted((ROOT / "docs").glob("*.md"))
    if code_of(page, "python") and page.name not in SKETCHES
]


def test_the_pages_with_programs_are_found():
    assert {"board.md", "explain.md", "keras.md", *GIVEN} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_programs_of_a_page_run(name, tmp_path):
    pytest.importorskip("matplotlib", reason="needs the extra 'plot'")
    if name == "tuning.md":
        pytest.importorskip("optuna", reason="needs the extra 'search'")
    blocks = code_of(ROOT / "docs" / name, "python")
    run("\n".join([GIVEN.get(name, ""), *blocks]), tmp_path)
