"""`explain.attribution`: against PyTorch, and shares that add up."""

import numpy as np
import pytest
from explain_case import VALUES, model_of, random_weights, series, texts_model, two_inputs
from golden.fixture import load
from reference.check import assert_close

import sunhwan as sh
from sunhwan import explain, layers

CASES = load("torch_explained")


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


def test_several_inputs_have_words_of_their_own():
    model, x = two_inputs(), [np.array([0, 5, 3, 1]), np.array([7, 2, 0, 0])]
    words = {"source": {5: "사과를"}, "target": ["I", "eat"]}
    parts = explain.attribution(model, x, words=words).parts
    assert parts[0].words == ["0", "사과를", "3", "1"]
    assert parts[1].words == ["I", "eat", "", ""]
    assert explain.attribution(model, x, words={**words, "target": None}).parts[1].words[0] == "7"
    with pytest.raises(ValueError, match="words must be given for input 'target' too, got those"):
        explain.attribution(model, x, words={"source": {5: "five"}})


def test_a_bag_of_words_is_explained_by_its_words():
    texts = ["good film", "bad film", "good plot"]
    bag = layers.TextVectorization(output_mode="multi_hot")
    bag.adapt(texts)
    model = sh.Sequential([bag, layers.Dense(1, activation="sigmoid")])
    found = explain.attribution(model, "good film")
    part = found.parts[0]
    assert {word for word, own in zip(part.words, part.own, strict=True) if own} == {"good", "film"}
    np.testing.assert_array_equal(part.values[~part.own], 0.0)
    features = random_weights(sh.Sequential([layers.Dense(1)]), (None, 3))
    named = explain.attribution(features, np.array([[1.0, 2.0, 3.0]]), words=["age", "size", "sex"])
    assert named.words == ["age", "size", "sex"]
    with pytest.raises(ValueError, match="words must be as many as the row's steps, 3, got 2"):
        explain.attribution(features, np.array([[1.0, 2.0, 3.0]]), words=["age", "size"])


def test_weights_that_are_not_finite_are_said():
    model = texts_model()
    weights = model.get_weights()
    weights[-1][:] = np.nan
    model.set_weights(weights)
    for function in (explain.attribution, explain.memory):
        with pytest.raises(ValueError, match=r"the output must be finite, got \[nan nan nan\]"):
            function(model, np.array([[1, 2, 3]]))
