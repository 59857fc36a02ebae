"""NaN in a training: the doctor says where it began, and keeps the rows that brought it."""

import warnings
from pathlib import Path

import numpy as np
import pytest

import sunhwan as sh
from sunhwan import doctor, layers
from sunhwan.callbacks import Callback
from sunhwan.losses import Loss
from sunhwan.optimizers import SGD

ROWS, STEPS, FEATURES = 24, 6, 3
HUGE = 3e38


@pytest.fixture(autouse=True)
def _seed(monkeypatch, tmp_path):
    sh.utils.set_random_seed(1)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


@pytest.fixture
def x():
    return np.random.default_rng(0).normal(size=(ROWS, STEPS, FEATURES)).astype(np.float32)


def train(hidden, x, y, loss="mse", optimizer=None, **kwargs):
    """Train; return the one finding."""
    model = sh.Sequential([*hidden, layers.Dense(1, name="last")])
    model.compile(optimizer or SGD(1e-3), loss)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        history = model.fit(x, y, **{"batch_size": 8, "verbose": 0, "epochs": 2, **kwargs})
    (finding,) = [one.message for one in caught if one.category is doctor.NotFinite]
    assert str(history.diagnose()[0]) == str(finding)
    return finding


@pytest.mark.parametrize("shuffle", [False, True])
def test_layer_time_step_and_rows_are_found(x, shuffle):
    x[[5, 17], 3] = HUGE
    rnn = layers.SimpleRNN(
        4, activation="linear", name="rnn", kernel_initializer="ones", recurrent_initializer="ones"
    )
    finding = train([rnn], x, x[:, 0, 0], shuffle=shuffle, batch_size=ROWS)
    assert finding.figures["layer"] == "rnn"
    assert finding.figures["time"] == 3
    assert sorted(finding.figures["rows"]) == [5, 17]
    assert (finding.figures["step"], finding.figures["epoch"]) == (1, 1)
    assert "layer 'rnn' at time step 3" in str(finding)
    with np.load(finding.figures["path"]) as kept:
        np.testing.assert_array_equal(np.sort(kept["rows"]), [5, 17])
        np.testing.assert_array_equal(kept["x"], x[kept["rows"]])
        np.testing.assert_array_equal(kept["y"][:, 0], x[kept["rows"], 0, 0])
    assert [path.suffix for path in Path(finding.figures["path"]).parent.iterdir()] == [".npz"]


def test_a_stateful_layer_is_not_broken_from_its_first_step(x):
    x[2, 3] = HUGE
    rnn = layers.SimpleRNN(
        4, activation="linear", name="rnn", kernel_initializer="ones", stateful=True
    )
    finding = train([layers.Input((STEPS, FEATURES), batch_size=8), rnn], x, x[:, 0, 0])
    assert (finding.figures["layer"], finding.figures["time"]) == ("rnn", 3)
    assert finding.figures["rows"] == [2]


def test_tokens_are_no_numbers_that_a_layer_is_given():
    ids = np.random.default_rng(0).integers(0, 5, (ROWS, STEPS))
    wide = layers.Embedding(5, 3, embeddings_initializer=sh.initializers.Constant(HUGE))
    rnn = layers.SimpleRNN(4, activation="linear", name="rnn", kernel_initializer="ones")
    finding = train([wide, rnn], ids, np.zeros(ROWS))
    assert "in the output of layer 'rnn' at time step 0 (from 0), by 8 rows" in str(finding)


def test_the_batch_in_which_it_came_is_told(x):
    x[21] = HUGE
    finding = train([layers.Dense(4, name="dense", kernel_initializer="ones")], x[:, 0], x[:, 0, 0])
    assert finding.figures["layer"] == "dense"
    assert finding.figures["rows"] == [21]
    assert 1 <= finding.figures["step"] <= 3


def test_ragged_rows_are_kept_one_by_one(x):
    ragged = [row[: 2 + number % 4] for number, row in enumerate(x)]
    ragged[9][1] = HUGE
    ragged[10][0] = HUGE
    lstm = layers.LSTM(4, name="lstm", activation="linear", kernel_initializer="ones")
    finding = train([lstm], ragged, x[:, 0, 0], batch_size=ROWS)
    assert sorted(finding.figures["rows"]) == [9, 10]
    with np.load(finding.figures["path"]) as kept:
        np.testing.assert_array_equal(kept["x_9"], ragged[9])


