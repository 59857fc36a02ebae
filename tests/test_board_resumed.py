"""A training that was interrupted goes on in its record: no gap, nothing twice, no second run."""

import json

import pytest
from backup_case import Interrupt
from board_case import BATCHES, fit, model

import sunhwan as sh
from sunhwan.board import record
from sunhwan.board.lines import read_lines
from sunhwan.board.record import Record
from sunhwan.board.runs import Runs
from sunhwan.callbacks import BackupAndRestore, Board, Callback
from sunhwan.watching import Steps

pytestmark = pytest.mark.filterwarnings("ignore::sunhwan.doctor.TrainingWarning")
EPOCHS = 4


def steps_in(place):
    """The numbers of the steps that a record holds, in its order."""
    lines = read_lines(place / "steps.jsonl")[0]
    return [step for line in lines for step in range(line["s"] - line["n"] + 1, line["s"] + 1)]


def epochs_in(place):
    return [line["e"] for line in read_lines(place / "epochs.jsonl")[0]]


def trained(folder, frequency, stops, **arguments):
    """Train, with an interruption after each so many batches, each time as a new program would."""
    while True:
        keep = BackupAndRestore(folder / "backup", frequency)
        board = Board(folder / "runs", name=None, every=2)
        board.name += f" {len(list(folder.glob('runs/*')))}"  # the time that it is then
        try:
            fit(model(**arguments), keep, board, Interrupt(stops), epochs=EPOCHS)
        except KeyboardInterrupt:
            continue
        return board


@pytest.mark.parametrize(("frequency", "stops"), [("epoch", 7), (1, 2), (3, 4), (2, 3)])
def test_one_run_without_a_gap(tmp_path, frequency, stops):
    board = trained(tmp_path, frequency, stops)
    assert [place.name for place in (tmp_path / "runs").iterdir()] == [board.run.name]
    assert steps_in(board.run) == list(range(BATCHES * EPOCHS))
    assert epochs_in(board.run) == list(range(1, EPOCHS + 1))
    snapshots = [line["s"] for line in read_lines(board.run / "snapshots.jsonl")[0]]
    assert snapshots == list(range(0, BATCHES * EPOCHS, 2))
    facts = Runs(tmp_path / "runs").facts(board.run.name)
    assert (facts["state"], facts["epochs"]) == ("finished", EPOCHS)


def test_a_run_that_was_thinned(tmp_path, monkeypatch):
    monkeypatch.setattr(record, "MOST_BYTES", dict.fromkeys(record.MOST_BYTES, 600))
    board = trained(tmp_path, 1, 3)
    assert steps_in(board.run) == list(range(BATCHES * EPOCHS))
    assert epochs_in(board.run)[-1] >= EPOCHS - 1


def test_steps_that_only_collect_gradients_count(tmp_path):
    board = trained(tmp_path, 2, 3, gradient_accumulation_steps=3)
    assert steps_in(board.run) == list(range(BATCHES * EPOCHS))
    snapshots = [line["s"] for line in read_lines(board.run / "snapshots.jsonl")[0]]
    assert all(step % 3 == 2 for step in snapshots)


def test_what_the_doctor_had_said_stays(tmp_path):
    class Says(Callback):
        def on_epoch_end(self, epoch, logs=None):
            board.on_finding(
                sh.doctor.DominatingClass(1, {"share": 1, "label": epoch, "factor": 1})
            )

    for stops in (BATCHES * 2 + 1, 99):
        board = Board(tmp_path / "runs", name="run")
        keep = BackupAndRestore(tmp_path / "backup")
        try:
            fit(model(), board, keep, Says(), Interrupt(stops), epochs=EPOCHS)
        except KeyboardInterrupt:
            assert stops < 99
    assert len(read_lines(board.run / "messages.jsonl")[0]) == EPOCHS


def test_a_run_that_is_gone_begins_anew(tmp_path):
    keep, board = BackupAndRestore(tmp_path / "backup"), Board(tmp_path / "runs", name="run")
    with pytest.raises(KeyboardInterrupt):
        fit(model(), keep, board, Interrupt(BATCHES + 1), epochs=EPOCHS)
    for path in board.run.iterdir():
        path.unlink()
    board.run.rmdir()
    keep, again = BackupAndRestore(tmp_path / "backup"), Board(tmp_path / "runs")
    fit(model(), keep, again, epochs=EPOCHS)
    assert again.run.name == "run"
    assert steps_in(again.run) == list(range(BATCHES, BATCHES * EPOCHS))


def test_fits_after_each_other_with_collected_gradients(tmp_path):
    made, board = model(gradient_accumulation_steps=3), Board(tmp_path, name="run")
    for epoch in range(3):
        fit(made, board, initial_epoch=epoch, epochs=epoch + 1)
    assert steps_in(board.run) == list(range(3 * BATCHES))


def test_two_trainings_at_once_get_a_folder_each(tmp_path):
    made = model()
    fit(made, epochs=1)
    boards = [Board(tmp_path, name="run") for _ in range(2)]

    class Meanwhile(Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 1:
                other = model()
                other.optimizer.iterations = BATCHES
                fit(other, boards[1], initial_epoch=1, epochs=2)

    fit(made, boards[0], Meanwhile(), initial_epoch=1, epochs=EPOCHS)
    assert [board.run.name for board in boards] == ["run", "run_2"]
    assert steps_in(boards[0].run) == list(range(BATCHES, BATCHES * EPOCHS))
    assert steps_in(boards[1].run) == list(range(BATCHES, 2 * BATCHES))


def test_a_record_of_a_newer_version_is_left_alone(tmp_path):
    made, board = model(), Board(tmp_path, name="run")
    fit(made, board)
    head = json.loads((board.run / "run.json").read_text())
    (board.run / "run.json").write_text(json.dumps({**head, "format": 2}))
    before = (board.run / "steps.jsonl").read_bytes()
    fit(made, again := Board(tmp_path, name="run"), epochs=1)
    assert again.run.name == "run_2"
    assert (board.run / "steps.jsonl").read_bytes() == before


def test_a_record_is_not_read_through_to_go_on(tmp_path, monkeypatch):
    first = Record(tmp_path, "run", 0, {"model": 1})
    first.steps(Steps(0, [1.0] * 10, 1.0))
    first.end("finished")
    monkeypatch.setattr("sunhwan.board.lines.Lines._rewrite", lambda self, lines: 1 / 0)
    Record(tmp_path, "run", 10, {"model": 1}).end("finished")
    with pytest.raises(ZeroDivisionError):
        Record(tmp_path, "run", 9, {"model": 1})
