"""What observers are shown of recurrent layers, against the float64 reference and differences."""

import numpy as np
import pytest
from reference import gru_forward, lstm_forward, simple_rnn_forward
from reference.activations import ACTIVATIONS
from reference.check import assert_close

import sunhwan as sh
from sunhwan import layers
from sunhwan._engine.layout import Layout
from sunhwan._engine.observer import Observer, by_distance, state_norms

VALUES = 2e-6  # float32 against float64, numbers of about 1
GRADIENTS = 2e-5
ROWS, STEPS, FEATURES = 5, 7, 3
FORWARD = {layers.SimpleRNN: simple_rnn_forward, layers.LSTM: lstm_forward, layers.GRU: gru_forward}


class Notes(Observer):
    """Keeps copies by the layer's name, dense: `(N, T, H)`, NaN where no step is shown."""

    def __init__(self, rows=ROWS, steps=STEPS):
        self.shape = rows, steps
        self.values, self.gradients, self.contexts = {}, {}, {}

    def states(self, layer, context, values):
        self.contexts[layer.name] = context
        self._note(self.values.setdefault(layer.name, {}), context, values)

    def state_gradients(self, layer, context, gradients):
        assert self.contexts[layer.name] is context
        self._note(self.gradients.setdefault(layer.name, {}), context, gradients)

    def _note(self, into, context, arrays):
        layout = context.layout
        for name, array in arrays.items():
            dense = into.setdefault(name, np.full((*self.shape, array.shape[1]), np.nan))
            dense[layout.step_rows, layout.times] = array


def series(seed=0):
    random = np.random.default_rng(seed)
    return random.standard_normal((ROWS, STEPS, FEATURES)).astype(np.float32)


def a_model(stack, shape=(None, STEPS, FEATURES)):
    """A compiled model with random weights."""
    model = sh.Sequential(stack)
    model.compile("sgd", "mse")
    model.build(shape)
    random = np.random.default_rng(1)
    model.set_weights([random.normal(0, 0.5, w.shape) for w in model.get_weights()])
    return model


def notes_of_training(model, x, y):
    notes = Notes(len(x), STEPS)
    with model.stepper().observed(notes):
        model.train_on_batch(x, y)
    return notes


def gates(kind, cache):
    """The gates at each step, from the pre-activations that the reference saved."""
    arrays = {}
    for t, saved in zip(cache.steps, cache.saved, strict=True):
        k = ACTIVATIONS[cache.cell.activation].function
        if kind is layers.SimpleRNN:
            continue
        g = ACTIVATIONS[cache.cell.recurrent_activation].function
        if kind is layers.LSTM:
            a_i, a_f, a_c, a_o = np.split(saved.a, 4, axis=1)
            step = {"cell": saved.c_new, "input": g(a_i), "forget": g(a_f), "output": g(a_o)}
            step["candidate"] = k(a_c)
        else:
            step = {"update": g(saved.a_z), "reset": g(saved.a_r)}
            step["candidate"] = k(saved.a_candidate)
        for name, array in step.items():
            arrays.setdefault(name, np.empty((ROWS, STEPS, 4)))[:, t] = array
    return arrays


@pytest.mark.parametrize("sequences", [False, True])
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        (layers.SimpleRNN, {}),
        (layers.SimpleRNN, {"go_backwards": True, "activation": "gelu"}),
        (layers.LSTM, {}),
        (layers.LSTM, {"go_backwards": True}),
        (layers.LSTM, {"activation": "silu", "recurrent_activation": "hard_sigmoid"}),
        (layers.LSTM, {"recurrent_activation": "silu"}),
        (layers.GRU, {}),
        (layers.GRU, {"reset_after": False, "go_backwards": True}),
        (layers.GRU, {"activation": "gelu"}),
    ],
)
def test_states_and_gates_are_those_of_the_equations(kind, options, sequences):
    model = a_model([kind(4, return_sequences=sequences, name="cell", **options)])
    weights = [w.astype(np.float64) for w in model.get_weights()]
    x, y = series(), np.ones((ROWS, *([STEPS] if sequences else []), 4))
    values = notes_of_training(model, x, y).values["cell"]
    outputs, cache = FORWARD[kind](x.astype(np.float64), *weights, **options)
    sequence = outputs.sequence[:, ::-1] if options.get("go_backwards") else outputs.sequence
    expected = {"state": sequence, **gates(kind, cache)}
    assert set(values) == set(expected)
    for name, array in expected.items():
        assert_close(values[name], array, VALUES)


