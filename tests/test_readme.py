"""What the README and the pages beside it show: code that runs, names and files that exist."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import sunhwan as sh

ROOT = Path(__file__).parents[1]
READMES = [ROOT / "README.md", ROOT / "README.ko.md"]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "examples").glob("*.md")]
COMMANDS = ["pip install '.[cli]' && sunhwan compare", "pip install '.[test]' && python -m pytest"]
WITHOUT_MATPLOTLIB = """
import importlib.util, sunhwan
if importlib.util.find_spec("matplotlib") is None:
    drawn = sunhwan.callbacks.History, sunhwan.explain.Memory, sunhwan.explain.Gates
    for kind in drawn:
        kind.plot = lambda self: None
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


def test_the_code_runs(tmp_path):
    code = "\n".join(code_of(READMES[0], "python"))
    check = "print('ends with', len(history.epoch), model.predict(reviews, verbose=0).shape)"
    assert run(f"{code}\n{check}", tmp_path).endswith("ends with 10 (3, 1)\n")
    assert (tmp_path / "reviews.safetensors").exists()


def test_fifteen_lines_are_fifteen():
    first = code_of(READMES[0], "python")[0]
    assert len([line for line in first.splitlines() if line]) == 15


@pytest.mark.parametrize("name", ["keras.md"])
def test_the_code_of_other_pages_runs(name, tmp_path):
    for code in code_of(ROOT / "docs" / name, "python"):
        run(code, tmp_path)


def test_both_languages_show_the_same():
    english, korean = READMES
    for language in ("python", "sh"):
        assert code_of(english, language) == code_of(korean, language)
    rows = [
        [re.findall(r"`[^`]+`", line) for line in text_of(page).splitlines() if line[:1] == "|"]
        for page in READMES
    ]
    assert rows[0] == rows[1]
    headings = [re.findall(r"^#+ ", text_of(page), re.MULTILINE) for page in READMES]
    assert headings[0] == headings[1]


@pytest.mark.parametrize("readme", READMES, ids=lambda page: page.name)
def test_each_command_is_one_line(readme):
    lines = [line for code in code_of(readme, "sh") for line in code.splitlines()]
    assert [line for line in lines if line in COMMANDS] == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_continuous_integration_runs_the_commands(command):
    script = ROOT / ".ci" / "run"
    if not script.exists():
        pytest.skip("this copy of the source has no .ci/run")
    assert f'="{command}"\n' in text_of(script)


def test_the_names_of_the_table_exist():
    table = text_of(READMES[0]).partition("## What is there")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")]
    names = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert len(names) > 50
    places = (sh, sh.layers, sh.optimizers, sh.losses, sh.metrics, sh.callbacks, sh.decode)
    for name in names:
        assert any(hasattr(place, name) for place in places), name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    text = re.sub(r"```.*?```", "", text_of(page), flags=re.DOTALL)
    links = re.findall(r"\]\((?!\w+:)([^)#]*)(?:#[^)]*)?\)", text)
    missing = [link for link in links if link and not (page.parent / link).exists()]
    assert not missing


def test_every_example_has_a_line():
    linked = re.findall(
        r"^\| \[(\w+\.py)\]", text_of(ROOT / "examples" / "README.md"), re.MULTILINE
    )
    assert sorted(linked) == sorted(path.name for path in (ROOT / "examples").glob("*.py"))
