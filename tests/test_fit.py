"""Training, evaluating and predicting on data of every kind."""

import numpy as np
import pytest

import sunhwan as sh
from sunhwan import layers
from sunhwan.callbacks import Callback

ROWS, STEPS, FEATURES = 37, 6, 3


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((ROWS, STEPS, FEATURES))
    return x, (x[:, :, 0].sum(axis=1) > 0).astype(int)


def plain():
    return [layers.LSTM(5)]


def make(loss="binary_crossentropy", metrics=("accuracy",), optimizer="adam", hidden=None):
    sh.utils.set_random_seed(1)
    model = sh.Sequential([*(hidden or plain)(), layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer, loss, metrics=list(metrics))
    return model


def test_fit_learns_and_records(data):
    x, y = data
    model = make(optimizer=sh.optimizers.Adam(0.02))
    history = model.fit(x, y, epochs=30, batch_size=8, validation_split=0.25, verbose=0)
    assert list(history.history) == ["accuracy", "loss", "val_accuracy", "val_loss"]
    assert history.epoch == list(range(30))
    assert history.params == {"verbose": 0, "epochs": 30, "steps": 4}
    assert history.history["loss"][-1] < 0.5 * history.history["loss"][0]
    assert history.history["accuracy"][-1] > 0.9
    assert model.history is history
    assert all(isinstance(value, float) for value in history.history["loss"])


def test_accuracy_is_named_as_typed(data):
    x, y = data
    history = make(metrics=["acc"]).fit(x, y, verbose=0)
    assert set(history.history) == {"loss", "acc"}


def noisy():
    return [layers.LSTM(5, dropout=0.2, recurrent_dropout=0.2), layers.Dropout(0.3)]


def test_same_seed_same_bits_on_any_threads(data, threads):
    x, y = data
    results = []
    for count in (1, 2):
        threads(count)
        model = make(hidden=noisy)
        model.fit(x, y, epochs=2, batch_size=8, verbose=0)
        results.append(model.get_weights())
    for one, two in zip(*results, strict=True):
        np.testing.assert_array_equal(one, two)


def test_evaluate_is_the_mean_over_rows_in_any_batches(data):
    x, y = data
    model = make()
    model.fit(x, y, verbose=0)
    whole = model.evaluate(x, y, batch_size=ROWS, verbose=0)
    parts = model.evaluate(x, y, batch_size=5, verbose=0)
    np.testing.assert_allclose(parts, whole, rtol=1e-6)
    named = model.evaluate(x, y, verbose=0, return_dict=True)
    assert list(named) == ["accuracy", "loss"]  # sorted, as in Keras
    probability = np.clip(model.predict(x, verbose=0)[:, 0].astype(float), 1e-7, 1 - 1e-7)
    expected = -np.mean(y * np.log(probability) + (1 - y) * np.log(1 - probability))
    np.testing.assert_allclose(whole[0], expected, rtol=1e-5)


def test_predictions_do_not_depend_on_the_batch(data):
    x, _ = data
    model = make()
    whole = model.predict(x, batch_size=ROWS, verbose=0)
    np.testing.assert_array_equal(model.predict(x, batch_size=4, verbose=0), whole)
    np.testing.assert_array_equal(model.predict_on_batch(x[3:4])[0], whole[3])


def test_validation_takes_the_last_rows_before_shuffling(data):
    x, y = data
    model = make()
    history = model.fit(x, y, validation_split=0.2, verbose=0)
    at = int(ROWS * 0.8)
    loss, accuracy = model.evaluate(x[at:], y[at:], verbose=0)
    np.testing.assert_allclose(history.history["val_loss"], [loss], rtol=1e-6)
    np.testing.assert_allclose(history.history["val_accuracy"], [accuracy])


def test_batches_from_generators_and_sequences(data):
    x, y = data

    def forever():
        while True:
            for i in range(0, ROWS, 8):
                yield x[i : i + 8], y[i : i + 8]

    class Parts:
        def __len__(self):
            return 5

        def __getitem__(self, i):
            return x[8 * i : 8 * i + 8], y[8 * i : 8 * i + 8]

    plain, endless, parts = make(), make(), make()
    plain.fit(x, y, epochs=2, batch_size=8, shuffle=False, verbose=0)
    history = endless.fit(forever(), epochs=2, steps_per_epoch=5, verbose=0)
    parts.fit(Parts(), epochs=2, validation_data=Parts(), verbose=0)
    assert history.params["steps"] == 5
    for other in (endless, parts):
        for one, two in zip(plain.get_weights(), other.get_weights(), strict=True):
            np.testing.assert_array_equal(one, two)
    np.testing.assert_allclose(
        parts.evaluate(Parts(), verbose=0), parts.evaluate(x, y, verbose=0), rtol=1e-6
    )
    np.testing.assert_array_equal(
        parts.predict((x[i : i + 8] for i in range(0, ROWS, 8)), verbose=0),
        parts.predict(x, verbose=0),
    )


def test_weights_of_rows_and_of_classes_agree(data):
    x, y = data
    by_row, by_class = make(), make()
    by_row.fit(x, y, sample_weight=np.where(y == 1, 3.0, 0.5), verbose=0)
    by_class.fit(x, y, class_weight={0: 0.5, 1: 3.0}, verbose=0)
    for one, two in zip(by_row.get_weights(), by_class.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


def test_zero_weight_is_no_row(data):
    x, y = data
    weight = np.ones(ROWS)
    weight[20:] = 0
    model = make()
    loss = model.evaluate(x, y, sample_weight=weight, batch_size=ROWS, verbose=0)[0]
    kept = model.evaluate(x[:20], y[:20], batch_size=ROWS, verbose=0)[0]
    np.testing.assert_allclose(loss * ROWS, kept * 20, rtol=1e-6)


def test_on_batch_forms(data):
    x, y = data
    model, same = make(), make()
    expected = same.evaluate(x, y, batch_size=ROWS, verbose=0)
    np.testing.assert_allclose(model.train_on_batch(x, y), expected, rtol=1e-6)
    same.fit(x, y, batch_size=ROWS, shuffle=False, verbose=0)
    for one, two in zip(model.get_weights(), same.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)
    named = model.test_on_batch(x, y, return_dict=True)
    np.testing.assert_allclose(
        [named["loss"], named["accuracy"]], model.evaluate(x, y, verbose=0), rtol=1e-6
    )


@pytest.mark.parametrize("frequency", [[1, 5], (1, 5), {1, 5}])
def test_validation_in_chosen_epochs(frequency):
    x, y = np.ones((4, 2), np.float32), np.zeros(4)
    model = sh.Sequential([layers.Dense(1)])
    model.compile("sgd", "mse")
    history = model.fit(
        x, y, epochs=6, validation_data=(x, y), validation_freq=frequency, verbose=0
    ).history
    assert (len(history["loss"]), len(history["val_loss"])) == (6, 2)
    again = model.fit(
        x, y, initial_epoch=1, epochs=6, validation_split=0.5, validation_freq=3, verbose=0
    ).history
    assert len(again["val_loss"]) == 2  # after epochs 3 and 6


def test_frames_are_arrays(data):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(np.random.default_rng(0).standard_normal((9, 4)), columns=list("abcd"))
    target = pandas.Series(np.arange(9) % 2)
    model = sh.Sequential([layers.Dense(1, activation="sigmoid")])
    model.compile("sgd", "binary_crossentropy")
    model.fit(frame, target, verbose=0)
    assert model.predict(frame, verbose=0).shape == (9, 1)


def test_a_users_loss_gives_value_and_gradient(data):
    x, y = data

    def squared(y_true, y_pred):
        gap = y_pred - y_true
        return float(np.mean(gap**2)), 2 * gap / gap.size

    ours, theirs = make(loss=squared, metrics=[]), make(loss="mse", metrics=[])
    for model in (ours, theirs):
        model.fit(x, y, epochs=2, batch_size=8, shuffle=False, verbose=0)
    for one, two in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-5, atol=1e-7)


def test_callbacks_hear_every_turn(data):
    x, y = data
    heard = []

    class Ear(Callback):
        def __getattribute__(self, name):
            if name.startswith("on_"):
                return lambda *arguments: heard.append(name)
            return super().__getattribute__(name)

    make().fit(
        x[:8], y[:8], batch_size=4, validation_data=(x[8:], y[8:]), callbacks=Ear(), verbose=0
    )
    batch = ["on_train_batch_begin", "on_train_batch_end"]
    test = ["on_test_batch_begin", "on_test_batch_end"]
    assert heard == [
        "on_train_begin",
        "on_epoch_begin",
        *batch * 2,
        "on_test_begin",
        *test * 8,
        "on_test_end",
        "on_epoch_end",
        "on_train_end",
    ]


def test_progress_speaks_a_line_an_epoch_without_a_terminal(data, capsys):
    x, y = data
    make().fit(x, y, epochs=2, batch_size=8)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("Epoch 1/2: 5/5 - ")
    assert "ms/step - loss: " in lines[0]
    make().fit(x, y, verbose=0)
    assert capsys.readouterr().out == ""
