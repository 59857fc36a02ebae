"""A board where the disk is full, the folder read-only or gone, the runs many or damaged."""

import errno
import http.client
import os
import shutil
import socket
import subprocess
import sys
import textwrap
import time
from urllib.parse import urlsplit

import numpy as np
import pytest
from board_case import MISSING, ask

import sunhwan as sh
from sunhwan.board.control import ask_for_rate
from sunhwan.board.lines import Lines, read_lines
from sunhwan.board.process import is_alive, this_process
from sunhwan.board.record import Record
from sunhwan.board.runs import Runs
from sunhwan.callbacks import Board, Callback, LearningRateScheduler, ReduceLROnPlateau
from sunhwan.optimizers import SGD, schedules

pytestmark = pytest.mark.filterwarnings("ignore::sunhwan.doctor.TrainingWarning")
served = pytest.mark.skipif(bool(MISSING), reason=f"the board needs {MISSING}")


def fit(*callbacks, epochs=3, rate=0.125):
    model = sh.Sequential([sh.layers.Dense(1, input_shape=(2,))])
    model.compile(SGD(rate), "mse")
    x = np.ones((8, 2), np.float32)
    return model, model.fit(x, x[:, 0], 4, epochs=epochs, verbose=0, callbacks=list(callbacks))


class Full:
    """A file on a disk that has room for so many bytes more."""

    def __init__(self, file, room):
        self.file, self.room = file, room

    def write(self, data):
        if not self.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = self.file.write(data[: self.room])
        self.room -= written
        return written

    def close(self):
        self.file.close()


def test_a_line_that_found_no_room_is_closed_off(tmp_path):
    writer = Lines(tmp_path / "lines.jsonl", 1000)
    writer.append({"s": 1})
    file, writer._file = writer._file, Full(writer._file, 4)
    for number in (2, 3):
        with pytest.raises(OSError, match="No space left"):
            writer.append({"s": number})
    writer._file = file
    writer.append({"s": 4}, {"s": 5})
    writer.close()
    assert [line["s"] for line in read_lines(tmp_path / "lines.jsonl")[0]] == [1, 4, 5]


def test_a_training_goes_on_without_room(tmp_path):
    class Fills(Callback):
        def on_epoch_begin(self, epoch, logs=None):
            file = board._record._files["epochs"]
            if epoch == 1:
                self.file, file._file = file._file, Full(file._file, 9)
            if epoch == 2:
                file._file = self.file

        def on_epoch_end(self, epoch, logs=None):
            board._record._epoch_time = 0.0  # do not wait for more

    board = Board(tmp_path, name="run")
    with pytest.warns(UserWarning, match="has gaps, training goes on: .*No space left") as told:
        _, history = fit(Fills(), board)
    assert len(told) == 1
    assert history.epoch == [0, 1, 2]
    assert [line["e"] for line in read_lines(board.run / "epochs.jsonl")[0]] == [1, 3]
    assert Runs(tmp_path).facts("run")["state"] == "finished"


def test_a_folder_that_goes_away(tmp_path):
    class Removes(Callback):
        def on_epoch_end(self, epoch, logs=None):
            shutil.rmtree(board.run, ignore_errors=True)

    board = Board(tmp_path, name="run")
    with pytest.warns(UserWarning, match="has gaps, training goes on"):
        _, history = fit(Removes(), board)
    assert history.epoch == [0, 1, 2]


def test_a_disk_that_is_full_is_not_thinned(tmp_path, monkeypatch):
    writer = Lines(tmp_path / "lines.jsonl", 100)

    def refuse(self, data):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("pathlib.Path.write_bytes", refuse)
    for number in range(20):
        writer.append({"s": number})
    monkeypatch.undo()
    assert len(read_lines(writer.path)[0]) == 20
    for number in range(20, 30):
        writer.append({"s": number})
    writer.close()
    assert writer.path.stat().st_size < 200
    assert not writer.path.with_suffix(".new").exists()


