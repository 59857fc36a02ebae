"""What the doctor finds by a close look at steps: gradients, gates, silent units."""

import warnings

import numpy as np
import pytest
from cells_case import Plain

import sunhwan as sh
from sunhwan import layers
from sunhwan.callbacks import Callback
from sunhwan.datasets import product
from sunhwan.doctor import DyingGradients, ExplodingGradients
from sunhwan.doctor.evidence import Evidence, Facts, Look, Reach
from sunhwan.initializers import Constant, Identity, Orthogonal
from sunhwan.optimizers import SGD, Adam

ROWS = 400


@pytest.fixture(autouse=True)
def _seed():
    sh.utils.set_random_seed(1)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def sequences(rng, steps):
    return rng.normal(size=(ROWS, steps, 3)).astype(np.float32)


def train(hidden, x, y, optimizer=None, **kwargs):
    """Train a classifier; return its history and what the doctor said in the meantime."""
    last = layers.Dense(1, activation="sigmoid", name="last")
    model = sh.Sequential([layers.Input(x.shape[1:]), *hidden, last])
    model.compile(optimizer or Adam(), "binary_crossentropy")
    arguments = {"epochs": 20, "validation_split": 0.2, "verbose": 0, "doctor": "thorough"}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        history = model.fit(x, y, **{**arguments, **kwargs})
    return history, {one.message.name: one.message for one in caught}


def test_gradients_that_die_on_their_way_through_steps(rng):
    x = sequences(rng, 100)
    y = (x[:, 0, 0] > 0).astype(np.float32)
    rnn = layers.SimpleRNN(16, name="rnn", recurrent_initializer=Orthogonal(0.7))
    history, said = train([rnn], x, y)
    finding = said["dying_gradients"]
    assert finding.figures["layer"] == "rnn"
    assert 2 < finding.figures["steps"] < 25
    assert f"{finding.figures['steps']} steps back, of 100" in str(finding)
    assert "LSTM or GRU" in str(finding)
    assert "no_better_than_guessing" not in {one.name for one in history.diagnose()}


def test_gradients_that_fade_do_no_harm_where_the_last_steps_tell(rng):
    x = sequences(rng, 100)
    y = (x[:, -1, 0] > 0).astype(np.float32)
    rnn = layers.SimpleRNN(16, recurrent_initializer=Orthogonal(0.7))
    assert train([rnn], x, y)[1] == {}


def test_gradients_that_die_on_their_way_through_layers(rng):
    x = sequences(rng, 10)
    y = (x.sum((1, 2)) > 0).astype(np.float32)
    deep = [layers.Dense(16, activation="sigmoid", name=f"deep{n}") for n in range(10)]
    _, said = train([layers.Flatten(), *deep], x, y)
    assert said["dying_gradients"].figures["layer"] == "deep0"
    assert "relu in place of sigmoid" in str(said["dying_gradients"])


@pytest.mark.parametrize("clip", [{}, {"clipnorm": 1.0}])
@pytest.mark.parametrize("many", [False, True])
def test_exploding_gradients(rng, clip, many):
    x = sequences(rng, 60) / 10
    y = (x.mean(2, keepdims=True) if many else x.mean((1, 2))) > 0
    rnn = layers.SimpleRNN(
        16,
        activation="linear",
        name="rnn",
        recurrent_initializer=Orthogonal(1.2),
        return_sequences=many,
    )
    _, said = train([rnn], x, y.astype(np.float32), Adam(1e-4, **clip), epochs=3)
    assert ("exploding_gradients" in said) == (not clip)
    if not clip:
        assert said["exploding_gradients"].figures["at"] == 59
        words = " ".join(str(said["exploding_gradients"]).split())
        assert "clipnorm=1.0 in the optimizer, LSTM or GRU in place of SimpleRNN, tanh in" in words
        assert "tanh in place of linear, or shorter sequences" in words


@pytest.mark.parametrize(
    ("layer", "kind", "activation"),
    [
        (layers.GRU(4, activation="relu"), "GRU", "relu"),
        (layers.RNN(layers.SimpleRNNCell(4)), "SimpleRNN", "tanh"),
        (layers.RNN(Plain(4)), "CellLoop", ""),
    ],
)
def test_what_is_known_of_a_cell(rng, layer, kind, activation):
    x = sequences(rng, 10)
    history, _ = train([layer], x, x[:, 0, 0] > 0, epochs=1)
    (reach,) = history.evidence.looks[0].reaches.values()
    assert (reach.kind, reach.activation) == (kind, activation)


def test_the_advice_fits_the_layer():
    advice = {}
    for kind in ("SimpleRNN", "LSTM", "CellLoop"):
        facts = Facts(rows=1000, values=1000, parameters=100, guess=0.0495)
        look = Look(2, 1e-3, reaches={"layer": Reach(16, 100, 31000.0, 99, kind)})
        known = Evidence({"loss": [0.05] * 20}, steps=400, facts=facts, looks=[look])
        for finding in (DyingGradients, ExplodingGradients):
            advice[kind, finding] = " ".join(str(finding.find(known)).split())
    for finding in (DyingGradients, ExplodingGradients):
        assert "LSTM or GRU in place of SimpleRNN, " in advice["SimpleRNN", finding]
        assert "gates in the cell, as LSTM and GRU have them, " in advice["CellLoop", finding]
        assert "GRU" not in advice["LSTM", finding]
        assert "relu" not in advice["LSTM", finding]


