"""`explain.memory`: against PyTorch, known recurrences, and rows however they come."""

import numpy as np
import pytest
from explain_case import VALUES, model_of, random_weights, series, texts_model
from golden.fixture import load
from reference.check import assert_close

import sunhwan as sh
from sunhwan import explain, layers

CASES = load("torch_explained")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_memory_is_what_torch_differentiates(case):
    found = explain.memory(model_of(case), case.arrays["x"])
    squares = sum(np.square(gradient).sum(axis=2) for gradient in case.group("dstate"))
    assert list(found.norms) == [case.name]
    assert_close(found.norms[case.name], np.sqrt(squares)[:, ::-1], VALUES)


def test_memory_lays_models_side_by_side_and_keeps_what_was_before():
    kinds = (layers.SimpleRNN, layers.LSTM, layers.GRU)
    models = [sh.Sequential([kind(4), layers.Dense(1)]) for kind in kinds]
    before = explain.memory(models, series())
    assert list(before.norms) == ["SimpleRNN", "LSTM", "GRU"]
    named = explain.memory({"a": models[0], "b": models[0]}, series(), before=before)
    np.testing.assert_array_equal(named.norms["a"], named.norms["b"])
    assert named.before is before
    assert list(explain.memory([models[0]] * 2, series()).norms) == ["SimpleRNN", "SimpleRNN 2"]
    pair = sh.Sequential([layers.Bidirectional(layers.GRU(3, name="g")), layers.Dense(1)])
    found = explain.memory(pair, series())
    assert list(found.norms) == ["GRU, forward_g", "GRU, backward_g"]
    assert list(explain.memory(pair, series(), layer="backward_g").norms) == ["GRU"]


def test_a_known_recurrence_has_a_known_half_life():
    layer = layers.SimpleRNN(
        1, "linear", recurrent_initializer=lambda shape, dtype=None: np.full(shape, 0.5)
    )
    found = explain.memory(sh.Sequential([layer]), np.ones((3, 12, 1)))
    np.testing.assert_allclose(found.median["SimpleRNN"], 0.5 ** np.arange(12), rtol=1e-6)
    assert found.half_life["SimpleRNN"] == pytest.approx(1.0)
    keeps = explain.Memory({"LSTM": np.ones((2, 5)), "nothing": np.array([[1.0, 0.0, 0.0]])})
    assert keeps.half_life == {"LSTM": np.inf, "nothing": 0.0}


def test_memory_of_padded_masked_and_ragged_rows_is_that_of_the_rows_alone():
    ragged = [np.arange(1, 9), np.array([3, 1]), np.arange(2, 7)]
    model = texts_model()
    alone = [explain.memory(model, row[None]).norms["LSTM"][0] for row in ragged]
    padded = np.zeros((3, 10), int)
    for row, ids in zip(padded, ragged, strict=True):
        row[-len(ids) :] = ids
    for x in (ragged, padded, padded[:, ::-1][:, ::-1]):
        norms = explain.memory(model, x).norms["LSTM"]
        for row, expected in zip(norms, alone, strict=True):
            assert_close(row[: len(expected)], expected, VALUES)
            assert np.isnan(row[len(expected) :]).all()


