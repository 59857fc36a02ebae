"""The numbers of `sunhwan.explain`: against PyTorch, the forward pass, and what must be so."""

import numpy as np
import pytest
from golden.fixture import load
from reference.check import assert_close

import sunhwan as sh
from sunhwan import explain, layers

VALUES = 1e-5  # float32 against PyTorch's float64; shares by an integral of 2,000 points there
CASES = load("torch_explained")


def model_of(case):
    units = len(case.arrays["w1"])
    stack = [getattr(layers, case.name)(units, name="cell"), layers.Dense(1, activation="sigmoid")]
    model = sh.Sequential(stack)
    model.build((None, *case.arrays["x"].shape[1:]))
    model.set_weights(case.group("w"))
    return model


def texts_model(mask_zero=True, vocabulary=12, sequences=False, seed=0):
    stack = [
        layers.Embedding(vocabulary, 4, mask_zero=mask_zero),
        layers.LSTM(5, name="lstm", return_sequences=sequences),
        layers.Dense(3, activation="softmax"),
    ]
    return random_weights(sh.Sequential(stack), (None, None), seed)


def random_weights(model, shape=None, seed=0):
    if shape is not None:
        model.build(shape)
    random = np.random.default_rng(seed)
    model.set_weights([random.normal(0, 0.7, w.shape) for w in model.get_weights()])
    return model