@pytest.mark.parametrize("kind", [layers.SimpleRNN, layers.LSTM, layers.GRU])
def test_gradients_are_slopes_of_the_loss_in_the_state(kind):
    """The state after each step is moved, and the rest of the row run from there in float64."""
    model = a_model([kind(4, name="cell"), layers.Dense(2)])
    kernels = [w.astype(np.float64) for w in model.get_weights()]
    weights, (dense, bias) = kernels[:-2], kernels[-2:]
    x, y = series(), np.random.default_rng(2).standard_normal((ROWS, 2))
    gradients = notes_of_training(model, x, y).gradients["cell"]

    def states_after(t):
        return FORWARD[kind](x[:, : t + 1].astype(np.float64), *weights)[0].states

    def loss_from(t, states):
        rest = x[:, t + 1 :].astype(np.float64)
        last = FORWARD[kind](rest, *weights, initial_states=states)[0].states[0]
        return np.mean((last @ dense + bias - y) ** 2)

    assert list(gradients) == (["state", "cell"] if kind is layers.LSTM else ["state"])
    random, small = np.random.default_rng(3), 1e-5
    for t in (0, 3, STEPS - 1):
        states = states_after(t)
        for number, gradient in enumerate(gradients.values()):
            direction = random.standard_normal(states[number].shape)
            ends = []
            for sign in (1, -1):
                moved = list(states)
                moved[number] = states[number] + sign * small * direction
                ends.append(loss_from(t, moved))
            slope = (ends[0] - ends[1]) / (2 * small)
            assert abs(slope - np.sum(direction * gradient[:, t])) < GRADIENTS * (1 + abs(slope))


def test_an_output_that_is_read_counts_in_the_gradient_of_its_step():
    model = a_model([layers.SimpleRNN(4, return_sequences=True, name="cell")])
    x = series()
    y = model.predict(x, verbose=0)
    y[:, 2] += 1.0  # the one step at which the loss has a slope
    gradients = notes_of_training(model, x, y).gradients["cell"]["state"]
    np.testing.assert_allclose(gradients[:, 3:], 0.0, atol=1e-6)
    assert_close(gradients[:, 2], np.full((ROWS, 4), -2 / y.size), GRADIENTS)
    assert np.abs(gradients[:, :2]).min() > 0


def test_stacked_and_bidirectional_layers_are_shown_one_by_one():
    pair = layers.Bidirectional(layers.GRU(4, return_sequences=True, name="gru"))
    model = a_model([pair, layers.LSTM(3, name="top"), layers.Dense(1)])
    alone = {child.name: child.get_weights() for child in pair.children}
    notes = notes_of_training(model, series(), np.ones((ROWS, 1)))
    assert list(notes.values) == ["forward_gru", "backward_gru", "top"]
    assert list(notes.gradients) == ["top", "forward_gru", "backward_gru"]
    for name, backwards in (("forward_gru", False), ("backward_gru", True)):
        weights = [w.astype(np.float64) for w in alone[name]]
        outputs, _ = gru_forward(series().astype(np.float64), *weights, go_backwards=backwards)
        sequence = outputs.sequence[:, ::-1] if backwards else outputs.sequence
        assert_close(notes.values[name]["state"], sequence, VALUES)


