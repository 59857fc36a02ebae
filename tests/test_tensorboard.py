"""Event files: their bytes, and what the training writes into them."""

import struct

import numpy as np
import pytest

import sunhwan as sh
from sunhwan.board.events import EventFile, crc32c, histogram, record, scalar
from sunhwan.callbacks import TensorBoard

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
    file = EventFile(tmp_path, now=1.5)
    file.write(300, [scalar("loss", 0.5)], now=2.0)
    file.close()
    assert file.path.name.startswith("events.out.tfevents.0000000001.")
    assert file.path.read_bytes() == GOLDEN


def fields(data):
    """The fields of a message: pairs of a number and a value."""
    place, found = 0, []

    def varint():
        nonlocal place
        number, shift = 0, 0
        while True:
            byte = data[place]
            number, place, shift = number | (byte & 127) << shift, place + 1, shift + 7
            if byte < 128:
                return number

    while place < len(data):
        key = varint()
        if key & 7 == 0:
            value = varint()
        elif key & 7 == 2:
            length = varint()
            value, place = data[place : place + length], place + length
        else:
            size, kind = {1: (8, "<d"), 5: (4, "<f")}[key & 7]
            value, place = struct.unpack(kind, data[place : place + size])[0], place + size
        found.append((key >> 3, value))
    return found


def events(folder):
    """`{tag: {step: value}}` of all event files in a folder."""
    found = {}
    for path in folder.glob("events.out.tfevents.*"):
        data, place = path.read_bytes(), 0
        while place < len(data):
            (length,) = struct.unpack_from("<Q", data, place)
            inner = data[place + 12 : place + 12 + length]
            assert record(inner) == data[place : place + length + 16]
            place += length + 16
            event = dict(fields(inner))
            for _, value in fields(event.get(5, b"")):
                parts = dict(fields(value))
                tag, what = parts[1].decode(), parts[2] if 2 in parts else dict(fields(parts[5]))
                found.setdefault(tag, {})[event[2]] = what
    return found


def trained(folder, **arguments):
    sh.utils.set_random_seed(0)
    model = sh.Sequential([sh.layers.Dense(3, name="first"), sh.layers.Dense(1, name="last")])
    model.compile(sh.optimizers.SGD(0.125), "mse", metrics=["mae"])
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(40, 4)), rng.normal(size=(40, 1))
    board = TensorBoard(folder, **arguments)
    history = model.fit(x, y, 8, epochs=3, verbose=0, validation_split=0.2, callbacks=[board])
    return model, history.history


def test_epochs(tmp_path):
    _, history = trained(tmp_path, write_steps_per_second=True)
    training, validation = events(tmp_path / "train"), events(tmp_path / "validation")
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
    found = events(tmp_path / "train")
    assert list(found["batch_loss"]) == list(found["batch_mae"]) == list(steps)


def test_histograms(tmp_path):
    model, _ = trained(tmp_path, histogram_freq=2)
    found = events(tmp_path / "train")["first/kernel/histogram"]
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
