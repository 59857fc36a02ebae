"""Each finding of the doctor on a training that deserves it, and on one that does not."""

import pickle
import warnings

import numpy as np
import pytest

import sunhwan as sh
from sunhwan import doctor, layers
from sunhwan.callbacks import Callback, EarlyStopping
from sunhwan.doctor.facts import look
from sunhwan.optimizers import SGD, Adam

ROWS, STEPS, FEATURES = 400, 10, 3


@pytest.fixture(autouse=True)
def _seed():
    sh.utils.set_random_seed(1)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def data(rng):
    """Sequences, and whether the sum of their numbers is positive."""
    x = rng.normal(size=(ROWS, STEPS, FEATURES)).astype(np.float32)
    return x, (x.sum((1, 2)) > 0).astype(np.float32)


def train(x, y, units=16, optimizer=None, loss="binary_crossentropy", epochs=20, **kwargs):
    """Train an LSTM; return its history and the names of what the doctor said in the meantime."""
    activation = None if loss == "mse" else "sigmoid"
    model = sh.Sequential(
        [
            layers.Input(x.shape[1:]),
            *kwargs.pop("first", []),
            layers.LSTM(units, name="lstm"),
            layers.Dense(1, activation=activation),
        ]
    )
    model.compile(optimizer or Adam(), loss)
    arguments = {"validation_split": 0.2, "verbose": 0, "epochs": epochs, "doctor": "thorough"}
    arguments |= kwargs
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        history = model.fit(x, y, **arguments)
    return history, [one.message for one in caught]


def names(findings):
    return {one.name for one in findings}


def test_a_healthy_training_is_told_nothing(data):
    history, said = train(*data)
    assert said == []
    assert history.diagnose() == []
    assert str(history.diagnose()) == "- nothing wrong was found."


def test_overfitting(data, rng):
    x, y = data
    y = np.where(rng.random(ROWS) < 0.3, 1 - y, y)
    history, said = train(x, y, units=32, epochs=20, optimizer=Adam(0.01))
    assert names(said) == {"overfitting"}
    best = int(np.argmin(history.history["val_loss"]))
    assert said[0].figures["kept"] == best + 1
    assert f"overfitting since epoch {best + 2}" in str(said[0])
    cured, said = train(
        x, y, units=32, epochs=20, optimizer=Adam(0.01), callbacks=[EarlyStopping(patience=60)]
    )
    assert said == []
    assert names(cured.diagnose()) == {"overfitting"}  # asked, the doctor says it all the same


def test_epochs_have_the_numbers_that_fit_gave_them(data):
    history, said = train(*data, optimizer=SGD(100.0), initial_epoch=10, epochs=20)
    assert [look.epoch for look in history.evidence.looks] == list(range(11, 21))
    assert {10 < finding.epoch <= 20 for finding in said} == {True}
    evidence = history.evidence
    evidence.history = {"loss": [0.6, 0.3, 0.2, 0.1, 0.05], "val_loss": [0.6, 0.4, 0.5, 0.6, 0.7]}
    found = doctor.Overfitting.find(evidence)
    assert (found.epoch, found.figures["since"], found.figures["kept"]) == (15, 13, 12)


def test_targets_are_sampled(rng):
    model = sh.Sequential([layers.Input((400, 1)), layers.Dense(3)])
    model.compile("sgd", "mse")
    x, y = np.zeros((1000, 400, 1)), rng.normal(size=(1000, 400, 3))
    for targets in (y, list(y)):
        seen = look(model, model._examples(x, targets, None, "y"), None)
        assert seen.values == y.size
        assert seen.guess == pytest.approx(1, rel=0.02)


def test_labels_shuffled_against_their_rows(data, rng):
    x, y = data
    _, said = train(x, rng.permutation(y), units=32, epochs=20, optimizer=Adam(0.005))
    assert names(said) == {"no_better_than_guessing"}
    assert "though the training rows are learned by heart" in str(said[0])


@pytest.mark.parametrize(
    ("loss", "targets"),
    [("mse", lambda x: x.sum((1, 2))), ("mae", lambda x: x.sum((1, 2)))],
)
def test_regression_is_healthy(data, loss, targets):
    x, _ = data
    _, said = train(x, targets(x), loss=loss, optimizer=Adam(0.01), epochs=10)
    assert said == []


def test_too_many_parameters(rng):
    x = rng.normal(size=(60, STEPS, FEATURES)).astype(np.float32)
    y = (x[:, 0, 0] + 2 * rng.normal(size=60) > 0).astype(np.float32)
    history, said = train(x, y, units=48, epochs=60, batch_size=8, optimizer=Adam(0.005))
    assert "too_many_parameters" in names(said) | names(history.diagnose())
    finding = next(one for one in history.diagnose() if one.name == "too_many_parameters")
    assert finding.figures["values"] == 48
    assert "48 target values" in str(finding)


def test_learning_rate_too_high(data):
    history, _ = train(*data, optimizer=SGD(100.0))
    (finding,) = history.diagnose()
    assert finding.name == "learning_rate_too_high"
    assert "Try 10 in place of 1e+02" in str(finding)


def test_learning_rate_too_low(data):
    _, said = train(*data, optimizer=SGD(0.01))
    assert names(said) == {"learning_rate_too_low"}
    assert "Try 0.1 in place of 0.01" in str(said[0])


@pytest.mark.parametrize(("factor", "shift"), [(100.0, 300.0), (1e-5, 0.0)])
def test_inputs_not_normalized(data, factor, shift):
    x, y = data
    _, said = train(factor * x + shift, y)
    assert names(said) >= {"inputs_not_normalized"}
    assert "x[..., " in str(said[0])


