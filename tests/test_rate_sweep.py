"""`find_learning_rate`: a suggestion that is sensible, and a model that stays as it was."""

import copy
import os
import pickle

import matplotlib as mpl
import numpy as np
import pytest

import sunhwan as sh
from sunhwan import layers
from sunhwan._engine import seeds
from sunhwan.models.rate_sweep import RateSweep
from sunhwan.models.training_state import training_state

mpl.use("agg")


def data(rows=64):
    rng = np.random.default_rng(1)
    x = rng.normal(size=(rows, 5, 2)).astype(np.float32)
    return x, x.sum((1, 2), keepdims=True)[:, 0]


def build(**compiled):
    sh.utils.set_random_seed(6)
    model = sh.Sequential(
        [
            layers.Input((5, 2)),
            layers.GRU(4, dropout=0.2, stateful=True),
            layers.BatchNormalization(),
            layers.Dense(1),
        ]
    )
    model.compile(**{"optimizer": "adam", "loss": "mse", "metrics": ["mae"], **compiled})
    return model


def all_of(model):
    """Everything of a model that training could change, as bytes."""
    measures = copy.deepcopy(model._measures.get_state())
    told = model.history.history, model.stop_training, seeds._sequence.count
    calls = model.optimizer.iterations, model.optimizer.get_config(), model.built
    return pickle.dumps((training_state(model), measures, told, calls))


def trained(**compiled):
    model = build(**compiled)
    x, y = data()
    model.fit(x, y, batch_size=8, epochs=2, verbose=0)
    return model


def scheduled():
    return sh.optimizers.RMSprop(sh.optimizers.schedules.OneCycle(0.1, 99), use_ema=True)


@pytest.mark.parametrize("make", [sh.optimizers.Adam, sh.optimizers.SGD, scheduled])
def test_the_model_stays_as_it_is(make):
    model, other = trained(optimizer=make()), trained(optimizer=make())
    before = all_of(model)
    x, y = data()
    model.find_learning_rate(x, y, 8, verbose=0)
    assert all_of(model) == before
    histories = [one.fit(x, y, batch_size=8, verbose=0).history for one in (model, other)]
    assert histories[0] == histories[1]
    assert all(map(np.array_equal, model.get_weights(), other.get_weights()))


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_the_model_stays_as_it_is_after_an_error(error):
    class Batches:
        def __len__(self):
            return 100

        def __getitem__(self, number):
            if number == 7:
                raise error
            return data(8)

    model = trained()
    before = all_of(model)
    with pytest.raises(error):
        model.find_learning_rate(Batches(), verbose=0)
    assert all_of(model) == before


def test_a_model_that_is_not_built_stays_so():
    x, y = data()
    weights = []
    for tests in (False, True):
        sh.utils.set_random_seed(6)
        model = sh.Sequential([layers.LSTM(3), layers.Dense(1)])
        model.compile("adam", "mse")
        if tests:
            assert model.find_learning_rate(x, y, 8, verbose=0).suggestion > 0
        assert not model.built
        assert not model.optimizer.built
        model.fit(x, y, verbose=0)
        weights.append(model.get_weights())
    assert all(map(np.array_equal, *weights))


def test_the_rate_at_which_a_quadratic_explodes_is_seen():
    # Gradient descent on a parabola of curvature 2 explodes above a rate of 1.
    x = np.ones((64, 1), np.float32)
    y = 5 + 0.3 * np.random.default_rng(4).normal(size=(64, 1))
    model = sh.Sequential([layers.Input((1,)), layers.Dense(1, use_bias=False)])
    model.compile("sgd", "mse")
    sweep = model.find_learning_rate(x, y, 8, verbose=0)
    assert 0.005 < sweep.suggestion < 0.3
    assert 1 < sweep.rates[-1] < 4
    assert len(sweep.rates) == len(sweep.losses) == len(sweep.smoothed) < 300
    assert np.allclose(np.diff(np.log(sweep.rates)), np.log(1e6) / 299)


def test_the_suggestion_trains_better_than_the_default():
    x, y = data(160)
    losses = {}
    for rate in ("default", "suggestion"):
        sh.utils.set_random_seed(6)
        model = sh.Sequential([layers.LSTM(8), layers.Dense(1)])
        model.compile("adam", "mse")
        if rate == "suggestion":
            sweep = model.find_learning_rate(x, y, 16, verbose=0)
            model.optimizer.learning_rate = sweep.suggestion
        losses[rate] = model.fit(x, y, batch_size=16, epochs=8, verbose=0).history["loss"][-1]
    assert losses["suggestion"] < 0.8 * losses["default"]


def test_all_kinds_of_data():
    rng = np.random.default_rng(2)
    rows = [rng.integers(1, 20, n) for n in rng.integers(1, 6, 40)]
    model = sh.Sequential(
        [layers.Embedding(20, 4, mask_zero=True), layers.LSTM(3), layers.Dense(1)]
    )
    model.compile("adam", "binary_crossentropy")
    weights = {"sample_weight": np.linspace(0.5, 1.5, 40)}
    labels = rng.integers(0, 2, 40)
    assert len(model.find_learning_rate(rows, labels, 8, verbose=0, **weights).rates) > 20
    factors = {"class_weight": {0: 2.0, 1: 1.0}}
    assert len(model.find_learning_rate(rows, labels, 8, verbose=0, **factors).rates) > 20


