"""A training that was interrupted goes on to the bits of one that was not."""

import numpy as np
import pytest
from backup_case import BATCHES, Interrupt, build, data, fit, interrupted
from killed_training import check

import sunhwan as sh
from sunhwan import callbacks, layers


class Counts(callbacks.Callback):
    """Remembers how many epochs began."""

    def __init__(self):
        super().__init__()
        self.begun = 0

    def get_state(self):
        return {"begun": self.begun}

    def set_state(self, state):
        self.begun = state["begun"]

    def on_epoch_begin(self, epoch, logs=None):
        self.begun += 1


def others(folder):
    """Callbacks that remember something."""
    return [
        callbacks.CSVLogger(folder / "log.csv"),
        callbacks.EarlyStopping(monitor="auc", patience=3, restore_best_weights=True),
        callbacks.ReduceLROnPlateau(monitor="val_accuracy", patience=1, factor=0.5),
        callbacks.ModelCheckpoint(folder / "best.safetensors", save_best_only=True),
        callbacks.LearningRateScheduler(lambda epoch, rate: 0.9 * rate),
        Counts(),
    ]


def trained(folder, make=build, keep=None, stops=0, fit=fit):
    """Train, with interruptions after so many batches each; everything that came of it."""
    folder.mkdir()
    counts = 0
    while True:
        watching = others(folder)
        before = [] if keep is None else [keep(folder)]
        stop = [Interrupt(stops)] if stops else []
        model = make()
        try:
            history = fit(model, [*before, *watching, *stop])
        except KeyboardInterrupt:
            counts += 1
            continue
        assert bool(counts) == bool(stops)
        files = [(folder / name).read_bytes() for name in ("log.csv", "best.safetensors")]
        told = history.epoch, history.history, watching[-1].begun, watching[1].best_epoch
        return [weight.tobytes() for weight in model.get_weights()], told, files


@pytest.mark.parametrize(("freq", "stops"), [("epoch", BATCHES + 2), (1, 2), (3, 4), (BATCHES, 7)])
def test_goes_on_to_the_same_bits(tmp_path, freq, stops):
    whole = trained(tmp_path / "whole")
    parts = trained(
        tmp_path / "parts",
        keep=lambda folder: callbacks.BackupAndRestore(folder / "backup", freq),
        stops=stops,
    )
    assert parts == whole
    assert not (tmp_path / "parts" / "backup").exists()


def test_seeds_come_from_the_checkpoint(tmp_path):
    whole = build(seed=4)
    fit(whole)
    keep = callbacks.BackupAndRestore(tmp_path / "backup", save_freq=2)
    with pytest.raises(KeyboardInterrupt):
        fit(build(seed=4), [keep, Interrupt(7)])
    other = build(seed=5)
    fit(other, [keep])
    assert all(map(np.array_equal, whole.get_weights(), other.get_weights()))


def test_the_same_model_goes_on_after_an_error(tmp_path):
    keep = callbacks.BackupAndRestore(tmp_path / "backup")
    whole, model = build(), build()
    assert len(fit(whole).epoch) == 4
    slower = callbacks.LearningRateScheduler(lambda epoch, rate: rate)
    with pytest.raises(KeyboardInterrupt):
        fit(model, [keep, slower, Interrupt(2 * BATCHES + 1)])
    history = fit(model, [keep, slower])
    assert history.epoch == [0, 1, 2, 3]
    assert all(map(np.array_equal, whole.get_weights(), model.get_weights()))


def stateful():
    sh.utils.set_random_seed(2)
    inner = layers.GRU(3, stateful=True, return_sequences=True)
    model = sh.Sequential([layers.Input((6, 2)), layers.Bidirectional(inner), layers.Dense(1)])
    model.compile(sh.optimizers.SGD(0.1, momentum=0.9, gradient_accumulation_steps=3), "mse")
    return model