def test_inputs_that_a_layer_normalizes(data):
    x, y = data
    x = 100 * x + 300
    scale = layers.Normalization()
    scale.adapt(x)
    _, said = train(x, y, first=[scale])
    assert said == []


def test_a_class_that_dominates(data):
    x, _ = data
    y = (x.sum((1, 2)) > 9).astype(np.float32)
    _, said = train(x, y)
    assert names(said) == {"dominating_class"}
    assert "label 0" in str(said[0])
    _, said = train(x, y, class_weight={0: 0.1})
    assert said == []


def test_a_single_class(data):
    x, _ = data
    _, said = train(x, np.ones(len(x), np.float32))
    assert "single_class" in names(said)
    assert "dominating_class" not in names(said)
    assert "all rows have label 1" in str(said[0])


def test_ids_labels_and_ragged_rows_are_looked_at(rng):
    x = [rng.integers(1, 50, rng.integers(3, 12)) for _ in range(300)]
    y = np.array([int(row[0] > 25) for row in x])
    model = sh.Sequential(
        [layers.Embedding(50, 8), layers.GRU(16), layers.Dense(2, activation="softmax")]
    )
    model.compile(Adam(0.01), "sparse_categorical_crossentropy")
    history = model.fit(x, y, epochs=15, verbose=0, doctor="thorough")
    facts = history.evidence.facts
    assert (facts.rows, facts.values, facts.scales) == (300, 300, ())
    share = y.mean()
    expected = -(share * np.log(share) + (1 - share) * np.log(1 - share))
    assert facts.guess == pytest.approx(expected, rel=1e-4)
    assert history.diagnose() == []


@pytest.mark.parametrize("masked", [False, True])
def test_padding_is_no_class_to_guess(rng, masked):
    """Labels of masked steps are mostly 0: to guess 0 everywhere is no measure of a model."""
    ids = np.zeros((128, 12), np.int64)
    ids[:, :2] = rng.integers(1, 9, (128, 2))
    model = sh.Sequential(
        [
            layers.Embedding(9, 4, mask_zero=masked),
            layers.GRU(4, return_sequences=True),
            layers.Dense(9, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    seen = look(model, model._examples(ids, ids, None, "y"), None)
    assert (seen.guess is None) == masked


def test_doctor_is_silenced(data, rng, monkeypatch):
    x, y = data[0], rng.permutation(data[1])
    history, said = train(x, y, optimizer=SGD(100.0), doctor=False)
    assert said == []
    assert "the data were not looked at" in str(history.diagnose())
    monkeypatch.setenv("SUNHWAN_DOCTOR", "0")
    assert train(x, y, optimizer=SGD(100.0))[1] == []
    monkeypatch.delenv("SUNHWAN_DOCTOR")
    assert train(x, y, optimizer=SGD(100.0))[1] != []
    with pytest.raises(ValueError, match="doctor"):
        train(x, y, doctor="no")


def test_filters_tell_findings_apart(data):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for ignored in (doctor.LearningRateTooLow, doctor.SaturatedGates):
            warnings.filterwarnings("ignore", category=ignored)
        model = sh.Sequential([layers.LSTM(16), layers.Dense(1, activation="sigmoid")])
        model.compile(SGD(0.01), "binary_crossentropy")
        model.fit(*data, epochs=20, verbose=0)
        model.optimizer.learning_rate = 100.0
        with pytest.raises(doctor.LearningRateTooHigh):
            model.fit(*data, epochs=20, verbose=0, doctor="thorough")


def test_warning_points_to_the_users_line(data):
    model = sh.Sequential([layers.LSTM(16), layers.Dense(1, activation="sigmoid")])
    model.compile(SGD(0.01), "binary_crossentropy")
    with pytest.warns(doctor.TrainingWarning) as caught:
        model.fit(*data, epochs=20, verbose=0, doctor="thorough")
    assert caught[0].filename == __file__


def test_callbacks_hear_of_findings(data):
    class Listener(Callback):
        def on_finding(self, finding):
            heard.append(finding)

    heard = []
    _, said = train(*data, optimizer=SGD(0.01), callbacks=[Listener()])
    assert heard == said
    assert heard


def test_the_same_training_is_told_the_same(data):
    told = []
    for _ in range(2):
        sh.utils.set_random_seed(3)
        told.append([str(one) for one in train(*data, optimizer=SGD(100.0))[1]])
    assert told[0] == told[1]


def test_findings_speak_korean(data):
    _, said = train(*data, optimizer=SGD(0.01))
    doctor.language("ko")
    try:
        assert "학습률이 너무 낮습니다" in str(said[0])
        assert "0.1" in str(said[0])
    finally:
        doctor.language("en")
    with pytest.raises(ValueError, match="language"):
        doctor.language("fr")


@pytest.mark.parametrize("kind", doctor.TrainingWarning.__subclasses__(), ids=lambda c: c.__name__)
def test_both_languages_quote_the_same_figures(kind):
    """But for words that are made of figures, which have a form for each."""
    import string

    fields = [
        {name.removesuffix("_ko") for _, name, _, _ in string.Formatter().parse(text) if name}
        for text in (kind.english, kind.korean)
    ]
    assert fields[0] == fields[1]


def test_findings_and_histories_are_pickled(data):
    history, said = train(*data, optimizer=SGD(0.01))
    assert str(pickle.loads(pickle.dumps(said[0]))) == str(said[0])
    history.model = None
    assert str(pickle.loads(pickle.dumps(history)).diagnose()) == str(history.diagnose())


def test_nothing_to_diagnose():
    with pytest.raises(ValueError, match="no epoch was recorded"):
        sh.callbacks.History().diagnose()