def test_inputs_and_outputs_by_name():
    x, y = data()
    a, b = layers.Input((5, 2), name="a"), layers.Input((5, 2), name="b")
    h = layers.Concatenate()([layers.GRU(3)(a), layers.GRU(3)(b)])
    outputs = {"sum": layers.Dense(1, name="sum")(h), "sign": layers.Dense(1, name="sign")(h)}
    model = sh.Model({"a": a, "b": b}, outputs)
    model.compile("adam", "mse")
    before = pickle.dumps(training_state(model))
    sweep = model.find_learning_rate({"a": x, "b": x}, {"sum": y, "sign": y > 0}, 8, verbose=0)
    assert sweep.suggestion > 0
    assert pickle.dumps(training_state(model)) == before


def test_a_generator():
    x, y = data()
    model = build()
    batches = ((x[i % 8 * 8 :][:8], y[i % 8 * 8 :][:8]) for i in range(300))
    assert model.find_learning_rate(batches, verbose=0).suggestion > 0
    few = ((x[:8], y[:8]) for _ in range(30))
    with pytest.raises(ValueError, match="x must give a batch for each of 300 rates, got 30"):
        model.find_learning_rate(few, verbose=0)


def test_nothing_is_suggested_where_the_loss_never_falls():
    rng = np.random.default_rng(3)
    rates = np.geomspace(1e-6, 1, 150)
    noise = 1 + 0.1 * rng.normal(size=150)
    assert RateSweep(rates, noise).suggestion is None
    assert RateSweep(rates, noise + 3 * rates).suggestion is None
    assert "suggestion=none" in repr(RateSweep(rates, noise))


def test_a_loss_that_is_no_number_ends_the_test():
    x, y = data()
    model = build(optimizer="sgd", loss="mse")
    sweep = model.find_learning_rate(x, 1e15 * y, 8, verbose=0)
    assert np.isfinite(sweep.losses).all()
    with pytest.raises(ValueError, match="the loss must be a number at first, got inf"):
        model.find_learning_rate(x, 1e25 * y, 8, verbose=0)


@pytest.mark.parametrize("style", ["default", "dark_background"])
def test_the_picture(style, tmp_path):
    import matplotlib.pyplot as plt

    rates = np.geomspace(1e-6, 10, 200)
    sweep = RateSweep(rates, 1 - 0.5 / (1 + 0.01 / rates) + rates)
    with plt.style.context(style):
        figure = sweep.plot()
        axes = figure.axes[0]
        assert axes.get_xscale() == "log"
        assert "suggestion 0.0032" in [text.get_text() for text in axes.get_legend().get_texts()]
        figure.savefig(tmp_path / "sweep.png")
        assert sweep.plot(plt.figure()).axes
    plt.close("all")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"low": 0.1, "high": 0.1}, "high must be above low, got low=0.1 and high=0.1"),
        ({"low": 0}, "low must be a positive number, got 0"),
        ({"steps": 5}, "steps must be an integer of 20 or more, got 5"),
        ({"batch_size": 0}, "batch_size must be a positive integer"),
        ({"verbose": 7}, "verbose must be"),
    ],
)
def test_wrong_arguments_are_named(given, words):
    x, y = data()
    with pytest.raises(ValueError, match=words):
        build().find_learning_rate(x, y, **{"verbose": 0, **given})


def test_a_model_must_be_compiled():
    model = sh.Sequential([layers.Dense(1)])
    with pytest.raises(RuntimeError, match="must be compiled before find_learning_rate"):
        model.find_learning_rate(*data())


def imdb_lstm():
    (x, y), _ = sh.datasets.imdb.load_data(num_words=10000)
    x = sh.preprocessing.sequence.pad_sequences(x, maxlen=200)
    added = [layers.Embedding(10000, 32), layers.LSTM(32), layers.Dense(1, activation="sigmoid")]
    return added, "rmsprop", "binary_crossentropy", x, y, 128, 3


def mnist_rows():
    (x, y), _ = sh.datasets.mnist.load_data()
    added = [layers.LSTM(64), layers.Dense(10, activation="softmax")]
    return added, "adam", "sparse_categorical_crossentropy", x[:20000] / 255, y[:20000], 128, 2


def cosine_gru():
    (x, y), _ = sh.datasets.cosine.load_data()
    added = [layers.GRU(30, return_sequences=True), layers.GRU(30), layers.Dense(1)]
    return added, "adam", "mse", x, y, 12, 40


@pytest.mark.slow
@pytest.mark.parametrize("task", [imdb_lstm, mnist_rows, cosine_gru])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_suggestion_trains_no_worse_on_real_tasks(task, seed):
    if task is not cosine_gru and "SUNHWAN_DATA" not in os.environ:
        pytest.skip("SUNHWAN_DATA does not say where the data are")
    losses = {}
    for rate in ("default", "suggestion"):
        sh.utils.set_random_seed(seed)
        added, optimizer, loss, x, y, size, epochs = task()
        model = sh.Sequential(added)
        model.compile(optimizer, loss)
        if rate == "suggestion":
            sweep = model.find_learning_rate(x, y, size, verbose=0)
            model.optimizer.learning_rate = sweep.suggestion
        history = model.fit(x, y, batch_size=size, epochs=epochs, verbose=0, doctor=False)
        losses[rate] = history.history["loss"][-1]
    assert losses["suggestion"] < 1.02 * losses["default"]
