"""Environments of the peers: what is installed, and that nothing half-made is left."""

import doctest
import subprocess
import sys
from types import SimpleNamespace

import pytest

from benchmarks import environments, results
from benchmarks.environments import ROOT, requirements, setup


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder of environments; nothing is really made or installed."""
    monkeypatch.setenv("SUNHWAN_BENCH_ENVS", str(tmp_path / "environments"))

    def create(path, **options):
        (path / "bin").mkdir(parents=True)
        (path / "bin" / "python").touch()

    monkeypatch.setattr(environments.venv, "create", create)
    return tmp_path / "environments"


def pip(monkeypatch, code):
    """Let pip end with this code, or raise it; return its commands."""
    commands = []

    def run(command, **options):
        commands.append(command)
        if isinstance(code, BaseException):
            raise code
        return SimpleNamespace(returncode=code)

    monkeypatch.setattr(environments.subprocess, "run", run)
    return commands


def test_the_examples_of_docstrings_run():
    assert doctest.testmod(environments).failed == 0


@pytest.mark.parametrize(
    ("code", "raised"), [(1, RuntimeError), (KeyboardInterrupt(), KeyboardInterrupt)]
)
def test_a_failed_install_leaves_nothing_behind(folder, monkeypatch, code, raised):
    pip(monkeypatch, code)
    with pytest.raises(raised):
        setup(["pytorch"], {})
    assert [path.name for path in folder.iterdir()] == ["interpreters.json"]
    assert "pytorch" not in environments.interpreters()


def test_what_is_installed_can_be_another_version(folder, monkeypatch):
    commands = pip(monkeypatch, 0)
    setup(["keras-jax"], {}, ["jax==0.11.0", "keras"])
    setup(["keras-jax"], {})  # is there now
    assert [command[-2:] for command in commands] == [["keras", "jax==0.11.0"]]


@pytest.mark.parametrize(
    ("packages", "use", "require", "said"),
    [
        (["torch"], {}, [], "expected one of keras-tensorflow, .*, got torch"),
        ([], {"pytorch": ""}, [], "and its interpreter, got pytorch="),
        ([], {}, ["torhc==2"], "expected a version of one of .*torch, got 'torhc==2'"),
    ],
)
def test_what_is_unknown_is_refused(folder, packages, use, require, said):
    with pytest.raises(ValueError, match=said):
        setup(packages, use, require)
    assert not folder.exists()


def test_the_versions_are_those_of_the_published_table():
    pinned = {
        name.removesuffix("-cpu"): version
        for package in environments.PEERS
        for name, _, version in (one.partition("==") for one in requirements(package))
        if version
    }
    measured = {
        (name, found.split("+")[0])
        for entry in results.read(results.FOLDER / "workloads.json").values()
        for package, versions in entry["versions"].items()
        for name, found in versions.items()
        if package != "sunhwan" and name not in ("Python", "NumPy")
    }
    assert measured == set(pinned.items())


def test_setup_and_list_need_no_package():
    program = "import sys; sys.path.insert(0, '.'); from benchmarks.__main__ import main; main()"
    for words in (["list"], ["setup", "--help"]):
        command = [sys.executable, "-ISc", program, *words]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
