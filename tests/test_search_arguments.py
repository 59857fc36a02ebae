"""What `sunhwan.search` takes: budgets, spaces, callbacks; and what it refuses."""

import threading

import pytest
from search_case import HOW, RATES, data, small

import sunhwan as sh
from sunhwan import layers
from sunhwan.tuning.budget import Budget
from sunhwan.tuning.space import Space


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
