"""`sunhwan.search`: hyperparameters tried and noted, and the best model kept."""

import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest
from search_case import HOW, RATES, SPACE, build, data, small, told

import sunhwan as sh
from sunhwan import layers
from sunhwan._engine import seeds

mpl.use("agg")


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
