"""What a watched training shows, and that watching changes no bit of it."""

import itertools

import numpy as np
import pytest

import sunhwan as sh
from sunhwan import layers
from sunhwan.callbacks import Callback
from sunhwan.watching import Watcher, watch

pytestmark = pytest.mark.filterwarnings("ignore::sunhwan.doctor.TrainingWarning")


class Watched(Callback, Watcher):
    def __init__(self, every=None):
        super().__init__()
        self.every = every
        self.steps, self.snapshots, self.ends = [], [], []

    def on_train_begin(self, logs=None):
        watch(self.model, self)

    def on_steps(self, steps):
        self.steps.append(steps)

    def on_snapshot(self, snapshot):
        self.snapshots.append(snapshot)

    def on_watch_end(self, error):
        self.ends.append(error)


def dense_model():
    return sh.Sequential([layers.Dense(3, activation="relu"), layers.Dense(1)])


def recurrent_model():
    return sh.Sequential(
        [
            layers.Embedding(20, 4, mask_zero=True),
            layers.Bidirectional(layers.LSTM(3, return_sequences=True)),
            layers.GRU(5, return_sequences=True, dropout=0.3),
            layers.SimpleRNN(3),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def data(model):
    rng = np.random.default_rng(0)
    if model is dense_model:
        return rng.normal(size=(70, 5)).astype(np.float32), rng.normal(size=(70, 1))
    return rng.integers(0, 20, (70, 9)), rng.integers(0, 2, (70, 1))


def trained(make, *watchers, epochs=2, optimizer="adam", **arguments):
    sh.utils.set_random_seed(1)
    model = make()
    loss = "mse" if make is dense_model else "binary_crossentropy"
    model.compile(optimizer, loss)
    x, y = data(make)
    model.fit(x, y, 8, epochs=epochs, verbose=0, callbacks=list(watchers), **arguments)
    return model


@pytest.mark.parametrize("make", [dense_model, recurrent_model])
@pytest.mark.parametrize("every", [1, 3, None])
def test_watching_changes_no_bit(make, every):
    plain, watched = trained(make), trained(make, Watched(every))
    for one, other in zip(plain.get_weights(), watched.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert plain.history.history == watched.history.history


def test_steps_are_told_one_by_one_and_snapshots_at_the_interval():
    watcher = Watched(4)
    model = trained(dense_model, watcher)
    assert [snapshot.step for snapshot in watcher.snapshots] == [0, 4, 8, 12, 16]
    places = [(steps.first, len(steps.losses)) for steps in watcher.steps]
    assert places[0][0] == 0
    assert all(a + n == b for (a, n), (b, _) in itertools.pairwise(places))
    losses = [loss for steps in watcher.steps for loss in steps.losses]
    assert len(losses) == 18
    first, second = losses[:9], losses[9:]
    rows = np.array([8] * 8 + [6])
    for part, loss in zip((first, second), model.history.history["loss"], strict=True):
        assert np.isclose(np.dot(part, rows) / 70, loss, rtol=1e-6)
    assert watcher.snapshots[2].loss == losses[8]


def test_a_watch_ends_with_its_fit():
    watcher = Watched(1)
    model = trained(dense_model, watcher)
    assert (watcher.ends, model.watching) == ([None], None)
    seen = len(watcher.snapshots)
    model.fit(*data(dense_model), verbose=0)
    assert len(watcher.snapshots) == seen


def test_an_exception_ends_the_watch_too():
    class Stop(Callback):
        def on_batch_end(self, batch, logs=None):
            raise KeyboardInterrupt

    watcher = Watched(1)
    with pytest.raises(KeyboardInterrupt):
        trained(dense_model, watcher, Stop())
    assert isinstance(watcher.ends[0], KeyboardInterrupt)
    assert len(watcher.steps[0].losses) == 1


def test_steps_go_on_counting_in_the_next_fit():
    watcher = Watched(5)
    model = trained(dense_model, watcher, epochs=1)
    model.fit(*data(dense_model), 8, verbose=0, callbacks=[watcher])
    assert [snapshot.step for snapshot in watcher.snapshots] == [0, 5, 10, 15]


def test_parameters_gradients_and_updates():
    watcher = Watched(1)
    before = trained(dense_model, epochs=0)
    model = trained(
        dense_model, watcher, epochs=1, steps_per_epoch=1, optimizer=sh.optimizers.SGD(0.5)
    )
    found = watcher.snapshots[0]
    assert list(found.parameters) == [variable.path for variable in model.variables]
    assert found.learning_rate == 0.5
    assert found.memory > 1e6
    for variable, start in zip(model.variables, before.get_weights() or [], strict=False):
        one = found.parameters[variable.path]
        assert one.name == variable.name
        assert one.layer == variable.path.split("/")[0]
        assert np.isclose(one.value.size, np.abs(variable.value).mean(), rtol=1e-5)
        assert np.isclose(one.gradient.size, np.abs(variable.grad).mean(), rtol=1e-5)
        assert np.isclose(one.update.size, 0.5 * one.gradient.size, rtol=1e-3, atol=1e-7)
        assert start.shape == variable.shape
    name = model.layers[0].name
    own = [one for one in found.parameters.values() if one.layer == name]
    expected = sum(o.update.size * o.update.count for o in own)
    expected /= sum(o.value.size * o.value.count for o in own)
    assert np.isclose(found.ratio(name), expected)
    assert found.ratio("nobody") is None


def test_frozen_variables_are_left_out():
    def half_frozen():
        frozen = layers.Dense(3, trainable=False, name="frozen")
        return sh.Sequential([frozen, layers.BatchNormalization(name="norm"), layers.Dense(1)])

    watcher = Watched(1)
    sh.utils.set_random_seed(0)
    model = half_frozen()
    model.compile("sgd", "mse")
    model.fit(*data(dense_model), 8, verbose=0, callbacks=[watcher])
    assert not any("frozen" in path or "moving" in path for path in watcher.snapshots[0].parameters)
    assert "frozen" in watcher.snapshots[0].layers


def test_activations_are_those_of_the_layers():
    watcher = Watched(1)
    model = trained(dense_model, epochs=0)
    model.build((None, 5))
    start = model.get_weights()
    x, y = data(dense_model)
    model.fit(x[:8], y[:8], 8, verbose=0, callbacks=[watcher])
    hidden = np.maximum(x[:8] @ start[0] + start[1], 0)
    found = list(watcher.snapshots[0].layers.values())
    assert [one.name for one in found] == [layer.name for layer in model.layers]
    assert np.isclose(found[0].activation.mean, hidden.mean(), rtol=1e-5)
    assert np.isclose(found[0].activation.spread, hidden.std(), rtol=1e-5)
    assert found[0].silent == (hidden == 0).all(axis=0).mean()


def test_an_activation_left_to_the_loss_is_made():
    watcher = Watched(1)
    model = trained(recurrent_model, watcher, epochs=1)
    found = watcher.snapshots[0].layers[model.layers[-1].name].activation
    assert 0 < found.least <= found.most < 1
    assert abs(found.mean - 0.5) < 0.2


def test_gates_of_each_recurrent_layer():
    watcher = Watched(1)
    model = trained(recurrent_model, watcher, epochs=1)
    embedding, both, gru, simple, dense = (layer.name for layer in model.layers)
    found = watcher.snapshots[0].layers
    assert set(found) == {embedding, both, gru, simple, dense}
    lstm = ("input", "forget", "candidate", "output")
    assert [tuple(gates) for gates in found[both].gates.values()] == [lstm, lstm]
    assert list(found[both].gates) == [child.name for child in model.layers[1].children]
    assert list(found[gru].gates[""]) == ["update", "reset", "candidate"]
    assert list(found[simple].gates[""]) == ["state"]
    forget = next(iter(found[both].gates.values()))["forget"]
    assert abs(forget.mean - 0.73) < 0.02  # sigmoid(1), of the unit forget bias
    assert forget.saturated == 0


def test_saturated_gates():
    watcher = Watched(1)
    model = sh.Sequential([layers.LSTM(4, bias_initializer=sh.initializers.Constant(9.0))])
    model.compile("sgd", "mse")
    model.fit(np.zeros((8, 3, 2)), np.zeros((8, 4)), verbose=0, callbacks=[watcher])
    (gates,) = watcher.snapshots[0].layers[model.layers[0].name].gates.values()
    assert gates["input"].high == gates["candidate"].high == 1.0
    assert gates["input"].low == gates["candidate"].low == 0.0


def test_gates_whose_slope_needs_their_input():
    watcher = Watched(1)
    model = sh.Sequential([layers.LSTM(4, recurrent_activation="swish", activation="relu")])
    model.compile("sgd", "mse")
    model.fit(np.zeros((8, 3, 2)), np.zeros((8, 4)), verbose=0, callbacks=[watcher])
    (gates,) = watcher.snapshots[0].layers[model.layers[0].name].gates.values()
    assert np.isclose(gates["forget"].mean, 1 / (1 + np.exp(-1)), rtol=1e-5)  # swish(1)
    assert gates["forget"].saturated == 0


def test_layers_of_one_name_are_told_apart():
    words = sh.Input((5,), name="numbers")
    inner = sh.Sequential([sh.Input((5,)), layers.Dense(2, name="same")])
    model = sh.Model(words, layers.Dense(1, name="same")(inner(words)))
    model.compile("sgd", "mse")
    watcher = Watched(1)
    model.fit(*data(dense_model), 8, verbose=0, callbacks=[watcher])
    found = watcher.snapshots[0]
    assert {"same", "same_2"} <= set(found.layers)
    assert {"same/kernel", "same_2/kernel"} <= set(found.parameters)
    assert {one.layer for one in found.parameters.values()} == {"same", "same_2"}


def test_steps_that_collect_gradients_are_not_looked_at():
    watcher = Watched(2)
    optimizer = sh.optimizers.SGD(0.1, gradient_accumulation_steps=3)
    trained(dense_model, watcher, optimizer=optimizer)
    assert [snapshot.step for snapshot in watcher.snapshots] == [2, 8, 14]
    assert all(
        one.update.size > 0
        for snapshot in watcher.snapshots
        for one in snapshot.parameters.values()
        if one.gradient.size > 0
    )


def test_large_outputs_are_sampled():
    watcher = Watched(1)
    model = sh.Sequential([layers.SimpleRNN(32, return_sequences=True)])
    model.compile("sgd", "mse")
    x = np.random.default_rng(0).normal(size=(64, 40, 3))
    model.fit(x, np.zeros((64, 40, 32)), 64, verbose=0, callbacks=[watcher])
    found = watcher.snapshots[0].layers[model.layers[0].name]
    assert 0 < found.activation.count < 64 * 40 * 32
    assert np.isclose(found.gates[""]["state"].mean, found.activation.mean, atol=0.02)


def test_an_interval_that_is_none():
    with pytest.raises(ValueError, match="every must be a positive integer"):
        trained(dense_model, Watched(0))


def test_how_far_back_gradients_reach():
    watcher = Watched(1)
    sh.utils.set_random_seed(3)
    model = sh.Sequential([layers.SimpleRNN(3, name="simple"), layers.Dense(1)])
    model.compile(sh.optimizers.SGD(1e-6), "mse")
    x = np.zeros((4, 6, 2), np.float32)  # so that tanh has slope 1, and the orthogonal recurrent
    model.fit(
        x, np.ones((4, 1)), 4, epochs=13, verbose=0, callbacks=[watcher]
    )  # kernel keeps norms
    reaches = [snapshot.layers["simple"].reach for snapshot in watcher.snapshots]
    assert [list(reach) for reach in reaches] == [[], [], [""], *[[]] * 9, [""]]
    norms = reaches[2][""]
    assert norms[0] > 0
    np.testing.assert_allclose(norms, np.full(6, norms[0]), rtol=1e-3)


def test_rows_of_different_lengths_reach_as_far_as_they_go():
    watcher = Watched(1)
    model = sh.Sequential([layers.Bidirectional(layers.LSTM(3), name="both"), layers.Dense(1)])
    model.compile("sgd", "mse")
    rows = [np.ones((length, 2), np.float32) for length in (1, 4, 2)]
    model.fit(rows, np.ones((3, 1)), epochs=3, verbose=0, callbacks=[watcher])
    found = watcher.snapshots[2].layers["both"].reach
    assert list(found) == [child.name for child in model.layers[0].children]
    assert all(norms.shape == (4,) and (norms > 0).all() for norms in found.values())
