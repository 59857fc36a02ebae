"""What the README and the pages beside it show: code that runs, names and files that exist."""

import re

import pytest
from pages import ROOT, code_of, run, text_of

import sunhwan as sh

READMES = [ROOT / "README.md", ROOT / "README.ko.md"]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "examples").glob("*.md")]
COMMANDS = ["pip install '.[cli]' && sunhwan compare", "pip install '.[test]' && python -m pytest"]


def test_the_code_runs(tmp_path):
    code = "\n".join(code_of(READMES[0], "python"))
    check = "print('ends with', len(history.epoch), model.predict(reviews, verbose=0).shape)"
    assert run(f"{code}\n{check}", tmp_path).endswith("ends with 10 (3, 1)\n")
    assert (tmp_path / "reviews.safetensors").exists()


def test_fifteen_lines_are_fifteen():
    first = code_of(READMES[0], "python")[0]
    assert len([line for line in first.splitlines() if line]) == 15


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