def test_states_of_layers_and_collected_gradients_go_on(tmp_path):
    x, y = data()[0][:30], data()[0][:30, :, :1]
    how = {"given": (x, y), "validation_split": 0.0, "shuffle": False, "batch_size": 6}
    whole, parts = stateful(), stateful()
    fit(whole, **how)
    keep = callbacks.BackupAndRestore(tmp_path / "backup", save_freq=1)
    with pytest.raises(KeyboardInterrupt):
        fit(parts, [keep, Interrupt(8)], **how)
    parts = stateful()
    fit(parts, [keep], **how)
    assert all(map(np.array_equal, whole.get_weights(), parts.get_weights()))


def two_outputs():
    sh.utils.set_random_seed(8)
    x = layers.Input((6, 2))
    h = layers.LSTM(4)(x)
    a, b = layers.Dense(1, name="a")(h), layers.Dense(1, activation="sigmoid", name="b")(h)
    model = sh.Model(x, [a, b])
    metrics = {"a": ["mae"], "b": ["accuracy"]}
    model.compile("rmsprop", ["mse", "binary_crossentropy"], metrics=metrics)
    return model


def test_metrics_of_several_outputs_go_on(tmp_path):
    x, y = data()
    how = {"given": (x, [y, y])}
    whole, parts = two_outputs(), two_outputs()
    keep = callbacks.BackupAndRestore(tmp_path / "backup", save_freq=1)
    expected = fit(whole, **how)
    for stops in (3, BATCHES - 3, 4):  # the second stops at the end of the epoch
        with pytest.raises(KeyboardInterrupt):
            fit(parts, [keep, Interrupt(stops)], **how)
        parts = two_outputs()
    assert fit(parts, [keep], **how).history == expected.history


@pytest.mark.parametrize("kind", ["generator", "sequence"])
def test_batches_of_the_users_own_go_on_at_their_place(tmp_path, kind):
    x, y = data()
    batches = [(x[i : i + 4], y[i : i + 4]) for i in range(0, 36, 4)]

    def given():
        return batches if kind == "sequence" else (batches[i % 9] for i in range(1000))

    class Sequence:
        def __len__(self):
            return 9

        def __getitem__(self, number):
            return batches[number]

    def run(added, **keywords):
        model = build()
        source = Sequence() if kind == "sequence" else given()
        history = model.fit(source, epochs=3, verbose=0, callbacks=added, **keywords)
        return history.history, [weight.tobytes() for weight in model.get_weights()]

    limits = {} if kind == "sequence" else {"steps_per_epoch": 5}
    expected = run([], **limits)
    keep = callbacks.BackupAndRestore(tmp_path / "backup", save_freq=2)
    with pytest.raises(KeyboardInterrupt):
        run([keep, Interrupt(9)], **limits)
    assert run([keep], **limits) == expected


def test_stopping_is_remembered(tmp_path):
    def run(stop=()):
        early = callbacks.EarlyStopping(monitor="loss", mode="max", patience=1)
        keep = callbacks.BackupAndRestore(tmp_path / "backup", delete_checkpoint=False)
        history = fit(build(), [early, keep, *stop], epochs=9)
        return history.history, early.stopped_epoch

    first = run()
    assert first[1] < 8
    assert run() == first  # ended, and stays so


def test_more_epochs_go_on_from_a_kept_checkpoint(tmp_path):
    whole, model = build(), build()
    fit(whole)
    keep = callbacks.BackupAndRestore(tmp_path / "backup", delete_checkpoint=False)
    fit(model, [keep], epochs=2)
    model = build()
    assert fit(model, [keep]).epoch == [0, 1, 2, 3]
    assert all(map(np.array_equal, whole.get_weights(), model.get_weights()))


def test_says_where_it_goes_on(tmp_path, capsys):
    keep, _ = interrupted(tmp_path / "backup", BATCHES + 2)
    fit(build(), [keep], verbose=2)
    said = capsys.readouterr().out
    assert "Going on at epoch 2, behind batch 1, from" in said
    assert "Epoch 2/4: 5/5" in said


def test_a_training_that_is_killed(tmp_path):
    assert check(tmp_path, kills=2, epochs=8) >= 1


@pytest.mark.slow
def test_a_hundred_kills(tmp_path):
    assert check(tmp_path, kills=100, epochs=30) >= 1