def test_a_loss_that_is_not_finite_itself(x):
    class Root(Loss):
        def call(self, y_true, y_pred):
            return np.sqrt(y_true).mean(axis=-1)

        def gradient(self, y_true, y_pred):
            return np.zeros_like(y_pred)

    y = np.ones(ROWS)
    y[13] = -1.0
    with np.errstate(invalid="ignore"):
        finding = train([layers.LSTM(4)], x, y, loss=Root(), shuffle=False)
    assert finding.figures["layer"] is None
    assert finding.figures["rows"] == [13]
    assert "in the loss itself" in str(finding)
    assert finding.figures["step"] == 2


def test_gradients_that_overflow_on_their_way_back():
    """The loss of the step is finite; its gradient is not, some way back."""
    x = [np.zeros((40 if row < 3 else 4, 1), np.float32) for row in range(ROWS)]
    rnn = layers.SimpleRNN(
        4,
        activation="linear",
        name="rnn",
        recurrent_initializer=sh.initializers.Constant(5.0),
    )
    finding = train([rnn], x, np.ones(ROWS), batch_size=ROWS, shuffle=False)
    assert "a gradient is not finite" in str(finding)
    assert "on the way back, in the gradient of layer 'rnn' at time step" in str(finding)
    assert finding.figures["rows"] == [0, 1, 2]
    assert 5 < finding.figures["time"] < 20  # 20 ** 30 is more than a float32 holds


def test_weights_that_an_earlier_step_broke(x):
    class Breaks(Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 1:
                self.model.layers[0].kernel.value[0, 0] = np.nan

    finding = train(
        [layers.LSTM(4, name="lstm")], x, x[:, 0, 0], shuffle=False, callbacks=[Breaks()]
    )
    assert finding.figures["step"] == 3
    assert "The weights 'lstm/kernel' were not finite any more" in str(finding)
    assert finding.figures["rows"] == list(range(8, 16))  # of the batch before


def test_a_model_whose_layers_another_one_used_in_the_meantime(x):
    rnn = layers.SimpleRNN(4, name="rnn")
    model = sh.Sequential([layers.Input((STEPS, FEATURES)), rnn, layers.Dense(1)])
    other = sh.Sequential([layers.Input((STEPS, FEATURES)), rnn])
    model.compile(SGD(1e-3), "mse")

    class Asks(Callback):
        def on_epoch_end(self, epoch, logs=None):
            other.predict(x, verbose=0)
            rnn.kernel.value[0, 0] = np.nan if epoch == 2 else 1

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(x, x[:, 0, 0], epochs=4, verbose=0, callbacks=[Asks()], doctor="thorough")
    found = [one.message for one in caught if one.category is doctor.NotFinite]
    assert [finding.epoch for finding in found] == [4]


def test_batches_of_a_generator_have_no_rows_to_keep(x):
    x[4] = HUGE
    dense = layers.Dense(4, name="dense", kernel_initializer="ones")
    batches = [(x[i : i + 8, 0], x[i : i + 8, 0, 0]) for i in range(0, ROWS, 8)]

    class Batches:
        def __len__(self):
            return len(batches)

        def __getitem__(self, number):
            return batches[number]

    finding = train([layers.Input((FEATURES,)), dense], Batches(), None, batch_size=None)
    assert finding.figures["path"] is None
    assert finding.figures["rows"] == [4]
    assert "rows of the batch: 4" in str(finding)


def test_as_an_error_it_saves_the_weights(x):
    x[5] = HUGE
    model = sh.Sequential([layers.Input((FEATURES,)), layers.Dense(4, kernel_initializer="ones")])
    model.compile(SGD(0.1), "mse")
    before = model.get_weights()
    with pytest.raises(doctor.NotFinite):  # warnings are errors in these tests
        model.fit(x[:, 0], np.zeros((ROWS, 4)), batch_size=ROWS, verbose=0)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    assert model.stepper().guard is None


def test_without_the_doctor_nothing_is_said(x):
    x[5] = HUGE
    model = sh.Sequential([layers.Dense(4, kernel_initializer="ones")])
    model.compile(SGD(0.1), "mse")
    history = model.fit(x[:, 0], np.zeros((ROWS, 4)), verbose=0, doctor=False)
    assert not np.isfinite(history.history["loss"][0])


def test_a_folder_that_takes_no_files(x, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", "/does/not/exist")
    x[5] = HUGE
    finding = train([layers.Dense(4, kernel_initializer="ones")], x[:, 0], x[:, 0, 0])
    assert finding.figures["path"] is None
    assert "not written" in str(finding)