def test_masked_ragged_and_shared_rows_show_their_own_steps():
    ids = np.array([[0, 0, 0, 1, 2, 3, 4], [0, 0, 1, 0, 1, 2, 2], [0] * 7, [1, 2, 3, 1, 2, 3, 1]])
    for mask_zero in (False, True):
        stack = [layers.Embedding(5, 3, mask_zero=mask_zero), layers.LSTM(4, name="cell")]
        model = a_model([*stack, layers.Dense(1)], (None, None))
        notes = notes_of_training(model, ids, np.ones((4, 1)))
        shown = ~np.isnan(notes.values["cell"]["cell"][..., 0])
        own = ids != 0 if mask_zero else np.logical_or.accumulate(ids != 0, axis=1)
        np.testing.assert_array_equal(shown, own)
        assert np.isnan(notes.gradients["cell"]["state"][~own]).all()
        rows = [row[own[n]] for n, row in enumerate(ids)]
        if mask_zero:  # masked steps are as if they were not there
            model = a_model([*stack, layers.Dense(1)], (None, None))
            ragged = notes_of_training(model, rows, np.ones((4, 1)))
            for n in range(4):
                count = own[n].sum()
                expected = ragged.gradients["cell"]["cell"][n, :count]
                assert_close(notes.gradients["cell"]["cell"][n, own[n]], expected, VALUES)


def test_rows_without_steps_are_shown_as_such():
    for ids in (np.zeros((2, 3), int), np.array([[4, 4]])):
        model = a_model(
            [layers.Embedding(5, 3, mask_zero=True), layers.LSTM(4, name="cell")], (None, None)
        )
        notes = Notes(len(ids), ids.shape[1])
        with model.stepper().observed(notes):
            model.predict(ids, verbose=0)
        shown = ~np.isnan(notes.values["cell"]["forget"][..., 0])
        np.testing.assert_array_equal(shown, ids != 0)


def test_observed_steps_have_the_bits_of_others_and_replays_go_on():
    def trained(watched):
        sh.utils.set_random_seed(3)
        model = a_model([layers.LSTM(4), layers.Dense(1)])
        losses = []
        for step in range(8):
            if step in watched:
                notes = Notes()
                with model.stepper().observed(notes):
                    losses.append(model.train_on_batch(series(step), np.ones((ROWS, 1))))
                assert notes.gradients
            else:
                losses.append(model.train_on_batch(series(step), np.ones((ROWS, 1))))
        return losses, [*model.get_weights(), model.predict(series(), verbose=0)]

    losses, weights = trained(())
    for watched in ((0, 3), (2, 6, 7)):
        again, same = trained(watched)
        assert again == losses
        for left, right in zip(same, weights, strict=True):
            np.testing.assert_array_equal(left, right)


def test_predictions_are_shown_too_and_two_may_observe():
    model = a_model([layers.GRU(4, name="cell"), layers.Dense(1)])
    x = series()
    for _ in range(5):
        expected = model.predict(x, verbose=0)
    first, second = Notes(), Notes()
    stepper = model.stepper()
    with stepper.observed(first):
        with stepper.observed(second):
            output = model.predict(x, verbose=0)
        model.predict(x, verbose=0)
    model.predict(x[:, ::-1], verbose=0)
    np.testing.assert_array_equal(output, expected)
    assert set(first.values["cell"]) == {"state", "update", "reset", "candidate"}
    for name, array in first.values["cell"].items():
        np.testing.assert_array_equal(second.values["cell"][name], array)
    assert not first.gradients


def test_norms_and_their_distance_from_the_end():
    layout = Layout(
        offsets=np.array([0, 3, 4, 4]), starts=np.zeros(3, int), width=3, order=np.arange(3),
        extents=np.array([3, 1, 0]),
    )  # fmt: skip
    arrays = {"state": np.array([[3.0, 0], [0, 0], [1, 0], [2, 0]], np.float32)}
    arrays["cell"] = np.array([[0, 4.0], [0, 2], [0, 0], [0, 0]], np.float32)
    norms = state_norms(layout, arrays)
    np.testing.assert_array_equal(norms, [5, 2, 1, 2])
    nan = np.nan
    np.testing.assert_array_equal(by_distance(layout, norms), [[1, 2, 5], [2, nan, nan], [nan] * 3])
    np.testing.assert_array_equal(by_distance(layout, norms, reverse=True)[0], [5, 2, 1])