def test_a_folder_that_cannot_be_written_is_said_at_once(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        fit(Board(tmp_path / "file" / "runs"))


@pytest.mark.parametrize("folder", ["", None, 3])
@pytest.mark.parametrize("callback", [Board, sh.callbacks.TensorBoard])
def test_what_is_no_folder(callback, folder):
    with pytest.raises(ValueError, match="must be the path of a folder, got"):
        callback(folder)


def test_damaged_records_are_listed(tmp_path):
    for name, head in (
        ("text", "no json"), ("list", "[1]"), ("odd", '{"process": 3, "model": 4}'), ("empty", ""),
        ("newer", '{"format": 2, "model": {"layers": 7}}'),
    ):  # fmt: skip
        (tmp_path / name).mkdir()
        (tmp_path / name / "run.json").write_text(head)
        os.utime(tmp_path / name / "run.json", (0, 0))
    runs = Runs(tmp_path)
    states = {name: runs.facts(name)["state"] for name in runs.names()}
    assert states == {**dict.fromkeys(("text", "list", "odd", "empty"), "lost"), "newer": "newer"}
    assert runs.place("newer") is None
    assert set(runs.facts("newer")) == {"name", "state", "error"}


def test_runs_are_read_once(tmp_path, monkeypatch):
    for number in range(5):
        Record(tmp_path, f"run {number}", 0, {"model": {}}).end("finished")
    old = time.time() - 100
    for place in tmp_path.iterdir():
        os.utime(place, (old, old))
    runs, read = Runs(tmp_path), []
    monkeypatch.setattr("sunhwan.board.runs.read_head", lambda place: read.append(place) or {})
    for _ in range(3):
        assert len(runs.listed(())) == 5
    assert len(read) == 5
    monkeypatch.undo()
    again = Record(tmp_path, "run 2", 5, {"model": {}})
    assert runs.facts("run 2")["state"] == "running"
    again.end("failed", "ValueError: no")
    brief = {one["name"]: one for one in runs.listed(["run 2"])}
    assert brief["run 2"]["error"] == "ValueError: no"
    assert "created" in brief["run 2"]
    assert brief["run 1"] == {"name": "run 1", "state": "finished", "error": None}


def test_a_process_of_another_user_is_alive(monkeypatch):
    def refuse(pid, signal):
        raise PermissionError

    monkeypatch.setattr("os.kill", refuse)
    assert is_alive(this_process(), 0.0)
    assert not is_alive({**this_process(), "began": -1}, 0.0)


@served
def test_a_port_that_is_taken(tmp_path, capsys):
    from sunhwan.cli import main

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert main(["board", str(tmp_path), "--port", port, "--no-browser"]) == 1
    said = capsys.readouterr().err
    assert f"cannot listen on 127.0.0.1, port {port}: Address already in use" in said


@served
def test_events_are_not_held_back(tmp_path):
    from sunhwan.board import Shown

    shown = Shown(tmp_path, browser=False, port=0)
    try:
        assert ask(shown.address, "runs", accept_encoding="gzip")[0] == 200
        parts = urlsplit(shown.address)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
        headers = {"accept-encoding": "gzip"}
        connection.request("GET", f"{parts.path}events", headers=headers)
        assert connection.getresponse().readline() == b"event: runs\n"
        connection.close()
    finally:
        shown.close()


def test_without_the_extra_it_says_how_to_get_it(tmp_path):
    program = """
        import sys
        for name in ("starlette", "uvicorn", "plotly"):
            sys.modules[name] = None
        import sunhwan as sh
        from sunhwan.cli import main
        model = sh.Sequential([sh.layers.Dense(1)])
        model.compile("sgd", "mse")
        def fit(callback):
            model.fit([[1.0]], [2.0], verbose=0, callbacks=[callback])
        fit(sh.callbacks.Board(sys.argv[1]))  # recording needs nothing
        fit(sh.callbacks.TensorBoard(sys.argv[1]))
        try:
            fit(sh.callbacks.Board(sys.argv[1], show=True))
        except ImportError as error:
            print(error, file=sys.stderr)
        sys.exit(main(["board", sys.argv[1]]))
    """
    command = [sys.executable, "-c", textwrap.dedent(program), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("pip install 'sunhwan[board]'") == 2, done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_found_after_the_end_is_in_the_same_record(tmp_path):
    class Finds(Callback):
        def on_train_end(self, logs=None):
            for label in range(2):
                figures = {"share": 0.97, "label": label, "factor": 0.031}
                board.on_finding(sh.doctor.DominatingClass(1, figures))

    board = Board(tmp_path, name="run")
    fit(board, Finds())
    assert [place.name for place in tmp_path.iterdir()] == ["run"]
    found = read_lines(board.run / "messages.jsonl")[0]
    assert [f"label {n}," in line["words"]["en"] for n, line in enumerate(found)] == [True, True]
    assert Runs(tmp_path).facts("run")["state"] == "finished"


class Asks(Callback):
    """Asks for a learning rate in the first epoch, as the page does."""

    def on_epoch_begin(self, epoch, logs=None):
        self.seen = [*getattr(self, "seen", []), float(self.model.optimizer.learning_rate)]

    def on_epoch_end(self, epoch, logs=None):
        if epoch == 0:
            ask_for_rate(self.board.run, 0.5)
            self.board._obeyed = 0.0


def asked(folder, *others, epochs=4, rate=0.125):
    """Learning rates at the beginning of epochs, and what the board said."""
    asks, board = Asks(), Board(folder, name="run")
    asks.board = board
    fit(asks, board, *others, epochs=epochs, rate=rate)
    words = [line["words"]["en"] for line in read_lines(board.run / "messages.jsonl")[0]]
    return asks.seen, words


def test_the_rate_of_the_page_and_schedules(tmp_path):
    seen, words = asked(tmp_path / "plain")
    assert seen == [0.125, 0.5, 0.5, 0.5]
    assert words == ["learning rate set to 0.5 from the page"]
    for schedule in (schedules.OneCycle(0.3, 8), schedules.Warmup(0.1, 4)):
        seen, words = asked(tmp_path / schedule.name, rate=schedule)
        assert 0.5 not in seen[1:2]
        assert words == ["the learning rate was not changed: a schedule decides on it"]


def test_the_rate_of_the_page_and_callbacks(tmp_path):
    halve = LearningRateScheduler(lambda epoch, rate: rate / 2)
    seen, words = asked(tmp_path / "scheduler", halve)
    assert seen == [0.125, 0.5, 0.25, 0.125]  # before the callback halves it
    assert words[0].endswith("; LearningRateScheduler sets the next epoch's")
    worse = ReduceLROnPlateau("loss", factor=0.5, patience=1, min_delta=1e9)
    seen, words = asked(tmp_path / "plateau", worse)
    assert seen[1] == 0.5
    assert seen[2:] == [0.25, 0.125]
    assert words == ["learning rate set to 0.5 from the page"]