def series(rows=4, steps=9, features=2, seed=0):
    random = np.random.default_rng(seed)
    return random.standard_normal((rows, steps, features)).astype(np.float32)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_memory_is_what_torch_differentiates(case):
    found = explain.memory(model_of(case), case.arrays["x"])
    squares = sum(np.square(gradient).sum(axis=2) for gradient in case.group("dstate"))
    assert list(found.norms) == [case.name]
    assert_close(found.norms[case.name], np.sqrt(squares)[:, ::-1], VALUES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_attribution_is_what_torch_integrates(case):
    model, x = model_of(case), case.arrays["x"]
    for row, (y, shares) in enumerate(zip(case.arrays["y0"], case.arrays["shares"], strict=True)):
        found = explain.attribution(model, x[row])
        assert_close(found.prediction, y[0], VALUES)
        assert_close(found.parts[0].features, shares, VALUES)
        assert_close(found.values, shares.sum(axis=1), VALUES)
        assert abs(found.gap) < 1e-6
        assert_close(found.values.sum() - found.gap, found.prediction - found.baseline, 1e-9)


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


def test_attribution_of_ids_begins_at_padding():
    for mask_zero in (False, True):
        model = texts_model(mask_zero)
        row = np.array([0, 0, 5, 3, 11])
        found = explain.attribution(model, row)
        prediction = model.predict(row[None], verbose=0)[0]
        assert found.unit == prediction.argmax()
        assert_close(found.prediction, prediction.max(), 1e-6)
        np.testing.assert_array_equal(found.values[:2], 0.0)
        assert abs(found.gap) < 1e-5
        np.testing.assert_array_equal(found.parts[0].own, row > 0)
    if mask_zero:
        ragged = explain.attribution(model, row[2:])
        assert_close(ragged.values, found.values[2:], 1e-6)
    unmasked = texts_model(False)
    empty = unmasked.predict(np.zeros((1, 5), int), verbose=0)[0]
    found = explain.attribution(unmasked, row, unit=1)
    assert_close(found.baseline, empty[1], 1e-6)


def test_attribution_through_masks_that_are_filled_and_other_layers():
    row = np.array([0, 0, 5, 3, 11, 2])
    stack = [
        layers.Embedding(12, 4, mask_zero=True),
        layers.Conv1D(5, 3, activation="tanh"),
        layers.Dropout(0.5),
        layers.GlobalMaxPooling1D(),
        layers.Dense(1),
    ]
    model = random_weights(sh.Sequential(stack), (None, None))
    found = explain.attribution(model, row)
    assert_close(found.prediction, model.predict(row[None], verbose=0)[0, 0], 1e-6)
    assert abs(found.gap) < 1e-2 * abs(found.prediction - found.baseline) + 1e-5
    flat = random_weights(
        sh.Sequential([layers.Dense(3, activation="gelu"), layers.Dense(1)]), (None, 6)
    )
    found = explain.attribution(flat, np.arange(6.0))
    assert found.values.shape == (6,)
    assert abs(found.gap) < 1e-4
    masked = random_weights(
        sh.Sequential([layers.Masking(), layers.LSTM(3), layers.Dense(1)]), (None, 9, 2)
    )
    x = series()[0]
    x[3:5] = 0
    found = explain.attribution(masked, x)
    np.testing.assert_array_equal(found.values[3:5], 0.0)
    assert abs(found.gap) < 1e-5


def test_attribution_of_an_output_at_each_step():
    model = texts_model(sequences=True)
    row = np.array([5, 3, 11, 2])
    output = model.predict(row[None], verbose=0)[0]
    found = explain.attribution(model, row, step=1, unit=2)
    assert_close(found.prediction, output[1, 2], 1e-6)
    np.testing.assert_allclose(found.values[2:], 0.0, atol=1e-7)
    assert_close(explain.attribution(model, row).prediction, output[-1].max(), 1e-6)
    with pytest.raises(ValueError, match="step must be within the 4 steps of the output, got 4"):
        explain.attribution(model, row, step=4)


def two_inputs():
    source, target = sh.Input((None,), name="source"), sh.Input((None,), name="target")
    table = layers.Embedding(12, 4, mask_zero=True)
    values = layers.GRU(4, return_sequences=True)(table(source))
    queries = layers.GRU(4, return_sequences=True, name="decoder")(table(target))
    mixed = layers.MultiHeadAttention(2, 3, name="heads")(queries, values)
    mixed = layers.AdditiveAttention(name="add")([mixed, values])
    model = sh.Model([source, target], layers.Dense(5, activation="softmax")(mixed))
    return random_weights(model)


def test_attention_weights_are_those_that_the_layer_returns():
    model = two_inputs()
    source, target = np.array([0, 5, 3, 1]), np.array([7, 2, 0, 0])
    found = explain.attention(model, [source, target], words={5: "five"})
    assert list(found.weights) == ["heads", "add"]
    assert found.sources["heads"] == ["five", "3", "1"]
    assert found.targets["add"] == ["7", "2"]
    assert found.weights["heads"].shape == (2, 2, 3)
    for weights in found.weights.values():
        assert_close(weights.sum(axis=2), np.ones(weights.shape[:2]), 1e-6)
    alone = explain.attention(model, {"source": source, "target": target}, layer="add")
    np.testing.assert_array_equal(alone.weights["add"], found.weights["add"])
    x = series()
    look = sh.Input((9, 2))
    small = random_weights(sh.Model(look, layers.MultiHeadAttention(2, 3, name="self")(look, look)))
    _, weights = small.get_layer("self")(x, x, return_attention_scores=True)
    for row in range(len(x)):
        mine = explain.attention(small, x[row]).weights["self"]
        assert_close(mine, np.asarray(weights)[row], 1e-6)
    both = explain.attribution(model, [source, target])
    assert [part.name for part in both.parts] == ["source", "target"]
    assert abs(both.gap) < 1e-5
    assert explain.memory(model, [source[None], target[None]]).norms["GRU"].shape[0] == 1


def test_what_cannot_be_explained_is_said():
    dense = sh.Sequential([layers.Flatten(), layers.Dense(1)])
    lstm = texts_model()
    for function in (explain.memory, explain.gates, explain.states):
        with pytest.raises(
            ValueError, match=r"needs a model with a recurrent layer .* got 'sequent"
        ):
            function(dense, series(1))
        with pytest.raises(TypeError, match="needs a Sequential or a Model, got 3"):
            function(3, series(1))
        with pytest.raises(ValueError, match=r"layer must be one of \['lstm'\], got 'lstn'"):
            function(lstm, np.array([[1, 2]]), layer="lstn")
    for function in (explain.gates, explain.states, explain.attribution, explain.attention):
        with pytest.raises(ValueError, match=r"one row at a time, got 2: pass one of them, x\[i\]"):
            function(lstm, np.array([[1, 2], [3, 4]]))
    with pytest.raises(ValueError, match="must hold ids from 0 to 11"):
        explain.gates(lstm, np.array([1, 12]))
    with pytest.raises(
        ValueError, match="words must be as many as the row's steps, 3, or 2 without"
    ):
        explain.gates(lstm, np.array([0, 1, 2]), words=["a"])
    with pytest.raises(TypeError, match="words must be a list of the row's words"):
        explain.gates(lstm, np.array([0, 1, 2]), words="ab")
    with pytest.raises(ValueError, match="unit must be below 3, the numbers of the output, got 3"):
        explain.attribution(lstm, np.array([1, 2]), unit=3)
    with pytest.raises(ValueError, match="output must be one of"):
        explain.memory(lstm, np.array([[1, 2]]), output="other")
    with pytest.raises(ValueError, match="baseline must be a number or an array of shape"):
        explain.attribution(lstm, np.array([1, 2]), baseline=np.zeros(3))
    for step in ("a", True, 1.5):
        with pytest.raises(ValueError, match="step must be an integer, -1 for the last, got"):
            explain.attribution(lstm, np.array([1, 2]), step=step)
    for nothing in (np.array([], int), [], np.zeros(3, int)):
        with pytest.raises(ValueError, match="at least one step that is not masked, got none"):
            explain.gates(lstm, nothing)
    with pytest.raises(ValueError, match="memory needs at least one row, got none"):
        explain.memory(lstm, np.zeros((0, 3), int))
    with pytest.raises(ValueError, match="models must hold at least one model, got none"):
        explain.memory([], np.array([[1, 2]]))
    with pytest.raises(TypeError, match="before must be what memory gave, got 3"):
        explain.memory(lstm, np.array([[1, 2]]), before=3)
    with pytest.raises(ValueError, match="needs a model with an Attention"):
        explain.attention(lstm, np.array([1, 2]))
    with pytest.raises(ValueError, match=r"layer must be one of \['heads', 'add'\], got 'x'"):
        explain.attention(two_inputs(), [np.array([1]), np.array([2])], layer="x")


def test_too_few_points_are_warned_of():
    stack = [
        layers.Dense(1, use_bias=False, kernel_initializer=lambda s, dtype=None: np.full(s, 80.0))
    ]
    model = sh.Sequential([layers.Flatten(), *stack, layers.Activation("sigmoid")])
    with pytest.warns(
        RuntimeWarning, match="but the output changed by 0.5: take more points than 2"
    ):
        explain.attribution(model, np.array([[[1.0], [2.0]]]), points=2)
    found = explain.attribution(model, np.array([[[1.0], [20.0]]]))
    assert found.points > 32
    assert abs(found.gap) < 1e-3


def test_what_is_found_is_shown_in_a_line():
    found = explain.attribution(texts_model(), np.array([0, 5, 3]), words={5: "five"})
    assert repr(found).startswith(f"<Attribution of {found.prediction:.3f}: five ")
    assert "\n" not in repr(explain.states(texts_model(), np.array([5, 3])))
    assert repr(explain.attention(two_inputs(), [np.array([1, 2]), np.array([3])])) == (
        "<Attention: heads (2, 1, 2), add (1, 1, 2)>"
    )
