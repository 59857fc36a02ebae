"""Event files: their bytes, and what the training writes into them."""

import numpy as np
import pytest
from backup_case import BATCHES, Interrupt, build, fit
from read_events import events, events_in, fields, restarts

import sunhwan as sh
from sunhwan.board.events import EventFile, crc32c, histogram, scalar
from sunhwan.callbacks import BackupAndRestore, TensorBoard

# Read by TensorBoard 2.21's own reader: the version, then `loss` = 0.5 at step 300.
GOLDEN = bytes.fromhex(
    "1a00000000000000129bd82d09000000000000f83f10001a0d627261696e2e4576656e743a32d3dc531e"
    "1b000000000000001a0d9e1309000000000000004010ac022a0d0a0b0a046c6f7373150000003fdfc52b60"
)


@pytest.mark.parametrize(
    ("data", "crc"),
    [(b"", 0), (bytes(32), 0x8A9136AA), (b"\xff" * 32, 0x62A8AB43), (bytes(range(32)), 0x46DD794E)],
)
def test_checksums_are_those_of_the_standard(data, crc):
    assert crc32c(data) == crc  # RFC 3720, B.4


def test_a_file_has_the_bytes_that_tensorboard_reads(tmp_path):
    file = EventFile(tmp_path / "run" / "events", now=1.5)
    file.write(300, [scalar("loss", 0.5)], now=2.0)
    file.close()
    assert (tmp_path / "run" / "events").read_bytes() == GOLDEN


def trained(folder, **arguments):
    sh.utils.set_random_seed(0)
    model = sh.Sequential([sh.layers.Dense(3, name="first"), sh.layers.Dense(1, name="last")])
    model.compile(sh.optimizers.SGD(0.125), "mse", metrics=["mae"])
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(40, 4)), rng.normal(size=(40, 1))
    board = TensorBoard(folder, **arguments)
    history = model.fit(x, y, 8, epochs=3, verbose=0, validation_split=0.2, callbacks=[board])
    return model, history.history


def interrupted(after, added, **arguments):
    """Train until an error comes, so many batches later; whether it came."""
    board = TensorBoard(update_freq="batch", **arguments)
    try:
        fit(build(), [board, *added, Interrupt(after)])
    except KeyboardInterrupt:
        board.on_train_end()  # close the files, as the system does with those of a killed process
        return True
    return False


def test_epochs(tmp_path):
    _, history = trained(tmp_path, write_steps_per_second=True)
    training, validation = events_in(tmp_path / "train"), events_in(tmp_path / "validation")
    assert set(training) == {
        "epoch_loss", "epoch_mae", "epoch_learning_rate", "epoch_steps_per_second",
    }  # fmt: skip
    assert set(validation) == {
        "epoch_loss", "epoch_mae", "evaluation_loss_vs_iterations", "evaluation_mae_vs_iterations",
    }  # fmt: skip
    np.testing.assert_allclose(list(training["epoch_mae"].values()), history["mae"], rtol=1e-6)
    np.testing.assert_allclose(list(validation["epoch_loss"].values()), history["val_loss"])
    assert list(validation["evaluation_loss_vs_iterations"]) == [4, 8, 12]
    assert training["epoch_learning_rate"] == {0: 0.125, 1: 0.125, 2: 0.125}
    assert min(training["epoch_steps_per_second"].values()) > 0


@pytest.mark.parametrize(("frequency", "steps"), [("batch", range(1, 13)), (5, [5, 10])])
def test_batches(tmp_path, frequency, steps):
    trained(tmp_path, update_freq=frequency)
    found = events_in(tmp_path / "train")
    assert list(found["batch_loss"]) == list(found["batch_mae"]) == list(steps)


