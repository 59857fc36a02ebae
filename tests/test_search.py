"""`sunhwan.search`: hyperparameters tried, noted, gone on with."""

import os
import subprocess
import sys
import threading

import matplotlib as mpl
import numpy as np
import pytest

import sunhwan as sh
from sunhwan import layers
from sunhwan._engine import seeds
from sunhwan.board.process import this_process
from sunhwan.tuning.budget import Budget
from sunhwan.tuning.space import Space

optuna = pytest.importorskip("optuna", reason="optuna, of the extra `search`, is missing")
mpl.use("agg")

SPACE = {
    "units": (2, 8),
    "rate": (1e-3, 1e-1, "log"),
    "cell": {"GRU": {}, "LSTM": {"bias": [True, False]}},
    "batch_size": [8, 16],
}
HOW = {"epochs": 3, "verbose": 0}


def data(rows=48):
    x = np.random.default_rng(0).normal(size=(rows, 4, 1)).astype(np.float32)
    return x, x.sum(1)


def build(units, rate, cell, bias=True):
    first = layers.GRU(units) if cell == "GRU" else layers.LSTM(units, use_bias=bias)
    model = sh.Sequential([first, layers.Dense(1)])
    model.compile(sh.optimizers.Adam(rate), "mse")
    return model


def small(rate):
    model = sh.Sequential([layers.SimpleRNN(2), layers.Dense(1)])
    model.compile(sh.optimizers.SGD(rate), "mse")
    return model


RATES = {"rate": (1e-3, 1e-1, "log")}


def told(result):
    """What trials were, without how long they took."""
    return [
        (one.number, one.state, one.value, one.epoch, one.epochs, one.parameters, one.problem)
        for one in result.trials
    ]


def test_the_best_model_is_returned_trained():
    x, y = data()
    found = sh.search(build, x, y, SPACE, budget=8, **HOW)
    assert len(found.trials) == 8
    ended = [trial.value for trial in found.trials if trial.value is not None]
    assert found.value == min(ended) == found.best.value
    held_out = x[-10:], y[-10:]  # validation_split=0.2 of 48
    assert found.model.evaluate(*held_out, verbose=0) == pytest.approx(found.value, rel=1e-5)
    for trial in found.trials:
        assert 2 <= trial.parameters["units"] <= 8
        assert 1e-3 <= trial.parameters["rate"] <= 1e-1
        assert ("bias" in trial.parameters) == (trial.parameters["cell"] == "LSTM")
        assert trial.parameters["batch_size"] in (8, 16)
    lines = str(found).splitlines()
    assert len(lines) == 9
    assert lines[1].startswith(str(found.best.number))


def test_a_search_is_the_same_again():
    x, y = data()
    results = [sh.search(build, x, y, SPACE, budget=6, seed=3, **HOW) for _ in range(2)]
    assert told(results[0]) == told(results[1])
    assert told(sh.search(build, x, y, SPACE, budget=6, seed=4, **HOW)) != told(results[0])
    weights = [result.model.get_weights() for result in results]
    assert all(map(np.array_equal, *weights))


def test_a_search_draws_no_seeds_of_the_program():
    x, y = data()
    sh.utils.set_random_seed(1)
    expected = seeds.next_seed()
    sh.utils.set_random_seed(1)
    sh.search(small, x, y, RATES, budget=2, **HOW)
    assert seeds.next_seed() == expected


def test_a_search_goes_on_where_it_was(tmp_path):
    x, y = data()
    whole = sh.search(build, x, y, SPACE, budget=7, **HOW)
    file = tmp_path / "search.db"
    first = sh.search(build, x, y, SPACE, budget=3, storage=file, **HOW)
    assert len(first.trials) == 3
    result = sh.search(build, x, y, SPACE, budget=7, storage=file, **HOW)
    assert told(result) == told(whole)
    assert all(map(np.array_equal, whole.model.get_weights(), result.model.get_weights()))
    again = sh.search(build, x, y, SPACE, budget=7, storage=file, **HOW)  # from the file alone
    assert all(map(np.array_equal, whole.model.get_weights(), again.model.get_weights()))
    (weights,) = tmp_path.glob("*.safetensors")
    weights.unlink()  # as on another machine: the best trial is trained anew
    again = sh.search(build, x, y, SPACE, budget=7, storage=file, **HOW)
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


