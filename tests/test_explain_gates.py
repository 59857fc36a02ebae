"""`explain.gates` and `explain.states`: what the layer computed, with the words beneath."""

import numpy as np
import pytest
from explain_case import random_weights, series, texts_model
from reference.check import assert_close

import sunhwan as sh
from sunhwan import explain, layers


def test_gates_are_those_of_the_layer_without_padding():
    for mask_zero in (False, True):
        model = texts_model(mask_zero)
        row = np.array([0, 0, 5, 3, 5, 9])
        found = explain.gates(model, row)
        np.testing.assert_array_equal(found.steps, [2, 3, 4, 5])
        assert found.words == ["5", "3", "5", "9"]
        values = found.values["lstm"]
        last = sh.Sequential(model.layers[:2]).predict(row[None], verbose=0)[0]
        assert_close(values["state"][-1], last, 1e-6)
        c = values["cell"]
        rebuilt = values["forget"][1:] * c[:-1] + values["input"][1:] * values["candidate"][1:]
        assert_close(rebuilt, c[1:], 1e-6)
        assert_close(values["output"] * np.tanh(c), values["state"], 1e-6)
        for whole in (row[None], [row], row.tolist()):
            again = explain.gates(model, whole).values["lstm"]["cell"]
            np.testing.assert_array_equal(again, c)


def test_a_first_word_that_repeats_is_no_padding():
    found = explain.gates(texts_model(False), np.array([4, 4, 4, 7]))
    assert found.words == ["4", "4", "4", "7"]


def test_words_may_come_in_several_ways():
    model, row = texts_model(), np.array([0, 3, 1, 0])
    names = {1: "one", 3: "three"}
    for words in (
        names,
        {"one": 1, "three": 3},
        names.get,
        ["three", "one"],
        ["", "three", "one", ""],
    ):
        assert explain.gates(model, row, words=words).words == ["three", "one"]
    assert explain.gates(model, row, words={1: "one"}).words == ["3", "one"]
    texts = layers.TextVectorization(output_sequence_length=5)
    texts.adapt(["좋은 영화", "나쁜 영화"])
    made = sh.Sequential([texts, *texts_model().layers])
    assert explain.gates(made, "좋은 영화").words == ["좋은", "영화"]
    assert explain.attribution(made, "나쁜 영화").words[:2] == ["나쁜", "영화"]


def test_behind_a_convolution_the_layer_has_steps_of_its_own():
    stack = [layers.Conv1D(3, 2), layers.MaxPooling1D(2), layers.GRU(4, name="gru")]
    found = explain.gates(sh.Sequential(stack), series()[0])
    assert found.values["gru"]["update"].shape == (4, 4)
    assert found.words is None
    assert found.inputs is None
    assert explain.gates(sh.Sequential(stack), series()[0], words=list("abcd")).words == list(
        "abcd"
    )


def test_states_are_projected_on_their_principal_components():
    model = random_weights(sh.Sequential([layers.GRU(6, name="gru")]), (None, 9, 2))
    found = explain.states(model, series()[0])
    values, way = found.values["gru"], found.projection["gru"]
    covariance = np.cov(values.T.astype(np.float64))
    lengths, directions = np.linalg.eigh(covariance)
    shares = lengths[::-1] / lengths.sum()
    assert_close(np.array(found.explained["gru"]), shares[:2], 1e-6)
    centered = values - values.mean(axis=0)
    for axis in range(2):
        expected = centered @ directions[:, -1 - axis]
        sign = np.sign(expected @ way[:, axis])
        assert_close(way[:, axis], sign * expected, 1e-5)
    still = sh.Sequential([layers.GRU(2, kernel_initializer="zeros", name="still")])
    assert explain.states(still, series()[0]).explained["still"] == (0.0, 0.0)


@pytest.mark.parametrize("reset_after", [True, False])
def test_the_gates_of_a_gru_rebuild_its_state(reset_after):
    stack = [layers.GRU(5, reset_after=reset_after, name="gru"), layers.Dense(1)]
    model = random_weights(sh.Sequential(stack), (None, 9, 2))
    x = series()[0]
    values = explain.gates(model, x).values["gru"]
    h, z = values["state"], values["update"]
    assert_close(z[1:] * h[:-1] + (1 - z[1:]) * values["candidate"][1:], h[1:], 1e-6)
    kernel, recurrent, bias = model.get_weights()[:3]
    before = np.vstack([np.zeros(5), h[:-1]])
    inner, outer = before @ recurrent[:, 10:], x @ kernel[:, 10:]
    if reset_after:
        product = outer + bias[0, 10:] + values["reset"] * (inner + bias[1, 10:])
    else:
        product = outer + bias[10:] + (values["reset"] * before) @ recurrent[:, 10:]
    assert_close(np.tanh(product), values["candidate"], 1e-5)


class Two(layers.Cell):
    """Counts steps in its second state."""

    state_size = (2, 1)

    def step(self, inputs, states, training):
        total = states[0] + inputs
        return total, [total, states[1] + 1], None

    def step_back(self, doutput, dstates, saved):
        dtotal = doutput + dstates[0]
        return dtotal, [dtotal, dstates[1]]


def test_cells_in_numpy_show_their_states():
    model = sh.Sequential([layers.RNN(Two(name="two"), name="rnn"), layers.Dense(1)])
    x = series()
    found = explain.gates(model, x[0])
    assert list(found.values["two"]) == ["state", "state 2"]
    assert_close(found.values["two"]["state"], np.cumsum(x[0], axis=0), 1e-5)
    np.testing.assert_array_equal(found.values["two"]["state 2"][:, 0], np.arange(1, 10))
    assert explain.states(model, x[0], layer="rnn").values["two"].shape == (9, 2)
    backwards = sh.Sequential([layers.RNN(Two(name="two"), go_backwards=True), layers.Dense(1)])
    turned = explain.gates(backwards, x[0]).values["two"]["state"]
    assert_close(turned, np.cumsum(x[0, ::-1], axis=0)[::-1], 1e-5)


def test_each_call_of_a_shared_layer_is_shown_with_its_own_words():
    table, read = layers.Embedding(12, 4, mask_zero=True), layers.LSTM(5, name="read")
    one, other = sh.Input((None,), name="one"), sh.Input((None,), name="other")
    both = layers.Concatenate()([read(table(one)), read(table(other))])
    model = random_weights(sh.Model([one, other], layers.Dense(1)(both)))
    x = [np.array([1, 2, 3]), np.array([7, 8])]
    assert explain.gates(model, x).words == ["1", "2", "3"]
    second = explain.gates(model, x, call=1)
    assert second.words == ["7", "8"]
    alone = sh.Sequential([table, read])
    assert_close(second.values["read"]["state"][-1], alone.predict(x[1][None], verbose=0)[0], 1e-6)
    with pytest.raises(ValueError, match="call must be below 2, as often as the model calls layer"):
        explain.gates(model, x, call=2)


def test_steps_of_another_meaning_have_no_words():
    table = layers.Embedding(12, 4)
    turned = [layers.GRU(3, return_sequences=True, go_backwards=True), layers.GRU(3)]
    anew = [layers.GRU(3), layers.RepeatVector(4), layers.GRU(3)]
    for stack in (turned, anew):
        found = explain.gates(sh.Sequential([table, *stack]), np.array([5, 3, 11, 2]))
        assert found.words is None
        assert len(found.steps) == 4