def test_histograms(tmp_path):
    model, _ = trained(tmp_path, histogram_freq=2)
    found = events_in(tmp_path / "train")["first/kernel/histogram"]
    assert list(found) == [0, 2]
    last, weights = found[2], model.get_weights()[0]
    limits, counts = np.frombuffer(last[6], "<f8"), np.frombuffer(last[7], "<f8")
    np.testing.assert_allclose([last[1], last[2], last[3]], [weights.min(), weights.max(), 12])
    np.testing.assert_allclose([last[4], last[5]], [weights.sum(), (weights**2).sum()], rtol=1e-5)
    np.testing.assert_array_equal(counts, np.histogram(weights.astype(float), 40)[0])
    np.testing.assert_allclose(limits[-1], weights.max())


def test_a_histogram_of_nothing_finite():
    assert dict(fields(histogram("nan", np.full(3, np.nan))))[1] == b"nan"


def test_the_reader_of_tensorboard_itself(tmp_path):
    reader = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    _, history = trained(tmp_path, histogram_freq=1)
    found = reader.EventAccumulator(str(tmp_path / "train"))
    found.Reload()
    values = [event.value for event in found.Scalars("epoch_loss")]
    np.testing.assert_allclose(values, history["loss"], rtol=1e-6)
    assert found.Histograms("last/kernel/histogram")[0].histogram_value.num == 3


@pytest.mark.parametrize(("freq", "stops"), [("epoch", BATCHES + 2), (3, 4), (2, 2 * BATCHES + 3)])
def test_a_training_that_goes_on_has_each_step_once(tmp_path, freq, stops):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert not interrupted(0, [], log_dir=whole, histogram_freq=1)
    keep = BackupAndRestore(tmp_path / "backup", freq)
    assert interrupted(stops, [keep], log_dir=parts, histogram_freq=1)
    while interrupted(stops, [keep], log_dir=parts, histogram_freq=1):
        pass
    for run in ("train", "validation"):
        assert events_in(parts / run) == events_in(whole / run)


def test_the_files_of_a_training_that_was_not_gone_on_with_stay(tmp_path):
    for attempt in (1, 2):
        assert interrupted(2, [], log_dir=tmp_path)
        files = list((tmp_path / "train").iterdir())
        assert len(files) == attempt
    assert [events([file])["batch_loss"].keys() for file in files] == [{1, 2}, {1, 2}]


def test_tensorboard_is_told_where_a_training_goes_on(tmp_path):
    keep = BackupAndRestore(tmp_path / "backup", save_freq=BATCHES + 2)
    assert interrupted(BATCHES + 4, [keep], log_dir=tmp_path)
    assert not interrupted(0, [keep], log_dir=tmp_path)
    first, second = sorted((tmp_path / "train").iterdir())
    assert restarts(first) == []
    assert restarts(second) == [BATCHES + 3] * 2
    assert max(events([first])["batch_loss"]) == BATCHES + 2
    assert min(events([second])["batch_loss"]) == BATCHES + 3


@pytest.mark.parametrize("module", ["event_accumulator", "plugin_event_accumulator"])
def test_a_tensorboard_that_was_open_forgets_lost_steps(tmp_path, module):
    reader = pytest.importorskip(f"tensorboard.backend.event_processing.{module}")
    keep = BackupAndRestore(tmp_path / "backup", save_freq=BATCHES + 2)
    assert interrupted(BATCHES + 4, [keep], log_dir=tmp_path)
    found = reader.EventAccumulator(str(tmp_path / "train"))
    values = found.Scalars if module == "event_accumulator" else found.Tensors
    found.Reload()
    assert [event.step for event in values("batch_loss")] == [*range(1, BATCHES + 5)]
    assert not interrupted(0, [keep], log_dir=tmp_path)
    found.Reload()
    assert [event.step for event in values("batch_loss")] == [*range(1, 4 * BATCHES + 1)]
    assert [event.step for event in values("epoch_loss")] == [*range(4)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"update_freq": 0}, "update_freq must be a positive integer"),
        ({"update_freq": "step"}, "update_freq must be"),
        ({"histogram_freq": -1}, "histogram_freq must be"),
        ({"write_steps_per_second": 2}, "write_steps_per_second must be"),
    ],
)
def test_arguments_out_of_range(tmp_path, arguments, message):
    with pytest.raises((ValueError, TypeError), match=message):
        TensorBoard(tmp_path, **arguments)