PROGRAM = """
import sys
from test_search import HOW, RATES, data, opened, small
import sunhwan as sh
found = sh.search(small, *data(), RATES, budget=6, storage=opened(sys.argv[1]), **HOW)
print(found.best.number, found.value)
"""


def opened(file):
    """A storage: an SQLite file, or a journal of Optuna's."""
    if file.endswith(".db"):
        return file
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    return JournalStorage(JournalFileBackend(file))


@pytest.mark.parametrize("name", ["search.db", "search.log"])
def test_processes_search_together(tmp_path, name):
    file, here = str(tmp_path / name), {"cwd": __file__.rpartition("/")[0]}
    sh.search(small, *data(), RATES, budget=1, storage=opened(file), **HOW)
    command = [sys.executable, "-c", PROGRAM, file]
    other = subprocess.Popen(command, stdout=subprocess.PIPE, **here)
    mine = sh.search(small, *data(), RATES, budget=6, storage=opened(file), **HOW)
    said = other.communicate(timeout=300)[0].split()
    assert other.returncode == 0
    found = sh.search(small, *data(), RATES, budget=6, storage=opened(file), **HOW)
    assert 6 <= len(found.trials) <= 7  # two may begin the last
    assert len({trial.parameters["rate"] for trial in found.trials}) == len(found.trials)
    assert min(mine.value, float(said[1])) == found.value


