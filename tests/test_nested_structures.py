"""Models whose inputs and outputs are lists and dictionaries in one another."""

import copy

import numpy as np
import pytest

import sunhwan as sh
from sunhwan import decode, layers

ROWS, STEPS, UNITS = 5, 4, 3


def stepper():
    """A decoder: `[ids, [h, c]]` in, `{"scores": ..., "states": [h, c]}` out."""
    ids = sh.Input((None,), name="ids")
    states = [sh.Input((UNITS,), name=name) for name in ("h", "c")]
    words = layers.Embedding(7, 2)(ids)
    lstm = layers.LSTM(UNITS, return_sequences=True, return_state=True, name="lstm")
    steps, h, c = lstm(words, initial_state=states)
    scores = layers.Dense(7, activation="softmax", name="dense")(steps)
    return sh.Model([ids, states], {"scores": scores, "states": [h, c]})


def data():
    rng = np.random.default_rng(0)
    return [rng.integers(0, 7, (ROWS, STEPS)), [rng.normal(size=(ROWS, UNITS)) for _ in "hc"]]


def flat(outputs):
    return [outputs["scores"], *outputs["states"]]


def test_inputs_and_outputs_keep_their_form():
    model, x = stepper(), data()
    outputs = model.predict(x, verbose=0)
    assert set(outputs) == {"scores", "states"}
    assert [one.shape for one in flat(outputs)] == [(5, 4, 7), (5, 3), (5, 3)]
    by_name = dict(zip(["ids", "h", "c"], [x[0], *x[1]], strict=True))
    for given in ([x[0], *x[1]], by_name, (x[0], tuple(x[1]))):
        for ours, expected in zip(
            flat(model.predict(given, verbose=0)), flat(outputs), strict=True
        ):
            np.testing.assert_array_equal(ours, expected)
    assert model.input_shape == [(None, None), [(None, 3), (None, 3)]]
    assert model.output_shape["states"] == [(None, 3), (None, 3)]


def test_training(tmp_path):
    model, x = stepper(), data()
    y = {"scores": x[0], "states": [np.zeros((ROWS, UNITS))] * 2}
    losses = {"scores": "sparse_categorical_crossentropy", "states": ["mse", "mae"]}
    model.compile("sgd", losses, metrics={"scores": ["accuracy"], "states": [None, ["mse"]]})
    history = model.fit(x, y, verbose=0).history
    assert {"dense_loss", "dense_accuracy", "lstm_mse"} <= set(history)
    model.save(tmp_path / "model.safetensors")
    for other in (sh.load_model(tmp_path / "model.safetensors"), copy.deepcopy(model)):
        for ours, expected in zip(
            flat(other.predict(x, verbose=0)), flat(model.predict(x, verbose=0)), strict=True
        ):
            np.testing.assert_array_equal(ours, expected)


def test_a_nested_model_is_a_layer():
    model, x = stepper(), data()
    ids, h = sh.Input((STEPS,)), sh.Input((UNITS,))
    outer = sh.Model([ids, h], model([ids, [h, h]])["states"])
    found = outer.predict([x[0], x[1][0]], verbose=0)
    expected = model.predict([x[0], [x[1][0]] * 2], verbose=0)["states"]
    for ours, one in zip(found, expected, strict=True):
        np.testing.assert_array_equal(ours, one)


def test_decoding():
    ids, states = sh.Input((1,)), [sh.Input((UNITS,)), sh.Input((UNITS,))]
    lstm = layers.LSTM(UNITS, return_sequences=True, return_state=True)
    steps, *after = lstm(layers.Embedding(7, 2)(ids), initial_state=states)
    scores = layers.Dense(7)(steps)
    nested, plain = (
        sh.Model([ids, states], [scores, after]),
        sh.Model([ids, *states], [scores, *after]),
    )
    first = data()[1]
    for ours, expected in zip(
        decode.greedy(nested, 1, states=first, max_steps=6),
        decode.greedy(plain, 1, states=first, max_steps=6),
        strict=True,
    ):
        np.testing.assert_array_equal(ours, expected)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda x: [x[0], x[1][0]],
            r"x must hold a list of 2 .*, got ndarray of 5",
        ),
        (lambda x: [x[0], x[1][:1]], r"x must hold a list of 2 .*, got list of 1"),
        (lambda x: x[0], "x must hold a list of 2 .*, got ndarray of 5"),
        (lambda x: {"ids": x[0]}, "x must hold a list of 2 .*, got one with the keys .'ids'"),
    ],
)
def test_other_forms_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        stepper().predict(change(data()), verbose=0)
