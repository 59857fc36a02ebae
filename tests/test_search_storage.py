"""Searches in a file: gone on with, shared by several processes, left by those that are gone."""

import os
import subprocess
import sys

import numpy as np
import pytest
from search_case import HOW, RATES, SPACE, build, data, opened, small, told

import sunhwan as sh
from sunhwan.board.process import this_process

optuna = pytest.importorskip("optuna", reason="optuna, of the extra `search`, is missing")


def test_a_search_goes_on_where_it_was(tmp_path):
    x, y = data()
    whole = sh.search(build, x, y, SPACE, budget=5, **HOW)
    file = tmp_path / "search.db"
    first = sh.search(build, x, y, SPACE, budget=2, storage=file, **HOW)
    assert len(first.trials) == 2
    result = sh.search(build, x, y, SPACE, budget=5, storage=file, **HOW)
    assert told(result) == told(whole)
    assert all(map(np.array_equal, whole.model.get_weights(), result.model.get_weights()))
    again = sh.search(build, x, y, SPACE, budget=5, storage=file, **HOW)  # from the file alone
    assert all(map(np.array_equal, whole.model.get_weights(), again.model.get_weights()))
    (weights,) = tmp_path.glob("*.safetensors")
    weights.unlink()  # as on another machine: the best trial is trained anew
    again = sh.search(build, x, y, SPACE, budget=5, storage=file, **HOW)
    assert all(map(np.array_equal, whole.model.get_weights(), again.model.get_weights()))


def test_another_search_in_the_storage_is_an_error(tmp_path):
    x, y = data()
    how = {"space": RATES, "budget": 1, "storage": tmp_path / "search.db", **HOW}
    sh.search(small, x, y, **how)
    for change, words in (
        ({"space": {"rate": (1e-4, 1e-1, "log")}}, "whose space is"),
        ({"seed": 5}, "whose seed is 0, this one's is 5"),
        ({"monitor": "loss"}, "whose monitor is 'val_loss'"),
    ):
        with pytest.raises(ValueError, match=words):
            sh.search(small, x, y, **{**how, **change})
    assert len(sh.search(small, x, y, **how, name="other").trials) == 1


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        sh.search(small, *data(), RATES, storage=tmp_path / "no" / "s.db", budget=1, **HOW)


def test_a_storage_that_is_none(tmp_path):
    (tmp_path / "search.log").write_text("a journal, or anything else")
    for file, words in ((tmp_path, "got the folder"), (tmp_path / "search.log", "is no SQLite")):
        with pytest.raises(ValueError, match=words):
            sh.search(small, *data(), RATES, storage=file, budget=1, **HOW)


PROGRAM = """
import sys
from search_case import HOW, RATES, data, opened, small
import sunhwan as sh
found = sh.search(small, *data(), RATES, budget=4, storage=opened(sys.argv[1]), **HOW)
print(found.best.number, found.value)
"""


@pytest.mark.parametrize("name", ["search.db", "search.log"])
def test_processes_search_together(tmp_path, name):
    file, here = str(tmp_path / name), {"cwd": __file__.rpartition("/")[0]}
    sh.search(small, *data(), RATES, budget=1, storage=opened(file), **HOW)
    command = [sys.executable, "-c", PROGRAM, file]
    other = subprocess.Popen(command, stdout=subprocess.PIPE, **here)
    mine = sh.search(small, *data(), RATES, budget=4, storage=opened(file), **HOW)
    said = other.communicate(timeout=300)[0].split()
    assert other.returncode == 0
    found = sh.search(small, *data(), RATES, budget=4, storage=opened(file), **HOW)
    assert 4 <= len(found.trials) <= 5  # two may begin the last
    assert len({trial.parameters["rate"] for trial in found.trials}) == len(found.trials)
    assert min(mine.value, float(said[1])) == found.value


KILLED = """
import os, signal, sys
from search_case import HOW, RATES, data, opened, small
import sunhwan as sh
class Dies(sh.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        os.kill(os.getpid(), signal.SIGKILL)
sh.search(small, *data(), RATES, budget=2, storage=opened(sys.argv[1]), callbacks=[Dies()], **HOW)
"""


@pytest.mark.skipif(os.name != "posix", reason="processes cannot be asked for here")
def test_a_trial_whose_process_was_killed_has_failed(tmp_path):
    file, here = str(tmp_path / "search.log"), {"cwd": __file__.rpartition("/")[0]}
    subprocess.run([sys.executable, "-c", KILLED, file], check=False, timeout=300, **here)
    found = sh.search(small, *data(), RATES, budget=3, storage=opened(file), **HOW)
    assert [trial.state for trial in found.trials] == ["failed", "complete", "complete"]
    assert found.trials[0].problem == "its process was gone"


@pytest.mark.skipif(os.name != "posix", reason="processes cannot be asked for here")
@pytest.mark.filterwarnings("ignore:Heartbeat of storage")
@pytest.mark.parametrize(
    ("name", "changed", "state"),
    [
        ("search.db", {"began": -1}, "failed"),
        ("search.log", {"began": -1}, "failed"),
        ("search.log", {}, "running"),
        ("search.log", {"began": -1, "host": "elsewhere"}, "running"),
        ("search.log", {"began": -1, "system": "before the machine was started anew"}, "running"),
    ],
)
def test_a_trial_is_lost_where_that_is_certain(tmp_path, name, changed, state):
    how = {"storage": opened(str(tmp_path / name)), **HOW}
    study = sh.search(small, *data(), RATES, budget=1, **how).study
    study.sampler = optuna.samplers.RandomSampler(seed=0)
    other = study.ask({"rate": optuna.distributions.FloatDistribution(1e-3, 0.1, log=True)})
    other.set_user_attr("process", {**this_process(), **changed})
    found = sh.search(small, *data(), RATES, budget=3, **how)
    assert [trial.state for trial in found.trials] == ["complete", state, "complete"]


def test_a_trial_that_was_killed_as_it_began(tmp_path, monkeypatch):
    how = {"storage": opened(str(tmp_path / "search.log")), **HOW}
    study = sh.search(small, *data(), RATES, budget=1, **how).study
    study.sampler = optuna.samplers.RandomSampler(seed=0)
    study.ask()
    found = sh.search(small, *data(), RATES, budget=3, **how)
    assert [trial.state for trial in found.trials] == ["complete", "running", "complete"]
    monkeypatch.setattr("sunhwan.tuning._study.GRACE", 0)
    found = sh.search(small, *data(), RATES, budget=3, **how)
    assert [trial.state for trial in found.trials] == ["complete", "failed", "complete"]


class Takes(sh.callbacks.Callback):
    """Another process, to which the first trial's seems to be gone."""

    def __init__(self, file):
        super().__init__()
        self.file = file

    def on_epoch_begin(self, epoch, logs=None):
        study = optuna.load_study(study_name="search", storage=opened(self.file))
        if epoch and len(study.trials) == 1:
            study.tell(0, state=optuna.trial.TrialState.FAIL)


def test_a_trial_that_another_process_took_for_lost(tmp_path, capsys):
    file = str(tmp_path / "search.log")
    how = {"storage": opened(file), "callbacks": [Takes(file)], "epochs": 3, "verbose": 2}
    found = sh.search(small, *data(), RATES, budget=3, **how)
    assert [trial.state for trial in found.trials] == ["failed", "complete", "complete"]
    assert "another process took it for lost" in capsys.readouterr().out