@pytest.mark.parametrize("cell", ["native", "NumPy"])
def test_last_steps_that_are_learned_before_the_first_ones_explode_nothing(rng, cell):
    """The gradient at the last step is tiny then, by that at others; but no step enlarges it."""
    x = sequences(rng, 20)
    y = x.sum(2, keepdims=True) > 0
    y[:, 12:] = False
    if cell == "native":
        recurrent = layers.GRU(16, return_sequences=True)
    else:
        recurrent = layers.RNN(Plain(16), return_sequences=True)
    history, said = train([recurrent], x, y.astype(np.float32), Adam(0.02))
    assert "exploding_gradients" not in said
    growths = [reach.growth for look in history.evidence.looks for reach in look.reaches.values()]
    assert len(growths) == 20
    assert max(growths) < 20


@pytest.mark.parametrize("layer", [layers.LSTM, layers.GRU, layers.SimpleRNN])
def test_saturated_gates(rng, layer):
    x = sequences(rng, 10)
    y = (x.sum((1, 2)) > 0).astype(np.float32)
    wide = sh.initializers.RandomNormal(stddev=30.0)
    recurrent = layer(16, name="recurrent", kernel_initializer=wide)
    _, said = train([recurrent], x, y, epochs=3)
    assert said["saturated_gates"].figures["layer"] == "recurrent"
    assert said["saturated_gates"].figures["share"] > 0.85
    assert "saturated_gates" not in train([layer(16)], x, y, epochs=3)[1]


def test_dead_filters(rng):
    x = sequences(rng, 10)
    y = (x.sum((1, 2)) > 0).astype(np.float32)

    def filters(bias):
        bias = Constant(bias)
        conv = layers.Conv1D(8, 3, activation="relu", name="conv", bias_initializer=bias)
        return [conv, layers.GlobalMaxPooling1D()]

    _, said = train(filters(-50.0), x, y, epochs=3)
    assert (said["dead_filters"].figures["dead"], said["dead_filters"].figures["units"]) == (8, 8)
    assert "8 of 8 units of 'conv'" in str(said["dead_filters"])
    assert "dead_filters" not in train(filters(0.0), x, y, epochs=3)[1]


def test_units_that_are_seldom_on_are_not_dead(rng):
    """Each unit answers to one of 128 words, so that most are off in a batch of 32 rows."""
    x = np.eye(128, dtype=np.float32)[rng.integers(0, 128, ROWS)]
    starts = {"kernel_initializer": Identity(), "bias_initializer": Constant(-0.1)}
    words = layers.Dense(128, activation="relu", name="words", **starts)
    history, said = train([words], x, x[:, :64].sum(1), epochs=6, batch_size=32)
    assert len(history.evidence.looks[-1].silent["words"].off) > 64
    assert "dead_filters" not in said


def test_updates_that_are_too_large(rng):
    x = sequences(rng, 10)
    y = (x.sum((1, 2)) > 0).astype(np.float32)
    history, said = train([layers.Flatten()], x, y, SGD(300.0), epochs=3)
    assert history.evidence.looks[-1].ratio > 0.1
    assert "each step changes the weights by" in str(said["learning_rate_too_high"])


def test_simple_rnn_is_told_why_it_fails_at_the_product():
    (x, y), _ = product.load_data(samples=1440, seed=0)
    model = sh.Sequential(
        [
            layers.Input((100, 2)),
            layers.SimpleRNN(30, return_sequences=True, name="lower"),
            layers.SimpleRNN(30, name="upper"),
            layers.Dense(1),
        ]
    )
    model.compile("adam", "mse")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(x, y, epochs=20, validation_split=0.2, verbose=0)
    (said,) = (one.message for one in caught)
    assert said.name == "dying_gradients"
    assert said.figures["layer"] == "lower"
    assert said.figures["steps"] < 50


def test_looks_change_no_bit(rng):
    x = sequences(rng, 10)
    y = (x.sum((1, 2)) > 0).astype(np.float32)
    losses = []
    for doctor in (False, True, "thorough"):
        sh.utils.set_random_seed(2)
        history, _ = train([layers.Dropout(0.1), layers.LSTM(8)], x, y, epochs=3, doctor=doctor)
        losses.append(history.history["loss"])
    assert losses[0] == losses[1] == losses[2]


def test_a_training_that_fails_leaves_nothing_behind(rng):
    class Fails(Callback):
        def on_train_batch_begin(self, batch, logs=None):
            raise RuntimeError("on purpose")

    x = sequences(rng, 10)
    model = sh.Sequential([layers.LSTM(4), layers.Dense(1)])
    model.compile("adam", "mse")
    with pytest.raises(RuntimeError, match="on purpose"):
        model.fit(x, x[:, 0, 0], verbose=0, doctor="thorough", callbacks=[Fails()])
    assert model.watching is None
    assert model.stepper()._passes.observer is None
    model.fit(x, x[:, 0, 0], verbose=0)


def test_the_variable_of_the_environment_makes_it_thorough(rng, monkeypatch):
    monkeypatch.setenv("SUNHWAN_DOCTOR", "thorough")
    x = sequences(rng, 10)
    history, _ = train([layers.LSTM(4)], x, x[:, 0, 0] > 0, epochs=2, doctor=True)
    assert [look.epoch for look in history.evidence.looks] == [1, 2]