def test_memory_goes_through_frozen_layers_and_changes_nothing():
    model = texts_model()
    ids = np.array([[1, 2, 3, 4], [5, 6, 7, 8]])
    expected = explain.memory(model, ids).norms["LSTM"]
    model.trainable = False
    np.testing.assert_array_equal(explain.memory(model, ids).norms["LSTM"], expected)
    stateful = sh.Sequential([layers.GRU(3, stateful=True), layers.Dense(1)])
    x = series(2)
    stateful.predict(x, batch_size=2, verbose=0)
    states = [np.array(state) for state in stateful.layers[0].states]
    weights = stateful.get_weights()
    explain.memory(stateful, x)
    explain.gates(stateful, x[0])
    for now, then in zip(stateful.layers[0].states, states, strict=True):
        np.testing.assert_array_equal(now, then)
    for now, then in zip(stateful.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(now, then)
    model.trainable = True
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.train_on_batch(ids, np.array([0, 1]))
    gradients = [np.array(variable.grad) for variable in model.variables]
    explain.attribution(model, ids[0])
    for variable, then in zip(model.variables, gradients, strict=True):
        np.testing.assert_array_equal(variable.grad, then)


@pytest.mark.parametrize(("weight", "half_life"), [(0.9, 6.5788), (-0.9, 6.5788), (0.3, 0.5757)])
def test_the_half_life_is_that_of_the_recurrent_weight(weight, half_life):
    def constant(shape, dtype=None):
        return np.full(shape, weight)

    layer = layers.SimpleRNN(1, "linear", recurrent_initializer=constant)
    found = explain.memory(sh.Sequential([layer]), series(3, 20, 2))
    assert half_life == pytest.approx(np.log(2) / -np.log(abs(weight)), abs=1e-4)
    assert found.half_life["SimpleRNN"] == pytest.approx(half_life, rel=1e-4)


def test_a_first_id_that_all_rows_have_counts():
    ids = np.array([[4, 4, 4, 7], [4, 5, 1, 2]])
    unmasked, masked = texts_model(False), texts_model(True)
    found = explain.memory(unmasked, ids).norms["LSTM"]
    assert_close(found, explain.memory(masked, ids).norms["LSTM"], VALUES)
    assert explain.memory(unmasked, ids[:1]).norms["LSTM"].shape == (1, 4)
    padded = np.pad(ids, ((0, 0), (3, 0)))
    found = explain.memory(unmasked, padded).norms["LSTM"]
    assert found.shape == (2, 4)
    two_ways = sh.Sequential(
        [layers.Embedding(12, 4), layers.Bidirectional(layers.GRU(3)), layers.Dense(1)]
    )
    for norms in explain.memory(two_ways, padded).norms.values():
        assert norms.shape == (2, 4)
        assert np.isfinite(norms).all()


class Fading(layers.Cell):
    """A SimpleRNN's equations, in NumPy."""

    state_size = 5

    def build(self, input_shape):
        self.kernel = self.add_weight("kernel", (input_shape[-1], 5))
        self.recurrent = self.add_weight("recurrent", (5, 5))
        self.bias = self.add_weight("bias", (5,))

    def step(self, inputs, states, training):
        product = inputs @ self.kernel.value + states[0] @ self.recurrent.value
        h = np.tanh(product + self.bias.value)
        return h, [h], h

    def step_back(self, doutput, dstates, saved):
        dproduct = (doutput + dstates[0]) * (1 - saved**2)
        return dproduct @ self.kernel.value.T, [dproduct @ self.recurrent.value.T]


class Squared(Fading):
    """Gives something else than its state."""

    def step(self, inputs, states, training):
        h, after, saved = super().step(inputs, states, training)
        return h**2, after, saved


def test_cells_are_shown_as_the_layers_that_they_make():
    x = series(3, 7, 2)
    native = random_weights(sh.Sequential([layers.SimpleRNN(5), layers.Dense(1)]), x.shape)
    expected = explain.memory(native, x).norms["SimpleRNN"]
    for cell, kind in ((Fading(), "Fading"), (layers.SimpleRNNCell(5), "SimpleRNN")):
        model = sh.Sequential([layers.RNN(cell), layers.Dense(1)])
        model.build(x.shape)
        model.set_weights(native.get_weights())
        assert_close(explain.memory(model, x).norms[kind], expected, VALUES)
    sequences = sh.Sequential([layers.RNN(Squared(), name="own"), layers.Dense(1)])
    with pytest.raises(ValueError, match="gives outputs that are its first state, and that"):
        explain.memory(sequences, x)


def test_an_output_at_each_step_is_that_of_the_last_own_step():
    stack = [
        layers.Embedding(12, 4, mask_zero=True),
        layers.Bidirectional(layers.GRU(3, return_sequences=True, name="gru")),
        layers.Dense(2, activation="softmax"),
    ]
    model = random_weights(sh.Sequential(stack), (None, None))
    padded, row = np.array([[5, 3, 11, 0, 0], [1, 2, 3, 4, 5]]), np.array([[5, 3, 11]])
    whole, alone = explain.memory(model, padded), explain.memory(model, row)
    assert alone.norms["GRU, forward_gru"][0, 0] > 0
    for label, norms in alone.norms.items():
        assert_close(whole.norms[label][0, :3], norms[0], VALUES)
    shares = explain.attribution(model, padded[0], unit=1)
    assert_close(shares.values[:3], explain.attribution(model, row[0], unit=1).values, VALUES)
    with pytest.raises(ValueError, match="one of the 3 steps of the output that are not masked"):
        explain.attribution(model, padded[0], step=3)


def test_an_output_that_does_not_depend_on_the_layer_is_said():
    x = sh.Input((5, 2), name="x")
    outputs = [layers.Dense(1, name="a")(layers.GRU(3, name="one")(x))]
    outputs.append(layers.Dense(1, name="b")(layers.LSTM(3, name="two")(x)))
    model = sh.Model(x, outputs)
    found = explain.memory(model, series(2, 5, 2), layer="one", output="b")
    assert np.isnan(found.half_life["GRU"])
    assert repr(found) == "<Memory, half-life: GRU no gradient>"
    for output, kind in (("a", "GRU"), ("b", "LSTM")):
        found = explain.memory(model, series(2, 5, 2), output=output)
        assert np.isfinite(found.half_life[kind])


def test_rows_without_steps_have_no_norms():
    model = texts_model()
    for nothing in (np.zeros((2, 3), int), np.zeros((2, 0), int), [[], []]):
        found = explain.memory(model, nothing)
        assert found.norms["LSTM"].shape == (2, 0)
        assert repr(found) == "<Memory, half-life: LSTM no gradient>"
    some = explain.memory(texts_model(sequences=True), [np.array([1, 2]), np.array([], int)])
    assert np.isnan(some.norms["LSTM"][1]).all()
    assert np.isfinite(some.norms["LSTM"][0]).all()
