"""Each callback does what its name says."""

import csv

import numpy as np
import pytest

import sunhwan as sh
from sunhwan import callbacks, layers


class Recorded:
    """Stands for a model whose epochs gave these values."""

    def __init__(self, rate=0.1):
        self.stop_training = False
        self.optimizer = type("Optimizer", (), {"learning_rate": rate})()
        self.epoch = -1

    def get_weights(self):
        return [np.array([self.epoch])]

    def set_weights(self, weights):
        self.restored = int(weights[0][0])

    def run(self, callback, values, name="val_loss"):
        """How many epochs ran, and the logs of each."""
        callback.set_model(self)
        callback.on_train_begin()
        logs = []
        for epoch, value in enumerate(values):
            self.epoch = epoch
            callback.on_epoch_begin(epoch)
            logs.append({name: value})
            callback.on_epoch_end(epoch, logs[-1])
            if self.stop_training:
                break
        callback.on_train_end()
        return logs


def test_early_stopping_waits_and_restores():
    model = Recorded()
    stop = callbacks.EarlyStopping(patience=2, restore_best_weights=True)
    logs = model.run(stop, [3.0, 2.0, 2.5, 2.1, 1.0])
    assert len(logs) == 4
    assert (stop.stopped_epoch, stop.best_epoch, stop.best) == (3, 1, 2.0)
    assert model.restored == 1


def test_early_stopping_restores_also_where_it_did_not_stop():
    model = Recorded()
    model.run(callbacks.EarlyStopping(patience=9, restore_best_weights=True), [3.0, 1.0, 2.0])
    assert model.restored == 1


def test_early_stopping_knows_that_accuracy_grows():
    model = Recorded()
    stop = callbacks.EarlyStopping("val_accuracy", patience=1, min_delta=0.01)
    assert len(model.run(stop, [0.5, 0.6, 0.605, 0.9], "val_accuracy")) == 3


def test_early_stopping_starts_late_and_heeds_a_baseline():
    stop = callbacks.EarlyStopping(patience=1, start_from_epoch=3)
    assert len(Recorded().run(stop, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0])) == 5
    stop = callbacks.EarlyStopping(patience=2, baseline=0.5)
    assert len(Recorded().run(stop, [3.0, 2.9, 2.95, 2.8])) == 3


def test_what_is_not_there_is_warned_of():
    with pytest.warns(
        UserWarning, match=r"watches 'val_loss', which is not there; there are: loss"
    ):
        Recorded().run(callbacks.EarlyStopping(), [1.0], "loss")


def test_learning_rate_falls_on_a_plateau():
    model = Recorded(rate=0.1)
    reduce = callbacks.ReduceLROnPlateau(factor=0.5, patience=2, cooldown=1, min_lr=0.03)
    logs = model.run(reduce, [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0])
    np.testing.assert_allclose(
        [log["learning_rate"] for log in logs], [0.1, 0.1, 0.1, 0.05, 0.05, 0.03, 0.03, 0.03]
    )
    with pytest.raises(
        ValueError, match=r"factor must be a number of at least 0 and below 1, got 1.5"
    ):
        callbacks.ReduceLROnPlateau(factor=1.5)


def test_learning_rate_follows_a_schedule():
    model = Recorded(rate=0.1)
    logs = model.run(callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2), [0.0] * 3)
    np.testing.assert_allclose([log["learning_rate"] for log in logs], [0.05, 0.025, 0.0125])
    model.run(callbacks.LearningRateScheduler(lambda epoch: 1.0 / (1 + epoch)), [0.0] * 2)
    assert model.optimizer.learning_rate == 0.5
    with pytest.raises(ValueError, match="must return a number, got None"):
        model.run(callbacks.LearningRateScheduler(lambda epoch: None), [0.0])


def test_csv_logger_writes_each_epoch(tmp_path):
    path = tmp_path / "log.csv"
    Recorded().run(callbacks.CSVLogger(path), [1.0, 0.5])
    Recorded().run(callbacks.CSVLogger(path, append=True), [0.25])
    with path.open() as file:
        rows = list(csv.reader(file))
    assert rows == [["epoch", "val_loss"], ["0", "1.0"], ["1", "0.5"], ["0", "0.25"]]


def test_terminate_on_nan():
    model = Recorded()
    guard = callbacks.TerminateOnNaN()
    guard.set_model(model)
    guard.on_train_batch_end(0, {"loss": 1.0})
    assert not model.stop_training
    guard.on_train_batch_end(1, {"loss": float("nan")})
    assert model.stop_training
    strict = callbacks.TerminateOnNaN(raise_error=True)
    with pytest.raises(RuntimeError, match="Batch 3: invalid loss inf"):
        strict.on_train_batch_end(3, {"loss": float("inf")})