KILLED = """
import os, signal, sys
from test_search import HOW, RATES, data, opened, small
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


def test_a_trial_that_fails_is_noted():
    x, y = data()

    def unlucky(rate, kind):
        if kind == "fails":
            raise RuntimeError("no luck")
        return small(1e18 if kind == "explodes" else rate)

    space = {**RATES, "kind": ["fails", "explodes", "works"]}
    found = sh.search(unlucky, x, y, space, budget=9, **HOW)
    problems = {trial.parameters["kind"]: trial for trial in found.trials}
    assert problems["fails"].problem == "RuntimeError: no luck"
    assert problems["fails"].state == problems["explodes"].state == "failed"
    assert "in epoch" in problems["explodes"].problem
    assert found.parameters["kind"] == "works"
    assert "no luck" in found.table()


def test_a_search_in_which_all_fail_says_so():
    def broken(rate):
        raise RuntimeError("no luck")

    with pytest.raises(RuntimeError, match="the first 10 trials failed, the first with: Runtim"):
        sh.search(broken, *data(), RATES, budget="1h", **HOW)
    with pytest.raises(RuntimeError, match=r"no trial came to .*RuntimeError: no luck"):
        sh.search(broken, *data(), RATES, budget=2, **HOW)


def test_bad_trials_are_stopped_early():
    space = {"rate": (1e-6, 0.1, "log")}
    found = sh.search(small, *data(), space, budget=14, epochs=8, verbose=0)
    stopped = [trial for trial in found.trials if trial.state == "stopped"]
    assert stopped
    for trial in stopped:
        assert 2 < trial.epochs < 8
        assert trial.problem == "worse than half of the others"
        assert trial.value > found.value


def test_nothing_is_tried_twice():
    found = sh.search(small, *data(), {"rate": [0.01, 0.02, 0.03]}, budget="10min", **HOW)
    assert sorted(trial.parameters["rate"] for trial in found.trials) == [0.01, 0.02, 0.03]


class Interrupts(sh.callbacks.Callback):
    """Ctrl-C in the middle of the third trial."""

    trials = 0

    def on_train_begin(self, logs=None):
        Interrupts.trials += 1

    def on_train_batch_end(self, batch, logs=None):
        if Interrupts.trials == self.at and batch == 1:
            raise KeyboardInterrupt

    def __init__(self, at):
        super().__init__()
        self.at = at


def test_ctrl_c_ends_it_with_the_best_so_far(capsys):
    Interrupts.trials = 0
    how = {"epochs": 2, "verbose": 2, "budget": 9}
    found = sh.search(small, *data(), RATES, callbacks=[Interrupts(3)], **how)
    assert [trial.state for trial in found.trials] == ["complete", "complete", "failed"]
    assert found.trials[2].problem == "interrupted"
    assert "Search, interrupted: 3 trials - best val_loss" in capsys.readouterr().out
    Interrupts.trials = 0
    with pytest.raises(KeyboardInterrupt):
        sh.search(small, *data(), RATES, callbacks=[Interrupts(1)], **how)


def test_callbacks_that_a_training_has_used(tmp_path):
    stopping, board = sh.callbacks.EarlyStopping("loss"), sh.callbacks.Board(tmp_path, show=False)
    board.name = "mine"
    small(0.01).fit(*data(), verbose=0, callbacks=[stopping, board])
    found = sh.search(small, *data(), RATES, callbacks=[stopping, board], budget=2, **HOW)
    assert [trial.state for trial in found.trials] == ["complete", "complete"]
    assert {path.name for path in tmp_path.iterdir()} == {"mine", "mine_2", "mine_3"}


class Locks(sh.callbacks.Callback):
    """Cannot be copied."""

    def __init__(self):
        super().__init__()
        self.lock = threading.Lock()


def test_callbacks_of_which_there_are_no_copies():
    with pytest.raises(ValueError, match="callbacks must be such that each trial can have a copy"):
        sh.search(small, *data(), RATES, callbacks=[Locks()], budget=2, **HOW)


def test_a_name_that_the_board_cannot_show(tmp_path):
    with pytest.raises(ValueError, match=r"name must begin with a letter .* got 'a/b-0000'"):
        sh.search(small, *data(), RATES, name="a/b", board=tmp_path, budget=1, **HOW)


def test_a_time_is_kept():
    found = sh.search(small, *data(), RATES, budget="0.001s", epochs=10_000, verbose=0)
    (only,) = found.trials
    assert (only.state, only.epochs, only.problem) == ("stopped", 1, "time was up")
    both = sh.search(small, *data(), RATES, budget=("10min", 2), **HOW)
    assert len(both.trials) == 2


def test_the_highest_value_may_be_the_best():
    x, y = data()

    def classifier(units):
        model = sh.Sequential([layers.GRU(units), layers.Dense(1, activation="sigmoid")])
        model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
        return model

    how = {"monitor": "val_accuracy", "validation_data": (x, y > 0), **HOW}
    found = sh.search(classifier, x, y > 0, {"units": (1, 12)}, budget=4, **how)
    assert found.value == max(trial.value for trial in found.trials)
    assert found.mode == "max"


def test_each_trial_is_on_the_board(tmp_path):
    found = sh.search(small, *data(), RATES, budget=3, board=tmp_path, **HOW)
    runs = sorted(path.name for path in tmp_path.iterdir())
    assert runs == [f"search-{trial.number:04d}" for trial in found.trials]
    assert all((tmp_path / run / "epochs.jsonl").stat().st_size for run in runs)


@pytest.mark.parametrize("style", ["default", "dark_background"])
def test_the_picture(style, tmp_path):
    import matplotlib.pyplot as plt

    found = sh.search(build, *data(), SPACE, budget=5, **HOW)
    with plt.style.context(style):
        figure = found.plot()
        figure.savefig(tmp_path / "search.png")
    shown = [axes.get_xlabel() for axes in figure.axes if axes.get_visible()]
    assert shown[0] == "trial"
    assert {"units", "rate", "cell"} <= set(shown)
    plt.close("all")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("10min", 600), ("1h30min", 5400), ("1.5 hours", 5400), ("2 d", 172800)],
)
def test_times(text, seconds):
    assert Budget.of(text).seconds == seconds


@pytest.mark.parametrize("wrong", ["10", "soon", "10 parsecs", "", 0, -3, 1.5, None, ("1h", "2h")])
def test_wrong_budgets_are_named(wrong):
    with pytest.raises(ValueError, match="budget"):
        sh.search(small, *data(), RATES, budget=wrong, **HOW)


@pytest.mark.parametrize(
    ("space", "words"),
    [
        (None, "space must have at least one parameter"),
        ([1], "space must be a dictionary of parameters"),
        ({1: (2, 3)}, "space must have names of arguments as its keys, got 1"),
        ({"rate": (3, 2)}, r"space\['rate'\] must be a range from low to high, got \(3, 2\)"),
        ({"rate": (0, 2, "log")}, "must have a low above 0 for 'log'"),
        ({"rate": (1, 2, -1)}, "must have a step above 0"),
        ({"rate": ("a", "b")}, "as a tuple, must be .* a list is one of several values"),
        ({"rate": (1, float("inf"))}, "as a tuple, must be"),
        ({"rate": []}, "must have at least one value to choose from"),
        ({"rate": {}}, "as a dictionary, must have strings as its keys"),
        ({"rate": {"a": {"b": (2, 1)}}}, r"space\['rate'\]\['a'\]\['b'\] must be a range"),
        ({"rate": (1, 2), "unitz": (1, 2)}, "space has 'unitz', which is no argument of build"),
        ({"batch_size": (1, 2)}, "build needs 'rate', which is not in the space"),
    ],
)
def test_wrong_spaces_are_named(space, words):
    with pytest.raises(ValueError, match=words):
        sh.search(small, *data(), space, budget=1, **HOW)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"build": "model"}, "build must be a function that returns a compiled model"),
        ({"build": small(0.1)}, "build must be a function that returns a compiled model, got <Seq"),
        ({"build": lambda rate: None}, "build must return a model, got None"),
        ({"build": lambda rate: sh.Sequential([layers.Dense(1)])}, "build must return a compiled"),
        ({"monitor": "val_los"}, "monitor must be one of .*val_loss.*, got 'val_los'"),
        ({"batchsize": 3}, "unknown argument 'batchsize': did you mean 'batch_size'"),
        ({"epochs": 0}, "epochs must be a positive integer, got 0"),
        ({"callbacks": [sh.callbacks.BackupAndRestore("b")]}, "must not hold BackupAndRestore: a"),
        ({"storage": 3}, "storage must be the path of a file"),
        ({"x": iter([data()]), "y": None}, "validation_data must be given where x is an iterable"),
    ],
)
def test_wrong_arguments_are_named(given, words):
    x, y = data()
    arguments = {"build": small, "x": x, "y": y, "space": RATES, "budget": 1, **HOW, **given}
    with pytest.raises(ValueError, match=words):
        sh.search(**arguments)


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        sh.search(small, *data(), RATES, storage=tmp_path / "no" / "s.db", budget=1, **HOW)


def test_a_storage_that_is_none(tmp_path):
    (tmp_path / "search.log").write_text("a journal, or anything else")
    for file, words in ((tmp_path, "got the folder"), (tmp_path / "search.log", "is no SQLite")):
        with pytest.raises(ValueError, match=words):
            sh.search(small, *data(), RATES, storage=file, budget=1, **HOW)


def test_values_of_any_kind_can_be_chosen_from():
    class Trial:
        def suggest_categorical(self, name, labels):
            return labels[-1]

        def suggest_float(self, name, low, high, step, log):
            return high

    values = [None, (3, 4)]
    assert Space({"a": values}).sample(Trial()) == {"a": (3, 4)}
    assert Space({"a": [0, False]}).sample(Trial())["a"] is False
    assert Space({"a": (0.0, 1.0, 0.3)}).sample(Trial())["a"] == pytest.approx(0.9)
    assert Space({"a": "adam", "b": 3}).sample(Trial()) == {"a": "adam", "b": 3}


def test_optuna_is_loaded_late():
    program = (
        "import sunhwan, sys; sunhwan.tuning, sunhwan.search; assert 'optuna' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
    program = (
        "import sys; sys.modules['optuna'] = None\n"
        "import sunhwan\n"
        "try: sunhwan.search(print, [1], [1], {'sep': ['a', 'b']})\n"
        "except ImportError as error: print(error)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert b"pip install 'sunhwan[search]'" in run.stdout
