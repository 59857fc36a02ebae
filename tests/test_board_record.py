"""The record of a training: what stands in its files, and that nothing can spoil them."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from board_case import fit, lines, model

import sunhwan as sh
from sunhwan import layers
from sunhwan.board.lines import read_lines
from sunhwan.board.record import MOST_BYTES, Record
from sunhwan.board.runs import Runs, histograms
from sunhwan.callbacks import Board, Callback
from sunhwan.watching import Message, Steps

pytestmark = pytest.mark.filterwarnings("ignore::sunhwan.doctor.TrainingWarning")


def test_what_stands_in_a_record(tmp_path):
    board = Board(tmp_path, name="one", every=2)
    history = fit(model(), board)
    head = json.loads((board.run / "run.json").read_text())
    assert [layer["name"] for layer in head["model"]["layers"]] == ["lstm", "dense"]
    assert [layer["inputs"] for layer in head["model"]["layers"]] == [["input"], ["lstm"]]
    assert head["model"]["layers"][0]["shape"] == "(?, 3)"
    assert (head["model"]["parameters"], head["optimizer"], head["loss"]) == (76, "SGD", "mse")
    steps = lines(board, "steps")
    assert sum(line["n"] for line in steps) == 10
    assert [line["s"] for line in steps] == list(range(10))
    epochs = lines(board, "epochs")
    assert [line["e"] for line in epochs] == [1, 2]
    assert np.isclose(epochs[1]["logs"]["val_mae"], history.history["val_mae"][1], rtol=1e-4)
    snapshots = lines(board, "snapshots")
    assert [line["s"] for line in snapshots] == [0, 2, 4, 6, 8]
    assert set(snapshots[0]["layers"]["lstm"]["gates"]) == {
        "input", "forget", "candidate", "output",
    }  # fmt: skip
    assert list(snapshots[0]["parameters"]) == [
        "lstm/kernel", "lstm/recurrent_kernel", "lstm/bias", "dense/kernel", "dense/bias",
    ]  # fmt: skip
    assert snapshots[0]["rate"] == 0.1
    found = histograms(board.run, "lstm/recurrent_kernel")
    assert sum(found[0]["value"][2]) == 36
    assert Runs(tmp_path).facts("one")["state"] == "finished"


def test_recording_changes_no_bit(tmp_path):
    plain, recorded = model(), model()
    fit(plain)
    fit(recorded, Board(tmp_path, every=1))
    for one, other in zip(plain.get_weights(), recorded.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_name_that_is_taken_gets_a_number(tmp_path):
    boards = [Board(tmp_path, name="same") for _ in range(3)]
    for board in boards:
        fit(model(), board)
    assert [board.run.name for board in boards] == ["same", "same_2", "same_3"]


def test_a_training_that_goes_on_goes_on_in_its_record(tmp_path):
    made, board = model(), Board(tmp_path, name="long")
    fit(made, board)
    fit(made, board, initial_epoch=2, epochs=3)
    assert [path.name for path in tmp_path.iterdir()] == ["long"]
    assert sum(line["n"] for line in lines(board, "steps")) == 15
    assert [line["e"] for line in lines(board, "epochs")] == [1, 2, 3]


def test_steps_that_are_done_again_take_the_place_of_the_lost_ones(tmp_path):
    made, board = model(), Board(tmp_path, name="again", every=1)
    fit(made, board)
    made.optimizer.iterations = 5
    fit(made, Board(tmp_path, name="again", every=1), initial_epoch=1, epochs=2)
    assert [line["s"] for line in lines(board, "steps")] == list(range(10))


def test_another_model_does_not_go_on_in_a_record(tmp_path):
    fit(model(), Board(tmp_path, name="run"))
    other = sh.Sequential([layers.Dense(1)])
    other.compile("sgd", "mse")
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(8, 3)), rng.normal(size=(8, 1))
    other.fit(x, y, verbose=0)
    other.fit(x, y, verbose=0, callbacks=[Board(tmp_path, name="run")])
    assert {path.name for path in tmp_path.iterdir()} == {"run", "run_2"}


@pytest.mark.parametrize(
    ("error", "state"), [(KeyboardInterrupt(), "interrupted"), (ValueError("bad"), "failed")]
)
def test_how_a_training_ended(tmp_path, error, state):
    class Fails(Callback):
        def on_batch_end(self, batch, logs=None):
            raise error

    with pytest.raises(type(error)):
        fit(model(), Board(tmp_path, name="run"), Fails())
    facts = Runs(tmp_path).facts("run")
    assert facts["state"] == state
    assert facts["error"] == ("ValueError: bad" if state == "failed" else None)


def test_a_training_that_is_stopped_early(tmp_path):
    class Stops(Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = True

    fit(model(), Board(tmp_path, name="run"), Stops(), epochs=3)
    assert Runs(tmp_path).facts("run")["state"] == "stopped"


def test_a_loss_that_is_no_number(tmp_path):
    board = Board(tmp_path, name="run", every=1)
    with np.errstate(all="ignore"):
        fit(model(rate=1e30), board)
    assert lines(board, "steps")[-1]["loss"] is None
    assert lines(board, "epochs")[-1]["logs"]["loss"] is None
    assert lines(board, "snapshots")[-1]["parameters"]["dense/kernel"]["value"][3] == 3


def test_messages(tmp_path):
    class Says(Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.watching.tell(Message("late", {"en": "late", "ko": "늦음"}, "lstm"))

    board = Board(tmp_path, name="run")
    fit(model(), board, Says(), epochs=1)
    (line,) = lines(board, "messages")
    assert (line["words"], line["layer"], line["level"]) == (
        {"en": "late", "ko": "늦음"}, "lstm", "warning",
    )  # fmt: skip


@pytest.mark.parametrize("name", ["", "a/b", "..", ".hidden", "a\\b", "x" * 101, 3])
def test_names_that_are_no_folders(tmp_path, name):
    with pytest.raises(ValueError, match="name must begin with a letter or digit"):
        Board(tmp_path, name=name)


def test_every_prefix_of_a_record_can_be_read(tmp_path):
    board = Board(tmp_path, name="run", every=1)
    fit(model(), board, epochs=1)
    data = (board.run / "snapshots.jsonl").read_bytes()
    whole = read_lines(board.run / "snapshots.jsonl")[0]
    rng = np.random.default_rng(0)
    for end in [0, 1, len(data) - 1, *rng.integers(0, len(data), 40)]:
        (board.run / "snapshots.jsonl").write_bytes(data[:end])
        found = read_lines(board.run / "snapshots.jsonl")[0]
        assert found == whole[: data[:end].count(b"\n")]


def test_a_kill_loses_nothing_that_was_told(tmp_path):
    program = """if True:
        import os, sys, numpy as np, sunhwan as sh
        model = sh.Sequential([sh.layers.Dense(1)])
        model.compile("sgd", "mse")
        class Tells(sh.callbacks.Callback):
            def on_epoch_end(self, epoch, logs=None):
                os.write(1, b"%d\\n" % (epoch + 1))
        model.fit(np.ones((64, 2)), np.ones(64), 8, epochs=10**6, verbose=0,
                  callbacks=[sh.callbacks.Board(sys.argv[1], name="run"), Tells()])
    """
    command = [sys.executable, "-c", program, str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    for _ in range(20):
        told = int(process.stdout.readline())
    time.sleep(0.5)  # epochs that are over so soon are written several at a time
    assert Runs(tmp_path).facts("run")["state"] == "running"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    epochs = [line["e"] for line in read_lines(tmp_path / "run" / "epochs.jsonl")[0]]
    assert len(epochs) >= told
    assert epochs == list(range(1, len(epochs) + 1))
    assert Runs(tmp_path).facts("run")["state"] == "lost"


@pytest.mark.slow
def test_a_million_steps_stay_small(tmp_path):
    # What a deep model's snapshots are like, as often as a watch makes them at most.
    board = Board(tmp_path, name="first", every=1)
    sh.utils.set_random_seed(0)
    deep = sh.Sequential([layers.LSTM(4, return_sequences=True) for _ in range(12)])
    deep.compile("sgd", "mse")
    deep.fit(np.ones((4, 3, 2)), np.ones((4, 3, 4)), 4, verbose=0, callbacks=[board])
    kinds = {kind: lines(board, kind)[0] for kind in ("snapshots", "histograms")}
    record = Record(tmp_path, "million", 0, {})
    for step in range(0, 1_000_000, 50):
        record.steps(Steps(step, [1.0 / (step + 1)] * 50, 1.25))
        for kind, line in kinds.items():
            record._files[kind].append({**line, "s": step})
        if step % 100 == 0:
            record.epoch(step // 100, step, {"loss": 0.1234567, "val_loss": 0.1, "accuracy": 0.5})
            record.message(Message("said", {"en": "something that is said often " * 5}))
    record.end("finished")
    sizes = {path.name: path.stat().st_size for path in record.folder.iterdir()}
    assert sum(sizes.values()) < 50e6
    assert set(sizes) == {"run.json", "end.json", *(f"{kind}.jsonl" for kind in MOST_BYTES)}
    assert all(sizes[f"{kind}.jsonl"] <= most for kind, most in MOST_BYTES.items())
    steps = read_lines(record.folder / "steps.jsonl")[0]
    assert sum(line["n"] for line in steps) == 1_000_000
    assert len(steps) > 5000
    assert len(read_lines(record.folder / "snapshots.jsonl")[0]) > 100


def test_a_record_that_is_still_written_is_running(tmp_path):
    record = Record(tmp_path, "run", 0, {"model": {}})
    assert Runs(tmp_path).facts("run")["state"] == "running"
    head = json.loads((record.folder / "run.json").read_text())
    for changed, state in (
        ({"began": -1}, "lost"),
        ({"host": "elsewhere"}, "running"),
        ({"began": -1, "system": "another container"}, "running"),
    ):
        text = json.dumps({**head, "process": {**head["process"], **changed}})
        (record.folder / "run.json").write_text(text)
        assert Runs(tmp_path).facts("run")["state"] == state
    old = time.time() - 1000
    for path in record.folder.iterdir():
        os.utime(path, (old, old))
    assert Runs(tmp_path).facts("run")["state"] == "lost"
    record.end("finished")


def test_what_the_doctor_finds(tmp_path):
    from sunhwan.doctor import DominatingClass

    class Finds(Callback):
        def on_epoch_end(self, epoch, logs=None):
            figures = {"share": 0.97, "label": 3, "factor": 0.031}
            board.on_finding(DominatingClass(1, figures))

    board = Board(tmp_path, name="run")
    fit(model(), board, Finds(), epochs=1)
    (line,) = lines(board, "messages")
    assert line["name"] == "dominating_class"
    assert "97" in line["words"]["en"]
    assert re.search("[가-힣]", line["words"]["ko"])