def test_lambda_callback_calls_its_functions():
    heard = []
    call = callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: heard.append(epoch), on_test_begin=lambda logs: None
    )
    Recorded().run(call, [1.0, 2.0])
    assert heard == [0, 1]
    with pytest.raises(TypeError, match="no turning point 'on_lunch'"):
        callbacks.LambdaCallback(on_lunch=print)


def fitted(tmp_path, **arguments):
    sh.utils.set_random_seed(0)
    model = sh.Sequential([layers.Input((2,)), layers.Dense(1)])
    model.compile(sh.optimizers.SGD(0.05), "mse")
    x = np.random.default_rng(0).standard_normal((20, 2))
    keep = callbacks.ModelCheckpoint(tmp_path / arguments.pop("name"), **arguments)
    history = model.fit(
        x, x.sum(axis=1), epochs=3, batch_size=5, validation_split=0.5, callbacks=[keep], verbose=0
    )
    return model, x, history


def test_checkpoints_of_each_epoch(tmp_path):
    model, x, history = fitted(tmp_path, name="e{epoch}-{val_loss:.4f}.safetensors")
    losses = history.history["val_loss"]
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [f"e{i + 1}-{loss:.4f}.safetensors" for i, loss in enumerate(losses)]
    last = sh.load_model(tmp_path / names[-1])
    np.testing.assert_array_equal(last.predict(x, verbose=0), model.predict(x, verbose=0))


def test_checkpoints_of_the_best_and_of_weights(tmp_path):
    model, _, _ = fitted(tmp_path, name="best.safetensors", save_best_only=True)
    assert [path.name for path in tmp_path.iterdir()] == ["best.safetensors"]
    model.load_weights(tmp_path / "best.safetensors")
    fitted(
        tmp_path, name="w{batch}.safetensors", save_weights_only=True, save_freq=2, monitor="loss"
    )
    assert (tmp_path / "w2.safetensors").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"filepath": "model.h5"},
            r"must end in '\.safetensors', got 'model\.h5': write 'model\.safetensors'",
        ),
        ({"filepath": "w{epoch}.weights.h5"}, r"write 'w\{epoch\}\.safetensors'"),
        ({"filepath": "w-{loss:.2f}"}, r"write 'w-\{loss:\.2f\}\.safetensors'"),
        ({"filepath": "a.safetensors", "save_freq": 0}, "save_freq must be"),
        ({"filepath": "a.safetensors", "mode": "up"}, "mode of ModelCheckpoint"),
    ],
)
def test_wrong_checkpoints(arguments, message):
    with pytest.raises(ValueError, match=message):
        callbacks.ModelCheckpoint(**arguments)


def test_history_is_drawn():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    history = callbacks.History()
    with pytest.raises(ValueError, match="nothing to plot"):
        history.plot()
    for epoch in range(3):
        history.on_epoch_end(epoch, {"loss": 1.0, "val_loss": 2.0, "accuracy": 0.5})
    figure = history.plot()
    loss, accuracy = figure.axes
    assert [line.get_label() for line in loss.get_lines()] == ["training", "validation"]
    np.testing.assert_array_equal(loss.get_lines()[0].get_xdata(), [1, 2, 3])
    assert accuracy.get_title() == "accuracy"


def test_batches_are_told_under_the_old_names_too():
    told = []

    class Old(callbacks.Callback):
        def on_batch_begin(self, batch, logs=None):
            told.append(("begin", batch))

        def on_batch_end(self, batch, logs=None):
            told.append(("end", batch, sorted(logs)))

    silent = callbacks.Callback()
    watchers = callbacks.CallbackList([Old(), silent], None, None, verbose=0, params={})
    assert watchers.hooks("on_epoch_end") == []
    watchers.on_train_batch_begin(3)
    watchers.on_train_batch_end(3, {"loss": 1.0})
    watchers.on_test_batch_end(4, {"loss": 1.0})
    assert told == [("begin", 3), ("end", 3, ["loss"])]


def test_functions_are_told_logs_at_each_turning_point():
    said = []
    names = [name for name in vars(callbacks.Callback) if name.startswith("on_")]
    told = [name for name in names if "batch" in name or "epoch" in name]
    functions = {name: lambda number, logs, name=name: said.append(name) for name in told}
    alone = {"on_train_begin", "on_train_end", "on_test_begin", "on_test_end"}
    functions |= {name: lambda logs, name=name: said.append(name) for name in alone}
    model = sh.Sequential([layers.Dense(1)])
    model.compile("sgd", "mse")
    x, y = np.ones((4, 2)), np.ones(4)
    watch = callbacks.LambdaCallback(**functions)
    model.fit(x, y, validation_data=(x, y), verbose=0, callbacks=[watch])
    expected = {name for name in functions if "predict" not in name}
    assert set(said) == {name for name in expected if not name.startswith("on_batch")}
